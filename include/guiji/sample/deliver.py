"""From a planned delivery to its file, and to the truth about every row of it."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from guiji.sample import databases, drafts, injection, truth, written
from guiji.sample.draft import LINE, Draft
from guiji.sample.faults import ways
from guiji.sample.injection import Injected, Spoilt
from guiji.sample.plan import Delivery
from guiji.sample.ways import Way
from guiji.sample.written import Address

FAULT_SHARE = 0.02
MOST_FAULTS = 1_500
LEAST_ROWS = 5  # rows per fault, however small the delivery


@dataclass(frozen=True)
class Made:
    """One delivery that was made: what must become of it, and its faults."""

    expected: truth.Expected
    faults: tuple[truth.Fault, ...]


class Maker:
    """Makes the deliveries of one night under a folder that waits for its release."""

    def __init__(
        self, world: drafts.World, waiting: Path, planned: Iterable[Delivery]
    ) -> None:
        self._world = world
        self._inbox, self._sources = waiting / "inbox", waiting / "sources"
        self._faulty = Counter(
            d.dataset.id for d in planned if not d.clean and d.extract is None
        )
        self._waiting: dict[str, deque[Way]] = {}

    def deliver(self, delivery: Delivery, wish: drafts.Wish) -> Made:
        """Make one planned delivery, as a file or as changes in a database."""
        drafted = drafts.make(self._world, wish)
        injected = self._spoil(drafted, _usable(delivery))
        if delivery.extract is None:
            path = self._inbox / wish.department.id / delivery.file
            address = written.write(path, injected, wish.department.title)
        else:
            address = self._store(delivery, injected)
        if delivery.part == 0:
            drafts.carry(self._world, wish, drafted, _good(drafted, injected))
        way = "file" if delivery.extract is None else "extract"
        return self._told(wish, delivery.file, drafted, injected, address, way=way)

    def try_out(self, wish: drafts.Wish, file: str) -> Made:
        """Make a faulty delivery for trial: nothing of it may be merged."""
        drafted = drafts.make(self._world, wish)
        injected = self._spoil(drafted, lambda way: True)
        path = self._inbox / wish.department.id / file
        address = written.write(path, injected, wish.department.title)
        return self._told(wish, file, drafted, injected, address, trial=True)

    def _spoil(
        self, drafted: drafts.Drafted, usable: Callable[[Way], bool]
    ) -> Injected:
        """Break a few rows, in ways that the dataset has not seen yet if it can be."""
        draft, count = drafted.draft, _rows(drafted.draft)
        waiting = self._waiting.setdefault(draft.dataset.id, deque())
        every = [w for w in ways(draft.dataset, draft.catalog) if usable(w)]
        wanted = max(round(FAULT_SHARE * count), self._least(draft, len(every)))
        wanted = min(wanted, MOST_FAULTS, count // LEAST_ROWS)
        while every and sum(map(usable, waiting)) < wanted:
            waiting.extend(every)
        chosen = _first(waiting, wanted, usable)
        fresh = np.setdiff1d(np.arange(drafted.fresh), drafted.late)
        injected = injection.inject(draft, chosen, drafted.rng.permutation(fresh))
        rule_ids = {way.rule_id for way in waiting}
        waiting.extendleft(w for w in injected.untaken if w.rule_id not in rule_ids)
        return injected

    def _least(self, draft: Draft, every: int) -> int:
        """Share all ways among the dataset's deliveries of the night."""
        return -(-every // max(self._faulty.get(draft.dataset.id, 1), 1))

    def _store(self, delivery: Delivery, injected: Injected) -> Address:
        extract, draft = delivery.extract, injected.draft
        if extract is None:
            raise ValueError(f"{delivery.file} is no extract")
        table = databases.changes(draft, extract)
        databases.store(self._sources, draft, extract, table)
        rows = databases.row_numbers(table, extract, draft.dataset)
        return Address(None, rows, tuple(item.id for item in draft.dataset.items))

    def _told(
        self,
        wish: drafts.Wish,
        file: str,
        drafted: drafts.Drafted,
        injected: Injected,
        address: Address,
        *,
        trial: bool = False,
        way: str = "file",
    ) -> Made:
        """Write down what is wrong and late in a delivery."""
        desk = _Desk(wish, file, address)
        faults = [
            desk.line(*_place(s, injected, address), s.rule_id, s.kind, s.row)
            for s in injected.spoilt
        ]
        bad = {s.row for s in injected.spoilt if s.kind == truth.QUARANTINE}
        warned = {s.row for s in injected.spoilt} - bad
        if trial:
            faults = [replace(f, kind=truth.TRIAL) for f in faults]
            late = []
        else:
            late = list(self._late(desk, _old(drafted, injected, warned)))
        verdict = "partly" if bad else "accepted"
        expected = truth.Expected(
            night=wish.night,
            department=wish.department.id,
            file=file,
            way=way,
            dataset=wish.dataset.id,
            verdict="trial" if trial else verdict,
            code=None,
            rows=wish.rows,
            quarantined=len(bad),
            warned=len(warned),
            late=len({f.row for f in late}),
        )
        return Made(expected, (*faults, *late))

    def _late(
        self, desk: "_Desk", events: Iterable[tuple[int, str, date]]
    ) -> Iterator[truth.Fault]:
        """Write a line for each delivery clock that a row missed."""
        wish = desk.wish
        for row, item, event in events:
            for clock in drafts.clocks_missed(
                self._world, wish.dataset, event, wish.night
            ):
                column = desk.address.letter(item)
                yield desk.line(column, item, clock, truth.LATE, row)


@dataclass(frozen=True)
class _Desk:
    """Where the lines of truth of one delivery are written."""

    wish: drafts.Wish
    file: str
    address: Address

    def line(
        self, column: str | None, item: str | None, rule_id: str, kind: str, row: int
    ) -> truth.Fault:
        return truth.Fault(
            night=self.wish.night,
            department=self.wish.department.id,
            file=self.file,
            sheet=self.address.sheet,
            row=int(self.address.rows[row]),
            column=column,
            item=item,
            rule_id=rule_id,
            kind=kind,
        )


def _usable(delivery: Delivery) -> Callable[[Way], bool]:
    """Return which ways of breaking a row a delivery can show."""
    if delivery.clean:
        return lambda way: False
    if delivery.extract is not None:
        return lambda way: databases.fits(delivery.dataset, way)
    return lambda way: True


def _first(waiting: deque[Way], count: int, usable: Callable[[Way], bool]) -> list[Way]:
    """Remove the first usable ways from the queue; the others keep their places."""
    chosen: list[Way] = []
    kept: list[Way] = []
    while waiting and len(chosen) < count:
        way = waiting.popleft()
        (chosen if usable(way) else kept).append(way)
    waiting.extendleft(reversed(kept))
    return chosen


def _rows(draft: Draft) -> int:
    return len(draft.text[draft.dataset.subject.name])


def _good(drafted: drafts.Drafted, injected: Injected) -> NDArray[np.int64]:
    """Return the new rows that are neither late nor spoilt, nor copied."""
    spoilt = [s.row for s in injected.spoilt]
    own = np.flatnonzero(injected.origins == np.arange(len(injected.origins)))
    fine = np.setdiff1d(np.setdiff1d(own, drafted.late), spoilt)
    return fine[fine < drafted.fresh]


def _place(
    spoilt: Spoilt, injected: Injected, address: Address
) -> tuple[str | None, str | None]:
    """Return column letter and item of a fault, as its finding must name them."""
    if spoilt.item == LINE:
        width = len(address.columns)
        long = injected.lines[spoilt.row] == "long"
        return written.letter(width if long else width // 2), None
    unread = ".row." in spoilt.rule_id
    return address.letter(spoilt.item), None if unread else spoilt.item


def _old(
    drafted: drafts.Drafted, injected: Injected, warned: set[int]
) -> Iterator[tuple[int, str, date]]:
    """Yield row, item and day of the events that may be too long ago."""
    for row in [*drafted.late.tolist(), *sorted(warned)]:
        for item in drafted.draft.dataset.event:
            day = _day(injected, item, row)
            if day is not None:
                yield row, item, day
                break


def _day(injected: Injected, item: str, row: int) -> date | None:
    """Read a date as it is delivered: a fault's is written in ISO form."""
    content = injected.draft.text[item][row].as_py()
    if not content:
        return None
    try:
        return date.fromisoformat(content)
    except ValueError:
        origin = int(injected.origins[row])
        day: date | None = injected.draft.records[item][origin].as_py()
        return day
