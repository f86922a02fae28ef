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
from guiji.reading.result import Reading, Remark, SheetReading, old_template
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
    grids = [_without_ours(g) for g in grids]
    template = _template(grids, template)
    grids = _without_template(grids, template)
    data = [g for g in grids if g.skipped is None]
    if not data:
        raise refusals.no_data_sheet(request.name)
    tops = {id(g): g.top() for g in data}
    recognised = _recognised(request, data, tops, template)
    headers = {id(g): h for g, h in zip(data, recognised.headers, strict=True) if h}
    readings: list[SheetReading] = []
    stated = [*remarks, *_outdated(template, recognised.layout)]
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


def _template(grids: Sequence[Grid], template: Template | None) -> Template | None:
    """Return the template of ours by its properties, else by the sheet of its notes."""
    for grid in grids:
        if template or grid.skipped or grid.name != template_sheets.NOTES:
            continue
        top = grid.top()
        if returned.is_template_notes(grid.name, top):
            version = template_sheets.version_in(row[0] for row in top if row)
            return Template("", version)
    return template


def _outdated(template: Template | None, layout: Layout) -> list[Remark]:
    """Return the remark on a template that was made for an earlier entry."""
    if template is None or template.dataset not in ("", layout.dataset):
        return []
    if not template.version or template.version == layout.version:
        return []
    return [old_template(template.version, layout.version)]


def _without_template(grids: Sequence[Grid], template: Template | None) -> list[Grid]:
    """Skip the sheets that stand beside the records in a template of ours."""
    if template is None:
        return list(grids)
    return [
        skipped(g.name, returned.TEMPLATE) if g.name and _is_beside(g) else g
        for g in grids
    ]


def _is_beside(grid: Grid) -> bool:
    """Return whether a sheet of a template of ours is its code lists or its notes."""
    if grid.name == template_sheets.CODES:
        return True
    is_read = grid.name == template_sheets.NOTES and not grid.skipped
    return is_read and returned.is_template_notes(grid.name, grid.top())


def _skipped(grid: Grid) -> SheetReading:
    rows = sum(1 for r in grid.rows() if any(v != "" for v in r))
    reason = grid.skipped or NO_HEADINGS
    return SheetReading(grid.name, None, (), rows, reason, ())
