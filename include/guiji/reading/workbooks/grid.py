"""A worksheet as readers of every kind hand it over: rows of values, and what is lost.

Values are what a spreadsheet holds: texts, numbers, truths, dates, times. The text
that stands for each is made in one place, `cells`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from guiji.reading.headings import LOOK_AT
from guiji.reading.workbooks.cells import text_column
from guiji.reading.workbooks.facts import Merged
from guiji.reading.workbooks.lost import Address, Lost

Rows = Iterator[Sequence[Any]]


@dataclass(frozen=True)
class Grid:
    """A worksheet.

    Attributes:
        name: as its tab shows it; None where there are no tabs.
        rows: gives the rows from the first on, all of the same width.
        left: empty columns on the left, which `rows` leaves out.
        merged: ranges that are shown as one cell; only the first one has a value.
        lost: cells that `rows` gives as empty though they are not.
        skipped: Chinese reason why it is not read, None if it may be.
    """

    name: str | None
    rows: Callable[[], Rows]
    left: int = 0
    merged: Sequence[Merged] = ()
    lost: Mapping[Address, Lost] = field(default_factory=dict)
    skipped: str | None = None

    def top(self) -> list[list[str]]:
        """Give the first rows as text, among which the headings are."""
        left = [""] * self.left
        return [[*left, *text_column(r)] for r in islice(self.rows(), LOOK_AT + 1)]


def skipped(name: str, reason: str) -> Grid:
    """Make a worksheet of which nothing is read."""
    return Grid(name, lambda: iter(()), skipped=reason)
