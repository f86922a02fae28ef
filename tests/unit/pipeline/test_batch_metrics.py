"""What is measured of a delivery as a whole, and which limits it breaks."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from delivery_builders import delivery
from warehouse_catalog import REGISTRAR, catalog
from warehouse_world import PAPER, POWER, WATER, World, penalty, typed_table

from guiji.catalog.limits import BatchLimits, Tolerance
from guiji.catalog.model import Catalog
from guiji.checking.batch_rules import BatchRuleResult, Waiver, evaluate
from guiji.checking.evaluator import RuleEvaluator, Suite
from guiji.checking.findings import BatchInput, Source
from guiji.checking.suite import history
from guiji.checking.suite.history import BatchFacts
from guiji.checking.suite.rules import RuleExpectation
from guiji.checking.verdict import Verdict
from guiji.context import Context
from guiji.core.errors import LedgerBroken
from guiji.core.settings import Settings
from guiji.ledger.delivery import Delivery, RowCounts
from guiji.pipeline.batch.batch_metrics import BatchMetrics
from guiji.reading.result import ColumnReading, Reading, SheetReading

NIGHT = date(2026, 11, 20)
PENALTIES = "administrative_penalty"
CLAUSE = "平台参数"
LIMITS: dict[str, Any] = {
    "row_count": {"last": 3, "at_least": 0.5, "at_most": 2, "severity": "critical"},
    "columns": {"severity": "warning"},
    "freshness": {"beyond_cycle_days": 9, "severity": "warning"},
    "redating": {"at_most": 0.5, "severity": "critical"},
}


def limited(own: dict[str, Any] | None = None, **general: Any) -> Catalog:
    """The small jurisdiction with limits; 4 rows are enough to judge a share."""
    limits = BatchLimits.model_validate(
        {k: {**v, "clause": CLAUSE} for k, v in {**LIMITS, **general}.items()}
    )
    place = {"tolerance": Tolerance(from_rows=4), "batch_limits": limits}
    entry = {"update_cycle": "daily", "batch_limits": own or {}}
    return catalog(jurisdiction={**place, "cycles": {"daily": 1}}, **{PENALTIES: entry})


def read(*items: str, rows: int = 4) -> Reading:
    columns = tuple(ColumnReading("A", name, name, True) for name in items)
    sheet = SheetReading(None, 1, columns, rows, None, ())
    return Reading("text", "utf-8", ",", PENALTIES, (sheet,), rows, 0)


ITEMS = ("uscc", "decision_no", "decided_on")


def before(rows: int, nights_ago: int = 1) -> Delivery:
    night = NIGHT - timedelta(days=nights_ago)
    counts = RowCounts(read=rows)
    return delivery(night, PENALTIES, department=REGISTRAR, rows=counts)


BATCH = BatchInput("b", NIGHT, REGISTRAR, PENALTIES, "处罚.csv")


class Case:
    """One delivery; `facts` measures it."""

    def __init__(self, settings: Settings, made: Catalog | None = None) -> None:
        self.catalog = made or limited()
        self.settings = settings

    def typed(self, rows: list[dict[str, Any]]) -> pa.Table:
        return typed_table(self.catalog.datasets[PENALTIES], REGISTRAR, rows)

    def facts(
        self,
        rows: list[dict[str, Any]],
        past: list[Delivery] | None = None,
        reading: Reading | None = None,
    ) -> BatchFacts:
        reading = reading or read(*ITEMS, rows=len(rows))
        typed = self.typed(rows)
        context = Context(self.settings, catalog=self.catalog)
        return BatchMetrics(context, BATCH, typed, reading, past or []).facts()


@pytest.fixture
def case(settings: Settings) -> Case:
    return Case(settings)


def some(number: int, day: str = "2026-11-18") -> list[dict[str, Any]]:
    return [penalty(WATER, f"{n}号", day) for n in range(number)]


def test_a_first_delivery_has_nothing_to_be_compared_with(case: Case) -> None:
    facts = case.facts(some(4))
    assert facts.values == {
        history.ROWS_OF_MEDIAN: None,
        history.COLUMNS_LACKING: None,
        history.DAYS_SINCE_EVENT: 2,
        history.REDATED_SHARE: 0.0,
    }


@pytest.mark.parametrize(
    ("rows", "past", "expected"),
    [
        (5, [10], 0.5),
        (20, [10, 4, 40], 2.0),  # the median, not the mean
        (20, [10, 4, 40, 900, 900], 2.0),  # of the last three
        (15, [10, 20], 1.0),
        (15, [3, 3], None),  # so few are usual that no share says anything
        (0, [10], None),  # a zero report says that there is nothing new
    ],
)
def test_rows_are_compared_with_the_median_of_the_last_deliveries(
    case: Case, rows: int, past: list[int], expected: float | None
) -> None:
    reading = read(*ITEMS, rows=rows)
    deliveries = [before(n, ago) for ago, n in enumerate(past, 1)]
    for one in deliveries:
        keep(case.settings, one, read(*ITEMS))
    facts = case.facts(some(min(rows, 4)), deliveries, reading)
    assert facts.values[history.ROWS_OF_MEDIAN] == expected


def keep(settings: Settings, made: Delivery, reading: Reading) -> None:
    from guiji.core import files

    path = settings.batches / (made.batch_id or "") / "reading.json"
    files.write_json(path, reading.to_json())


@pytest.mark.parametrize(
    ("had", "lacking"),
    [(ITEMS, 0), ((*ITEMS, "penalty_category"), 1), (ITEMS[:2], 0)],
)
def test_columns_are_compared_with_the_last_delivery(
    case: Case, had: tuple[str, ...], lacking: int
) -> None:
    last = before(4)
    keep(case.settings, last, read(*had))
    facts = case.facts(some(4), [last, before(4, nights_ago=2)])
    assert facts.values[history.COLUMNS_LACKING] == lacking
    if lacking:
        assert (
            "2026-11-19的《处罚.csv》相比缺少：处罚类别"
            in (facts.said[history.COLUMNS_LACKING][0])
        )


def test_columns_that_are_not_known_any_more_are_left_out(case: Case) -> None:
    facts = case.facts(some(4), [before(4)])
    assert history.COLUMNS_LACKING not in facts.values


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["2026-11-01", "2026-11-10", "2026-11-01", "2026-11-01"], 10),
        (["2026-11-10", "2026-12-01", "2027-11-01", "2026-11-01"], 10),  # no future
        (["2026-11-10"] * 3, None),  # too few rows
        (["2027-11-10"] * 4, None),
    ],
)
def test_the_newest_event_counts(
    case: Case, days: list[str], expected: int | None
) -> None:
    rows = [penalty(WATER, f"{n}号", day) for n, day in enumerate(days)]
    assert case.facts(rows).values[history.DAYS_SINCE_EVENT] == expected


def test_documents_under_another_day_are_a_share_of_the_rows(
    settings: Settings,
) -> None:
    case = Case(settings)
    world = World(settings, case.catalog)
    held = [penalty(u, "1号", "2026-11-02") for u in (WATER, POWER, PAPER)]
    night = NIGHT - timedelta(days=1)
    world.merge(night, world.deliver(night, PENALTIES, held))
    moved = [penalty(u, "1号", "2026-11-18") for u in (WATER, POWER, PAPER)]
    facts = case.facts([*moved, penalty(WATER, "2号", "2026-11-18")])
    assert facts.values[history.REDATED_SHARE] == 0.75
    assert case.facts(moved).values[history.REDATED_SHARE] is None  # three rows


def test_what_is_not_limited_is_not_measured(settings: Settings) -> None:
    own = dict.fromkeys(LIMITS)  # `null` in the entry
    assert Case(settings, limited(own)).facts(some(4)).values == {}


def test_an_entry_has_its_own_limit_instead_of_the_general_one() -> None:
    own = {"freshness": {**LIMITS["freshness"], "beyond_cycle_days": 0}}
    own["freshness"]["clause"] = CLAUSE
    made = limited({**own, "redating": None})
    rules = history.rules(made.datasets[PENALTIES], made)
    assert [r.rule_id.rpartition(".")[2] for r in rules] == [
        "row_count",
        "columns_lacking",
        "freshness",
    ]
    assert rules[2].maximum == 1


def test_a_dataset_without_a_cycle_is_never_stale() -> None:
    made = limited()
    entry = made.datasets[PENALTIES].model_copy(update={"update_cycle": "on_demand"})
    rules = history.rules(entry, made)
    assert not [r for r in rules if r.rule_id.endswith("freshness")]


def test_a_broken_warehouse_is_no_fault_of_the_delivery(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    from guiji.warehouse import diff

    def broken(*_: object) -> int:
        raise LedgerBroken("a file is missing")

    monkeypatch.setattr(diff, "redated", broken)
    with pytest.raises(LedgerBroken):
        case.facts(some(4))


# What Great Expectations makes of the facts

GOOD: dict[str, float | None] = {
    history.ROWS_OF_MEDIAN: 1.0,
    history.COLUMNS_LACKING: 0,
    history.DAYS_SINCE_EVENT: 0,
    history.REDATED_SHARE: 0.0,
}

EDGES = [
    (history.ROWS_OF_MEDIAN, 0.5, None),
    (history.ROWS_OF_MEDIAN, 0.49, "row_count"),
    (history.ROWS_OF_MEDIAN, 2.0, None),
    (history.ROWS_OF_MEDIAN, 2.01, "row_count"),
    (history.ROWS_OF_MEDIAN, None, None),  # a first delivery
    (history.COLUMNS_LACKING, 1, "columns_lacking"),
    (history.COLUMNS_LACKING, None, None),
    (history.DAYS_SINCE_EVENT, 10, None),
    (history.DAYS_SINCE_EVENT, 11, "freshness"),
    (history.DAYS_SINCE_EVENT, None, None),
    (history.REDATED_SHARE, 0.5, None),
    (history.REDATED_SHARE, 0.51, "redating"),
    (history.REDATED_SHARE, None, None),
]


def judged(
    facts: BatchFacts, waiver: Waiver | None = None
) -> tuple[BatchRuleResult, Verdict, tuple[RuleExpectation, ...]]:
    made = limited()
    dataset = made.datasets[PENALTIES]
    rules = history.rules(dataset, made)
    evaluator = RuleEvaluator(None, by_kept=False)
    (verdict,) = evaluator.verdicts(
        [Suite(PENALTIES, facts.table(), rules)], history.VIEW
    )
    evaluator.close()
    assert isinstance(verdict, Verdict)
    source = Source(BATCH, dataset, read(*ITEMS))
    return evaluate(source, rules, verdict, facts, waiver), verdict, rules


@pytest.mark.parametrize(("fact", "value", "broken"), EDGES)
def test_a_limit_is_broken_beyond_its_edge(
    fact: str, value: float | None, broken: str | None
) -> None:
    facts = BatchFacts({**GOOD, fact: value}, {fact: ("（实测）", "(measured)")})
    whole, verdict, rules = judged(facts)
    assert verdict.failures == {}
    wanted = [f"{PENALTIES}.batch.{broken}"] if broken else []
    assert [r for r, n in verdict.counts.items() if n] == wanted
    found = [row for table in whole.findings for row in table.to_pylist()]
    assert [f["rule_id"] for f in found] == wanted
    critical = {r.rule_id for r in rules if r.severity == "critical"}
    assert list(whole.refused_by) == [r for r in wanted if r in critical]
    if broken:
        assert found[0]["message"].endswith("（实测）")
        assert found[0]["source_row"] is None
    if whole.refusal:
        assert whole.refusal.code == str(broken).upper()


def test_a_fact_that_could_not_be_measured_is_no_pass(settings: Settings) -> None:
    values = {k: v for k, v in GOOD.items() if k != history.REDATED_SHARE}
    _, verdict, _ = judged(BatchFacts(values))
    assert set(verdict.failures) == {f"{PENALTIES}.batch.redating"}


def test_a_waived_limit_is_told_and_does_not_refuse(settings: Settings) -> None:
    waiver = Waiver("张三", "补录", frozenset({f"{PENALTIES}.batch.redating"}))
    facts = BatchFacts({**GOOD, history.REDATED_SHARE: 1.0})
    whole, _, _ = judged(facts, waiver)
    assert (whole.refusal, whole.refused_by) == (None, ())
    assert whole.findings[0]["severity"].to_pylist() == ["info"]
