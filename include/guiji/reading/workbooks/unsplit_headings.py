"""Headings that stand together in one cell: a text file was pasted and not split.

It is asked only about a workbook that is refused anyway.
"""

import re
from collections.abc import Sequence

from guiji.core.errors import BatchRefused
from guiji.reading import refusals
from guiji.reading.headings import LEAST, SHARE, item_of
from guiji.reading.layout import Layout
from guiji.reading.workbooks.grid import Grid

BETWEEN = re.compile(r"[,\uff0c;\uff1b\t|\uff5c\u3001^~]+|\s{2,}")
"""Delimiters, of which several blanks are one."""

LONGEST = 2_000
"""Characters of a cell that is looked at."""


def cause(
    name: str, grids: Sequence[Grid], layouts: Sequence[Layout], refusal: BatchRefused
) -> BatchRefused:
    """Return the true reason of a refusal, if it is that cells were not split.

    Args:
        name: the file as the department named it.
        grids: its worksheets that may be data.
        layouts: the datasets of the department.
        refusal: what it is refused for.
    """
    if refusal.code not in refusals.WITHOUT_HEADINGS:
        return refusal
    for grid in grids:
        for number, row in enumerate(grid.top(), start=1):
            if any(_holds_headings(cell, layouts) for cell in row):
                return refusals.unsplit_headings(name, grid.name, number)
    return refusal


def _holds_headings(cell: str, layouts: Sequence[Layout]) -> bool:
    if len(cell) > LONGEST:
        return False
    parts = [part for part in BETWEEN.split(cell) if part.strip()]
    if len(parts) < LEAST:
        return False
    named = [len({item_of(x, part) for part in parts} - {None}) for x in layouts]
    most = max(named, default=0)
    return most >= LEAST and most >= SHARE * len(parts)
