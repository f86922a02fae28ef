"""Fold the nights since the last fold into the base of a dataset.

Readers have to look into every tail; a fold writes the current versions anew, bucket
by bucket, and moves the versions that ended into the archive. It changes where
versions lie and nothing else: every one of them is there before and after. One
dataset is folded in one commit, so that the work is bounded and a night that waits
for the lock does not wait long.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from guiji.catalog.model import Catalog, Dataset
from guiji.context import Context
from guiji.core.errors import UsageError
from guiji.core.settings import Settings
from guiji.engine.base import Engine
from guiji.engine.open import open_engine
from guiji.storage import commits, dataset_files, delta
from guiji.storage.dataset_files import ARCHIVE, BASE, TABLE, DatasetFiles
from guiji.storage.delta import DataFile, Snapshot
from guiji.storage.storage_errors import explained
from guiji.storage.table_store import TableStore, scratch, table_store
from guiji.storage.writer_lock import locked
from guiji.warehouse import columns, enterprises, partitions, relations
from guiji.warehouse.columns import ROW_ID, SUPERSEDED

DUE_NIGHTS = 7
"""A dataset with so many tails is due."""


@dataclass(frozen=True)
class FoldLimits:
    """How a fold divides what it writes.

    Attributes:
        base_rows: most rows of a bucket, about.
        archives: so many archive files of a bucket are written as one.
        flush_rows: rows of a bucket that are held before they are written aside.
    """

    base_rows: int = 2_000_000
    archives: int = 8
    flush_rows: int = partitions.FLUSH_ROWS


DEFAULT_LIMITS = FoldLimits()


def due(context: Context) -> list[str]:
    """Name the datasets that are to be folded, and the register if it is."""
    where = table_store(context.settings)
    snapshot = dataset_files.open_records(where)
    datasets = [
        dataset
        for dataset in context.catalog.datasets
        if _nights(dataset_files.of_dataset(snapshot, dataset).tail) >= DUE_NIGHTS
    ]
    if enterprises.tails(where, snapshot) >= DUE_NIGHTS:
        datasets.append(enterprises.TABLE)
    return datasets


def _nights(tail: Iterable[DataFile]) -> int:
    """Count tails; those of one night have a bucket each if the night was large."""
    per_bucket: dict[str, int] = {}
    for file in tail:
        bucket = dataset_files.bucket_of(file)
        per_bucket[bucket] = per_bucket.get(bucket, 0) + 1
    return max(per_bucket.values(), default=0)


@explained
def fold(context: Context, dataset: str, limits: FoldLimits = DEFAULT_LIMITS) -> int:
    """Fold one dataset in one commit.

    Waits while another process of this machine merges or publishes.

    Args:
        context: settings, where the warehouse is; catalogue, its datasets.
        dataset: id of the dataset; or `enterprises`, the register.
        limits: of buckets and archive files; the register has none.

    Returns:
        Number of files it had more before than after; 0 = there was nothing to fold.

    Raises:
        UsageError: no such dataset.
        CommitConflict: a writer elsewhere committed meanwhile; nothing was changed,
            the next fold does it.
    """
    if dataset not in (*context.catalog.datasets, enterprises.TABLE):
        names = ", ".join((*context.catalog.datasets, enterprises.TABLE))
        raise UsageError(f"no dataset {dataset!r}; there are {names}")
    where = table_store(context.settings)
    with locked(context.settings), scratch(context.settings) as aside:
        snapshot = dataset_files.open_records(where)
        if dataset == enterprises.TABLE:
            return enterprises.fold(where, snapshot, aside)
        shelf = dataset_files.of_dataset(snapshot, dataset)
        if not shelf.tail:
            return 0
        entry = context.catalog.datasets[dataset]
        fold_run = _Fold(context.settings, where, entry, shelf, aside, limits)
        fold_run.run()
        _commit(where, context.catalog, snapshot, fold_run)
        return len(fold_run.removed) - len(fold_run.added)


def _commit(
    where: TableStore, catalog: Catalog, snapshot: Snapshot, fold: "_Fold"
) -> None:
    night = dataset_files.last_night(snapshot)
    if night is None:
        raise AssertionError("a tail without a night")
    delta.commit(
        where,
        snapshot,
        columns.table_schema(catalog),
        dataset_files.PARTITION,
        added=fold.added,
        removed=fold.removed,
        night=night,
        note={
            commits.OPERATION: commits.FOLD,
            "guiji.dataset": fold.dataset.id,
            commits.NIGHT: night.isoformat(),
        },
    )


class _Fold:
    """A fold of one dataset: `run` writes `added`; `removed` is what it replaces."""

    def __init__(
        self,
        settings: Settings,
        where: TableStore,
        dataset: Dataset,
        files: DatasetFiles,
        aside: Path,
        limits: FoldLimits,
    ) -> None:
        self.settings = settings
        self.where = where
        self.dataset = dataset
        self.files = files
        self.aside = aside
        self.limits = limits
        self.added: list[DataFile] = []
        self.removed: list[DataFile] = [*files.base, *files.tail, *files.ended]

    def run(self) -> None:
        """Write every bucket anew."""
        base_and_tail = (*self.files.base, *self.files.tail)
        rows = sum(f.rows for f in base_and_tail) - sum(
            f.rows for f in self.files.ended
        )
        digits = partitions.digits_for(rows, self.limits.base_rows)
        stay = [f for f in self.files.base if len(dataset_files.bucket_of(f)) == digits]
        moved = [f for f in base_and_tail if f not in stay]
        folder = self.aside / "moved"
        paths = relations.addresses(self.where, moved)
        if digits:
            partitions.split(paths, folder, digits, self.limits.flush_rows)
        for bucket in dataset_files.buckets(digits):
            base = [f for f in stay if dataset_files.bucket_of(f) == bucket]
            sources = relations.addresses(self.where, base)
            sources += partitions.of_bucket(folder, bucket) if digits else paths
            with open_engine(self.settings, self.aside / "spill") as engine:
                self._write(engine, bucket, sources)

    def _write(self, engine: Engine, bucket: str, sources: list[str]) -> None:
        stored = columns.stored_columns(self.dataset)
        engine.files("version", sources, stored)
        ended = relations.addresses(self.where, self.files.ended)
        engine.files("ended", ended, relations.ENDED_COLUMNS)
        current = relations.standing(stored)
        query = f"select * from ({current}) as held order by subject, record_id"
        self._store(engine, query, BASE, bucket)
        listed = ", ".join(f"version.{c}" for c in stored)
        past = (
            f"select {listed}, ended.{SUPERSEDED} from version "
            f"inner join ended on version.{ROW_ID} = ended.{ROW_ID}"
        )
        if engine.keep("past", past):
            self._store(engine, self._archived(engine, bucket), ARCHIVE, bucket)

    def _archived(self, engine: Engine, bucket: str) -> str:
        """Query what goes into the archive; many small files become one."""
        old = [f for f in self.files.archive if dataset_files.bucket_of(f) == bucket]
        query = "select * from past"
        if len(old) >= self.limits.archives:
            stored = columns.stored_columns(self.dataset) | {SUPERSEDED: "date"}
            engine.files("archive", relations.addresses(self.where, old), stored)
            query += " union all select * from archive"
            self.removed += old
        return f"select * from ({query}) as held order by subject, record_id, {ROW_ID}"

    def _store(self, engine: Engine, query: str, kind: str, bucket: str) -> None:
        local = self.aside / f"{kind}.parquet"
        engine.write(query, local)
        partition = {"kind": kind, "dataset": self.dataset.id, "bucket": bucket or None}
        self.added.append(delta.store(self.where, TABLE, local, partition))
