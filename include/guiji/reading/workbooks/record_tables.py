"""The tables of records in a worksheet, read batch by batch.

A fault of a cell leaves the other cells of its row to be checked; only lost characters
spoil the whole row, as they do in text files.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from guiji.reading import refusals, returned
from guiji.reading.headings import Header
from guiji.reading.limits import Limits
from guiji.reading.recognise import Recognised
from guiji.reading.result import (
    CellFaults,
    ColumnReading,
    Note,
    Remark,
    SheetReading,
    letter,
)
from guiji.reading.sink import Sink, Table
from guiji.reading.texts.batches import Batch, Fault
from guiji.reading.texts.remarks import of_rows
from guiji.reading.texts.repeated import ANOTHER, SAME, Heading
from guiji.reading.texts.signs import LOST, PRIVATE
from guiji.reading.titles import columns_of, titles
from guiji.reading.workbooks import lost, stacked
from guiji.reading.workbooks.cells import text_column
from guiji.reading.workbooks.columns import ColumnTexts
from guiji.reading.workbooks.grid import Grid
from guiji.reading.workbooks.lost import Address, LostCell
from guiji.reading.workbooks.merged import Covered
from guiji.reading.workbooks.stacked import Rows
from guiji.reading.workbooks.text_columns import TextColumn
from guiji.reading.workbooks.unseen import Unseen

OTHER_TABLE = "OTHER_TABLE"
ROW_REPEATED = "ROW_REPEATED"
CELL_REPEATED = "CELL_REPEATED"

ROWS = 4000
"""Rows that are read at a time."""

Columns = list[Sequence[str]]


@dataclass(frozen=True)
class DataSheet:
    """A worksheet of the file's dataset: one table, or several below one another.

    Attributes:
        grid: the worksheet.
        header: its first headings.
        recognised: what the file is.
        sink: where the records go.
        name: the file as the department named it.
        limits: what it may cost.
    """

    grid: Grid
    header: Header
    recognised: Recognised
    sink: Sink
    name: str
    limits: Limits

    def tables(self, top: Sequence[Sequence[str]]) -> Iterator["RecordTable"]:
        """Yield the tables, each to be read before the next is asked for.

        Args:
            top: the first rows of the sheet.
        """
        header: Header | None = self.header
        rows = Rows(islice(self.grid.rows(), self.header.last + 1, None))
        above = titles(top[: self.header.first])
        for number in range(1, stacked.MOST + 1):
            if header is None:
                return
            table = RecordTable(
                self, header, rows, above, is_last=number == stacked.MOST
            )
            yield table
            header, above = table.next_header, []


class RecordTable:
    """A table of a worksheet, read batch by batch.

    Attributes:
        next_header: the headings of the table below; None if there is none.
    """

    def __init__(
        self,
        sheet: DataSheet,
        header: Header,
        rows: Rows,
        above: Sequence[Note],
        *,
        is_last: bool,
    ) -> None:
        grid, recognised, sink = sheet.grid, sheet.recognised, sheet.sink
        self.next_header: Header | None = None
        self._recognised = recognised
        self._rows = rows
        self._above = above
        self._is_last = is_last
        self._grid = grid
        self._header = header
        self._sink = sink
        self._file_name = sheet.name
        self._most_rows = sheet.limits.rows
        self._table = Table(sink, grid.name, header.items, recognised.layout)
        self._heading = Heading(recognised.layout, header, recognised.layouts)
        self._in_other_table = False
        self._used = {i: x for i, x in enumerate(header.items) if x is not None}
        self._named = {i for i, heading in enumerate(header.headings) if heading}
        self._ours = {
            i for i, h in enumerate(header.headings) if returned.is_our_column(h)
        }
        self._stray: set[int] = set()
        self._private: set[int] = set()
        self._texts = ColumnTexts(grid, recognised.layout, self._used)
        self._faults = self._texts.faults
        self._lost = self._by_row(grid.facts.lost)
        self._unseen = Unseen(grid.name, grid.facts)
        self._covered = Covered(grid.facts.merged, self._used)

    def read(self) -> SheetReading:
        """Read the rows below the headings, down to the next headings."""
        first = self._header.last + 1
        while batch := self._batch(first):
            if not self._is_blank(first, batch):
                self._add(first, batch)
            if self._sink.rows > self._most_rows:
                why = f"more than {self._most_rows} rows"
                raise refusals.too_big(self._file_name, why)
            first += len(batch)
        return SheetReading(
            name=self._grid.name,
            header_row=self._header.last + 1,
            columns=self._columns(),
            rows=self._table.rows,
            skipped=None,
            notes=(*self._above, *self._table.notes),
            faults=tuple(self._cell_faults()),
        )

    def _batch(self, first: int) -> list[Sequence[Any]]:
        """Read the next rows; none at the end of the table."""
        if self.next_header is not None:
            return []
        return self._rows.take(ROWS) or self._beyond(first)

    def _is_blank(self, first: int, batch: list[Sequence[Any]]) -> bool:
        """Return whether rows are blank; a stray blank may have a million above it."""
        nothing = [""] * len(batch[0])
        if any(row != nothing for row in batch):
            return False
        return self._lost.keys().isdisjoint(range(first, first + len(batch)))

    def remarks(self) -> Iterator[Remark]:
        """Describe what was read though nobody sees it, or sees it everywhere."""
        notes = {note.row for note in self._table.notes}
        yield from self._unseen.remarks(self._header, notes)
        if rows := sorted(self._private - notes):
            yield of_rows("PRIVATE_USE", rows, self._grid.name)

    def _beyond(self, first: int) -> list[Sequence[Any]]:
        """Return empty rows where lost cells lie below the last row that was given."""
        last = max(self._lost, default=-1)
        width = 1 + max(self._used, default=0) - self._grid.left
        return [("",) * width] * min(ROWS, max(0, last + 1 - first))

    def _add(self, first: int, batch: list[Sequence[Any]]) -> None:
        columns = self._written(first, batch)
        suspects = self._heading.suspects(columns)
        if suspects and (end := self._end(first, batch, suspects)) is not None:
            self._rows.give_back(batch[end + 1 :])
            self._texts.forget(first + end)
            columns = [column[:end] for column in columns]
            suspects = {i for i in suspects if i < end}
        if columns and columns[0]:
            self._add_written(first, columns, suspects)

    def _written(self, first: int, batch: list[Sequence[Any]]) -> Columns:
        """Write rows as text, column by column."""
        count = len(batch)
        columns: Columns = [[""] * count for _ in range(self._grid.left)]
        for values in zip(*batch, strict=True):
            # a row that was cleared but for a column of ours is no record
            is_ours = len(columns) in self._ours
            cells = [""] * count if is_ours else values
            columns.append(self._texts.write(first, len(columns), cells))
        return columns

    def _end(
        self, first: int, batch: Sequence[Sequence[Any]], suspects: set[int]
    ) -> int | None:
        """Return the row that begins another table; None if the table goes on."""
        recognised, items = self._recognised, self._sink.items
        for index in () if self._is_last else sorted(suspects):
            row = [*[""] * self._grid.left, *text_column(batch[index])]
            if self._heading.repeated_by(row) == ANOTHER:
                number, layout = first + index, recognised.layout
                self.next_header = stacked.headings_in(
                    row, number, layout, recognised.layouts, items
                )
                if self.next_header is not None:
                    return index
        return None

    def _add_written(self, first: int, columns: Columns, suspects: set[int]) -> None:
        count = len(columns[0])
        self._put_lost(first, count, columns)
        for index in set(range(len(columns))) - self._named - self._stray:
            if any(cell.strip() for cell in columns[index]):
                self._stray.add(index)
        self._unseen.see(first, count, columns)
        self._private.update(first + 1 + i for i in _private(columns))
        repeats, others = self._other_headings(columns, suspects)
        faults = others | _damaged(columns) | self._repeated(first, columns)
        batch = Batch(first + 1, faults=faults, repeats=repeats)
        self._table.add_batch(batch, columns, self._below())

    def _below(self) -> Sequence[str] | None:
        """Return the next row of the table as text; None if there is none."""
        row = None if self.next_header is not None else self._rows.next()
        return None if row is None else [*[""] * self._grid.left, *text_column(row)]

    def _repeated(self, first: int, columns: Columns) -> dict[int, Fault]:
        """Find rows and cells that the sheet has twice: nobody knows which is meant."""
        facts = self._grid.facts
        rows, cells = facts.repeated_rows, facts.repeated_cells
        faults = {}
        for i in range(len(columns[0]) if rows or cells else 0):
            raw = [column[i] for column in columns]
            row = first + i
            if row in rows and any(map(str.strip, raw)):
                faults[i] = Fault(ROW_REPEATED, None, "\t".join(raw))
            elif row in cells:
                faults[i] = Fault(CELL_REPEATED, letter(cells[row]), "\t".join(raw))
        return faults

    def _other_headings(
        self, columns: Columns, suspects: set[int]
    ) -> tuple[list[int], dict[int, Fault]]:
        """Find headings below the first ones, and the rows of other tables.

        Returns:
            Indices of rows that repeat the headings; rows of other tables.
        """
        repeats: list[int] = []
        others: dict[int, Fault] = {}
        if not suspects and not self._in_other_table:
            return repeats, others
        for index, row in enumerate(zip(*columns, strict=True)):
            kind = self._heading.repeated_by(row) if index in suspects else None
            if kind is not None:
                self._in_other_table = kind == ANOTHER
            if kind == SAME:
                repeats.append(index)
            elif self._in_other_table and any(map(str.strip, row)):
                others[index] = Fault(OTHER_TABLE, None, "\t".join(row))
        return repeats, others

    def _put_lost(self, first: int, count: int, columns: Columns) -> None:
        """Note lost and covered cells; show of a lost one what the file holds."""
        for row in range(first, first + count) if self._lost else ():
            for column, cell in self._lost.get(row, ()):
                while len(columns) <= column:
                    columns.append([""] * count)
                changed = list(columns[column])
                changed[row - first] = cell.shown
                columns[column] = changed
                self._faults[cell.code, column].append(row + 1)
        for row, column in self._covered.cells(first, count):
            if any(c[row - first].strip() for c in columns):
                self._faults[lost.MERGED, column].append(row + 1)

    def _by_row(
        self, cells: Mapping[Address, LostCell]
    ) -> dict[int, list[tuple[int, LostCell]]]:
        """Arrange the lost cells of used columns by row."""
        cells_by_row: dict[int, list[tuple[int, LostCell]]] = defaultdict(list)
        for (row, column), cell in sorted(cells.items(), key=lambda c: c[0]):
            if cell.code == lost.NEAR_MIDNIGHT and not self._texts.is_day(column):
                continue
            if column in self._used:
                cells_by_row[row].append((column, cell))
        return cells_by_row

    def _columns(self) -> tuple[ColumnReading, ...]:
        """List the columns with a heading, and those with cells but without one."""
        width = len(self._header.headings)
        beyond = sorted(i for i in self._stray if i >= width)
        extra = (ColumnReading(letter(i), "", None, False) for i in beyond)
        return (*columns_of(self._header), *extra)

    def _cell_faults(self) -> Iterator[CellFaults]:
        """List the faults of records; notes below the table have none."""
        notes = {note.row for note in self._table.notes}
        for (code, column), numbers in sorted(self._faults.items()):
            rows = tuple(n for n in sorted(set(numbers)) if n not in notes)
            if rows:
                yield CellFaults(code, letter(column), self._used[column], rows)


def _may_be_odd(column: Sequence[str]) -> bool:
    """Return whether lost characters or ones of private use may be in a column."""
    return not isinstance(column, TextColumn) or column.may_be_odd


def _private(columns: Columns) -> Iterator[int]:
    """Find the rows with characters of private use."""
    for column in columns:
        if _may_be_odd(column):
            yield from (i for i, cell in enumerate(column) if PRIVATE.search(cell))


def _damaged(columns: Columns) -> dict[int, Fault]:
    """Find the rows with lost characters."""
    bad: dict[int, int] = {}
    for number, column in enumerate(columns):
        if _may_be_odd(column):
            for index, cell in enumerate(column):
                if LOST in cell:
                    bad.setdefault(index, number)
    return {
        index: Fault("CHARS_LOST", letter(number), "\t".join(c[index] for c in columns))
        for index, number in bad.items()
    }
