"""Findings about rows that a merge did not take as a new or changed record.

Such a row equals what is held or was held before, arrived too late, or brings back
what was revoked. Each is named, with the version that it was compared with and the
items in which the two differ; only unchanged rows are counted together. No value of
an item stands in a finding.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import ItemType
from guiji.checking.suite import merge_outcomes as suite
from guiji.core.business_date import SHANGHAI
from guiji.core.schemas import FINDINGS
from guiji.core.settings import Settings
from guiji.engine.duck import DuckEngine, connect
from guiji.engine.sql import kinds, literal, name
from guiji.storage import dataset_files
from guiji.storage.delta import Snapshot
from guiji.storage.table_store import TableStore, table_store
from guiji.warehouse import columns, tables
from guiji.warehouse.merge_night import AcceptedBatch

RULES = frozenset(suite.rule_id(code) for code in suite.RULES)
"""Ids of the findings that a merge makes of its outcomes."""

FEW = 2_000
"""Numbers that a query may write out."""

HELD_IDS = (
    "select distinct held.held_id as row_id from held inner join noted "
    "on held.record_number = noted.record_number "
    "and held.record_rest = noted.record_rest where held.is_current"
)
"""Numbers of the versions that the noted rows are compared with."""

NOTED = pa.schema(
    [
        ("batch_id", pa.string()),
        ("code", pa.string()),
        ("source_sheet", pa.string()),
        ("source_row", pa.int32()),  # null: a record that the delivery lacks
        ("record", pa.string()),  # how the absent record is called
        ("other_batch", pa.string()),  # the version compared with; null: none
        ("other_sheet", pa.string()),
        ("other_row", pa.int32()),
        ("other_received_at", pa.timestamp("us", tz="UTC")),
        ("other_operation", pa.string()),
        ("differing", pa.string()),  # titles of items
    ]
)
"""Rows and absent records that are told, before they are put into words."""


def noted_rows(dataset: Dataset, held_ids: Sequence[int]) -> str:
    """Write the query of the rows of `noted`, as columns of `NOTED`.

    Reads noted, last_of_night, typed, batch and version.

    Args:
        dataset: its items are compared.
        held_ids: numbers of the current versions of the records of `noted`. They are
            written out while they are few, so that engines read only their pages.
    """
    chosen = "version.row_id in (select row_id from current_id)"
    if len(held_ids) <= FEW:
        chosen = f"version.row_id in ({', '.join(map(str, held_ids)) or 'null'})"
    return f"""
        with held as (
            {_version_of(dataset, "version", "version.batch_id", "version.received_at")}
            where {chosen}
        ),
        tonight as (
            {_version_of(dataset, "typed", "typed.batch_id", "batch.received_at")}
            inner join batch on typed.batch_id = batch.batch_id
            inner join last_of_night
                on typed.batch_id = last_of_night.batch_id
                and typed.row_id = last_of_night.row_id
        ),
        told as (
            {_version_of(dataset, "typed", "noted.batch_id", "batch.received_at")}
            inner join noted
                on typed.batch_id = noted.batch_id and typed.row_id = noted.row_id
            inner join batch on typed.batch_id = batch.batch_id
        )
        select noted.batch_id, noted.code, told.source_sheet, told.source_row,
            cast(null as varchar) as record,
            {_either("batch_id")} as other_batch,
            {_either("source_sheet")} as other_sheet,
            {_either("source_row")} as other_row,
            {_either("received_at")} as other_received_at,
            {_either("operation")} as other_operation,
            {_differing(dataset)} as differing
        from noted
        inner join told
            on noted.batch_id = told.batch_id and noted.row_id = told.row_id
        left join held
            on noted.record_number = held.record_number
            and noted.record_rest = held.record_rest
        left join tonight
            on noted.record_number = tonight.record_number
            and noted.record_rest = tonight.record_rest
            and noted.code in ('superseded', 'late')
    """


def record_name(dataset: Dataset, source: str) -> str:
    """Write how a record is called: its enterprise and key; no natural person."""
    shown = columns.shown_columns(dataset)
    subject = (dataset.subject.uscc, dataset.subject.name)
    parts = [f"case when {source}.uscc is not null then {source}.enterprise_name end"]
    keys = [key for key in dataset.key if key not in subject]
    parts += [f"cast({shown[key]} as varchar)" for key in keys]
    return f"concat_ws('，', {', '.join(parts)})"


def absent_records(dataset: Dataset) -> str:
    """Write the query of the records in `absent`, as columns of `NOTED`."""
    return f"""
        select absent.batch_id, {literal(suite.ABSENT)} as code,
            cast(null as varchar) as source_sheet, cast(null as integer) as source_row,
            {record_name(dataset, "version")} as record,
            version.batch_id as other_batch, version.source_sheet as other_sheet,
            version.source_row as other_row, version.received_at as other_received_at,
            version.operation as other_operation, '' as differing
        from version inner join absent on version.row_id = absent.held_id
    """


def _version_of(dataset: Dataset, source: str, batch_id: str, received_at: str) -> str:
    """Write what is compared of a version, or of a parsed row, under equal names."""
    subject = {dataset.subject.uscc: "uscc", dataset.subject.name: "enterprise_name"}
    listed = [
        f"{source}.{name(subject.get(c, c) if source == 'version' else c)} as {name(c)}"
        for c in _compared(dataset)
    ]
    return (
        f"select {batch_id} as batch_id, {received_at} as received_at, "
        f"{source}.row_id, {source}.record_number, {source}.record_rest, "
        f"{source}.source_sheet, {source}.source_row, {source}.operation, "
        f"{', '.join(listed)} from {source} "
    )


def _compared(dataset: Dataset) -> dict[str, str]:
    """Return the columns in which two versions may differ: name -> item's title."""
    titles: dict[str, str] = {}
    for item in dataset.items:
        suffix = columns.HASH if item.type is ItemType.PERSON_ID else ""
        titles[item.id + suffix] = item.title
        if item.type is ItemType.DATE:
            titles[item.id + columns.FOREVER] = item.title
    return titles


def _either(column: str) -> str:
    """Choose a column of tonight's version where there is one, else of the held one."""
    chosen = name(column)
    return (
        f"case when tonight.row_id is null then held.{chosen} else tonight.{chosen} end"
    )


def _differing(dataset: Dataset) -> str:
    """List the titles of items in which a row and the other version differ."""
    by_title: dict[str, list[str]] = {}
    for column, title in {**_compared(dataset), "operation": "操作"}.items():
        test = f"told.{name(column)} is distinct from ({_either(column)})"
        by_title.setdefault(title, []).append(test)
    cases = [
        f"case when {' or '.join(tests)} then {literal(title)} end"
        for title, tests in by_title.items()
    ]
    return f"concat_ws('、', {', '.join(cases)})"


def make(
    night: date,
    batches: Sequence[AcceptedBatch],
    outcomes: Mapping[str, Mapping[str, int]],
    noted: Iterable[pa.Table],
    names: Mapping[str, str],
    not_revoked: Mapping[tuple[str, str], int],
) -> pa.Table:
    """Word the notes of a merge.

    Args:
        night: the night.
        batches: whose rows were merged.
        outcomes: batch id -> outcome -> rows.
        noted: columns of `NOTED`.
        names: batch id -> its file's name, of the versions compared with.
        not_revoked: dataset and department -> records that its full delivery, which
            is incomplete, lacks.

    Returns:
        Columns of `schemas.FINDINGS`, in no order.
    """
    by_id = {b.batch_id: b for b in batches}
    lines = [
        _line(night, by_id[row["batch_id"]], row["code"], _behind(row, names))
        | _at(row)
        for row in pa.concat_tables([NOTED.empty_table(), *noted]).to_pylist()
    ]
    lines += [
        _line(night, by_id[batch_id], suite.UNCHANGED, (f"（共{n}行）", f"({n} rows)"))
        for batch_id, counts in outcomes.items()
        if (n := counts.get("unchanged", 0))
    ]
    lines += [
        _line(night, batch, suite.NOT_REVOKED, _lacking(batch, records))
        for batch in batches
        if not batch.is_replay
        and (records := not_revoked.get((batch.dataset, batch.department), 0))
    ]
    return pa.Table.from_pylist(lines, FINDINGS)


def _lacking(batch: AcceptedBatch, records: int) -> tuple[str, str]:
    """Describe how many records a full delivery lacks, and why it is incomplete."""
    why = "同晚另有文件未全部入库"
    if batch.quarantined:
        why = f"本文件有{batch.quarantined}行未入库"
    return f"（缺少现有的{records}条记录；{why}）", f"({records} records)"


def _at(row: Mapping[str, Any]) -> dict[str, Any]:
    return {c: row[c] for c in ("source_sheet", "source_row")}


def _line(
    night: date, batch: AcceptedBatch, code: str, behind: tuple[str, str]
) -> dict[str, Any]:
    rule = suite.RULES[code]
    return {
        "batch_id": batch.batch_id,
        "night": night,
        "department": batch.department,
        "dataset": batch.dataset,
        "source_file": batch.source_file,
        "title": "整批" if code in suite.ABOUT_DELIVERIES else "整行",
        "rule_id": suite.rule_id(code),
        "severity": rule.severity.value,
        "dimension": rule.dimension.value,
        "responsibility": "department",
        "message": rule.wording.message + behind[0],
        "message_en": f"{rule.wording.message_en} {behind[1]}".strip(),
        "remedy": rule.wording.remedy,
        "clause": rule.clause,
    }


def _behind(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, str]:
    """Name the record, the version that the row was compared with, and differences."""
    version = suite.RULES[row["code"]].version
    if not version or row["other_batch"] is None:
        return "", ""
    arrived: datetime = row["other_received_at"].astimezone(SHANGHAI)
    said = [row["record"]] if row["record"] else []
    file = names.get(row["other_batch"])
    sheet = f"工作表“{row['other_sheet']}”" if row["other_sheet"] else ""
    where = f"第{row['other_row']}行" if row["other_row"] is not None else ""
    said.append(
        f"{version}：{'已撤销，' if row['other_operation'] == 'revoke' else ''}"
        f"批次{row['other_batch']}{f'《{file}》' if file else ''}{sheet}{where}，"
        f"{arrived:%Y-%m-%d %H:%M:%S}到达"
    )
    if row["differing"]:
        said.append(f"不同的项：{row['differing']}")
    said_en = f"({row['other_batch']}, row {row['other_row']}, {arrived.isoformat()})"
    return f"（{'；'.join(said)}）", said_en


def file_names(
    where: TableStore,
    snapshot: Snapshot,
    tonight: pa.Table,
    noted: Iterable[pa.Table],
    database: DuckEngine,
) -> dict[str, str]:
    """Look up the files of the versions that rows were compared with.

    Args:
        where: the warehouse.
        snapshot: `records` before the night.
        tonight: the night's own deliveries.
        noted: columns of `NOTED`.
        database: of the merge.

    Returns:
        Batch id -> the file's name as delivered.
    """
    listed = pa.concat_tables([NOTED.empty_table(), *noted])["other_batch"]
    wanted = pc.unique(listed.drop_null())
    if not len(wanted):
        return {}
    shown = {"batch_id": "varchar", "source_file": "varchar"}
    with database.session() as engine:
        engine.files(
            "delivered", tables.merged_files(where, "deliveries", snapshot), shown
        )
        engine.rows("wanted", pa.table({"batch_id": wanted}))
        names = engine.fetch(
            "select delivered.batch_id, delivered.source_file from delivered "
            "inner join wanted on delivered.batch_id = wanted.batch_id"
        )
    every = pa.concat_tables([names, tonight.select(list(shown)).cast(names.schema)])
    return {row["batch_id"]: row["source_file"] for row in every.to_pylist()}


def of_night(settings: Settings, night: date) -> pa.Table:
    """Read the findings that a night's merge made of its outcomes.

    Args:
        settings: where the warehouse is.
        night: merged; of another one there is nothing.

    Returns:
        Columns of `schemas.FINDINGS`, ordered by batch, sheet, row and rule.
    """
    where = table_store(settings)
    snapshot = dataset_files.open_records(where)
    files = tables.merged_files(where, "findings", snapshot, only={night})
    listed = ", ".join(literal(rule) for rule in sorted(RULES))
    with DuckEngine(connect()) as engine:
        engine.files("finding", files, kinds(FINDINGS))
        findings = engine.fetch(f"select * from finding where rule_id in ({listed})")
    order = ("batch_id", "source_sheet", "source_row", "rule_id", "message")
    return findings.cast(FINDINGS).sort_by([(c, "ascending") for c in order])
