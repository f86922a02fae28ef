"""Why a workbook has no heading row: it is too far down, or its cells were not split.

It is asked only about a workbook that is refused anyway.
"""

import re
from collections.abc import Sequence
from itertools import islice

from guiji.core.errors import BatchRefused
from guiji.reading import heading_refusals, headings
from guiji.reading.headings import LEAST, LOOK_AT, SHARE, item_of
from guiji.reading.layout import Layout
from guiji.reading.workbooks.cells import text_column
from guiji.reading.workbooks.grid import Grid

LAST = 5_000
"""Row down to which headings are looked for."""

BETWEEN = re.compile(r"[,\uff0c;\uff1b\t|\uff5c\u3001^~]+|\s{2,}")
"""Delimiters of headings that stand in one cell; several blanks are one."""

LONGEST = 2_000
"""Characters of a cell that is looked at."""


def cause(
    name: str, grids: Sequence[Grid], layouts: Sequence[Layout], refusal: BatchRefused
) -> BatchRefused:
    """Return the true reason of a refusal for want of headings, else the refusal.

    Args:
        name: the file as the department named it.
        grids: its worksheets that may be data.
        layouts: the datasets of the department.
        refusal: what it is refused for.
    """
    if refusal.code not in heading_refusals.WITHOUT_HEADINGS:
        return refusal
    return _late(name, grids, layouts) or _unsplit(name, grids, layouts) or refusal


def _late(
    name: str, grids: Sequence[Grid], layouts: Sequence[Layout]
) -> BatchRefused | None:
    """Find headings below the rows in which they are expected."""
    if any(_has_headings(grid.top(), layouts) for grid in grids):
        return None
    for grid in grids:
        rows = islice(grid.rows(), LOOK_AT, LAST)
        for number, values in enumerate(rows, start=LOOK_AT + 1):
            row = text_column(values)
            if sum(map(bool, row)) > 1 and _has_headings([row], layouts):
                return heading_refusals.late_headings(name, grid.name, number, LOOK_AT)
    return None


def _has_headings(rows: Sequence[Sequence[str]], layouts: Sequence[Layout]) -> bool:
    return any(
        (header := headings.find(layout, rows)) is not None
        and not header.missing(layout)
        for layout in layouts
    )


def _unsplit(
    name: str, grids: Sequence[Grid], layouts: Sequence[Layout]
) -> BatchRefused | None:
    """Find headings in one cell: a text file was pasted and not split."""
    for grid in grids:
        for number, row in enumerate(grid.top(), start=1):
            if any(_holds_headings(cell, layouts) for cell in row):
                return heading_refusals.unsplit_headings(name, grid.name, number)
    return None


def _holds_headings(cell: str, layouts: Sequence[Layout]) -> bool:
    if len(cell) > LONGEST:
        return False
    parts = [part for part in BETWEEN.split(cell) if part.strip()]
    if len(parts) < LEAST:
        return False
    named = [len({item_of(x, part) for part in parts} - {None}) for x in layouts]
    most = max(named, default=0)
    return most >= LEAST and most >= SHARE * len(parts)
