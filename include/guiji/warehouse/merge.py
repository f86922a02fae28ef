"""Merge a night's accepted rows into the warehouse: one night, one commit.

Nothing is overwritten. A night adds one file of versions per dataset that changed
and the night's deliveries, findings and quarantine; its commit makes them exist all
at once. Which version of a record counts is decided by the order of versions, so a
row that arrives late is kept and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from guiji import files
from guiji.catalog.model import Catalog, Dataset
from guiji.errors import LedgerBroken, NightClosed
from guiji.schemas import DELIVERIES, FINDINGS, QUARANTINE
from guiji.settings import Settings
from guiji.warehouse import columns, models, store, versions

ROW_GROUP = 100_000
STORED = ("new", "changed", "revoked", "late")


@dataclass(frozen=True)
class AcceptedBatch:
    """A checked delivery whose good rows are to be merged.

    Attributes:
        batch_id: as in the deliveries.
        dataset: id of its catalogue entry.
        department: the sender, who owns the rows.
        received_at: an aware instant, the same for the whole delivery.
        typed: Parquet of the parsed rows (`parsing.parse`).
        bad_rows: `row_id`s with a critical finding: a Parquet file with that column,
            or the numbers.
        quarantined: rows of the delivery that are in quarantine, those that could
            not be parsed included.
    """

    batch_id: str
    dataset: str
    department: str
    received_at: datetime
    typed: Path
    bad_rows: Path | Sequence[int] = ()
    quarantined: int = 0


@dataclass(frozen=True)
class NightTables:
    """What a night stores beside the records.

    Attributes:
        deliveries: columns of `schemas.DELIVERIES`, every delivery of the night.
        findings: columns of `schemas.FINDINGS`.
        quarantine: columns of `schemas.QUARANTINE`.
    """

    deliveries: pa.Table
    findings: pa.Table
    quarantine: pa.Table


@dataclass(frozen=True)
class BatchCounts:
    """What became of one batch's accepted rows.

    The first five add up to the accepted rows; `absent` are records beside them that
    a full delivery revoked by not holding them.
    """

    new: int = 0
    changed: int = 0
    revoked: int = 0
    unchanged: int = 0
    late: int = 0
    absent: int = 0


@dataclass(frozen=True)
class MergeResult:
    """What a night's merge did.

    Attributes:
        night: the night.
        batches: batch id -> its counts.
        total: the sums.
        repeated: the night was merged before; nothing was done now.
    """

    night: date
    batches: Mapping[str, BatchCounts]
    total: BatchCounts
    repeated: bool


def merge(
    settings: Settings,
    catalog: Catalog,
    night: date,
    batches: Sequence[AcceptedBatch],
    tables: NightTables,
) -> MergeResult:
    """Merge a night; a second merge of the same night does nothing.

    Waits while another process merges or publishes.

    Raises:
        NightClosed: the night is merged already, without some of these batches.
        LedgerBroken: a row claims a record that another department delivered.

    Source:
        贵州省企业公共信用信息平台运行管理规则 第十六, 二十四条;
        阳府〔2018〕60号 第十一条.
    """
    with store.locked(settings):
        store.sweep(settings)
        done = store.commit_of(settings, night)
        if done is not None:
            return _repeated(done, batches)
        store.sweep_registers(settings)
        head = store.head(settings)
        written = _write_tables(settings, night, tables)
        counts: dict[str, dict[str, int]] = {b.batch_id: {} for b in batches}
        for dataset in catalog.datasets.values():
            own = [b for b in batches if b.dataset == dataset.id]
            if own:
                written += _merge_dataset(settings, dataset, night, own, counts)
        commit = store.Commit(
            night=night,
            parent=head[0] if head else None,
            parent_sha256=head[1] if head else None,
            files=tuple(sorted(written, key=lambda f: f.path)),
            batches={b: dict(sorted(counts[b].items())) for b in sorted(counts)},
        )
        store.write_commit(settings, commit)
        return _result(commit, repeated=False)


def _repeated(commit: store.Commit, batches: Sequence[AcceptedBatch]) -> MergeResult:
    missing = sorted({b.batch_id for b in batches} - set(commit.batches))
    if missing:
        raise NightClosed(
            f"{commit.night} is merged already, without {', '.join(missing)}; "
            "deliver into the next night"
        )
    return _result(commit, repeated=True)


def _result(commit: store.Commit, repeated: bool) -> MergeResult:
    counts = {b: BatchCounts(**c) for b, c in commit.batches.items()}
    total = BatchCounts(
        **{
            f.name: sum(getattr(c, f.name) for c in counts.values())
            for f in fields(BatchCounts)
        }
    )
    return MergeResult(commit.night, counts, total, repeated)


def _write_tables(
    settings: Settings, night: date, tables: NightTables
) -> list[store.StoredFile]:
    """Write the night's own tables, sorted, so that equal nights are equal bytes."""
    written = []
    for label, table, schema, keys in (
        ("deliveries", tables.deliveries, DELIVERIES, ("batch_id",)),
        (
            "findings",
            tables.findings,
            FINDINGS,
            (
                *("batch_id", "source_sheet", "source_row"),
                *("source_column", "rule_id", "item"),
            ),
        ),
        (
            "quarantine",
            tables.quarantine,
            QUARANTINE,
            ("batch_id", "source_sheet", "source_row"),
        ),
    ):
        order = [(key, "ascending") for key in keys]
        sorted_table = table.select(schema.names).cast(schema).sort_by(order)
        path = store.table_folder(settings, label) / f"{night}.parquet"
        written.append(store.write_table(settings, path, sorted_table))
    return written


def _merge_dataset(
    settings: Settings,
    dataset: Dataset,
    night: date,
    batches: Sequence[AcceptedBatch],
    counts: dict[str, dict[str, int]],
) -> list[store.StoredFile]:
    with models.connect(store.spill_folder(settings)) as connection:
        versions.bind(connection, settings, dataset, "known")
        _bind_batches(connection, dataset, batches)
        models.keep(connection, settings, "warehouse/incoming", "incoming")
        _refuse_foreign(connection, settings)
        models.keep(connection, settings, "warehouse/outcome", "outcome")
        models.keep(connection, settings, "warehouse/absent", "absent")
        _count(connection, counts)
        folder = store.versions_folder(settings, dataset.id)
        path = folder / f"{night}.parquet"
        if not _write_versions(connection, dataset, night, path):
            return []
        return [store.stored(settings, path)]


def _bind_batches(
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    batches: Sequence[AcceptedBatch],
) -> None:
    """Create `typed`, `batch` and `bad`: the night's deliveries of one dataset."""
    source = models.scan([b.typed for b in batches], ", filename = 'typed_file'")
    connection.execute(f"create view typed as select * from {source}").fetchall()
    is_full = dataset.delivery == "full"
    batch = pa.table(
        {
            "typed_file": pa.array([str(b.typed) for b in batches], pa.string()),
            "batch_id": pa.array([b.batch_id for b in batches], pa.string()),
            "owner": pa.array([b.department for b in batches], pa.string()),
            "received_at": pa.array(
                [b.received_at for b in batches], pa.timestamp("us", tz="UTC")
            ),
            "is_whole": [is_full and b.quarantined == 0 for b in batches],
        }
    )
    connection.register("batch", batch)
    connection.execute(
        "create temp table bad (batch_id varchar, row_id bigint)"
    ).fetchall()
    for one in batches:
        _bind_bad_rows(connection, one)


def _bind_bad_rows(connection: duckdb.DuckDBPyConnection, one: AcceptedBatch) -> None:
    if isinstance(one.bad_rows, Path):
        source = models.scan([one.bad_rows])
    else:
        numbers = pa.array(np.asarray(one.bad_rows, dtype=np.int64))
        connection.register("bad_rows", pa.table({"row_id": numbers}))
        source = "bad_rows"
    connection.execute(
        f"insert into bad select $batch_id, row_id from {source}",
        {"batch_id": one.batch_id},
    ).fetchall()


def _refuse_foreign(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    foreign = models.query(connection, settings, "warehouse/foreign_rows")
    if foreign.num_rows:
        named = ", ".join(foreign["batch_id"].to_pylist())
        raise LedgerBroken(f"rows of {named} claim records of another department")


def _count(
    connection: duckdb.DuckDBPyConnection, counts: dict[str, dict[str, int]]
) -> None:
    rows = connection.execute(
        "select batch_id, outcome, count(*) from outcome group by all "
        "union all select batch_id, 'absent', count(*) from absent group by all"
    ).fetchall()
    for batch_id, outcome, number in rows:
        counts[batch_id][outcome] = number


def _write_versions(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, night: date, path: Path
) -> int:
    """Write the night's versions of a dataset, sorted; return how many there are."""
    items = columns.item_columns(dataset)
    stored = ", ".join(models.literal(outcome) for outcome in STORED)
    query = f"""
        select {_projection(dataset, night, items, "typed")}
        from typed inner join batch using (typed_file)
        inner join outcome using (batch_id, row_id)
        where outcome in ({stored})
        union all
        select {_projection(dataset, night, items, "absent")}
        from absent inner join known using (record_id, version_id)
        order by record_id, produced_on, received_at, batch_id,
            source_sheet, source_row, version_id
    """
    with files.replacing(path) as temporary:
        number = connection.execute(
            f"copy ({query}) to {models.literal(str(temporary))} (format parquet, "
            f"compression zstd, compression_level 1, row_group_size {ROW_GROUP})"
        ).fetchall()[0][0]
    if not number:
        path.unlink()
    return int(number)


def _projection(
    dataset: Dataset, night: date, items: dict[str, str], source: str
) -> str:
    """Write the columns of a version, from a parsed row or from an absent record."""
    is_absent = source == "absent"
    origin = "absent.batch_id" if is_absent else "batch_id, source_sheet, source_row"
    special = {
        "version_id": f"left(sha256(concat_ws('|', record_id, {origin})), 20)",
        "dataset": models.literal(dataset.id),
        "merged_night": models.literal(night),
    }
    if is_absent:
        special |= {
            "operation": "'revoke'",
            "batch_id": "absent.batch_id",
            "received_at": "absent.received_at",
            "source_sheet": "null",
            "source_row": "null",
            "content_hash": "sha256(content_hash || '|revoke')",
        }
    else:
        special |= {
            "uscc": models.name(dataset.subject.uscc),
            "enterprise_name": models.name(dataset.subject.name),
        }
    return ", ".join(
        f"({special.get(c, models.name(c))})::{kind} as {models.name(c)}"
        for c, kind in (columns.platform_columns() | items).items()
    )


def mass_change(
    settings: Settings, dataset: Dataset, department: str, typed: pa.Table
) -> float:
    """Tell which share of a department's records a delivery would take away.

    Args:
        settings: where the warehouse is.
        dataset: the catalogue entry; 0 unless it is delivered in full.
        department: the sender.
        typed: the parsed delivery, faulty rows included: what a faulty row is about
            is not missing.

    Returns:
        0 to 1. More than `dataset.mass_change_limit`: refuse the batch.

    Source:
        贵州省企业公共信用信息平台运行管理规则 第二十五条.
    """
    if dataset.delivery != "full":
        return 0.0
    with models.connect() as connection:
        versions.bind(connection, settings, dataset, "known")
        connection.register("typed", typed.select(["record_id", "operation"]))
        share = models.query(
            connection, settings, "warehouse/mass_change", {"owner": department}
        )
        return float(share["lost_share"][0].as_py())
