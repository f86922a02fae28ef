"""Making the records of a delivery, and choosing which of them come late or wrong.

Everything drawn comes from a generator seeded with the sample's seed, the night and
the delivery's place in it, so that no delivery depends on the making of another; only
the corrections of a later night are made from what the night before has delivered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from guiji.catalog.model import Catalog, Dataset, Department
from guiji.catalog.rules import Rule
from guiji.catalog.vocabulary import ClockKind
from guiji.domain.workdays import Calendar
from guiji.sample import keys, layouts, records
from guiji.sample.draft import OPERATION, Draft
from guiji.sample.layouts import Layout
from guiji.sample.subjects import Columns, Part

Days = NDArray[np.datetime64]
Rows = NDArray[np.int64]

STRIDE = 7919
"""Subjects from one record to the next, where each has at most one; a prime."""

LATE_SHARE = 0.03
LOOK_BACK = 150  # days; longer than any delivery clock
CARRIED_SHARE = 0.1
MOST_CARRIED = 60
UPSERT, CHANGE, REVOKE = "新增", "变更", "撤销"


@dataclass(frozen=True)
class World:
    """What all deliveries of a sample share.

    Attributes:
        catalog: the catalogue.
        calendar: of working days.
        enterprises: see `enterprises.make`.
        seed: of everything drawn.
        carried: (dataset, department) -> good records of the last night.
        used: (dataset, department) -> running numbers given out so far.
        missed: (dataset, event, night) -> delivery clocks that ran out.
    """

    catalog: Catalog
    calendar: Calendar
    enterprises: pa.Table
    seed: int
    carried: dict[tuple[str, str], Columns] = field(default_factory=dict)
    used: dict[tuple[str, str], int] = field(default_factory=dict)
    missed: dict[tuple[str, date, date], tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    """What a draft shall be.

    Attributes:
        dataset: of the records.
        department: who delivers them.
        night: on which.
        rows: how many.
        layout: how they will be written.
        stream: numbers that seed the generator, together with the sample's seed.
        subjects: rows of `World.enterprises` that the records may be about; if
            `in_order` each record takes the next one.
        in_order: see `subjects`.
        corrects: some rows correct what was delivered the night before.
    """

    dataset: Dataset
    department: Department
    night: date
    rows: int
    layout: Layout
    stream: tuple[int, ...]
    subjects: Rows
    in_order: bool = False
    corrects: bool = False


@dataclass(frozen=True)
class Drafted:
    """A draft without faults.

    Attributes:
        draft: the draft.
        late: rows whose event is too long ago, ascending.
        fresh: rows from 0 that are new; those after them correct earlier ones.
        rng: the generator, to go on with.
    """

    draft: Draft
    late: Rows
    fresh: int
    rng: np.random.Generator


def make(world: World, wish: Wish) -> Drafted:
    """Make the records of one delivery."""
    rng = np.random.default_rng([world.seed, wish.night.toordinal(), *wish.stream])
    carried = _carried(world, wish, rng)
    fresh = wish.rows - _length(carried)
    events, late = _events(world, wish, fresh, rng)
    values = records.build(_part(world, wish, fresh, events, rng))
    operations = pa.array([UPSERT] * fresh, pa.string())
    if carried:
        rules = world.catalog.rules.get(wish.dataset.id, ())
        corrected, words = _corrected(wish, carried, rules)
        values = {i: pa.concat_arrays([values[i], corrected[i]]) for i in values}
        operations = pa.concat_arrays([operations, words])
    text = layouts.render(values, wish.dataset, world.catalog, wish.layout, rng)
    if wish.layout.operations:
        text[OPERATION] = operations
    draft = Draft(wish.dataset, world.catalog, wish.night, wish.layout, values, text)
    return Drafted(draft, late, fresh, rng)


def carry(world: World, wish: Wish, drafted: Drafted, good: Rows) -> None:
    """Remember some good new records for the corrections of the next night."""
    rows = pa.array(good[:MOST_CARRIED], pa.int64())
    kept = {i: column.take(rows) for i, column in drafted.draft.records.items()}
    world.carried[wish.dataset.id, wish.department.id] = kept


def clocks_missed(
    world: World, dataset: Dataset, event: date, night: date
) -> tuple[str, ...]:
    """Return which delivery clocks ran out before the night of delivery.

    An event on a day on which the catalogue's entry is not valid starts no clock.
    """
    if event < dataset.valid_from or event > (dataset.valid_to or event):
        return ()
    asked = (dataset.id, event, night)
    if asked not in world.missed:
        day = np.array([event], "datetime64[D]")
        world.missed[asked] = tuple(
            clock.id
            for clock in dataset.clocks
            if clock.kind is ClockKind.DELIVERY
            and clock.due(world.calendar, day)[0][0] < np.datetime64(night)
        )
    return world.missed[asked]


def _part(
    world: World, wish: Wish, count: int, events: Days, rng: np.random.Generator
) -> Part:
    stream = (wish.dataset.id, wish.department.id)
    serial = world.used.get(stream, 0)
    world.used[stream] = serial + count
    serials = np.arange(serial, serial + count)
    if wish.in_order:
        numbers = wish.subjects[:count]
    elif keys.numbered(wish.dataset) is None:  # else a subject has a key only once
        step = STRIDE if len(wish.subjects) % STRIDE else 1
        numbers = wish.subjects[serials * step % len(wish.subjects)]
    else:
        numbers = wish.subjects[rng.integers(0, len(wish.subjects), count)]
    return Part(
        wish.dataset,
        wish.department,
        world.catalog,
        world.enterprises.take(pa.array(numbers)),
        events,
        serials,
        wish.night,
        rng,
    )


def _events(
    world: World, wish: Wish, count: int, rng: np.random.Generator
) -> tuple[Days, Rows]:
    """Draw days of events: most in time by every delivery clock, a few late if any."""
    back = np.datetime64(wish.night) - np.arange(LOOK_BACK)
    in_time = np.ones(len(back), dtype=bool)
    for clock in wish.dataset.clocks:
        if clock.kind is ClockKind.DELIVERY:
            due, _ = clock.due(world.calendar, back)
            in_time &= due >= np.datetime64(wish.night)
    good, old = back[in_time], back[~in_time]
    late: Rows = np.flatnonzero(rng.random(count) < (LATE_SHARE if len(old) else 0))
    events = rng.choice(good, count)
    if len(late):
        events[late] = rng.choice(old, len(late))
    return events, late


def _length(columns: Columns | None) -> int:
    return len(next(iter(columns.values()))) if columns else 0


def _carried(world: World, wish: Wish, rng: np.random.Generator) -> Columns | None:
    """Choose the records of the night before that this delivery corrects."""
    if not wish.corrects:
        return None
    columns = world.carried.get((wish.dataset.id, wish.department.id))
    count = min(_length(columns), int(wish.rows * CARRIED_SHARE))
    if columns is None or count == 0:
        return None
    rows = pa.array(np.sort(rng.permutation(_length(columns))[:count]))
    return {item: column.take(rows) for item, column in columns.items()}


def _corrected(
    wish: Wish, carried: Columns, rules: Sequence[Rule]
) -> tuple[Columns, pa.Array]:
    """Correct carried records: of four, two change, one stays, one is withdrawn."""
    count = _length(carried)
    turn = np.arange(count) % 4
    changed = dict(carried)
    for item, content in _changes(wish, rules):
        changed[item] = _put(carried[item], turn < 2, content)
    words = np.where(turn < 2, CHANGE, UPSERT).astype(object)
    if wish.dataset.status is not None:
        status = wish.dataset.status
        changed[status.item] = _put(carried[status.item], turn == 3, status.revoked[0])
    elif wish.layout.operations:
        words[turn == 3] = REVOKE
    return changed, pa.array(words, pa.string())


def _changes(wish: Wish, rules: Sequence[Rule]) -> list[tuple[str, Any]]:
    """Return what a correction changes: the day of the event where it may be absent.

    The day of a registration's last change is such an item. Else a text changes, where
    there is one that may be any other.
    """
    dataset = wish.dataset
    first = dataset.item(dataset.event[0])
    if not first.required and first.id not in dataset.key:
        return [(first.id, wish.night)]
    texts = keys.free_texts(dataset, rules)
    required = [i for i in texts if i.required] or list(texts)
    return [(i.id, "更正后的内容"[: i.length]) for i in required[-1:]]


def _put(column: pa.Array, rows: NDArray[np.bool_], content: Any) -> pa.Array:
    values: Sequence[Any] = [
        content if new else old
        for old, new in zip(column.to_pylist(), rows, strict=True)
    ]
    return pa.array(values, column.type)
