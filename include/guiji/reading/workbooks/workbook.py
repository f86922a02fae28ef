"""Workbooks to worksheets, by python-calamine, which tells a number from its digits."""

from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from guiji.reading import refusals
from guiji.reading.result import Reading
from guiji.reading.workbooks import preflight, sheets, shown_numbers
from guiji.reading.workbooks.facts import Facts
from guiji.reading.workbooks.grid import HIDDEN, NO_CELLS, NO_TABLE, Grid, skipped
from guiji.reading.workbooks.sheets import Request


def read(request: Request) -> Reading:
    """Read a workbook of kind XLSX or ODS.

    Raises:
        BatchRefused: see `read.read_file`.
    """
    path, kind, name = request.path, request.kind, request.name
    book = request.scratch / f"workbook.{kind.value}"  # readers look at the suffix
    facts = preflight.check(path, book, kind, name, request.limits)
    grids = _grids(request, book, facts)
    returned_batch, template = facts.returned_batch, facts.template
    return sheets.read(request, grids, facts.remarks, returned_batch, template)


def _grids(request: Request, path: Path, facts: Facts) -> list[Grid]:
    """Load the visible worksheets."""
    name = request.name
    try:
        book = load_workbook(path)
        if len(book.sheets_metadata) > request.limits.sheets:
            raise refusals.too_big(name, "too many worksheets")
        positions = range(len(book.sheets_metadata))
        return [_grid(book, path, i, facts) for i in positions]
    except PasswordError as error:
        raise refusals.encrypted(name) from error
    except (CalamineError, OSError, ValueError) as error:
        why = f"the workbook reader gave {type(error).__name__}"
        raise refusals.unreadable(name, why) from error


def _grid(book: CalamineWorkbook, path: Path, position: int, facts: Facts) -> Grid:
    meta = book.sheets_metadata[position]
    if meta.typ != SheetTypeEnum.WorkSheet:
        return skipped(meta.name, NO_TABLE)
    if meta.visible != SheetVisibleEnum.Visible:
        return skipped(meta.name, HIDDEN)
    cells = book.get_sheet_by_index(position)
    sheet_facts = facts.sheets[position]
    if not cells.height and not sheet_facts.lost:
        return skipped(meta.name, NO_CELLS)
    return Grid(
        name=meta.name,
        rows=cells.iter_rows,
        left=0 if cells.start is None else cells.start[1],
        facts=sheet_facts,
        since_1904=facts.since_1904,
        shown=shown_numbers.of_sheet(path, position, facts),
    )
