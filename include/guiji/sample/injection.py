"""Putting faults into a draft: which rows, which way, and what that makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from guiji.sample.draft import LINE, Draft, count
from guiji.sample.layouts import replaced
from guiji.sample.ways import Way

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Spoilt:
    """One fault in a draft: which row (from 0) breaks which rule."""

    row: int
    item: str | None
    rule_id: str
    kind: str


@dataclass(frozen=True)
class Injected:
    """A draft with its faults.

    Attributes:
        draft: with the faulty text.
        spoilt: the faults, ordered by row.
        lines: row -> long or short, where the number of cells changes.
        origins: for each row, the row whose record it shows.
        untaken: ways for which there was no row.
    """

    draft: Draft
    spoilt: tuple[Spoilt, ...]
    lines: dict[int, str]
    origins: Rows
    untaken: tuple[Way, ...]


def untouched(draft: Draft) -> Injected:
    """Return a draft without any fault."""
    return Injected(draft, (), {}, np.arange(count(draft)), ())


def inject(draft: Draft, ways: Sequence[Way], pool: Rows) -> Injected:
    """Break rows of a draft, each in one way.

    Args:
        draft: what to break.
        ways: the ways to take, one row each.
        pool: rows that may be broken, in the order of taking.
    """
    free = np.ones(len(pool), dtype=bool)
    origins = np.arange(len(next(iter(draft.text.values()))))
    edits: dict[str, dict[int, str | None]] = {}
    spoilt: list[Spoilt] = []
    untaken: list[Way] = []
    cache: dict[int, NDArray[np.bool_]] = {}
    for way in ways:
        if id(way) not in cache:
            cache[id(way)] = way.rows(draft)[pool]
        taken = _take(draft, way, pool, free & cache[id(way)])
        if taken is None:
            untaken.append(way)
            continue
        places, changes = taken
        free[places] = False
        rows = sorted(int(pool[place]) for place in places)
        origins[rows[-1]] = rows[0]
        for item, content in changes.items():
            edits.setdefault(item, {})[rows[-1]] = content
        spoilt += [
            Spoilt(row, way.item, way.rule_id, way.kind)
            for row in (rows if way.both else rows[-1:])
        ]
    lines = {row: str(shape) for row, shape in edits.pop(LINE, {}).items()}
    spoilt.sort(key=lambda s: (s.row, s.rule_id))
    edited = _edited(draft, edits, origins)
    return Injected(edited, tuple(spoilt), lines, origins, tuple(untaken))


def _take(
    draft: Draft, way: Way, pool: Rows, usable: NDArray[np.bool_]
) -> tuple[list[int], dict[str, str]] | None:
    """Find the first row of the pool that can be broken: places in it, and edits."""
    places = np.flatnonzero(usable)
    if way.twin:
        if len(places) < 2:
            return None
        return [int(p) for p in places[:2]], way.edits(draft, int(pool[places[1]]))
    for place in places[:50]:
        if changes := way.edits(draft, int(pool[place])):
            return [int(place)], changes
    return None


def _edited(
    draft: Draft, edits: dict[str, dict[int, str | None]], origins: Rows
) -> Draft:
    text = draft.text
    if (origins != np.arange(len(origins))).any():
        order = pa.array(origins)
        text = {item: column.take(order) for item, column in text.items()}
    changed = {item: replaced(text[item], rows) for item, rows in edits.items()}
    return replace(draft, text=text | changed)
