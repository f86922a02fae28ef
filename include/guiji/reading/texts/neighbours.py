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
from guiji.reading.texts.columns import Columns, could_be_two
from guiji.reading.texts.dialect import APOSTROPHE, DELIMITERS, Dialect
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
        closed: whether these lines are one record, so that the next one is sound.
    """

    back: bool
    ahead: int
    closed: bool = False


NOWHERE = Reach(back=False, ahead=0)


class Neighbours:
    """Looks at what is beside the damaged records of a file, in order."""

    def __init__(
        self, dialect: Dialect, cells: int, first: Sequence[Sequence[str]] = ()
    ) -> None:
        """Begin below the headings.

        Args:
            dialect: how records are written.
            cells: of every record.
            first: the first records.
        """
        self._dialect = dialect
        self._marks = cells - 1
        self._repairs = Repairs(dialect, cells)
        self._columns = Columns(dialect, cells, first)
        self._before: list[str] = []
        self._height = 0
        self._mimics = self._columns.mimics
        self._holds = self._columns.tall and self._columns.holds

    def after_record(
        self, raw: str, *, tall: bool = False, mimics: bool = False, holds: bool = False
    ) -> None:
        """Go on after sound records.

        Args:
            raw: the last one as delivered; empty if it is blank.
            tall: whether one before it has several lines.
            mimics: whether one before it could be two records, one of them damaged.
            holds: whether a cell of several lines before it may hold the delimiters of
                a record.
        """
        if not raw:
            self.after_blank(raw)
            return
        self._before = LINE_END.split(raw)
        self._height = len(self._before)
        self._mimics |= mimics
        self._holds |= holds or (tall and self._columns.holds)
        if self._height > 1:
            self._holds |= self._columns.holds
            delimiters = [line.count(self._dialect.delimiter) for line in self._before]
            self._mimics |= could_be_two(delimiters, self._marks + 1)
            self._holds |= sum(delimiters) >= self._marks * 2

    def after_blank(self, raw: str) -> None:
        """Go on after a row without content, or a remark."""
        if self._before:
            self._before += LINE_END.split(raw)

    def after_other(self) -> None:
        """Go on after a row that no record can be a part of."""
        self._before = []

    def alone(self, line: str) -> bool:
        """Return whether a line is a record by itself."""
        return self._repairs.whole([line])

    def reach(self, raw: str, following: Sequence[str]) -> Reach:
        """Return how far the damage of a record may reach.

        Args:
            raw: the record as delivered.
            following: the lines after it, without their ends.
        """
        if self._of_other_signs(raw):
            return NOWHERE
        lines = LINE_END.split(raw)
        own = len(lines) in self._repairs.counts(lines)
        back, ahead = self._back(lines, following, own)
        if not (own and self._is_distinct_next(following)):
            ahead = max(ahead, self._ahead(lines, following))
        if back or ahead:
            back, ahead = self._by_columns(lines, following, back, ahead)
        closed = ahead > 0 and self._repairs.whole(following[:ahead])
        return Reach(back, ahead, closed)

    def _by_columns(
        self, lines: list[str], following: Sequence[str], back: bool, ahead: int
    ) -> tuple[bool, int]:
        """Release the neighbours that the columns show to be whole."""
        if len(lines) > 1:
            return back, ahead
        damaged, before = lines[0], "\n".join(self._before[: self._height])
        if self._is_complete(damaged):
            sure = self._height == 1 or self._columns.is_usable
            back = back and not (sure and self._is_record(before))
            first, height = self._next(following)
            after = "\n".join(following[first : first + height])
            return back, first if height and self._is_record(after) else ahead
        if self._is_odd(damaged) or self._height > 1:
            return back, ahead
        # its only other way of being a part: a line break in the cell before or after
        first = next((i for i in range(ahead) if self.alone(following[i])), ahead)
        after = following[first] if first < ahead else ""
        begun = back and self._columns.is_ended_by(before, damaged)
        ended = self._columns.is_begun_by(after, damaged)
        back = back and not (ended or self._columns.ends_whole(before))
        return back, first if begun or self._columns.begins_whole(after) else ahead

    def _of_other_signs(self, raw: str) -> bool:
        """Recognise a record that is complete, but for its delimiter or its quotes."""
        if self._dialect.quote in raw:
            return False
        cells = raw.split(self._dialect.delimiter)
        if len(cells) > 1:
            framed = all(len(x) > 1 and x[0] == x[-1] == APOSTROPHE for x in cells)
            return framed and len(cells) == self._marks + 1
        return any(
            self._columns.is_record_of(raw.split(sign), sign)
            for sign in DELIMITERS
            if raw.count(sign) == self._marks
        )

    def _ahead(self, lines: list[str], following: Sequence[str]) -> int:
        own = len(lines)
        counts = self._repairs.counts([*lines, *following], own)
        return next((count for count in counts if count > own), own) - own

    def _next(self, following: Sequence[str]) -> tuple[int, int]:
        """Return the blank lines before the next record, and its height or 0."""
        blank = next((i for i, x in enumerate(following) if x.strip()), len(following))
        return blank, self._repairs.height(following[blank:])

    def _is_distinct_next(self, following: Sequence[str]) -> bool:
        blank, height = self._next(following)
        return height > 0 and self._distinct(following[blank : blank + height])

    def _distinct(self, record: Sequence[str]) -> bool:
        """Return whether a record is hardly a part of the damaged one beside it.

        In a wide table both parts would have a record's delimiters only by chance,
        unless records of several lines are seen to have those of two.

        Args:
            record: its lines.
        """
        hidden = any(self._dialect.quote in line for line in record)
        return not self._mimics and self._marks >= (NARROW if hidden else NARROW - 1)

    def _is_complete(self, damaged: str) -> bool:
        """Return whether a damaged line is a record by itself, as all others are.

        By the cells of its columns. If a quote is too many or too few, also by the
        habit of a file in which no cell of several lines holds a record's delimiters,
        as one would here if a quote of it were lost.
        """
        if not self._is_odd(damaged):
            return not self._mimics and self._columns.is_damaged_record(damaged)
        if self._holds or not self._columns.many:
            return False
        if self._columns.is_usable:
            return self._columns.is_damaged_record(damaged)
        return self._repairs.counts([damaged]) == [1]

    def _is_odd(self, line: str) -> bool:
        """Recognise a line with a quote too many or too few, maybe an escaped one."""
        quote = self._dialect.quote
        return line.count(quote) % 2 == 1 or "\\" + quote in line

    def _is_record(self, raw: str) -> bool:
        return not self._columns.is_usable or self._columns.is_record(raw)

    def _back(
        self, lines: list[str], following: Sequence[str], is_own: bool
    ) -> tuple[bool, int]:
        before = self._before
        if not before:
            return False, 0
        if is_own and self._distinct(before):
            return self._is_cut_wrongly(before[: self._height], lines, following), 0
        counts = self._repairs.counts([*before, *lines, *following], len(before))
        own = len(before) + len(lines)
        joint = next((count for count in counts if count > len(before)), 0)
        rest = joint - len(before)
        if joint and not (
            self._distinct(before)
            and rest in self._repairs.counts([*lines, *following], rest)
        ):
            return True, max(joint - own, 0)
        return self._is_cut_wrongly(before[: self._height], lines, following), 0

    def _is_cut_wrongly(
        self, before: list[str], lines: list[str], following: Sequence[str]
    ) -> bool:
        """Return whether a record of several lines may include a part of the next."""
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
    """Quarantine the last record of a batch: it may go on after it."""
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
