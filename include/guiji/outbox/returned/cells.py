"""Cells that the platform writes into a workbook of openpyxl."""

import re
from copy import copy
from functools import cache
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from guiji.catalog.vocabulary import CLERK_SEVERITIES
from guiji.outbox.returned.sheet_model import (
    AUTHOR,
    COLOURS,
    COMMENT_WIDTH,
    FORMULA_SIGNS,
    LINE_COLOUR,
    TEXT,
    Look,
    SheetCell,
    Typeface,
    comment_height,
    stored,
)

KEPT = "\n\n【原批注】\n"
"""Stands in our comment before the department's own."""

_OURS = re.compile(
    rf"\[(?:{'|'.join(CLERK_SEVERITIES.values())})\] .*?\n处理办法：", re.DOTALL
)
"""How our comments begin, see `findings_view.comment`."""

_LINE = Side(style="thin", color=LINE_COLOUR)
GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
ALIGNMENTS = {
    "wrapped": Alignment(vertical="top", wrap_text=True),
    "centred": Alignment(horizontal="center", vertical="top", wrap_text=True),
}


def fill(severity: str) -> PatternFill | None:
    """Return the fill of a severity."""
    colour = COLOURS.get(severity)
    return PatternFill("solid", fgColor=colour) if colour else None


def put(cell: Any, text: str) -> None:
    """Set a cell's value to a text, as text; see `sheet_model.stored`.

    Args:
        cell: of openpyxl.
        text: any text.
    """
    cell.value = stored(text)
    cell.data_type = "s"
    if text.startswith(FORMULA_SIGNS):
        cell.quotePrefix = True


def drawn(sheet: Any, cell: SheetCell) -> Any:
    """Make a cell to append to a sheet of openpyxl, without its link and comment."""
    made = WriteOnlyCell(sheet)
    if isinstance(cell.value, str):
        put(made, cell.value)
    else:
        made.value = cell.value
    for name, style in styles(cell.look).items():
        setattr(made, name, style)
    return made


@cache
def styles(look: Look) -> dict[str, Any]:
    """Return the attributes of a cell of openpyxl that give it a look."""
    attributes = {
        "font": look.font and _font(look.font),
        "fill": look.fill and PatternFill("solid", fgColor=look.fill),
        "border": look.is_framed and GRID,
        "alignment": ALIGNMENTS.get(look.alignment),
        "number_format": look.is_text and TEXT,
    }
    return {name: style for name, style in attributes.items() if style}


def _font(typeface: Typeface) -> Font:
    return Font(
        name=typeface.name,
        size=typeface.size,
        bold=typeface.is_bold or None,
        color=typeface.colour or None,
        underline="single" if typeface.is_underlined else None,
    )


def remark(text: str, before: Comment | None = None) -> Comment:
    """Make our comment; what the department itself had remarked stays below it.

    Args:
        text: what we say.
        before: the comment that is there.
    """
    own = departments_own(before)
    whole = text if own is None else f"{text}{KEPT}{own.text}"
    return Comment(whole, AUTHOR, width=COMMENT_WIDTH, height=comment_height(whole))


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
