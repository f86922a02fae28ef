"""Cells whose content the workbook's reader does not give: errors and empty formulas.

The reader gives an empty text for `#N/A` and for a formula whose result was never
stored, as if nobody had filled the cell in. These cells are found in the XML instead.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from guiji.core.errors import BatchRefused
from guiji.reading import refusals

CELL_ERROR = "CELL_ERROR"
CELL_NO_VALUE = "CELL_NO_VALUE"
DIGITS_LOST = "DIGITS_LOST"
DATE_LOST = "DATE_LOST"
MERGED = "MERGED"
NOT_TEXT = "NOT_TEXT"
NUMBER_FOR_TEXT = "NUMBER_FOR_TEXT"
NEAR_MIDNIGHT = "NEAR_MIDNIGHT"

SHOWN = 200
"""Characters of a formula that are kept."""

MOST = 1_000_000
"""Lost cells of a worksheet; more are no oversight."""

CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
ADDRESS = re.compile(rb"\br=\"([A-Z]{1,3})(\d{1,7})\"")
VALUE = re.compile(rb"<(?:\w+:)?v>([^<]+)")
FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*))")
ERROR, TEXT = b't="e"', b't="str"'
FORMULA_SIGN = b"<f"
PREFIXED_SIGNS = (b":f>", b":f ", b":f/")

Address = tuple[int, int]
"""Row and column of a cell, both from 0."""


@dataclass(frozen=True)
class LostCell:
    """A cell that the reader gives as empty.

    Attributes:
        code: CELL_ERROR or CELL_NO_VALUE.
        shown: the error as spreadsheets show it (#N/A), or the formula.
    """

    code: str
    shown: str


def find(block: bytes, name: str) -> Iterator[tuple[Address, LostCell]]:
    """Find the lost cells of a block of a worksheet's XML in which cells are whole.

    Args:
        block: the XML.
        name: the file as the department named it.

    Raises:
        BatchRefused: UNREADABLE if such a cell does not say where it is.
    """
    if not _shows_sign(block):
        return
    for attributes, content in CELL.findall(block):
        lost_cell = _lost(attributes, content)
        if lost_cell is None:
            continue
        address = ADDRESS.search(attributes)
        if address is None:
            raise _unplaced(name)
        yield (int(address[2]) - 1, column_index(address[1])), lost_cell


def _shows_sign(block: bytes) -> bool:
    """Return whether there may be lost cells; there hardly ever are.

    One byte is found many times faster than two, and Excel's rows have no e and no f
    but in these cells.
    """
    if (b"e" in block and ERROR in block) or (b"f" in block and FORMULA_SIGN in block):
        return True
    prefixed = b"<c" not in block
    return prefixed and any(sign in block for sign in PREFIXED_SIGNS)


def _lost(attributes: bytes, content: bytes) -> LostCell | None:
    value = VALUE.search(content)
    if ERROR in attributes:
        return LostCell(CELL_ERROR, _text(value[1]) if value else "#N/A")
    formula = FORMULA.search(content)
    if formula is None or value is not None or TEXT in attributes:
        return None
    return LostCell(CELL_NO_VALUE, "=" + _text(formula[1] or b"")[:SHOWN])


def _text(content: bytes) -> str:
    return html.unescape(content.decode("utf-8", "replace"))


def _unplaced(name: str) -> BatchRefused:
    return refusals.unreadable(name, "a cell with an error has no address")


def column_index(letters: bytes) -> int:
    """Return the index of a column, A = 0."""
    number = 0
    for code in letters:
        number = number * 26 + code - ord("A") + 1
    return number - 1
