"""Missed deadlines in files: Parquet for programs, CSV and wording for people.

A night can have millions of them, so nothing here holds them all: DuckDB writes the
Parquet file and words the lines of the CSV file, which pass through in pieces.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from guiji.catalog.model import Catalog
from guiji.core import files
from guiji.core.settings import Settings
from guiji.engine.sql import literal, scan, statement
from guiji.reports.deadlines import clocks

PARQUET_NAME, CSV_NAME = "breaches.parquet", "breaches.csv"
ASIDE = "format parquet, compression zstd, compression_level 1, row_group_size 20480"
PIECE = 50_000
"""Lines that are in memory at a time."""

KINDS = {"delivery": "归集", "publication": "公示", clocks.CYCLE: "更新周期"}
HEADINGS = (
    ("时限种类", "kind"),
    ("时限", "clock"),
    ("单位", "department"),
    ("数据集", "dataset"),
    ("统一社会信用代码", "uscc"),
    ("记录编号", "record_id"),
    ("批次", "batch_id"),
    ("信息产生日期", "event_on"),
    ("到期日", "due_on"),
    ("完成日期", "done_on"),
    ("逾期工作日", "working_days_late"),
    ("日历待定", "provisional"),
    ("依据", "clause"),
)

QUOTED = (
    "case when contains(text, ',') or contains(text, '\"') "
    "or contains(text, chr(10)) or contains(text, chr(13)) "
    "then '\"' || replace(text, '\"', '\"\"') || '\"' else text end"
)
"""A text as a CSV cell, quoted as Python's `csv` does it."""


def put_aside(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    parameters: Mapping[str, object],
    path: Path,
) -> None:
    """Write the rows of a query of missed deadlines, in no order."""
    with files.replacing(path) as temporary:
        target = literal(str(temporary))
        text = f"copy ({query}) to {target} ({ASIDE})"
        connection.execute(text, dict(parameters))


def bind(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Create the view `overdue` over a file of missed deadlines."""
    connection.execute(f"create or replace temp view overdue as from {scan([path])}")


def write_csv(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    catalog: Catalog,
    path: Path,
) -> None:
    """Write the view `overdue` as CSV for people, in its order.

    UTF-8 with a mark, CR LF, cells quoted where they must be.
    """
    _bind_wording(connection, catalog)
    lines = connection.sql(statement(settings, "deadlines/lines"))
    with files.replacing(path) as temporary, temporary.open("wb") as file:
        heading = _csv_line(*(title for title, _ in HEADINGS))
        file.write(f"{heading}\r\n".encode("utf-8-sig"))
        for batch in lines.to_arrow_reader(PIECE):
            file.write(_text(batch.column(0)))


def _bind_wording(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """Create the macros that word a cell."""
    departments = {d.id: d.title for d in catalog.departments.values()}
    datasets = {d.id: d.title for d in catalog.datasets.values()}
    macros = {"csv_cell(text)": QUOTED}
    for name, titles in (
        ("kind_cell", KINDS),
        ("department_cell", departments),
        ("dataset_cell", datasets),
    ):
        cases = " ".join(
            f"when {literal(key)} then {literal(_csv_line(title))}"
            for key, title in titles.items()
        )
        otherwise = "csv_cell(id)"
        macros[f"{name}(id)"] = (
            f"case id {cases} else {otherwise} end" if cases else otherwise
        )
    for signature, expression in macros.items():
        connection.execute(f"create or replace temp macro {signature} as {expression}")


def _csv_line(*cells: str) -> str:
    """Write cells as a line of CSV, without its end."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def _text(column: pa.Array) -> memoryview:
    """Return the texts of a column without nulls, one after the other, as bytes."""
    _, offsets, content = column.buffers()
    ends = np.frombuffer(offsets, np.int32)[column.offset :]
    return memoryview(content)[ends[0] : ends[len(column)]]


def rows(path: Path, limit: int) -> Iterator[dict[str, object]]:
    """Read the first missed deadlines of a file, a piece at a time."""
    left = limit
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=min(limit, PIECE)):
            yield from batch.slice(0, left).to_pylist()
            left -= min(left, len(batch))
            if not left:
                return


def readable(catalog: Catalog, breach: dict[str, object]) -> dict[str, str]:
    """Word one breach for people: titles for ids, dates as text, blanks for null."""
    department = str(breach["department"])
    dataset = str(breach["dataset"])
    shown = {
        name: "" if value is None else str(value) for name, value in breach.items()
    }
    shown["kind"] = KINDS[str(breach["kind"])]
    if department in catalog.departments:
        shown["department"] = catalog.departments[department].title
    if dataset in catalog.datasets:
        shown["dataset"] = catalog.datasets[dataset].title
    shown["provisional"] = "日历待定" if breach["provisional"] else ""
    return shown
