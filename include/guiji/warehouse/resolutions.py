"""Which lines of the quarantine a night closes, and how.

A line is closed by what the merge takes in, never by hand: a good row of the same
record, the row itself when it is checked again, a delivery in the place of a refused
one. What is closed is written beside the records and counts with their commit, so that
every past night knows what was open then.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from guiji.catalog.model import Dataset
from guiji.checking import masking
from guiji.context import NightContext
from guiji.core.schemas import FINDINGS, QUARANTINE, RESOLUTIONS
from guiji.domain.text import name_norm_one
from guiji.engine import sql
from guiji.engine.base import Engine
from guiji.engine.duck import DuckEngine
from guiji.engine.sql import name, statement
from guiji.storage.delta import Snapshot
from guiji.storage.table_store import TableStore
from guiji.warehouse import tables
from guiji.warehouse.merge_dataset import BAD, bad_rows
from guiji.warehouse.merge_night import AcceptedBatch, NightTables

LINE_COLUMNS = (
    *("night", "batch_id", "department", "dataset", "source_file", "source_sheet"),
    *("source_row", "record_id", "record_key", "enterprise_name"),
)
SAID_COLUMNS = (
    *("night", "batch_id", "dataset", "source_sheet", "source_row"),
    *("item", "severity"),
)
WAITING = {c: kind for c, kind in sql.kinds(QUARANTINE).items() if c in LINE_COLUMNS}
SAID = {c: kind for c, kind in sql.kinds(FINDINGS).items() if c in SAID_COLUMNS}
LINE = ("put_away_night", "batch_id", "source_sheet", "source_row")
TYPED = {
    "row_id": "bigint",
    "source_sheet": "varchar",
    "source_row": "integer",
    "record_id": "varchar",
    "record_key": "varchar",
}
TAKEN = {
    "batch_id": "varchar",
    **{c: kind for c, kind in TYPED.items() if c != "row_id"},
    "enterprise_name": "varchar",
}


@dataclass(frozen=True)
class ResolutionFinder:
    """Finds what a night closes.

    Attributes:
        context: settings, where the SQL models are; catalogue, says which items tell
            whom a record is about; night, the night.
        store: where the tables are.
        snapshot: `records` before the night.
        batches: what the night takes in.
        database: of the merge.
    """

    context: NightContext
    store: TableStore
    snapshot: Snapshot
    batches: Sequence[AcceptedBatch]
    database: DuckEngine

    def find(self, brought: NightTables) -> pa.Table:
        """Find the lines that the night closes.

        Args:
            brought: what the night brings; its quarantine may hold lines that another
                of its deliveries mends, or that replace older ones.

        Returns:
            Columns of `schemas.RESOLUTIONS`, one row per line.
        """
        with self.database.session() as engine:
            if not self._bind_lines(engine, brought):
                return RESOLUTIONS.empty_table()
            self._bind_batches(engine)
            self._bind_taken(engine)
            model = statement(self.context.settings, "warehouse/closed")
            return self._settled(engine.fetch(model, {"night": self.context.night}))

    def _bind_lines(self, engine: Engine, brought: NightTables) -> int:
        """Create `line`; return how many lines there are."""
        engine.rows("tonight", brought.quarantine.select(list(WAITING)))
        before = tables.merged_files(self.store, "quarantine", self.snapshot)
        engine.files("before", before, WAITING)
        engine.view("put_away", "select * from before union all select * from tonight")
        closed = tables.merged_files(self.store, "resolutions", self.snapshot)
        engine.files("resolutions", closed, sql.kinds(RESOLUTIONS))
        engine.view(
            "quarantine", statement(self.context.settings, "warehouse/quarantined")
        )
        still = "select * from quarantine where closed_night is null"
        if not engine.keep("waiting", still):
            return 0
        self._bind_said(engine, brought)
        return engine.keep(
            "line", statement(self.context.settings, "warehouse/open_lines")
        )

    def _bind_said(self, engine: Engine, brought: NightTables) -> None:
        """Create `said`, findings of nights with open lines, and `subject_item`."""
        nights = engine.fetch("select distinct night from waiting")["night"]
        files = tables.merged_files(
            self.store, "findings", self.snapshot, only=set(nights.to_pylist())
        )
        engine.files("said_before", files, SAID)
        engine.rows("said_tonight", brought.findings.select(list(SAID)))
        engine.view(
            "said", "select * from said_before union all select * from said_tonight"
        )
        named = [
            {"dataset": dataset.id, "item": item}
            for dataset in self.context.catalog.datasets.values()
            for item in _subject_items(dataset)
        ]
        columns = pa.schema([("dataset", pa.string()), ("item", pa.string())])
        engine.rows("subject_item", pa.Table.from_pylist(named, columns))

    def _bind_batches(self, engine: Engine) -> None:
        """Create `batch` and `bad`."""
        texts = (
            *("batch_id", "department", "dataset", "source_file"),
            *("again", "again_of", "answers"),
        )
        columns = {
            c: pa.array([getattr(b, c) or None for b in self.batches], pa.string())
            for c in texts
        }
        full = [
            self.context.catalog.datasets[b.dataset].delivery == "full"
            for b in self.batches
        ]
        columns["is_full"] = pa.array(full, pa.bool_())
        engine.rows("batch", pa.table(columns))
        bad = [BAD.empty_table(), *(bad_rows(b) for b in self.batches)]
        engine.rows("bad", pa.concat_tables(bad))

    def _bind_taken(self, engine: Engine) -> None:
        """Create `taken`: the accepted rows that may close a line, of all datasets."""
        open_ones = engine.fetch("select distinct dataset from line")["dataset"]
        concerned = set(open_ones.to_pylist())
        typed: dict[str, dict[str, list[str]]] = defaultdict(dict)
        for batch in self.batches:
            if batch.dataset in concerned or batch.answers or batch.again:
                typed[batch.dataset][batch.batch_id] = [str(batch.typed)]
        queries = [sql.empty(TAKEN)]
        for dataset, files in typed.items():
            self._bind_typed(engine, self.context.catalog.datasets[dataset], files)
            kept = f"taken_{dataset}"
            engine.keep(kept, statement(self.context.settings, "warehouse/taken"))
            queries.append(f"select {', '.join(TAKEN)} from {kept}")
        engine.view("taken", " union all ".join(queries))

    def _bind_typed(
        self, engine: Engine, dataset: Dataset, files: Mapping[str, Sequence[str]]
    ) -> None:
        """Create `typed`, the parsed rows of a dataset: batch id -> its files."""
        named = dataset.subject.name
        wanted = TYPED | {named: "varchar"}
        engine.labelled_files("parsed", files, wanted, "batch_id")
        engine.view(
            "typed",
            f"select batch_id, {', '.join(TYPED)}, {name(named)} as enterprise_name "
            "from parsed",
        )

    def _settled(self, table: pa.Table) -> pa.Table:
        """Choose one way per line: the first by priority whose name agrees."""
        order = [(c, "ascending") for c in (*LINE, "priority", "by_batch")]
        chosen: dict[tuple[object, ...], dict[str, object]] = {}
        for row in table.sort_by(order).to_pylist():
            if row["is_same_name_needed"] and not self._same_name(row):
                continue
            key = tuple(row[c] for c in LINE)
            chosen.setdefault(key, row | {"night": self.context.night})
        lines = [{c: row[c] for c in RESOLUTIONS.names} for row in chosen.values()]
        return pa.Table.from_pylist(lines, RESOLUTIONS)

    def _same_name(self, row: dict[str, object]) -> bool:
        """Return whether a row states the name of a line, which may be masked."""
        dataset = self.context.catalog.datasets.get(str(row["dataset"]))
        if dataset is None or row["name_taken"] is None or not row["enterprise_name"]:
            return False
        item = dataset.item(dataset.subject.name)
        shown = masking.of_item(pa.array([row["name_taken"]], pa.string()), item)
        return name_norm_one(shown[0].as_py()) == name_norm_one(
            str(row["enterprise_name"])
        )


def _subject_items(dataset: Dataset) -> list[str]:
    about = dataset.subject
    return [i for i in (about.uscc, about.name, about.person_id, about.category) if i]
