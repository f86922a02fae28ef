"""What a returned workbook costs, and what openpyxl takes for the same cells.

    python -m benchmarks.returned_workbooks [BOOKS]

Files of 15 columns, a finding in every seventh row, come back as a night gives them
back: one server forks a process for each. A text file comes back as a new workbook, an
xlsx as the marked original. CPU seconds are those of all processes together, the start
of the server included, by workbook; `openpyxl_seconds` is what openpyxl takes to write
the cells of that new workbook with their looks and comments, loaded and warm, without
reading anything; `ratio` is ours against it.
"""

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from copy import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment

from benchmarks import p6_data
from guiji.core.schemas import FINDINGS
from guiji.outbox.returned.batch_summary import BatchSummary
from guiji.outbox.returned.findings_view import COLUMNS
from guiji.outbox.returned.job import MARKED, PLAIN, Job
from guiji.reading import limits
from guiji.reading.processes import children
from guiji.reading.read import TEXT, read_file
from guiji.reading.result import Reading

BOOKS = 20
TIMES = 3
CELLS = (2_000, 4_000, 10_000)
EVERY = 7
KINDS = {"csv": PLAIN, "xlsx": MARKED}
LOOKS = ("font", "fill", "border", "alignment", "number_format")


def run(books: int = BOOKS) -> Iterator[dict[str, object]]:
    """Give back so many workbooks of each kind and size; yield the cost of one."""
    for cells in CELLS:
        rows = cells // len(p6_data.HEADINGS)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            p6_data.write(folder / "file.csv", rows, "utf-8")
            _as_xlsx(folder / "file.csv", folder / "file.xlsx")
            for kind, way in KINDS.items():
                yield _line(folder, kind, way, rows, books)


def _line(
    folder: Path, kind: str, way: str, rows: int, books: int
) -> dict[str, object]:
    """Measure one kind and size; of several runs the median counts."""
    job = _job(folder, kind, rows)
    bounds = limits.returning(limits.of([p6_data.dataset()]))
    task = job.line(way, bounds, folder / "slots")
    each = statistics.median(_each(task, books) for _ in range(TIMES))
    line: dict[str, object] = {
        "what": f"a returned workbook, {way}, of a {kind}",
        "cells": rows * len(p6_data.HEADINGS),
        "books": books,
        "cpu_seconds_each": round(each, 4),
    }
    if way == PLAIN:
        beside = _by_openpyxl(job.out, folder / "beside.xlsx")
        line |= {"openpyxl_seconds": round(beside, 4), "ratio": round(each / beside, 2)}
    return line


def _as_xlsx(source: Path, target: Path) -> None:
    book = openpyxl.Workbook()
    for line in source.read_text("utf-8").splitlines():
        book.active.append(line.split(","))
    book.save(target)


def _job(folder: Path, kind: str, rows: int) -> Job:
    """Read a file and find something in every seventh row."""
    out, dataset = folder / kind, p6_data.dataset()
    reading = read_file(folder / f"file.{kind}", f"行政许可信息.{kind}", [dataset], out)
    found = [_finding(reading, row) for row in range(2, rows + 2, EVERY)]
    findings = folder / f"{kind}.parquet"
    table = pa.Table.from_pylist(found, schema=FINDINGS).select(COLUMNS)
    pq.write_table(table, findings)
    return Job(
        original=folder / f"file.{kind}",
        text=out / TEXT,
        findings=findings,
        out=folder / f"{kind}.returned.xlsx",
        scratch=folder,
        about=BatchSummary("b", [("报送文件", kind)], (), False, False, ("信用办",)),
        reading=reading,
        titles={item.id: item.title for item in dataset.items},
        instant=datetime(2026, 11, 20, tzinfo=UTC),
    )


def _finding(reading: Reading, row: int) -> dict[str, Any]:
    return {
        "batch_id": "b",
        "source_sheet": reading.sheets[0].name,
        "source_row": row,
        "source_column": "B",
        "rule_id": "administrative_licence.uscc.form",
        "severity": "critical",
        "title": "统一社会信用代码",
        "message": "“统一社会信用代码”不是18位。",
        "remedy": "请对照营业执照更正。",
        "clause": "GB 32100-2015",
    }


def _each(task: str, books: int) -> float:
    """Have a job done so many times by one server; return CPU seconds of one.

    Raises:
        RuntimeError: no workbook was made.
    """
    before = _of_children()
    for _ in range(books):
        ended = children.ask(task)
        if ended is None or "made" not in json.loads(ended.said):
            raise RuntimeError(f"no workbook: {ended}")
    children.end()  # only then the costs of its forks are known here
    return (_of_children() - before) / books


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _by_openpyxl(ours: Path, target: Path) -> float:
    """Have openpyxl write the cells of a workbook anew; return CPU seconds.

    Raises:
        RuntimeError: it did not write the same.
    """
    book = openpyxl.load_workbook(ours)
    seconds = statistics.median(_rewrite(book, target) for _ in range(TIMES))
    again = openpyxl.load_workbook(target)
    for sheet in book.worksheets:
        if _texts(sheet) != _texts(again[sheet.title]):
            raise RuntimeError(f"{sheet.title} is not the same")
    return seconds


def _texts(sheet: Any) -> list[Any]:
    """Return the cells of a sheet that hold something, with their comments."""
    return [
        (cell.coordinate, cell.value, cell.comment and cell.comment.text)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


def _rewrite(book: Any, target: Path) -> float:
    made = openpyxl.Workbook(write_only=True)
    cells = {sheet.title: list(sheet.iter_rows()) for sheet in book.worksheets}
    started = time.process_time()
    for title, rows in cells.items():
        sheet, drawn = made.create_sheet(title), {}
        for row in rows:
            sheet.append(_drawn(sheet, cell, drawn) for cell in row)
    made.save(target)
    return time.process_time() - started


def _drawn(sheet: Any, cell: Any, drawn: dict[int, Any]) -> Any:
    """Make a cell; those of one look are one object, which openpyxl writes at once."""
    if cell.value is None:
        return None
    known = drawn.get(cell.style_id)
    if known is None:
        known = drawn[cell.style_id] = WriteOnlyCell(sheet)
        for look in LOOKS:
            setattr(known, look, copy(getattr(cell, look)))
    known.value = cell.value
    known.comment = None
    if cell.comment is not None:
        known.comment = Comment(cell.comment.text, "归集平台")
    return known


if __name__ == "__main__":
    for line in run(int(sys.argv[1]) if len(sys.argv) > 1 else BOOKS):
        print(json.dumps(line, ensure_ascii=False), flush=True)
