"""A night's deliveries as the checks of reconciliation see them, beside the warehouse.

Nothing is read until a check asks for it: of a night whose deliveries have nothing to
do with one another no row is loaded.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import Severity
from guiji.checking.batch_rules import Waiver
from guiji.checking.suite import reconciliation as suite
from guiji.context import NightContext
from guiji.core.schemas import QUARANTINE, RESOLUTIONS
from guiji.engine.base import NONE, Engine
from guiji.engine.sql import kinds, name, statement
from guiji.ledger.delivery import Delivery
from guiji.pipeline.reconciliation.results import (
    DeliveryFinding,
    Duplicate,
    Result,
    batches,
)
from guiji.storage import dataset_files
from guiji.storage.dataset_files import DatasetFiles
from guiji.storage.delta import Snapshot
from guiji.storage.table_store import TableStore
from guiji.warehouse import columns, relations, tables
from guiji.warehouse.merge_dataset import BAD, put_away

FEW_SUBJECTS = 4_000
"""Subjects up to which only their own files of the warehouse are read."""


@dataclass(frozen=True)
class ComparedDelivery:
    """A delivery of the night, or rows of an earlier one that come with it.

    Attributes:
        delivery: as the ledger has it; of an earlier night where `is_replay`.
        folder: of its batch: its text, and how it was read.
        typed: Parquet of its parsed rows.
        bad_rows: Parquet of the `row_id`s that were put away; None = none were.
        results: folder that takes what reconciliation finds.
        is_replay: some rows of an earlier delivery, checked again for this night.
        waiver: its release from rules on whole deliveries.
        same_bytes: deliveries of earlier nights that brought the same bytes.
    """

    delivery: Delivery
    folder: Path
    typed: Path
    bad_rows: Path | None
    results: Path
    is_replay: bool = False
    waiver: Waiver | None = None
    same_bytes: Sequence[Delivery] = ()

    @property
    def batch_id(self) -> str:
        """Its batch."""
        return str(self.delivery.batch_id)

    @property
    def dataset(self) -> str:
        """Id of its dataset."""
        return str(self.delivery.dataset)

    @property
    def owner(self) -> str:
        """The department whose records it states."""
        return self.delivery.department

    @property
    def received_at(self) -> datetime:
        """Its arrival."""
        return self.delivery.received_at


@dataclass
class Comparison:
    """What the checks of a night work with.

    Attributes:
        context: settings, where the SQL models are; catalogue, the datasets; night.
        deliveries: those that are to be merged, by batch id; what a check refuses, or
            finds to be a duplicate, is not among them for the next one.
        engine: runs the SQL.
        store: where the warehouse is.
        snapshot: its records before the night.
    """

    context: NightContext
    deliveries: Sequence[ComparedDelivery]
    engine: Engine
    store: TableStore
    snapshot: Snapshot
    _held_back: list[pa.Table] = field(default_factory=list)
    _with_findings: set[str] = field(default_factory=set)
    _bad: dict[str, pa.Table] = field(default_factory=dict)

    def of_dataset(self, dataset: str) -> list[ComparedDelivery]:
        """Return the deliveries of one dataset."""
        return [delivery for delivery in self.deliveries if delivery.dataset == dataset]

    def bind(self, deliveries: Iterable[ComparedDelivery], *items: str) -> None:
        """Create `delivery` and `incoming`, the accepted rows of some deliveries.

        `delivery` has batch_id, dataset, owner, received_at, source_file, is_full and
        is_replay; `incoming` the same without the last two, row_id, the columns of
        `warehouse.columns.TYPED`, and uscc and enterprise_name as parsed.

        Args:
            deliveries: whose rows.
            items: further columns of `incoming`: items that the datasets have.
        """
        chosen = list(deliveries)
        self.engine.rows("delivery", self._described(chosen))
        self.engine.rows("held_back", self._put_away(chosen))
        typed: dict[str, dict[str, list[str]]] = defaultdict(dict)
        for compared in chosen:
            typed[compared.dataset][compared.batch_id] = [str(compared.typed)]
        selects = [self._parsed(d, paths, items) for d, paths in typed.items()]
        self.engine.view("incoming", self._accepted(" union all ".join(selects)))

    def bind_current(
        self,
        dataset: Dataset,
        *further: str,
        every: bool = False,
        by_key: bool = False,
    ) -> None:
        """Create `current`: what the warehouse holds of a dataset.

        It has the columns `CURRENT`. `incoming` is to be bound before: where it is of
        few subjects, only the files that can hold those are read.

        Args:
            dataset: the catalogue entry.
            further: more stored columns.
            every: read the records of all subjects.
            by_key: also those of other subjects that have a key of `incoming`.
        """
        shelf = dataset_files.of_dataset(self.snapshot, dataset.id)
        if not every:
            subjects = self._subjects(dataset, shelf, by_key)
            if len(subjects) <= FEW_SUBJECTS:
                shelf = shelf.among(subjects)
        prefix = f"held_{dataset.id}_"
        relations.bind(self.engine, self.store, dataset, shelf, prefix)
        shown = dict.fromkeys((*CURRENT, *further))
        self.engine.view("current", relations.standing(shown, prefix))

    def bind_waiting(self, nights: Collection[date] | None = None) -> None:
        """Create `waiting`: the lines of the quarantine that are still open.

        Args:
            nights: that put them away; None = all.
        """
        paths = {
            "put_away": ("quarantine", QUARANTINE, nights),
            "resolutions": ("resolutions", RESOLUTIONS, None),
        }
        for relation, (table, schema, only) in paths.items():
            waiting_files = tables.merged_files(
                self.store, table, self.snapshot, only=only
            )
            self.engine.files(relation, waiting_files, kinds(schema))
        lines = statement(self.context.settings, "warehouse/quarantined")
        query = f"select * from ({lines}) as line where closed_night is null"
        self.engine.keep("waiting", query)

    def _subjects(
        self, dataset: Dataset, shelf: DatasetFiles, by_key: bool
    ) -> list[str]:
        """Name subjects of `incoming` and of its keys, at most one beyond the few."""
        wanted = "select subject from incoming"
        if by_key:
            relations.bind(self.engine, self.store, dataset, shelf, "keyed_")
            wanted += (
                " union all select subject from keyed_version where record_key in "
                "(select record_key from incoming)"
            )
        subjects: list[str] = self.engine.fetch(
            f"select distinct subject from ({wanted}) as s limit {FEW_SUBJECTS + 1}"
        )["subject"].to_pylist()
        return subjects

    def fetch(self, model: str, parameters: Mapping[str, object] = NONE) -> pa.Table:
        """Run sql/reconciliation/<model>.sql; its result is small."""
        text = statement(self.context.settings, f"reconciliation/{model}")
        return self.engine.fetch(text, parameters)

    def note(self, result: Result) -> None:
        """Exclude from the night what a check has held back or refused."""
        self._with_findings |= batches(result)
        if isinstance(result, Duplicate):
            self._without(result.batch_id)
        elif result.rule.severity is not Severity.CRITICAL:
            return
        elif isinstance(result, DeliveryFinding):
            if not self.is_waived(result):
                self._without(result.batch_id)
        else:
            self._held_back.append(result.rows.select(BAD.names).cast(BAD))

    def is_told(self, compared: ComparedDelivery) -> bool:
        """Return whether a check has found anything about a delivery."""
        return compared.batch_id in self._with_findings

    def is_waived(self, finding: DeliveryFinding) -> bool:
        """Return whether a delivery is released from a rule that it breaks."""
        (compared,) = [c for c in self.deliveries if c.batch_id == finding.batch_id]
        dataset = self.context.catalog.datasets[compared.dataset]
        rule_id = suite.rule_id(dataset, finding.rule)
        return compared.waiver is not None and rule_id in compared.waiver.rules

    def _without(self, batch_id: str) -> None:
        self.deliveries = [c for c in self.deliveries if c.batch_id != batch_id]

    def _described(self, chosen: Sequence[ComparedDelivery]) -> pa.Table:
        full = {
            d.id: d.delivery == "full" for d in self.context.catalog.datasets.values()
        }
        return pa.table(
            {
                "batch_id": pa.array([c.batch_id for c in chosen], pa.string()),
                "dataset": pa.array([c.dataset for c in chosen], pa.string()),
                "owner": pa.array([c.owner for c in chosen], pa.string()),
                "received_at": pa.array([c.received_at for c in chosen], _INSTANT),
                "source_file": pa.array(
                    [c.delivery.source_file for c in chosen], pa.string()
                ),
                "is_full": pa.array([full[c.dataset] for c in chosen], pa.bool_()),
                "is_replay": pa.array([c.is_replay for c in chosen], pa.bool_()),
            }
        )

    def _put_away(self, chosen: Sequence[ComparedDelivery]) -> pa.Table:
        """List the rows of deliveries that are not to be merged (`BAD`)."""
        wanted = pa.array([c.batch_id for c in chosen], pa.string())
        tables = [
            table.filter(pc.is_in(table["batch_id"], wanted))
            for table in self._held_back
        ]
        tables += [self._bad_rows(compared) for compared in chosen]
        return pa.concat_tables([BAD.empty_table(), *tables])

    def _bad_rows(self, compared: ComparedDelivery) -> pa.Table:
        """Read the rows of a delivery that were put away (`BAD`), the first time."""
        if compared.bad_rows is None:
            return BAD.empty_table()
        if compared.batch_id not in self._bad:
            rows = put_away(compared.batch_id, compared.bad_rows)
            self._bad[compared.batch_id] = rows
        return self._bad[compared.batch_id]

    def _parsed(
        self, dataset_id: str, paths: Mapping[str, Sequence[str]], items: Sequence[str]
    ) -> str:
        """Bind the parsed rows of a dataset, batch id -> files; return their query."""
        dataset = self.context.catalog.datasets[dataset_id]
        view = f"parsed_{dataset_id}"
        wanted = columns.typed_columns(dataset)
        about = {"uscc": dataset.subject.uscc, "enterprise_name": dataset.subject.name}
        kept = ["row_id", *columns.TYPED]
        read = dict.fromkeys([*kept, *about.values(), *items])
        kinds_read = {c: wanted[c] for c in read}
        self.engine.labelled_files(view, paths, kinds_read, "batch_id")
        shown = [name(c) for c in kept]
        shown += [f"{name(item)} as {column}" for column, item in about.items()]
        shown += [name(item) for item in items if item not in about]
        return f"select batch_id, {', '.join(shown)} from {view}"

    def _accepted(self, rows: str) -> str:
        return (
            "select delivery.dataset, delivery.received_at, "
            f"delivery.source_file, typed.* from ({rows}) as typed "
            "inner join delivery on typed.batch_id = delivery.batch_id "
            "where not exists (select 1 from held_back "
            "where held_back.batch_id = typed.batch_id "
            "and held_back.row_id = typed.row_id)"
        )


CURRENT = (
    *("record_id", "subject", "record_key", "uscc", "enterprise_name", "owner"),
    *("operation", "received_at", "event_on", "produced_on", "content_hash"),
    *("batch_id", "source_sheet", "source_row", "merged_night"),
)
"""Columns of `current`."""

_INSTANT = pa.timestamp("us", tz="UTC")
