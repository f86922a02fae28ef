"""Lines of a text file to records, by the csv engine of the standard library.

The engine runs strictly. Where a batch is not plainly right (a stray quote, a wrong
number of cells, a lost character), it is gone through again record by record: the
faulty record keeps its own number and the lines after it are read on their own, so
that one open quote never swallows its neighbours.
"""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from guiji.reading.lines import LOST, Source, Undecodable
from guiji.reading.result import letter

BATCH = 1000
"""Rows at a time; larger batches are slower, because they leave the cache."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a whole row.

    Attributes:
        code: RAGGED_LONG, RAGGED_SHORT, CHARS_LOST, BAD_ENCODING, BAD_QUOTES or
            CELL_ERROR.
        column: letter of the first damaged column, None if it is the row's shape.
        raw: the row as delivered.
    """

    code: str
    column: str | None
    raw: str


@dataclass
class Batch:
    """Consecutive records of a file.

    Attributes:
        number: of the first record; 1 is the first of the file. Blank lines count.
        rows: cells of each record; any number of cells where there is a fault.
        faults: index in `rows` -> what is wrong.
    """

    number: int
    rows: list[list[str]]
    faults: dict[int, Fault] = field(default_factory=dict)


class Records:
    """The records of a text file, in batches."""

    def __init__(self, lines: Source, delimiter: str) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._next = 1
        self._pending: deque[str] = deque()

    def top(self, count: int) -> Batch:
        """Give the first records, of any width: titles and headings."""
        rows: list[list[str]] = []
        faults: dict[int, Fault] = {}
        while len(rows) < count and (found := self._record(None)):
            row, fault = found
            if fault is not None:
                faults[len(rows)] = fault
            rows.append(row)
        return self._batch(rows, faults)

    def batches(self, width: int) -> Iterator[Batch]:
        """Give the records below the headings.

        Args:
            width: number of columns that have a heading.
        """
        while taken := [*self._pending, *self._lines.take(BATCH)]:
            self._pending.clear()
            reader = csv.reader(taken, delimiter=self._delimiter, strict=True)
            try:
                rows = list(reader)
            except csv.Error:  # or a cell that goes on in the lines not yet taken
                rows = []
            whole = not self._lines.dirty() and len(rows) == len(taken)
            if whole and set(map(len, rows)) == {width}:
                yield self._batch(rows, {})
            else:
                yield self._looked_at(taken, width)

    def _batch(self, rows: list[list[str]], faults: dict[int, Fault]) -> Batch:
        batch = Batch(self._next, rows, faults)
        self._next += len(rows)
        return batch

    def _looked_at(self, taken: list[str], width: int) -> Batch:
        """Read the lines of the batch again, one record at a time."""
        rows: list[list[str]] = []
        faults: dict[int, Fault] = {}
        self._pending.extend(taken)
        while self._pending and (found := self._record(width)):
            row, fault = found
            if fault is not None:
                faults[len(rows)] = fault
            rows.append(row)
        return self._batch(rows, faults)

    def _record(self, width: int | None) -> tuple[list[str], Fault | None] | None:
        """Take one record off the pending lines, and more lines if it needs them."""
        used: list[str] = []

        def feed() -> Iterator[str]:
            while True:
                if not self._pending:
                    self._pending.extend(self._lines.take(1))
                if not self._pending:
                    return
                used.append(self._pending.popleft())
                yield used[-1]

        reader = csv.reader(feed(), delimiter=self._delimiter, strict=True)
        try:
            row = next(reader, None)
        except csv.Error:
            row = None
        if not used:
            return None
        if row is None or (width is not None and self._swallowed(row, used, width)):
            self._pending.extendleft(reversed(used[1:]))
            return self._broken(used[0])
        return self._judged(row, "".join(used), used, width)

    def _broken(self, line: str) -> tuple[list[str], Fault]:
        code = "BAD_ENCODING" if isinstance(line, Undecodable) else "BAD_QUOTES"
        return [], Fault(code, None, line.rstrip("\r\n"))

    def _swallowed(self, row: list[str], used: list[str], width: int) -> bool:
        """Tell whether an open quote drew whole records into a ragged one."""
        if len(used) == 1 or len(row) == width:
            return False
        try:
            rows = list(csv.reader(used[1:], delimiter=self._delimiter, strict=True))
        except csv.Error:
            return False
        return all(len(r) == width for r in rows)

    def _judged(
        self, row: list[str], raw: str, used: list[str], width: int | None
    ) -> tuple[list[str], Fault | None]:
        raw = raw.rstrip("\r\n")
        if any(isinstance(line, Undecodable) for line in used):
            return row, Fault("BAD_ENCODING", _lost(row), raw)
        if width is None:
            return row, None
        if LOST in raw:
            return row, Fault("CHARS_LOST", _lost(row), raw)
        if len(row) > width:
            if any(cell.strip() for cell in row[width:]):
                return row, Fault("RAGGED_LONG", letter(width), raw)
            return row[:width], None
        if len(row) < width and any(cell.strip() for cell in row):
            return row, Fault("RAGGED_SHORT", letter(len(row)), raw)
        return row, None


def _lost(row: list[str]) -> str | None:
    """Give the letter of the first cell that holds a lost character."""
    return next((letter(i) for i, cell in enumerate(row) if LOST in cell), None)
