"""Breaches that build on those of an earlier night equal those of a full judgement."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import model_builders
import publishing
import pyarrow.parquet as pq
import pytest
import worlds
from warehouse_catalog import JURISDICTION, PENALTY
from warehouse_world import WATER, World, penalty

from guiji.catalog.model import Catalog
from guiji.context import NightContext
from guiji.core import business_date
from guiji.core.settings import Settings
from guiji.reports.deadlines import basis
from guiji.reports.deadlines.breaches import compute, write
from guiji.warehouse import compaction

PENALTIES = "administrative_penalty"
ANNULLED = {"id": "annulled_on", "title": "撤销日期", "code": "CXRQ", "type": "date"}
"""Dates a change of a penalty's state."""

FIRST = date(2026, 11, 2)
NIGHTS = 14
KINDS = ("delivery", "change", "publication", "cycle")
BEGINNING = {0: "deliver release", 1: "deliver", 2: "", 3: "", 4: "deliver release"}
"""What the first nights do: deadlines pass while nothing is released, then it is."""


def catalog(version: str = "first", days: int = 2) -> Catalog:
    """Penalties alone, due for delivery after some working days and on show after as
    many again; weekly."""
    due = {"delivery": days, "publication": 2 * days}
    clocks = [
        {"id": kind[0], "kind": kind, "working_days": number, "clause": "十二"}
        for kind, number in due.items()
    ]
    entry = PENALTY | {
        "valid_from": date(2026, 10, 26),
        "clocks": clocks,
        "update_cycle": "weekly",
        "items": [*PENALTY["items"], ANNULLED],
        "produced": ["annulled_on", "decided_on"],
    }
    channels = [c | {"datasets": [PENALTIES]} for c in JURISDICTION["channels"]]
    city = model_builders.jurisdiction(
        **JURISDICTION | {"channels": channels, "cycles": {"weekly": 7}}
    )
    departments = {d: d for d in PENALTY["providers"]}
    dataset = model_builders.dataset(**entry)
    return model_builders.catalog(city, departments, dataset, version=version)


@dataclass
class Walk:
    """Nights drawn at random, each reported on the breaches of the one before."""

    world: World
    draw: Random
    aside: Path
    calendar_until: date = date(2026, 11, 13)
    ways: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def context(self, night: date) -> NightContext:
        days = worlds.calendar(until=self.calendar_until)
        days = type(days)(days.first, days.working, f"until-{self.calendar_until}")
        return NightContext(
            self.world.settings, night, catalog=self.world.catalog, calendar=days
        )

    def deliver(self, night: date) -> None:
        """Merge one or two files: new, corrected, revoked, restored, late, early."""
        batches = []
        for label in "ab"[: self.draw.randint(1, 2)]:
            hours = self.draw.choice([0, 0, 5, -30, -100])
            numbers = self.draw.sample(range(14), self.draw.randint(1, 6))
            if night == FIRST:
                numbers = [*range(300)]  # of a large index only changes are written
            if night == FIRST + timedelta(days=1):
                numbers = [*range(300, 320)]  # shown late, without another change
            batches.append(
                self.world.deliver(
                    night,
                    PENALTIES,
                    [self.row(night, number) for number in numbers],
                    label=label,
                    arrived=business_date.instant(night) + timedelta(hours=hours),
                )
            )
        self.world.merge(night, *batches)

    def row(self, night: date, number: int) -> dict[str, Any]:
        decided = night - timedelta(days=self.draw.choice([0, 1, 3, 4, 6, 9, 40]))
        ago = self.draw.choice([None, None, 0, 2, 5])
        annulled = None if ago is None else night - timedelta(days=ago)
        category = self.draw.choice(["罚款", "罚款", "警告"])  # a warning is not shown
        return penalty(
            WATER,
            f"{number}号",
            decided.isoformat(),
            penalty_category=category,
            annulled_on=annulled,
            produced_on=annulled or decided,
            operation=self.draw.choice(["upsert", "upsert", "upsert", "revoke"]),
            is_restoring=self.draw.choice([False, True]),
        )

    def change(self, number: int) -> None:
        """Change catalogue or calendar, once each."""
        if number == 7:
            self.calendar_until = date(2026, 12, 31)
        if number == 11:
            self.world.catalog = catalog("second", days=1)

    def step(self, number: int) -> None:
        night = FIRST + timedelta(days=number)
        self.change(number)
        drawn = self.draw.choice(["", *["deliver", "deliver release"] * 2])
        plan = BEGINNING.get(number, drawn)
        if "deliver" in plan:
            self.deliver(night)
        if "release" in plan:
            publishing.release(self.world, night)
        if number not in BEGINNING and self.draw.random() < 0.15:
            return  # never reported
        if self.draw.random() < 0.2:
            compaction.fold(self.world.context, PENALTIES)
        self.compare(night)
        if self.draw.random() < 0.1:
            self.compare(night)  # the same night again

    def compare(self, night: date) -> None:
        context = self.context(night)
        earlier = basis.earlier(context)
        way = "changes" if earlier else "all"
        if earlier:
            changes = earlier.index_changes(self.world.settings)
            self.ways["index anew" if changes is None else "index changed"] += (
                changes != []
            )
        path = write(context)
        written, whole = pq.read_table(path), self.aside / "whole.parquet"
        compute(context, whole)
        assert written.equals(pq.read_table(whole)), (night, way)
        assert path.read_bytes() == whole.read_bytes(), (night, way)
        self.ways[way] += 1
        self.kinds += Counter(written["kind"].to_pylist())


@pytest.mark.parametrize("seed", [3])
def test_every_night_by_changes_equals_the_night_judged_anew(
    settings: Settings, tmp_path: Path, seed: int
) -> None:
    walk = Walk(World(settings, catalog()), Random(seed), tmp_path)
    for number in range(NIGHTS):
        walk.step(number)
    assert walk.ways["changes"] >= NIGHTS // 2, walk.ways
    assert min(walk.ways["index anew"], walk.ways["index changed"]) > 0, walk.ways
    assert min(walk.kinds[k] for k in KINDS) > 0
