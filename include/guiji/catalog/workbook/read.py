"""Read the sheets of a catalogue's workbook; each cell knows where it stands."""

import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from guiji.catalog import faults
from guiji.catalog.source import Problem
from guiji.catalog.workbook import cells, layout
from guiji.catalog.workbook.layout import FRONT, GOVERNMENT, SHEETS, Sheet
from guiji.core import workbooks
from guiji.core.errors import CatalogError

EXPORT = "write it anew (guiji catalogue workbook) and fill that in"


@dataclass(frozen=True)
class Cell:
    """A cell that is not blank: its text, and where it stands."""

    text: str
    label: str
    row: int

    def problem(self, what: str, remedy: str) -> Problem:
        """Make a problem of the cell."""
        return Problem(self.label, self.row, what, remedy)


Row = dict[str, Cell]
"""Key of a column -> its cell."""


@dataclass
class Sheets:
    """What the sheets of a workbook hold.

    Attributes:
        name: the file's name.
        front: key -> text, of the first sheet.
        rows: title of a sheet -> its rows.
        problems: what is wrong.
    """

    name: str
    front: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(path: Path) -> Sheets:
    """Read the sheets of a workbook.

    Raises:
        CatalogError: it is no workbook of a catalogue.
    """
    try:
        book = openpyxl.load_workbook(path, read_only=True)
    except (
        OSError,
        KeyError,
        ValueError,
        zipfile.BadZipFile,
        InvalidFileException,
    ) as e:
        raise CatalogError(f"{path.name} is no workbook (.xlsx): {e}; {EXPORT}") from e
    with closing(book):
        return _sheets(book, path.name)


def _sheets(book: Workbook, name: str) -> Sheets:
    sheets = Sheets(name)
    absent = [s.title for s in SHEETS if s.title not in book.sheetnames]
    if absent or FRONT not in book.sheetnames:
        listed = ", ".join(absent or [FRONT])
        raise CatalogError(f"{name} has no sheet {listed}; {EXPORT}")
    for target in book.worksheets:
        target.reset_dimensions()  # what a file says of itself may be wrong
    front = _vertical(sheets, book[FRONT])
    sheets.front = {key: cell.text for key, cell in front.items()}
    for sheet in SHEETS:
        sheets.rows[sheet.title] = [*_rows(sheets, book, sheet)]
    return sheets


def _rows(sheets: Sheets, book: Workbook, sheet: Sheet) -> Iterator[Row]:
    keys = [*sheet.places, *(c.key for c in sheet.columns)]
    target = book[sheet.title]
    if sheet is GOVERNMENT:
        row = _vertical(sheets, target)
        _check_keys(sheets, row, keys)
        yield row
        return
    headings = _headings(sheets, target, keys)
    for line in target.iter_rows(min_row=2):
        row = {}
        for cell in line:
            read_cell = _cell(sheets, target, cell)
            if read_cell is None:
                continue
            key = headings.get(cell.column)
            if key is None:
                what, remedy = "the column has no heading", "give it one, or clear it"
                sheets.problems.append(read_cell.problem(what, remedy))
            elif key:
                row[key] = read_cell
        if row:
            yield row


def _headings(sheets: Sheets, target: Worksheet, keys: list[str]) -> dict[int, str]:
    """Return number of a column -> its key; "" for one that is not read."""
    headings: dict[int, str] = {}
    for cell in target[1]:
        read_cell = _cell(sheets, target, cell)
        if read_cell is None:
            continue
        key = layout.key_of(read_cell.text)
        if read_cell.text.strip().endswith(layout.FOR_READERS):
            key = ""
        elif key is None or key not in keys or key in headings.values():
            twice = key in headings.values()
            what = f"heading {read_cell.text!r} " + (
                "is there twice" if twice else "is unknown"
            )
            remedy = faults.nearest(key or read_cell.text, keys)
            sheets.problems.append(read_cell.problem(what, remedy))
            key = ""
        headings[cell.column] = key
    return headings


def _vertical(sheets: Sheets, target: Worksheet) -> Row:
    """Read keys of the first column and texts of the second."""
    row: Row = {}
    for line in target.iter_rows(max_col=2):
        name, value = (_cell(sheets, target, cell) for cell in line)
        key = layout.key_of(name.text) if name else None
        if name and key is None:
            what = f"{name.text!r} has no key in brackets"
            sheets.problems.append(name.problem(what, EXPORT))
        elif key and value:
            row[key] = value
    return row


def _check_keys(sheets: Sheets, row: Row, keys: list[str]) -> None:
    for key in [key for key in row if key not in keys]:
        cell = row.pop(key)
        remedy = faults.nearest(key, keys)
        sheets.problems.append(cell.problem(f"unknown key {key!r}", remedy))


def _cell(sheets: Sheets, target: Worksheet, cell: Any) -> Cell | None:
    if cell.value is None:
        return None
    letter = get_column_letter(cell.column)
    label = f"{sheets.name}[{target.title}!{letter}]"
    text = _text(cell.value)
    if cell.data_type in ("f", "e"):
        what, remedy = f"a formula or error: {text}", "write its value as text"
        sheets.problems.append(Problem(label, cell.row, what, remedy))
    return Cell(text, label, cell.row) if text.strip() else None


def _text(value: Any) -> str:
    """Return what a cell holds as text, whatever a spreadsheet made of it."""
    if isinstance(value, bool):
        return cells.YES if value else cells.NO
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return workbooks.unescaped(str(value))
