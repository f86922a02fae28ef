"""What a night states about enterprises, held against what is known of them.

Most statements of a night are known: they cost one look at a hash each. What is left,
the suspects, is new, or nobody but its sender ever confirmed it; only for those the
names known before are read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Dataset
from guiji.context import NightContext
from guiji.engine.base import Engine
from guiji.engine.duck import DuckEngine
from guiji.engine.sql import literal, name, statement
from guiji.storage import dataset_files
from guiji.storage.dataset_files import TABLE
from guiji.storage.delta import DataFile, Snapshot
from guiji.storage.table_store import TableStore
from guiji.warehouse import columns, conflicts, enterprises, partitions
from guiji.warehouse.enterprises import NAME
from guiji.warehouse.merge_night import AcceptedBatch, NightTables

SLICE_ROWS = 3_000_000
"""Most rows whose statements are compared in one piece."""

PLAIN = (
    r"^[A-Z0-9\x{3400}-\x{6235}\x{6237}-\x{9750}\x{9752}-\x{9EC2}\x{9EC4}-\x{9FFF}"
    r"\x{20000}-\x{2F7FF}]+$"
)
"""Values that are their own form for comparison; others are looked at one by one.

Ideographs without a second code: no radicals, no compatibility ideographs, none of the
three that stand for others (戶, 靑, 黃); see `domain.look_alikes`.
"""

NAMED = ["batch_id", "department", "dataset", "source_file"]
"""Of a delivery: what findings about its rows say of it."""

ROW = {
    "uscc": "varchar",
    "operation": "varchar",
    "event_on": "date",
    "produced_on": "date",
    "merged_night": "date",
    "batch_id": "varchar",
    "source_sheet": "varchar",
    "source_row": "integer",
}
SAID = {
    "uscc": "varchar",
    "kind": "varchar",
    "value": "varchar",
    "said_on": "date",
    "is_registered": "boolean",
    "batch_id": "varchar",
    "source_sheet": "varchar",
    "source_row": "integer",
}
PAIRED = {
    "uscc": "varchar",
    "kind": "varchar",
    "value": "varchar",
    "said_on": "date",
    "is_registered": "boolean",
    "batch_id": "varchar",
    "pair_id": "bigint",
}
"""A statement with the hash of code, kind and value."""


@dataclass(frozen=True)
class IdentityAssertions:
    """The statements of a night; `add` stores them.

    Attributes:
        context: settings, where the SQL models are; catalogue, says which items name
            and number an enterprise; night, the night.
        store: where the tables are.
        snapshot: `records` before the night.
        added: the files that the night adds to `records`.
        batches: the night's accepted deliveries.
        aside: folder for what is being written or does not fit in memory.
        database: of the merge.
    """

    context: NightContext
    store: TableStore
    snapshot: Snapshot
    added: Sequence[DataFile]
    batches: Sequence[AcceptedBatch]
    aside: Path
    database: DuckEngine

    def add(self, brought: NightTables) -> pa.Table:
        """Append to `enterprises` what was not known.

        Args:
            brought: what the night brings; its deliveries name the files.

        Returns:
            Columns of `schemas.FINDINGS`: rows that contradict what is known, or
            one another.
        """
        with self.database.session() as engine:
            self._bind(engine)
            self._compare(engine)
            self._append(engine)
            return conflicts.find(engine, self.context, self._named(brought))

    def _named(self, brought: NightTables) -> pa.Table:
        """Name the files of the night's deliveries, and of those that come again."""
        own = brought.deliveries.select(NAMED)
        again = [{c: getattr(b, c) for c in NAMED} for b in self.batches if b.again]
        named = pa.concat_tables([own, pa.Table.from_pylist(again, own.schema)])
        return named.filter(pc.is_valid(named["batch_id"]))

    def _bind(self, engine: Engine) -> None:
        """Create `said`, every statement with its row, and `identifier`."""
        queries: list[str] = []
        for dataset in self.context.catalog.datasets.values():
            files = [f for f in self.added if f.partition["dataset"] == dataset.id]
            versions = [f for f in files if f.partition["kind"] in ("base", "tail")]
            if versions:
                paths = [self.store.address(TABLE, f.path) for f in versions]
                stored = columns.stored_columns(dataset)
                items = dict.fromkeys(("enterprise_name", *_items(dataset)))
                wanted = ROW | {c: stored[c] for c in items}
                engine.files(f"row_{dataset.id}", paths, wanted)
                queries += _statements(dataset)
        nothing = ", ".join(f"null::{kind} as {c}" for c, kind in SAID.items())
        engine.view(
            "said", " union all ".join(queries or [f"select {nothing} where false"])
        )
        register_files = enterprises.merged_files(self.store, self.snapshot)
        enterprises.bind(engine, "identifier", register_files, None)

    def _compare(self, engine: DuckEngine) -> None:
        """Create `suspect` and `relative`."""
        doubtful = statement(self.context.settings, "warehouse/unconfirmed")
        earliest = statement(self.context.settings, "warehouse/stated")
        every = []
        for number, _ in enumerate(self._bind_slices(engine)):
            engine.view("unconfirmed", doubtful)
            engine.keep(f"stated_{number}", earliest)
            every.append(f"select * from stated_{number}")
        engine.view("stated", " union all ".join(every))
        self._keep(engine, "found", "suspect")
        engine.rows("odd", _odd_forms(engine))
        form = enterprises.hashed("coalesce(odd.form, found.value)")
        engine.keep(
            "suspect",
            f"select found.*, {form} as form_id from found left join odd "
            f"on found.value = odd.value and (found.kind = '{NAME}') = odd.is_name",
        )
        self._keep(engine, "relative", "relative")

    def _bind_slices(self, engine: DuckEngine) -> Iterator[str]:
        """Create `paired`, the statements of one slice of the codes after another.

        A slice fits in memory. Where there are several, the statements are written
        aside once, parted by code.

        Yields:
            The first hexadecimal digits of the md5 of the slice's codes.
        """
        digits = partitions.digits_for(sum(f.rows for f in self.added), SLICE_ROWS)
        pair = enterprises.hashed("concat_ws('|', uscc, kind, value)")
        listed = ", ".join(column for column in PAIRED if column != "pair_id")
        paired = f"select {listed}, {pair} as pair_id"
        if not digits:
            engine.view("paired", f"{paired} from said")
            yield ""
            return
        folder = self.aside / "said"
        parted = f"{paired}, left(md5(uscc), {digits}) as bucket from said"
        partitions.write_aside(engine.connection, parted, folder)
        for bucket in dataset_files.buckets(digits):
            engine.files("paired", partitions.of_bucket(folder, bucket), PAIRED)
            yield bucket

    def _append(self, engine: Engine) -> None:
        self._keep(engine, "fresh", "fresh")
        listed = pa.table(
            {
                "batch_id": pa.array([b.batch_id for b in self.batches], pa.string()),
                "dataset": pa.array([b.dataset for b in self.batches], pa.string()),
            }
        )
        engine.rows("batch", listed)
        special = {
            "night": literal(self.context.night),
            "dataset": "batch.dataset",
            "organisation_id": enterprises.organisation_id("fresh.uscc"),
        }
        shown = ", ".join(
            f"{special.get(c, 'fresh.' + c)} as {c}" for c in enterprises.SCHEMA.names
        )
        query = (
            f"select {shown} from fresh left join batch "
            f"on fresh.batch_id = batch.batch_id order by {enterprises.ORDER}"
        )
        enterprises.append(self.store, self.context.night, engine, query, self.aside)

    def _keep(self, engine: Engine, table: str, model: str) -> None:
        engine.keep(table, statement(self.context.settings, f"warehouse/{model}"))


def _items(dataset: Dataset) -> list[str]:
    item_ids = columns.item_columns(dataset)
    return [item for item in dataset.identifiers.values() if item in item_ids]


def _statements(dataset: Dataset) -> Iterator[str]:
    """Write what the rows of a dataset state: names first, then numbers."""
    item_ids = _items(dataset)
    numbers = {str(k): v for k, v in dataset.identifiers.items() if v in item_ids}
    for kind, item in {NAME: "enterprise_name", **numbers}.items():
        said = {
            "kind": literal(kind),
            "value": name(item),
            "said_on": "coalesce(event_on, produced_on, merged_night)",
            "is_registered": str(dataset.is_register).lower(),
        }
        shown = ", ".join(f"{said.get(c, c)} as {c}" for c in SAID)
        yield (
            f"select {shown} from row_{dataset.id} where operation <> 'revoke' "
            f"and uscc is not null and {name(item)} is not null"
        )


def _odd_forms(engine: Engine) -> pa.Table:
    """Return the form of each value found that is not plain."""
    odd = engine.fetch(
        f"select distinct value, kind = '{NAME}' as is_name from found "
        f"where not regexp_matches(value, '{PLAIN}')"
    )
    pairs = zip(odd["value"].to_pylist(), odd["is_name"].to_pylist(), strict=True)
    forms = [enterprises.form_of(value, is_name=is_name) for value, is_name in pairs]
    return odd.append_column("form", pa.array(forms, pa.string()))
