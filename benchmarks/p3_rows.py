"""The one table that peers of P3 keep: a row per record, its current version.

Every peer holds the platform's columns of a record and its items joined into one text,
so that a row has the bytes that it has with us while no peer has to deal with six
kinds of columns. Rows lie in 64 buckets by a hash of the subject, sorted by subject and
record. Peers keep no history: what they replace is gone.

This module needs DuckDB only, because DuckLake runs in an environment of its own.
"""

import hashlib
import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

BUCKETS = 64
BUCKET = f"('0x' || left(md5(subject), 4))::int % {BUCKETS}"
PLATFORM = {
    "record_id": "varchar",
    "version_id": "varchar",
    "dataset": "varchar",
    "owner": "varchar",
    "subject": "varchar",
    "record_key": "varchar",
    "uscc": "varchar",
    "enterprise_name": "varchar",
    "matched_by": "varchar",
    "operation": "varchar",
    "event_on": "date",
    "produced_on": "date",
    "received_at": "timestamptz",
    "merged_night": "date",
    "batch_id": "varchar",
    "source_row": "integer",
    "content_hash": "varchar",
}
COLUMNS = (*PLATFORM, "payload")
ORDER = "subject, record_id"
PARQUET = "format parquet, compression zstd, compression_level 1"
ROW_GROUPS = f"{PARQUET}, row_group_size 100000"
NEWER = "n.received_at > o.received_at"
STATE = (
    "count(*)::bigint as records, "
    "count(*) filter (operation = 'revoke')::bigint as revoked, "
    "sum(('0x' || left(content_hash, 8))::bigint)::bigint as fingerprint"
)
"""What tells two warehouses apart."""

AGGREGATE = (
    "select dataset, operation, count(*), count(distinct owner), max(produced_on), "
    "sum(source_row) from {table} group by all order by all"
)


def job() -> dict[str, Any]:
    """Read what this process is to do: the file named by its first argument."""
    found: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    return found


def connect(spill: str, memory: str = "4GB") -> duckdb.DuckDBPyConnection:
    """Open a database in memory that may spill."""
    connection = duckdb.connect()
    connection.execute(
        f"set memory_limit = '{memory}'; set threads = 2; set timezone = 'UTC'; "
        f"set preserve_insertion_order = false; set temp_directory = '{spill}'"
    )
    return connection


def split(connection: duckdb.DuckDBPyConnection, source: str, folder: Path) -> None:
    """Write rows into unsorted files by bucket, so that sorting needs little memory."""
    connection.execute(
        f"copy (select {', '.join(COLUMNS)}, {BUCKET} as bucket from ({source})) "
        f"to '{folder}' (format parquet, partition_by (bucket))"
    )


def bucket_of(connection: duckdb.DuckDBPyConnection, folder: Path, number: int) -> str:
    """Write the SELECT of one bucket that `split` wrote, sorted."""
    files = f"read_parquet('{folder}/bucket={number}/*.parquet')"
    return f"select {', '.join(COLUMNS)} from {files} order by {ORDER}"


def merged(old: str, new: str) -> str:
    """Write the SELECT of the rows that hold after a merge.

    Args:
        old: relation of the rows held, one per record.
        new: relation of the rows that come, one per record.
    """
    olds = ", ".join(f"o.{column}" for column in COLUMNS)
    news = ", ".join(f"n.{column}" for column in COLUMNS)
    return f"""
        select {olds} from {old} as o left join {new} as n using (record_id)
        where n.record_id is null or not {NEWER}
        union all
        select {news} from {new} as n left join {old} as o using (record_id)
        where o.record_id is null or {NEWER}
    """


def read(
    connection: duckdb.DuckDBPyConnection, table: str, codes: Sequence[str]
) -> None:
    """Measure what readers wait for, and print it: the whole, then one subject each."""
    started, cpu = time.perf_counter(), time.process_time()
    connection.execute(AGGREGATE.format(table=table)).fetchall()
    aggregate_wall = time.perf_counter() - started
    aggregate_cpu = time.process_time() - cpu
    waits, cpu = [], time.process_time()
    for code in codes:
        started = time.perf_counter()
        number = int(hashlib.md5(code.encode()).hexdigest()[:4], 16) % BUCKETS
        found = connection.execute(
            f"select columns(*)::varchar from {table} "
            f"where bucket = {number} and subject = '{code}'"
        ).fetchall()
        assert found, code
        waits.append(time.perf_counter() - started)
    done(
        aggregate_wall=aggregate_wall,
        aggregate_cpu=aggregate_cpu,
        lookup_cpu=(time.process_time() - cpu) / len(codes),
        lookup_median=statistics.median(waits),
        lookup_most=max(waits),
    )


def done(**result: Any) -> None:
    """Print what this process found, for the process that measures it."""
    print(json.dumps(result))
