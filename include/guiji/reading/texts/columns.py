"""What the cells of each column look like, by the first records of a file.

A column is regular if its cells have one form (codes of one length, days), are empty,
or are few values that come again. Where a damaged line and the sound one beside it both
have the cells of regular columns in their places, they are two records; and a cell that
has its column's form is whole, so that the line before or after is no part of it.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from guiji.reading.texts.dialect import Dialect

LEAST = 3
"""Records by which a column is known."""

HABIT = 8
"""Records that show what the cells of a file do not hold."""

PAIR = 2
"""Cells of a record up to which a text easily has as many parts between its signs."""

FEW = 4
"""Cells of a record up to which none may be empty, if another delimiter divides it."""

LEAST_SIGNS = 6
"""Signs of a form by which a record is known, among them a digit."""

LONGEST = 1000
"""Signs of a damaged line that is looked at."""

BUDGET = 20_000_000
"""Signs that are looked at in one file; after them nothing is known."""

LETTER = re.compile("[0-9A-Za-z]")
IRREGULAR = re.compile("[^\x20-\x7e]")
NUMBER = re.compile("[0-9]+")
LINE_END = re.compile("[\r\n]")

Row = Sequence[str]


class Columns:
    """The regular columns of a table.

    Attributes:
        known: whether a record is known by the form of its cells.
        many: whether the first records are enough to show the habit of a file.
        mimics: whether one of several lines could be two records, one of them damaged.
        tall: whether one has several lines.
        holds: whether a cell of one holds the delimiters of a record.
    """

    def __init__(self, dialect: Dialect, cells: int, first: Sequence[Row]) -> None:
        """Learn the forms of the first records.

        Args:
            dialect: how they are written.
            cells: of every record.
            first: their cells; damaged ones may be among them.
        """
        self._dialect = dialect
        self._cells = cells
        self._left = BUDGET
        rows = [row for row in first if len(row) == cells and any(map(str.strip, row))]
        tall = [row for row in rows if any(map(LINE_END.search, row))]
        self.many = len(rows) >= HABIT
        self.mimics = any(map(self._could_be_two, tall))
        self.tall = bool(tall)
        self.holds = any(map(self._holds_delimiters, rows))
        flat = [row for row in rows if not any(map(LINE_END.search, row))]
        self._text = "".join(map("".join, rows))
        self._forms = [_Form(column) for column in zip(*flat, strict=True)]
        self.is_usable = any(form.telling for form in self._forms)

    def is_record(self, line: str) -> bool:
        """Return whether a line is a record by the cells of its regular columns."""
        return self.is_usable and self._fits(self._split(line))

    def is_damaged_record(self, line: str) -> bool:
        """Return whether a line is one after a single damage is undone."""
        least = self._cells - 2  # delimiters: no damage takes away more than one
        enough = line.count(self._dialect.delimiter) >= least
        if not self.is_usable or not enough or len(line) > LONGEST:
            return False
        for text in self._undone(line):
            self._left -= len(text)
            if self._left < 0:
                return False
            if self._fits(self._split(text)):
                return True
        return False

    def is_record_of(self, cells: Row, delimiter: str) -> bool:
        """Return whether cells are a record that another delimiter divides.

        A sign that cells of the file hold is one of their text; one of Chinese text
        may be so in any file.
        """
        sure = self._cells > PAIR and delimiter.isascii()
        if delimiter in self._text or not (self.many or sure):
            return self.is_usable and self._fits(cells)
        filled = sum(1 for cell in cells if cell.strip())
        return filled == len(cells) or (self._cells > FEW and filled * 2 > len(cells))

    def ends_whole(self, line: str) -> bool:
        """Return whether the last cell of a record has no more to come."""
        return self._is_whole(line, -1)

    def begins_whole(self, line: str) -> bool:
        """Return whether a record's first cell begins with its own line."""
        return self._is_whole(line, 0)

    def is_ended_by(self, line: str, rest: str) -> bool:
        """Return whether the last cell of a record is one only with the next line."""
        cell = self._cell(line, -1)
        return (
            cell is not None
            and not self.ends_whole(line)
            and self._forms[-1].fits(cell + rest)
        )

    def is_begun_by(self, line: str, start: str) -> bool:
        """Return whether a record's first cell needs the line before."""
        cell = self._cell(line, 0)
        return (
            cell is not None
            and not self.begins_whole(line)
            and self._forms[0].fits(start + cell)
        )

    def _is_whole(self, line: str, column: int) -> bool:
        cell = self._cell(line, column)
        return cell is not None and self._forms[column].fits(cell)

    def _cell(self, line: str, column: int) -> str | None:
        """Return the first or last cell of a record; None if its end is not clear."""
        if not self._forms:
            return None
        form = self._forms[column]
        if not (form.ends if column else form.begins):
            return None
        cells = self._split(line)
        return cells[column] if len(cells) == self._cells else None

    def _fits(self, cells: Row) -> bool:
        if len(cells) != self._cells:
            return False
        return all(form.fits(x) for form, x in zip(self._forms, cells, strict=True))

    def _could_be_two(self, row: Row) -> bool:
        lines = LINE_END.split(self._dialect.delimiter.join(row))
        counts = [line.count(self._dialect.delimiter) for line in lines]
        return could_be_two(counts, self._cells)

    def _holds_delimiters(self, row: Row) -> bool:
        marks = self._cells - 1
        return any(cell.count(self._dialect.delimiter) >= marks for cell in row)

    def _split(self, line: str) -> Row:
        if self._dialect.quote not in line:
            cells = line.split(self._dialect.delimiter)
            return (
                [c.removeprefix(" ") for c in cells] if self._dialect.spaced else cells
            )
        try:
            (row,) = csv.reader(
                [line],
                delimiter=self._dialect.delimiter,
                quotechar=self._dialect.quote,
                skipinitialspace=self._dialect.spaced,
                strict=True,
            )
        except (csv.Error, ValueError):
            return []
        return row

    def _undone(self, line: str) -> Iterator[str]:
        """Undo each damage that the line may have: a sign too many, a sign too few."""
        mark, quote = self._dialect.delimiter, self._dialect.quote
        ends = {0, len(line)}
        for i, sign in enumerate(line):
            if sign in {mark, quote}:
                yield line[:i] + line[i + 1 :]
            if sign == mark:
                ends |= {i, i + 1}
        if quote in line:
            yield from (line[:i] + quote + line[i:] for i in sorted(ends))
        if line.count(mark) < self._cells - 1 or quote in line:
            yield from (line[:i] + mark + line[i:] for i in range(len(line) + 1))


def could_be_two(delimiters: Sequence[int], cells: int) -> bool:
    """Return whether a record could be two, one of them damaged, if it lost a quote.

    Args:
        delimiters: of each of its lines.
        cells: of every record.
    """
    marks = cells - 1
    return max(delimiters) >= marks and sum(delimiters) >= marks * 2 - 1


class _Form:
    """What the cells of a column have in common.

    Attributes:
        begins: whether a part of a cell that lacks its begin does not look like one.
        ends: whether a part of a cell that lacks its end does not.
        telling: whether a cell of another column hardly looks like one of this.
    """

    def __init__(self, column: Row) -> None:
        self._form: str | None = None
        self._of: Callable[[str], str | None] = _exactly
        self._values: set[str] | None = None
        self.begins = self.ends = self.telling = False
        for of in (_exactly, _with_numbers):
            form = _usual(list(map(of, column)))
            if form is not None:
                self._of, self._form = of, form
                self.begins = of is _exactly or form[0] != "0"
                self.ends = of is _exactly or form[-1] != "0"
                self.telling = len(form) >= LEAST_SIGNS and "0" in form
                return
        values = {cell for cell, n in Counter(column).items() if n > 1}
        listed = len(column) >= max(LEAST * len(values), HABIT)
        if listed and sum(x in values for x in column) + 1 >= len(column):
            self._values = values
            self.begins = self.ends = not _overlap(values)

    def fits(self, cell: str) -> bool:
        """Return whether a cell has the column's form; true if there is none."""
        if self._values is not None:
            return cell in self._values
        return self._form is None or self._of(cell) == self._form


def _usual(forms: Sequence[str | None]) -> str | None:
    """Return the form of all cells, or of all but one: it may be a part of a cell."""
    form, count = Counter(forms).most_common(1)[0]
    odd = 1 if len(forms) >= LEAST * 2 else 0
    least = LEAST if form else HABIT
    return form if len(forms) >= least and count + odd >= len(forms) else None


def _exactly(cell: str) -> str | None:
    """Return a cell's form, letters and digits replaced; None for other text."""
    return None if IRREGULAR.search(cell) else LETTER.sub("0", cell)


def _with_numbers(cell: str) -> str | None:
    """Return a cell, its numbers alike, as in 筑市监许〔0〕0号; None without any."""
    return NUMBER.sub("0", cell) if NUMBER.search(cell) else None


def _overlap(values: set[str]) -> bool:
    return any(
        a != b and (a.startswith(b) or a.endswith(b)) for a in values for b in values
    )
