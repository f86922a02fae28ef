"""The views through which everybody reads: reports, publication, auditors.

They hide where files lie and which version counts. A view shows the state as it was
known at the end of a night; on an empty warehouse all are there, without rows.

records     current version of each record, its items as JSON in `content`
history     every version ever, the same columns
<dataset>   current versions of one dataset, a typed column per item
enterprises one row per credit code
quarantine, findings, deliveries, breaches   as `guiji.schemas` says
published   what the last publication shows; withheld: what it kept back
"""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from guiji.catalog.model import Catalog, Dataset
from guiji.schemas import (
    BREACHES,
    DELIVERIES,
    FINDINGS,
    PUBLISHED,
    QUARANTINE,
)
from guiji.settings import Settings
from guiji.warehouse import columns, models, store, versions
from guiji.warehouse.models import name

WITHHELD = pa.schema(
    [
        ("dataset", pa.string()),
        ("record_id", pa.string()),
        ("version_id", pa.string()),
        ("owner", pa.string()),
        ("reason", pa.string()),
    ]
)
"""Lines that a publication kept back, because a text in them reveals a person."""

TABLES = {
    "deliveries": DELIVERIES,
    "findings": FINDINGS,
    "quarantine": QUARANTINE,
    "breaches": BREACHES,
    "published": PUBLISHED,
    "withheld": WITHHELD,
}

REGISTRATION = "enterprise_registration"
REGISTER_ITEMS = {
    "region": "domicile_region",
    "status": "registration_status",
    "industry_code": "industry_code",
    "established_on": "established_on",
}
"""Column of `enterprises` -> item of the registration that fills it."""


def names(catalog: Catalog) -> frozenset[str]:
    """Name all views that a reader may use."""
    fixed = ("records", "history", "enterprises", *TABLES)
    return frozenset(fixed) | frozenset(catalog.datasets)


def connect(
    settings: Settings,
    catalog: Catalog,
    as_of: date | None = None,
    *,
    locked: bool = False,
    spill: Path | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open the warehouse for reading.

    Args:
        settings: where the files are.
        catalog: its datasets become views.
        as_of: show what was known at the end of this night; None = now.
        locked: no statement may reach any other file or change a setting.
        spill: folder for what does not fit in memory; None = nothing may spill.

    Returns:
        A database in memory that holds the views; close it.
    """
    connection = models.connect(spill)
    for dataset in catalog.datasets.values():
        versions.bind(connection, settings, dataset, _all(dataset), as_of)
        _create(connection, _current(dataset), versions.latest(_all(dataset)))
        shown = ", ".join(
            f"{expression} as {name(column)}"
            for column, expression in _shown(dataset).items()
        )
        query = f"select {shown} from {name(_current(dataset))}"
        _create(connection, dataset.id, query)
    _bind_records(connection, catalog)
    _bind_tables(connection, settings, as_of)
    _bind_enterprises(connection, settings, catalog)
    if locked:
        _lock(connection, settings, catalog, as_of)
    return connection


def _all(dataset: Dataset) -> str:
    return f"all versions of {dataset.id}"


def _current(dataset: Dataset) -> str:
    return f"current versions of {dataset.id}"


def _shown(dataset: Dataset) -> dict[str, str]:
    platform = {c: name(c) for c in columns.platform_columns()}
    return platform | columns.shown_columns(dataset)


def _create(connection: duckdb.DuckDBPyConnection, view: str, query: str) -> None:
    connection.execute(f"create view {name(view)} as {query}").fetchall()


def _bind_records(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """Create `records` and `history`, the union of all datasets."""
    platform = ", ".join(name(c) for c in columns.platform_columns())
    for view, source in (("records", _current), ("history", _all)):
        selects = []
        for dataset in catalog.datasets.values():
            shown = columns.shown_columns(dataset)
            subject = {i.id: name(i.id) for i in dataset.items if i.id not in shown}
            content = ", ".join(
                f"{name(c)} := {expression}"
                for c, expression in (subject | shown).items()
            )
            selects.append(
                f"select {platform}, to_json(struct_pack({content})) as content "
                f"from {name(source(dataset))}"
            )
        _create(connection, view, " union all ".join(selects))


def _sources(settings: Settings, as_of: date | None) -> dict[str, list[Path]]:
    """List the files behind each nightly table."""
    found = {
        table: store.paths_of(settings, store.table_folder(settings, table), as_of)
        for table in ("deliveries", "findings", "quarantine")
    }
    shown = store.releases(settings, as_of)[-1:]
    for table in ("published", "withheld"):
        folder = store.table_folder(settings, table)
        paths = [settings.data / f.path for r in shown for f in r.files]
        found[table] = [p for p in paths if p.parent == folder]
    found["breaches"] = [
        path
        for path in sorted(settings.reports.glob("????-??-??/breaches.parquet"))
        if as_of is None or path.parent.name <= as_of.isoformat()
    ]
    return found


def _bind_tables(
    connection: duckdb.DuckDBPyConnection, settings: Settings, as_of: date | None
) -> None:
    sources = _sources(settings, as_of)
    for table, schema in TABLES.items():
        if sources[table]:
            shown = ", ".join(name(c) for c in schema.names)
            query = f"select {shown} from {models.scan(sources[table])}"
            _create(connection, table, query)
        else:
            connection.register("nothing", schema.empty_table())
            connection.execute(
                f"create table {name(table)} as select * from nothing"
            ).fetchall()
            connection.unregister("nothing")


def _bind_enterprises(
    connection: duckdb.DuckDBPyConnection, settings: Settings, catalog: Catalog
) -> None:
    dataset = catalog.datasets.get(REGISTRATION)
    held = {i.id for i in dataset.items} if dataset else set()
    filled = ", ".join(
        f"{name(item) if item in held else 'null'} as {name(column)}"
        for column, item in REGISTER_ITEMS.items()
    )
    source = f"from {name(dataset.id)}" if dataset else "from records where false"
    _create(
        connection,
        "registration",
        f"select {', '.join(columns.platform_columns())}, {filled} {source}",
    )
    model = models.statement(settings, "warehouse/enterprises")
    _create(connection, "enterprises", model)


def _lock(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    catalog: Catalog,
    as_of: date | None,
) -> None:
    """Leave open only the files behind the views, and no way back."""
    paths = [p for found in _sources(settings, as_of).values() for p in found]
    for dataset in catalog.datasets.values():
        folder = store.versions_folder(settings, dataset.id)
        paths += store.paths_of(settings, folder, as_of)
    allowed = ", ".join(models.literal(str(p)) for p in paths)
    connection.execute(f"set allowed_paths = [{allowed}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
