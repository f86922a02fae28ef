"""The tables that a night fills beside `records`.

Deliveries, findings, quarantine and what closed its lines, and the numbers of what came
without a credit code.

One file per table and night. A night's rows count once `records` says that the night
was merged: what a killed merge left here is replaced when the night is merged again.
"""

from collections.abc import Collection
from datetime import date
from pathlib import Path

import pyarrow as pa

from guiji.core import files
from guiji.core.schemas import DELIVERIES, FINDINGS, QUARANTINE, RESOLUTIONS, UNCODED
from guiji.storage import dataset_files, delta
from guiji.storage.delta import Snapshot, snapshot
from guiji.storage.table_store import TableStore
from guiji.warehouse import enterprises
from guiji.warehouse.merge_night import NightTables

SCHEMAS = {
    "deliveries": DELIVERIES,
    "findings": FINDINGS,
    "quarantine": QUARANTINE,
    "resolutions": RESOLUTIONS,
    "uncoded": UNCODED,
}

EVERY = (dataset_files.TABLE, *SCHEMAS, enterprises.TABLE)
"""All Delta tables of the warehouse."""

ORDER = {
    "deliveries": ("batch_id",),
    "findings": (
        *("batch_id", "source_sheet", "source_row"),
        *("source_column", "rule_id", "item"),
    ),
    "quarantine": ("batch_id", "source_sheet", "source_row"),
    "resolutions": ("batch_id", "put_away_night", "source_sheet", "source_row"),
    "uncoded": ("dataset", "row_id"),
}
"""What the rows are sorted by, so that equal nights are equal bytes."""


def snapshots(store: TableStore) -> list[Snapshot]:
    """Read the newest version of each table."""
    return [snapshot(store, table) for table in (*SCHEMAS, enterprises.TABLE)]


def write(store: TableStore, night: date, brought: NightTables, aside: Path) -> None:
    """Store what a night brought, in place of what a killed merge stored for it."""
    for table, schema in SCHEMAS.items():
        rows: pa.Table = getattr(brought, table)
        order = [(column, "ascending") for column in ORDER[table]]
        ordered = rows.select(schema.names).cast(schema).sort_by(order)
        local = aside / f"{table}.parquet"
        files.write_parquet(local, ordered)
        delta.replace_night(store, table, local, schema, night)


def merged_files(
    store: TableStore,
    table: str,
    records: Snapshot,
    as_of: date | None = None,
    only: Collection[date] | None = None,
) -> list[str]:
    """Return the addresses of a table's files, of merged nights only, in their order.

    Args:
        store: where the tables are.
        table: one of `SCHEMAS`.
        records: `records`, which says what is merged.
        as_of: leave out later nights; None = all.
        only: leave out all other nights.
    """
    last = as_of or date.max
    matches = [
        (file.night, file.path)
        for file in snapshot(store, table).files
        if file.night
        and (night := date.fromisoformat(file.night)) <= last
        and (only is None or night in only)
        and dataset_files.is_merged(records, night)
    ]
    return [store.address(table, path) for _, path in sorted(matches)]
