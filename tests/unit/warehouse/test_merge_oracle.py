"""Random nights against an oracle that knows no SQL."""

import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from drawn import examples
from hypothesis import given, settings, strategies
from warehouse_world import FIRST, WATER, World, catalog, penalty

from guiji.core import business_date
from guiji.core import settings as settings_module
from guiji.warehouse import compaction
from guiji.warehouse.merge_night import AcceptedBatch, BatchCounts

PENALTIES = "administrative_penalty"

CHOICES: dict[str, list[Any]] = {
    "number": ["1号", "2号"],
    "name": ["甲", "甲", "乙", "丙", "丁", "戊"],
    "operation": ["upsert", "upsert", "revoke"],
    "is_restoring": [False, False, True],
}
HOURS = [0, 0, -5, -30]
"""When a file arrives, counted from 22:00 of its night; the last is late."""

ROW = strategies.fixed_dictionaries(
    {name: strategies.sampled_from(of) for name, of in CHOICES.items()}
)
FILE = strategies.tuples(
    strategies.sampled_from(HOURS), strategies.lists(ROW, max_size=3)
)
NIGHTS = strategies.lists(
    strategies.lists(FILE, min_size=1, max_size=2), min_size=2, max_size=4
)


@dataclass(frozen=True)
class Version:
    """A version as the oracle keeps it; one that `counts` was current once."""

    number: str
    content: tuple[str, str]
    arrived: datetime
    night: date
    counts: bool


@dataclass(frozen=True)
class Row:
    """A delivered row with its place in the order of arrival."""

    arrived: datetime
    batch_id: str
    place: int
    number: str
    content: tuple[str, str]
    is_restoring: bool


class Oracle:
    """Merge rows one by one, looking at every version each time."""

    def __init__(self, older_rows_apply: bool = False) -> None:
        self.older_rows_apply = older_rows_apply
        self.versions: list[Version] = []

    def current(self, number: str, night: date) -> Version | None:
        known = [v for v in self.of(number) if v.night <= night and v.counts]
        return known[-1] if known else None

    def of(self, number: str) -> list[Version]:
        return [v for v in self.versions if v.number == number]

    def merge(self, night: date, rows: list[Row]) -> BatchCounts:
        counts = dict.fromkeys(vars(BatchCounts()), 0)
        for row in sorted(rows, key=lambda r: (r.arrived, r.batch_id, r.place)):
            held = self.current(row.number, night - timedelta(days=1))
            is_late = held is not None and row.arrived < held.arrived
            outcome = self.outcome(row, night, is_late)
            counts[outcome] += 1
            if outcome not in {"unchanged", "superseded"}:
                self.versions.append(
                    Version(row.number, row.content, row.arrived, night, not is_late)
                )
        return BatchCounts(**counts)

    def outcome(self, row: Row, night: date, is_late: bool) -> str:
        current = self.current(row.number, night)
        is_known = row.content in [v.content for v in self.of(row.number)]
        if current is not None and current.content == row.content:
            return "unchanged"
        if is_late:
            return "superseded" if is_known else "late"
        if row.is_restoring and current is not None:
            return "restored"
        if is_known:
            return "returned" if self.older_rows_apply else "superseded"
        if row.content[1] == "revoke":
            return "revoked"
        return "new" if current is None else "changed"


def delivered(
    world: World, night: date, label: str, hours: int, content: list[dict[str, Any]]
) -> tuple[AcceptedBatch, list[Row]]:
    """Deliver one file; give its rows as the oracle sees them, too."""
    arrived = business_date.instant(night) + timedelta(hours=hours)
    made = [typed_row(row) for row in content]
    batch = world.deliver(night, PENALTIES, made, label=label, arrived=arrived)
    rows = [
        Row(
            arrived,
            batch.batch_id,
            place,
            row["number"],
            (row["name"], row["operation"]),
            row["is_restoring"],
        )
        for place, row in enumerate(content)
    ]
    return batch, rows


def demand_agreement(world: World, oracle: Oracle, asked: list[date]) -> None:
    """The warehouse knows, as of each night, what the oracle does."""
    query = "select record_key, enterprise_name, operation from records order by 1"
    for night in asked:
        current = [oracle.current(n, night) for n in ("1号", "2号")]
        expected = [(v.number, *v.content) for v in current if v]
        assert world.ask(query, as_of=night) == expected, night
    assert world.ask("select count(*) from history") == [(len(oracle.versions),)]


@given(NIGHTS, strategies.booleans())
@settings(max_examples=examples(5), deadline=None, derandomize=True)
def test_random_nights_end_as_the_oracle_says(
    plan: list[list[tuple[int, list[dict[str, Any]]]]], older_rows_apply: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        how = "apply" if older_rows_apply else "keep"
        entries = catalog(administrative_penalty={"superseded_rows": how})
        world = World(replace(settings_module.current(), data=Path(folder)), entries)
        oracle = Oracle(older_rows_apply)
        days = [FIRST + timedelta(days=n) for n in range(len(plan))]
        for night, files in zip(days, plan, strict=True):
            made = [
                delivered(world, night, str(label), hours, content)
                for label, (hours, content) in enumerate(files)
            ]
            result = world.merge(night, *(batch for batch, _ in made))
            rows = [row for _, rows in made for row in rows]
            assert result.total == oracle.merge(night, rows)
        demand_agreement(world, oracle, [days[0], days[-1]])


def drawn_nights(number: int) -> list[tuple[int, list[dict[str, Any]], bool]]:
    """Draw when each night's file arrives, its rows, and whether a fold follows."""
    draw = Random(2)  # holds every outcome in ten nights

    def row() -> dict[str, Any]:
        return {name: draw.choice(of) for name, of in CHOICES.items()}

    return [
        (
            draw.choice(HOURS),
            [row() for _ in range(draw.randrange(4))],
            draw.random() < 0.5,
        )
        for _ in range(number)
    ]


def test_many_nights_with_folds_answer_for_every_night(complete: bool) -> None:
    """Corrections, revocations and late rows; each night may be followed by a fold."""
    number = 30 if complete else 10
    with tempfile.TemporaryDirectory() as folder:
        world = World(replace(settings_module.current(), data=Path(folder)))
        oracle, outcomes = Oracle(), Counter[str]()
        plan = drawn_nights(number)
        days = [FIRST + timedelta(days=n) for n in range(len(plan))]
        for night, (hours, content, is_folded) in zip(days, plan, strict=True):
            batch, rows = delivered(world, night, "a", hours, content)
            counts = oracle.merge(night, rows)
            assert world.merge(night, batch).total == counts
            outcomes.update(vars(counts), folds=is_folded, quiet=not content)
            if is_folded:
                compaction.fold(world.context, PENALTIES)
        demand_agreement(world, oracle, days)
    assert {name for name, n in outcomes.items() if not n} == {"absent", "returned"}
    assert outcomes["folds"] >= number // 3


def typed_row(row: dict[str, Any]) -> dict[str, Any]:
    """A penalty of one enterprise."""
    return penalty(
        WATER,
        row["number"],
        "2026-11-01",
        counterpart_name=row["name"],
        operation=row["operation"],
        is_restoring=row["is_restoring"],
    )
