"""A new workbook of what was read, where the department's own cannot be marked.

Cells stand where they stood, so that findings and receipt name the right ones: same
sheet, same column, same row number. Only of large files the rows are left out that
need no look; then a column tells each row's number in the original.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import column_index_from_string, get_column_letter

from guiji.core import workbooks
from guiji.outbox.returned import cells, summary_sheet
from guiji.outbox.returned.batch_summary import BatchSummary
from guiji.outbox.returned.findings_view import (
    Finding,
    FindingsView,
    comment,
    heaviest,
    reason,
)
from guiji.reading import returned
from guiji.reading.result import Reading, SheetReading

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


@dataclass(frozen=True)
class BuildRequest:
    """What is asked of `build`.

    Attributes:
        findings: the findings.
        about: what the summary says beside them.
        reading: how the file was read.
        text: its text table.
        titles: item -> heading.
        instant: the time that the workbook states.
        whole: cells up to which all rows are given.
        most: cells that are given at most.
    """

    findings: FindingsView
    about: BatchSummary
    reading: Reading
    text: Path
    titles: Mapping[str, str]
    instant: datetime
    whole: int
    most: int


def build(asked: BuildRequest, out: Path) -> None:
    """Write a workbook of the delivered values, as text."""
    book = Workbook(write_only=True)
    maker = _Maker(asked, book)
    for tables in asked.reading.data_sheets():
        maker.add(tables)
    about = asked.about.noting(*maker.notes())
    summary_sheet.add(book, asked.findings, about, maker.shown)
    workbooks.save(book, out, asked.instant)


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
        self, asked: BuildRequest, reading: SheetReading, below: SheetReading | None
    ) -> None:
        """Begin a table.

        Args:
            asked: what is asked.
            reading: how it was read.
            below: how the next table of the sheet was read; None if it is the last.
        """
        self._asked = asked
        self._reading = reading
        self._end = below and below.header_row
        self.sheet = reading.name
        columns = [c for c in reading.columns if not returned.is_our_column(c.heading)]
        places = [column_index_from_string(c.letter) for c in columns]
        self.items: list[str | None] = [None] * max(places, default=0)
        for place, column in zip(places, columns, strict=True):
            self.items[place - 1] = column.item if column.used else None

    def rows(self, only: pa.Array | None) -> Iterator[_Delivered]:
        """Yield the rows in order.

        Args:
            only: numbers of those to be given; None = all.
        """
        leading = ["source_sheet", "source_row", "fault", "raw_line"]
        named = [item for item in self.items if item]
        file = pq.ParquetFile(self._asked.text)
        for batch in file.iter_batches(BATCH, columns=[*leading, *named]):
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
        delimiter = self._asked.reading.delimiter
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

    def __init__(self, asked: BuildRequest, book: Workbook) -> None:
        self._asked = asked
        self._book = book
        self._wide = 1 + max(len(s.columns) for s in asked.reading.sheets)
        self._left = asked.most // self._wide
        self._cut = self._unshown = self._dropped = 0
        self.shown: dict[str, str] = {}

    @cached_property
    def _chosen(self) -> bool:
        """Whether only the rows with findings are given."""
        file = pq.ParquetFile(self._asked.text)
        if file.metadata.num_rows * self._wide > self._asked.whole:
            return True
        rows = file.read(columns=["source_row"])["source_row"]
        return (pc.max(rows).as_py() or 0) > LAST_ROW

    def notes(self) -> list[str]:
        """Describe what is not as in the original."""
        found = [REBUILT]
        if self._chosen:
            full = self._asked.about.full
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
        sheet = self._book.create_sheet(name or TABLE)
        writer = _Writer(sheet, self._asked.findings, name, numbered=self._chosen)
        only = None
        if self._chosen:
            rows = [row for sheet_, row in self._asked.findings.rows if sheet_ == name]
            only = pa.array(rows, pa.int32())
        else:
            self.shown[name or ""] = sheet.title
        at = 0
        for table, below in zip(tables, [*tables[1:], None], strict=True):
            source = _Source(self._asked, table, below)
            at = at + 1 if self._chosen else table.header_row or 1
            titles = [self._asked.titles.get(i or "", "") for i in source.items]
            writer.headings(at, titles)
            at = self._add_rows(writer, source, only, at)

    def _add_rows(
        self, writer: "_Writer", source: _Source, only: pa.Array | None, at: int
    ) -> int:
        """Add the rows of a table below row `at`; return the last one written."""
        name = source.sheet
        for row in source.rows(only):
            if self._admitted(row, bad=(name, row.number) in self._asked.findings.rows):
                at = at + 1 if self._chosen else row.number
                writer.row(at, row)
        return at

    def _admitted(self, row: _Delivered, *, bad: bool) -> bool:
        """Decide whether a row is given; count it if it is not."""
        long = sum(len(text) > cells.LONGEST for text in row.texts if text)
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
        self, sheet: Any, findings: FindingsView, name: str | None, *, numbered: bool
    ) -> None:
        self._sheet = sheet
        self._told = findings
        self._name = name
        self._numbered = numbered
        self._at = 0
        self._plain = WriteOnlyCell(sheet)
        self._plain.number_format = cells.TEXT

    def headings(self, row: int, titles: Sequence[str]) -> None:
        """Write the headings into a row; every column is text."""
        sheet = self._sheet
        texts = [*titles, returned.REASON]
        if self._numbered:
            texts.insert(-1, returned.ROW_NUMBER)
        for number, text in enumerate(texts if not self._at else (), start=1):
            width = min(max(NARROWEST, 2 * len(text) + 4), WIDEST)
            column = sheet.column_dimensions[get_column_letter(number)]
            column.width = cells.REASON_WIDTH if number == len(texts) else width
            column.number_format = cells.TEXT
        if not self._at:
            sheet.freeze_panes = f"A{row + 1}"
        look = {
            "font": cells.BOLD,
            "fill": cells.HEADING_FILL,
            "border": cells.GRID,
            "alignment": cells.WRAPPED,
        }
        line = [cells.text_cell(sheet, t, **look) if t else None for t in texts]
        self._append(row, line)

    def row(self, at: int, row: _Delivered) -> None:
        """Write a delivered row into row `at`."""
        found = self._told.rows.get((self._name, row.number), [])
        said = reason(found) if found else ""
        if found:
            height = cells.height([(said, cells.REASON_WIDTH)])
            self._sheet.row_dimensions[at].height = height
        self._append(at, self._cells(row, found, said))

    def _append(self, at: int, line: Any) -> None:
        while self._at < at - 1:
            self._sheet.append([])
            self._at += 1
        self._sheet.append(line)
        self._at += 1

    def _cells(
        self, row: _Delivered, findings: Sequence[Finding], said: str
    ) -> Iterator[Any]:
        """Make the cells of a row, one after the other.

        openpyxl writes each before it asks for the next; so those without a colour
        are one object, which spares a third of the time.
        """
        marked = {f.source_column for f in findings if f.source_column}
        for place, text in enumerate(row.texts, start=1):
            letter = get_column_letter(place) if marked else ""
            if letter in marked:
                yield self._marked(row.number, letter, text or "")
            else:
                yield self._text(text) if text else None
        if self._numbered:
            yield self._text(str(row.number))
        if findings:
            yield self._coloured(said, findings, alignment=cells.WRAPPED)

    def _text(self, text: str) -> Any:
        if text.startswith(cells.FORMULA_SIGNS):
            return cells.text_cell(self._sheet, text, number_format=cells.TEXT)
        cells.put(self._plain, text)
        return self._plain

    def _marked(self, number: int, letter: str, text: str) -> Any:
        found = self._told.cells[self._name, number, letter]
        cell = self._coloured(text, found)
        cell.comment = cells.remark(comment(found))
        return cell

    def _coloured(self, text: str, findings: Sequence[Finding], **styles: Any) -> Any:
        colour = cells.fill(heaviest(findings))
        if colour is not None:
            styles["fill"] = colour
        return cells.text_cell(
            self._sheet, text, number_format=cells.TEXT, border=cells.GRID, **styles
        )
