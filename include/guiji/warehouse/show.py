"""Everything that is held under one enterprise, with the origin of every row (GZ5)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from guiji.catalog.model import Catalog, Dataset
from guiji.settings import Settings
from guiji.warehouse import columns, models, views
from guiji.warehouse.models import name

ORIGIN = (
    *("record_id", "version_id", "owner", "operation", "matched_by"),
    *("event_on", "produced_on", "received_at", "merged_night"),
    *("batch_id", "source_file", "source_sheet", "source_row"),
)


def show(
    settings: Settings, catalog: Catalog, uscc: str, as_of: date | None = None
) -> dict[str, Any]:
    """Gather an enterprise's current records from all datasets.

    Args:
        settings: where the warehouse is.
        catalog: titles and datasets.
        uscc: a normalised credit code.
        as_of: as known at the end of this night; None = now.

    Returns:
        JSON-able: `uscc`, `as_of`, `enterprise` (null if unknown), `datasets`:
        a list of {dataset, title, records: [{items, origin, published}]} in the
        catalogue's order, revoked records included, and `quarantined`: how many
        rows under this code are in quarantine.

    Source:
        贵州省企业公共信用信息平台运行管理规则 第七条(五); 阳府〔2018〕60号 第十六条.
    """
    with views.connect(settings, catalog, as_of) as connection:
        found = rows(connection, "select * from enterprises where uscc = $uscc", uscc)
        quarantined = rows(
            connection, "select count(*) as n from quarantine where uscc = $uscc", uscc
        )
        held = [
            {"dataset": d.id, "title": d.title, "records": records}
            for d in catalog.datasets.values()
            if (records := _records(connection, d, uscc))
        ]
    return {
        "uscc": uscc,
        "as_of": as_of.isoformat() if as_of else None,
        "enterprise": found[0] if found else None,
        "datasets": held,
        "quarantined": quarantined[0]["n"],
    }


def _records(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, uscc: str
) -> list[dict[str, Any]]:
    query = f"""
        select current_rows.*, deliveries.source_file,
            (select list(distinct channel order by channel) from published
             where published.version_id = current_rows.version_id) as channels
        from {name(dataset.id)} as current_rows
        left join deliveries on current_rows.batch_id = deliveries.batch_id
        where current_rows.uscc = $uscc
        order by current_rows.record_key, current_rows.record_id
    """
    flags = {c for c in columns.shown_columns(dataset) if c.endswith(columns.FOREVER)}
    items = [i.id for i in dataset.items]
    return [
        {
            "items": {i: row[i] for i in items}
            | {f: True for f in sorted(flags) if row[f]},
            "origin": {c: row[c] for c in ORIGIN},
            "published": row["channels"] or [],
        }
        for row in rows(connection, query, uscc)
    ]


def rows(
    connection: duckdb.DuckDBPyConnection, query: str, uscc: str
) -> list[dict[str, Any]]:
    """Run a query about one code; give its rows as JSON-able dictionaries."""
    table = models.table(connection, query, {"uscc": uscc})
    return [
        {key: plain(value) for key, value in row.items()} for row in table.to_pylist()
    ]


def plain(value: Any) -> Any:
    """Give a value as JSON has it: days and instants as ISO text, decimals exact."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value
