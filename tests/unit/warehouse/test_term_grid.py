"""The publication term, on a grid of days, classes and regimes, against the law.

The law is written once more here, in Python and for one record at a time: what the
views call the end of its term, and whether it is on show, follow from it.
"""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

import publishing
import pyarrow as pa
import pytest
from warehouse_catalog import catalog

from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.terms import TermRegime, TermRule
from guiji.core.settings import Settings
from guiji.engine.duck import DuckEngine, connect
from guiji.engine.sql import name, statement
from guiji.publication import publishable_rows
from guiji.warehouse import columns, terms

PENALTY = "administrative_penalty"
DAY = timedelta(days=1)
NIGHTS = (date(2026, 2, 10), date(2026, 2, 28), date(2026, 11, 18))
STARTS = (
    *(date(2019, 5, 2), date(2023, 5, 1), date(2023, 11, 18), date(2025, 2, 28)),
    *(date(2025, 8, 31), date(2025, 11, 17), date(2025, 11, 18), date(2025, 11, 30)),
    *(date(2026, 2, 10), date(2026, 3, 31), date(2026, 4, 1), date(2026, 11, 18)),
    *(date(2026, 11, 19), date(2027, 1, 31)),
)
VALUES = (None, "", "警告", "罚款", "责令关闭", "其他-约谈")
SEVERAL = ("警告；罚款", "警告；责令关闭", "警告；其他-约谈")

OLD = {"轻微": 0, "一般": 36, "严重": 36}
NEW = {"轻微": 0, "一般": 12, "严重": 36}
SHORTEST = {"一般": 3, "严重": 12}
LAST_OF_OLD, FIRST_OF_NEW = date(2026, 3, 31), date(2026, 4, 1)


@dataclass(frozen=True)
class Row:
    """What of a record decides its term."""

    start: date | None
    stated: date | None
    category: str | None


def regime(
    first: date,
    last: date | None,
    months: dict[str, int],
    shortest: dict[str, int] | None = None,
) -> dict[str, Any]:
    return {
        "id": f"from_{first:%Y}",
        "regime": "penalty",
        "effective_from": first,
        "effective_to": last,
        "months": months,
        "min_months": shortest or {},
        "clause": "测试",
    }


def two(
    last: date = LAST_OF_OLD,
    shortest: dict[str, int] | None = None,
    since_2026: dict[str, int] | None = None,
) -> list[dict[str, Any]]:
    return [
        regime(date(2023, 5, 1), last, OLD, shortest),
        regime(FIRST_OF_NEW, None, NEW, since_2026 or shortest),
    ]


REGIMES = {
    "without a shortest term": two(),
    "with shortest terms": two(shortest=SHORTEST),
    "a shortest term since 2026": two(since_2026=SHORTEST),
    "a shortest term of one class": two(shortest={"严重": 12}),
    "no regime for a quarter": two(last=date(2025, 12, 31), shortest=SHORTEST),
    "ended in 2025": two(last=date(2025, 12, 31))[:1],
}


def rows(night: date) -> Iterator[Row]:
    for start, category in product((None, *STARTS), (*VALUES, *SEVERAL)):
        near = (night - DAY, night, night + DAY, date(2099, 12, 31))
        about = () if start is None else (start - 40 * DAY, start, later(start, 3))
        for stated in (None, *near, *about):
            yield Row(start, stated, category)


def later(day: date, months: int) -> date:
    """Add months; beyond the end of a month its last day counts."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def classes_of(term: TermRule, category: str | None) -> list[str | None]:
    named = {v: severity for severity, values in term.classes.items() for v in values}
    values = [None] if category is None else category.split("；")
    return [named.get(v or "", term.default_class) for v in values]


def law(
    row: Row, term: TermRule, regimes: Sequence[TermRegime], night: date
) -> tuple[date | None, str]:
    """Return the last day of a record's term, and its standing."""
    classes = classes_of(term, row.category)
    named = [c for c in classes if c is not None]
    days = (row.start, night)
    in_force = [r for day in days for r in regimes if day and covers(r, day)]
    months = min(
        (max(r.months[c] for c in named) for r in in_force if None not in classes),
        default=None,
    )
    shortest = min(
        (max([0, *(r.min_months.get(c, 0) for c in named)]) for r in in_force),
        default=None,
    )
    stated = row.stated
    if any(r.min_months for r in regimes) and stated and row.start:
        stated = max(stated, later(row.start, shortest)) if in_force else stated
    ends = [stated] if stated else []
    if months is not None and row.start is not None:
        ends.append(later(row.start, months))
    end = min(ends, default=None)
    if end is not None and end < night:
        return end, "term_over"
    if row.start is None or None in classes:
        return end, "undecided"
    return end, "term_over" if months == 0 else "shown"


def covers(one: TermRegime, day: date) -> bool:
    return one.effective_from <= day <= (one.effective_to or date.max)


def entries_of(regimes: list[dict[str, Any]], default: str | None) -> Catalog:
    term = catalog().datasets[PENALTY].publication_term
    assert term is not None
    changed = {"default_class": default, "regime": "penalty" if regimes else None}
    rule = term.model_copy(update=changed).model_dump()
    return catalog(
        jurisdiction={"term_regimes": regimes}, **{PENALTY: {"publication_term": rule}}
    )


def bind_records(engine: DuckEngine, dataset: Dataset, records: list[Row]) -> None:
    """Create the view of a dataset from rows that state a day, an end and a class."""
    table = pa.table(
        {
            "record_id": [f"{n}" for n in range(len(records))],
            "operation": ["upsert"] * len(records),
            "counterpart_name": ["水务公司"] * len(records),
            "uscc": ["91520100714305800A"] * len(records),
            "decided_on": pa.array([r.start for r in records], pa.date32()),
            "publicity_ends_on": pa.array([r.stated for r in records], pa.date32()),
            "penalty_category": pa.array([r.category for r in records], pa.string()),
        }
    )
    engine.rows("given", table)
    every = columns.platform_columns() | columns.item_columns(dataset)
    listed = ", ".join(
        f"{name(c) if c in table.column_names else 'null'}::{kind} as {name(c)}"
        for c, kind in every.items()
    )
    engine.view(dataset.id, f"select {listed} from given")


def computed(
    settings: Settings, entries: Catalog, night: date, records: list[Row]
) -> list[tuple[date | None, str]]:
    """Return what the platform computes for each row: end and standing."""
    dataset = entries.datasets[PENALTY]
    ends_on = terms.derived(entries, dataset, night)["term_ends_on"]
    with DuckEngine(connect()) as engine:
        bind_records(engine, dataset, records)
        publishing.without_repairs(engine)
        publishable_rows.bind_candidates(engine, entries, dataset, night)
        publishable_rows.bind_shown_classes(engine, entries, dataset)
        model = statement(settings, "publication/standing")
        engine.keep("standing", model, {"night": night})
        found = engine.fetch(
            f"select ends_on, standing from (select record_id, {ends_on} as ends_on "
            f"from {PENALTY}) inner join standing using (record_id) "
            "order by record_id::integer"
        )
    return [(r["ends_on"], r["standing"]) for r in found.to_pylist()]


@pytest.mark.duty("YJ8")
@pytest.mark.parametrize("default", ["一般", None])
@pytest.mark.parametrize("night", NIGHTS, ids=str)
@pytest.mark.parametrize("regimes", REGIMES.values(), ids=REGIMES)
def test_end_and_standing_are_those_of_the_law(
    settings: Settings, regimes: list[dict[str, Any]], night: date, default: str | None
) -> None:
    entries = entries_of(regimes, default)
    term = entries.datasets[PENALTY].publication_term
    assert term is not None
    records = list(rows(night))
    made = computed(settings, entries, night, records)
    in_order = entries.jurisdiction.term_regimes
    wanted = [law(row, term, in_order, night) for row in records]
    assert len({standing for _, standing in wanted}) >= 3
    differing = [
        (row, *both)
        for row, *both in zip(records, made, wanted, strict=True)
        if both[0] != both[1]
    ]
    assert differing == []


ORDER_36 = [regime(date(2023, 5, 1), None, NEW, SHORTEST)]


@pytest.mark.parametrize(
    ("regimes", "start", "stated", "category", "standing"),
    [
        (two(), "2025-05-06", None, "罚款", "term_over"),  # 36 months then, 12 now
        (two(), "2026-05-06", None, "罚款", "shown"),  # 12 months
        (two(), "2025-05-06", None, "责令关闭", "shown"),  # 36 months under both
        (two(), "2026-11-02", None, "警告", "term_over"),  # never
        (two(), "2026-11-02", None, "警告；罚款", "shown"),  # the longest of its terms
        (two(), "2026-11-02", None, "其他-约谈", "undecided"),
        (two(), "2026-11-02", "2026-11-19", "罚款", "term_over"),  # by its own date
        (two(), "2019-05-06", None, "责令关闭", "term_over"),  # that of tonight counts
        (two(), "2025-11-20", "2026-11-20", "罚款", "shown"),  # ends tonight
        # before the three months of its class are over, after them, after the twelve
        # months that are its longest, and of a severe one, twelve at least
        (ORDER_36, "2026-10-06", "2026-10-07", "罚款", "shown"),
        (ORDER_36, "2026-05-06", "2026-11-19", "罚款", "term_over"),
        (ORDER_36, "2025-11-06", "2027-11-06", "罚款", "term_over"),
        (ORDER_36, "2026-05-06", "2026-08-19", "责令关闭", "shown"),
        # without a regime only its dates end it
        ([], "2001-05-06", None, "罚款", "shown"),
        ([], "2001-05-06", "2026-11-19", "罚款", "term_over"),
        ([], None, "2026-11-20", "罚款", "shown"),
    ],
)
def test_the_standing_of_a_record(
    settings: Settings,
    regimes: list[dict[str, Any]],
    start: str | None,
    stated: str | None,
    category: str,
    standing: str,
) -> None:
    entries = entries_of(regimes, None)
    row = Row(*(d and date.fromisoformat(d) for d in (start, stated)), category)
    ((_, found),) = computed(settings, entries, date(2026, 11, 20), [row])
    assert found == standing
