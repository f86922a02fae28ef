"""The "XML Spreadsheet 2003" that some systems write and name .xls.

It states the type of every cell, so it is read as exactly as a workbook. A document
that declares anything of its own is refused before it can expand.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.parsers import expat

from guiji.reading import refusals
from guiji.reading.limits import Limits
from guiji.reading.result import Reading
from guiji.reading.workbooks import sheets
from guiji.reading.workbooks.facts import SheetFacts
from guiji.reading.workbooks.grid import HIDDEN, NO_CELLS, Grid, skipped
from guiji.reading.workbooks.lost import (
    CELL_ERROR,
    CELL_NO_VALUE,
    SHOWN,
    Address,
    LostCell,
)
from guiji.reading.workbooks.number_formats import Kind, kind, shown
from guiji.reading.workbooks.sheets import Request

SHEET_NAMES = "urn:schemas-microsoft-com:office:spreadsheet "
EXCEL_NAMES = "urn:schemas-microsoft-com:office:excel "
CHINESE = re.compile(rb"encoding=[\"'](?:gb2312|gbk|gb18030)[\"']", re.IGNORECASE)
COLUMNS = 16_384
NAMED_FORMATS = {
    "General Number": "",
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Currency": "#,##0.00",
    "Percent": "0.00%",
    "Scientific": "0.00E+00",
    **dict.fromkeys(
        ("General Date", "Long Date", "Medium Date", "Short Date"), "yyyy-mm-dd"
    ),
    **dict.fromkeys(("Long Time", "Medium Time", "Short Time"), "h:mm:ss"),
    **dict.fromkeys(("Yes/No", "True/False", "On/Off"), "0%"),
}
"""Number formats that have a name; of words for numbers nobody can tell the number."""
CONTROL_REFERENCE = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0*(?:[0-8BbCcEeFf]|1[0-9A-Fa-f]));"
)
"""What refers to a character that XML does not have."""

NOTHING = ("0", "0.0")
"""Height of a row, or width of a column, that nobody sees."""

MIDNIGHT = "1899-12-31T"
"""Day of a cell that holds a time only."""


def read(request: Request) -> Reading:
    """Read a spreadsheet written as XML.

    Raises:
        BatchRefused: see `read.read_file`.
    """
    name = request.name
    book = _Book(request.limits, name)
    try:
        book.parse(request.path.read_bytes())
    except (expat.ExpatError, ValueError, LookupError) as error:
        if CONTROL_REFERENCE.search(request.path.read_bytes()):
            raise refusals.control_references(name) from error
        raise refusals.unreadable(name, "the XML is damaged") from error
    return sheets.read(request, book.grids, ())


@dataclass
class _Style:
    """What a style says of a cell: its number format, and a line through its text."""

    code: str = ""
    is_struck: bool = False


class _Book:
    """Gathers worksheets while the parser goes through the document."""

    def __init__(self, limits: Limits, name: str) -> None:
        self.grids: list[Grid] = []
        self._limits = limits
        self._name = name
        self._sheet: _Sheet | None = None
        self._text: list[str] | None = None
        self._styles: dict[str, _Style] = {}
        self._style: _Style | None = None
        self._since_1904 = False
        self._aside = False  # in a comment, which has text of its own

    def parse(self, content: bytes) -> None:
        """Go through the document."""
        encoding = None
        if CHINESE.search(content[:200]):
            content, encoding = content.decode("gb18030").encode(), "utf-8"
        parser = expat.ParserCreate(encoding, namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.buffer_text = True
        parser.Parse(content, True)

    def _refuse(self, *_: object) -> None:
        raise refusals.unreadable(self._name, "the document declares a DTD")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        short = tag.removeprefix(SHEET_NAMES)
        stated = {k.removeprefix(SHEET_NAMES): v for k, v in attributes.items()}
        if short == "Comment":
            self._aside = True
        elif self._aside:
            return
        elif self._sheet is None:
            self._start_outside(tag, short, stated)
        elif tag == EXCEL_NAMES + "Visible":
            self._text = []
        elif short == "Column":
            self._sheet.see_column(stated)
        elif short == "Row":
            self._sheet.start_row(stated)
        elif short == "Cell":
            self._sheet.start_cell(stated)
        elif short == "Data":
            self._text = []
            self._sheet.kind = stated.get("Type", "String")

    def _start_outside(self, tag: str, short: str, stated: dict[str, str]) -> None:
        """Handle what stands before a worksheet, or begin one."""
        if short == "Worksheet":
            name = stated.get("Name", "")
            self._sheet = _Sheet(name, self._limits, self._name, self._styles)
        elif short in {"Style", "NumberFormat", "Font"}:
            self._see_style(short, stated)
        elif tag == EXCEL_NAMES + "Date1904":
            self._since_1904 = True

    def _see_style(self, short: str, stated: dict[str, str]) -> None:
        """Follow the styles of cells."""
        if short == "Style":
            self._style = _Style()
            self._styles[stated.get("ID", "")] = self._style
        elif self._style is not None:
            if short == "NumberFormat":
                code = stated.get("Format", "")
                self._style.code = NAMED_FORMATS.get(code, code)
            else:
                self._style.is_struck = stated.get("StrikeThrough") == "1"

    def _end(self, tag: str) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        short = tag.removeprefix(SHEET_NAMES)
        if short == "Comment":
            self._aside = False
        elif self._aside:
            return
        elif short == "Data":
            sheet.put("".join(self._text or []))
            self._text = None
        elif short == "Cell":
            sheet.end_cell()
        elif tag == EXCEL_NAMES + "Visible":
            sheet.hidden = "".join(self._text or []).startswith("Sheet")
            self._text = None
        elif short == "Worksheet":
            self.grids.append(sheet.grid(self._since_1904))
            self._sheet = None

    def _data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)


class _Sheet:
    """A worksheet on its way; cells may say where they are, else they follow on."""

    def __init__(
        self, title: str, limits: Limits, name: str, styles: Mapping[str, _Style]
    ) -> None:
        self.title = title
        self._styles = styles
        self._style = self._row_style = ""
        self._next_in_columns = 0
        self._shown: dict[Address, str | None] = {}
        self.hidden = False
        self.kind = "String"
        self._limits = limits
        self._name = name
        self._rows: list[list[Any]] = []
        self._width = 0
        self._next_row = 0
        self._next_column = 0
        self._formula: str | None = None
        self._filled = False
        self._facts = SheetFacts()

    def start_row(self, stated: dict[str, str]) -> None:
        """Begin a row; one that spans others is empty, and so are they."""
        index = int(stated.get("Index", self._next_row + 1)) - 1
        self._next_row = index + 1 + int(stated.get("Span", 0))
        if index < len(self._rows) or self._next_row > self._limits.sheet_rows:
            raise refusals.too_big(self._name, f"a row numbered {index + 1}")
        self._rows += [[] for _ in range(index + 1 - len(self._rows))]
        self._next_column = 0
        self._row_style = stated.get("StyleID", "")
        if stated.get("Hidden") == "1" or stated.get("Height") in NOTHING:
            self._facts.hidden_rows.update(range(index, self._next_row))

    def see_column(self, stated: dict[str, str]) -> None:
        """Note hidden columns."""
        first = int(stated.get("Index", self._next_in_columns + 1)) - 1
        self._next_in_columns = first + 1 + int(stated.get("Span", 0))
        is_hidden = stated.get("Hidden") == "1" or stated.get("Width") in NOTHING
        if is_hidden and self._next_in_columns <= COLUMNS:
            self._facts.hidden_columns.update(range(first, self._next_in_columns))

    def start_cell(self, stated: dict[str, str]) -> None:
        """Begin a cell."""
        column = int(stated.get("Index", self._next_column + 1)) - 1
        row, at = self._rows[-1], len(self._rows) - 1
        across = int(stated.get("MergeAcross", 0))
        down = int(stated.get("MergeDown", 0))
        if not self._next_column <= column < COLUMNS or across > COLUMNS:
            raise refusals.too_big(self._name, f"a column numbered {column + 1}")
        row += [""] * (column + 1 - len(row))
        if across or down:
            self._facts.merged.append(((at, column), (at + down, column + across)))
        self._next_column = column + 1 + across
        self._style = stated.get("StyleID", self._row_style)
        self._formula, self._filled = stated.get("Formula"), False
        self._width = max(self._width, len(row))
        if len(self._rows) * self._width > self._limits.box:
            raise refusals.too_big(self._name, "too many cells in the document")

    def put(self, text: str) -> None:
        """Store the content of the current cell."""
        row = self._rows[-1]
        self._filled = True
        if self.kind == "Error":
            place = (len(self._rows) - 1, len(row) - 1)
            self._facts.lost[place] = LostCell(CELL_ERROR, text or "#N/A")
        else:
            row[-1] = _value(self.kind, text)
            self._see_style(row[-1])

    def _see_style(self, value: Any) -> None:
        """Note what a cell looks like, where that matters."""
        style, place = self._styles.get(self._style), (len(self._rows) - 1)
        if style is None:
            return
        if style.is_struck and value != "":
            self._facts.struck_rows.add(place)
        if type(value) is float and kind(style.code) is not Kind.PLAIN:
            cell = (place, len(self._rows[-1]) - 1)
            self._shown[cell] = shown(value, style.code)

    def end_cell(self) -> None:
        """Note a formula whose result was never stored."""
        if self._formula is not None and not self._filled:
            place = (len(self._rows) - 1, len(self._rows[-1]) - 1)
            self._facts.lost[place] = LostCell(CELL_NO_VALUE, self._formula[:SHOWN])

    def grid(self, since_1904: bool) -> Grid:
        """Return the worksheet that was gathered."""
        if self.hidden:
            return skipped(self.title, HIDDEN)
        if not self._width:
            return skipped(self.title, NO_CELLS)
        for row in self._rows:
            row += [""] * (self._width - len(row))
        return Grid(
            name=self.title,
            rows=lambda: iter(self._rows),
            facts=self._facts,
            since_1904=since_1904,
            shown=lambda _: self._shown,
        )


def _value(kind: str, text: str) -> Any:
    """Read a cell by its type; what is none of it (the year 0, 10000) stays text."""
    try:
        return _VALUES[kind](text)
    except ValueError:
        return text


def _instant(text: str) -> Any:
    instant = datetime.fromisoformat(text)
    return instant.time() if text.startswith(MIDNIGHT) else instant


_VALUES: dict[str, Callable[[str], Any]] = {
    "String": str,
    "Number": float,
    "Boolean": lambda text: text == "1",
    "DateTime": _instant,
}
