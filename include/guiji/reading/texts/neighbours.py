"""Which lines beside a damaged one may belong to the same record.

A line break in a cell that is not in quotes, or has lost one, ends a record too early,
and the parts may look like records. Such a part goes into quarantine with the damaged
one only where the lines together are one record after a single damage; any other
neighbour is sound.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from guiji.reading.texts.batches import Batch, Fault, PlainBatch
from guiji.reading.texts.dialect import DELIMITERS, Dialect
from guiji.reading.texts.repairs import Repairs

TORN = "TORN"
AHEAD = 20
"""Lines after a damaged one that are looked at."""

NARROW = 3
"""Cells of a record up to which a part of one easily looks like a record with quotes,
which hide delimiters; with fewer, also like one without."""

LINE_END = re.compile("\r\n|\r|\n")


@dataclass(frozen=True)
class Reach:
    """How far a damage may reach.

    Attributes:
        back: whether the record before may be a part of the damaged one.
        ahead: lines after the damaged ones that may be parts of it.
    """

    back: bool
    ahead: int


NOWHERE = Reach(back=False, ahead=0)


class Neighbours:
    """Looks at what is beside the damaged records of a file, in order."""

    def __init__(self, dialect: Dialect, cells: int) -> None:
        """Begin below the headings.

        Args:
            dialect: how records are written.
            cells: of every record.
        """
        self._dialect = dialect
        self._marks = cells - 1
        self._repairs = Repairs(dialect, cells)
        self._before: list[str] = []
        self._height = 0
        self._mimics = False

    def after_record(self, raw: str, *, mimics: bool = False) -> None:
        """Go on after sound records.

        Args:
            raw: the last one as delivered; empty if it is blank.
            mimics: whether a line within one before it looks like a record.
        """
        if not raw:
            self.after_blank(raw)
            return
        self._before = LINE_END.split(raw)
        self._height = len(self._before)
        self._mimics |= mimics
        if self._height > 1:
            delimiters = (line.count(self._dialect.delimiter) for line in self._before)
            self._mimics |= self._marks in delimiters

    def after_blank(self, raw: str) -> None:
        """Go on after a row without content, or a remark."""
        if self._before:
            self._before += LINE_END.split(raw)

    def after_other(self) -> None:
        """Go on after a row that no record can be a part of."""
        self._before = []

    def alone(self, line: str) -> bool:
        """Tell whether a line is a record by itself."""
        return self._repairs.whole([line])

    def reach(self, raw: str, following: Sequence[str]) -> Reach:
        """Tell how far the damage of a record may reach.

        Args:
            raw: the record as delivered.
            following: the lines after it, without their ends.
        """
        if self._of_other_delimiter(raw):
            return NOWHERE
        lines = LINE_END.split(raw)
        back, ahead = self._back(lines, following)
        return Reach(back, max(ahead, self._ahead(lines, following)))

    def _of_other_delimiter(self, raw: str) -> bool:
        """Tell a record that is complete, but for its delimiter."""
        if self._dialect.delimiter in raw or self._dialect.quote in raw:
            return False
        cells = [raw.split(d) for d in DELIMITERS]
        return any(len(x) == self._marks + 1 and all(map(str.strip, x)) for x in cells)

    def _ahead(self, lines: list[str], following: Sequence[str]) -> int:
        own = len(lines)
        counts = self._repairs.counts([*lines, *following], own)
        joint = next((count for count in counts if count > own), own)
        others = [x for x in following[: joint - own] if x.strip()]
        apart = own in counts and all(map(self.alone, others))
        return 0 if apart and self._distinct(others) else joint - own

    def _distinct(self, records: Sequence[str]) -> bool:
        """Tell whether records are hardly parts of the damaged one beside them.

        In a wide table both parts would have a record's delimiters only by chance,
        unless lines within cells of the file are seen to have them.
        """
        hidden = any(self._dialect.quote in record for record in records)
        return not self._mimics and self._marks >= (NARROW if hidden else NARROW - 1)

    def _back(self, lines: list[str], following: Sequence[str]) -> tuple[bool, int]:
        before = self._before
        if not before:
            return False, 0
        counts = self._repairs.counts([*before, *lines, *following], len(before))
        own = len(before) + len(lines)
        joint = next((count for count in counts if count > len(before)), 0)
        apart = joint <= own and len(lines) in self._repairs.counts(lines)
        if joint and not (apart and self._distinct(before)):
            return True, max(joint - own, 0)
        return self._is_cut_wrongly(before[: self._height], lines, following), 0

    def _is_cut_wrongly(
        self, before: list[str], lines: list[str], following: Sequence[str]
    ) -> bool:
        """Tell whether a record of several lines may hold the begin of the next one."""
        if len(before) == 1:
            return False
        if len(before) > AHEAD:
            return True
        rest = [*lines, *following]
        parts = [part for part in self._repairs.counts(before) if part < len(before)]
        return any(
            self._repairs.counts([*before[part:], *rest])[-1:] > [len(before) - part]
            for part in parts
        )


def at_end(batch: Batch | PlainBatch, code: str = TORN) -> Iterator[Batch | PlainBatch]:
    """Put the last record of a batch into quarantine: it may go on after it."""
    if isinstance(batch, Batch):
        if batch.sound is not None:
            batch.faults[batch.sound[0]] = Fault(code, None, batch.sound[1])
        yield batch
        return
    if not batch.last:
        yield batch
        return
    columns = [column.slice(0, len(column) - 1) for column in batch.columns]
    if len(batch.lines) > 1:
        yield replace(batch, lines=batch.lines[:-1], columns=columns)
    number = batch.number + len(batch.lines) - 1
    fault = Fault(code, None, batch.last)
    yield Batch(number, [int(batch.lines[-1])], [[]], {0: fault})
