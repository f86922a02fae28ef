"""Merge a night's batches of one dataset: from parsed rows to files and counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Dataset
from guiji.core import files
from guiji.core.errors import LedgerBroken
from guiji.core.settings import Settings
from guiji.engine.base import Engine
from guiji.engine.duck import DuckEngine
from guiji.engine.open import open_engine
from guiji.engine.sql import literal, name, statement
from guiji.storage import delta
from guiji.storage.dataset_files import BASE, ENDED, TABLE, TAIL, DatasetFiles
from guiji.storage.delta import DataFile
from guiji.storage.table_store import TableStore
from guiji.warehouse import columns, merge_findings, relations
from guiji.warehouse.merge_night import NO_VERSION, AcceptedBatch
from guiji.warehouse.partitions import Partition, part

NUMBERS_PER_NIGHT = 1 << 32
"""Versions of one dataset that one night can number."""

BAD = pa.schema([("batch_id", pa.string()), ("row_id", pa.int64())])
ARCHIVED = {n: kind for n, (kind, _) in columns.NUMBERS.items()}
KEYS = ("incoming", "held", "placed", "seen", "outcome", "noted")
"""What is kept to decide about rows; the versions are written without it."""

STANDING = ("record_id", columns.ROW_ID, "owner", "operation", "received_at")


@dataclass
class DatasetMerge:
    """A night's merge of one dataset; `run` it once.

    Attributes:
        settings: where the SQL models are.
        place: where the files go.
        dataset: the catalogue entry.
        night: the night.
        files: the dataset's files before.
        scratch: folder for files that are being written.
        database: of the merge.
    """

    settings: Settings
    place: TableStore
    dataset: Dataset
    night: date
    files: DatasetFiles
    scratch: Path
    database: DuckEngine

    def __post_init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        """(batch id, outcome) -> rows."""

        self.added: list[DataFile] = []
        self.noted: list[pa.Table] = []
        """Rows and absent records to be told, columns of `merge_findings.NOTED`."""

        self.not_revoked: Counter[str] = Counter()
        """Department -> records that its incomplete full delivery lacks."""

        self._next = self.night.toordinal() * NUMBERS_PER_NIGHT
        self._first: dict[str, int] = {}

    def run(self, batches: Sequence[AcceptedBatch]) -> None:
        """Write the night's files of this dataset; `added` and `counts` tell them.

        Raises:
            LedgerBroken: a row claims a record that another department delivered.
        """
        ordered = sorted(batches, key=lambda b: b.batch_id)
        for batch in ordered:
            self._first[batch.batch_id] = self._next
            self._next += _highest_row(batch.typed) + 1
        with TemporaryDirectory(dir=self.scratch) as folder:
            for partition in part(ordered, Path(folder)):
                spill = self.scratch / "spill"
                with open_engine(self.settings, spill, self.database) as engine:
                    self._merge(engine, partition)

    def _merge(self, engine: Engine, partition: Partition) -> None:
        files = self.files.within(partition.bucket)
        relations.bind(engine, self.place, self.dataset, files)
        self._bind_batches(engine, partition)
        self._keep(engine, "incoming")
        self._keep(engine, "held")
        self._refuse_foreign(engine)
        self._keep(engine, "placed")
        self._bind_seen(engine)
        self._keep(engine, "outcome", {"older_rows_apply": self._older_rows_apply})
        absent = self._bind_absent(engine)
        self._next += absent
        self._note(engine, absent)
        self._count_not_revoked(engine, partition)
        self._keep(engine, "dropped")
        stored = self._count(engine)
        self._write(engine, partition, stored)

    @property
    def _older_rows_apply(self) -> bool:
        """Whether a row that equals an older version of its record becomes current."""
        return (
            self.dataset.delivery == "full" or self.dataset.superseded_rows == "apply"
        )

    def _keep(
        self, engine: Engine, model: str, parameters: dict[str, object] | None = None
    ) -> int:
        """Run sql/warehouse/<model>.sql and keep its rows under the same name."""
        text = statement(self.settings, f"warehouse/{model}")
        return engine.keep(model, text, parameters or {})

    def _bind_batches(self, engine: Engine, partition: Partition) -> None:
        """Create `typed`, `batch` and `bad`: the rows of one part and their batches."""
        wanted = columns.typed_columns(self.dataset)
        numbers = [
            f"cast({expression} as {kind}) as {number}"
            for number, (kind, expression) in columns.NUMBERS.items()
        ]
        listed = ", ".join([*(name(c) for c in wanted), *numbers])
        files = {p.batch.batch_id: p.typed for p in partition.portions}
        engine.labelled_files("parsed", files, wanted, "batch_id")
        engine.view("typed", f"select batch_id, {listed} from parsed")
        batches = [portion.batch for portion in partition.portions]
        engine.rows("batch", self._batch_rows(batches))
        engine.rows("bad", pa.concat_tables(bad_rows(b) for b in batches))

    def _batch_rows(self, batches: Sequence[AcceptedBatch]) -> pa.Table:
        instant = pa.timestamp("us", tz="UTC")
        return pa.table(
            {
                "batch_id": pa.array([b.batch_id for b in batches], pa.string()),
                "first_id": pa.array([self._first[b.batch_id] for b in batches]),
                "owner": pa.array([b.department for b in batches], pa.string()),
                "received_at": pa.array([b.received_at for b in batches], instant),
                "is_full": [self._is_full(b) for b in batches],
                "is_whole": [self._is_whole(b) for b in batches],
            }
        )

    def _refuse_foreign(self, engine: Engine) -> None:
        foreign = engine.fetch(statement(self.settings, "warehouse/foreign_rows"))
        if foreign.num_rows:
            named = ", ".join(foreign["batch_id"].to_pylist())
            raise LedgerBroken(f"rows of {named} claim records of another department")

    def _bind_seen(self, engine: Engine) -> None:
        """Create `seen`; no archive is read where every row is new or unchanged."""
        asked = engine.fetch(
            "select count(*) as n from placed "
            "where not is_alone or content_number <> latest_number"
        )
        if not asked["n"][0].as_py():
            engine.files("archive", [], ARCHIVED)
        self._keep(engine, "seen")

    def _bind_absent(self, engine: Engine) -> int:
        """Create `absent`; only full deliveries ask for all that stands."""
        query = relations.standing(STANDING)
        if self.dataset.delivery != "full":
            query += " and false"
        engine.view("standing", query)
        return self._keep(engine, "absent", {"before": self._next})

    def _note(self, engine: Engine, absent: int) -> None:
        """Add to `noted` what departments are told; most nights it is nothing."""
        queries = [merge_findings.absent_records(self.dataset)] if absent else []
        if self._keep(engine, "noted"):
            self._keep(engine, "last_of_night")
            engine.keep("current_id", merge_findings.HELD_IDS)
            ids = engine.fetch("select row_id from current_id order by row_id")
            row_ids = ids["row_id"].to_pylist()
            queries.append(merge_findings.noted_rows(self.dataset, row_ids))
        for query in queries:
            self.noted.append(engine.fetch(query).cast(merge_findings.NOTED))

    def _count_not_revoked(self, engine: Engine, partition: Partition) -> None:
        """Count what incomplete full deliveries lack; most nights there are none."""
        batches = [portion.batch for portion in partition.portions]
        if any(self._is_full(b) and not self._is_whole(b) for b in batches):
            counts = engine.fetch(statement(self.settings, "warehouse/not_revoked"))
            for row in counts.to_pylist():
                self.not_revoked[row["owner"]] += row["records"]

    def _is_full(self, batch: AcceptedBatch) -> bool:
        """Return whether a batch is a full delivery, not part of an earlier one."""
        return self.dataset.delivery == "full" and not batch.is_replay

    def _is_whole(self, batch: AcceptedBatch) -> bool:
        """Return whether what a batch lacks is missing."""
        is_part = batch.is_part or batch.quarantined > 0
        return self._is_full(batch) and not is_part

    def _count(self, engine: Engine) -> int:
        """Count outcomes; return how many versions there are to store."""
        counts = engine.fetch(
            "select batch_id, outcome, count(*) as n from outcome "
            "group by batch_id, outcome union all "
            "select batch_id, 'absent' as outcome, count(*) as n from absent "
            "group by batch_id"
        )
        for row in counts.to_pylist():
            self.counts[row["batch_id"], row["outcome"]] += row["n"]
        return sum(r["n"] for r in counts.to_pylist() if r["outcome"] not in NO_VERSION)

    def _write(self, engine: Engine, partition: Partition, stored: int) -> None:
        """Write the numbers of the versions that ended, and the new versions."""
        if self._keep(engine, "superseded", {"night": self.night}):
            query = "select * from superseded order by row_id"
            self._store(engine, query, ENDED, partition.bucket)
        for table in KEYS:
            engine.files(table, (), {"row_id": "bigint"})  # gives memory back
        is_first = bool(partition.bucket) and not self.files.base
        if stored or is_first:
            kind = BASE if is_first else TAIL
            order = "subject, record_id, row_id" if is_first else "row_id"
            query = f"{self._versions()} order by {order}"
            self._store(engine, query, kind, partition.bucket)

    def _store(self, engine: Engine, query: str, kind: str, bucket: str) -> None:
        local = self.scratch / f"{kind}.parquet"
        engine.write(query, local)
        partition = {"kind": kind, "dataset": self.dataset.id, "bucket": bucket or None}
        self.added.append(delta.store(self.place, TABLE, local, partition))

    def _versions(self) -> str:
        """Write the query of the new versions; a join gives them in no order."""
        return (
            f"select {self._projection(is_absent=False)} from typed "
            "inner join batch on typed.batch_id = batch.batch_id "
            "where not exists (select 1 from dropped "
            "where dropped.batch_id = typed.batch_id "
            "and dropped.row_id = typed.row_id) union all "
            f"select {self._projection(is_absent=True)} from version "
            "inner join absent on version.row_id = absent.held_id"
        )

    def _projection(self, *, is_absent: bool) -> str:
        """Write a version's columns, from a parsed row or from an absent record."""
        source = "version" if is_absent else "typed"
        origin = ["absent.batch_id"]
        if not is_absent:
            origin = ["typed.batch_id", "typed.source_sheet", "typed.source_row"]
        key = f"concat_ws('|', {source}.record_id, {', '.join(origin)})"
        special = {
            "version_id": f"left(sha256({key}), 20)",
            "merged_night": literal(self.night),
        }
        if is_absent:
            content = "sha256(concat(version.content_hash, '|revoke'))"
            special |= {
                columns.ROW_ID: "absent.new_id",
                "batch_id": "absent.batch_id",
                "operation": "'revoke'",
                "received_at": "absent.received_at",
                "source_sheet": "null",
                "source_row": "null",
                "content_hash": content,
                "content_number": f"hex_number(left({content}, 15))",
            }
        else:
            special |= {
                columns.ROW_ID: "batch.first_id + typed.row_id",
                "received_at": "batch.received_at",
                "uscc": f"typed.{name(self.dataset.subject.uscc)}",
                "enterprise_name": f"typed.{name(self.dataset.subject.name)}",
            }
        stored = columns.stored_columns(self.dataset)
        return ", ".join(
            f"cast({special.get(c, f'{source}.{name(c)}')} as {kind}) as {name(c)}"
            for c, kind in stored.items()
        )


def bad_rows(batch: AcceptedBatch) -> pa.Table:
    """List the rows of a batch that are in quarantine, as columns of `BAD`."""
    return put_away(batch.batch_id, batch.bad_rows)


def put_away(batch_id: str, rows: Path | Sequence[int]) -> pa.Table:
    """List rows of a batch, numbers or a Parquet file of them, as columns of `BAD`."""
    if isinstance(rows, Path):
        numbers = files.read_parquet(rows, ["row_id"])["row_id"]
    else:
        numbers = pa.array(np.asarray(rows, dtype=np.int64))
    ids = pa.repeat(pa.scalar(batch_id, pa.string()), len(numbers))
    return pa.table([ids, numbers], schema=BAD)


def _highest_row(typed: Path) -> int:
    """Return the highest `row_id` of a parsed delivery; -1 = it has no rows."""
    rows = files.read_parquet(typed, ["row_id"])["row_id"]
    return pc.max(rows).as_py() if len(rows) else -1
