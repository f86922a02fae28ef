"""Rows of a worksheet that have several cells of one address: the last would win.

Cells of a row stand from left to right, in every file that a spreadsheet wrote. So the
columns are compared with those before them, all at once; only a block in which they do
not ascend is looked at cell by cell.

Source: ECMA-376 part 1, 18.3.1.4 (c), attribute r.
"""

import re
from typing import Any

import numpy as np

from guiji.reading.workbooks.lost import column_index

CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])[^>]*>")
ADDRESS = re.compile(rb"\sr=\"([A-Z]{1,3})(\d{1,10})\"")
EMPTY = re.compile(rb"\s*</?(?:\w+:)?(?:c|row|sheetData)[\s/>]")
"""What stands behind the tag of a cell that holds nothing."""

ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
PLAIN_CELL = b'<c r="'
TAG, NAME_OF_CELL, NAME_OF_ROW, SECOND_OF_ROW, END = b"<cro>"
LETTERS = 3
"""Letters of a column at most."""

MARGIN = len(PLAIN_CELL) + LETTERS
"""Bytes that are looked at from the begin of a cell on."""


Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Places = np.ndarray[Any, np.dtype[np.int64]]


class RepeatedCells:
    """Goes through the blocks of a worksheet in order."""

    def __init__(self) -> None:
        """Begin a worksheet."""
        self._found: dict[int, int] = {}
        self._rest = bytearray()

    def take(self, block: bytes) -> None:
        """Look at the rows that end in a block; what comes after them is kept."""
        cut = block.rfind(b"<row")
        if cut < 0 and b":row" in block:
            cut = block.rfind(b"<", 0, block.rfind(b":row"))
        if cut >= 0:
            self._look(bytes(self._rest + block[:cut]))
            self._rest.clear()
        self._rest += block[max(cut, 0) :]

    def end(self) -> dict[int, int]:
        """Give index of a row -> index of a column of which it has several cells."""
        self._look(bytes(self._rest))
        return self._found

    def _look(self, rows: bytes) -> None:
        if _ascends(rows):
            return
        starts = [match.start() for match in ROW.finditer(rows)]
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
            row, columns = _filled(rows[start:end])
            if row and len(set(columns)) < len(columns):
                self._found[row - 1] = min(c for c in columns if columns.count(c) > 1)


def _filled(row: bytes) -> tuple[int, list[int]]:
    """Give a row's number, as its cells state it, and the columns that hold anything.

    A cell without an address follows on.
    """
    number, column = 0, -1
    columns: list[int] = []
    for match in CELL.finditer(row):
        stated = ADDRESS.search(match[0])
        number = int(stated[2]) if stated else number
        column = column_index(stated[1]) if stated else column + 1
        if not match[0].endswith(b"/>") and not EMPTY.match(row, match.end()):
            columns.append(column)
    return number, columns


def _ascends(rows: bytes) -> bool:
    """Tell whether the cells of every row surely stand from left to right."""
    content = np.frombuffer(rows + bytes(MARGIN), np.uint8)

    def at(offset: int, sign: int) -> Flags:
        return np.equal(content[offset : len(rows) + offset], sign)

    is_tag = at(0, TAG)
    is_cell = is_tag & at(1, NAME_OF_CELL) & (content[2 : len(rows) + 2] <= END)
    count = np.count_nonzero(is_cell)
    for offset, sign in enumerate(PLAIN_CELL[2:], start=2):
        is_cell &= at(offset, sign)
    cells = np.flatnonzero(is_cell)
    if len(cells) < count or (not count and b":c" in rows):
        return False
    starts = np.flatnonzero(is_tag & at(1, NAME_OF_ROW) & at(2, SECOND_OF_ROW))
    columns = _columns(content, cells + len(PLAIN_CELL))
    begins = np.zeros(len(cells) + 1, np.bool_)
    begins[np.searchsorted(cells, starts)] = True
    return bool((begins[1:-1] | (columns[1:] > columns[:-1])).all())


def _columns(content: Bytes, places: Places) -> Places:
    """Number the columns that are named at some places; they ascend as letters do."""
    found = np.zeros(len(places), np.int64)
    goes_on = np.ones(len(places), np.bool_)
    for i in range(LETTERS):
        sign = content[places + i]
        goes_on &= sign >= ord("A")
        found = np.where(goes_on, found * 32 + (sign - (ord("A") - 1)), found)
    return found
