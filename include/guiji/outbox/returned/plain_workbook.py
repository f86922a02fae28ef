"""A new workbook of what was read, where the department's own cannot be marked.

Cells stand where they stood, so that findings and receipt name the right ones: same
sheet, same column, same row number. Only of large files the rows are left out that
need no look; then a column tells each row's number in the original.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guiji.outbox.returned import summary_sheet, workbook_xml
from guiji.outbox.returned.findings_view import (
    FindingsView,
    comment,
    heaviest,
    reason,
)
from guiji.outbox.returned.job import Job
from guiji.outbox.returned.sheet_model import (
    COLOURS,
    HEADING,
    LONGEST,
    REASON_WIDTH,
    Look,
    SheetCell,
    SheetLayout,
    reason_look,
    row_height,
)
from guiji.outbox.returned.workbook_xml import WorkbookWriter
from guiji.outbox.returned.worksheet_xml import Worksheet
from guiji.reading import returned
from guiji.reading.limits import Limits
from guiji.reading.result import SheetReading
from guiji.reading.workbooks.lost import column_index

LAST_ROW = 1_048_576
NARROWEST, WIDEST = 20, 34
BATCH = 5_000
TABLE = "报送数据"
"""Sheet of a file that has no sheets."""

REBUILT = (
    "本工作簿由平台按读取结果重排，行、列位置与原文件一致；"
    "原有格式、表头以上的标题行、合计行和采集目录以外的列未带回。"
)
CHOSEN = (
    "原文件较大，本工作簿只列出有问题的行，原来的行号见“{0}”列；"
    "改正后只报本工作簿即可，其余行不必重报。"
)
CUT = "有 {0} 个单元格超过电子表格的上限（32767 字），已截断，请以原文件为准。"
UNSHOWN = "另有 {0} 行有问题而未列出，见同名 receipt.json。"
DROPPED = "有 {0} 个已接收的行含有超长的单元格，未列出，不必重报。"


def make(job: Job, limits: Limits) -> None:
    """Write a workbook of the delivered values, as text.

    Args:
        job: what it is made of.
        limits: cells up to which all rows are given, and cells that are given at most.
    """
    findings = FindingsView.load(job.findings)
    with workbook_xml.written(job.out) as book:
        maker = _Maker(job, findings, limits, book)
        for tables in job.reading.data_sheets():
            maker.add(tables)
        about = job.about.noting(*maker.notes())
        page = summary_sheet.rows(findings, about, maker.shown)
        with book.sheet(summary_sheet.LAYOUT) as sheet:
            for number, row in enumerate(page, start=1):
                sheet.row(number, row.cells, row.height, is_spanning=row.is_spanning)
        book.finish(job.instant, returned.PROPERTY, about.batch_id)


@dataclass(frozen=True)
class _Delivered:
    """A row as it was read: its number, and the text of each column from A on."""

    number: int
    texts: Sequence[str | None]


class _Source:
    """The rows of one table of a sheet in the text table.

    Attributes:
        sheet: its worksheet, None for text files.
        items: item of each column from A on, None where it was not read.
    """

    def __init__(
        self, job: Job, reading: SheetReading, below: SheetReading | None
    ) -> None:
        """Begin a table.

        Args:
            job: what the workbook is made of.
            reading: how it was read.
            below: how the next table of the sheet was read; None if it is the last.
        """
        self._job = job
        self._reading = reading
        self._end = below and below.header_row
        self.sheet = reading.name
        columns = [c for c in reading.columns if not returned.is_our_column(c.heading)]
        places = [column_index(c.letter.encode()) for c in columns]
        self.items: list[str | None] = [None] * (1 + max(places, default=-1))
        for place, column in zip(places, columns, strict=True):
            self.items[place] = column.item if column.used else None

    def rows(self, only: pa.Array | None) -> Iterator[_Delivered]:
        """Yield the rows in order.

        Args:
            only: numbers of those to be given; None = all.
        """
        leading = ["source_sheet", "source_row", "fault", "raw_line"]
        named = [item for item in self.items if item]
        file = pq.ParquetFile(self._job.text)
        for batch in file.iter_batches(
            BATCH, columns=[*leading, *named], use_threads=False
        ):
            mask = self._mine(batch["source_sheet"], batch["source_row"])
            if only is not None:
                mask = pc.and_(mask, pc.is_in(batch["source_row"], only))
            chosen = batch.filter(mask)
            nothing = [None] * len(chosen)
            texts = [chosen[i].to_pylist() if i else nothing for i in self.items]
            told = zip(*(chosen[c].to_pylist() for c in leading[1:]), strict=True)
            for (number, fault, raw), *cells_ in zip(told, *texts, strict=True):
                row = cells_ if fault is None else self._raw(raw or "")
                yield _Delivered(number, row)

    def _mine(self, sheets: pa.Array, rows: pa.Array) -> pa.Array:
        name = self._reading.name
        mine = pc.is_null(sheets) if name is None else pc.equal(sheets, name)
        mine = pc.and_(mine, pc.greater(rows, self._reading.header_row or 0))
        if self._end is not None:
            mine = pc.and_(mine, pc.less(rows, self._end))
        return pc.fill_null(mine, False)

    def _raw(self, line: str) -> Sequence[str | None]:
        """Split an unreadable line into cells; into one if the counts differ."""
        width = len(self.items)
        delimiter = self._job.reading.delimiter
        try:
            parts = (
                line.split("\t")
                if delimiter is None
                else next(csv.reader([line], delimiter=delimiter), [])
            )
        except csv.Error:
            parts = []
        return parts if len(parts) == width else [line, *[None] * (width - 1)]


class _Maker:
    """Adds data sheets to a workbook and counts what it leaves out."""

    def __init__(
        self, job: Job, findings: FindingsView, limits: Limits, book: WorkbookWriter
    ) -> None:
        self._job = job
        self._findings = findings
        self._limits = limits
        self._book = book
        self._wide = 1 + max(len(s.columns) for s in job.reading.sheets)
        self._left = limits.returned_cells // self._wide
        self._cut = self._unshown = self._dropped = 0
        self.shown: dict[str, str] = {}

    @cached_property
    def _chosen(self) -> bool:
        """Whether only the rows with findings are given."""
        file = pq.ParquetFile(self._job.text)
        if file.metadata.num_rows * self._wide > self._limits.whole_cells:
            return True
        rows = file.read(["source_row"], use_threads=False)["source_row"]
        return (pc.max(rows).as_py() or 0) > LAST_ROW

    def notes(self) -> list[str]:
        """Describe what is not as in the original."""
        found = [REBUILT]
        if self._chosen:
            full = self._job.about.full
            found = [summary_sheet.FULL if full else CHOSEN.format(returned.ROW_NUMBER)]
        for note, count in (
            (CUT, self._cut),
            (UNSHOWN, self._unshown),
            (DROPPED, self._dropped),
        ):
            if count:
                found.append(note.format(count))
        return found

    def add(self, tables: Sequence[SheetReading]) -> None:
        """Add a data sheet: its tables below one another, as they stood."""
        name = tables[0].name
        lower = [*tables[1:], None]
        sources = [
            _Source(self._job, table, below)
            for table, below in zip(tables, lower, strict=True)
        ]
        headings = [self._headings(source) for source in sources]
        first = 1 if self._chosen else tables[0].header_row or 1
        with self._book.sheet(_layout(name or TABLE, headings[0], first)) as sheet:
            writer = _Writer(sheet, self._findings, name, numbered=self._chosen)
            at = 0
            for table, source, texts in zip(tables, sources, headings, strict=True):
                at = at + 1 if self._chosen else table.header_row or 1
                writer.headings(at, texts)
                at = self._add_rows(writer, source, at)
        if not self._chosen:
            self.shown[name or ""] = sheet.layout.name

    def _headings(self, source: "_Source") -> list[str]:
        """Return the headings of a table, ours included."""
        ours = [returned.ROW_NUMBER] if self._chosen else []
        titles = [self._job.titles.get(item or "", "") for item in source.items]
        return [*titles, *ours, returned.REASON]

    def _add_rows(self, writer: "_Writer", source: _Source, at: int) -> int:
        """Add the rows of a table below row `at`; return the last one written."""
        name, marked = source.sheet, self._findings.rows
        only = None
        if self._chosen:
            only = pa.array([row for sheet, row in marked if sheet == name], pa.int32())
        for row in source.rows(only):
            if self._admitted(row, bad=(name, row.number) in marked):
                at = at + 1 if self._chosen else row.number
                writer.row(at, row)
        return at

    def _admitted(self, row: _Delivered, *, bad: bool) -> bool:
        """Decide whether a row is given; count it if it is not."""
        long = sum(len(text) > LONGEST for text in row.texts if text)
        if long and not bad:  # a cell cut off would change what was accepted
            self._dropped += 1
            return False
        if self._chosen and not self._left:
            self._unshown += 1
            return False
        self._left -= 1
        self._cut += long
        return True


class _Writer:
    """Writes one data sheet from top to bottom."""

    def __init__(
        self,
        sheet: Worksheet,
        findings: FindingsView,
        name: str | None,
        *,
        numbered: bool,
    ) -> None:
        self._sheet = sheet
        self._findings = findings
        self._name = name
        self._numbered = numbered

    def headings(self, row: int, titles: Sequence[str]) -> None:
        """Write the headings into a row."""
        self._sheet.row(row, [t and SheetCell(t, HEADING) for t in titles])

    def row(self, at: int, row: _Delivered) -> None:
        """Write a delivered row into row `at`."""
        cells: list[str | SheetCell | None] = [*row.texts]
        findings = self._findings.rows.get((self._name, row.number), [])
        for name in {f.source_column for f in findings if f.source_column}:
            index = column_index(name.encode())
            if index < len(cells):
                cells[index] = self._marked(row.number, name, row.texts[index])
        if self._numbered:
            cells.append(str(row.number))
        if not findings:
            self._sheet.row(at, cells)
            return
        said = reason(findings)
        cells.append(SheetCell(said, reason_look(heaviest(findings))))
        self._sheet.row(at, cells, row_height([(said, REASON_WIDTH)]))

    def _marked(self, number: int, name: str, text: str | None) -> SheetCell:
        findings = self._findings.cells[self._name, number, name]
        colour = COLOURS.get(heaviest(findings), "")
        look = Look(fill=colour, is_framed=True, is_text=True)
        return SheetCell(text or "", look, comment=comment(findings))


def _layout(name: str, titles: Sequence[str], headings_at: int) -> SheetLayout:
    """Return the layout of a data sheet whose last column holds the reasons."""
    widths = [min(max(NARROWEST, 2 * len(t) + 4), WIDEST) for t in titles[:-1]]
    return SheetLayout(name, [*widths, REASON_WIDTH], frozen_rows=headings_at)
