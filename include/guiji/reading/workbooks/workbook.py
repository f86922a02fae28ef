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
from guiji.reading.kinds import Kind
from guiji.reading.result import Reading
from guiji.reading.workbooks import biff, preflight, sheets
from guiji.reading.workbooks.facts import Facts
from guiji.reading.workbooks.grid import Grid, skipped
from guiji.reading.workbooks.sheets import Request

HIDDEN = "隐藏的工作表，未读取"
NO_CELLS = "空工作表"
NO_TABLE = "不是单元格工作表（图表或宏），未读取"


def read(request: Request) -> Reading:
    """Read a workbook of kind XLSX, XLS or ODS.

    Raises:
        BatchRefused: see `read.read_file`.
    """
    path, kind, name = request.path, request.kind, request.name
    book = request.scratch / f"workbook.{kind.value}"  # readers look at the suffix
    if kind is Kind.XLS:
        facts = biff.look(path, name)
        book.symlink_to(path.resolve())
    else:
        facts = preflight.check(path, book, kind, name, request.limits)
    grids = _grids(request, book, facts)
    return sheets.read(request, grids, facts.remarks, facts.returned_batch)


def _grids(request: Request, path: Path, facts: Facts) -> list[Grid]:
    """Load the visible worksheets."""
    name = request.name
    try:
        book = load_workbook(path)
        if len(book.sheets_metadata) > request.limits.sheets:
            raise refusals.too_big(name, "too many worksheets")
        return [_grid(book, i, facts) for i in range(len(book.sheets_metadata))]
    except PasswordError as error:
        raise refusals.encrypted(name) from error
    except (CalamineError, OSError, ValueError) as error:
        why = f"the workbook reader gave {type(error).__name__}"
        raise refusals.unreadable(name, why) from error


def _grid(book: CalamineWorkbook, position: int, facts: Facts) -> Grid:
    meta = book.sheets_metadata[position]
    if meta.typ != SheetTypeEnum.WorkSheet:
        return skipped(meta.name, NO_TABLE)
    if meta.visible != SheetVisibleEnum.Visible:
        return skipped(meta.name, HIDDEN)
    cells = book.get_sheet_by_index(position)
    found = facts.lost.get(position, {})
    if not cells.height and not found:
        return skipped(meta.name, NO_CELLS)
    return Grid(
        name=meta.name,
        rows=cells.iter_rows,
        left=0 if cells.start is None else cells.start[1],
        merged=cells.merged_cell_ranges or facts.merged.get(position) or (),
        lost=found,
    )
