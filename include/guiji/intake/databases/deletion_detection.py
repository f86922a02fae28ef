"""Sweeps: what has vanished from a department's table is revoked in its name.

A watermark does not see deletions. So, in the cycle that the catalogue gives, the key
columns of all rows are read in the extract's own snapshot, turned into record ids as
the checks do, and compared with what the warehouse holds from earlier extracts of the
same table. A revocation is the row as it was last delivered, marked 撤销: it passes
the checks as that row did and is merged as any other.

Nothing is revoked if more would go than the dataset's `mass_change_limit`: an empty
table is more often a mistake than a decision.

Source:
    阳府〔2018〕60号 第十一条 (撤销); 贵州省企业公共信用信息平台运行管理规则(试行)
    第二十四条 (own records only, no loss).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guiji.catalog.model import Dataset, Item
from guiji.context import Context
from guiji.core.errors import SourceUnavailable
from guiji.core.schemas import TEXT_COLUMNS
from guiji.intake.databases import source
from guiji.intake.databases.job import Job
from guiji.parsing import identity, keys
from guiji.parsing.operations import COLUMN, REVOKE, WORDS
from guiji.parsing.parse import parse
from guiji.reading.layout import OPERATION_HEADINGS

BLOCK = 50_000
"""Rows whose ids are made at a time."""

HEADING = OPERATION_HEADINGS[0]
WORD = next(word for word, operation in WORDS.items() if operation == REVOKE)
PRESENT = pa.schema(
    [
        ("record_id", pa.string()),
        ("record_key", pa.string()),
        ("is_doubtful", pa.bool_()),  # its code or key is not as it should be
    ]
)
"""One line per row of the table."""

EXTRACTED = pa.schema([("batch_id", pa.string()), ("is_swept", pa.bool_())])
"""The batches of one extract, and whether they revoked what had vanished."""


@dataclass(frozen=True)
class DeletionComparison:
    """What the warehouse holds from one table, beside the table.

    Attributes:
        standing: records that stand there as an extract of the table stated them.
        gone: `batch_id` and `source_row` of those that the table no longer has.
        back: `record_id`, `batch_id` and `source_row` of records that an extract of
            the table revoked and that the table has.
    """

    standing: int
    gone: pa.Table
    back: pa.Table


class WarehouseComparison(Protocol):
    """Compares a table with the warehouse, which lies above the intake."""

    def __call__(
        self, dataset: Dataset, department: str, extracted: pa.Table, present: Path
    ) -> DeletionComparison:
        """Compare.

        Args:
            dataset: the catalogue entry.
            department: whose records they are.
            extracted: `EXTRACTED`, the batches that came from the table.
            present: Parquet file of `PRESENT`, the rows that the table has.
        """


class DeletionsRefused(SourceUnavailable):
    """A sweep cannot be done; the extract goes on without it."""


class TooManyDeletions(DeletionsRefused):
    """More records have vanished than one sweep may revoke; nothing is revoked."""

    def __init__(self, job: Job, gone: int, standing: int) -> None:
        self.gone, self.standing = gone, standing
        limit = job.dataset.mass_change_limit
        super().__init__(
            f"{gone} of {standing} records have vanished, the limit is {limit:.0%}; "
            "nothing is revoked",
            f"原因：库表中已找不到此前采集的 {gone} 条记录，占 {standing} 条的 "
            f"{gone / standing:.1%}，超过目录规定的 {limit:.0%}，未作撤销处理。\n"
            "处理办法：请核对库表是否被清空、重建或改变了筛选条件；确需撤销的，"
            "请以文件报送并在“操作”列注明“撤销”，或联系平台。",
        )


class DeletionDetection:
    """One sweep of one table, in the snapshot of its extract."""

    def __init__(
        self,
        context: Context,
        job: Job,
        standing: WarehouseComparison,
    ) -> None:
        self._context = context
        self._job, self._standing = job, standing
        self._person_key = keys.person_key(context.settings)

    def compare(
        self, table: source.Source, items: list[Item], folder: Path
    ) -> DeletionComparison:
        """Read the keys of all rows and compare them with the warehouse.

        Args:
            table: the open table.
            items: those that it has columns for.
            folder: for the keys; they are removed again.

        Raises:
            SourceUnavailable: the database refused.
            TooManyDeletions: more is gone than may be revoked.
        """
        extracted = self._extracted()
        if not extracted.num_rows:
            return DeletionComparison(0, gone=pa.table({}), back=pa.table({}))
        path = folder / "present.parquet"
        wanted = [i for i in items if i.id in identity.items_of(self._job.dataset)]
        rows = table.rows([self._job.column(i) for i in wanted], [], None)
        with pq.ParquetWriter(path, PRESENT, compression="zstd") as file:
            for block in _blocks(rows):
                file.write_table(self._identified(wanted, block))
        department = self._job.extract.department
        missing = self._standing(self._job.dataset, department, extracted, path)
        path.unlink()
        gone = missing.gone.num_rows
        if gone > self._job.dataset.mass_change_limit * missing.standing:
            raise TooManyDeletions(self._job, gone, missing.standing)
        return missing

    def revocations(self, gone: pa.Table) -> pa.Table:
        """Return the rows to be revoked as they were delivered: one column per item."""
        named = {item.id for item in self._job.dataset.items}
        parts = [pa.table({})]
        for batch, rows in _by_batch(gone):
            table = self._rows(batch, rows)
            parts.append(table.select([c for c in table.column_names if c in named]))
        return pa.concat_tables(parts, promote_options="default")

    def returned(self, back: pa.Table) -> set[str]:
        """Return the ids of records that were revoked as deleted and are there again.

        A record that the table itself calls revoked was revoked by no sweep.
        """
        record_ids: set[str] = set()
        for batch, rows in _by_batch(back):
            table = self._rows(batch, rows)
            swept = table.filter(pc.equal(table[COLUMN], WORD))["source_row"]
            mine = pc.and_(
                pc.equal(back["batch_id"], batch), pc.is_in(back["source_row"], swept)
            )
            record_ids.update(back.filter(mine)["record_id"].to_pylist())
        return record_ids

    def beside(
        self, rows: Iterable[source.Row], items: list[Item], returned: set[str]
    ) -> Iterator[tuple[source.Row, bool]]:
        """Return for each row whether its record is one that returned."""
        for block in _blocks(rows):
            ids = self._identified(items, block)["record_id"].to_pylist()
            yield from zip(block, (i in returned for i in ids), strict=True)

    def _identified(self, items: list[Item], rows: list[source.Row]) -> pa.Table:
        """Make `PRESENT` of rows."""
        named = {*identity.items_of(self._job.dataset)}
        cells = list(zip(*(row.cells for row in rows), strict=True))
        size = len(rows)
        text = {f.name: pa.nulls(size, f.type) for f in TEXT_COLUMNS}
        text |= {
            item.id: pa.array(column, pa.string())
            for item, column in zip(items, cells, strict=True)
            if item.id in named
        }
        typed = parse(
            pa.table(text),
            self._job.dataset,
            self._context.catalog,
            self._job.extract.department,
            self._person_key,
        )
        doubtful = pa.array([False] * size)
        for name in self._job.dataset.key:
            doubtful = pc.or_(doubtful, typed[name].is_null())
        for name in named:
            if f"{name}__ok" in typed.column_names:
                doubtful = pc.or_(doubtful, pc.invert(typed[f"{name}__ok"]))
        columns = [typed["record_id"], typed["record_key"], doubtful]
        return pa.table(columns, schema=PRESENT)

    def _extracted(self) -> pa.Table:
        """Find the batches that came from this table."""
        job = self._job
        rows = [
            {"batch_id": d.batch_id, "is_swept": self._is_swept(d.batch_id)}
            for d in self._context.ledger.deliveries()
            if d.way == "extract"
            and d.batch_id is not None
            and (d.department, d.dataset) == (job.extract.department, job.dataset.id)
            and d.source_file == job.file
        ]
        return pa.Table.from_pylist(rows, EXTRACTED)

    def _is_swept(self, batch_id: str) -> bool:
        path = self._text(batch_id)
        return path.is_file() and COLUMN in pq.read_schema(path).names

    def _rows(self, batch_id: str, rows: pa.Array) -> pa.Table:
        """Read some rows of an earlier extract as they were delivered.

        Raises:
            DeletionsRefused: its folder is gone.
        """
        path = self._text(batch_id)
        if not path.is_file():
            raise DeletionsRefused(
                f"batches/{batch_id}/text.parquet is gone; restore it from the backup"
            )
        return pq.read_table(path, filters=pc.field("source_row").isin(rows))

    def _text(self, batch_id: str) -> Path:
        return self._context.settings.batches / batch_id / "text.parquet"


def _blocks(rows: Iterable[source.Row]) -> Iterator[list[source.Row]]:
    left = iter(rows)
    while block := list(islice(left, BLOCK)):
        yield block


def _by_batch(table: pa.Table) -> Iterator[tuple[str, pa.Array]]:
    """Yield the row numbers of each batch, batches and numbers in order."""
    if not table.num_rows:
        return
    ordered = table.sort_by([("batch_id", "ascending"), ("source_row", "ascending")])
    for batch in ordered["batch_id"].unique().to_pylist():
        mine = ordered.filter(pc.equal(ordered["batch_id"], batch))
        yield batch, mine["source_row"].combine_chunks()
