"""Files of missed deadlines, and how single ones are shown.

A night can have millions of them, so nothing here holds them all.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from guiji.catalog.model import Catalog
from guiji.core import files
from guiji.engine.sql import literal, scan
from guiji.reports.deadlines.csv_lines import KINDS, RESPONSIBLE

PARQUET_NAME, CSV_NAME = "breaches.parquet", "breaches.csv"
ASIDE = "format parquet, compression zstd, compression_level 1, row_group_size 20480"
PIECE = 50_000
"""Lines that are in memory at a time."""


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
    shown["responsible"] = RESPONSIBLE.get(str(breach["responsible"]), "")
    shown["provisional"] = "日历待定" if breach["provisional"] else ""
    return shown
