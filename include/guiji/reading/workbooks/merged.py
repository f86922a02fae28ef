"""Cells that are covered by a cell merged with them: nothing is in them.

A spreadsheet shows the one value for all of them; a table of records has it in the
first row only. It is not filled down, because nobody said that it holds for each row.

Source: ECMA-376 part 1, 18.3.1.54 (mergeCell), 18.3.1.55 (mergeCells).
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from guiji.reading import refusals
from guiji.reading.workbooks.facts import Merged
from guiji.reading.workbooks.lost import Address, column_index

SIGN = b"mergeCell"
RANGE = re.compile(rb"<(?:\w+:)?mergeCell\b([^>]*)>")
PLACES = re.compile(
    rb"\bref\s*=\s*[\"']([A-Za-z]{1,3})([1-9]\d{0,6})"
    rb"(?::([A-Za-z]{1,3})([1-9]\d{0,6}))?[\"']"
)
DATA = re.compile(rb"<(?:\w+:)?sheetData\b")
NO_RANGES = b"<mergeCells></mergeCells>"


def searched(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """State before the cells of a worksheet that none are merged.

    The reader goes through a whole worksheet once more, as long as reading its cells
    takes, for the merged ranges that stand at its end. It ends at the first list of
    ranges. So it gets an empty one; the ranges are those of `ranges`.

    Args:
        blocks: of the worksheet's XML, cut anywhere.
    """
    is_begun = False
    for block in blocks:
        data = None if is_begun else DATA.search(block)
        at = data.start() if data else 0
        yield block[:at] + NO_RANGES + block[at:] if data else block
        is_begun = True


def has_ranges(block: bytes) -> bool:
    """Recognise cheaply whether there may be merged ranges in a block."""
    if b"m" not in block:
        return False
    ours = NO_RANGES.count(SIGN) if NO_RANGES in block else 0
    return block.count(SIGN) > ours


def ranges(block: bytes, name: str) -> Iterator[Merged]:
    """Yield the merged ranges of a block of a worksheet's XML.

    Args:
        block: the XML, in which tags are whole.
        name: the file as the department named it.

    Raises:
        BatchRefused: UNREADABLE if a range does not say where it is.
    """
    for attributes in RANGE.findall(block):
        match = PLACES.search(attributes)
        if match is None:
            raise refusals.unreadable(name, "a merged range has no place")
        left, top, right, bottom = match.groups()
        first = _address(left, top)
        yield first, _address(right, bottom) if right else first


def _address(letters: bytes, number: bytes) -> Address:
    return int(number) - 1, column_index(letters.upper())


class Covered:
    """The covered cells of a worksheet, asked for from the first row to the last."""

    def __init__(self, ranges: Sequence[Merged], used: Mapping[int, str]) -> None:
        """Begin.

        Args:
            ranges: as the workbook states them.
            used: columns that matter.
        """
        self._used = sorted(used)
        self._coming = sorted(ranges, reverse=True)
        self._open: list[Merged] = []

    def cells(self, first: int, count: int) -> Iterator[tuple[int, int]]:
        """Yield row and column of the covered cells of some rows.

        Args:
            first: index of the first row; no less than in the last call.
            count: of rows.
        """
        while self._coming and self._coming[-1][0][0] < first + count:
            self._open.append(self._coming.pop())
        self._open = [r for r in self._open if r[1][0] >= first]
        for (top, left), (bottom, right) in self._open:
            columns = [c for c in self._used if left <= c <= right]
            for row in range(max(top, first), min(bottom + 1, first + count)):
                for column in columns:
                    if (row, column) != (top, left):
                        yield row, column
