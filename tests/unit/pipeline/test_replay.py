"""Rows of the quarantine that are checked again with another catalogue."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import kill_points
import openpyxl
import pytest
from servers.processes import sampled
from settings_builders import PERSON_KEY
from spot_office import DATASET, DEPARTMENT, FIRST, Office, limited, line
from typer.testing import CliRunner
from warehouse_world import stored

from guiji import pipeline
from guiji.cli.app import app
from guiji.context import Context
from guiji.core import settings as settings_module
from guiji.core.errors import NightClosed, UsageError
from guiji.core.settings import Settings
from guiji.pipeline.batch import replayed
from guiji.pipeline.batch.merge_input import not_overtaken

SECOND, THIRD = (FIRST + timedelta(days=n) for n in (1, 2))
NEW_WORD = "专项抽查"
"""A kind of check that the first catalogue does not know."""

DATED = f"{DATASET}.checked_on.required"

LINES = (
    "select night, source_row, rules, closed_night, closed_how from quarantine "
    "order by source_row, night"
)


@dataclass
class Desks(Office):
    """The office, whose catalogue changes."""

    entry: Path

    def learn(self, old: str, new: str) -> None:
        """Change the catalogue's entry of the spot checks."""
        text = self.entry.read_text("utf-8")
        assert text.count(old) == 1
        self.entry.write_text(text.replace(old, new), encoding="utf-8")

    def learn_the_word(self) -> None:
        self.learn("双随机抽查]", f"双随机抽查, {NEW_WORD}]")

    def first_night(self, *rows: str) -> str:
        """Deliver rows in the first night; give the batch."""
        return str(self.delivered(1, list(rows)).batch_id)

    def replay(
        self,
        batch: str | None = None,
        rule: str | None = None,
        night: date = SECOND,
    ) -> dict[str, Any]:
        return pipeline.replay(batch, rule, str(night))

    def merge(self, night: date) -> None:
        pipeline.claim(str(night))
        pipeline.check(str(night), pipeline.unchecked(str(night)))
        pipeline.merge(str(night))

    def asked(self, query: str) -> list[list[Any]]:
        rows: list[list[Any]] = [list(row) for row in pipeline.sql(query)["rows"]]
        return rows

    def traced(self, kind: str = replayed.TRACE) -> list[dict[str, Any]]:
        return [e.details for e in self.ledger.entries(kind)]


@contextmanager
def opened(folder: Path, entry: str = "") -> Iterator[Desks]:
    """A platform of its own, with a catalogue of its own."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("GUIJI_HOME", raising=False)
        environment.setenv("GUIJI_DATA", str(folder / "data"))
        environment.setenv("GUIJI_PERSON_KEY", PERSON_KEY)
        environment.setenv("GUIJI_SETTLE_SECONDS", "0")
        environment.delenv("GUIJI_LEDGER_URL", raising=False)
        environment.delenv("GUIJI_CATALOG", raising=False)
        catalog = limited(folder / "catalog", entry)
        environment.setenv("GUIJI_CATALOG", str(catalog))
        now = settings_module.current()
        now.data.mkdir()
        yield Desks(now, catalog / "common" / "datasets" / f"{DATASET}.yml")


@pytest.fixture
def processors(tmp_path: Path) -> Iterator[Desks]:
    with opened(tmp_path) as made:
        yield made


@dataclass(frozen=True)
class Ended:
    """A night that was replayed rule by rule and merged; tests only look at it."""

    processors: Desks
    batch: str
    away: list[list[Any]]
    before: dict[str, str]
    done: tuple[dict[str, Any], ...]


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    """Row 2 is good; 3 has a new word; 4 that and no day; 5 no day; 6 and 7 are one
    record stated twice, once with the new word."""
    rows = (
        *(line(1), line(2, kind=NEW_WORD), line(3, kind=NEW_WORD, day="")),
        *(line(4, day=""), line(5, kind=NEW_WORD), line(5, result="发现问题")),
    )
    with opened(tmp_path_factory.mktemp("ended")) as processors:
        batch = processors.first_night(*rows)
        away = processors.asked(
            "select record_id, record_key from quarantine where source_row = 3"
        )
        processors.learn_the_word()
        done = (
            processors.replay(batch, DATED),
            processors.replay(batch, f"{DATASET}.check_type.form"),
            processors.replay(),
            processors.replay(),
        )
        before = processors.standing()
        processors.merge(SECOND)
        yield Ended(processors, batch, away, before, done)


def test_a_row_that_a_mended_catalogue_accepts_keeps_its_ids(ended: Ended) -> None:
    (row,) = ended.processors.asked(
        "select record_id, record_key, batch_id, source_row, merged_night, "
        "received_at = (select min(d.received_at) from deliveries as d "
        "where d.batch_id = records.batch_id), version_id = left(sha256(concat_ws("
        "'|', record_id, batch_id, source_sheet, source_row)), 20) "
        "from records where record_key = '0002'"
    )
    assert row[:4] == [*ended.away[0], ended.batch, 3]
    assert row[4:] == [SECOND, True, True]
    assert ended.before == {"0001": "未发现问题"}  # not before the night merges
    assert sorted(ended.processors.standing()) == ["0001", "0002"]


def test_its_line_is_closed(ended: Ended) -> None:
    lines = [row for row in ended.processors.asked(LINES) if row[1] == 3]
    assert [row[3:] for row in lines] == [[SECOND, "replayed"]]


def test_only_rows_of_the_rule_are_checked_beside_those_of_before(
    ended: Ended,
) -> None:
    dated, worded, every, again = ended.done
    assert (dated["checked"], dated["accepted"]) == (2, 0)
    assert (worded["checked"], worded["accepted"]) == (4, 1)
    assert (every["checked"], every["accepted"], every["held"]) == (5, 1, 4)
    assert again == every


def test_rows_that_contradict_one_another_are_still_seen_to(ended: Ended) -> None:
    open_ones = [row for row in ended.processors.asked(LINES) if row[3] is None]
    assert {row[1] for row in open_ones} == {4, 5, 6, 7}


def test_what_is_faulty_otherwise_gets_new_findings_once(ended: Ended) -> None:
    lines = ended.processors.asked(LINES)
    old, new = [row for row in lines if row[1] == 4]
    assert (old[3:], new[0]) == ([SECOND, "renewed"], SECOND)
    assert (old[2], new[2]) == ([f"{DATASET}.check_type.form", DATED], [DATED])
    (same,) = [row for row in lines if row[1] == 5]
    assert (same[0], same[3]) == (FIRST, None)
    rules = (
        "select source_row, rule_id from open_findings "
        "where source_row in (4, 5) order by all"
    )
    assert ended.processors.asked(rules) == [[4, DATED], [5, DATED]]
    folder = ended.processors.settings.quarantine / str(SECOND)
    assert [path.stem for path in folder.iterdir()] == [ended.batch]


@pytest.mark.duty("GZ11")
def test_the_trace_tells_of_every_decision_once(ended: Ended) -> None:
    told = ended.processors.traced()
    assert [(t["checked"], t["accepted"]) for t in told] == [(2, 0), (4, 1), (5, 1)]
    assert all(t["catalogue_before"] != t["catalogue_after"] for t in told)


def test_the_department_is_told_what_it_need_not_deliver_again(ended: Ended) -> None:
    folder = ended.processors.settings.outbox / DEPARTMENT / str(SECOND)
    (page,) = folder.glob("*.重新校验.txt")
    text = page.read_text("utf-8")
    assert "现已接收：第 3 行。" in text
    assert "第 4 行：“检查日期”未填写。" in text
    content = json.loads(page.with_suffix(".json").read_text("utf-8"))
    assert content["batch_id"] == ended.batch
    assert content["accepted_rows"] == [{"sheet": None, "row": 3}]
    assert content["rows"] == {"checked": 5, "accepted": 1, "quarantined": 4}


def test_the_platform_agrees_with_itself(ended: Ended) -> None:
    assert pipeline.verify() == []
    told = pipeline.explain(ended.batch)
    assert told["outcomes"] == {"new": 1}
    assert told["replayed"] == {str(SECOND): {"new": 1}}


def test_a_misspelt_rule_or_batch_is_told(ended: Ended) -> None:
    with pytest.raises(UsageError, match=f"nearest: {DATASET}.check_type.form"):
        ended.processors.replay(rule="spot_check.check_type.from", night=THIRD)
    with pytest.raises(UsageError, match="no delivery"):
        ended.processors.replay("2026-11-18-nobody", night=THIRD)


def test_a_merged_night_takes_no_replay(ended: Ended) -> None:
    with pytest.raises(NightClosed, match="replay for a later night"):
        ended.processors.replay(night=SECOND)


def test_what_another_night_may_have_mended_waits_for_the_next_replay(
    ended: Ended,
) -> None:
    ledger = ended.processors.ledger
    made = replayed.of_night(ledger, SECOND)[ended.batch]
    catalog = Context.current().catalog
    assert not_overtaken(catalog, ledger, [], [made]) == [made]
    later = replace(made, night=THIRD)  # the second night was merged since
    assert not_overtaken(catalog, ledger, [], [later]) == []


def test_a_batch_without_its_text_is_told(processors: Desks) -> None:
    batch = processors.first_night(line(1), line(2, kind=NEW_WORD))
    (processors.settings.batches / batch / "text.parquet").unlink()
    done = processors.replay()
    assert (done["gone"], done["checked"]) == ([batch], 0)
    ended = CliRunner().invoke(app, ["replay", "--json"])
    assert (ended.exit_code, json.loads(ended.stdout)["gone"]) == (1, [batch])


def test_a_refused_file_is_taken_again_once_the_catalogue_knows_its_headings(
    processors: Desks,
) -> None:
    headings = (
        "抽查检查编号,企业名称,统一社会信用代码,督查单位,检查类型,检查日期,检查结果"
    )
    made = processors.delivered(1, [line(1)], headings)
    assert made.verdict == "refused"
    assert processors.replay()["again"] == []  # nothing has changed
    processors.learn("[实施机关, 检查机关]", "[实施机关, 检查机关, 督查单位]")
    assert processors.replay()["again"] == [made.batch_id]
    processors.merge(SECOND)
    assert processors.standing() == {"0001": "未发现问题"}
    (closed,) = processors.asked(LINES)
    assert closed[3:] == [SECOND, "replayed"]
    assert pipeline.verify() == []


def test_a_returned_workbook_closes_a_line_that_stated_no_record(
    processors: Desks,
) -> None:
    processors.first_night(line(1), line(2).removeprefix("0002"))
    outbox = processors.settings.outbox / DEPARTMENT / str(FIRST)
    (returned,) = outbox.glob("*.退回.xlsx")
    book = openpyxl.load_workbook(returned)
    book["报送数据"]["A3"] = "0002"
    book.save(processors.settings.inbox / DEPARTMENT / returned.name)
    processors.merge(SECOND)
    assert sorted(processors.standing()) == ["0001", "0002"]
    (closed,) = processors.asked(LINES)
    assert closed[3:] == [SECOND, "mended"]


def test_a_full_delivery_of_the_night_overtakes_what_was_checked_again(
    tmp_path: Path,
) -> None:
    with opened(tmp_path, "delivery: full") as processors:
        processors.first_night(line(1), line(2, kind=NEW_WORD))
        processors.learn_the_word()
        assert processors.replay()["accepted"] == 1
        processors.drop("抽查检查_2.csv", [line(1)])
        processors.merge(SECOND)
        assert processors.standing() == {"0001": "未发现问题"}
        (closed,) = processors.asked(LINES)
        assert closed[3:] == [SECOND, "superseded"]
        assert not list((processors.settings.outbox / DEPARTMENT).rglob("*.重新校验.*"))


def test_a_replay_killed_at_any_write_ends_the_same(
    processors: Desks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, complete: bool
) -> None:
    processors.first_night(
        line(1), line(2, kind=NEW_WORD), line(3, kind=NEW_WORD, day="")
    )
    processors.learn_the_word()
    copies: list[Path] = []
    kinds: list[str] = []
    copying, last = False, kill_points.seen(processors.settings.data)

    def photograph(kind: str) -> None:
        nonlocal copying, last
        if copying or (now := kill_points.seen(processors.settings.data)) == last:
            return
        copying, last = True, now
        kinds.append(kind)
        copies.append(tmp_path / "copies" / str(len(copies)))
        shutil.copytree(processors.settings.data, copies[-1], symlinks=True)
        copying = False

    with monkeypatch.context() as patched:
        for name in kill_points.WRITING:
            patched.setattr(os, name, getattr(os, name))
        for name in kill_points.COMMITTING:
            patched.setattr(
                kill_points.DeltaTable, name, getattr(kill_points.DeltaTable, name)
            )
        kill_points.at_every_point(photograph)
        whole = processors.replay()
    left = _left(processors.settings)
    processors.merge(SECOND)
    ended = _ended(processors)
    assert len(copies) > 10
    merging = {len(copies) // 2, len(copies) - 1}
    chosen = {point - 1 for point in sampled(kinds)} | merging
    for number in range(len(copies)) if complete else sorted(chosen):
        copy = copies[number]
        monkeypatch.setenv("GUIJI_DATA", str(copy))
        monkeypatch.setenv("GUIJI_LEDGER_URL", f"sqlite:///{copy / 'ledger.db'}")
        again = replace(processors, settings=settings_module.current())
        assert again.replay() == whole, number
        assert _left(again.settings) == left, number
        if number in merging:
            again.merge(SECOND)
            assert _ended(again) == ended, number


def _left(settings: Settings) -> dict[str, str]:
    """The folders of replays, and what the trace says of them."""
    return {
        name: digest
        for name, digest in kill_points.seen(settings.batches).items()
        if "replay" in name
    }


def _ended(processors: Desks) -> tuple[Any, ...]:
    """What the warehouse holds, in files called by their content, and the notices."""
    outbox = kill_points.seen(processors.settings.outbox)
    return stored(processors.settings), outbox, processors.traced()
