"""The examination of a delivery: read, recognise, parse, check; nothing is decided yet.

A night's `DeliveryProcessor` tells the ledger and the department; a dry run, a
pre-check and a replay examine only.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guiji.catalog.model import Dataset
from guiji.checking import quarantine
from guiji.checking.batch_rules import Waiver
from guiji.checking.findings import Source
from guiji.checking.register import Register
from guiji.checking.row_stack import CheckedRows
from guiji.checking.suite import build as suite
from guiji.checking.validator import CheckResult, PreparedBatch, Validator
from guiji.context import Context
from guiji.core import files, platform_faults
from guiji.core.errors import BatchRefused
from guiji.core.schemas import FINDINGS
from guiji.domain.matching import MatchedBy
from guiji.ledger.delivery import Delivery, RowCounts
from guiji.parsing.parse import parse_together
from guiji.pipeline.batch import completion
from guiji.pipeline.batch.batch_metrics import BatchMetrics
from guiji.pipeline.batch.due_dates import due_by
from guiji.pipeline.batch.outcome import (
    BAD_ROWS_FILE,
    FACTS_FILE,
    TYPED_FILE,
    Outcome,
    batch_input,
)
from guiji.reading.read import TEXT, read_file
from guiji.reading.result import Reading

log = logging.getLogger(__name__)

ROW_ID = pa.schema([("row_id", pa.int64())])


@dataclass(frozen=True)
class DeliveryHistory:
    """What happened before a delivery is checked.

    Attributes:
        accepted: of its department and dataset, newest first, see `BatchMetrics`.
        waiver: its release from rules that refused it before.
        is_alone: it is checked without the other files of its night.
    """

    accepted: Sequence[Delivery] = ()
    waiver: Waiver | None = None
    is_alone: bool = True


@dataclass(frozen=True)
class DeliveryExaminer:
    """Everything needed to examine deliveries in one process."""

    context: Context
    regions: frozenset[str]
    validator: Validator
    person_key: bytes
    register: Register | None = None
    """What is known of enterprises; None = nothing is yet."""

    def read(
        self, original: Path, name: str, own: Sequence[Dataset], folder: Path
    ) -> Reading | BatchRefused:
        """Read a file into `folder`, or tell why it cannot be read.

        Args:
            original: the bytes as they came.
            name: of the file as its department gave it.
            own: datasets that its department provides.
            folder: takes the text table and how it was read.
        """
        catalog = self.context.catalog
        others = [d for d in catalog.datasets.values() if d not in own]
        try:
            return read_file(
                original,
                name,
                own,
                folder,
                others=others,
                excluded=catalog.jurisdiction.excluded,
                slots=self.context.settings.data / ".reading",
            )
        except BatchRefused as refusal:
            return refusal

    def examine(
        self,
        delivery: Delivery,
        batch_id: str,
        reading: Reading | BatchRefused,
        folder: Path,
        past: DeliveryHistory | None = None,
    ) -> Outcome:
        """Parse and check what was read; a refusal is an outcome too.

        Args:
            delivery: the delivery.
            batch_id: its batch.
            reading: what `read` gave.
            folder: holds what was read, takes what is parsed.
            past: what happened before; None = nothing is known of it.
        """
        if isinstance(reading, BatchRefused):
            return self._unread(delivery, batch_id, reading)
        before = past or DeliveryHistory()
        dataset = self.context.catalog.datasets[reading.dataset]
        text = pq.read_table(folder / TEXT)
        typed = self.parsed(delivery, dataset, text)
        prepared = self._prepared(
            delivery, batch_id, reading, folder, before, text, typed
        )
        (result,) = self.check_all([prepared])
        if isinstance(result, Exception):
            raise result
        return self._outcome(delivery, prepared, result, folder)

    def check_all(
        self, batches: Sequence[PreparedBatch]
    ) -> list[CheckResult | Exception]:
        """Check batches, and add what no rule asks; see `Validator.check_all`."""
        return completion.complete(
            self.context.catalog,
            self.register,
            [CheckedRows(b.source, b.text, b.parsed) for b in batches],
            self.validator.check_all(batches),
        )

    def wanted_before(self, dataset: str) -> int:
        """Return how many earlier deliveries one of a dataset is compared with."""
        limits = self.context.catalog.batch_limits(
            self.context.catalog.datasets[dataset]
        )
        return limits.row_count.last if limits.row_count else 1

    def _unread(
        self, delivery: Delivery, batch_id: str, refusal: BatchRefused
    ) -> Outcome:
        log.warning("refused: %s %s", batch_id, refusal)
        batch = batch_input(delivery, batch_id, "")
        return Outcome(
            verdict="trial" if delivery.trial else "refused",
            rows=RowCounts(),
            findings=FINDINGS.empty_table(),
            put_away=quarantine.of_refusal(batch, refusal, 0),
            refusal=refusal,
        )

    def _prepared(
        self,
        delivery: Delivery,
        batch_id: str,
        reading: Reading,
        folder: Path,
        past: DeliveryHistory,
        text: pa.Table,
        typed: pa.Table,
    ) -> PreparedBatch:
        """Keep and measure what was parsed."""
        files.write_parquet(folder / TYPED_FILE, typed)
        batch = batch_input(delivery, batch_id, reading.dataset)
        facts = BatchMetrics(
            self.context, batch, typed, reading, past.accepted, past.is_alone
        ).facts()
        files.write_parquet(folder / FACTS_FILE, facts.table())
        return self.validator.prepare(
            batch,
            text,
            typed,
            reading,
            self.register,
            facts=facts,
            waiver=past.waiver,
        )

    def _matched(self, dataset: Dataset, typed: pa.Table) -> pa.Table:
        """Write on rows without a code how they are matched, if there are any."""
        unknown = pc.equal(typed["matched_by"], MatchedBy.NAME_HASH.value)
        if self.register is None or not pc.any(unknown).as_py():
            return typed
        from guiji.warehouse import entity_resolution

        return entity_resolution.matched(self.context, dataset, typed, self.register)

    def parsed(self, delivery: Delivery, dataset: Dataset, text: pa.Table) -> pa.Table:
        """Parse rows of a delivery, and tell how those without a code are matched."""
        (typed,) = self._parsed([delivery], dataset, [text])
        return typed

    def parsed_together(
        self,
        deliveries: Sequence[Delivery],
        dataset: Dataset,
        texts: Sequence[pa.Table],
    ) -> list[pa.Table | Exception]:
        """Parse deliveries of a dataset together; where that raises, each alone.

        Args:
            deliveries: the deliveries.
            dataset: their catalogue entry.
            texts: of each delivery its rows.

        Returns:
            For each delivery its typed rows, or what our own code raised about it.

        Raises:
            Exception: what concerns all deliveries, see `platform_faults`.
        """
        try:
            return [*self._parsed(deliveries, dataset, texts)]
        except Exception as error:
            if platform_faults.ends_the_task(error):
                raise
            if len(texts) == 1:
                return [error]
        return [
            result
            for delivery, text in zip(deliveries, texts, strict=True)
            for result in self.parsed_together([delivery], dataset, [text])
        ]

    def _parsed(
        self,
        deliveries: Sequence[Delivery],
        dataset: Dataset,
        texts: Sequence[pa.Table],
    ) -> list[pa.Table]:
        senders = [delivery.department for delivery in deliveries]
        known = dataset, self.context.catalog, self.person_key, self.regions
        tables = parse_together(texts, senders, *known)
        return [self._matched(dataset, table) for table in tables]

    def recheck(
        self, delivery: Delivery, text: pa.Table, reading: Reading
    ) -> tuple[pa.Table, CheckResult]:
        """Parse and judge some rows of a delivery, as of the night that received them.

        How many rows of a whole delivery keep a rule is not asked of a part.

        Args:
            delivery: recognised.
            text: the rows.
            reading: how the whole was read, with the counts of these rows.

        Returns:
            The typed rows, and what was found about them.
        """
        dataset = self.context.catalog.datasets[reading.dataset]
        typed = self.parsed(delivery, dataset, text)
        batch = batch_input(delivery, str(delivery.batch_id), dataset.id)
        linked = self.register is not None
        day, sender = batch.latest_day, batch.department
        rules = suite.build(
            dataset, self.context.catalog, day, len(typed), linked, sender
        )
        some = Waiver("", "", frozenset(r.rule_id for r in rules if r.is_tolerant))
        checked = self.validator.check(
            batch, text, typed, reading, self.register, waiver=some
        )
        rows = CheckedRows(Source(batch, dataset, reading), text, typed)
        (result,) = completion.complete(
            self.context.catalog, self.register, [rows], [checked]
        )
        if isinstance(result, Exception):
            raise result
        return typed, result

    def _outcome(
        self,
        delivery: Delivery,
        prepared: PreparedBatch,
        result: CheckResult,
        folder: Path,
    ) -> Outcome:
        """Count what follows from what was found."""
        source = prepared.source
        bad = pa.table([result.bad_rows], schema=ROW_ID)
        files.write_parquet(folder / BAD_ROWS_FILE, bad)
        reading, refusal = source.reading, result.batch_refusal
        read = reading.rows_read
        kept = 0 if refusal else read - reading.rows_faulty - len(result.bad_rows)
        verdict = "partly" if kept < read else "accepted"
        if refusal is not None or (read and not kept):
            verdict = "refused"
        return Outcome(
            verdict="trial" if delivery.trial else verdict,
            rows=RowCounts(read=read, accepted=kept, quarantined=read - kept),
            findings=result.findings,
            put_away=result.quarantine,
            refusal=refusal,
            refused_by=result.refused_by,
            rule_counts=result.rule_counts,
            due_by=due_by(
                self.context.calendar,
                source.dataset,
                prepared.parsed,
                result.bad_rows,
                source.batch.latest_day,
            ),
        )
