"""Workbooks to text, cell by cell; runs in the child process only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from guiji.reading import preflight, refusals
from guiji.reading.cells import text_column
from guiji.reading.headings import LOOK_AT, Header
from guiji.reading.kinds import Kind
from guiji.reading.layout import Layout
from guiji.reading.limits import Limits
from guiji.reading.lines import LOST
from guiji.reading.recognise import Page, recognise
from guiji.reading.records import BATCH, Fault
from guiji.reading.result import ColumnReading, Reading, SheetReading, letter
from guiji.reading.sink import Sink, Table
from guiji.reading.titles import columns_of, titles

HIDDEN = "隐藏的工作表，未读取"
NO_CELLS = "空工作表"
NO_TABLE = "不是单元格工作表（图表或宏），未读取"
NO_HEADINGS = "没有与采集目录相符的表头，未读取"


@dataclass
class _Sheet:
    """A worksheet on its way: its cells, or the reason why it is skipped."""

    name: str
    position: int
    cells: CalamineSheet | None
    skipped: str | None
    top: Sequence[Sequence[str]]


def read(
    path: Path,
    kind: Kind,
    name: str,
    candidates: Sequence[Layout],
    others: Sequence[Layout],
    out: Path,
    limits: Limits,
) -> Reading:
    """Read a workbook of one of `kinds.WORKBOOKS` into the Parquet file `out`.

    The other arguments and the refusals are those of `read.read_file`.
    """
    if kind in (Kind.XLSX, Kind.ODS):
        preflight.check(path, name, limits)
    lost = preflight.lost_cells(path, name) if kind is Kind.XLSX else {}
    sheets = _open(path, kind, name, limits)
    data = [s for s in sheets if s.cells is not None]
    if not data:
        raise refusals.no_data_sheet(name)
    pages = [Page(s.name, s.top) for s in data]
    found = recognise(name, pages, candidates, others)
    pairs = zip(data, found.headers, strict=True)
    headers = {s.position: header for s, header in pairs if header is not None}
    present = {item for header in headers.values() for item in header.items}
    with Sink(out, [i for i in found.layout.items if i in present]) as sink:
        readings = [
            _sheet(s, headers.get(s.position), found.layout, sink, lost) for s in sheets
        ]
    if sink.rows > limits.rows:
        raise refusals.too_big(name, f"more than {limits.rows} rows")
    return Reading(
        kind=kind.value,
        encoding=None,
        delimiter=None,
        dataset=found.layout.dataset,
        sheets=tuple(readings),
        rows_read=sink.rows,
        rows_faulty=sink.faulty,
    )


def _open(path: Path, kind: Kind, name: str, limits: Limits) -> list[_Sheet]:
    """Load the visible worksheets; the reader chooses its format by the suffix."""
    with TemporaryDirectory() as folder:
        link = Path(folder) / f"workbook.{kind.value}"
        link.symlink_to(path.resolve())
        try:
            book = load_workbook(link)
            if len(book.sheets_metadata) > limits.sheets:
                raise refusals.too_big(name, "too many worksheets")
            return [_load(book, i) for i in range(len(book.sheets_metadata))]
        except PasswordError as error:
            raise refusals.encrypted(name) from error
        except (CalamineError, OSError, ValueError) as error:
            why = f"the workbook reader gave {type(error).__name__}"
            raise refusals.unreadable(name, why) from error


def _load(book: CalamineWorkbook, position: int) -> _Sheet:
    meta = book.sheets_metadata[position]
    if meta.typ != SheetTypeEnum.WorkSheet:
        return _Sheet(meta.name, position, None, NO_TABLE, [])
    if meta.visible != SheetVisibleEnum.Visible:
        return _Sheet(meta.name, position, None, HIDDEN, [])
    cells = book.get_sheet_by_index(position)
    if not cells.height:
        return _Sheet(meta.name, position, None, NO_CELLS, [])
    left = [""] * _offset(cells)
    rows = islice(cells.iter_rows(), LOOK_AT + 1)
    top = [[*left, *text_column(row)] for row in rows]
    return _Sheet(meta.name, position, cells, None, top)


def _offset(cells: CalamineSheet) -> int:
    """Count the empty columns on the left, which the reader leaves out of its rows."""
    return 0 if cells.start is None else cells.start[1]


def _sheet(
    sheet: _Sheet,
    header: Header | None,
    layout: Layout,
    sink: Sink,
    lost: Mapping[int, preflight.Lost],
) -> SheetReading:
    if sheet.cells is None or header is None:
        return _skipped(sheet)
    cells = lost.get(sheet.position, preflight.Lost(frozenset())).cells
    table = Table(sink, sheet.name, header.items, layout.anchors)
    named = [i for i, heading in enumerate(header.headings) if heading]
    stray: set[int] = set()
    first = header.last + 1
    rows = islice(sheet.cells.iter_rows(), first, None)
    for batch in _batches(rows):
        left = [[""] * len(batch)] * _offset(sheet.cells)
        columns = [*left, *map(text_column, zip(*batch, strict=True))]
        stray.update(_filled(columns, named, stray))
        faults = _faults(first, columns, header, cells)
        table.add(first + 1, columns, faults)
        first += len(batch)
    return SheetReading(
        name=sheet.name,
        header_row=header.last + 1,
        columns=_columns(header, stray),
        rows=table.rows,
        skipped=None,
        notes=(*titles(sheet.top[: header.first]), *table.notes),
    )


def _skipped(sheet: _Sheet) -> SheetReading:
    rows = 0
    if sheet.cells is not None:
        rows = sum(1 for r in sheet.cells.iter_rows() if any(v != "" for v in r))
    reason = sheet.skipped or NO_HEADINGS
    return SheetReading(sheet.name, None, (), rows, reason, ())


def _batches(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _filled(
    columns: Sequence[Sequence[str]], named: Sequence[int], known: set[int]
) -> list[int]:
    """Give the columns that have cells but no heading."""
    without = set(range(len(columns))) - set(named) - known
    return [i for i in without if any(cell.strip() for cell in columns[i])]


def _columns(header: Header, stray: set[int]) -> tuple[ColumnReading, ...]:
    """List the columns: those with a heading, and those with cells but without one."""
    beyond = sorted(i for i in stray if i >= len(header.headings))
    extra = (ColumnReading(letter(i), "", None, False) for i in beyond)
    return (*columns_of(header), *extra)


def _faults(
    first: int,
    columns: Sequence[Sequence[str]],
    header: Header,
    lost: frozenset[preflight.Address],
) -> dict[int, Fault]:
    """Find the rows of a batch with lost characters or lost cells.

    Args:
        first: the batch's first row, from 0.
        columns: its cells as text.
        header: the heading row.
        lost: cells of the sheet whose content the reader does not give.
    """
    count = len(columns[0])
    bad: dict[int, tuple[str, int]] = {}
    for row, column in sorted(lost):
        used = column < len(header.items) and header.items[column] is not None
        if used and first <= row < first + count:
            bad.setdefault(row - first, ("CELL_ERROR", column))
    for number, column_cells in enumerate(columns):
        if LOST in "".join(column_cells):
            for index, cell in enumerate(column_cells):
                if LOST in cell:
                    bad.setdefault(index, ("CHARS_LOST", number))
    return {
        index: Fault(code, letter(column), "\t".join(c[index] for c in columns))
        for index, (code, column) in bad.items()
    }
