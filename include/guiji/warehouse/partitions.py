"""Part a large delivery by subject, so that a merge of any size fits in memory.

A night of ordinary size is merged in one piece. A first load of millions of rows is
written aside once, parted by the first digits of the md5 of the subject, and then
merged part by part; what is sorted at a time is one part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from guiji.engine.address import is_remote
from guiji.engine.duck import connect
from guiji.engine.sql import literal, scan
from guiji.storage import dataset_files
from guiji.warehouse.merge_night import AcceptedBatch

PART_ROWS = 2_000_000
"""Most rows that are merged in one piece."""

FLUSH_ROWS = 20_000
"""Rows of a bucket that are held before they are written aside."""


@dataclass(frozen=True)
class PartitionRows:
    """The rows of one batch that belong to one part.

    Attributes:
        batch: the batch.
        typed: its rows of this part, as `parsing` wrote them.
    """

    batch: AcceptedBatch
    typed: tuple[str, ...]


@dataclass(frozen=True)
class Partition:
    """What is merged in one piece.

    Attributes:
        bucket: first hexadecimal digits of the md5 of its subjects; "" = all.
        portions: one per batch.
    """

    bucket: str
    portions: tuple[PartitionRows, ...]


def digits_for(rows: int, most: int) -> int:
    """Return how many hexadecimal digits part rows into pieces of a size."""
    digits = 0
    while rows > most * 16**digits:
        digits += 1
    return digits


def part(batches: Sequence[AcceptedBatch], scratch: Path) -> list[Partition]:
    """Part a night's batches of one dataset.

    Args:
        batches: of one dataset.
        scratch: folder for what is written aside.

    Returns:
        One part with all rows, or one per bucket, empty ones included.
    """
    rows = sum(pq.read_metadata(b.typed).num_rows for b in batches)
    digits = digits_for(rows, PART_ROWS)
    if not digits:
        whole = tuple(PartitionRows(b, (str(b.typed),)) for b in batches)
        return [Partition("", whole)]
    folders = [scratch / f"part-{number}" for number, _ in enumerate(batches)]
    pairs = list(zip(batches, folders, strict=True))
    for batch, folder in pairs:
        split([str(batch.typed)], folder, digits)
    return [
        Partition(bucket, tuple(_portion(b, f, bucket) for b, f in pairs))
        for bucket in dataset_files.buckets(digits)
    ]


def _portion(batch: AcceptedBatch, folder: Path, bucket: str) -> PartitionRows:
    return PartitionRows(batch, tuple(of_bucket(folder, bucket)))


def of_bucket(folder: Path, bucket: str) -> list[str]:
    """Return the files that `split` wrote for a bucket."""
    return sorted(str(p) for p in (folder / f"bucket={bucket}").glob("*.parquet"))


def split(
    paths: Sequence[str], folder: Path, digits: int, flush_rows: int = FLUSH_ROWS
) -> None:
    """Write the rows of Parquet files once more, parted by bucket of their subject.

    Only as many rows are held as one row group per bucket needs.

    Args:
        paths: files with a column `subject`.
        folder: gets one folder per bucket.
        digits: hexadecimal digits of a bucket.
        flush_rows: rows of a row group.
    """
    with connect(folder.parent / "spill") as connection:
        if any(is_remote(path) for path in paths):
            from guiji.engine.remote import reveal  # noqa: PLC0415 - loads fsspec

            reveal(connection, paths)
        rows = scan(paths, ", hive_partitioning = false")
        query = f"select *, left(md5(subject), {digits}) as bucket from {rows}"
        write_aside(connection, query, folder, flush_rows)


def write_aside(
    connection: DuckDBPyConnection,
    query: str,
    folder: Path,
    flush_rows: int = FLUSH_ROWS,
) -> None:
    """Write a query's rows parted by its column `bucket`, in no order.

    Args:
        connection: runs the query.
        query: its last column is `bucket`.
        folder: gets one folder per bucket, see `of_bucket`.
        flush_rows: rows of a row group.
    """
    folder.mkdir(parents=True)
    connection.execute("set preserve_insertion_order = false")
    connection.execute(f"set partitioned_write_flush_threshold = {flush_rows}")
    connection.execute(
        f"copy ({query}) to {literal(str(folder))} "
        "(format parquet, compression lz4_raw, "
        f"partition_by (bucket), row_group_size {flush_rows})"
    ).fetchall()
    connection.execute("set preserve_insertion_order = true")
