"""Merge a night's accepted rows into the warehouse: one night, one commit.

Nothing is overwritten. A night adds, per dataset that changed, one file of new
versions and one of the numbers of the versions that ended. Its deliveries, findings
and quarantine, and what it closes of the quarantine, are stored before; the commit of
`records` makes all of them count.
Which version of a record is current is decided by the order of versions, so a row
that arrives late is kept and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from guiji.catalog.model import Catalog
from guiji.context import NightContext
from guiji.core.errors import CommitConflict, MergeRefused, NightClosed
from guiji.engine.duck import DuckEngine, connect
from guiji.storage import commits, dataset_files, delta
from guiji.storage.delta import Snapshot
from guiji.storage.known_versions import KnownVersions
from guiji.storage.storage_errors import explained
from guiji.storage.table_store import TableStore, scratch, table_store
from guiji.storage.writer_lock import locked
from guiji.warehouse import columns, merge_findings, tables, without_uscc
from guiji.warehouse.identity_assertions import IdentityAssertions
from guiji.warehouse.merge_dataset import DatasetMerge
from guiji.warehouse.merge_night import AcceptedBatch, MergeResult, NightTables, result
from guiji.warehouse.resolutions import ResolutionFinder

ATTEMPTS = 5


@explained
def merge(
    context: NightContext, batches: Sequence[AcceptedBatch], brought: NightTables
) -> MergeResult:
    """Merge a night; a second merge of the same night does nothing.

    Waits while another process of this machine merges, folds or publishes. If a
    writer elsewhere commits first, the merge is done again on top of it.

    Args:
        context: settings, where the warehouse is; catalogue, its datasets; night, the
            night, not before the last one merged.
        batches: the accepted deliveries.
        brought: what is stored beside the records.

    Raises:
        NightClosed: the night is merged already, without some of these batches; or a
            later night is merged.
        MergeRefused: a batch's dataset is not in the catalogue, or its outcomes are
            not as many as the rows that were accepted; nothing was merged.
        LedgerBroken: a row claims a record that another department delivered.

    Source:
        贵州省企业公共信用信息平台运行管理规则(试行) 第十六, 二十四条;
        阳府〔2018〕60号 第十一条.
    """
    where = table_store(context.settings)
    where.known = KnownVersions()
    with locked(context.settings):
        for left in range(ATTEMPTS - 1, -1, -1):
            snapshot = dataset_files.open_records(where)
            done = commits.commit_of(where, snapshot, context.night)
            if done is not None:
                return _repeated(done, batches)
            _require_order(snapshot, context.night)
            _require_catalogued(context.catalog, batches)
            try:
                outcomes = _merge(context, where, batches, brought, snapshot)
            except CommitConflict:
                if not left:
                    raise
            else:
                return result(context.night, outcomes, repeated=False)
    raise AssertionError("the last attempt returns or raises")


def _repeated(done: commits.Commit, batches: Sequence[AcceptedBatch]) -> MergeResult:
    missing = sorted({b.batch_id for b in batches} - set(done.batches))
    if missing:
        raise NightClosed(
            f"{done.night} is merged already, without {', '.join(missing)}; "
            "deliver into the next night"
        )
    return result(done.night, done.batches, repeated=True)


def _require_order(snapshot: Snapshot, night: date) -> None:
    last = dataset_files.last_night(snapshot)
    if last and last > night:
        raise NightClosed(
            f"{last} is merged already; what {night} holds is to be delivered into "
            "the next night"
        )


def _require_catalogued(catalog: Catalog, batches: Sequence[AcceptedBatch]) -> None:
    """Refuse rows of a dataset that no entry describes: they would be left out."""
    unknown = sorted(
        (b.batch_id, b.dataset) for b in batches if b.dataset not in catalog.datasets
    )
    if unknown:
        listed = ", ".join(f"{batch} ({dataset})" for batch, dataset in unknown)
        raise MergeRefused(
            f"not in the catalogue {catalog.version}: the dataset of {listed}; nothing "
            "was merged: restore the entry in the catalogue and merge again, or "
            "`guiji set-aside BATCH --by … --why …`"
        )


def _require_all_rows(
    batches: Sequence[AcceptedBatch], outcomes: Mapping[str, Mapping[str, int]]
) -> None:
    """Demand an outcome for every accepted row; absent records are none of them."""
    wrong = []
    for batch in sorted(batches, key=lambda b: b.batch_id):
        counts = outcomes[batch.batch_id]
        merged = sum(n for outcome, n in counts.items() if outcome != "absent")
        if merged != batch.accepted:
            wrong.append(
                f"{batch.batch_id} ({batch.dataset}): {batch.accepted} rows accepted, "
                f"{merged} to be merged"
            )
    if wrong:
        raise MergeRefused(
            f"{'; '.join(wrong)}; nothing was merged: `guiji set-aside BATCH --by … "
            "--why …`, then merge again; `guiji replay --batch BATCH` takes it up again"
        )


def _merge_datasets(
    context: NightContext,
    where: TableStore,
    batches: Sequence[AcceptedBatch],
    snapshot: Snapshot,
    aside: Path,
    database: DuckEngine,
) -> list[DatasetMerge]:
    """Write the night's files of every dataset that it brings, nothing committed."""
    merges = []
    for dataset in context.catalog.datasets.values():
        own = [b for b in batches if b.dataset == dataset.id]
        if own:
            shelf = dataset_files.of_dataset(snapshot, dataset.id)
            dataset_merge = DatasetMerge(
                *(context.settings, where, dataset, context.night, shelf),
                *(aside, database),
            )
            dataset_merge.run(own)
            merges.append(dataset_merge)
    return merges


def _outcomes(
    batches: Sequence[AcceptedBatch], merges: Sequence[DatasetMerge]
) -> dict[str, dict[str, int]]:
    """Count rows by batch and outcome.

    Raises:
        MergeRefused: they are not the rows that a batch had accepted.
    """
    outcomes: dict[str, dict[str, int]] = {b.batch_id: {} for b in batches}
    for merge in merges:
        for (batch_id, outcome), number in merge.counts.items():
            outcomes[batch_id][outcome] = number
    _require_all_rows(batches, outcomes)
    return outcomes


def _not_revoked(merges: Sequence[DatasetMerge]) -> dict[tuple[str, str], int]:
    """Return dataset and department -> records that a full delivery did not revoke."""
    return {
        (merge.dataset.id, department): kept
        for merge in merges
        for department, kept in merge.not_revoked.items()
    }


def _merge(
    context: NightContext,
    where: TableStore,
    batches: Sequence[AcceptedBatch],
    brought: NightTables,
    snapshot: Snapshot,
) -> dict[str, dict[str, int]]:
    """Write everything, commit; give batch id -> outcome -> rows."""
    for each_snapshot in (snapshot, *tables.snapshots(where)):
        delta.sweep(where, each_snapshot)
    memory_mb = context.settings.engine_memory_mb
    with (
        scratch(context.settings) as aside,
        DuckEngine(connect(aside / "spill", memory_mb)) as database,
    ):
        merges = _merge_datasets(context, where, batches, snapshot, aside, database)
        added = [file for merge in merges for file in merge.added]
        noted = [table for merge in merges for table in merge.noted]
        outcomes = _outcomes(batches, merges)
        said = IdentityAssertions(
            context, where, snapshot, added, batches, aside, database
        )
        names = merge_findings.file_names(
            where, snapshot, brought.deliveries, noted, database
        )
        of_outcomes = merge_findings.make(
            context.night, batches, outcomes, noted, names, _not_revoked(merges)
        )
        findings = pa.concat_tables([brought.findings, said.add(brought), of_outcomes])
        without_code = without_uscc.brought(
            where, context.catalog, context.night, added, database
        )
        whole = replace(brought, findings=findings, uncoded=without_code)
        closing = ResolutionFinder(context, where, snapshot, batches, database)
        whole = replace(whole, resolutions=closing.find(whole))
        tables.write(where, context.night, whole, aside)
    delta.commit(
        where,
        snapshot,
        columns.table_schema(context.catalog),
        dataset_files.PARTITION,
        added=added,
        night=context.night,
        note=commits.note(context.night, outcomes),
        transactions={
            dataset_files.night_mark(context.night): 1,
            dataset_files.LAST_NIGHT: context.night.toordinal(),
        },
    )
    return outcomes
