"""Departments' own databases, from which the platform extracts (数据自动采集).

The changes of a night are kept as a Parquet file beside the sample until the night is
released; releasing writes them into the SQLite file that stands in for the system.
"""

import json
import sqlite3
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from guiji.catalog.model import Dataset, Extract
from guiji.catalog.vocabulary import ItemType
from guiji.core import files
from guiji.sample.draft import Draft
from guiji.sample.ways import Way

MORNING = time(9)
HOW = b"guiji"
"""Key of the Parquet metadata that tells how to write the changes."""

_DECLARED = {ItemType.DATE: "DATE", ItemType.AMOUNT: "DECIMAL(18, 6)"}


def column_of(extract: Extract, dataset: Dataset, item: str) -> str:
    """Name the database column of an item."""
    return extract.columns.get(item) or dataset.item(item).code.lower()


def fits(dataset: Dataset, way: Way) -> bool:
    """Return whether a database can hold a fault, and hold it in a known place.

    The database has columns of fixed number and type and orders rows by their key.
    """
    if way.twin or way.item is None or way.item.startswith("_"):
        return False
    if way.item in dataset.key or ".row." in way.rule_id:
        return False
    return dataset.item(way.item).type not in _DECLARED


def changes(draft: Draft, extract: Extract) -> pa.Table:
    """Make a night's changes: one text column per item, and the watermark."""
    dataset, text = draft.dataset, draft.text
    columns = {
        column_of(extract, dataset, item.id): _null_if_empty(text[item.id])
        for item in dataset.items
    }
    if extract.watermark is not None:
        count = len(text[dataset.key[0]])
        columns[extract.watermark] = _moments(draft.night, count)
    return pa.table(columns)


def row_numbers(
    table: pa.Table, extract: Extract, dataset: Dataset
) -> NDArray[np.int64]:
    """Return in which row of the extract each changed row stands.

    The extract has its headings in row 1 and is ordered by the dataset's key.
    """
    keys = [column_of(extract, dataset, item) for item in dataset.key]
    order = pc.sort_indices(table, [(key, "ascending") for key in keys])
    rank = np.empty(len(table), dtype=np.int64)
    rank[np.asarray(order)] = np.arange(len(table))
    return rank + 2


def _null_if_empty(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _moments(night: date, count: int) -> pa.Array:
    """When each row was written: one after another from nine o'clock on."""
    start = np.datetime64(datetime.combine(night, MORNING), "us")
    moments = start + np.arange(count) * np.timedelta64(1, "ms")
    return pa.array(np.char.replace(moments.astype(str), "T", " "), pa.string())


def store(folder: Path, draft: Draft, extract: Extract, table: pa.Table) -> None:
    """Store a night's changes, and how to write them, until the night is released."""
    dataset = draft.dataset
    declared = {
        column_of(extract, dataset, i.id): _DECLARED.get(i.type, "VARCHAR")
        for i in dataset.items
    }
    if extract.watermark is not None:
        declared[extract.watermark] = "TIMESTAMP"
    how = {
        "database": f"{extract.connection}.db",
        "table": extract.source,
        "columns": declared,
        "key": [column_of(extract, dataset, item) for item in dataset.key],
    }
    table = table.replace_schema_metadata({HOW: json.dumps(how).encode()})
    files.write_parquet(
        folder / f"{extract.connection}.{extract.source}.parquet", table
    )


def release(folder: Path, sources: Path) -> list[Path]:
    """Write stored changes into the databases: a row of the same key is replaced.

    Args:
        folder: where `store` put them; they are removed when they are written.
        sources: folder of the databases.

    Returns:
        The databases, each named after its connection.
    """
    written = []
    for path in sorted(folder.glob("*.parquet")):
        table = pq.read_table(path)
        how = json.loads(table.schema.metadata[HOW])
        sources.mkdir(parents=True, exist_ok=True)
        written.append(sources / how["database"])
        _upsert(written[-1], how, table)
        path.unlink()
    return written


def _upsert(target: Path, how: dict[str, Any], source_table: pa.Table) -> None:
    declared: dict[str, str] = how["columns"]
    columns = ", ".join(f'"{name}" {kind}' for name, kind in declared.items())
    key = ", ".join(f'"{name}"' for name in how["key"])
    table = f'"{how["table"]}"'
    marks = ", ".join("?" for _ in declared)
    rows = zip(*(source_table[name].to_pylist() for name in declared), strict=True)
    connection = sqlite3.connect(target)
    try:
        with connection:
            connection.execute(
                f"create table if not exists {table} ({columns}, primary key ({key}))"
            )
            connection.executemany(
                f"insert or replace into {table} values ({marks})", rows
            )
    finally:
        connection.close()
