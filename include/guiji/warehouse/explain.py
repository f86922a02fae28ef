"""How one batch, record or version came about, and where it was published."""

from datetime import date
from typing import Any

import duckdb

from guiji.catalog.model import Catalog
from guiji.context import Context
from guiji.core.errors import UsageError
from guiji.core.settings import Settings
from guiji.domain import personal_data
from guiji.storage import commits, dataset_files, publication_log
from guiji.storage.storage_errors import explained
from guiji.storage.table_store import table_store
from guiji.warehouse import models, views
from guiji.warehouse.show import plain

PLATFORM = (
    "record_id, version_id, dataset, owner, subject, record_key, uscc, "
    "enterprise_name, matched_by, operation, event_on, produced_on, received_at, "
    "merged_night, batch_id, source_sheet, source_row"
)


@explained
def explain(
    context: Context, identifier: str, as_of: date | None = None
) -> dict[str, Any]:
    """Return how a batch, record, version or published line came about.

    Args:
        context: settings, where the warehouse is; catalogue, its datasets are views.
        identifier: a batch id, a record id (记录标识 of a published line) or a
            version id.
        as_of: as known at the end of this night; None = now.

    Returns:
        JSON-able. For a batch: `kind` batch, `delivery`, `landing` (its bytes),
        `outcomes`, `replayed` (night -> outcomes of rows checked again), `findings`
        (rows per rule), `quarantine` (row addresses, reasons and how they were
        closed). Else: `kind` record or version, `versions` oldest first with
        `source_file`, `sha256` and `content`, `published` per channel, `withheld` and
        why.

    Raises:
        UsageError: nothing has this id.

    Source:
        贵州省企业公共信用信息平台运行管理规则(试行) 第十四条.
    """
    with views.connect(context, as_of) as connection:
        batch = _rows(
            connection, "select * from deliveries where batch_id = $id", identifier
        )
        if batch:
            return _batch(connection, context.settings, identifier, batch[0], as_of)
        rows = _rows(
            connection,
            "select record_id, version_id from history "
            "where record_id = $id or version_id = $id limit 1",
            identifier,
        )
        if rows:
            is_record = rows[0]["record_id"] == identifier
            return _record(connection, context.catalog, identifier, is_record)
    raise UsageError(f"no batch, record or version has the id {identifier!r}")


def _batch(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    batch_id: str,
    delivery: dict[str, Any],
    as_of: date | None,
) -> dict[str, Any]:
    where = table_store(settings)
    snapshot = dataset_files.open_records(where)
    outcomes = {
        str(commit.night): dict(commit.batches[batch_id])
        for commit in commits.commits(where, snapshot)
        if batch_id in commit.batches and (as_of is None or commit.night <= as_of)
    }
    digest = delivery["sha256"]
    return {
        "kind": "batch",
        "id": batch_id,
        "delivery": delivery,
        "landing": f"landing/{digest[:2]}/{digest}" if digest else None,
        "outcomes": outcomes.pop(delivery["night"], {}),
        "replayed": outcomes,
        "findings": _rows(
            connection,
            "select rule_id, severity, count(*) as number from findings "
            "where batch_id = $id group by all order by rule_id, severity",
            batch_id,
        ),
        "quarantine": _rows(
            connection,
            "select night, source_sheet, source_row, reason, closed_night, closed_how, "
            "closed_by from quarantine where batch_id = $id "
            "order by source_sheet, source_row, night",
            batch_id,
        ),
    }


def _record(
    connection: duckdb.DuckDBPyConnection,
    catalog: Catalog,
    identifier: str,
    is_record: bool,
) -> dict[str, Any]:
    column = "record_id" if is_record else "version_id"
    versions = _rows(
        connection,
        f"""
        select held.*, deliveries.source_file, deliveries.sha256
        from (
            select {PLATFORM}, content::varchar as content from history
            where {column} = $id
        ) as held
        left join deliveries using (batch_id)
        order by received_at, version_id
        """,
        identifier,
    )
    return {
        "kind": "record" if is_record else "version",
        "id": identifier,
        "versions": versions,
        "published": _rows(
            connection,
            "select channel, dataset, version_id, first_published from published "
            f"where {column} = $id order by channel",
            identifier,
        ),
        "withheld": [
            row | {"why": _why(catalog, row)}
            for row in _rows(
                connection,
                "select dataset, version_id, owner, reason, item from withheld "
                f"where {column} = $id order by version_id",
                identifier,
            )
        ],
    }


def _why(catalog: Catalog, row: dict[str, Any]) -> str:
    """Return in Chinese why a record was withheld, and what to do."""
    reason = row["reason"]
    if reason == publication_log.NATURAL_PERSON:
        return "自然人的信息，按目录不在任何渠道公示；无需处理。"
    if reason == publication_log.SUBJECT_CLASS:
        return "该类信息主体按目录不在任何渠道公示；无需处理。"
    if reason == publication_log.OBJECTION_UPHELD:
        return "异议成立，更正之前停止公示；请报送更正的行，或以“撤销”报送。"
    if reason == publication_log.REPAIRED:
        return "已准予信用修复，停止公示和共享，转为档案保存；无需处理。"
    dataset = catalog.datasets.get(row["dataset"])
    titles = {item.id: item.title for item in dataset.items} if dataset else {}
    return personal_data.notice(titles.get(row["item"], "文本"), reason)


def _rows(
    connection: duckdb.DuckDBPyConnection, query: str, identifier: str
) -> list[dict[str, Any]]:
    table = models.table(connection, query, {"id": identifier})
    return [{k: plain(v) for k, v in row.items()} for row in table.to_pylist()]
