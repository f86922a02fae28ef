"""Headings that the heading row lacks: they may stand elsewhere in the file.

Nobody is told that a heading is missing who sees it in the file.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from guiji.reading.headings import LONGEST, LOOK_AT, Page, item_of
from guiji.reading.layout import Layout


class Place(NamedTuple):
    """Where a heading stands that is not in the heading row.

    Attributes:
        title: of its item.
        sheet: worksheet; None for text files.
        row: its number.
    """

    title: str
    sheet: str | None
    row: int


def elsewhere(
    layout: Layout, pages: Sequence[Page], absent: Collection[str]
) -> dict[str, Place]:
    """Find absent headings in other rows and on other pages.

    Args:
        layout: the dataset.
        pages: the tops of the file's tables.
        absent: the items that have no column.

    Returns:
        Item -> the first place where its heading stands.
    """
    places: dict[str, Place] = {}
    for page in pages:
        for number, item in _headings(layout, page.rows):
            if item in absent:
                places.setdefault(item, Place(layout.items[item], page.name, number))
    return places


def _headings(
    layout: Layout, rows: Sequence[Sequence[str]]
) -> Iterator[tuple[int, str]]:
    """Yield the number of the row and the item of every cell that is a heading."""
    for number, row in enumerate(rows[:LOOK_AT], start=1):
        for cell in row:
            is_short = bool(cell.strip()) and len(cell) <= LONGEST
            item = item_of(layout, cell) if is_short else None
            if item is not None:
                yield number, item
