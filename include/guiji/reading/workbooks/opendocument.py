"""A look at an OpenDocument workbook before its reader sees it.

Its cells may be written once and meant a million times, so what counts is what they
unpack to. Errors, formulas without results and merged cells are found on the way; the
reader gives all of them as if nothing were there.

Source: OASIS OpenDocument 1.3 part 3, 9.1 (tables) and 19.385 (office:value-type).
"""

import html
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from guiji.reading import refusals, returned
from guiji.reading.limits import Limits
from guiji.reading.workbooks.facts import Facts
from guiji.reading.workbooks.lost import (
    CELL_ERROR,
    CELL_NO_VALUE,
    MOST,
    SHOWN,
    Address,
    LostCell,
)
from guiji.reading.workbooks.parts import Parts
from guiji.reading.workbooks.worksheet import SMALL

SPARSE = 14_000_000
"""Rows × columns that the tables of a small document may reach, and the cells in them:
the reader keeps some 60 bytes of each, and for a cell as many again."""

MANIFEST = "meta-inf/manifest.xml"
CONTENT = "content.xml"
META = "meta.xml"
MIMETYPE = "mimetype"
XML = (".xml", ".rdf")

TAG = re.compile(
    rb"<table:(table|table-row|table-column|(?:covered-)?table-cell)((?:\s[^>]*)?/?)>"
    rb"|</table:(table)>"
)
REPEATED = re.compile(rb"-repeated=\"(\d{1,9})\"")
SPANNED = re.compile(rb"number-(rows|columns)-spanned=\"(\d{1,7})\"")
FORMULA = re.compile(rb"table:formula=\"([^\"]*)\"")
SAID = re.compile(rb"\s*<text:p[^>]*>([^<]*)")
NUMBER = re.compile(rb"office:value-type=\"(float|percentage|currency)\"")
POWER = re.compile(r"\dE[+-]?\d|\d/\d|%|^\D*$", re.IGNORECASE)
"""Shown of a number of which nobody knows what was typed; without a digit: a truth."""
HIDDEN = re.compile(rb"table:visibility=\"(?:collapse|filter)\"")
CELL_STYLE = re.compile(rb"table:style-name=\"([^\"]*)\"")
COLUMN_STYLE = re.compile(rb"table:default-cell-style-name=\"([^\"]*)\"")
TEXT_STYLE = re.compile(rb"text:style-name=\"([^\"]*)\"")
STYLE = re.compile(
    rb"<style:style\s[^>]*?style:name=\"([^\"]*)\"[^>]*[^/]>(.*?)</style:style>",
    re.DOTALL,
)
STRUCK = re.compile(rb"text-line-through-style=\"(?!none)")
SINCE_1904 = re.compile(rb"<table:null-date\s[^>]*date-value=\"1904-01-01\"")
ERROR = re.compile(r"#|Err:\d")


def look(parts: Parts, name: str, limits: Limits) -> Facts:
    """Judge an OpenDocument workbook part by part.

    Raises:
        BatchRefused: TOO_BIG, ENCRYPTED or UNREADABLE.
    """
    parts.take_over(MIMETYPE)
    if b"encryption-data" in parts.small(MANIFEST):
        raise refusals.encrypted(name)
    for part in parts.names():
        if part.endswith(XML) and part != CONTENT:
            parts.small(part)
    content = _Look(name, limits, parts.size(CONTENT))
    for block in parts.blocks(CONTENT, before=b"<table:table-cell"):
        content.take(block)
    content.facts.template = returned.template_of(parts.small(META))
    return content.facts


class _Tables:
    """Follows the tables, rows and cells of a document."""

    def __init__(self) -> None:
        self._depth = 0
        self._table = -1
        self._row = self._next_row = 0
        self._column = 0
        self._rows = 1

    def take(self, block: bytes) -> None:
        """Go through a block in which cells and their texts are whole."""
        for tag in TAG.finditer(block):
            name, attributes = tag[1], tag[2]
            if tag[3]:
                self._depth -= 1
            elif name == b"table":
                self._start_table(attributes)
            elif self._depth != 1:
                continue
            elif name == b"table-row":
                self._row, self._column = self._next_row, 0
                self._rows = _repeated(attributes)
                self._next_row += self._rows
                self._see_row(attributes)
            elif name == b"table-column":
                self._see_column(attributes, _repeated(attributes))
                self._column += _repeated(attributes)
            else:
                columns = _repeated(attributes)
                self._see_cell(attributes, columns, block, tag.end())
                self._column += columns

    def _start_table(self, attributes: bytes) -> None:
        if attributes.endswith(b"/"):
            return
        self._depth += 1
        if self._depth == 1:  # not one inside a cell
            self._table += 1
            self._next_row = self._column = 0

    def _see_row(self, attributes: bytes) -> None:
        """Handle a row, or several that are the same."""

    def _see_column(self, attributes: bytes, columns: int) -> None:
        """Handle the properties of some columns."""

    def _see_cell(
        self, attributes: bytes, columns: int, block: bytes, end: int
    ) -> None:
        """Handle a cell that stands in all of these columns and `_rows` rows."""

    def _places(self, columns: int) -> Iterator[Address]:
        """Yield the addresses of the cell at hand."""
        for row in range(self._row, self._row + self._rows):
            for column in range(self._column, self._column + columns):
                yield row, column


class Numbers(_Tables):
    """What a clerk sees of the numbers in some columns of a table.

    Attributes:
        shown: see `grid.Grid`.
    """

    def __init__(self, table: int, columns: AbstractSet[int]) -> None:
        """Begin a document.

        Args:
            table: position of the table.
            columns: the columns.
        """
        super().__init__()
        self.shown: dict[Address, str | None] = {}
        self._wanted = table
        self._columns = columns

    def _see_cell(
        self, attributes: bytes, columns: int, block: bytes, end: int
    ) -> None:
        form = NUMBER.search(attributes)
        if form is None or self._table != self._wanted or attributes.endswith(b"/"):
            return
        text = _said(block, end).strip()
        seen = None if form[1] == b"percentage" or POWER.search(text) else text
        for cell in self._places(columns) if text else ():
            if cell[1] in self._columns:
                self.shown[cell] = seen


class _Look(_Tables):
    """Finds what the document's reader does not give, and how far it reaches."""

    def __init__(self, name: str, limits: Limits, size: int) -> None:
        super().__init__()
        self.facts = Facts()
        self._name = name
        self._limits = limits
        self._most = 2 * limits.box if size > SMALL else min(SPARSE, 2 * limits.box)
        self._cells = self._kept = self._boxes = 0
        self._last = (0, 0)
        self._struck: set[bytes] = set()
        self._struck_columns: set[int] = set()

    def take(self, block: bytes) -> None:
        if self._table < 0:
            self._see_styles(block)
        super().take(block)
        box = self._boxes + self._last[0] * self._last[1]
        is_large = box > self._limits.box or box + self._cells > self._most
        if self._cells > self._limits.cells or self._kept > MOST or is_large:
            why = f"{self._cells} cells as far as {self._last}"
            raise refusals.too_big(self._name, why)

    def _start_table(self, attributes: bytes) -> None:
        super()._start_table(attributes)
        if self._depth == 1:
            self._boxes += self._last[0] * self._last[1]
            self._last = (0, 0)
            self._struck_columns = set()

    def _see_styles(self, block: bytes) -> None:
        if SINCE_1904.search(block):
            self.facts.since_1904 = True
        if b"line-through-style" in block:
            for name, content in STYLE.findall(block):
                if STRUCK.search(content):
                    self._struck.add(name)

    def _see_row(self, attributes: bytes) -> None:
        if HIDDEN.search(attributes):
            rows = range(self._row, self._row + min(self._rows, MOST))
            self.facts.sheets[self._table].hidden_rows.update(rows)

    def _see_column(self, attributes: bytes, columns: int) -> None:
        places = range(self._column, self._column + min(columns, MOST))
        if HIDDEN.search(attributes):
            self.facts.sheets[self._table].hidden_columns.update(places)
        style = COLUMN_STYLE.search(attributes)
        if style and style[1] in self._struck:
            self._struck_columns.update(places)

    def _see_cell(
        self, attributes: bytes, columns: int, block: bytes, end: int
    ) -> None:
        if b"value-type=" in attributes:
            self._cells += self._rows * columns
            far = (self._row + self._rows, self._column + columns)
            self._last = (max(self._last[0], far[0]), max(self._last[1], far[1]))
            if self._struck and self._is_struck(attributes, block, end):
                rows = range(self._row, self._row + min(self._rows, MOST))
                self.facts.sheets[self._table].struck_rows.update(rows)
        formula = FORMULA.search(attributes)
        if formula or b'"error"' in attributes:
            text = "" if attributes.endswith(b"/") else _said(block, end)
            lost = _lost(attributes, formula[1] if formula else None, text)
            if lost is not None and self._cells <= self._limits.cells:
                self._keep(lost, columns)
        if b"-spanned=" in attributes:
            self._span(attributes)

    def _is_struck(self, attributes: bytes, block: bytes, end: int) -> bool:
        """Return whether a cell, or a part of its text, is struck through."""
        style = CELL_STYLE.search(attributes)
        if style is None and self._column in self._struck_columns:
            return True
        text = block[end : block.find(b"</table:table-cell", end)]
        names = {*TEXT_STYLE.findall(text), *([style[1]] if style else [])}
        return not self._struck.isdisjoint(names)

    def _keep(self, lost: LostCell, columns: int) -> None:
        self._kept += self._rows * columns
        if self._kept <= MOST:
            lost_cells = self.facts.sheets[self._table].lost
            lost_cells.update(dict.fromkeys(self._places(columns), lost))

    def _span(self, attributes: bytes) -> None:
        sizes = {kind: int(number) for kind, number in SPANNED.findall(attributes)}
        down, across = sizes.get(b"rows", 1), sizes.get(b"columns", 1)
        if (down, across) != (1, 1):
            self._kept += 1
            first = (self._row, self._column)
            last = (self._row + down - 1, self._column + across - 1)
            self.facts.sheets[self._table].merged.append((first, last))


def _said(block: bytes, end: int) -> str:
    """Return the first paragraph of a cell of which the tag ends there."""
    said = SAID.match(block, end)
    return html.unescape(said[1].decode("utf-8", "replace")) if said else ""


def _repeated(attributes: bytes) -> int:
    match = REPEATED.search(attributes)
    return int(match[1]) if match else 1


def _lost(attributes: bytes, formula: bytes | None, text: str) -> LostCell | None:
    """Return whether a cell's content is lost; older writers call an error a number."""
    if b'"error"' in attributes or (formula is not None and ERROR.match(text)):
        return LostCell(CELL_ERROR, text or "#N/A")
    if formula is not None and b"value-type=" not in attributes:
        shown = html.unescape(formula.decode("utf-8", "replace"))
        return LostCell(CELL_NO_VALUE, shown[:SHOWN])
    return None
