"""Lines of a text file to records, by the csv engine of the standard library.

The engine runs strictly. Where a batch is not plainly right (a stray quote, a wrong
number of cells, a lost character), it is gone through again record by record: the
faulty record keeps its own number and the lines after it are read on their own, so
that one open quote never swallows its neighbours. Blocks that cannot be read in two
ways are read at once (`plain`).

A record's number is the row that a spreadsheet shows it in: titles and blank lines
count, a cell of several lines is in one row. Its line is where it begins in the file;
the two differ after the first cell of several lines.
"""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from guiji.reading.dialect import NUL, PRIVATE, Dialect, rounded
from guiji.reading.encoding import LOST
from guiji.reading.lines import Foreign, Source, Undecodable
from guiji.reading.plain import Places, Splitter, filled
from guiji.reading.repeated import ANOTHER, SAME, Heading
from guiji.reading.result import letter

BATCH = 1000
"""Lines at a time; larger batches are slower, because they leave the cache."""

TALLEST = 500
"""Lines of one record; Excel has at most 254 in a cell."""

PLAIN_TYPE = {str}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a whole row.

    Attributes:
        code: RAGGED_LONG, RAGGED_SHORT, CHARS_LOST, NUL, BAD_ENCODING, BAD_QUOTES,
            OTHER_TABLE or CELL_ERROR.
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
        lines: of each record, the number of its first line.
        rows: cells of each record; any number of cells where there is a fault.
        faults: index in `rows` -> what is wrong.
        remarks: index in `rows` -> what is unusual but was read: MIXED_ENCODING,
            PRIVATE_USE.
        rounded: index in `rows` and column of numbers that lost their digits.
        repeats: indices of rows that repeat the headings.
    """

    number: int
    lines: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    faults: dict[int, Fault] = field(default_factory=dict)
    remarks: dict[int, list[str]] = field(default_factory=dict)
    rounded: list[tuple[int, int]] = field(default_factory=list)
    repeats: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class PlainBatch:
    """Consecutive records without any fault, column by column.

    Attributes:
        number: of the first record.
        lines: of each record, the number of its first line.
        columns: their cells.
    """

    number: int
    lines: Places
    columns: list[pa.StringArray]


@dataclass(frozen=True)
class Shape:
    """What a record of the table looks like.

    Attributes:
        width: columns that have a heading.
        cells: cells of every record; those beyond `width` are empty.
        heading: the headings, by which repetitions are known.
    """

    width: int
    cells: int
    heading: Heading


class Records:
    """The records of a text file, in batches."""

    def __init__(self, lines: Source, dialect: Dialect, longest: int) -> None:
        """Begin at the first line.

        Args:
            lines: of the file.
            dialect: how the records are written.
            longest: characters that a cell may have.
        """
        csv.field_size_limit(longest)
        self._lines = lines
        self._dialect = dialect
        self._number = 1
        self._line = 1
        self._pending: deque[str] = deque()
        self._in_other_table = False

    @property
    def count(self) -> int:
        """Records given so far."""
        return self._number - 1

    @property
    def height(self) -> int:
        """Lines that the records given so far take up."""
        return self._line - 1

    def top(self, count: int) -> Batch:
        """Give the first records, of any width: titles and headings."""
        batch = Batch(self._number)
        while len(batch.rows) < count and self._record(batch, None):
            pass
        return batch

    def batches(self, shape: Shape) -> Iterator[Batch | PlainBatch]:
        """Give the records below the headings."""
        splitter = Splitter(self._dialect, shape.cells)
        while True:
            if not self._pending and (block := self._lines.block()) is not None:
                plain = self._plain(block, splitter, shape)
                if plain is not None:
                    yield plain
                    continue
                if not self._lines.give_back(block):
                    continue
            taken = [*self._pending, *self._lines.take(BATCH)]
            self._pending.clear()
            if not taken:
                return
            yield self._whole(taken, shape) or self._looked_at(taken, shape)

    def _plain(
        self, block: bytes, splitter: Splitter, shape: Shape
    ) -> PlainBatch | None:
        """Read a block at once; None if it has to be looked at."""
        found = None if self._in_other_table else splitter.split(block)
        if found is None or shape.heading.maybe_in(found.columns):
            return None
        if any(map(filled, found.columns[shape.width :])):
            return None
        if found.size < len(block):
            self._lines.carry(block[found.size :])
        batch = PlainBatch(self._number, found.lines + self._line, found.columns)
        self._number += len(found.lines)
        self._line += found.height
        return batch

    def _whole(self, taken: list[str], shape: Shape) -> Batch | None:
        """Read lines as one record each; None if they have to be looked at."""
        if self._in_other_table or set(map(type, taken)) != PLAIN_TYPE:
            return None
        try:
            rows = list(self._engine(iter(taken)))
        except csv.Error:  # or a cell that goes on in the lines not yet taken
            return None
        if len(rows) != len(taken) or set(map(len, rows)) != {shape.cells}:
            return None
        text = "".join(taken)
        if self._dialect.remarkable(text) or not self._dialect.sound(text):
            return None
        if shape.cells > shape.width and any(any(r[shape.width :]) for r in rows):
            return None
        if shape.heading.maybe_in_rows(rows):
            return None
        lines = list(range(self._line, self._line + len(rows)))
        batch = Batch(self._number, lines, rows)
        self._number += len(rows)
        self._line += len(rows)
        return batch

    def _looked_at(self, taken: list[str], shape: Shape) -> Batch:
        """Read the lines one record at a time."""
        batch = Batch(self._number)
        self._pending.extend(taken)
        while self._pending and self._record(batch, shape):
            pass
        return batch

    def _engine(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(
            lines,
            delimiter=self._dialect.delimiter,
            quotechar=self._dialect.quote,
            skipinitialspace=self._dialect.spaced,
            strict=True,
        )

    def _record(self, batch: Batch, shape: Shape | None) -> bool:
        """Take one record off the pending lines, and more lines if it needs them."""
        used: list[str] = []

        def feed() -> Iterator[str]:
            while len(used) < TALLEST:
                if not self._pending:
                    self._pending.extend(self._lines.take(1))
                if not self._pending:
                    return
                used.append(self._pending.popleft())
                yield used[-1]

        try:
            row = next(self._engine(feed()), None)
        except csv.Error:
            row = None
        if not used:
            return False
        if row is None or (shape is not None and self._swallowed(row, used, shape)):
            self._pending.extendleft(reversed(used[1:]))
            del used[1:]
            row = None
        self._judge(batch, row, used, shape)
        self._number += 1
        self._line += len(used)
        return True

    def _swallowed(self, row: list[str], used: list[str], shape: Shape) -> bool:
        """Tell whether an open quote may have drawn whole records into one."""
        if len(used) == 1:
            return False
        mark = self._dialect.delimiter
        if all(line.count(mark) == shape.cells - 1 for line in used):
            return True
        if len(row) == shape.cells:
            return False
        try:
            rows = list(self._engine(iter(used[1:])))
        except csv.Error:
            return False
        return all(len(r) == shape.cells for r in rows)

    def _judge(
        self,
        batch: Batch,
        row: list[str] | None,
        used: Sequence[str],
        shape: Shape | None,
    ) -> None:
        """Add a record to the batch with what is to be said about it."""
        index = len(batch.rows)
        raw = "".join(used).rstrip("\r\n")
        fault = self._fault(row, raw, used, shape)
        if row is None:
            row = [] if shape is not None else [raw]
        batch.lines.append(self._line)
        batch.rows.append(row)
        if fault is not None:
            batch.faults[index] = fault
        elif shape is not None:
            batch.rows[index] = row[: shape.width]
            if shape.heading.repeated_by(row) == SAME:
                batch.repeats.append(index)
            if codes := _remarks(raw, used):
                batch.remarks[index] = codes
            found = (i for i, cell in enumerate(row[: shape.width]) if rounded(cell))
            batch.rounded += [(index, column) for column in found]

    def _fault(
        self,
        row: list[str] | None,
        raw: str,
        used: Sequence[str],
        shape: Shape | None,
    ) -> Fault | None:
        if any(isinstance(line, Undecodable) for line in used):
            return Fault("BAD_ENCODING", _first(row or [], LOST), raw)
        if row is None:
            return Fault("BAD_QUOTES", None, raw)
        if shape is None or not any(cell.strip() for cell in row):
            return None
        for sign, code in ((LOST, "CHARS_LOST"), (NUL, "NUL")):
            if sign in raw:
                return Fault(code, _first(row, sign), raw)
        if self._other_table(row, shape):
            return Fault("OTHER_TABLE", None, raw)
        if self._dialect.stray(raw):
            return Fault("BAD_QUOTES", None, raw)
        if len(row) < shape.cells:
            return Fault("RAGGED_SHORT", letter(min(len(row), shape.width - 1)), raw)
        if len(row) > shape.cells or any(map(str.strip, row[shape.width :])):
            return Fault("RAGGED_LONG", letter(shape.width), raw)
        return None

    def _other_table(self, row: list[str], shape: Shape) -> bool:
        """Tell whether a record belongs to another table that begins further down."""
        found = shape.heading.repeated_by(row)
        if found is not None:
            self._in_other_table = found == ANOTHER
        return self._in_other_table


def _remarks(raw: str, used: Sequence[str]) -> list[str]:
    mixed = any(isinstance(line, Foreign) for line in used)
    codes = ["MIXED_ENCODING"] if mixed else []
    return [*codes, "PRIVATE_USE"] if PRIVATE.search(raw) else codes


def _first(row: list[str], sign: str) -> str | None:
    """Give the letter of the first cell that holds a sign."""
    return next((letter(i) for i, cell in enumerate(row) if sign in cell), None)
