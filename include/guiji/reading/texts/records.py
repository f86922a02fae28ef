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
from itertools import islice

from guiji.reading.remarks import marked
from guiji.reading.texts.arrow_cells import filled
from guiji.reading.texts.batches import Batch, Fault, PlainBatch, Shape
from guiji.reading.texts.dialect import Dialect, rounded
from guiji.reading.texts.ending import CUT_OFF, LastCells
from guiji.reading.texts.faults import Faults
from guiji.reading.texts.lines import Foreign, Source
from guiji.reading.texts.neighbours import AHEAD, TORN, Neighbours, at_end
from guiji.reading.texts.plain import Splitter
from guiji.reading.texts.repeated import SAME
from guiji.reading.texts.signs import PRIVATE

__all__ = ["BATCH", "Batch", "Fault", "PlainBatch", "Records", "Shape"]

BATCH = 1000
"""Lines at a time; larger batches are slower, because they leave the cache."""

TALLEST = 500
"""Lines of one record; Excel has at most 254 in a cell."""

MOST = 2 * BATCH
"""Records of a batch that is gone through record by record."""

PLAIN_TYPE = {str}
SHAPES = (("RAGGED_SHORT", "RAGGED_LONG", "BAD_QUOTES"), ("BAD_QUOTES",), ())
"""Faults of a damaged record, of a part of one, and of a part that such a part led to,
after which the next lines are looked at."""


CONTENT = ("CHARS_LOST", "NUL", "BAD_ENCODING", "OTHER_ENCODING")
"""Faults of what a record holds, which may hide that its quotes are damaged, too."""


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
        self._faults = Faults(dialect)
        self._doomed = 0
        self._depth = 0

    @property
    def count(self) -> int:
        """Records given so far."""
        return self._number - 1

    @property
    def height(self) -> int:
        """Lines that the records given so far take up."""
        return self._line - 1

    def top(self, count: int) -> Batch:
        """Return the first records, of any width: titles and headings."""
        batch = Batch(self._number)
        while len(batch.rows) < count and self._record(batch, None) is not None:
            pass
        return batch

    def batches(self, shape: Shape) -> Iterator[Batch | PlainBatch]:
        """Yield the records below the headings."""
        before: Batch | PlainBatch | None = None
        last = None if self._lines.ended else LastCells(shape)
        for batch in self._batches(shape):
            if before is not None:
                torn_off = isinstance(batch, Batch) and batch.tears
                yield from at_end(before) if torn_off else (before,)
                if last is not None:
                    last.add(before)
            before = batch
        if before is not None:
            cut_off = last is not None and last.cut_off(before)
            yield from at_end(before, CUT_OFF) if cut_off else (before,)

    def _batches(self, shape: Shape) -> Iterator[Batch | PlainBatch]:
        splitter = Splitter(self._dialect, shape.cells)
        self._beside = Neighbours(self._dialect, shape.cells, shape.first)
        while True:
            if not self._pending and (block := self._lines.block()) is not None:
                plain = None if self._doomed else self._plain(block, splitter, shape)
                if plain is not None:
                    yield plain
                    continue
                if not self._lines.give_back(block):
                    continue
            taken = [*self._pending, *self._lines.take(BATCH)]
            self._pending.clear()
            if not taken:
                return
            whole = None if self._doomed else self._whole(taken, shape)
            yield whole or self._looked_at(taken, shape)

    def _plain(
        self, block: bytes, splitter: Splitter, shape: Shape
    ) -> PlainBatch | None:
        """Read a block at once; None if it has to be looked at."""
        plain = None if self._faults.in_other_table else splitter.split(block)
        if plain is None or shape.heading.maybe_in(plain.columns):
            return None
        if any(map(filled, plain.columns[shape.width :])):
            return None
        if plain.size < len(block):
            self._lines.carry(block[plain.size :])
        lines = plain.lines + self._line
        batch = PlainBatch(self._number, lines, plain.columns, plain.last.decode())
        tall = plain.height > len(plain.lines)
        self._beside.after_record(
            batch.last, tall=tall, mimics=plain.mimics, holds=plain.holds
        )
        self._number += len(plain.lines)
        self._line += plain.height
        return batch

    def _whole(self, taken: list[str], shape: Shape) -> Batch | None:
        """Read lines as one record each; None if they have to be looked at."""
        if self._faults.in_other_table or set(map(type, taken)) != PLAIN_TYPE:
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
        self._beside.after_record(batch.sound[1])
        self._number += len(rows)
        self._line += len(rows)
        return batch

    def _looked_at(self, taken: list[str], shape: Shape) -> Batch:
        """Read the lines one record at a time."""
        batch = Batch(self._number)
        self._pending.extend(taken)
        while self._pending and len(batch.rows) < MOST:
            if not self._doomed:
                self._depth = 0
            raw = self._record(batch, shape)
            if raw is None:
                break
            self._look_beside(batch, raw)
        return batch

    def _look_beside(self, batch: Batch, raw: str) -> None:
        """Decide by the record added last which of its neighbours are sound."""
        index = len(batch.rows) - 1
        fault = batch.faults.get(index)
        if fault is None:
            self._beside_sound(batch, index, raw)
        elif fault.code != "BAD_QUOTES" and marked(raw.strip(self._dialect.quote)):
            self._beside.after_blank(raw)
        else:
            content = not self._depth and fault.code in CONTENT
            badly_quoted = content and not self._dialect.sound(raw)
            if badly_quoted or fault.code in SHAPES[self._depth]:
                self._reach(batch, raw)
            batch.sound = None
            self._beside.after_other()

    def _beside_sound(self, batch: Batch, index: int, raw: str) -> None:
        if not any(map(str.strip, batch.rows[index])):
            self._beside.after_blank(raw)
        elif index in batch.repeats:
            self._beside.after_other()
            batch.sound = None
        else:
            self._beside.after_record(raw)
            batch.sound = index, raw

    def _reach(self, batch: Batch, raw: str) -> None:
        """Quarantine what may belong to a damaged record with it."""
        reach = self._beside.reach(raw, self._following())
        if reach.ahead > self._doomed:
            self._doomed = reach.ahead
            self._depth = len(SHAPES) - 1 if reach.closed else self._depth + 1
        if not reach.back:
            return
        if batch.sound is not None:
            index, record = batch.sound
            batch.faults[index] = Fault(TORN, None, record)
        else:
            batch.tears = True

    def _following(self) -> list[str]:
        """Return the next lines without their ends; none is consumed."""
        while len(self._pending) < AHEAD:
            more = self._lines.take(AHEAD - len(self._pending))
            if not more:
                break
            self._pending.extend(more)
        return [line.rstrip("\r\n") for line in islice(self._pending, AHEAD)]

    def _engine(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(
            lines,
            delimiter=self._dialect.delimiter,
            quotechar=self._dialect.quote,
            skipinitialspace=self._dialect.spaced,
            strict=True,
        )

    def _record(self, batch: Batch, shape: Shape | None) -> str | None:
        """Read one record from the pending lines, and more lines if it needs them.

        Returns:
            The record as delivered; None at the end of the file.
        """
        used: list[str] = []
        tallest = 1 if self._doomed else TALLEST

        def feed() -> Iterator[str]:
            while len(used) < tallest:
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
        """Return whether an open quote drew other records into one."""
        if len(row) == shape.cells:
            return False
        return any(self._beside.alone(x.rstrip("\r\n")) for x in used[1:])

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
        fault = self._faults.find(row, raw, used, shape)
        if self._doomed:
            self._doomed -= 1
            if fault is None and raw.strip():
                fault = Fault(TORN, None, raw)
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
            places = (i for i, cell in enumerate(row[: shape.width]) if rounded(cell))
            batch.rounded += [(index, column) for column in places]


def _remarks(raw: str, used: Sequence[str]) -> list[str]:
    mixed = any(isinstance(line, Foreign) for line in used)
    codes = ["MIXED_ENCODING"] if mixed else []
    return [*codes, "PRIVATE_USE"] if PRIVATE.search(raw) else codes
