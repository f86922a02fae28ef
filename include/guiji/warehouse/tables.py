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

from guiji import files
from guiji.schemas import DELIVERIES, FINDINGS, QUARANTINE, RESOLUTIONS, UNCODED
from guiji.warehouse import enterprises, lake, records
from guiji.warehouse.lake import Snapshot, snapshot
from guiji.warehouse.night import NightTables
from guiji.warehouse.place import Place

SCHEMAS = {
    "deliveries": DELIVERIES,
    "findings": FINDINGS,
    "quarantine": QUARANTINE,
    "resolutions": RESOLUTIONS,
    "uncoded": UNCODED,
}

EVERY = (records.TABLE, *SCHEMAS, enterprises.TABLE)
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


def snapshots(place: Place) -> list[Snapshot]:
    """Read the newest version of each table."""
    return [snapshot(place, table) for table in (*SCHEMAS, enterprises.TABLE)]


def write(place: Place, night: date, brought: NightTables, aside: Path) -> None:
    """Store what a night brought, in place of what a killed merge stored for it."""
    for table, schema in SCHEMAS.items():
        rows: pa.Table = getattr(brought, table)
        order = [(column, "ascending") for column in ORDER[table]]
        ordered = rows.select(schema.names).cast(schema).sort_by(order)
        local = aside / f"{table}.parquet"
        files.write_parquet(local, ordered)
        lake.replace_night(place, table, local, schema, night)


def merged_files(
    place: Place,
    table: str,
    held: Snapshot,
    as_of: date | None = None,
    only: Collection[date] | None = None,
) -> list[str]:
    """Give the addresses of a table's files, of merged nights only, in their order.

    Args:
        place: where the tables are.
        table: one of `SCHEMAS`.
        held: `records`, which says what is merged.
        as_of: leave out later nights; None = all.
        only: leave out all other nights.
    """
    last = as_of or date.max
    found = [
        (file.night, file.path)
        for file in snapshot(place, table).files
        if file.night
        and (night := date.fromisoformat(file.night)) <= last
        and (only is None or night in only)
        and records.is_merged(held, night)
    ]
    return [place.address(table, path) for _, path in sorted(found)]
