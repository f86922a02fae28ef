"""What the platform writes into a worksheet, whichever writer draws it.

`cells` draws it by openpyxl into a department's own workbook, `workbook_xml` into a new
one. A text that begins like a formula would be computed by the spreadsheet that opens
it (CWE-1236). It is stored as text and marked as quoted, so that it also stays text
when somebody enters the cell and leaves it again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a text begins that a spreadsheet may take for a formula."""

TEXT = "@"
"""The number format of cells whose digits are to stay."""

RED, YELLOW = "FFFF8F8F", "FFFFF2A8"
COLOURS = {"critical": RED, "warning": YELLOW}
"""Severity -> fill; the others get none."""

HEADING_COLOUR, LINE_COLOUR = "FFE6ECF2", "FFB8C0C8"

AUTHOR = "归集平台"
"""Author of our comments, by which we know them again."""

REASON_WIDTH = 80
"""Width of our column, in characters."""

LONGEST = 32_767
"""Characters that a spreadsheet's cell holds."""

COMMENT_WIDTH = 360
"""Width of a comment, in pixels."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""What no workbook may hold: nothing could open it. Cleaning drops it, too."""


@dataclass(frozen=True)
class Typeface:
    """A font; colours are ARGB, an empty one is the usual one."""

    name: str
    size: int
    is_bold: bool = False
    colour: str = ""
    is_underlined: bool = False


BODY = Typeface("宋体", 11)
BOLD = Typeface("宋体", 11, is_bold=True)
TITLE_FONT = Typeface("宋体", 16, is_bold=True, colour="FF9C1C1C")
LINK = Typeface("宋体", 11, colour="FF0563C1", is_underlined=True)


@dataclass(frozen=True)
class Look:
    """How a cell looks.

    Attributes:
        font: None = the workbook's usual one.
        fill: ARGB; empty = none.
        is_framed: whether it has thin lines around it.
        alignment: long texts are wrapped at the top of the cell, numbers are centred.
        is_text: whether its number format is text.
    """

    font: Typeface | None = None
    fill: str = ""
    is_framed: bool = False
    alignment: Literal["", "wrapped", "centred"] = ""
    is_text: bool = False


HEADING = Look(BOLD, HEADING_COLOUR, is_framed=True, alignment="wrapped")
TEXT_CELL = Look(is_text=True)


@dataclass(frozen=True)
class SheetCell:
    """A cell.

    Attributes:
        value: a text, or a number that stays one.
        look: how it looks.
        link: place in the workbook that it leads to.
        comment: text of the comment on it.
    """

    value: str | int
    look: Look
    link: str | None = None
    comment: str | None = None


@dataclass(frozen=True)
class SheetRow:
    """A row.

    Attributes:
        cells: from column A on.
        height: in points.
        is_spanning: whether its second cell goes over all other columns.
    """

    cells: Sequence[SheetCell]
    height: float
    is_spanning: bool = False


@dataclass(frozen=True)
class SheetLayout:
    """What is fixed before the first row of a sheet.

    Attributes:
        name: its tab.
        widths: of each column from A on, in characters.
        frozen_rows: rows at the top that stay in sight.
        is_notice: whether it is a page to read and print (red tab, no grid, A4 across,
            one page wide); else it is a table whose columns are text.
    """

    name: str
    widths: Sequence[float]
    frozen_rows: int
    is_notice: bool = False


def reason_look(severity: str) -> Look:
    """Return the look of a reason cell, coloured by the heaviest finding."""
    fill = COLOURS.get(severity, "")
    return Look(fill=fill, is_framed=True, alignment="wrapped", is_text=True)


def stored(text: str) -> str:
    """Return a text as a workbook stores it.

    Control characters are written as the format writes them (`_x0001_`); U+FFFE and
    U+FFFF, which it cannot write, are left out; longer ones are cut off at `LONGEST`.
    """
    text = _NO_CHARACTER.sub("", text)
    return _CONTROL.sub(lambda c: f"_x{ord(c[0]):04X}_", text)[:LONGEST]


def comment_height(text: str) -> int:
    """Return the height of a comment of this text, in pixels."""
    lines = sum(1 + _width(line) // 48 for line in text.split("\n"))
    return min(30 + 18 * lines, 480)


def row_height(texts: Sequence[tuple[str, float]]) -> float:
    """Estimate the height of a row of wrapped cells, in points.

    Args:
        texts: each cell's text and the width of its column, in characters.
    """
    lines = [
        sum(1 + int(_width(line) / (0.95 * width)) for line in text.split("\n"))
        for text, width in texts
    ]
    return min(15.0 * max(lines, default=1) + 3, 400)


def _width(text: str) -> int:
    """Return how wide a text is, in Latin characters; Chinese ones count twice."""
    if text.isascii():
        return len(text)
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
