"""Fold a whole dataset: the nights since the last fold go into its base.

Readers have to look into every tail; a fold writes the current versions anew, bucket
by bucket, and moves the versions that ended into the archive. It changes where
versions lie and nothing else: every one of them is there before and after. One
dataset is folded in one commit, so that the work is bounded and a night that waits
for the lock does not wait long.
"""

from collections import Counter
from dataclasses import dataclass

from guiji.context import Context
from guiji.core.errors import UsageError
from guiji.engine.base import GROUP_ROWS
from guiji.engine.open import open_engine
from guiji.storage import dataset_files
from guiji.storage.dataset_files import DatasetFiles
from guiji.storage.storage_errors import explained
from guiji.storage.table_store import scratch, table_store
from guiji.storage.writer_lock import locked
from guiji.warehouse import enterprises, partitions, relations
from guiji.warehouse.bucket_writer import BucketWriter, rows

DUE_NIGHTS = 7
"""A dataset with so many tails is due."""

BASE_SHARE = 0.5
"""Tails with so many rows, measured by their base, are large."""


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


def is_due(files: DatasetFiles) -> bool:
    """Return whether a dataset is to be folded as a whole.

    It is after so many nights, and when unsorted tails are large beside its base, as
    after a first load. Tails of one night have a bucket each if the night was large.
    """
    per_bucket = Counter(dataset_files.bucket_of(f) for f in files.tail)
    is_large = rows(files.tail) >= max(GROUP_ROWS, BASE_SHARE * rows(files.base))
    return is_large or max(per_bucket.values(), default=0) >= DUE_NIGHTS


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
        writer = BucketWriter(
            context.settings,
            where,
            context.catalog.datasets[dataset],
            shelf,
            aside,
            limits.archives,
            removed=[*shelf.base, *shelf.tail, *shelf.ended],
        )
        _write_all(writer, limits)
        return writer.commit(context.catalog, snapshot)


def _write_all(writer: BucketWriter, limits: FoldLimits) -> None:
    """Write every bucket anew."""
    files, where = writer.files, writer.where
    base_and_tail = (*files.base, *files.tail)
    held = rows(base_and_tail) - rows(files.ended)
    digits = partitions.digits_for(held, limits.base_rows)
    stay = [f for f in files.base if len(dataset_files.bucket_of(f)) == digits]
    moved = [f for f in base_and_tail if f not in stay]
    folder = writer.aside / "moved"
    paths = relations.addresses(where, moved)
    if digits:
        partitions.split(paths, folder, digits, limits.flush_rows)
    for bucket in dataset_files.buckets(digits):
        base = [f for f in stay if dataset_files.bucket_of(f) == bucket]
        sources = relations.addresses(where, base)
        sources += partitions.of_bucket(folder, bucket) if digits else paths
        with open_engine(writer.settings, writer.aside / "spill") as engine:
            writer.bind(engine, sources)
            writer.fold(engine, bucket)
