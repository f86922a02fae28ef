"""Everything that is held under one enterprise, with the origin of every row (GZ5).

Two days may be asked about: what was known at the end of a night (`as_of`), and, of
that, what held good on a day (`valid_on`). Only the files that can hold the code's
records are opened, and of the tables beside them only what its rows point to.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import pyarrow as pa

from guiji.catalog.model import Dataset
from guiji.context import Context
from guiji.core.schemas import PUBLISHED
from guiji.core.settings import Settings
from guiji.domain.matching import certainty
from guiji.engine.duck import DuckEngine, connect
from guiji.engine.sql import kinds, literal, name, statement
from guiji.storage import dataset_files
from guiji.storage.delta import Snapshot
from guiji.storage.known_versions import KnownVersions
from guiji.storage.storage_errors import explained
from guiji.storage.table_store import TableStore, table_store
from guiji.warehouse import (
    columns,
    enterprises,
    entity_resolution,
    release_index,
    tables,
    terms,
    views,
)
from guiji.warehouse.entity_resolution import Link
from guiji.warehouse.one_subject import OneSubject

ORIGIN = (
    *("record_id", "version_id", "owner", "operation"),
    *("matched_by", "match_certainty"),
    *("event_on", "produced_on", "received_at", "merged_night"),
    *("batch_id", "source_file", "source_sheet", "source_row"),
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Row = dict[str, Any]

_STORES: WeakKeyDictionary[DuckEngine, TableStore] = WeakKeyDictionary()


@explained
def show(
    context: Context,
    uscc: str,
    as_of: date | None = None,
    *,
    valid_on: date | None = None,
    history: bool = False,
    engine: DuckEngine | None = None,
) -> dict[str, Any]:
    """Gather an enterprise's records from all datasets.

    Args:
        context: settings, where the warehouse is; catalogue, titles and datasets.
        uscc: a normalised credit code.
        as_of: as known at the end of this night; None = now.
        valid_on: of that, only records whose event was not after this day, which were
            not revoked by then and whose term was not over, each as it was then;
            None = the current version of every record, revoked ones included.
        history: give the versions of each record too.
        engine: for who asks again and again: it remembers what files hold, and stays
            open; None = one for this question.

    Returns:
        JSON-able: `uscc`, `as_of`, `valid_on`, `enterprise` (null if unknown),
        `datasets`: a list of {dataset, title, records} in the catalogue's order, a
        record being {items, origin, opening, term_ends_on, severity_class, grade,
        published} and,
        if asked for, `versions` (oldest first: {items, origin, superseded_night});
        `quarantined`: how many rows under this code are in quarantine.

    Source:
        贵州省企业公共信用信息平台运行管理规则(试行) 第七条(五); 阳府〔2018〕60号
        第十六条.
    """
    with nullcontext(engine) if engine else DuckEngine(connect()) as asked:
        gathered = _gathered(context, asked, uscc, as_of, valid_on, history)
    return {
        "uscc": uscc,
        "as_of": as_of.isoformat() if as_of else None,
        "valid_on": valid_on.isoformat() if valid_on else None,
        **gathered,
    }


def _store(settings: Settings, engine: DuckEngine) -> TableStore:
    """Return where the tables are; for an engine that stays open, with what it knows.

    A table's newest version is then read again only after it has a later one.
    """
    store = table_store(settings)
    kept = _STORES.setdefault(engine, store)
    if kept.address("") != store.address(""):
        kept = _STORES[engine] = store
    if kept.known is None:
        kept.known = KnownVersions()
    return kept


def _gathered(
    context: Context,
    asked: DuckEngine,
    uscc: str,
    as_of: date | None,
    valid_on: date | None,
    history: bool,
) -> dict[str, Any]:
    """Return `enterprise`, `datasets` and `quarantined` of `show`."""
    where = _store(context.settings, asked)
    snapshot = dataset_files.open_records(where)
    last_night, day = dataset_files.shown_days(snapshot, as_of)
    stated = enterprises.stated_of(asked, where, snapshot, uscc, last_night)
    linked = entity_resolution.of_code(
        asked, context.settings, where, snapshot, uscc, stated, last_night
    )
    kept = {record: link.subject for record, link in linked.items()}
    subject = OneSubject(
        asked,
        where,
        context.catalog,
        snapshot,
        uscc,
        linked=kept,
        as_of=last_night,
        day=day,
    )
    tables = subject.gather(valid_on, every=history)
    enterprise = _enterprise(context, asked, tables, stated) if tables else None
    every = {d: _matched(_in_order(table), linked) for d, table in tables.items()}
    beside = _RowOrigins(asked, context.settings, where, snapshot, as_of)
    beside.look_up([row for listed in every.values() for row in listed])
    return {
        "enterprise": enterprise,
        "datasets": [
            {
                "dataset": dataset.id,
                "title": dataset.title,
                "records": beside.records(dataset, every[dataset.id], history),
            }
            for dataset in context.catalog.datasets.values()
            if any(row["chosen"] for row in every.get(dataset.id, ()))
        ],
        "quarantined": beside.quarantined(uscc),
    }


def _matched(listed: list[Row], linked: Mapping[str, Link]) -> list[Row]:
    """Describe how each row is matched, as known now, and how certain that is.

    A linked record that was delivered again under the code itself is shown once.
    """
    own = {
        (row["owner"], row["record_key"])
        for row in listed
        if row["record_id"] not in linked
    }
    matched = []
    for row in listed:
        link = linked.get(row["record_id"])
        if link is None or (row["owner"], row["record_key"]) not in own:
            way = row["matched_by"] if link is None else link.matched_by
            matched.append(row | {"matched_by": way, "match_certainty": certainty(way)})
    return matched


def _in_order(table: pa.Table) -> list[Row]:
    """Sort a dataset's versions: by record key, then by arrival."""

    def order(row: Row) -> tuple[Any, ...]:
        key = row["record_key"] or ""
        return key, row["record_id"], row["received_at"], row["version_id"]

    return sorted(rows(table), key=order)


def _enterprise(
    context: Context,
    engine: DuckEngine,
    tables: Mapping[str, pa.Table],
    stated: pa.Table,
) -> Row | None:
    """Describe the enterprise as its view does.

    Args:
        context: settings, where the SQL model is; catalogue, its registers.
        engine: runs the model.
        tables: the enterprise's versions by dataset.
        stated: its names and numbers.
    """
    current = {
        dataset: table.filter(table[columns.SUPERSEDED].is_null())
        for dataset, table in tables.items()
    }
    platform = list(columns.platform_columns())
    records = pa.concat_tables(table.select(platform) for table in current.values())
    registers = [d for d in context.catalog.registers() if d.id in tables]
    registration = views.registrations((d, name(d.id)) for d in registers)
    model = statement(context.settings, "warehouse/enterprises")
    query = f"with registration as ({registration}) select * from (\n{model}\n) as one"
    relations = {"records": records, "identifiers": stated}
    relations |= {d.id: current[d.id] for d in registers}
    table = engine.gather({"enterprise": query}, {"enterprise": relations})
    matches = rows(table["enterprise"])
    return matches[0] if matches else None


class _RowOrigins:
    """What lies beside the records: where rows came from, and what is on show."""

    def __init__(
        self,
        engine: DuckEngine,
        settings: Settings,
        where: TableStore,
        snapshot: Snapshot,
        as_of: date | None,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._where = where
        self._snapshot = snapshot
        self._as_of = as_of
        self._files: dict[str, str] = {}  # batch id -> source file
        self._channels: dict[str, list[str]] = {}  # version id -> channels

    def look_up(self, rows: Iterable[Row]) -> None:
        """Read the rows' deliveries and published lines.

        A row that was checked again was merged later than its delivery, whose night
        its batch id begins with.
        """
        listed = list(rows)
        if not listed:
            return
        days = {row["merged_night"] for row in listed}
        days |= {row["batch_id"][: len("2026-11-20")] for row in listed}
        paths = tables.merged_files(
            self._where,
            "deliveries",
            self._snapshot,
            self._as_of,
            {date.fromisoformat(day) for day in days},
        )
        wanted = f"batch_id in {_listed(row['batch_id'] for row in listed)}"
        for row in self._read(paths, "batch_id, source_file", wanted):
            self._files[row["batch_id"]] = row["source_file"]
        shown = views.released_files(self._settings, self._as_of)["published"]
        release_index.bind(self._engine, "published", shown, kinds(PUBLISHED))
        lines = self._engine.fetch(
            "select version_id, list_sort(list(distinct channel)) as channels "
            "from published where "
            f"dataset in {_listed(row['dataset'] for row in listed)} "
            f"and record_id in {_listed(row['record_id'] for row in listed)} "
            "group by version_id"
        )
        for row in lines.to_pylist():
            self._channels[row["version_id"]] = row["channels"]

    def quarantined(self, uscc: str) -> int:
        """Count the rows under a code that are still in quarantine."""
        nightly = {
            table: tables.merged_files(self._where, table, self._snapshot, self._as_of)
            for table in ("quarantine", "resolutions")
        }
        line = "night, batch_id, source_sheet, source_row"
        mine = self._read(nightly["quarantine"], line, f"uscc = {literal(uscc)}")
        if not mine:
            return 0
        closed = self._read(
            nightly["resolutions"],
            "put_away_night as night, batch_id, source_sheet, source_row",
            f"batch_id in {_listed(row['batch_id'] for row in mine)}",
        )
        gone = {tuple(row.values()) for row in closed}
        return sum(tuple(row.values()) not in gone for row in mine)

    def _read(self, paths: Sequence[str], wanted: str, condition: str) -> list[Row]:
        """Read files whose columns never changed."""
        if not paths:
            return []
        scan = self._engine.scan(paths)
        query = f"select {wanted} from {scan} where {condition}"
        rows: list[Row] = self._engine.gather({"rows": query})["rows"].to_pylist()
        return rows

    def records(
        self, dataset: Dataset, every: Iterable[Row], history: bool
    ) -> list[Row]:
        """Return the chosen versions of a dataset as the records of `show`."""
        versions: dict[str, list[Row]] = {}
        for row in every:
            versions.setdefault(row["record_id"], []).append(row)
        records = []
        for listed in versions.values():
            for row in listed:
                if row["chosen"]:
                    records.append(self._record(dataset, row))
                    if history:
                        records[-1]["versions"] = [
                            self._version(dataset, version)
                            | {columns.SUPERSEDED: version[columns.SUPERSEDED]}
                            for version in listed
                        ]
        return records

    def _record(self, dataset: Dataset, row: Row) -> Row:
        record = self._version(dataset, row)
        record |= {c: row[c] for c in terms.COLUMNS}
        record["published"] = self._channels.get(row["version_id"], [])
        return record

    def _version(self, dataset: Dataset, row: Row) -> Row:
        shown = columns.shown_columns(dataset)
        flags = sorted(c for c in shown if c.endswith(columns.FOREVER) and row[c])
        row = row | {"source_file": self._files.get(row["batch_id"])}
        return {
            "items": {i.id: row[i.id] for i in dataset.items}
            | dict.fromkeys(flags, True),
            "origin": {c: row[c] for c in ORIGIN},
        }


def _listed(values: Iterable[str]) -> str:
    return f"({', '.join(literal(value) for value in sorted(set(values)))})"


def rows(table: pa.Table) -> list[Row]:
    """Return rows as JSON-able dictionaries."""
    values = {c: [plain(v) for v in _values(table[c])] for c in table.column_names}
    return [
        dict(zip(values, row, strict=True))
        for row in zip(*values.values(), strict=True)
    ]


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Return a column's values; instants by hand, as Arrow loads pandas for them."""
    if not pa.types.is_timestamp(column.type):
        return list(column.to_pylist())
    zone = ZoneInfo(column.type.tz)
    return [
        None
        if micros is None
        else (EPOCH + timedelta(microseconds=micros)).astimezone(zone)
        for micros in column.cast(pa.int64()).to_pylist()
    ]


def plain(value: Any) -> Any:
    """Return a value as JSON has it: days and instants as ISO text, decimals exact."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value
