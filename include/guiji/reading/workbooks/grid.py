"""A worksheet as readers of every kind hand it over: rows of values, and what is lost.

Values are what a spreadsheet holds: texts, numbers, truths, dates, times. The text
that stands for each is made in one place, `cells`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from guiji.reading.headings import LOOK_AT
from guiji.reading.workbooks.cells import text_column
from guiji.reading.workbooks.facts import SheetFacts
from guiji.reading.workbooks.lost import Address

HIDDEN = "隐藏的工作表，未读取"
NO_CELLS = "空工作表"
NO_TABLE = "不是单元格工作表（图表或宏），未读取"

Rows = Iterator[Sequence[Any]]
Shown = Callable[[AbstractSet[int]], Mapping[Address, str | None]]


def _nothing_shown(_: AbstractSet[int]) -> Mapping[Address, str | None]:
    return {}


@dataclass(frozen=True)
class Grid:
    """A worksheet.

    Attributes:
        name: as its tab shows it; None where there are no tabs.
        rows: gives the rows from the first on, all of the same width.
        left: empty columns on the left, which `rows` leaves out.
        facts: what is known of it beside the values.
        since_1904: whether a bare number of days counts from 1904-01-01.
        shown: gives, for some columns, what a clerk sees of the numbers in them, by
            cell; None where nobody can tell what was typed (5 %, 2E+05). Cells that
            show the number itself are left out. It is asked where numbers stand for
            texts, which is rare, and may go through the file again.
        skipped: Chinese reason why it is not read, None if it may be.
    """

    name: str | None
    rows: Callable[[], Rows]
    left: int = 0
    facts: SheetFacts = field(default_factory=SheetFacts)
    since_1904: bool = False
    shown: Shown = _nothing_shown
    skipped: str | None = None

    def top(self) -> list[list[str]]:
        """Return the first rows as text, among which the headings are."""
        left = [""] * self.left
        return [[*left, *text_column(r)] for r in islice(self.rows(), LOOK_AT + 1)]


def skipped(name: str, reason: str) -> Grid:
    """Make a worksheet of which nothing is read."""
    return Grid(name, lambda: iter(()), skipped=reason)
