"""Merge two streams of missed deadlines, each in the order of `sorted_file`."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guiji.reports.deadlines.breach_file import SCHEMA
from guiji.reports.deadlines.sorted_file import NEVER

TEXTS = ("department", "dataset", "kind", "clock")
"""Texts of the order; behind them come the day of the event and the record's id."""

Key = tuple[Any, ...]
"""Values of a row by which it is ordered, without the record's id."""


class _Stream:
    """One of the streams, as far as it is not merged yet.

    Attributes:
        rows: the next rows.
        end: key of the last of them; None = no more rows follow.
    """

    def __init__(self, tables: Iterator[pa.Table]) -> None:
        self._tables = tables
        self.rows = SCHEMA.empty_table()
        self.end: Key | None = ()
        self.more()

    def more(self) -> None:
        """Read on."""
        table = next(self._tables, None)
        if table is None:
            self.end = None
            return
        self.rows = pa.concat_tables([self.rows, table.cast(SCHEMA)])
        self.end = _key(self.rows, len(self.rows) - 1) if len(self.rows) else ()

    def take_before(self, key: Key | None) -> pa.Table:
        """Take the rows before a key; None = all."""
        place = len(self.rows) if key is None else _first_from(self.rows, key)
        taken = self.rows.slice(0, place)
        self.rows = self.rows.slice(place)
        return taken


def merged(first: Iterator[pa.Table], second: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Yield the rows of both streams in order.

    Args:
        first: tables (`breach_file.SCHEMA`) that follow one another in order.
        second: the same; no record has rows of one clock in both.
    """
    streams = _Stream(first), _Stream(second)
    while True:
        ends = [stream.end for stream in streams if stream.end is not None]
        bound = min(ends) if ends else None
        taken = [stream.take_before(bound) for stream in streams]
        taken = [rows for rows in taken if len(rows)]
        if taken:
            yield taken[0] if len(taken) == 1 else _sorted(*taken)
        if bound is None:
            return
        for stream in streams:
            if stream.end == bound:
                stream.more()


def _key(rows: pa.Table, place: int) -> Key:
    texts = [rows[name][place].as_py() for name in TEXTS]
    return (*texts, rows["event_on"][place].as_py() or NEVER)


def _first_from(rows: pa.Table, key: Key) -> int:
    """Return the place of the first row that is not before a key."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        if _key(rows, middle) < key:
            low = middle + 1
        else:
            high = middle
    return low


def _sorted(first: pa.Table, second: pa.Table) -> pa.Table:
    """Merge two tables in order.

    Rows whose key no other table has keep their places among each other; only those
    with a key of the second table are compared by the record's id.
    """
    rows = pa.concat_tables([first, second]).unify_dictionaries().combine_chunks()
    keys = _keys(rows)
    minor = np.arange(len(rows))
    shared = np.flatnonzero(np.isin(keys, np.unique(keys[len(first) :])))
    ids = pc.sort_indices(rows["record_id"].combine_chunks().take(pa.array(shared)))
    minor[shared[ids.to_numpy()]] = np.arange(len(shared))
    return rows.take(pa.array(np.lexsort((minor, keys))))


def _keys(rows: pa.Table) -> npt.NDArray[np.int64]:
    """Return a number for each row's key, in the order of the keys."""
    keys = np.zeros(len(rows), np.int64)
    for name in TEXTS:
        column = rows[name].combine_chunks()
        order = np.argsort(np.array(column.dictionary.to_pylist(), object))
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order))
        keys = keys * len(order) + ranks[column.indices.to_numpy()]
    days = rows["event_on"].combine_chunks().cast(pa.int32())
    never = (NEVER - date(1970, 1, 1)).days
    numbers: npt.NDArray[np.int64] = days.fill_null(never).to_numpy()
    return (keys << 24) + numbers + (1 << 22)
