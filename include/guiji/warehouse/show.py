"""Everything that is held under one enterprise, with the origin of every row (GZ5).

Two days may be asked about: what was known at the end of a night (`as_of`), and, of
that, what held good on a day (`valid_on`). Only the files that can hold the code's
records are opened, and of the tables beside them only what its rows point to.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from guiji.catalog.model import Catalog, Dataset
from guiji.engine.duck import DuckEngine
from guiji.engine.sql import kinds, literal, name
from guiji.schemas import DELIVERIES, PUBLISHED, QUARANTINE
from guiji.settings import Settings
from guiji.warehouse import columns, models, records, tables, terms, views
from guiji.warehouse.faults import explained
from guiji.warehouse.one_subject import OneSubject
from guiji.warehouse.place import place

ORIGIN = (
    *("record_id", "version_id", "owner", "operation", "matched_by"),
    *("event_on", "produced_on", "received_at", "merged_night"),
    *("batch_id", "source_file", "source_sheet", "source_row"),
)

STATED_ON = (
    "case when operation <> 'revoke' then coalesce(produced_on, event_on) "
    "when produced_on > event_on then produced_on "
    "else received_at::date end"
)
"""From which day a version holds. A revocation that is dated no later than the event
says nothing of its own day: it holds from its receipt."""


@explained
def show(
    settings: Settings,
    catalog: Catalog,
    uscc: str,
    as_of: date | None = None,
    *,
    valid_on: date | None = None,
    history: bool = False,
) -> dict[str, Any]:
    """Gather an enterprise's records from all datasets.

    Args:
        settings: where the warehouse is.
        catalog: titles and datasets.
        uscc: a normalised credit code.
        as_of: as known at the end of this night; None = now.
        valid_on: of that, only records whose event was not after this day, which were
            not revoked by then and whose term was not over, each as it was then;
            None = the current version of every record, revoked ones included.
        history: give the versions of each record too.

    Returns:
        JSON-able: `uscc`, `as_of`, `valid_on`, `enterprise` (null if unknown),
        `datasets`: a list of {dataset, title, records} in the catalogue's order, a
        record being {items, origin, opening, term_ends_on, grade, published} and,
        if asked for, `versions` (oldest first: {items, origin, superseded_night});
        `quarantined`: how many rows under this code are in quarantine.

    Source:
        贵州省企业公共信用信息平台运行管理规则 第七条(五); 阳府〔2018〕60号 第十六条.
    """
    with OneSubject(uscc) as engine:
        views.bind_all(engine, settings, catalog, as_of, uscc, only=())
        connection = engine.connection
        found = rows(connection, "select * from enterprises where uscc = $uscc", uscc)
        held = {
            dataset.id: rows(connection, _query(dataset, valid_on), uscc)
            for dataset in catalog.datasets.values()
        }
        past = {
            dataset.id: rows(connection, _history(dataset), uscc) if history else []
            for dataset in catalog.datasets.values()
        }
        beside = _Beside(settings, engine, as_of)
        beside.look_up([r for part in (held, past) for h in part.values() for r in h])
        quarantined = beside.quarantined(uscc)
    datasets = [
        {
            "dataset": dataset.id,
            "title": dataset.title,
            "records": [
                beside.record(dataset, row, past[dataset.id] if history else None)
                for row in held[dataset.id]
            ],
        }
        for dataset in catalog.datasets.values()
        if held[dataset.id]
    ]
    return {
        "uscc": uscc,
        "as_of": as_of.isoformat() if as_of else None,
        "valid_on": valid_on.isoformat() if valid_on else None,
        "enterprise": found[0] if found else None,
        "datasets": datasets,
        "quarantined": quarantined,
    }


def _query(dataset: Dataset, valid_on: date | None) -> str:
    """Write the query of a code's records in one dataset."""
    order = "order by record_key, record_id"
    if valid_on is None:
        return f"select * from {name(dataset.id)} where uscc = $uscc {order}"
    day = literal(valid_on)
    return f"""
        select * from (
            select *, {STATED_ON} as stated_on from {views.every(dataset)}
            where uscc = $uscc
        )
        where coalesce(stated_on <= {day}, true)
        qualify row_number() over (
            partition by record_id
            order by stated_on desc nulls last, received_at desc, version_id desc
        ) = 1
        and operation <> 'revoke'
        and coalesce(event_on <= {day}, true)
        and coalesce(term_ends_on >= {day}, true)
        {order}
    """


def _history(dataset: Dataset) -> str:
    return (
        f"select * from {views.every(dataset)} where uscc = $uscc "
        "order by produced_on nulls first, received_at, version_id"
    )


class _Beside:
    """What lies beside the records: where rows came from, and what is on show."""

    def __init__(
        self,
        settings: Settings,
        engine: DuckEngine,
        as_of: date | None,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._as_of = as_of
        self._where = place(settings)
        self._held = records.open_records(self._where)
        self._files: dict[str, str] = {}  # batch id -> source file
        self._channels: dict[str, list[str]] = {}  # version id -> channels

    def look_up(self, found: Iterable[dict[str, Any]]) -> None:
        """Read the deliveries of the rows' nights and the rows' published lines."""
        listed = list(found)
        merged = {date.fromisoformat(row["merged_night"]) for row in listed}
        paths = tables.merged_files(
            self._where, "deliveries", self._held, self._as_of, merged
        )
        self._engine.files("deliveries", paths, kinds(DELIVERIES))
        for row in self._rows("select batch_id, source_file from deliveries"):
            self._files[row["batch_id"]] = row["source_file"]
        shown = views.released_files(self._settings, self._as_of)["published"]
        self._engine.files("published", shown, kinds(PUBLISHED))
        for dataset in sorted({row["dataset"] for row in listed}):
            ids = {row["record_id"] for row in listed if row["dataset"] == dataset}
            among = ", ".join(literal(i) for i in sorted(ids))
            query = (
                "select version_id, list_sort(list(distinct channel)) as channels "
                f"from published where dataset = {literal(dataset)} "
                f"and record_id in ({among}) group by version_id"
            )
            for row in self._rows(query):
                self._channels[row["version_id"]] = row["channels"]

    def quarantined(self, uscc: str) -> int:
        """Count the rows under a code that are in quarantine."""
        paths = tables.merged_files(self._where, "quarantine", self._held, self._as_of)
        self._engine.files("quarantine", paths, kinds(QUARANTINE))
        query = "select count(*) as n from quarantine where uscc = $uscc"
        return int(rows(self._engine.connection, query, uscc)[0]["n"])

    def record(
        self,
        dataset: Dataset,
        row: dict[str, Any],
        past: list[dict[str, Any]] | None,
    ) -> dict[str, Any]:
        """Give a record as `show` returns it."""
        told = self._version(dataset, row)
        told |= {c: row[c] for c in terms.COLUMNS}
        told["published"] = self._channels.get(row["version_id"], [])
        if past is not None:
            told["versions"] = [
                self._version(dataset, version)
                | {columns.SUPERSEDED: version[columns.SUPERSEDED]}
                for version in past
                if version["record_id"] == row["record_id"]
            ]
        return told

    def _version(self, dataset: Dataset, row: dict[str, Any]) -> dict[str, Any]:
        shown = columns.shown_columns(dataset)
        flags = sorted(c for c in shown if c.endswith(columns.FOREVER) and row[c])
        row = row | {"source_file": self._files.get(row["batch_id"])}
        return {
            "items": {i.id: row[i.id] for i in dataset.items}
            | dict.fromkeys(flags, True),
            "origin": {c: row[c] for c in ORIGIN},
        }

    def _rows(self, query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._engine.fetch(query).to_pylist()
        return found


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
