"""Peer of P3: DuckLake, in an environment of its own with the DuckDB that it needs.

    OTHER_PYTHON -m benchmarks.p3_lake JOB

The extension comes as a wheel of a third party; DuckDB loads it only if it bears
DuckDB's own signature. The catalogue is a DuckDB file.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import p3_rows

PACKAGES = ("duckdb==1.5.5", "duckdb-extension-ducklake==1.5.5")


def load(asked: dict[str, Any]) -> None:
    """Make the table from the files of `p3_rewrite`."""
    connection = _attach(asked)
    kinds = {**p3_rows.PLATFORM, "payload": "varchar", "bucket": "integer"}
    listed = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    connection.execute(f"create table lake.records ({listed})")
    connection.execute("alter table lake.records set partitioned by (bucket)")
    for folder in sorted(Path(asked["sorted"]).glob("bucket=*")):
        number = folder.name.removeprefix("bucket=")
        connection.execute(
            f"insert into lake.records select *, {number}::int from "
            f"read_parquet('{folder}/*.parquet', hive_partitioning = false)"
        )
    p3_rows.done()


def merge(asked: dict[str, Any]) -> None:
    """Merge a night by DuckLake's MERGE."""
    connection = _attach(asked)
    columns = (*p3_rows.COLUMNS, "bucket")
    connection.execute(
        f"create temp table night as select {', '.join(p3_rows.COLUMNS)}, "
        f"({p3_rows.BUCKET})::int as bucket from ({asked['rows']}) "
        f"order by bucket, {p3_rows.ORDER}"
    )
    sets = ", ".join(f"{column} = n.{column}" for column in columns)
    connection.execute(f"""
        merge into lake.records as o using night as n
        on o.bucket = n.bucket and o.subject = n.subject and o.record_id = n.record_id
        when matched and {p3_rows.NEWER} then update set {sets}
        when not matched then insert ({", ".join(columns)})
        values ({", ".join(f"n.{column}" for column in columns)})
    """)
    p3_rows.done()


def state(asked: dict[str, Any]) -> None:
    """Count what the table holds."""
    query = f"select {p3_rows.STATE} from lake.records"
    p3_rows.done(state=_attach(asked).execute(query).fetchall()[0])


def read(asked: dict[str, Any]) -> None:
    """Measure reading."""
    p3_rows.read(_attach(asked), "lake.records", asked["codes"])


def _attach(asked: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    root = Path(asked["table"])
    root.mkdir(parents=True, exist_ok=True)
    connection = p3_rows.connect(asked["spill"])
    package = Path(duckdb.__file__).parents[1] / "duckdb_extension_ducklake"
    (extension,) = package.rglob("ducklake.duckdb_extension")
    connection.execute(f"load '{extension}'")
    connection.execute(
        f"attach 'ducklake:{root / 'catalog.ducklake'}' as lake "
        f"(data_path '{root / 'data'}')"
    )
    for option, value in {
        "parquet_compression": "'zstd'",
        "parquet_compression_level": "1",
        "parquet_row_group_size": "100000",
    }.items():
        connection.execute(f"call lake.set_option('{option}', {value})")
    return connection


if __name__ == "__main__":
    ways: dict[str, Callable[[dict[str, Any]], None]] = {
        "load": load,
        "merge": merge,
        "state": state,
        "read": read,
    }
    to_do = p3_rows.job()
    ways[to_do["way"]](to_do)
