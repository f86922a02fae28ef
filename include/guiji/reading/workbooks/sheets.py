"""Worksheets to the text table: which of them are data, and every cell with its fault.

A fault of a cell leaves the other cells of its row to be checked; only lost characters
spoil the whole row, as they do in text files.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from guiji.catalog import template_sheets
from guiji.errors import BatchRefused
from guiji.reading import refusals, returned
from guiji.reading.headings import Header
from guiji.reading.kinds import Kind
from guiji.reading.layout import Layout
from guiji.reading.limits import Limits
from guiji.reading.recognise import Page, Recognised, recognise
from guiji.reading.result import (
    CellFaults,
    ColumnReading,
    Reading,
    Remark,
    SheetReading,
    letter,
)
from guiji.reading.sink import Sink, Table
from guiji.reading.texts.dialect import PRIVATE
from guiji.reading.texts.lines import LOST
from guiji.reading.texts.records import BATCH, Batch, Fault
from guiji.reading.texts.remarks import of_rows
from guiji.reading.texts.repeated import ANOTHER, SAME, Heading
from guiji.reading.titles import columns_of, titles
from guiji.reading.workbooks import late_headings, lost
from guiji.reading.workbooks.columns import ColumnTexts
from guiji.reading.workbooks.grid import Grid, skipped
from guiji.reading.workbooks.lost import Address, Lost
from guiji.reading.workbooks.merged import Covered
from guiji.reading.workbooks.unseen import Unseen

OTHER_TABLE = "OTHER_TABLE"
ROW_REPEATED = "ROW_REPEATED"
CELL_REPEATED = "CELL_REPEATED"
NO_HEADINGS = "没有与采集目录相符的表头，未读取"

Columns = list[Sequence[str]]


@dataclass(frozen=True)
class Request:
    """What is asked of a reader of worksheets; see `read.read_file`.

    Attributes:
        path: the bytes.
        kind: what they are.
        name: the file as the department named it.
        candidates: datasets of the department.
        others: datasets of other departments.
        out: where the text table goes.
        scratch: an empty folder that is removed afterwards.
        limits: what the file may cost.
    """

    path: Path
    kind: Kind
    name: str
    candidates: Sequence[Layout]
    others: Sequence[Layout]
    out: Path
    scratch: Path
    limits: Limits


def read(
    request: Request,
    grids: Sequence[Grid],
    remarks: Sequence[Remark],
    returned_batch: str | None = None,
    *,
    is_template: bool = False,
) -> Reading:
    """Write the records of all worksheets of the file's dataset.

    Args:
        request: what is asked.
        grids: the worksheets.
        remarks: what is stated about the file.
        returned_batch: the batch that was returned as this file.
        is_template: whether its properties say that it is a template of ours.

    Raises:
        BatchRefused: see `read.read_file`.
    """
    grids = _without_template([_without_ours(g) for g in grids], is_template)
    data = [g for g in grids if g.skipped is None]
    if not data:
        raise refusals.no_data_sheet(request.name)
    tops = {id(g): g.top() for g in data}
    found = _recognised(request, data, [Page(g.name, tops[id(g)]) for g in data])
    headers = {id(g): h for g, h in zip(data, found.headers, strict=True) if h}
    present = {item for header in headers.values() for item in header.items}
    readings: list[SheetReading] = []
    stated = list(remarks)
    with Sink(request.out, [i for i in found.layout.items if i in present]) as sink:
        for grid in grids:
            if id(grid) not in headers:
                readings.append(_skipped(grid))
                continue
            sheet = _Sheet(grid, headers[id(grid)], found, sink, request)
            readings.append(sheet.read(tops[id(grid)]))
            stated += sheet.remarks()
    return Reading(
        kind=request.kind.value,
        encoding=None,
        delimiter=None,
        dataset=found.layout.dataset,
        sheets=tuple(readings),
        rows_read=sink.rows,
        rows_faulty=sink.faulty,
        remarks=tuple(stated),
        returned_batch=returned_batch,
    )


def _recognised(
    request: Request, data: Sequence[Grid], pages: Sequence[Page]
) -> Recognised:
    """Tell the dataset and the heading rows; say where headings are too far below."""
    name, candidates = request.name, request.candidates
    try:
        return recognise(name, pages, candidates, request.others)
    except BatchRefused as refusal:
        raise late_headings.cause(name, data, candidates, refusal) from refusal


def _without_ours(grid: Grid) -> Grid:
    """Leave out the sheet that the platform added when it returned a workbook."""
    if grid.skipped is None and returned.may_be_our_sheet(grid.name):
        ours = returned.is_our_sheet(grid.name, grid.top())
        return skipped(grid.name or "", returned.SKIPPED) if ours else grid
    return grid


def _without_template(grids: Sequence[Grid], is_template: bool) -> list[Grid]:
    """Leave out the sheets that stand beside the records in a template of ours."""
    notes = [g for g in grids if g.name == template_sheets.NOTES and not g.skipped]
    known = [g for g in notes if returned.is_template_notes(g.name, g.top())]
    if not known and not is_template:
        return list(grids)
    ours = {template_sheets.CODES, *(g.name for g in known)}
    return [
        skipped(g.name, returned.TEMPLATE) if g.name and g.name in ours else g
        for g in grids
    ]


def _skipped(grid: Grid) -> SheetReading:
    rows = sum(1 for r in grid.rows() if any(v != "" for v in r))
    reason = grid.skipped or NO_HEADINGS
    return SheetReading(grid.name, None, (), rows, reason, ())


class _Sheet:
    """A worksheet of the dataset, read batch by batch."""

    def __init__(
        self,
        grid: Grid,
        header: Header,
        found: Recognised,
        sink: Sink,
        request: Request,
    ) -> None:
        self._grid = grid
        self._header = header
        self._sink = sink
        self._request = request
        self._table = Table(sink, grid.name, header.items, found.layout)
        self._heading = Heading(found.layout, header, found.known)
        self._in_other_table = False
        self._used = {i: x for i, x in enumerate(header.items) if x is not None}
        self._named = {i for i, heading in enumerate(header.headings) if heading}
        self._ours = {
            i for i, h in enumerate(header.headings) if returned.is_our_column(h)
        }
        self._stray: set[int] = set()
        self._private: set[int] = set()
        self._texts = ColumnTexts(grid, found.layout, self._used)
        self._faults = self._texts.faults
        self._lost = self._by_row(grid.facts.lost)
        self._unseen = Unseen(grid.name, grid.facts)
        self._covered = Covered(grid.facts.merged, self._used)

    def read(self, top: Sequence[Sequence[str]]) -> SheetReading:
        """Read the rows below the headings."""
        first = self._header.last + 1
        limits = self._request.limits
        rows = islice(self._grid.rows(), first, None)
        while batch := list(islice(rows, BATCH)) or self._beyond(first):
            if not self._is_blank(first, batch):
                self._add(first, batch)
            if self._sink.rows > limits.rows:
                why = f"more than {limits.rows} rows"
                raise refusals.too_big(self._request.name, why)
            first += len(batch)
        return SheetReading(
            name=self._grid.name,
            header_row=self._header.last + 1,
            columns=self._columns(),
            rows=self._table.rows,
            skipped=None,
            notes=(*titles(top[: self._header.first]), *self._table.notes),
            faults=tuple(self._cell_faults()),
        )

    def _is_blank(self, first: int, batch: list[Sequence[Any]]) -> bool:
        """Tell whether rows hold nothing; a stray blank may have a million above it."""
        nothing = [""] * len(batch[0])
        if any(row != nothing for row in batch):
            return False
        return self._lost.keys().isdisjoint(range(first, first + len(batch)))

    def remarks(self) -> Iterator[Remark]:
        """Say what was read though nobody sees it, or sees it everywhere."""
        notes = {note.row for note in self._table.notes}
        yield from self._unseen.remarks(self._header, notes)
        if rows := sorted(self._private - notes):
            yield of_rows("PRIVATE_USE", rows, self._grid.name)

    def _beyond(self, first: int) -> list[Sequence[Any]]:
        """Give empty rows where lost cells lie below the last row that was given."""
        last = max(self._lost, default=-1)
        width = 1 + max(self._used, default=0) - self._grid.left
        return [("",) * width] * min(BATCH, max(0, last + 1 - first))

    def _add(self, first: int, batch: list[Sequence[Any]]) -> None:
        count = len(batch)
        columns: Columns = [[""] * count for _ in range(self._grid.left)]
        for values in zip(*batch, strict=True):
            is_ours = (
                len(columns) in self._ours
            )  # a row cleared but for it is no record
            cells = [""] * count if is_ours else values
            columns.append(self._texts.write(first, len(columns), cells))
        self._put_lost(first, count, columns)
        for index in set(range(len(columns))) - self._named - self._stray:
            if any(cell.strip() for cell in columns[index]):
                self._stray.add(index)
        self._unseen.see(first, count, columns)
        self._private.update(first + 1 + i for i in _private(columns))
        repeats, others = self._other_headings(columns)
        faults = others | _damaged(columns) | self._repeated(first, columns)
        told = Batch(first + 1, faults=faults, repeats=repeats)
        self._table.add_batch(told, columns)

    def _repeated(self, first: int, columns: Columns) -> dict[int, Fault]:
        """Find rows and cells that the sheet has twice: nobody knows which is meant."""
        facts = self._grid.facts
        rows, cells = facts.repeated_rows, facts.repeated_cells
        found = {}
        for i in range(len(columns[0]) if rows or cells else 0):
            raw = [column[i] for column in columns]
            row = first + i
            if row in rows and any(map(str.strip, raw)):
                found[i] = Fault(ROW_REPEATED, None, "\t".join(raw))
            elif row in cells:
                found[i] = Fault(CELL_REPEATED, letter(cells[row]), "\t".join(raw))
        return found

    def _other_headings(self, columns: Columns) -> tuple[list[int], dict[int, Fault]]:
        """Find headings below the first ones, and the rows of other tables.

        Returns:
            Indices of rows that repeat the headings; rows of other tables.
        """
        repeats: list[int] = []
        others: dict[int, Fault] = {}
        suspects = self._heading.suspects(columns)
        if not suspects and not self._in_other_table:
            return repeats, others
        for index, row in enumerate(zip(*columns, strict=True)):
            found = self._heading.repeated_by(row) if index in suspects else None
            if found is not None:
                self._in_other_table = found == ANOTHER
            if found == SAME:
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
        self, cells: Mapping[Address, Lost]
    ) -> dict[int, list[tuple[int, Lost]]]:
        """Arrange the lost cells of used columns by row."""
        found: dict[int, list[tuple[int, Lost]]] = defaultdict(list)
        for (row, column), cell in sorted(cells.items(), key=lambda c: c[0]):
            if cell.code == lost.NEAR_MIDNIGHT and not self._texts.is_day(column):
                continue
            if column in self._used:
                found[row].append((column, cell))
        return found

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


def _private(columns: Columns) -> Iterator[int]:
    """Find the rows with characters of private use."""
    for column in columns:
        text = "".join(column)
        if not text.isascii() and PRIVATE.search(text):
            yield from (i for i, cell in enumerate(column) if PRIVATE.search(cell))


def _damaged(columns: Columns) -> dict[int, Fault]:
    """Find the rows with lost characters."""
    bad: dict[int, int] = {}
    for number, column in enumerate(columns):
        if LOST in "".join(column):
            for index, cell in enumerate(column):
                if LOST in cell:
                    bad.setdefault(index, number)
    return {
        index: Fault("CHARS_LOST", letter(number), "\t".join(c[index] for c in columns))
        for index, number in bad.items()
    }
