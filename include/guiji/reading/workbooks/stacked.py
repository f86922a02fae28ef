"""Tables one below the other in a worksheet, each with headings of its own.

A row of other headings begins another table if it is one that could stand first: of
the file's dataset, with every required item, and with no item that the file's first
headings do not have. Its records are read by it. Rows under any other headings belong
to a table that nobody understands; they are quarantined.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from guiji.reading import headings
from guiji.reading.headings import Header
from guiji.reading.layout import Layout

MOST = 50
"""Tables of a worksheet that are read; a file put together has a few."""

Row = Sequence[Any]


class Rows:
    """The rows of a worksheet, of which some may be given back."""

    def __init__(self, rows: Iterator[Row]) -> None:
        """Begin at the first row that is to be taken."""
        self._rows = rows
        self._waiting: list[Row] = []

    def take(self, count: int) -> list[Row]:
        """Read rows; none at the end."""
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken + list(islice(self._rows, count - len(taken)))

    def next(self) -> Row | None:
        """Return the next row without taking it; None at the end."""
        taken = self.take(1)
        self.give_back(taken)
        return taken[0] if taken else None

    def give_back(self, rows: list[Row]) -> None:
        """Return the rows taken last to the source."""
        self._waiting = rows + self._waiting


def headings_in(
    row: Sequence[str],
    number: int,
    layout: Layout,
    layouts: Collection[Layout],
    items: Collection[str],
) -> Header | None:
    """Return the headings of a table that a row begins; None if it begins none.

    Args:
        row: its cells as text.
        number: its index in the worksheet.
        layout: the file's dataset.
        layouts: all datasets; the row may be headings of another one.
        items: the items that the text table has columns for.
    """
    header = headings.find(layout, [row])
    if header is None or header.missing(layout) or header.repeated():
        return None
    if header.wrong_unit(layout) or not {*header.items} - {None} <= {*items}:
        return None
    for other in layouts:
        fit = headings.find(other, [row]) if other != layout else None
        if fit is not None and not fit.missing(other) and fit.hits > header.hits:
            return None
    return replace(header, first=number, last=number)
