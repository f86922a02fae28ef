"""Tables of a web page that is named like a workbook.

Many systems "export to Excel" by writing HTML; in it every cell is text, so nothing is
lost. What browsers would have to guess (tables in tables, an undeclared encoding) is
refused.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from guiji.reading import headings, refusals
from guiji.reading.kinds import MARKS, Kind
from guiji.reading.limits import Limits
from guiji.reading.result import Reading
from guiji.reading.workbooks import sheets
from guiji.reading.workbooks.facts import SheetFacts
from guiji.reading.workbooks.grid import Grid
from guiji.reading.workbooks.sheets import Request

PIECE = 1 << 16
CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
DECLARED = {
    b"utf-8": "utf-8",
    b"utf8": "utf-8",
    b"gb2312": "gb18030",
    b"gbk": "gb18030",
    b"gb18030": "gb18030",
}
BLANKS = re.compile(r"[ \t\r\n\f]+")
STRUCK = {"s", "strike", "del"}
SILENT = {"script", "style", "head", "title"}
WIDEST, TALLEST = 1000, 65_534
"""What HTML allows a cell to span."""

COLUMNS = 16_384
"""What a spreadsheet would show of it."""


def read(request: Request) -> Reading:
    """Read all tables of a page as one worksheet, row below row.

    Raises:
        BatchRefused: KIND_HTML if it cannot be read exactly or is no delivery at all;
            else see `read.read_file`.
    """
    name = request.name
    page = _Page(request.limits, name)
    for piece in _pieces(_decoded(request.path.read_bytes(), name)):
        page.feed(piece)
    page.close()
    grid = page.grid()
    top, layouts = grid.top(), (*request.candidates, *request.others)
    if not any(headings.find(x, top, headings.LOOSE_SHARE) for x in layouts):
        raise refusals.wrong_kind(name, Kind.HTML)
    return sheets.read(request, [grid], ())


def _decoded(content: bytes, name: str) -> str:
    """Decode by mark, else as declared, else as UTF-8 or GB18030; always strictly."""
    match = CHARSET.search(content[:4096])
    if match and match[1].lower() not in DECLARED:
        raise refusals.wrong_kind(name, Kind.HTML)
    encodings = [DECLARED[match[1].lower()]] if match else []
    for mark, encoding in MARKS:
        if content.startswith(mark):
            content, encodings = content.removeprefix(mark), [encoding]
    for encoding in (*encodings, "utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refusals.wrong_kind(name, Kind.HTML)


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]


class _Page(HTMLParser):
    """Gathers the rows of all tables, spanned cells empty."""

    def __init__(self, limits: Limits, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._limits = limits
        self._name = name
        self._depth = 0
        self._silent = 0
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._taken: dict[int, int] = {}  # column -> rows that a cell above takes
        self._facts = SheetFacts()
        self._width = 0

    def grid(self) -> Grid:
        """Return the rows as a worksheet."""
        rows = [row + [""] * (self._width - len(row)) for row in self.rows]
        return Grid(None, lambda: iter(rows), facts=self._facts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._depth:
            self._see_style(tag, dict(attrs))
        if tag in SILENT:
            self._silent += 1
        elif tag == "table":
            self._depth += 1
            if self._depth > 1:
                raise refusals.wrong_kind(self._name, Kind.HTML)
            self._taken = {}
        elif tag == "tr" and self._depth:
            self._end_row()
            self._row = []
        elif tag in ("td", "th") and self._depth:
            self._end_cell()
            self._row = [] if self._row is None else self._row
            self._cell = []
            self._span = _span(dict(attrs))
        elif tag == "br" and self._cell is not None:
            self._cell.append("\0")

    def _see_style(self, tag: str, attributes: dict[str, str | None]) -> None:
        """Note a row that is hidden, or has a text that is struck through."""
        style = BLANKS.sub("", attributes.get("style") or "").lower()
        if tag == "tr" and ("hidden" in attributes or "display:none" in style):
            self._facts.hidden_rows.add(len(self.rows) + (self._row is not None))
        if tag in STRUCK or "line-through" in style:
            row = len(self.rows) + (tag == "tr" and self._row is not None)
            self._facts.struck_rows.add(row)

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table":
            self._end_row()
            self._depth = max(0, self._depth - 1)

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        self._end_row()

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        self._skip_taken(self._row)
        across, down = self._span
        row, column = len(self.rows), len(self._row)
        self._row += [_plain("".join(self._cell)), *[""] * (across - 1)]
        if down > 1:
            self._taken.update(dict.fromkeys(range(column, column + across), down))
        if (across, down) != (1, 1):
            last = (row + down - 1, column + across - 1)
            self._facts.merged.append(((row, column), last))
        self._cell = None

    def _skip_taken(self, row: list[str]) -> None:
        while self._taken.get(len(row), 0):
            row.append("")

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is None:
            return
        self._skip_taken(self._row)
        self._taken = {c: n - 1 for c, n in self._taken.items() if n > 1}
        self.rows.append(self._row)
        self._width = max(self._width, len(self._row))
        self._row = None
        if self._width > COLUMNS or len(self.rows) * self._width > self._limits.box:
            raise refusals.too_big(self._name, "too many cells in the page")


def _span(attributes: dict[str, str | None]) -> tuple[int, int]:
    """Return how many columns and rows a cell takes."""
    numbers = []
    for name, most in (("colspan", WIDEST), ("rowspan", TALLEST)):
        stated = (attributes.get(name) or "").strip()
        number = int(stated[:9]) if stated.isascii() and stated.isdigit() else 1
        numbers.append(min(max(number, 1), most))
    return numbers[0], numbers[1]


def _plain(text: str) -> str:
    """Write a cell's text as a browser shows it; an empty cell often holds a blank."""
    lines = [BLANKS.sub(" ", line).strip(" ") for line in text.split("\0")]
    shown = "\n".join(lines).strip("\n")
    return "" if not shown.strip() else shown
