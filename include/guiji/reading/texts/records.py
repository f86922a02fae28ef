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

from guiji.reading.result import letter
from guiji.reading.texts import torn
from guiji.reading.texts.batches import Batch, Fault, PlainBatch, Shape
from guiji.reading.texts.dialect import NUL, PRIVATE, Dialect, rounded
from guiji.reading.texts.encoding import LOST
from guiji.reading.texts.lines import Foreign, Source, Undecodable
from guiji.reading.texts.plain import Splitter, filled
from guiji.reading.texts.repeated import ANOTHER, SAME

__all__ = ["BATCH", "Batch", "Fault", "PlainBatch", "Records", "Shape"]

BATCH = 1000
"""Lines at a time; larger batches are slower, because they leave the cache."""

TALLEST = 500
"""Lines of one record; Excel has at most 254 in a cell."""

PLAIN_TYPE = {str}


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
        while len(batch.rows) < count and self._record(batch, None) is not None:
            pass
        return batch

    def batches(self, shape: Shape) -> Iterator[Batch | PlainBatch]:
        """Give the records below the headings."""
        before: Batch | PlainBatch | None = None
        for batch in self._batches(shape):
            if before is not None:
                torn_off = torn.goes_on(before, batch)
                yield from torn.at_end(before) if torn_off else (before,)
            before = batch
        if before is not None:
            yield before

    def _batches(self, shape: Shape) -> Iterator[Batch | PlainBatch]:
        splitter = Splitter(self._dialect, shape.cells)
        watch = torn.Watch(self._dialect, shape.cells)
        while True:
            if not self._pending and (block := self._lines.block()) is not None:
                plain = None if watch.waits else self._plain(block, splitter, shape)
                if plain is not None:
                    yield plain
                    continue
                if not self._lines.give_back(block):
                    continue
            taken = [*self._pending, *self._lines.take(BATCH)]
            self._pending.clear()
            if not taken:
                return
            whole = None if watch.waits else self._whole(taken, shape)
            yield whole or self._looked_at(taken, shape, watch)

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
        lines = found.lines + self._line
        batch = PlainBatch(self._number, lines, found.columns, found.last.decode())
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
        batch.sound = len(rows) - 1, taken[-1].rstrip("\r\n")
        self._number += len(rows)
        self._line += len(rows)
        return batch

    def _looked_at(self, taken: list[str], shape: Shape, watch: torn.Watch) -> Batch:
        """Read the lines one record at a time."""
        batch = Batch(self._number)
        watch.begin(batch)
        self._pending.extend(taken)
        while self._pending and (raw := self._record(batch, shape)) is not None:
            watch.see(raw)
        return batch

    def _engine(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(
            lines,
            delimiter=self._dialect.delimiter,
            quotechar=self._dialect.quote,
            skipinitialspace=self._dialect.spaced,
            strict=True,
        )

    def _record(self, batch: Batch, shape: Shape | None) -> str | None:
        """Take one record off the pending lines, and more lines if it needs them.

        Returns:
            The record as delivered; None at the end of the file.
        """
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
            return None
        if row is None or (shape is not None and self._swallowed(row, used, shape)):
            self._pending.extendleft(reversed(used[1:]))
            del used[1:]
            row = None
        raw = "".join(used).rstrip("\r\n")
        self._judge(batch, row, raw, used, shape)
        self._number += 1
        self._line += len(used)
        return raw

    def _swallowed(self, row: list[str], used: list[str], shape: Shape) -> bool:
        """Tell whether an open quote may have drawn other records into one."""
        if len(used) == 1:
            return False
        marks = shape.cells - 1
        like_records = [x.count(self._dialect.delimiter) == marks for x in used]
        if len(row) == shape.cells:
            return all(like_records)
        return any(like_records[1:])

    def _judge(
        self,
        batch: Batch,
        row: list[str] | None,
        raw: str,
        used: Sequence[str],
        shape: Shape | None,
    ) -> None:
        """Add a record to the batch with what is to be said about it."""
        index = len(batch.rows)
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
        if any(isinstance(line, Undecodable) for line in used) or _two_encodings(used):
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


def _two_encodings(used: Sequence[str]) -> bool:
    """Tell a record of which one line is in another encoding than another line."""
    kinds = {type(line) for line in used if not line.isascii()}
    return Foreign in kinds and len(kinds) > 1


def _remarks(raw: str, used: Sequence[str]) -> list[str]:
    mixed = any(isinstance(line, Foreign) for line in used)
    codes = ["MIXED_ENCODING"] if mixed else []
    return [*codes, "PRIVATE_USE"] if PRIVATE.search(raw) else codes


def _first(row: list[str], sign: str) -> str | None:
    """Give the letter of the first cell that holds a sign."""
    return next((letter(i) for i, cell in enumerate(row) if sign in cell), None)
