"""Headings below the rows in which they are looked for: the refusal says where.

It is asked only about a workbook that is refused anyway.
"""

from collections.abc import Sequence
from itertools import islice

from guiji.core.errors import BatchRefused
from guiji.reading import headings, refusals
from guiji.reading.headings import LOOK_AT
from guiji.reading.layout import Layout
from guiji.reading.workbooks.cells import text_column
from guiji.reading.workbooks.grid import Grid

LAST = 5_000
"""Row down to which they are looked for."""


def cause(
    name: str, grids: Sequence[Grid], layouts: Sequence[Layout], refusal: BatchRefused
) -> BatchRefused:
    """Return the true reason of a refusal, if the headings are too far down.

    Args:
        name: the file as the department named it.
        grids: its worksheets that may be data.
        layouts: the datasets of the department.
        refusal: what it is refused for.
    """
    if refusal.code not in refusals.WITHOUT_HEADINGS:
        return refusal
    if any(_is_found(grid.top(), layouts) for grid in grids):
        return refusal
    for grid in grids:
        rows = islice(grid.rows(), LOOK_AT, LAST)
        for number, values in enumerate(rows, start=LOOK_AT + 1):
            row = text_column(values)
            if sum(map(bool, row)) > 1 and _is_found([row], layouts):
                return refusals.late_headings(name, grid.name, number, LOOK_AT)
    return refusal


def _is_found(rows: Sequence[Sequence[str]], layouts: Sequence[Layout]) -> bool:
    return any(
        (header := headings.find(layout, rows)) is not None
        and not header.missing(layout)
        for layout in layouts
    )
