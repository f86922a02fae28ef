"""Workbooks of plain tables, as departments and auditors get them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter

from guiji.core import files, workbooks

Cell = str | int | float | None
A4 = 9

THIN = Side(style="thin", color="FFB8C0C8")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEADING_FILL = PatternFill("solid", fgColor="FFE6ECF2")
TITLE_FONT = Font(name="宋体", size=16, bold=True, color="FF9C1C1C")
HEADING_FONT = Font(name="宋体", size=10, bold=True)
BODY_FONT = Font(name="宋体", size=10)
CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
WRAPPED = Alignment(vertical="center", wrap_text=True)


class Workbook:
    """A workbook of plain tables, written sheet by sheet."""

    def __init__(self, title: str, subject: str) -> None:
        self._book = openpyxl.Workbook(write_only=True)
        self._styles: dict[str, StyleArray] = {}
        self._book.properties.title = title
        self._book.properties.subject = subject
        self._book.properties.creator = "归集 Guiji"

    def add_table(
        self,
        sheet: str,
        title: str,
        headings: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        *,
        widths: Sequence[int],
        formats: Sequence[str] = (),
    ) -> None:
        """Add a sheet: a title line, one line of headings, the rows.

        Args:
            sheet: name of the sheet.
            title: text of the first line.
            headings: one per column.
            rows: cells; texts stay texts, whatever they begin with.
            widths: width of each column, in characters.
            formats: number format of each column; empty = general.
        """
        page = self._book.create_sheet(sheet)
        page.freeze_panes = "A3"
        page.page_setup.orientation = "landscape"
        page.page_setup.paperSize = A4
        page.page_setup.fitToHeight = 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
        page.print_title_rows = "1:2"
        for index, width in enumerate(widths, start=1):
            page.column_dimensions[get_column_letter(index)].width = width
        workbooks.begin_rows(page)
        page.append([_cell(page, title, TITLE_FONT, Alignment(vertical="center"))])
        page.append([_heading(page, text) for text in headings])
        every_format = [*formats, *[""] * (len(widths) - len(formats))]
        for row in rows:
            cells = zip(row, every_format, strict=True)
            page.append([self._body(page, *cell) for cell in cells])

    def _body(self, page: object, value: Cell, number_format: str) -> WriteOnlyCell:
        """Make a cell of a table; openpyxl takes long for a look, so it is kept."""
        style = self._styles.get(number_format)
        if style is None:
            cell = _body(page, value, number_format)
            self._styles[number_format] = cell._style
            return cell
        cell = WriteOnlyCell(page, value=value)
        if isinstance(value, str):
            cell.data_type = "s"
        cell._style = style
        return cell

    def save(self, path: Path, instant: datetime) -> None:
        """Write the file, stamped with `instant` (aware) and nothing else."""
        with files.replacing(path) as temporary:
            workbooks.save(self._book, temporary, instant)


def _cell(page: object, value: Cell, font: Font, alignment: Alignment) -> WriteOnlyCell:
    cell = WriteOnlyCell(page, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    cell.font = font
    cell.alignment = alignment
    return cell


def _heading(page: object, text: str) -> WriteOnlyCell:
    cell = _cell(page, text, HEADING_FONT, CENTRED)
    cell.fill = HEADING_FILL
    cell.border = GRID
    return cell


def _body(page: object, value: Cell, number_format: str) -> WriteOnlyCell:
    cell = _cell(page, value, BODY_FONT, WRAPPED)
    cell.border = GRID
    if number_format:
        cell.number_format = number_format
    return cell
