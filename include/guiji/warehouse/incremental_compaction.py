"""Compact a dataset bucket by bucket, a bounded number of rows at a time.

The tails of recent nights are parted by bucket and sorted by subject, so that a look-up
reads one row group of each. A bucket with many tails gets one instead of them; one
whose tails have grown to a share of its base is folded into it. Each run folds the
buckets that need it most, up to a number of rows, in one commit of the dataset: no
night pays for the whole warehouse. Where versions lie changes, and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from guiji.context import Context
from guiji.engine.base import GROUP_ROWS, Engine
from guiji.engine.open import open_engine
from guiji.engine.sql import literal, name
from guiji.storage import dataset_files
from guiji.storage.dataset_files import DatasetFiles
from guiji.storage.delta import DataFile
from guiji.storage.storage_errors import explained
from guiji.storage.table_store import scratch, table_store
from guiji.storage.writer_lock import locked
from guiji.warehouse import columns, compaction, enterprises, partitions, relations
from guiji.warehouse.bucket_writer import BucketWriter, rows
from guiji.warehouse.compaction import DEFAULT_LIMITS, FoldLimits


@dataclass(frozen=True)
class RunLimits:
    """What one run does to a dataset whose base is parted by bucket.

    Attributes:
        fold: how files are divided.
        loose_rows: rows of tails without a bucket that are parted at once.
        loose_tails: so many such tails are parted, however few rows they hold.
        tails: a bucket with more gets one instead of those of like size.
        base_share: a bucket is folded when its tails hold this share of its base.
        run_rows: rows that a run folds, and rows that it joins; at least one bucket.
    """

    fold: FoldLimits = DEFAULT_LIMITS
    loose_rows: int = GROUP_ROWS
    loose_tails: int = 4
    tails: int = 6
    base_share: float = compaction.BASE_SHARE
    run_rows: int = 1_000_000


RUN_LIMITS = RunLimits()


@dataclass(frozen=True)
class Bucket:
    """What lies in one bucket.

    Attributes:
        name: first hexadecimal digits of the md5 of its subjects.
        base: its base files; several where it was parted more finely.
        tails: its parted tails.
    """

    name: str
    base: tuple[DataFile, ...]
    tails: tuple[DataFile, ...]

    @property
    def rows(self) -> int:
        """Versions in base and tails."""
        return rows((*self.base, *self.tails))


@dataclass(frozen=True)
class CompactionPlan:
    """What a run does.

    Attributes:
        digits: hexadecimal digits of a bucket.
        loose: tails without a bucket that are parted.
        buckets: all buckets.
        joined: name of a bucket -> those of its tails that become one.
        folded: names of the buckets that are folded into their base.
    """

    digits: int
    loose: tuple[DataFile, ...]
    buckets: tuple[Bucket, ...]
    joined: Mapping[str, tuple[DataFile, ...]]
    folded: frozenset[str]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.loose or self.joined or self.folded)


def plan(files: DatasetFiles, limits: RunLimits = RUN_LIMITS) -> CompactionPlan | None:
    """Decide what a run does to a dataset; None = its base is not parted."""
    digits = min((_digits(f) for f in files.base), default=0)
    if not digits:
        return None
    loose = tuple(f for f in files.tail if _digits(f) < digits)
    if len(loose) < limits.loose_tails and rows(loose) < limits.loose_rows:
        loose = ()
    parted = [f for f in files.tail if _digits(f) >= digits]
    buckets = tuple(
        Bucket(name, _within(files.base, name), _within(parted, name))
        for name in dataset_files.buckets(digits)
    )
    each = rows(loose) / len(buckets)
    folded = _folded(buckets, each, limits)
    joined = _joined([b for b in buckets if b.name not in folded], each, limits)
    return CompactionPlan(digits, loose, buckets, joined, folded)


def _folded(
    buckets: Iterable[Bucket], loose: float, limits: RunLimits
) -> frozenset[str]:
    """Choose the buckets to fold, those with the most tails first.

    Args:
        buckets: all.
        loose: rows that each of them gets, about.
        limits: how many.
    """
    shares = {b.name: (rows(b.tails) + loose) / max(rows(b.base), 1) for b in buckets}
    due = [b for b in buckets if shares[b.name] >= limits.base_share]
    due.sort(key=lambda b: (-shares[b.name], b.name))
    return frozenset(_within_limit({b.name: b.rows for b in due}, limits))


def _joined(
    buckets: Iterable[Bucket], loose: float, limits: RunLimits
) -> dict[str, tuple[DataFile, ...]]:
    """Choose the tails to join, of buckets with the most tails first; see `_folded`."""
    most = limits.tails - bool(loose)
    due = sorted(
        (b for b in buckets if len(b.tails) > most), key=lambda b: -len(b.tails)
    )
    tails = {b.name: _of_like_size(b.tails, loose) for b in due}
    sizes = {name: rows(files) for name, files in tails.items()}
    return {name: tails[name] for name in _within_limit(sizes, limits)}


def _of_like_size(tails: Iterable[DataFile], loose: float) -> tuple[DataFile, ...]:
    """Return the smallest tails up to one that holds more than all of them.

    So a row is written once more when its tail has doubled, not with every join.
    """
    chosen: list[DataFile] = []
    total = loose
    for file in sorted(tails, key=lambda f: (f.rows, f.path)):
        if len(chosen) + bool(loose) > 1 and file.rows > total:
            break
        chosen.append(file)
        total += file.rows
    return tuple(chosen)


def _within_limit(sizes: Mapping[str, int], limits: RunLimits) -> list[str]:
    """Return the first names whose rows a run may write; at least one."""
    totals = accumulate(sizes.values())
    return [
        name
        for number, (name, total) in enumerate(zip(sizes, totals, strict=True))
        if not number or total <= limits.run_rows
    ]


def _digits(file: DataFile) -> int:
    return len(dataset_files.bucket_of(file))


def _within(files: Iterable[DataFile], bucket: str) -> tuple[DataFile, ...]:
    return tuple(f for f in files if dataset_files.bucket_of(f).startswith(bucket))


def due(context: Context) -> list[str]:
    """Name the datasets that are to be compacted, and the register if it is."""
    where = table_store(context.settings)
    snapshot = dataset_files.open_records(where)
    datasets = []
    for dataset in context.catalog.datasets:
        files = dataset_files.of_dataset(snapshot, dataset)
        planned = plan(files)
        if compaction.is_due(files) if planned is None else not planned.is_empty:
            datasets.append(dataset)
    if enterprises.tails(where, snapshot) >= compaction.DUE_NIGHTS:
        datasets.append(enterprises.TABLE)
    return datasets


@explained
def compact(context: Context, dataset: str, limits: RunLimits = RUN_LIMITS) -> int:
    """Do one run of a dataset's compaction, in one commit.

    A dataset whose base is not parted, and the register, are folded as a whole: they
    are small. Waits while another process of this machine merges or publishes.

    Args:
        context: settings, where the warehouse is; catalogue, its datasets.
        dataset: id of the dataset; or `enterprises`, the register.
        limits: what a run does.

    Returns:
        Number of files it had more before than after, negative where tails were
        parted; 0 = there was nothing to do.

    Raises:
        UsageError: no such dataset.
        CommitConflict: a writer elsewhere committed meanwhile; nothing was changed,
            the next run does it.
    """
    where = table_store(context.settings)
    with locked(context.settings), scratch(context.settings) as aside:
        snapshot = dataset_files.open_records(where)
        files = dataset_files.of_dataset(snapshot, dataset)
        planned = plan(files, limits)
        if planned is not None:
            if planned.is_empty:
                return 0
            writer = BucketWriter(
                context.settings,
                where,
                context.catalog.datasets[dataset],
                files,
                aside,
                limits.fold.archives,
            )
            with open_engine(context.settings, aside / "spill") as engine:
                _Run(engine, writer, limits.fold.base_rows).run(planned)
            return writer.commit(context.catalog, snapshot)
    return compaction.fold(context, dataset, limits.fold)


@dataclass(frozen=True)
class _Run:
    """Writes the files of a plan.

    Attributes:
        engine: runs the statements.
        writer: of the dataset.
        base_rows: most rows of a base file, about.
    """

    engine: Engine
    writer: BucketWriter
    base_rows: int

    def run(self, planned: CompactionPlan) -> None:
        """Write every bucket that changes, and the numbers of the ended versions."""
        self.writer.bind(self.engine, self._addresses(planned.loose))
        loose = self._keep_parted("loose", planned.digits)
        self.writer.removed += planned.loose
        for bucket in planned.buckets:
            if bucket.name in planned.folded:
                self._bind((*bucket.base, *bucket.tails), bucket.name)
                self._fold(bucket)
                self.writer.removed += [*bucket.base, *bucket.tails]
            elif bucket.name in planned.joined:
                joined = planned.joined[bucket.name]
                self._bind(joined, bucket.name)
                self.writer.join(self.engine, bucket.name)
                self.writer.removed += joined
            elif bucket.name in loose:
                self._bind((), bucket.name)
                self.writer.join(self.engine, bucket.name)
        self.writer.join_ended(self.engine)

    def _keep_parted(self, table: str, digits: int) -> set[str]:
        """Keep the rows of `version` with their bucket; return the buckets."""
        bucket = f"left(md5(subject), {digits}) as bucket"
        self.engine.keep(table, f"select *, {bucket} from version")
        names = self.engine.fetch(f"select distinct bucket from {table}")
        return set(names["bucket"].to_pylist())

    def _bind(self, files: Sequence[DataFile], bucket: str) -> None:
        """Create `version`: the rows of some files, and the loose ones of a bucket."""
        stored = columns.stored_columns(self.writer.dataset)
        self.engine.files("stored", self._addresses(files), stored)
        self.engine.view(
            "version", f"select * from stored union all {self._part('loose', bucket)}"
        )

    def _part(self, table: str, bucket: str) -> str:
        stored = columns.stored_columns(self.writer.dataset)
        listed = ", ".join(name(c) for c in stored)
        return f"select {listed} from {table} where bucket = {literal(bucket)}"

    def _addresses(self, files: Iterable[DataFile]) -> list[str]:
        return relations.addresses(self.writer.where, files)

    def _fold(self, bucket: Bucket) -> None:
        """Fold a bucket; one that has grown too large is parted more finely."""
        digits = max(_digits(f) for f in bucket.base)
        inside = 16 ** (digits - len(bucket.name))
        digits += partitions.digits_for(bucket.rows, self.base_rows * inside)
        if digits == len(bucket.name):
            self.writer.fold(self.engine, bucket.name)
            return
        self._keep_parted("parted", digits)
        for finer in dataset_files.buckets(digits):
            if finer.startswith(bucket.name):
                self.engine.view("version", self._part("parted", finer))
                self.writer.fold(self.engine, finer)
