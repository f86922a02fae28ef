"""Excel 97 workbooks (.xls, .et) to worksheets, by xlrd.

It tells the number format and the font of every cell, which say what a number looks
like and what is struck out. Dates are made here: a file may define a format of a date
under any number, and count its days from 1904.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, time, timedelta
from typing import Any

import xlrd
from xlrd.book import Book
from xlrd.sheet import Sheet

from guiji.reading import refusals
from guiji.reading.result import Reading
from guiji.reading.workbooks import biff, sheets
from guiji.reading.workbooks.cells import NO_DAY
from guiji.reading.workbooks.facts import SheetFacts
from guiji.reading.workbooks.grid import HIDDEN, NO_CELLS, NO_TABLE, Grid, Rows, skipped
from guiji.reading.workbooks.lost import CELL_ERROR, Address, LostCell
from guiji.reading.workbooks.number_formats import BUILT_IN, Kind, kind, shown
from guiji.reading.workbooks.sheets import Request

EPOCHS = (datetime(1899, 12, 30), datetime(1904, 1, 1))  # noqa: DTZ001 - a clock's
NEVER_WAS = 60
"""Serial number of 1900-02-29, up to which days are counted from one day later."""

LAST = 2_958_466
"""Serial number after 9999-12-31."""

BLANK = (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)
ROWS = 3_000_000
"""Rows of all worksheets, blank ones included: some 250 bytes each."""

DAY_MS = 86_400_000


def read(request: Request) -> Reading:
    """Read a workbook of kind XLS.

    Raises:
        BatchRefused: see `read.read_file`.
    """
    stream = biff.look(request.path, request.name)
    if len(stream.tabs) > request.limits.sheets:
        raise refusals.too_big(request.name, "too many worksheets")
    try:
        book = xlrd.open_workbook(
            file_contents=stream.content,
            logfile=io.StringIO(),
            formatting_info=True,
            ragged_rows=True,
            on_demand=True,
        )
        grids = list(_grids(book, stream, request.name))
    except (xlrd.XLRDError, xlrd.compdoc.CompDocError) as error:
        raise refusals.unreadable(request.name, "the records are damaged") from error
    return sheets.read(request, grids, stream.remarks)


def _grids(book: Book, stream: biff.Stream, name: str) -> Iterator[Grid]:
    number = rows = 0
    for position, tab in enumerate(stream.tabs):
        if not tab.is_worksheet:
            yield skipped(tab.name, NO_TABLE)
            continue
        if tab.is_hidden:
            yield skipped(book.sheet_names()[number], HIDDEN)
        else:
            sheet = book.sheet_by_index(number)
            rows += sheet.nrows
            if rows > ROWS:
                raise refusals.too_big(name, f"{rows} rows in all worksheets")
            yield _Worksheet(book, sheet, stream.lost.get(position, {})).grid()
        number += 1


class _Worksheet:
    """One worksheet of cells."""

    def __init__(self, book: Book, sheet: Sheet, lost: dict[Address, LostCell]) -> None:
        self._sheet = sheet
        self._epoch = EPOCHS[book.datemode]
        self._codes = [_code(book, xf.format_key) for xf in book.xf_list]
        self._kinds = list(map(kind, self._codes))
        fonts = [font.struck_out for font in book.font_list]
        self._struck_fonts = {i for i, is_struck in enumerate(fonts) if is_struck}
        self._struck = {
            i for i, x in enumerate(book.xf_list) if x.font_index in self._struck_fonts
        }
        self._facts = SheetFacts(lost=lost)
        self._width = 0

    def grid(self) -> Grid:
        """Return the worksheet, with what is known of it."""
        self._look()
        if not self._width and not self._facts.lost:
            return skipped(self._sheet.name, NO_CELLS)
        return Grid(
            name=self._sheet.name,
            rows=self._rows,
            facts=self._facts,
            since_1904=self._epoch == EPOCHS[1],
            shown=self._shown,
        )

    def _look(self) -> None:
        """Find errors and what is merged, hidden and struck out; measure."""
        sheet, facts = self._sheet, self._facts
        for row in range(sheet.nrows):
            types = sheet.row_types(row)
            width = len(types)
            while width and types[width - 1] in BLANK:
                width -= 1
            self._width = max(self._width, width)
            if xlrd.XL_CELL_ERROR in types:
                self._note_errors(row, types)
            if self._struck and any(
                types[i] not in BLANK and sheet.cell_xf_index(row, i) in self._struck
                for i in range(width)
            ):
                facts.struck_rows.add(row)
        for (row, _), runs in sheet.rich_text_runlist_map.items():
            if any(font in self._struck_fonts for _, font in runs):
                facts.struck_rows.add(row)
        facts.merged = [
            ((top, left), (bottom - 1, right - 1))
            for top, bottom, left, right in sheet.merged_cells
        ]
        facts.hidden_rows = {
            r for r, x in sheet.rowinfo_map.items() if x.hidden or x.height == 0
        }
        facts.hidden_columns = {
            c for c, x in sheet.colinfo_map.items() if x.hidden or not x.width
        }

    def _note_errors(self, row: int, types: Sequence[int]) -> None:
        for column, form in enumerate(types):
            if form == xlrd.XL_CELL_ERROR:
                code = self._sheet.cell_value(row, column)
                shown = xlrd.error_text_from_code.get(code, "#ERROR")
                self._facts.lost[row, column] = LostCell(CELL_ERROR, shown)

    def _rows(self) -> Rows:
        """Yield the rows, all of them as wide as the widest."""
        sheet, width = self._sheet, self._width
        for row in range(sheet.nrows):
            types, cells = sheet.row_types(row), sheet.row_values(row)
            for column, form in enumerate(types):
                if form != xlrd.XL_CELL_TEXT or type(cells[column]) is float:
                    cells[column] = self._value(row, column, form, cells[column])
            del cells[width:]
            cells += [""] * (width - len(cells))
            yield cells

    def _value(self, row: int, column: int, form: int, value: Any) -> Any:
        """Return the value of a cell that is no text."""
        if form == xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        if type(value) is not float:
            return ""
        style = self._sheet.cell_xf_index(row, column)
        return _instant(value, self._kind(style), self._epoch)

    def _kind(self, style: int) -> Kind:
        return self._kinds[style] if 0 <= style < len(self._kinds) else Kind.PLAIN

    def _shown(self, columns: AbstractSet[int]) -> Mapping[Address, str | None]:
        """Return what the numbers of some columns look like; see `Grid`."""
        sheet = self._sheet
        texts: dict[Address, str | None] = {}
        for row in range(sheet.nrows):
            width = sheet.row_len(row)
            for column in (c for c in columns if c < width):
                style = sheet.cell_xf_index(row, column)
                value = sheet.cell_value(row, column)
                if type(value) is float and self._kind(style) is not Kind.PLAIN:
                    texts[row, column] = shown(value, self._codes[style])
        return texts


def _code(book: Book, key: int) -> str:
    """Return a number format; the file's own ones come before those that all know."""
    number_format = book.format_map.get(key)
    if number_format is not None and number_format.format_str not in {"", "General"}:
        return str(number_format.format_str)
    return BUILT_IN.get(key, "")


def _instant(value: float, form: Kind, epoch: datetime) -> Any:
    """Return a number's meaning by its format: day, instant, time, or itself."""
    if form not in {Kind.DATE, Kind.TIME, Kind.DURATION} or value >= LAST:
        return value
    if form is Kind.DURATION:
        return timedelta(days=value)
    from_1900 = epoch == EPOCHS[0]
    if value < 0 or (from_1900 and int(value) == NEVER_WAS):
        return NO_DAY
    whole = int(value)
    clock = _clock(value - whole)
    if not whole and (from_1900 or form is Kind.TIME):
        return clock
    days = whole + (from_1900 and whole < NEVER_WAS)
    day = (epoch + timedelta(days=days)).date()
    return day if clock == time() else datetime.combine(day, clock)


def _clock(fraction: float) -> time:
    """Return the time of day in milliseconds; the end of a day stays in that day."""
    milliseconds = round(fraction * DAY_MS)
    if milliseconds == DAY_MS:
        return time.max
    return (EPOCHS[0] + timedelta(milliseconds=milliseconds)).time()
