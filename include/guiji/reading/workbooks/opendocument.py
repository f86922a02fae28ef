"""A look at an OpenDocument workbook before its reader sees it.

Its cells may be written once and meant a million times, so what counts is what they
unpack to. Errors, formulas without results and merged cells are found on the way; the
reader gives all of them as if nothing were there.

Source: OASIS OpenDocument 1.3 part 3, 9.1 (tables) and 19.385 (office:value-type).
"""

import html
import re

from guiji.reading import refusals
from guiji.reading.limits import Limits
from guiji.reading.workbooks.facts import Facts
from guiji.reading.workbooks.lost import CELL_ERROR, CELL_NO_VALUE, MOST, SHOWN, Lost
from guiji.reading.workbooks.parts import Parts

MANIFEST = "meta-inf/manifest.xml"
CONTENT = "content.xml"
MIMETYPE = "mimetype"
XML = (".xml", ".rdf")

TAG = re.compile(
    rb"<table:(table|table-row|(?:covered-)?table-cell)((?:\s[^>]*)?)>|</table:(table)>"
)
REPEATED = re.compile(rb"-repeated=\"(\d{1,9})\"")
SPANNED = re.compile(rb"number-(rows|columns)-spanned=\"(\d{1,7})\"")
FORMULA = re.compile(rb"table:formula=\"([^\"]*)\"")
SAID = re.compile(rb"\s*<text:p[^>]*>([^<]*)")
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
    content = _Content(name, limits)
    for block in parts.blocks(CONTENT, before=b"<table:table-cell"):
        content.take(block)
    return content.facts


class _Content:
    """Follows the tables, rows and cells of a document."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.facts = Facts()
        self._name = name
        self._limits = limits
        self._depth = 0
        self._table = -1
        self._row = self._next_row = 0
        self._column = 0
        self._rows = 1
        self._cells = 0
        self._kept = 0

    def take(self, block: bytes) -> None:
        """Go through a block in which cells and their texts are whole."""
        for tag in TAG.finditer(block):
            if tag[3]:
                self._depth -= 1
            elif tag[1] == b"table":
                self._start_table(tag[2])
            elif self._depth == 1:
                if tag[1] == b"table-row":
                    self._start_row(tag[2])
                else:
                    self._cell(tag[2], block, tag.end())
        if self._cells > self._limits.cells or self._kept > MOST:
            raise refusals.too_big(self._name, f"{self._cells} cells")

    def _start_table(self, attributes: bytes) -> None:
        if attributes.endswith(b"/"):
            return
        self._depth += 1
        if self._depth == 1:  # not one inside a cell
            self._table += 1
            self._next_row = 0

    def _start_row(self, attributes: bytes) -> None:
        self._row, self._column = self._next_row, 0
        self._rows = _repeated(attributes)
        self._next_row += self._rows

    def _cell(self, attributes: bytes, block: bytes, end: int) -> None:
        columns = _repeated(attributes)
        typed = b"value-type=" in attributes
        if typed:
            self._cells += self._rows * columns
        formula = FORMULA.search(attributes)
        if formula or b'"error"' in attributes:
            said = SAID.match(block, end) if not attributes.endswith(b"/") else None
            text = html.unescape(said[1].decode("utf-8", "replace")) if said else ""
            lost = _lost(attributes, formula[1] if formula else None, text)
            if lost is not None and self._cells <= self._limits.cells:
                self._keep(lost, columns)
        if b"-spanned=" in attributes:
            self._span(attributes)
        self._column += columns

    def _keep(self, lost: Lost, columns: int) -> None:
        self._kept += self._rows * columns
        if self._kept > MOST:
            return
        found = self.facts.lost.setdefault(self._table, {})
        for row in range(self._row, self._row + self._rows):
            for column in range(self._column, self._column + columns):
                found[row, column] = lost

    def _span(self, attributes: bytes) -> None:
        sizes = {kind: int(number) for kind, number in SPANNED.findall(attributes)}
        down, across = sizes.get(b"rows", 1), sizes.get(b"columns", 1)
        if (down, across) != (1, 1):
            self._kept += 1
            first = (self._row, self._column)
            last = (self._row + down - 1, self._column + across - 1)
            self.facts.merged.setdefault(self._table, []).append((first, last))


def _repeated(attributes: bytes) -> int:
    found = REPEATED.search(attributes)
    return int(found[1]) if found else 1


def _lost(attributes: bytes, formula: bytes | None, text: str) -> Lost | None:
    """Tell whether a cell's content is lost; older writers call an error a number."""
    if b'"error"' in attributes or (formula is not None and ERROR.match(text)):
        return Lost(CELL_ERROR, text or "#N/A")
    if formula is not None and b"value-type=" not in attributes:
        shown = html.unescape(formula.decode("utf-8", "replace"))
        return Lost(CELL_NO_VALUE, shown[:SHOWN])
    return None
