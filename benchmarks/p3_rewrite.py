"""Peers of P3 on Delta Lake: each touched bucket rewritten, and delta-rs's own MERGE.

    python -m benchmarks.p3_rewrite JOB

`load` sorts the rows into 64 buckets, `rewrite` lets DuckDB write every touched bucket
anew and delta-rs commit, `merge` leaves all to delta-rs, `state` counts,
`read` measures an aggregate and look-ups.
"""

import json
import os
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from deltalake import DeltaTable, Schema, WriterProperties
from deltalake.transaction import (
    AddAction,
    RemoveAction,
    create_table_with_add_actions,
)

from benchmarks import p3_rows

KINDS = {
    "date": pa.date32(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
    "integer": pa.int32(),
}
SCHEMA = pa.schema([
    *((name, KINDS.get(k, pa.string())) for name, k in p3_rows.PLATFORM.items()),
    ("payload", pa.string()),
    ("bucket", pa.int32()),
])  # fmt: skip


def load(asked: dict[str, Any]) -> None:
    """Make the table."""
    root, spill = Path(asked["table"]), Path(asked["spill"])
    staged = spill / "split"
    connection = p3_rows.connect(asked["spill"])
    p3_rows.split(connection, asked["rows"], staged)
    adds = []
    for number in range(p3_rows.BUCKETS):
        query = p3_rows.bucket_of(connection, staged, number)
        adds.append(_write(connection, root, number, query))
        shutil.rmtree(staged / f"bucket={number}")
    schema = Schema.from_arrow(SCHEMA)
    create_table_with_add_actions(str(root), schema, adds, partition_by=["bucket"])
    shutil.rmtree(staged)
    p3_rows.done()


def rewrite(asked: dict[str, Any]) -> None:
    """Merge a night by writing every touched bucket anew."""
    root = Path(asked["table"])
    connection = _night(asked)
    table = DeltaTable(str(root))
    held = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    files = {one["partition.bucket"]: one for one in held}
    touched = connection.execute("select distinct bucket from night").fetchall()
    actions: list[AddAction | RemoveAction] = []
    for (number,) in touched:
        old = files[number]
        new = f"(select * from night where bucket = {number})"
        query = p3_rows.merged(f"read_parquet('{root / old['path']}')", new)
        query = f"{query} order by {p3_rows.ORDER}"
        actions.append(_write(connection, root, number, query))
        actions.append(
            RemoveAction(
                path=old["path"],
                partition_values={"bucket": str(number)},
                size=old["size_bytes"],
                deletion_timestamp=_now(),
                data_change=True,
            )
        )
    table.create_write_transaction(actions, "append", table.schema(), ["bucket"])
    p3_rows.done(touched=len(touched))


def merge(asked: dict[str, Any]) -> None:
    """Merge a night by delta-rs's MERGE."""
    source = _night(asked).execute("select * from night").to_arrow_table()
    newer = "s.received_at > t.received_at"
    merger = DeltaTable(asked["table"]).merge(
        source,
        "t.bucket = s.bucket and t.subject = s.subject and t.record_id = s.record_id",
        source_alias="s",
        target_alias="t",
        writer_properties=WriterProperties(compression="ZSTD", compression_level=1),
        max_spill_size=asked.get("spill_bytes"),
    )
    merger = merger.when_matched_update_all(predicate=newer)
    p3_rows.done(**merger.when_not_matched_insert_all().execute())


def state(asked: dict[str, Any]) -> None:
    """Count what the table holds."""
    query = f"select {p3_rows.STATE} from {_held(asked)}"
    connection = p3_rows.connect(asked["spill"])
    p3_rows.done(state=connection.execute(query).fetchall()[0])


def read(asked: dict[str, Any]) -> None:
    """Measure reading."""
    p3_rows.read(p3_rows.connect(asked["spill"]), _held(asked), asked["codes"])


def _held(asked: dict[str, Any]) -> str:
    files = [u.removeprefix("file://") for u in DeltaTable(asked["table"]).file_uris()]
    return f"read_parquet({files}, hive_partitioning = true)"


def _night(asked: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    connection = p3_rows.connect(asked["spill"])
    connection.execute(
        f"create table night as select *, ({p3_rows.BUCKET})::int as bucket "
        f"from ({asked['rows']})"
    )
    return connection


def _write(
    connection: duckdb.DuckDBPyConnection, root: Path, number: int, query: str
) -> AddAction:
    """Write one file of a bucket so that it outlives a power cut."""
    path = root / f"bucket={number}" / f"{uuid.uuid4().hex}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    ((rows,),) = connection.execute(
        f"copy ({query}) to '{path}' ({p3_rows.ROW_GROUPS})"
    ).fetchall()
    for one in (path, path.parent):
        handle = os.open(one, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
    return AddAction(
        path=str(path.relative_to(root)),
        size=path.stat().st_size,
        partition_values={"bucket": str(number)},
        modification_time=_now(),
        data_change=True,
        stats=json.dumps({"numRecords": rows}),
    )


def _now() -> int:
    return int(time.time() * 1000)


if __name__ == "__main__":
    ways: dict[str, Callable[[dict[str, Any]], None]] = {
        "load": load,
        "rewrite": rewrite,
        "merge": merge,
        "state": state,
        "read": read,
    }
    to_do = p3_rows.job()
    ways[to_do["way"]](to_do)
