"""Rows of a worksheet that have several cells of one address: the last would win.

Cells of a row stand from left to right, in every file that a spreadsheet wrote. So the
columns are compared with those before them, all at once; only a block in which they do
not ascend is looked at cell by cell.

Source: ECMA-376 part 1, 18.3.1.4 (c), attribute r.
"""

import re
from itertools import pairwise

import numpy as np

from guiji.reading.workbooks.lost import column_index
from guiji.reading.workbooks.tags import Numbers, Tags

CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])[^>]*>")
ADDRESS = re.compile(rb"\sr=\"([A-Za-z]{1,3})(\d{1,10})\"")
EMPTY = re.compile(rb"\s*</?(?:\w+:)?(?:c|row|sheetData)[\s/>]")
"""What stands behind the tag of a cell that holds nothing."""

ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")


class RepeatedCells:
    """Goes through the blocks of a worksheet in order."""

    def __init__(self) -> None:
        """Begin a worksheet."""
        self._columns: dict[int, int] = {}
        self._rest = bytearray()  # the row that has begun, as far as it is known
        self._column = 0  # the last one in it
        self._is_doubtful = False

    def take(self, tags: Tags) -> None:
        """Check the cells of a block; the last row once it is complete."""
        block, ascends = tags.block, self._ascends(tags)
        is_doubtful = self._is_doubtful or not ascends
        last = block.rfind(b"<row")
        if last < 0 and tags.is_prefixed:
            last = block.rfind(b"<", 0, block.rfind(b":row"))
        if last < 0:
            self._rest += block
            self._is_doubtful = is_doubtful
            return
        if is_doubtful:
            self._look(bytes(self._rest) + block[:last])
        self._rest[:] = block[last:]
        self._is_doubtful = not ascends

    def end(self) -> dict[int, int]:
        """Return index of a row -> index of a column of which it has several cells."""
        if self._is_doubtful:
            self._look(bytes(self._rest))
        return self._columns

    def _ascends(self, tags: Tags) -> bool:
        """Return whether the cells of every row surely stand from left to right."""
        cells = None if tags.is_prefixed else tags.columns
        before, self._column = self._column, 0
        if cells is None or (not len(tags.cells) and b":c" in tags.block):
            return False
        places, columns = cells.places, cells.codes
        if not len(places):
            self._column = 0 if len(tags.rows) else before
            return True
        rows = tags.rows
        if not len(rows) or rows[-1] < places[-1]:
            self._column = int(columns[-1])
        steps = np.flatnonzero(columns[1:] <= columns[:-1])
        begun = _rows_before(rows, places[steps + 1]) - _rows_before(
            rows, places[steps]
        )
        is_first = bool(len(rows)) and rows[0] < places[0]
        return bool(begun.all()) and bool(is_first or columns[0] > before)

    def _look(self, rows: bytes) -> None:
        starts = [match.start() for match in ROW.finditer(rows)]
        for start, end in pairwise([*starts, len(rows)]):
            row, columns = _filled(rows[start:end])
            if row and len(set(columns)) < len(columns):
                self._columns[row - 1] = min(c for c in columns if columns.count(c) > 1)


def _rows_before(rows: Numbers, places: Numbers) -> Numbers:
    numbers: Numbers = np.searchsorted(rows, places)
    return numbers


def _filled(row: bytes) -> tuple[int, list[int]]:
    """Return a row's number, as its cells state it, and the columns with content.

    A cell without an address follows on.
    """
    number, column = 0, -1
    columns: list[int] = []
    for match in CELL.finditer(row):
        stated = ADDRESS.search(match[0])
        number = int(stated[2]) if stated else number
        column = column_index(stated[1].upper()) if stated else column + 1
        if not match[0].endswith(b"/>") and not EMPTY.match(row, match.end()):
            columns.append(column)
    return number, columns
