"""Records that a line break tore apart, told by the lines around them.

A line break in a cell that is not in quotes, or has lost one, ends a record too early.
If the cell is the last one, the first part has as many cells as any record; if it is
the first one, the last part has. Nothing in that part shows what is missing. The other
part does: it is a line with too few cells, or closes a quote that it does not open.
Then both go into quarantine, since nobody can tell how much of the record is there.
"""

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum

from guiji.reading.remarks import marked
from guiji.reading.texts.batches import Batch, Fault, PlainBatch
from guiji.reading.texts.dialect import DELIMITERS, Dialect

TORN = "TORN"
PARTS = ("RAGGED_SHORT", "BAD_QUOTES")


class Part(Enum):
    """What the line before a record may be."""

    NONE = "no part of it"
    LINE = "a line of its first cell"
    OPEN = "a line of its first cell, which opened with a quote"
    QUOTES = "a line of which quotes may reach into it"


class Watch:
    """Looks at the records of a file in order, as far as they need a look."""

    def __init__(self, dialect: Dialect, cells: int) -> None:
        """Begin below the headings.

        Args:
            dialect: how records are written.
            cells: of every record.
        """
        self._dialect = dialect
        self._cells = cells
        self._before = Part.NONE

    @property
    def waits(self) -> bool:
        """Whether the next record may be the rest of the line before it."""
        return self._before is not Part.NONE

    def begin(self, batch: Batch) -> None:
        """Go on with a batch."""
        self._batch = batch
        self._first = True
        self._adjacent = True

    def see(self, raw: str) -> None:
        """Look at the record that was added to the batch last."""
        batch = self._batch
        index = len(batch.rows) - 1
        fault = batch.faults.get(index)
        if fault is not None:
            self._see_fault(raw, fault.code)
        elif any(map(str.strip, batch.rows[index])):
            self._see_record(raw, index)
        else:
            self._adjacent = False
            if self._before is Part.LINE:
                self._before = Part.NONE

    def _see_record(self, raw: str, index: int) -> None:
        batch = self._batch
        quoted = self._dialect.quote in raw
        torn = self._before is Part.OPEN or (
            (self._before is Part.LINE or (self._before is Part.QUOTES and quoted))
            and not self._dialect.whole(raw, begin=True)
        )
        self._before = Part.NONE
        self._first = False
        self._adjacent = index not in batch.repeats
        batch.sound = (index, raw) if self._adjacent and not torn else None
        if torn and self._adjacent:
            batch.faults[index] = Fault(TORN, None, raw)

    def _see_fault(self, raw: str, code: str) -> None:
        if code not in PARTS:
            self._before = Part.NONE
        elif marked(raw.strip(self._dialect.quote)):
            self._before = Part.NONE
            self._adjacent = False
        else:
            short = raw.count(self._dialect.delimiter) < self._cells - 1
            closes = self._closes(raw)
            alone = code == PARTS[0] and self._is_alone(raw)
            broken = code == PARTS[1] and self._after_a_tall_one()
            self._batch.tears_tall |= self._first and code == PARTS[1]
            if closes or broken or (alone and self._adjacent):
                self._tear(certain=closes and short)
            self._before = self._part(raw, code) if short else Part.QUOTES

    def _after_a_tall_one(self) -> bool:
        """Tell whether the record before took several lines, maybe one too many."""
        sound = self._batch.sound
        return sound is not None and _is_tall(sound[1])

    def _closes(self, raw: str) -> bool:
        """Tell a line that ends a cell in quotes which began before it."""
        quote = self._dialect.quote
        single = raw.replace(quote * 2, "").rstrip()
        return single.endswith(quote) and single.count(quote) == 1

    def _is_alone(self, raw: str) -> bool:
        """Tell a line of one cell, which is no record with another delimiter."""
        marks = self._cells - 1
        others = (d for d in DELIMITERS if d != self._dialect.delimiter)
        return self._dialect.delimiter not in raw and not any(
            raw.count(d) == marks for d in others
        )

    def _part(self, raw: str, code: str) -> Part:
        """Tell what of a record a line may be whose end is in the next line."""
        quote = self._dialect.quote
        if code == PARTS[1] and raw.startswith(quote):
            return Part.OPEN
        if self._before is Part.OPEN:
            return Part.NONE if raw.count(quote) % 2 else Part.OPEN
        return Part.LINE if self._is_alone(raw) else Part.NONE

    def _tear(self, certain: bool) -> None:
        """Put the record before into quarantine, unless quotes show that it is whole.

        Args:
            certain: quotes show nothing, because one of them has no partner.
        """
        batch = self._batch
        if self._first:
            batch.tears = True
        elif batch.sound is not None:
            index, record = batch.sound
            if certain or not self._dialect.whole(record, begin=False):
                batch.faults[index] = Fault(TORN, None, record)
        batch.sound = None


def _is_tall(record: str) -> bool:
    return "\n" in record or "\r" in record


def goes_on(before: Batch | PlainBatch, batch: Batch | PlainBatch) -> bool:
    """Tell whether the last record of a batch may go on in the next batch."""
    if isinstance(batch, PlainBatch) or not (batch.tears or batch.tears_tall):
        return False
    if batch.tears:
        return True
    if isinstance(before, PlainBatch):
        return _is_tall(before.last)
    return before.sound is not None and _is_tall(before.sound[1])


def at_end(batch: Batch | PlainBatch) -> Iterator[Batch | PlainBatch]:
    """Put the last record of a batch into quarantine: it may go on after it."""
    if isinstance(batch, Batch):
        if batch.sound is not None:
            batch.faults[batch.sound[0]] = Fault(TORN, None, batch.sound[1])
        yield batch
        return
    if not batch.last:
        yield batch
        return
    columns = [column.slice(0, len(column) - 1) for column in batch.columns]
    if len(batch.lines) > 1:
        yield replace(batch, lines=batch.lines[:-1], columns=columns)
    number = batch.number + len(batch.lines) - 1
    fault = Fault(TORN, None, batch.last)
    yield Batch(number, [int(batch.lines[-1])], [[]], {0: fault})
