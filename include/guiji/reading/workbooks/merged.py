"""Cells that are covered by a cell merged with them: nothing is in them.

A spreadsheet shows the one value for all of them; a table of records has it in the
first row only. It is not filled down, because nobody said that it holds for each row.
"""

from collections.abc import Iterator, Mapping, Sequence

from guiji.reading.workbooks.facts import Merged


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
        """Give row and column of the covered cells of some rows.

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
