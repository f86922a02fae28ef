"""Cells that the platform writes: always text, whatever they begin with, and coloured.

A text that begins like a formula would be computed by the spreadsheet that opens it
(CWE-1236). It is stored as text and marked as quoted, so that it also stays text when
somebody enters the cell and leaves it again.
"""

import re
from collections.abc import Sequence
from copy import copy
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from guiji.catalog.vocabulary import CLERK_SEVERITIES

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a text begins that a spreadsheet may take for a formula."""

TEXT = "@"
"""The number format of cells whose digits are to stay."""

RED, YELLOW = "FFFF8F8F", "FFFFF2A8"
COLOURS = {"critical": RED, "warning": YELLOW}
"""Severity -> fill; the others get none."""

AUTHOR = "归集平台"
"""Author of our comments, by which we know them again."""

KEPT = "\n\n【原批注】\n"
"""Stands in our comment before the department's own."""

_OURS = re.compile(
    rf"\[(?:{'|'.join(CLERK_SEVERITIES.values())})\] .*?\n处理办法：", re.DOTALL
)
"""How our comments begin, see `findings_view.comment`."""

REASON_WIDTH = 80
"""Width of our column, in characters."""

LONGEST = 32_767
"""Characters that a spreadsheet's cell holds."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""What no workbook may hold: nothing could open it. Cleaning drops it, too."""

_LINE = Side(style="thin", color="FFB8C0C8")
GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
WRAPPED = Alignment(vertical="top", wrap_text=True)
CENTRED = Alignment(horizontal="center", vertical="top", wrap_text=True)
HEADING_FILL = PatternFill("solid", fgColor="FFE6ECF2")
FONT = "宋体"
BODY = Font(name=FONT, size=11)
BOLD = Font(name=FONT, size=11, bold=True)


def fill(severity: str) -> PatternFill | None:
    """Return the fill of a severity."""
    colour = COLOURS.get(severity)
    return PatternFill("solid", fgColor=colour) if colour else None


def put(cell: Any, text: str) -> None:
    """Set a cell's value to a text, as text.

    Control characters are written as the format writes them (`_x0001_`); U+FFFE and
    U+FFFF, which it cannot write, are left out.

    Args:
        cell: of openpyxl.
        text: longer ones are cut off at `LONGEST` characters.
    """
    text = _NO_CHARACTER.sub("", text)
    cell.value = _CONTROL.sub(lambda c: f"_x{ord(c[0]):04X}_", text)
    cell.data_type = "s"
    if text.startswith(FORMULA_SIGNS):
        cell.quotePrefix = True


def text_cell(sheet: Any, text: str, **styles: Any) -> Any:
    """Make a cell to append to a sheet.

    Args:
        sheet: of openpyxl, of either mode.
        text: its text.
        styles: attributes of the cell: `font`, `fill`, `border`, `alignment`,
            `number_format`.
    """
    cell = WriteOnlyCell(sheet)
    put(cell, text)
    for name, style in styles.items():
        setattr(cell, name, style)
    return cell


def remark(text: str, before: Comment | None = None) -> Comment:
    """Make our comment; what the department itself had remarked stays below it.

    Args:
        text: what we say.
        before: the comment that is there.
    """
    own = departments_own(before)
    whole = text if own is None else f"{text}{KEPT}{own.text}"
    lines = sum(1 + _width(line) // 48 for line in whole.split("\n"))
    return Comment(whole, AUTHOR, width=360, height=min(30 + 18 * lines, 480))


def departments_own(comment: Comment | None) -> Comment | None:
    """Return what the department itself had remarked on a cell that we marked.

    Our comments are known by their text: LibreOffice signs every comment with a blank.
    """
    if comment is None:
        return None
    own = comment.text
    author: str | None = comment.author
    while author == AUTHOR or _OURS.match(own.lstrip()):
        _, kept, own = own.replace("\r\n", "\n").partition(KEPT)
        if not kept:
            return None
        author = None  # the rest is the department's, unless it looks like ours
    return comment if own == comment.text else Comment(own, "")


def height(texts: Sequence[tuple[str, float]]) -> float:
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
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def widen(sheet: Any, column: int, width: float) -> None:
    """Set one column's width and show it, whatever group of columns it is in.

    A workbook states one width for many columns; so the group is split around it.

    Args:
        sheet: of openpyxl.
        column: 1 = A.
        width: in characters.
    """
    dimensions = sheet.column_dimensions
    for dimension in list(dimensions.values()):
        dimension.reindex()
        first, last = dimension.min, dimension.max
        if not first <= column <= last:
            continue
        for low, high in ((first, column - 1), (column + 1, last)):
            if low <= high:
                _group(dimensions, dimension, low, high)
        if first == column:
            del dimensions[dimension.index]
    dimensions[get_column_letter(column)].width = width


def _group(dimensions: Any, old: Any, low: int, high: int) -> None:
    """Copy the properties of the group `old` to columns from `low` to `high`."""
    name = get_column_letter(low)
    if name == old.index:
        old.max = high
        return
    new = dimensions[name]
    new.min, new.max = low, high
    for attribute in ("width", "hidden", "bestFit", "outlineLevel", "collapsed"):
        setattr(new, attribute, getattr(old, attribute))
    new._style = copy(old._style)


def style_of_empty(sheet: Any, row: int, column: int) -> Any:
    """Return the style that an empty cell shows: its row's, else its column's.

    Returns:
        A style array of openpyxl; None = the workbook's usual one.
    """
    if row in sheet.row_dimensions and sheet.row_dimensions[row].s:
        return copy(sheet.row_dimensions[row]._style)
    for dimension in sheet.column_dimensions.values():
        dimension.reindex()
        if dimension.min <= column <= dimension.max:
            return copy(dimension._style)
    return None
