"""The views through which everybody reads: reports, publication, auditors.

They hide where files lie and which version counts. A view shows the state as it was
known at the end of a night; on an empty warehouse all are there, without rows.

records     current version of each record, its items as JSON in `content`
history     every version ever, the same columns
<dataset>   current versions of one dataset, a typed column per item
enterprises one row per credit code
identifiers every name and older number that a credit code was stated with
links       records without a credit code, and the enterprise they belong to
findings, deliveries, resolutions, breaches   as `guiji.core.schemas` says
quarantine  the same; with `closed_night`, `closed_how`, `closed_by`: null = still open
open_findings  the findings about rows that are still in quarantine; a row that was
            delivered again counts once. standing_findings: about every such line
published   what the last publication shows; withheld: what it kept back
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import RegisterItem
from guiji.context import Context
from guiji.core.schemas import (
    BREACHES,
    DELIVERIES,
    FINDINGS,
    PUBLISHED,
    QUARANTINE,
    RESOLUTIONS,
)
from guiji.core.settings import Settings
from guiji.engine import sql
from guiji.engine.base import Engine
from guiji.engine.duck import DuckEngine
from guiji.engine.duck import connect as connect_duck
from guiji.engine.open import open_engine
from guiji.engine.reader import ReaderEngine
from guiji.engine.sql import literal, name
from guiji.storage import dataset_files, publication_log
from guiji.storage.delta import Snapshot
from guiji.storage.known_versions import KnownVersions
from guiji.storage.publication_log import Release
from guiji.storage.storage_errors import explained
from guiji.storage.table_store import TableStore, table_store
from guiji.warehouse import (
    columns,
    enterprises,
    entity_resolution,
    relations,
    release_index,
    tables,
    terms,
)

WITHHELD = pa.schema(
    [
        ("dataset", pa.string()),
        ("record_id", pa.string()),
        ("version_id", pa.string()),
        ("owner", pa.string()),
        ("reason", pa.string()),  # a kind of personal data, or whom it is about
        ("item", pa.string()),  # that holds the personal data
    ]
)
"""Lines that a publication kept back: a text reveals a person, or it is about one."""

TABLES = {
    "deliveries": DELIVERIES,
    "findings": FINDINGS,
    "resolutions": RESOLUTIONS,
    "breaches": BREACHES,
    "published": PUBLISHED,
    "withheld": WITHHELD,
}

PUT_AWAY = "put_away"
"""The quarantine as it was stored, without what became of its lines."""

DERIVED = {
    "quarantine": "warehouse/quarantined",
    "standing_findings": "warehouse/standing_findings",
    "open_findings": "warehouse/open_findings",
}
"""Views over the nightly tables -> the models that make them."""


def names(catalog: Catalog) -> frozenset[str]:
    """Name all views that a reader may use."""
    fixed = ("records", "history", "enterprises", "identifiers", "links")
    return frozenset((*fixed, *TABLES, *DERIVED)) | frozenset(catalog.datasets)


@explained
def connect(
    context: Context,
    as_of: date | None = None,
    *,
    locked: bool = False,
    spill: Path | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open the warehouse for reading, with DuckDB and all views.

    Args:
        context: settings, where the files are; catalogue, its datasets become views.
        as_of: show what was known at the end of this night; None = now.
        locked: for readers' own SQL: there is no relation but the public views, and
            no statement may reach any other file or change a setting.
        spill: folder for what does not fit in memory; None = nothing may spill.

    Returns:
        A database in memory that holds the views; close it.
    """
    opened = connect_duck(spill)
    if locked:
        return lock(opened, context, as_of, names(context.catalog))
    bind_all(DuckEngine(opened), context, as_of)
    return opened


@explained
def lock(
    opened: duckdb.DuckDBPyConnection,
    context: Context,
    as_of: date | None,
    named: Collection[str],
) -> duckdb.DuckDBPyConnection:
    """Turn an empty database into one that answers readers' own SQL.

    Args:
        opened: a database in memory, without relations.
        context: as of `connect`.
        as_of: as of `connect`.
        named: of the public views those that can be read; fewer are cheaper.

    Returns:
        The same; no statement may reach a file but those behind the views, or change
        a setting.
    """
    wanted = names(context.catalog).intersection(named)
    paths = bind_all(ReaderEngine(opened, wanted), context, as_of)
    _lock(opened, paths)
    return opened


def bind_all(engine: Engine, context: Context, as_of: date | None = None) -> list[str]:
    """Create all views that `connect` gives; return the addresses of their files."""
    where = table_store(context.settings)
    where.known = KnownVersions()  # each log is read once
    paths, day = bind(engine, context, as_of, where)
    _bind_records(engine, context.catalog, day)
    _bind_enterprises(engine, context)
    snapshot = dataset_files.open_records(where)
    last_night, _ = dataset_files.shown_days(snapshot, as_of)
    without_code = tables.merged_files(where, "uncoded", snapshot, last_night)
    entity_resolution.bind(engine, context.settings, without_code, "_identifier")
    return paths + without_code


@explained
def open_views(context: Context, as_of: date | None, spill: Path) -> Engine:
    """Open the warehouse with the engine of the settings, for long work.

    The views are those of the datasets and of the nightly tables.
    """
    engine = open_engine(context.settings, spill)
    bind(engine, context, as_of)
    return engine


def bind(
    engine: Engine,
    context: Context,
    as_of: date | None = None,
    store: TableStore | None = None,
) -> tuple[list[str], date | None]:
    """Create the views of the datasets and of the nightly tables.

    Everything is read from one version of `records`: a merge or a fold that ends
    meanwhile is not seen.

    Args:
        engine: gets the views.
        context: as of `connect`.
        as_of: as of `connect`.
        store: where the tables are; None = as the settings say.

    Returns:
        The addresses of all files behind them, and the day they show; None = nothing
        was merged.
    """
    where = store or table_store(context.settings)
    snapshot = dataset_files.open_records(where)
    last_night, day = dataset_files.shown_days(snapshot, as_of)
    paths: list[str] = []
    for dataset in context.catalog.datasets.values():
        shelf = dataset_files.of_dataset(snapshot, dataset.id)
        prefix = f"_{dataset.id}_"
        relations.bind(engine, where, dataset, shelf, prefix)
        engine.view(_all(dataset), relations.every(dataset, prefix, last_night))
        engine.view(_current(dataset), relations.current(dataset, prefix, last_night))
        shown = _every_column(context.catalog, dataset, day)
        engine.view(dataset.id, f"select {shown} from {_current(dataset)}")
        paths += relations.addresses(where, shelf.files)
    sources = _sources(context.settings, where, snapshot, as_of)
    for table, schema in (TABLES | {"quarantine": QUARANTINE}).items():
        if table in release_index.KEYS:
            release_index.bind(engine, table, sources[table], sql.kinds(schema))
        else:
            relation = PUT_AWAY if table == "quarantine" else table
            engine.files(relation, sources[table], sql.kinds(schema))
        paths += sources[table]
    for view, model in DERIVED.items():
        engine.view(view, sql.statement(context.settings, model))
    known_by = enterprises.merged_files(where, snapshot)
    enterprises.bind(engine, "_identifier", known_by, last_night)
    stated = ", ".join(enterprises.SHOWN)
    engine.view("identifiers", f"select {stated} from _identifier")
    return paths + known_by, day


def bind_changed(
    engine: Engine,
    context: Context,
    where: TableStore,
    since: Release,
    as_of: date,
    further: Mapping[str, Collection[str]],
) -> None:
    """Create a view per dataset of the records that changed since a release.

    A view shows the records whose current version was merged after the release, as
    `bind` would show them. Read are the files that the release did not know; of a
    dataset with further records all.

    Args:
        engine: gets the views.
        context: catalogue, its datasets.
        where: where the tables are.
        since: the release.
        as_of: show what was known at the end of this night.
        further: dataset -> ids of records that are shown though they did not change.
    """
    snapshot = dataset_files.open_records(where)
    read = dataset_files.open_records(where, since.records_version)
    last_night, day = dataset_files.shown_days(snapshot, as_of)
    for dataset in context.catalog.datasets.values():
        shelf = dataset_files.of_dataset(snapshot, dataset.id)
        prefix = f"_{dataset.id}_"
        relations.bind(engine, where, dataset, shelf.beyond(read), prefix)
        current = relations.current(dataset, prefix, last_night)
        held = f"select * from ({current}) as held where merged_night > "
        held += literal(since.night)
        if records := further.get(dataset.id):
            prefix = f"_all_{dataset.id}_"
            relations.bind(engine, where, dataset, shelf, prefix)
            current = relations.current(dataset, prefix, last_night)
            listed = ", ".join(literal(record) for record in sorted(records))
            held += (
                f" union all select * from ({current}) as unchanged "
                f"where merged_night <= {literal(since.night)} "
                f"and record_id in ({listed})"
            )
        shown = _every_column(context.catalog, dataset, day)
        engine.view(dataset.id, f"select {shown} from ({held}) as held")


def _every_column(catalog: Catalog, dataset: Dataset, day: date | None) -> str:
    listed = [f"{e} as {name(c)}" for c, e in _shown(dataset).items()]
    return ", ".join([*listed, *_derived(catalog, dataset, day)])


def _all(dataset: Dataset) -> str:
    return f"_all_{dataset.id}"


def _current(dataset: Dataset) -> str:
    return f"_current_{dataset.id}"


def _shown(dataset: Dataset) -> dict[str, str]:
    platform = {c: name(c) for c in columns.platform_columns()}
    return platform | columns.shown_columns(dataset)


def _derived(catalog: Catalog, dataset: Dataset, day: date | None) -> list[str]:
    written = terms.derived(catalog, dataset, day)
    return [f"{expression} as {column}" for column, expression in written.items()]


def _bind_records(engine: Engine, catalog: Catalog, day: date | None) -> None:
    """Create `records` and `history`, the union of all datasets."""
    platform = [name(c) for c in columns.platform_columns()]
    for view, source, further in (
        ("records", _current, []),
        ("history", _all, [columns.SUPERSEDED]),
    ):
        selects = []
        for dataset in catalog.datasets.values():
            derived = _derived(catalog, dataset, day)
            shown = columns.shown_columns(dataset)
            subject = {i.id: name(i.id) for i in dataset.items if i.id not in shown}
            content = ", ".join(
                f"{name(c)} := {expression}"
                for c, expression in (subject | shown).items()
            )
            selects.append(
                f"select {', '.join([*platform, *further, *derived])}, "
                f"to_json(struct_pack({content})) as content from {source(dataset)}"
            )
        engine.view(view, " union all ".join(selects))


def _sources(
    settings: Settings, where: TableStore, snapshot: Snapshot, as_of: date | None
) -> dict[str, list[str]]:
    """List the files behind each nightly table."""
    sources = {
        table: tables.merged_files(where, table, snapshot, as_of)
        for table in tables.SCHEMAS
    }
    sources |= released_files(settings, as_of)
    sources["breaches"] = [
        str(path)
        for path in sorted(settings.reports.glob("????-??-??/breaches.parquet"))
        if as_of is None or path.parent.name <= as_of.isoformat()
    ]
    return sources


def released_files(settings: Settings, as_of: date | None) -> dict[str, list[str]]:
    """List the files behind what the last publication shows and withheld."""
    shown = publication_log.releases(settings, as_of)[-1:]
    return {
        table: [
            str(settings.data / f.path) for r in shown for f in r.index(settings, table)
        ]
        for table in publication_log.TABLES
    }


def bind_published_before(engine: Engine, settings: Settings, night: date) -> None:
    """Create `published_before`: what the last release up to a night shows."""
    paths = released_files(settings, night)["published"]
    columns, rows = sql.kinds(PUBLISHED), "_published_before_rows"
    release_index.bind_rows(engine, rows, "published", paths, columns)
    listed = ", ".join(name(c) for c in columns)
    shown = f"select {listed} from {rows} where {release_index.ON_SHOW}"
    engine.view("published_before", shown)


def _bind_enterprises(engine: Engine, context: Context) -> None:
    sources = ((d, name(d.id)) for d in context.catalog.registers())
    engine.view("registration", registrations(sources))
    engine.view("enterprises", sql.statement(context.settings, "warehouse/enterprises"))


def registrations(sources: Iterable[tuple[Dataset, str]]) -> str:
    """Write the query of current registrations that `enterprises` reads.

    Args:
        sources: registers, each with what follows `from`: its current versions.

    Returns:
        Platform columns and those of `RegisterItem`; without a register, no rows.
    """
    queries = [_registration(d.register_items, source) for d, source in sources]
    return " union all ".join(queries or [_registration({}, "records where false")])


def _registration(items: Mapping[RegisterItem, str], source: str) -> str:
    values = {c: name(items[c]) if c in items else _unfilled(c) for c in RegisterItem}
    filled = ", ".join(f"{value} as {name(c)}" for c, value in values.items())
    return f"select {', '.join(columns.platform_columns())}, {filled} from {source}"


def _unfilled(column: RegisterItem) -> str:
    return f"null::{'date' if column is RegisterItem.ESTABLISHED_ON else 'varchar'}"


def _lock(connection: duckdb.DuckDBPyConnection, paths: list[str]) -> None:
    """Restrict access to the files behind the views, irrevocably."""
    allowed = ", ".join(sql.literal(p) for p in paths)
    connection.execute(f"set allowed_paths = [{allowed}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
