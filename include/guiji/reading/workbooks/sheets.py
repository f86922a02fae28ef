"""Worksheets to the text table: which of them are data, and why others are not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from guiji.catalog import template_sheets
from guiji.core.errors import BatchRefused
from guiji.reading import heading_refusals, refusals, returned
from guiji.reading.headings import Cells, Page
from guiji.reading.kinds import Kind
from guiji.reading.layout import Layout
from guiji.reading.limits import Limits
from guiji.reading.recognise import Recognised, recognise
from guiji.reading.result import Reading, Remark, SheetReading
from guiji.reading.returned import Template
from guiji.reading.sink import Sink
from guiji.reading.workbooks import heading_causes
from guiji.reading.workbooks.grid import Grid, skipped
from guiji.reading.workbooks.record_tables import DataSheet

NO_HEADINGS = "没有与采集目录相符的表头，未读取"


@dataclass(frozen=True)
class Request:
    """What is asked of a reader of worksheets; see `read.read_file`.

    Attributes:
        path: the bytes.
        kind: what they are.
        name: the file as the department named it.
        candidates: datasets of the department.
        others: datasets of other departments.
        out: where the text table goes.
        scratch: an empty folder that is removed afterwards.
        limits: what the file may cost.
    """

    path: Path
    kind: Kind
    name: str
    candidates: Sequence[Layout]
    others: Sequence[Layout]
    out: Path
    scratch: Path
    limits: Limits


def read(
    request: Request,
    grids: Sequence[Grid],
    remarks: Sequence[Remark],
    returned_batch: str | None = None,
    template: Template | None = None,
) -> Reading:
    """Write the records of all worksheets of the file's dataset.

    Args:
        request: what is asked.
        grids: the worksheets.
        remarks: what is stated about the file.
        returned_batch: the batch that was returned as this file.
        template: the template of ours that it is, by its properties.

    Raises:
        BatchRefused: see `read.read_file`.
    """
    grids = _without_template([_without_ours(g) for g in grids], template)
    data = [g for g in grids if g.skipped is None]
    if not data:
        raise refusals.no_data_sheet(request.name)
    tops = {id(g): g.top() for g in data}
    recognised = _recognised(request, data, tops, template)
    headers = {id(g): h for g, h in zip(data, recognised.headers, strict=True) if h}
    readings: list[SheetReading] = []
    stated = list(remarks)
    with Sink(request.out, recognised.present_items()) as sink:
        for grid in grids:
            if (header := headers.get(id(grid))) is None:
                readings.append(_skipped(grid))
                continue
            sheet = DataSheet(
                grid, header, recognised, sink, request.name, request.limits
            )
            for table in sheet.tables(tops[id(grid)]):
                readings.append(table.read())
                stated += table.remarks()
    return Reading(
        kind=request.kind.value,
        encoding=None,
        delimiter=None,
        dataset=recognised.layout.dataset,
        sheets=tuple(readings),
        rows_read=sink.rows,
        rows_faulty=sink.faulty,
        remarks=tuple(stated),
        returned_batch=returned_batch,
    )


def _recognised(
    request: Request,
    data: Sequence[Grid],
    tops: Mapping[int, Sequence[Cells]],
    template: Template | None,
) -> Recognised:
    """Return the dataset and the heading rows; else say what became of the headings."""
    name, candidates = request.name, request.candidates
    pages = [Page(grid.name, tops[id(grid)]) for grid in data]
    try:
        return recognise(name, pages, candidates, request.others)
    except BatchRefused as refusal:
        cause = heading_causes.cause(name, data, candidates, refusal)
        layouts = (*candidates, *request.others)
        raise _of_old_template(cause, template, layouts) from refusal


def _of_old_template(
    refusal: BatchRefused, template: Template | None, layouts: Sequence[Layout]
) -> BatchRefused:
    """Return the refusal of headings of an earlier template, if they are such."""
    if template is None or refusal.code != "HEADINGS":
        return refusal
    now = next((x.version for x in layouts if x.dataset == template.dataset), None)
    if not template.version or now in (None, template.version):
        return refusal
    return heading_refusals.old_template(refusal, template.version, now)


def _without_ours(grid: Grid) -> Grid:
    """Skip the sheet that the platform added when it returned a workbook."""
    if grid.skipped is None and returned.may_be_our_sheet(grid.name):
        ours = returned.is_our_sheet(grid.name, grid.top())
        return skipped(grid.name or "", returned.SKIPPED) if ours else grid
    return grid


def _without_template(grids: Sequence[Grid], template: Template | None) -> list[Grid]:
    """Skip the sheets that stand beside the records in a template of ours."""
    notes = [g for g in grids if g.name == template_sheets.NOTES and not g.skipped]
    template_notes = [g for g in notes if returned.is_template_notes(g.name, g.top())]
    if not template_notes and template is None:
        return list(grids)
    ours = {template_sheets.CODES, *(g.name for g in template_notes)}
    return [
        skipped(g.name, returned.TEMPLATE) if g.name and g.name in ours else g
        for g in grids
    ]


def _skipped(grid: Grid) -> SheetReading:
    rows = sum(1 for r in grid.rows() if any(v != "" for v in r))
    reason = grid.skipped or NO_HEADINGS
    return SheetReading(grid.name, None, (), rows, reason, ())
