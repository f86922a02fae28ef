"""Judging by kept conditions: the same as Great Expectations, or not at all."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from registers import register_of
from servers.processes import at_once
from settings_builders import settings_in
from small_penalty import (
    BATCH,
    GOOD,
    make_catalog,
    make_dataset,
    reading_of,
    text_table,
    typed_table,
)
from test_checking_judge import BROKEN, EDGES

from guiji.checking import condition_cache
from guiji.checking.condition_cache import Conditions
from guiji.checking.register import Register
from guiji.checking.suite import build as suite
from guiji.checking.suite.rules import TABLE
from guiji.checking.validator import CheckResult, Validator

DATASET = make_dataset()
CATALOG = make_catalog(DATASET)
RULES = suite.build(DATASET, CATALOG, BATCH.night)
WRITERS = 4


def check(
    data: Path,
    typed: pa.Table,
    night: date = BATCH.night,
    *,
    by_kept: bool = True,
    delivered: pa.Table | None = None,
    register: Register | None = None,
) -> CheckResult:
    """Check a typed table, or one of which something was lost on the way."""
    settings = settings_in(data)
    kept = Conditions.of(settings, CATALOG)
    text = text_table(DATASET, typed if delivered is None else delivered)
    batch = replace(BATCH, night=night)
    reading = reading_of(DATASET, text)
    with Validator(settings, CATALOG, kept, by_kept=by_kept) as validator:
        return validator.check(batch, text, typed, reading, register)


def same(one: CheckResult, other: CheckResult) -> bool:
    """Return whether two checks say the same of every row and rule."""
    assert one.findings.equals(other.findings)
    assert one.bad_rows.equals(other.bad_rows)
    assert one.quarantine.equals(other.quarantine)
    assert list(one.rule_counts.items()) == list(other.rule_counts.items())
    refusals = [r and r.arguments() for r in (one.batch_refusal, other.batch_refusal)]
    assert refusals[0] == refusals[1]
    return True


def asked_rules(typed: pa.Table) -> dict[str, str]:
    """Describe what the conditions of the rules depend on, facts left out."""
    connection = duckdb.connect()
    try:
        connection.register("staged", typed)
        return condition_cache.asked(connection, "staged", RULES)
    finally:
        connection.close()


@pytest.fixture(scope="module")
def every() -> pa.Table:
    """The edges, then one row for each way to break a rule."""
    return typed_table(DATASET, [*EDGES, *(row for _, row in BROKEN)])


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, every: pa.Table) -> Any:
    """A night's check of them, and the data folder in which it kept its conditions."""
    data = tmp_path_factory.mktemp("night")
    return check(data, every, by_kept=False), data


@pytest.fixture
def data(night: tuple[CheckResult, Path], tmp_path: Path) -> Path:
    """A copy of that folder, to spoil."""
    kept = file_in(night[1])
    target = file_in(tmp_path)
    target.parent.mkdir(parents=True)
    target.write_bytes(kept.read_bytes())
    return tmp_path


def file_in(data: Path) -> Path:
    return settings_in(data).conditions / CATALOG.version / f"{DATASET.id}.json"


def test_every_finding_is_the_same_as_in_the_night(
    night: tuple[CheckResult, Path], every: pa.Table
) -> None:
    judged, data = night
    tried = check(data, every)
    assert judged.gx_result is not None
    assert tried.gx_result is None  # Great Expectations was not asked
    assert same(judged, tried)
    assert len(tried.findings) == len(BROKEN)


def test_an_empty_delivery_has_no_findings(data: Path) -> None:
    tried = check(data, typed_table(DATASET, []))
    assert tried.gx_result is None
    assert set(tried.rule_counts.values()) == {0}


def test_conditions_are_those_of_every_night(data: Path) -> None:
    typed = typed_table(DATASET, [{"decided_on": date(2026, 11, 20)}])
    tonight = check(data, typed)
    day_before = check(data, typed, date(2026, 11, 19))
    assert tonight.gx_result is day_before.gx_result is None
    assert tonight.findings["rule_id"].to_pylist() == []
    assert day_before.findings["rule_id"].to_pylist() == ["penalty.decided_by_tonight"]
    written = file_in(data).read_text(encoding="utf-8")
    assert "1949-10-01" in written  # a bound of the catalogue is a literal
    assert str(BATCH.night) not in written


def test_every_rule_of_rows_has_its_condition(data: Path) -> None:
    written = json.loads(file_in(data).read_text(encoding="utf-8"))
    of_rows = {r.rule_id for r in RULES if r.judgement not in TABLE}
    assert written["rules"].keys() == of_rows


def test_a_lost_row_is_told_in_the_same_words(data: Path) -> None:
    typed = typed_table(DATASET, [{}])
    more = reading_of(DATASET, text_table(DATASET, typed_table(DATASET, [{}, {}])))
    results = []
    for by_kept in (False, True):
        settings = settings_in(data)
        kept = Conditions.of(settings, CATALOG)
        with Validator(settings, CATALOG, kept, by_kept=by_kept) as validator:
            text = text_table(DATASET, typed)
            results.append(validator.check(BATCH, text, typed, more))
    assert results[1].gx_result is None
    assert results[1].findings["rule_id"].to_pylist() == ["penalty.table.rows"]
    assert same(*results)


def test_a_lost_column_is_told_in_the_same_words(data: Path) -> None:
    whole = typed_table(DATASET, [{"key_repeats": True}])
    typed = whole.drop_columns(["record_key"])  # no rule of rows reads it
    judged = check(data, typed, by_kept=False, delivered=whole)
    tried = check(data, typed, delivered=whole)
    assert tried.gx_result is None
    assert tried.rule_counts["penalty.table.columns"] == 1
    assert same(judged, tried)


def test_a_lost_column_that_a_rule_reads_is_left_to_great_expectations(
    data: Path,
) -> None:
    whole = typed_table(DATASET, [{}])
    tried = check(data, whole.drop_columns(["fine"]), delivered=whole)
    assert tried.gx_result is not None
    assert tried.batch_refusal is not None
    assert tried.batch_refusal.code == "RULE_NOT_COMPUTED"
    assert "penalty.fine.range" not in compiled_now(data, whole.drop_columns(["fine"]))


def compiled_now(data: Path, typed: pa.Table) -> dict[str, str]:
    """Return the conditions that are kept for what a table asks; none if one is not."""
    kept = Conditions.of(settings_in(data), CATALOG)
    return kept.load(DATASET.id, asked_rules(typed)) or {}


def test_a_rule_that_nothing_is_kept_for_is_asked_for_once(
    data: Path, every: pa.Table, tmp_path: Path
) -> None:
    register = register_of(tmp_path, (GOOD["uscc"], "贵州乙有限公司"))
    first, second = (check(data, every, register=register) for _ in range(2))
    without = check(data, every)
    assert first.gx_result is not None  # the rule on known names is new
    assert second.gx_result is without.gx_result is None
    assert first.rule_counts["penalty.name.known_name"] > 0
    assert same(first, second)


DAMAGE = {
    "empty": lambda content: b"",
    "half": lambda content: content[: len(content) // 2],
    "not text": lambda content: b"\xff\xfe" + content,
    "another condition": lambda content: content.replace(b"> 12", b"> 99"),
    "a condition less": lambda content: content.replace(b"IS NULL", b"IS NOT NULL"),
    "a list": lambda content: b"[]",
    "no rules": lambda content: b'{"digest": "", "rules": null}',
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_never_believed(data: Path, kind: str) -> None:
    path = file_in(data)
    sound = path.read_bytes()
    spoilt = DAMAGE[kind](sound)
    assert spoilt != sound
    path.write_bytes(spoilt)
    assert Conditions.of(settings_in(data), CATALOG)._kept(DATASET.id) == {}


def test_a_damaged_file_is_written_again(
    night: tuple[CheckResult, Path], data: Path, every: pa.Table
) -> None:
    path = file_in(data)
    path.write_bytes(path.read_bytes().replace(b"> 12", b"> 99"))
    first, second = (check(data, every) for _ in range(2))
    assert first.gx_result is not None
    assert second.gx_result is None
    assert same(night[0], first)
    assert same(night[0], second)
    assert path.read_bytes() == file_in(night[1]).read_bytes()


def test_a_condition_that_does_not_run_is_left_to_great_expectations(
    data: Path, every: pa.Table, night: tuple[CheckResult, Path]
) -> None:
    path = file_in(data)
    rules = json.loads(path.read_text(encoding="utf-8"))["rules"]
    rules["penalty.fine.range"]["condition"] = "fine > 'many'"
    content = {"digest": condition_cache._digest(rules), "rules": rules}
    path.write_text(json.dumps(content), encoding="utf-8")
    tried = check(data, every)
    assert tried.gx_result is not None
    assert same(night[0], tried)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[Conditions, dict[str, str]]]:
    """Conditions of all rules kept by hand, and what they were kept for."""
    conditions = Conditions(tmp_path / ".conditions", "0")
    asked = asked_rules(typed_table(DATASET, []))
    conditions.keep(DATASET.id, asked, dict.fromkeys(asked, "false"))
    assert conditions.load(DATASET.id, asked) == dict.fromkeys(asked, "false")
    yield conditions, asked
    condition_cache._compiler.cache_clear()


def test_other_bounds_other_types_other_code_are_other_rules(
    kept: tuple[Conditions, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    conditions, asked = kept
    typed = typed_table(DATASET, [])
    position = typed.column_names.index("fine")
    retyped = typed.set_column(position, "fine", pa.nulls(0, pa.float64()))
    others = asked_rules(retyped)
    changed = {rule for rule in asked if asked[rule] != others[rule]}
    assert changed == {"penalty.fine.range"}
    assert conditions.load(DATASET.id, others) is None
    monkeypatch.setattr(condition_cache.metadata, "version", lambda name: "1.25.0")
    condition_cache._compiler.cache_clear()
    newer = asked_rules(typed)
    assert not {*newer.values()} & {*asked.values()}
    assert conditions.load(DATASET.id, newer) is None


def test_another_bound_is_another_rule() -> None:
    connection = duckdb.connect()
    connection.register("staged", typed_table(DATASET, []))
    shorter = tuple(
        replace(r, maximum=11) if r.rule_id == "penalty.name.length" else r
        for r in RULES
    )
    before, after = (
        condition_cache.asked(connection, "staged", rules) for rules in (RULES, shorter)
    )
    connection.close()
    changed = {rule for rule in before if before[rule] != after[rule]}
    assert changed == {"penalty.name.length"}


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    conditions = Conditions(tmp_path / "a file", "0")
    asked = {"penalty.name.required": "x"}
    conditions.keep(DATASET.id, asked, {"penalty.name.required": "name IS NULL"})
    assert conditions.load(DATASET.id, asked) is None


def test_old_versions_of_catalogues_go(tmp_path: Path) -> None:
    for number in range(condition_cache.VERSIONS + 2):
        conditions = Conditions(tmp_path, f"{number:02}")
        conditions.keep(DATASET.id, {"a": "x"}, {"a": "false"})
    there = {p.name for p in tmp_path.iterdir()}
    assert len(there) == condition_cache.VERSIONS
    assert f"{condition_cache.VERSIONS + 1:02}" in there


def keep_some(folder: Path, number: int) -> None:
    conditions = Conditions(folder, "0")
    for turn in range(20):
        asked = {f"rule_{n}": f"{number} {turn}" for n in range(200)}
        conditions.keep(DATASET.id, asked, dict.fromkeys(asked, f"{number} {turn}"))
        read = conditions._kept(DATASET.id)
        assert len({rule["asked"] for rule in read.values()}) == 1


def test_writers_at_the_same_time_leave_a_whole_file(tmp_path: Path) -> None:
    at_once(keep_some, [(tmp_path, number) for number in range(WRITERS)])
    rules = Conditions(tmp_path, "0")._kept(DATASET.id)
    assert len(rules) == 200
    assert [p.name for p in (tmp_path / "0").iterdir()] == [f"{DATASET.id}.json"]
