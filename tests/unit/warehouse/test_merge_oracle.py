"""Random nights against an oracle that knows no SQL."""

import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings, strategies
from warehouse_world import FIRST, WATER, World, penalty

from guiji import settings as settings_module
from guiji.warehouse import fold
from guiji.warehouse.night import BatchCounts

PENALTIES = "administrative_penalty"

CHOICES: dict[str, list[Any]] = {
    "number": ["1号", "2号"],
    "name": ["甲", "乙"],
    "produced": [None, 1, 2],
    "operation": ["upsert", "upsert", "revoke"],
}
ROW = strategies.fixed_dictionaries(
    {name: strategies.sampled_from(of) for name, of in CHOICES.items()}
)
FILES = strategies.lists(strategies.lists(ROW, max_size=3), min_size=1, max_size=2)
NIGHTS = strategies.lists(FILES, min_size=2, max_size=4)


@dataclass(frozen=True)
class Version:
    """A version as the oracle keeps it; `order` is what the order of versions says."""

    number: str
    order: tuple[Any, ...]
    content: tuple[Any, ...]
    night: date


class Oracle:
    """Merge rows one by one, looking at every version each time."""

    def __init__(self) -> None:
        self.versions: list[Version] = []

    def current(self, number: str, night: date) -> Version | None:
        known = [v for v in self.versions if v.number == number and v.night <= night]
        return max(known, key=lambda v: v.order, default=None)

    def merge(self, night: date, rows: list[tuple[str, int, dict[str, Any]]]) -> Any:
        counts = dict.fromkeys(vars(BatchCounts()), 0)
        before = list(self.versions)
        last = night - timedelta(days=1)
        for batch_id, place, row in sorted(
            rows, key=lambda r: (r[2]["produced"] or 0, r[0], r[1])
        ):
            produced = row["produced"] or 0
            content = (row["name"], row["operation"], row["produced"])
            order = (produced, night, batch_id, place)
            version = Version(row["number"], order, content, night)
            held = self.current(row["number"], last)
            is_late = held is not None and produced < held.order[0]
            outcome = self.outcome(version, is_late, held, before)
            counts[outcome] += 1
            if outcome != "unchanged":
                self.versions.append(version)
        return BatchCounts(**counts)

    def outcome(
        self,
        version: Version,
        is_late: bool,
        held: Version | None,
        before: list[Version],
    ) -> str:
        tonight = [
            v
            for v in self.versions
            if v.number == version.number
            and v.night == version.night
            and (held is not None and v.order[0] < held.order[0]) == is_late
        ]
        previous = tonight[-1] if tonight else None if is_late else held
        if previous is not None and previous.content == version.content:
            return "unchanged"
        if is_late:
            known = [v for v in before if v.number == version.number]
            is_known = version.content in [v.content for v in known]
            return "unchanged" if is_known else "late"
        if version.content[1] == "revoke":
            return "revoked"
        return "new" if previous is None else "changed"


@given(NIGHTS)
@settings(max_examples=8, deadline=None, derandomize=True)
def test_random_nights_end_as_the_oracle_says(
    plan: list[list[list[dict[str, Any]]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(replace(settings_module.current(), data=Path(folder)))
        oracle = Oracle()
        nights = [FIRST + timedelta(days=n) for n in range(len(plan))]
        for night, delivered in zip(nights, plan, strict=True):
            batches, rows = [], []
            for label, content in enumerate(delivered):
                made = [typed_row(row) for row in content]
                batch = world.deliver(night, PENALTIES, made, label=str(label))
                batches.append(batch)
                rows += [(batch.batch_id, n, r) for n, r in enumerate(content)]
            assert world.merge(night, *batches).total == oracle.merge(night, rows)
        query = "select record_key, enterprise_name, operation from records order by 1"
        for night in (nights[0], nights[-1]):
            current = [oracle.current(n, night) for n in ("1号", "2号")]
            expected = [(v.number, *v.content[:2]) for v in current if v]
            assert world.ask(query, as_of=night) == expected
        assert world.ask("select count(*) from history") == [(len(oracle.versions),)]


def thirty_nights() -> list[tuple[list[dict[str, Any]], bool]]:
    """Draw what each night delivers, and whether a fold follows it."""
    draw = Random(18)  # holds every outcome

    def row() -> dict[str, Any]:
        return {name: draw.choice(of) for name, of in CHOICES.items()}

    return [
        ([row() for _ in range(draw.randrange(4))], draw.random() < 0.5)
        for _ in range(30)
    ]


def test_thirty_nights_with_folds_answer_for_every_night() -> None:
    """Corrections, revocations and late rows; each night may be followed by a fold."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(replace(settings_module.current(), data=Path(folder)))
        oracle, outcomes = Oracle(), Counter[str]()
        plan = thirty_nights()
        nights = [FIRST + timedelta(days=n) for n in range(len(plan))]
        for night, (content, is_folded) in zip(nights, plan, strict=True):
            batch = world.deliver(night, PENALTIES, [typed_row(r) for r in content])
            rows = [(batch.batch_id, n, r) for n, r in enumerate(content)]
            counts = oracle.merge(night, rows)
            assert world.merge(night, batch).total == counts
            outcomes.update(vars(counts), folds=is_folded, quiet=not content)
            outcomes.update(late_on_base=bool(counts.late and outcomes["folds"]))
            if is_folded:
                fold.fold(world.settings, world.catalog, PENALTIES)
        query = "select record_key, enterprise_name, operation from records order by 1"
        for night in nights:
            current = [oracle.current(n, night) for n in ("1号", "2号")]
            expected = [(v.number, *v.content[:2]) for v in current if v]
            assert world.ask(query, as_of=night) == expected, night
        assert world.ask("select count(*) from history") == [(len(oracle.versions),)]
    assert {name for name, n in outcomes.items() if not n} == {"absent"}
    assert outcomes["folds"] >= 10


def typed_row(row: dict[str, Any]) -> dict[str, Any]:
    """A penalty of one enterprise; the day of production stands in its remark, so
    that it is a part of the content."""
    produced = date(2026, 11, row["produced"]) if row["produced"] else None
    return penalty(
        WATER,
        row["number"],
        "2026-11-01",
        counterpart_name=row["name"],
        remark=str(row["produced"]),
        operation=row["operation"],
        produced_on=produced,
    )
