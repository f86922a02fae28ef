"""The table `records`: its kinds of files, and which of them hold a dataset.

base        the current versions at the last fold, one file per bucket of subjects
tail        the new versions of one night
superseded  the numbers of the versions that one night ended
archive     versions that a fold took out of base and tail, with the night of their end

Every version ever stored is in exactly one file of base, tail or archive.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from guiji.core.errors import LedgerBroken
from guiji.storage.delta import DataFile, Snapshot, snapshot
from guiji.storage.table_store import TableStore

Fits = Callable[[str], bool]

TABLE = "records"
PARTITION = ("kind", "dataset", "bucket")
BASE, TAIL, ENDED, ARCHIVE = "base", "tail", "superseded", "archive"

LAST_NIGHT = "last-night"
"""Application transaction that holds the last night merged, as days since 0001."""


@dataclass(frozen=True)
class DatasetFiles:
    """The files of one dataset in one version of the table.

    Attributes:
        dataset: its id.
        base: one per bucket, or none before the first fold.
        tail: versions since then.
        ended: numbers of the versions that ended since then.
        archive: versions that had ended by then.
    """

    dataset: str
    base: tuple[DataFile, ...] = ()
    tail: tuple[DataFile, ...] = ()
    ended: tuple[DataFile, ...] = ()
    archive: tuple[DataFile, ...] = ()

    @property
    def files(self) -> tuple[DataFile, ...]:
        """All files."""
        return (*self.base, *self.tail, *self.ended, *self.archive)

    def about(self, *subjects: str) -> "DatasetFiles":
        """Return the files that can hold a version of one of the subjects."""
        digests = [md5(subject) for subject in subjects]
        return self._only(lambda bucket: any(d.startswith(bucket) for d in digests))

    def among(self, subjects: Iterable[str]) -> "DatasetFiles":
        """Return the files that can hold versions of some subjects."""
        digits = max((len(bucket_of(f)) for f in self.files), default=0)
        wanted = {md5(subject)[:digits] for subject in subjects}
        return self._only(
            lambda bucket: any(digest.startswith(bucket) for digest in wanted)
        )

    def within(self, bucket: str) -> "DatasetFiles":
        """Return the files that can hold versions of a bucket's subjects."""
        return self._only(
            lambda other: other.startswith(bucket) or bucket.startswith(other)
        )

    def beyond(self, past: Snapshot) -> "DatasetFiles":
        """Return the files of versions that an earlier snapshot lacks; ends stay."""
        known = {f.path for f in past.files}
        base, tail, archive = (
            tuple(f for f in files if f.path not in known)
            for files in (self.base, self.tail, self.archive)
        )
        return DatasetFiles(self.dataset, base, tail, self.ended, archive)

    def _only(self, fits: Fits) -> "DatasetFiles":
        def chosen(files: Iterable[DataFile]) -> tuple[DataFile, ...]:
            return tuple(f for f in files if fits(bucket_of(f)))

        return DatasetFiles(
            self.dataset,
            chosen(self.base),
            chosen(self.tail),
            chosen(self.ended),
            chosen(self.archive),
        )


def md5(subject: str) -> str:
    """Hash a subject to spread subjects evenly; engines compute it the same way."""
    return hashlib.md5(subject.encode(), usedforsecurity=False).hexdigest()


def bucket_of(file: DataFile) -> str:
    """Return the first hexadecimal digits of the md5 of all subjects in a file."""
    return file.partition.get("bucket") or ""


def buckets(digits: int) -> list[str]:
    """List all buckets of a number of hexadecimal digits."""
    return [f"{n:0{digits}x}" for n in range(16**digits)] if digits else [""]


def open_records(store: TableStore, version: int | None = None) -> Snapshot:
    """Read the newest version of the table, or another one."""
    return snapshot(store, TABLE, version)


def of_dataset(snapshot: Snapshot, dataset: str) -> DatasetFiles:
    """Gather the files of a dataset.

    Raises:
        LedgerBroken: the base files do not hold every subject exactly once: a writer
            broke the rules, and rows would be missing or doubled.
    """
    kinds: dict[str, list[DataFile]] = {BASE: [], TAIL: [], ENDED: [], ARCHIVE: []}
    for file in snapshot.files:
        if file.partition["dataset"] == dataset:
            kinds[file.partition["kind"] or ""].append(file)
    _require_cover(snapshot, dataset, [bucket_of(f) for f in kinds[BASE]])
    return DatasetFiles(
        dataset,
        tuple(kinds[BASE]),
        tuple(kinds[TAIL]),
        tuple(kinds[ENDED]),
        tuple(kinds[ARCHIVE]),
    )


def _require_cover(snapshot: Snapshot, dataset: str, buckets: list[str]) -> None:
    """Demand that base buckets part all subjects: none missing, none twice."""
    share = sum(16.0 ** -len(bucket) for bucket in buckets)
    ordered = sorted(buckets)  # a bucket stands right before those inside it
    nested = any(b.startswith(a) for a, b in pairwise(ordered))
    if buckets and (share != 1 or nested):
        raise LedgerBroken(
            f"{snapshot.table} version {snapshot.version}: the base files of {dataset} "
            f"do not hold every subject once: {ordered}; restore the last backup"
        )


def night_mark(night: date) -> str:
    """Name the application transaction of a night's merge."""
    return f"night:{night}"


def is_merged(snapshot: Snapshot, night: date) -> bool:
    """Return whether a night was merged."""
    return snapshot.transaction(night_mark(night)) is not None


def last_night(snapshot: Snapshot) -> date | None:
    """Return the last night that was merged."""
    ordinal = snapshot.transaction(LAST_NIGHT)
    return date.fromordinal(ordinal) if ordinal else None


def shown_days(
    snapshot: Snapshot, as_of: date | None
) -> tuple[date | None, date | None]:
    """Return which days a reader is shown who asks for what was known on a day.

    Args:
        snapshot: the table.
        as_of: the day asked for; None = now.

    Returns:
        The night after which nothing counts, None = all there is counts; and the day
        they show, None = nothing was merged.
    """
    last = last_night(snapshot)
    last_shown = as_of if as_of and last and as_of < last else None
    return last_shown, as_of or last
