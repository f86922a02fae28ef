"""Delta tables: which files a version holds, and how the next version is made.

DuckDB writes and reads the Parquet files; delta-rs commits them. A commit names what
it adds and removes, the application transactions that guard it, and a hash over all
log entries before it, so that no entry can be changed or taken out unnoticed.

Two rules keep two writers apart (each was broken once, and rows were lost or doubled):
every commit raises the version of the transaction `lock` by one, so of two commits on
the same version exactly one succeeds; and every removal says that it changes data,
because delta-rs does not compare removals that say they do not.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, Field, Schema
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.transaction import (
    AddAction,
    CommitProperties,
    RemoveAction,
    Transaction,
)

from guiji.core import business_date, files
from guiji.core.errors import CatalogError, CommitConflict, LedgerBroken
from guiji.storage import delta_log
from guiji.storage.table_store import IN_FLIGHT, TableStore

LOCK = "lock"
NO_TABLE = -1

NO_PARTITION: Mapping[str, str] = MappingProxyType({})

TOLD = ("path", "num_records", "size_bytes", "min.night")
PARTITION = "partition."

CONFIGURATION = {
    "delta.enableExpiredLogCleanup": "false",  # the log is evidence: it is kept
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",  # see `sweep`
}


@dataclass(frozen=True)
class DataFile:
    """A file of one version of a table.

    Attributes:
        path: relative to the table, with slashes.
        rows: how many it holds.
        size: bytes.
        partition: partition column -> value.
        night: of tables that are written once per night: the night; ISO text.
    """

    path: str
    rows: int
    size: int
    partition: Mapping[str, str | None] = field(default_factory=dict)
    night: str | None = None


@dataclass(frozen=True)
class Snapshot:
    """One version of a table.

    Attributes:
        table: name of the table, a folder under the root.
        version: Delta version; `NO_TABLE` before the table is made.
        files: all live files, sorted by path.
    """

    table: str
    version: int
    files: tuple[DataFile, ...]
    delta: DeltaTable | None = field(default=None, repr=False, compare=False)

    def transaction(self, name: str) -> int | None:
        """Return the version of an application transaction; None = never done."""
        return self.delta.transaction_version(name) if self.delta else None


def snapshot(place: TableStore, table: str, version: int | None = None) -> Snapshot:
    """Read which files a table holds.

    Args:
        place: where the tables are.
        table: name of the table.
        version: a Delta version; None = the newest.
    """
    if version is not None or place.known is None:
        return _read(place, table, version)
    return place.known.newest(
        table,
        lambda number: place.tag(table, delta_log.log_entry(number)),
        lambda: _read(place, table, None),
    )


def _read(place: TableStore, table: str, version: int | None) -> Snapshot:
    delta = _opened(place, table, version)
    if delta is None:
        return Snapshot(table, NO_TABLE, ())
    actions = pa.RecordBatchReader.from_stream(
        delta.get_add_actions(flatten=True)
    ).read_all()  # `pa.table` loads pandas
    wanted = [c for c in actions.column_names if c in TOLD or c.startswith(PARTITION)]
    rows = actions.select(wanted).to_pylist()  # of the statistics, which are many, one
    data_files = sorted((_file(row) for row in rows), key=lambda f: f.path)
    return Snapshot(table, delta.version(), tuple(data_files), delta)


def _opened(
    place: TableStore, table: str, version: int | None = None
) -> DeltaTable | None:
    """Open a table; None = it was not made yet.

    Raises:
        LedgerBroken: an entry of its log is missing or damaged.
    """
    address = place.address(table)
    if not DeltaTable.is_deltatable(address, place.options):
        return None
    try:
        return DeltaTable(address, version, storage_options=place.options or None)
    except DeltaError as error:
        raise LedgerBroken(
            f"an entry of {address}/_delta_log is missing or damaged "
            f"({str(error)[:60]!r}); bring it back from a backup"
        ) from error


def _file(row: Mapping[str, Any]) -> DataFile:
    night = row.get("min.night")
    return DataFile(
        path=row["path"],
        rows=row["num_records"],
        size=row["size_bytes"],
        partition={
            key.removeprefix(PARTITION): value
            for key, value in row.items()
            if key.startswith(PARTITION)
        },
        night=str(night) if night is not None else None,
    )


def store(
    place: TableStore,
    table: str,
    local: Path,
    partition: Mapping[str, str | None] | None = None,
    night: str | None = None,
) -> DataFile:
    """Return a finished local Parquet file its place in a table, named by its hash.

    It belongs to the table only once a commit adds it.
    """
    folders = "".join(f"{k}={v}/" for k, v in (partition or {}).items() if v)
    path = f"{folders}{files.sha256_of(local)}.parquet"
    rows = pq.read_metadata(local).num_rows
    size = local.stat().st_size
    place.put(local, table, path)
    return DataFile(path, rows, size, partition or {}, night)


def commit(
    place: TableStore,
    snapshot: Snapshot,
    schema: pa.Schema,
    partition_by: Sequence[str],
    *,
    added: Sequence[DataFile],
    removed: Sequence[DataFile] = (),
    night: date,
    note: Mapping[str, str],
    transactions: Mapping[str, int] | None = None,
) -> None:
    """Make the next version of a table, all at once.

    Args:
        place: where the tables are.
        snapshot: the version that this one follows.
        schema: all columns; those that the table lacks are added.
        partition_by: columns that are told by folders.
        added: files in their places; one that is removed, too, stays: it is called by
            its content, so it is the same file.
        removed: files of `snapshot` that the next version does not hold.
        night: the night whose work this is; the log tells its instant.
        note: what the commit is, kept in the log (`guiji.*`).
        transactions: further application transactions and their versions.

    Raises:
        CommitConflict: another commit came in between; nothing was changed.
        CatalogError: a column is held with another type.
    """
    snapshot = _prepared(place, snapshot, schema, partition_by)
    delta = snapshot.delta
    if delta is None:
        raise LedgerBroken(f"{snapshot.table}: the table could not be made")
    marks = {LOCK: (snapshot.transaction(LOCK) or 0) + 1} | dict(transactions or {})
    chain = delta_log.chain(place, snapshot.table, snapshot.version)
    properties = CommitProperties(
        custom_metadata={delta_log.CHAIN: chain, **note},
        app_transactions=[Transaction(name, to) for name, to in marks.items()],
    )
    try:
        delta.create_write_transaction(
            _actions(added, removed, night),
            "append",
            delta.schema(),
            list(partition_by),
            commit_properties=properties,
        )
    except CommitFailedError as error:
        raise CommitConflict(f"{snapshot.table}: {error}") from error
    place.settle(snapshot.table, delta_log.log_entry(snapshot.version + 1))


def _prepared(
    place: TableStore, records: Snapshot, schema: pa.Schema, partition_by: Sequence[str]
) -> Snapshot:
    """Make the table, or add the columns it lacks; both change no row."""
    wanted = Schema.from_arrow(schema)
    if records.delta is None:
        DeltaTable.create(
            place.address(records.table),
            wanted,
            mode="ignore",
            partition_by=list(partition_by),
            configuration=CONFIGURATION,
            storage_options=place.options or None,
        )
        return _same(records, snapshot(place, records.table))
    present = {f.name: f.type for f in records.delta.schema().fields}
    for column in wanted.fields:
        if present.get(column.name, column.type) != column.type:
            raise CatalogError(
                f"{column.name} is {column.type} and was {present[column.name]} in the "
                f"table {records.table}; give an item of another type another id"
            )
    missing = [f for f in wanted.fields if f.name not in present]
    if not missing:
        return records
    records.delta.alter.add_columns([Field(f.name, f.type) for f in missing])
    return _same(records, snapshot(place, records.table))


def _same(before: Snapshot, now: Snapshot) -> Snapshot:
    if before.files != now.files:
        raise CommitConflict(f"{now.table}: version {now.version} was made meanwhile")
    return now


def _actions(
    added: Sequence[DataFile], removed: Sequence[DataFile], night: date
) -> list[AddAction | RemoveAction]:
    made_at = int(business_date.instant(night).timestamp() * 1000)
    stay = {f.path for f in added} & {f.path for f in removed}
    actions: list[AddAction | RemoveAction] = [
        _add(f, made_at) for f in added if f.path not in stay
    ]
    return actions + [_remove(f, made_at) for f in removed if f.path not in stay]


def replace_night(
    place: TableStore,
    table: str,
    local: Path,
    schema: pa.Schema,
    night: date,
    partition: Mapping[str, str] = NO_PARTITION,
) -> None:
    """Store a night's file in place of what a killed merge stored for that night.

    Args:
        place: where the tables are.
        table: one that is written once per night.
        local: the finished Parquet file.
        schema: its columns, and those of `partition`.
        night: the night.
        partition: partition column -> value.

    Raises:
        CommitConflict: another commit came in between; nothing was changed.
    """
    current = snapshot(place, table)
    stored = store(place, table, local, partition, night.isoformat())
    before = [f for f in current.files if f.night == night.isoformat()]
    if [f.path for f in before] == [stored.path]:
        return
    commit(
        place,
        current,
        schema,
        list(partition),
        added=[stored],
        removed=before,
        night=night,
        note={"guiji.night": night.isoformat()},
    )


def _add(file: DataFile, made_at: int) -> AddAction:
    stats: dict[str, Any] = {"numRecords": file.rows}
    if file.night:
        bounds = {"night": file.night}
        stats |= {"minValues": bounds, "maxValues": bounds, "nullCount": {"night": 0}}
    return AddAction(
        file.path, file.size, dict(file.partition), made_at, True, json.dumps(stats)
    )


def _remove(file: DataFile, made_at: int) -> RemoveAction:
    return RemoveAction(
        path=file.path,
        data_change=True,
        deletion_timestamp=made_at,
        size=file.size,
        partition_values=dict(file.partition),
    )


def latest(place: TableStore, table: str) -> int:
    """Return the newest version of a table; `NO_TABLE` before it is made."""
    delta = _opened(place, table)
    return NO_TABLE if delta is None else delta.version()


def sweep(
    place: TableStore, snapshot: Snapshot, in_flight: timedelta = IN_FLIGHT
) -> list[str]:
    """Remove the files that no version names: what killed writers left.

    Needs the lock: a file that is stored and not yet committed would be taken.

    Args:
        place: the root of all tables.
        snapshot: the table's latest version.
        in_flight: age up to which a file of an object store may be another machine's
            that is about to be committed.

    Returns:
        Their paths.
    """
    if snapshot.delta is None:
        return []
    vacuum = snapshot.delta.vacuum
    kept = vacuum(0, dry_run=True, enforce_retention_duration=False)
    every = vacuum(0, dry_run=True, enforce_retention_duration=False, full=True)
    table = snapshot.table
    named_by_none = sorted(set(every) - set(kept))
    left = [p for p in named_by_none if not place.is_in_flight(table, p, in_flight)]
    for path in left:
        place.remove(table, path)
    return left
