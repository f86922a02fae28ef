"""The mutation gate: every rule of every dataset fires on the row made to break it.

Good rows have no finding. Each rule has one mutation of a good row; the whole batch of
good and mutated rows goes the real way, from text through parsing to the verdict of
Great Expectations, and exactly the rules that a row was made to break fire on it. A
rule without a mutation, or a mutation without a rule, fails the gate.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from good_rows import GOOD, Row, uscc
from governments import ALL, city, government
from mutations import ACROSS, WHOLE_TABLE, Mutation, of_rules, rows
from settings_builders import settings_in

from guiji.catalog.model import Catalog, Dataset
from guiji.checking.register import NAME, SCHEMA, Register
from guiji.checking.suite import build as suite
from guiji.checking.suite import history
from guiji.checking.suite.history import BatchFacts
from guiji.checking.suite.rules import TABLE, RuleExpectation
from guiji.checking.validator import BatchInput, CheckResult, Validator
from guiji.core.schemas import TEXT_COLUMNS
from guiji.domain import fingerprints, text
from guiji.parsing.parse import parse
from guiji.reading.result import Reading, SheetReading

NIGHT = date(2026, 11, 20)
HEADING = 1
"""Rows above the first record."""

CATALOGS = {name: government(name) for name in ALL} | {"guiyang": city()}
"""Of all governments; for Guiyang the six datasets of the tests, which were its first.
"""


def is_gated(name: str, dataset: str) -> bool:
    """Return whether the good rows are made for an entry.

    They fill the items of Guiyang's entries. What has other items or rules is judged
    by the examples that each of its rules has, see `test_rule_docs`.
    """
    mine, first = CATALOGS[name], CATALOGS["guiyang"]
    return (
        dataset in GOOD
        and mine.datasets[dataset].items == first.datasets[dataset].items
        and mine.rules[dataset] == first.rules[dataset]
    )


DATASETS = [
    (name, d)
    for name, c in CATALOGS.items()
    for d in sorted(c.datasets)
    if is_gated(name, d)
]


def rules_of(catalog: Catalog, dataset: str) -> tuple[RuleExpectation, ...]:
    """Return the rules on rows and on the typed table."""
    return suite.build(catalog.datasets[dataset], catalog, NIGHT, 1, linked=True)


def all_rules(catalog: Catalog, dataset: str) -> tuple[RuleExpectation, ...]:
    """Return those on the delivery as a whole too."""
    on_facts = history.rules(catalog.datasets[dataset], catalog)
    return (*rules_of(catalog, dataset), *on_facts)


RULES = [
    (jurisdiction, dataset, rule.rule_id)
    for jurisdiction, dataset in DATASETS
    for rule in all_rules(CATALOGS[jurisdiction], dataset)
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Judge entries that are equal in items and rules once, all with `--complete`."""
    names = [
        n for n in ("jurisdiction", "dataset", "rule_id") if n in metafunc.fixturenames
    ]
    if not names:
        return
    chosen: list[tuple[str, ...]] = [*(RULES if "rule_id" in names else DATASETS)]
    if not metafunc.config.getoption("--complete"):
        chosen = [entry for entry in chosen if entry[0] == "guiyang"]
    ids = ["-".join((entry[0], entry[-1])) for entry in chosen]
    metafunc.parametrize(names, chosen, ids=ids)


@dataclass(frozen=True)
class Case:
    """A row of the batch and the rules that it must break, none if it is good."""

    row: Row
    known: tuple[str, str] | None
    breaks: frozenset[str]
    about: str | None = None


def cases(catalog: Catalog, dataset: Dataset) -> list[Case]:
    """Lay out the batch: good rows, then the mutated ones of each rule."""
    found: list[Case] = []
    good = rows(GOOD[dataset.id])
    for row in good:
        fresh = numbered(dataset, row, len(found))
        found.append(Case(fresh, pair(dataset, fresh), frozenset()))
    mutations = of_rules(dataset, catalog, rules_of(catalog, dataset.id))
    for rule_id, mutation in mutations.items():
        fresh = numbered(dataset, good[mutation.of], len(found))
        found += mutated(dataset, rule_id, mutation, fresh)
    return found


def mutated(
    dataset: Dataset, rule_id: str, mutation: Mutation, row: Row
) -> Iterator[Case]:
    known = pair(dataset, row)
    broken = frozenset({rule_id, *(f"{dataset.id}.{x}" for x in mutation.also)})
    first = broken if mutation.both else frozenset()
    for _ in range(mutation.twins - 1):
        yield Case(row, known, first, rule_id)
    yield Case({**row, **mutation.changes}, known, broken, rule_id)


def numbered(dataset: Dataset, row: Row, number: int) -> Row:
    """Return a row a key, and where a dataset needs it a code, of its own."""
    good = GOOD[dataset.id]
    fresh = {item: text.format(n=number + 100) for item, text in good.fresh.items()}
    if good.own_code:
        fresh[dataset.subject.uscc] = uscc(number + 100)
    return {**row, **fresh}


def pair(dataset: Dataset, row: Row) -> tuple[str, str] | None:
    """Return code and name as the register knows them."""
    code = row.get(dataset.subject.uscc)
    return (code, row[dataset.subject.name]) if code else None


def text_of(dataset: Dataset, found: list[Row]) -> pa.Table:
    fields = [*TEXT_COLUMNS, pa.field("_operation", pa.string())]
    fields += [pa.field(item.id, pa.string()) for item in dataset.items]
    lines = [
        {"source_row": HEADING + 1 + n, **{k: v or None for k, v in row.items()}}
        for n, row in enumerate(found)
    ]
    return pa.Table.from_pylist(lines, pa.schema(fields))


@dataclass(frozen=True)
class Checked:
    """A batch of cases and what its check said."""

    cases: list[Case]
    result: CheckResult
    counted: dict[str, int]
    folder: TemporaryDirectory[str]


def judged(
    catalog: Catalog,
    dataset: Dataset,
    lines: pa.Table,
    typed: pa.Table,
    folder: Path,
    register: Register | None = None,
    read: int | None = None,
    facts: BatchFacts | None = None,
) -> CheckResult:
    """Check a batch; `read` is how many rows its file had, if not those of `lines`."""
    settings = settings_in(folder, jurisdiction=catalog.jurisdiction.id)
    count = len(lines) if read is None else read
    sheet = SheetReading(None, HEADING + 1, (), count, None, ())
    reading = Reading("text", "utf-8", ",", dataset.id, (sheet,), count, 0)
    batch = BatchInput("b", NIGHT, dataset.providers[0], dataset.id, "b.csv")
    with Validator(settings, catalog) as validator:
        return validator.check(batch, lines, typed, reading, register, facts)


def typed_of(catalog: Catalog, dataset: Dataset, lines: pa.Table) -> pa.Table:
    units = {unit.uscc[2:8] for unit in catalog.departments.values()}
    regions = frozenset({"520102", "520100", *units})
    return parse(lines, dataset, catalog, dataset.providers[0], b"key" * 9, regions)


def register_of(known: list[tuple[str, str]], folder: Path) -> Register:
    """Make a register that knows one name of each code."""
    codes = pa.array([code for code, _ in known], pa.string())
    size = len(known)
    columns = {
        "uscc": codes,
        "kind": pa.repeat(pa.scalar(NAME), size),
        "form_id": fingerprints.of(text.name_norm(pa.array([n for _, n in known]))),
        "organisation_id": fingerprints.of(pc.utf8_slice_codeunits(codes, 8, 17)),
        "is_registered": pa.repeat(pa.scalar(True), size),
        "valid_from": pa.nulls(size, pa.date32()),
    }
    return Register.of(pa.table(columns, SCHEMA), folder)


@cache
def checked(jurisdiction: str, dataset_id: str) -> Checked:
    """Check all cases of a dataset as one batch, once."""
    catalog = CATALOGS[jurisdiction]
    dataset = catalog.datasets[dataset_id]
    folder = TemporaryDirectory()
    batch = cases(catalog, dataset)
    known = sorted({case.known for case in batch if case.known})
    register = register_of(known, Path(folder.name) / "register")
    lines = text_of(dataset, [case.row for case in batch])
    typed = typed_of(catalog, dataset, lines)
    result = judged(catalog, dataset, lines, typed, Path(folder.name), register)
    stored = json.loads(result.gx_result.read_text(encoding="utf-8"))
    counted = {
        one["expectation_config"]["meta"]["rule_id"]: one["result"]["unexpected_count"]
        for one in stored["results"]
        if "unexpected_count" in one["result"]
    }
    return Checked(batch, result, counted, folder)


def fired(result: CheckResult) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for finding in result.findings.to_pylist():
        if finding["source_row"] is not None:
            place = finding["source_row"] - HEADING - 1
            found.setdefault(place, set()).add(finding["rule_id"])
    return found


def test_every_good_row_is_of_an_entry_of_guiyang() -> None:
    assert {dataset for name, dataset in DATASETS if name == "guiyang"} == {*GOOD}


def test_good_rows_break_no_rule(jurisdiction: str, dataset: str) -> None:
    whole = checked(jurisdiction, dataset)
    found = fired(whole.result)
    good = [n for n, case in enumerate(whole.cases) if case.about is None]
    assert good == list(range(1 + len(GOOD[dataset].others)))
    assert {n: found[n] for n in good if n in found} == {}


def test_exactly_the_rule_fires_that_a_row_was_made_to_break(
    jurisdiction: str, dataset: str, rule_id: str
) -> None:
    short = rule_id.removeprefix(f"{dataset}.")
    if short.startswith("batch."):
        found = facts_judged(jurisdiction, dataset)
        assert (found[""], found[rule_id]) == (set(), {rule_id})
        return
    if short in WHOLE_TABLE:
        broken_table(jurisdiction, dataset, rule_id)
        return
    whole = checked(jurisdiction, dataset)
    found = fired(whole.result)
    made = {n: c.breaks for n, c in enumerate(whole.cases) if c.about == rule_id}
    assert made, f"no mutation breaks {rule_id}: add one to mutations.py"
    assert rule_id in set().union(*made.values())
    assert {n: found.get(n, set()) for n in made} == made


def broken_table(jurisdiction: str, dataset_id: str, rule_id: str) -> None:
    """Break a rule of the whole table: the batch is refused, and it is nobody's row."""
    catalog = CATALOGS[jurisdiction]
    dataset = catalog.datasets[dataset_id]
    lines = two_lines(dataset)
    whole = typed_of(catalog, dataset, lines)
    typed = WHOLE_TABLE[rule_id.removeprefix(f"{dataset_id}.")](whole)
    left = lines.slice(0, len(typed))
    with TemporaryDirectory() as folder:
        result = judged(catalog, dataset, left, typed, Path(folder), read=len(lines))
    told = {f["rule_id"]: f for f in result.findings.to_pylist()}
    assert rule_id in told
    assert told[rule_id]["source_row"] is None
    assert told[rule_id]["responsibility"] == "platform"
    assert result.batch_refusal is not None


def two_lines(dataset: Dataset) -> pa.Table:
    good = GOOD[dataset.id].row
    return text_of(dataset, [numbered(dataset, good, n) for n in (0, 1)])


@cache
def facts_judged(jurisdiction: str, dataset_id: str) -> dict[str, set[str]]:
    """Break every rule on the facts of a delivery, one after the other."""
    catalog = CATALOGS[jurisdiction]
    dataset = catalog.datasets[dataset_id]
    lines = two_lines(dataset)
    typed = typed_of(catalog, dataset, lines)
    rules = history.rules(dataset, catalog)
    found = {}
    for broken in (None, *rules):
        facts = BatchFacts()
        for rule in rules:
            within = rule.minimum if rule.minimum is not None else rule.maximum
            beyond = float(rule.maximum or 0) + 1
            facts.tell(rule.columns[0], beyond if rule is broken else within, "", "")
        with TemporaryDirectory() as folder:
            result = judged(catalog, dataset, lines, typed, Path(folder), facts=facts)
        found[broken.rule_id if broken else ""] = {
            finding["rule_id"] for finding in result.findings.to_pylist()
        }
    return found


def test_every_mutation_has_its_rule(jurisdiction: str, dataset: str) -> None:
    rules = rules_of(CATALOGS[jurisdiction], dataset)
    names = {rule.rule_id.removeprefix(f"{dataset}.") for rule in rules}
    assert set(ACROSS[dataset]) <= names
    of_table = {r for r in names if r in WHOLE_TABLE}
    assert {
        rule.rule_id.removeprefix(f"{dataset}.")
        for rule in rules
        if rule.judgement in TABLE
    } == of_table
    whole = checked(jurisdiction, dataset)
    of_rows = {case.about for case in whole.cases if case.about}
    assert len(of_rows) + len(of_table) == len(rules)


def test_findings_are_as_many_as_great_expectations_counted(
    jurisdiction: str, dataset: str
) -> None:
    whole = checked(jurisdiction, dataset)
    found = Counter(whole.result.findings["rule_id"].to_pylist())
    assert {rule: count for rule, count in whole.counted.items() if count} == found
    assert sum(found.values()) == sum(len(case.breaks) for case in whole.cases)
    assert whole.result.rule_counts == {
        **dict.fromkeys(whole.result.rule_counts, 0),
        **found,
    }
