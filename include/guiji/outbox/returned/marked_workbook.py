"""The department's own workbook, marked: styles, widths, hidden rows as they came.

Formulas become the values that were stored with them, which are what the platform
read; so the rows that nobody corrects are the same when they come again, and nothing
points to files that are not there.
"""

import re
import warnings
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openpyxl.cell import Cell as BookCell
from openpyxl.cell import MergedCell
from openpyxl.styles import PatternFill
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet import _reader
from openpyxl.xml.constants import SHEET_MAIN_NS

from guiji.core import workbooks
from guiji.outbox.returned import cells, marked_summary, summary_sheet
from guiji.outbox.returned.batch_summary import BatchSummary
from guiji.outbox.returned.findings_view import (
    Finding,
    FindingsView,
    comment,
    heaviest,
    reason,
)
from guiji.outbox.returned.job import Job, NotMarked
from guiji.outbox.returned.losses import OriginalWorkbook
from guiji.outbox.returned.sheet_model import (
    COLOURS,
    HEADING,
    REASON_WIDTH,
    reason_look,
    row_height,
)
from guiji.reading import returned
from guiji.reading.limits import Limits
from guiji.reading.result import ColumnReading, Reading, SheetReading

LAST_COLUMN = 16_384
OUTSIDE = re.compile(r"\[\d+\]")
"""How a formula names another workbook."""

VALUES = "公式已换成报送时保存的计算结果"

TEXT = f"{{{SHEET_MAIN_NS}}}t"

_parse_rich_text = _reader.parse_richtext_string


def inline_text(element: Any) -> Any:
    """Return the text of a cell that holds it itself, as openpyxl does.

    One without formats, as nearly all are, is not parsed as if it might have some: that
    was a quarter of marking a workbook.

    Args:
        element: the cell's `is`.
    """
    plain = element[0] if len(element) == 1 and not element.attrib else None
    if plain is None or plain.tag != TEXT or len(plain) or not plain.text:
        return _parse_rich_text(element)
    return plain.text.replace("x005F_", "")


_reader.parse_richtext_string = inline_text


@dataclass(frozen=True)
class Marking:
    """What is asked of `mark`.

    Attributes:
        original: the department's bytes, which reading found to be a workbook.
        findings: the findings.
        about: what the summary says beside them.
        reading: how the workbook was read.
        text: its text table.
        instant: the time that the copy states.
        most: cells above which it is not loaded.
    """

    original: Path
    findings: FindingsView
    about: BatchSummary
    reading: Reading
    text: pa.Table
    instant: datetime
    most: int


def make(job: Job, limits: Limits) -> None:
    """Make the workbook of a job; see `mark`."""
    asked = Marking(
        original=job.original,
        findings=FindingsView.load(job.findings),
        about=job.about,
        reading=job.reading,
        text=pq.ParquetFile(job.text).read(use_threads=False),
        instant=job.instant,
        most=limits.marked_cells,
    )
    mark(asked, job.out)


def mark(asked: Marking, out: Path) -> None:
    """Write a marked copy of a workbook.

    Raises:
        NotMarked: it has too many cells, or openpyxl does not see what the platform's
            reader saw; whatever openpyxl raises may come out as well.
    """
    before = OriginalWorkbook(asked.original)
    if before.cells > asked.most:
        raise NotMarked(f"{before.cells} cells")
    with warnings.catch_warnings(record=True) as said, asked.original.open("rb") as raw:
        warnings.simplefilter("always")
        book = openpyxl.load_workbook(
            raw, data_only=True, keep_vba=False, keep_links=False, rich_text=True
        )
    lost = before.lost(book, [str(one.message) for one in said])
    _take_out_ours(book, asked)
    hidden = 0
    for tables in asked.reading.data_sheets():
        hidden += _Sheet(book, tables, asked).mark()
    _forget_outside(book)
    about = asked.about.noting(*_notes(lost, before, hidden))
    shown = {name: name for name in book.sheetnames}
    page = summary_sheet.rows(asked.findings, about, shown)
    marked_summary.add(book, page, about.batch_id)
    workbooks.save(book, out, asked.instant)


def _notes(lost: list[str], before: OriginalWorkbook, hidden: int) -> list[str]:
    notes = []
    if hidden:
        notes.append(f"有 {hidden} 个须看的行是隐藏行，请取消隐藏后改正。")
    if before.formulas:
        notes.append(f"本工作簿是原文件的副本，{VALUES}。")
    if lost:
        notes.append(f"本工作簿是原文件的副本，未带回：{'、'.join(lost)}。")
    return notes


def _take_out_ours(book: Any, asked: Marking) -> None:
    """Remove what an earlier return added; only the reading knows the columns."""
    for sheet in list(book.worksheets):
        top = [
            [cell if isinstance(cell, str) else "" for cell in row]
            for row in sheet.iter_rows(max_row=1, max_col=1, values_only=True)
        ]
        if returned.is_our_sheet(sheet.title, top) and len(book.sheetnames) > 1:
            book.remove(sheet)
    if asked.reading.returned_batch is None:
        return
    ours = set(COLOURS.values())
    for sheet in book.worksheets:
        for cell in sheet._cells.values():
            if cell.has_style and cell.fill.fgColor.rgb in ours:
                cell.fill = PatternFill()
            if cell.comment is not None:
                own = cells.departments_own(cell.comment)
                cell.comment = own and copy(own)


def _forget_outside(book: Any) -> None:
    """Drop names and rules that point to other workbooks, which are not kept."""
    for owner in (book, *book.worksheets):
        for name, defined in list(owner.defined_names.items()):
            if OUTSIDE.search(defined.attr_text or ""):
                del owner.defined_names[name]
    for sheet in book.worksheets:
        rules = sheet.data_validations.dataValidation
        sheet.data_validations.dataValidation = [
            rule
            for rule in rules
            if not OUTSIDE.search(f"{rule.formula1} {rule.formula2}")
        ]


class _Sheet:
    """One data sheet of the workbook."""

    def __init__(
        self, book: Any, tables: Sequence[SheetReading], asked: Marking
    ) -> None:
        self._name = tables[0].name
        if self._name not in book.sheetnames:
            raise NotMarked("a sheet is not there")
        self._sheet = book[self._name]
        self._tables = tables
        self._headings = [table.header_row or 1 for table in tables]
        self._told = asked.findings
        self._styles: dict[tuple[Any, ...], Any] = {}
        sound = pc.and_(
            pc.equal(asked.text["source_sheet"], self._name),
            pc.is_null(asked.text["fault"]),
        )
        mine = asked.text.filter(sound)
        ends = [*self._headings[1:], None]
        for table, end in zip(tables, ends, strict=True):
            self._compare(table, mine.filter(_between(mine, table.header_row, end)))

    def _compare(self, table: SheetReading, mine: pa.Table) -> None:
        """Make sure that openpyxl sees the very cells that were read."""
        numbers = mine["source_row"].to_pylist()
        lost = {(f.column, row) for f in table.faults for row in f.rows}
        for column in table.columns:
            if not column.used or column.item not in mine.column_names:
                continue
            index = column_index_from_string(column.letter)
            values = mine[column.item].to_pylist()
            for number, expected in zip(numbers, values, strict=True):
                cell = self._sheet._cells.get((number, index))
                found = None if cell is None else cell.value
                if not _same(found, expected) and (column.letter, number) not in lost:
                    raise NotMarked(f"{column.letter}{number} differs")

    def mark(self) -> int:
        """Mark the cells, write the reasons.

        Returns:
            The number of hidden rows with findings that are more than a hint.
        """
        name = self._name
        anchors = self._anchors()
        gathered: dict[tuple[int, int], list[Finding]] = {}
        for (sheet, row, letter), found in self._told.cells.items():
            if sheet == name:
                place = (row, column_index_from_string(letter))
                self._paint(self._cell(*place), heaviest(found))
                gathered.setdefault(anchors.get(place, place), []).extend(found)
        for place, found in gathered.items():
            cell = self._cell(*place)
            self._paint(cell, heaviest(found))
            if isinstance(cell, BookCell):
                cell.comment = cells.remark(comment(found), cell.comment)
        return self._reasons()

    def _anchors(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Return the first cell of each range that is shown as one, by its others."""
        covered: dict[int, list[int]] = {}
        for sheet, row, letter in self._told.cells:
            column = column_index_from_string(letter)
            if sheet == self._name and isinstance(
                self._sheet._cells.get((row, column)), MergedCell
            ):
                covered.setdefault(row, []).append(column)
        found = {}
        for merged in self._sheet.merged_cells.ranges if covered else ():
            for row in covered.keys() & range(merged.min_row, merged.max_row + 1):
                for column in covered[row]:
                    if merged.min_col <= column <= merged.max_col:
                        found[row, column] = (merged.min_row, merged.min_col)
        return found

    def _cell(self, row: int, column: int) -> Any:
        """Return a cell; an empty one keeps the look and format of its place."""
        known = self._sheet._cells.get((row, column))
        if known is not None:
            return known
        cell = self._sheet.cell(row, column)
        style = cells.style_of_empty(self._sheet, row, column)
        if style is not None:
            cell._style = style
        return cell

    def _paint(self, cell: Any, severity: str) -> None:
        """Fill a cell; cells that looked alike look alike again."""
        colour = cells.fill(severity)
        if colour is None:
            return
        key = (severity, *(cell._style or ()))
        if key not in self._styles:
            cell.fill = colour
            self._styles[key] = copy(cell._style)
        cell._style = copy(self._styles[key])

    def _reasons(self) -> int:
        """Write our column; where there was one, in its place."""
        sheet, header = self._sheet, self._headings[0]
        column = self._reason_column()
        cells.widen(sheet, column, REASON_WIDTH)
        if sheet.row_dimensions[header].hidden:
            raise NotMarked("the headings are hidden")
        for (row, at), cell in list(sheet._cells.items()):
            if at == column and row > header and isinstance(cell, BookCell):
                cell.value = None
        for row in self._headings:
            cells.put(self._own_cell(row, column, "heading"), returned.REASON)
        hidden = 0
        for (name, row), found in self._told.rows.items():
            if name == self._name:
                severity, said = heaviest(found), reason(found)
                cells.put(self._own_cell(row, column, severity), said)
                line = sheet.row_dimensions[row]
                if line.ht is None:
                    line.ht = row_height([(said, REASON_WIDTH)])
                if severity != "info" and line.hidden:
                    hidden += 1
        return hidden

    def _own_cell(self, row: int, column: int, look: str) -> Any:
        """Return a cell of our column in one of its looks."""
        cell = self._sheet.cell(row, column)
        if isinstance(cell, MergedCell):
            raise NotMarked("the place for the reasons is merged")
        if (look,) not in self._styles:
            cell.fill = PatternFill()
            wanted = HEADING if look == "heading" else reason_look(look)
            for name, style in cells.styles(replace(wanted, is_text=True)).items():
                setattr(cell, name, style)
            self._styles[look,] = copy(cell._style)
        cell._style = copy(self._styles[look,])
        return cell

    def _reason_column(self) -> int:
        """Return the column of the reasons: ours, else the first that holds nothing."""
        columns = [column for table in self._tables for column in table.columns]
        ours = [column for column in columns if _is_ours(column)]
        if ours:
            place: int = column_index_from_string(ours[0].letter)
            return place
        sheet, header = self._sheet, self._headings[0]
        used = [column_index_from_string(c.letter) for c in columns]
        used += [
            column
            for (_, column), cell in sheet._cells.items()
            if cell.value is not None
        ]
        used += [m.max_col for m in sheet.merged_cells.ranges if m.max_row >= header]
        last: int = max(used, default=0)
        if last >= LAST_COLUMN:
            raise NotMarked("there is no column left")
        return last + 1


def _between(rows: pa.Table, begin: int | None, end: int | None) -> pa.ChunkedArray:
    """Return the rows below one heading row, and above another one if there is any."""
    below = pc.greater(rows["source_row"], begin or 0)
    return below if end is None else pc.and_(below, pc.less(rows["source_row"], end))


def _is_ours(column: ColumnReading) -> bool:
    return column.heading.strip() == returned.REASON


def _same(found: Any, expected: str | None) -> bool:
    """Compare a value of openpyxl with the text that stands for it.

    Texts must be the same; of what is no text it is enough that it is there.
    """
    if isinstance(found, str) and "_x" not in found:
        return _lines(found) == _lines(expected or "")
    empty = found is None or found == ""
    return empty == (not expected)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
