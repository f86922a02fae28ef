"""Write the files of one bucket of a dataset anew, for every kind of compaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from guiji.catalog.model import Catalog, Dataset
from guiji.core.settings import Settings
from guiji.engine.base import GROUP_ROWS, Engine
from guiji.storage import commits, dataset_files, delta
from guiji.storage.dataset_files import (
    ARCHIVE,
    BASE,
    ENDED,
    TABLE,
    TAIL,
    DatasetFiles,
)
from guiji.storage.delta import DataFile, Snapshot
from guiji.storage.table_store import TableStore
from guiji.warehouse import columns, relations
from guiji.warehouse.columns import ROW_ID, SUPERSEDED

TAIL_GROUP_ROWS = 2_048
"""Rows of a row group of a sorted tail, of which a look-up reads one per night."""


@dataclass
class BucketWriter:
    """Writes files of one dataset; nothing counts until `commit`.

    Attributes:
        settings: the engine.
        where: where the tables are.
        dataset: the catalogue entry.
        files: the dataset's files before.
        aside: folder for files that are being written.
        archives: so many archive files of a bucket are written as one.
        added: the files written.
        removed: the files that they replace.
    """

    settings: Settings
    where: TableStore
    dataset: Dataset
    files: DatasetFiles
    aside: Path
    archives: int
    added: list[DataFile] = field(default_factory=list)
    removed: list[DataFile] = field(default_factory=list)

    def bind(self, engine: Engine, sources: Sequence[str]) -> None:
        """Create `version`, the versions of base and tail in some files."""
        engine.files("version", sources, columns.stored_columns(self.dataset))

    def fold(self, engine: Engine, bucket: str) -> None:
        """Write a bucket's base and move its ended versions into the archive.

        Args:
            engine: has all its versions of base and tail as `version`.
            bucket: first hexadecimal digits of the md5 of its subjects; "" = all.
        """
        stored = columns.stored_columns(self.dataset)
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
        if len(old) >= self.archives:
            stored = columns.stored_columns(self.dataset) | {SUPERSEDED: "date"}
            engine.files("archive", relations.addresses(self.where, old), stored)
            query += " union all select * from archive"
            self.removed += old
        return f"select * from ({query}) as held order by subject, record_id, {ROW_ID}"

    def join(self, engine: Engine, bucket: str) -> None:
        """Write the versions of a bucket's tails as one tail, sorted by subject.

        Args:
            engine: has them as `version`.
            bucket: see `fold`.
        """
        query = f"select * from version order by subject, record_id, {ROW_ID}"
        self._store(engine, query, TAIL, bucket)

    def join_ended(self, engine: Engine) -> None:
        """Write the numbers of ended versions as one file, without those archived."""
        archived = [f for f in self.added if f.partition["kind"] == ARCHIVE]
        sources = relations.addresses(self.where, self.files.ended)
        engine.files("ended", sources, relations.ENDED_COLUMNS)
        past = relations.addresses(self.where, archived)
        engine.files("archived", past, {ROW_ID: "bigint"})
        left = (
            f"select {ROW_ID}, {SUPERSEDED} from ended where not exists "
            f"(select 1 from archived where archived.{ROW_ID} = ended.{ROW_ID})"
        )
        if engine.keep("remaining", left):
            query = f"select * from remaining order by {ROW_ID}"
            self._store(engine, query, ENDED, "")
        self.removed += self.files.ended

    def _store(self, engine: Engine, query: str, kind: str, bucket: str) -> None:
        local = self.aside / f"{kind}.parquet"
        engine.write(query, local, TAIL_GROUP_ROWS if kind == TAIL else GROUP_ROWS)
        partition = {"kind": kind, "dataset": self.dataset.id, "bucket": bucket or None}
        self.added.append(delta.store(self.where, TABLE, local, partition))

    def commit(self, catalog: Catalog, snapshot: Snapshot) -> int:
        """Put what was written in the place of what it replaces.

        Returns:
            How many files fewer the dataset has.

        Raises:
            CommitConflict: a writer elsewhere committed meanwhile; nothing was changed.
        """
        night = dataset_files.last_night(snapshot)
        if night is None:
            raise AssertionError("a tail without a night")
        delta.commit(
            self.where,
            snapshot,
            columns.table_schema(catalog),
            dataset_files.PARTITION,
            added=self.added,
            removed=self.removed,
            night=night,
            note={
                commits.OPERATION: commits.FOLD,
                "guiji.dataset": self.dataset.id,
                commits.NIGHT: night.isoformat(),
            },
        )
        return len(self.removed) - len(self.added)


def rows(files: Iterable[DataFile]) -> int:
    """Count the rows of files."""
    return sum(f.rows for f in files)
