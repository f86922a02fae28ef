"""Peers of P3 on Iceberg: pyiceberg's upsert, and its overwrite of touched partitions.

    python -m benchmarks.p3_iceberg JOB

`load` fills a table partitioned by bucket from the files of `p3_rewrite`; `overwrite`
reads every touched partition, lets DuckDB merge and writes it back in one transaction;
`upsert` leaves all to pyiceberg; `state` counts.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.expressions import EqualTo
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import (
    DateType,
    IcebergType,
    IntegerType,
    NestedField,
    StringType,
    TimestamptzType,
)

from benchmarks import p3_rows

NAME = "bench.records"
KINDS: dict[str, IcebergType] = {
    "date": DateType(),
    "timestamptz": TimestamptzType(),
    "integer": IntegerType(),
}
PROPERTIES = {
    "write.parquet.compression-codec": "zstd",
    "write.parquet.compression-level": "1",
    "write.parquet.row-group-limit": "100000",
}


def load(asked: dict[str, Any]) -> None:
    """Make the table."""
    root = Path(asked["table"])
    root.mkdir(parents=True)
    catalog = _catalog(root)
    catalog.create_namespace("bench")
    kinds = {**p3_rows.PLATFORM, "payload": "varchar", "bucket": "integer"}
    fields = [
        NestedField(number, name, KINDS.get(kind, StringType()))
        for number, (name, kind) in enumerate(kinds.items(), 1)
    ]
    spec = PartitionSpec(
        PartitionField(len(fields), 1000, IdentityTransform(), "bucket")
    )
    table = catalog.create_table(
        NAME, Schema(*fields), partition_spec=spec, properties=PROPERTIES
    )
    connection = p3_rows.connect(asked["spill"])
    for folder in sorted(Path(asked["sorted"]).glob("bucket=*")):
        number = folder.name.removeprefix("bucket=")
        table.append(
            connection.execute(
                f"select *, {number}::int as bucket from "
                f"read_parquet('{folder}/*.parquet', hive_partitioning = false)"
            ).to_arrow_table()
        )
    p3_rows.done()


def overwrite(asked: dict[str, Any]) -> None:
    """Merge a night partition by partition."""
    connection = p3_rows.connect(asked["spill"])
    connection.execute(
        f"create table night as select *, ({p3_rows.BUCKET})::int as bucket "
        f"from ({asked['rows']})"
    )
    touched = connection.execute("select distinct bucket from night").fetchall()
    held = _table(asked)
    with held.transaction() as transaction:
        for (number,) in touched:
            part = EqualTo("bucket", number)
            old = held.scan(part).to_arrow()
            connection.register("held", old)
            new = f"(select * from night where bucket = {number})"
            query = p3_rows.merged("held", new)
            rows = connection.execute(
                f"select *, {number}::int as bucket from ({query}) "
                f"order by {p3_rows.ORDER}"
            ).to_arrow_table()
            transaction.overwrite(rows, part)
            connection.unregister("held")
    p3_rows.done(touched=len(touched))


def upsert(asked: dict[str, Any]) -> None:
    """Merge a night, or some of its rows, by pyiceberg alone."""
    connection = p3_rows.connect(asked["spill"])
    night: pa.Table = connection.execute(
        f"select *, ({p3_rows.BUCKET})::int as bucket from ({asked['rows']}) "
        f"order by content_hash limit {asked['first']}"
    ).to_arrow_table()
    found = _table(asked).upsert(night, join_cols=["record_id"])
    p3_rows.done(updated=found.rows_updated, inserted=found.rows_inserted)


def state(asked: dict[str, Any]) -> None:
    """Count what the table holds."""
    files = [
        task.file.file_path.removeprefix("file://")
        for task in _table(asked).scan().plan_files()
    ]
    connection = p3_rows.connect(asked["spill"])
    query = f"select {p3_rows.STATE} from read_parquet({files})"
    p3_rows.done(state=connection.execute(query).fetchall()[0])


def _catalog(root: Path) -> SqlCatalog:
    uri = f"sqlite:///{root / 'catalog.db'}"
    return SqlCatalog("bench", uri=uri, warehouse=f"file://{root}")


def _table(asked: dict[str, Any]) -> Table:
    return _catalog(Path(asked["table"])).load_table(NAME)


if __name__ == "__main__":
    ways: dict[str, Callable[[dict[str, Any]], None]] = {
        "load": load,
        "overwrite": overwrite,
        "upsert": upsert,
        "state": state,
    }
    to_do = p3_rows.job()
    ways[to_do["way"]](to_do)
