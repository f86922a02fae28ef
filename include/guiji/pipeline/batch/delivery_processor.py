"""The way of deliveries: examined, judged together, given a verdict, answered.

What a delivery becomes is built in its own folder under `batches/`; the ledger's
verdict is the last step, so that a kill anywhere before it costs only the work of
doing the delivery again. Bad input ends in a verdict, never in an exception.
"""

import logging
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from guiji.checking.validator import CheckResult, PreparedBatch
from guiji.core import files, platform_faults
from guiji.core.errors import BatchRefused
from guiji.core.schemas import TEXT_COLUMNS
from guiji.ledger.delivery import Delivery
from guiji.pipeline.batch.delivery_examiner import DeliveryExaminer, DeliveryHistory
from guiji.pipeline.batch.outcome import (
    FINDINGS_FILE,
    Outcome,
    quarantine_path,
    write_verdict,
)
from guiji.reading.read import TEXT
from guiji.reading.result import Reading

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OpenedDelivery:
    """A delivery that was read.

    Attributes:
        delivery: the delivery.
        batch_id: its batch; empty where it has its verdict, or a fault came first.
        content: how it was read, then what is to be judged; a `BatchRefused`: why it
            cannot be read; any other exception: what our own code raised; None: it has
            its verdict.
        text: the rows that were read.
    """

    delivery: Delivery
    batch_id: str = ""
    content: Reading | PreparedBatch | Exception | None = None
    text: pa.Table = field(default_factory=TEXT_COLUMNS.empty_table)

    @property
    def rows(self) -> int:
        """Rows that it holds in memory."""
        return len(self.text)


class DeliveryProcessor(DeliveryExaminer):
    """Takes claimed deliveries to their verdicts and receipts, in one process."""

    def handle(self, delivery: Delivery) -> str:
        """Process a claimed delivery up to its verdict and receipt: `open` and `judge`.

        Returns:
            The verdict.

        Raises:
            Exception: what concerns the others, too, see `platform_faults`.
        """
        (verdict,) = self.judge([self.open(delivery)])
        return verdict

    def open(self, delivery: Delivery) -> OpenedDelivery:
        """Read a delivery.

        A delivery that has its verdict is left as it is.

        Raises:
            Exception: what concerns the others, too, see `platform_faults`.
        """
        if delivery.verdict is not None:
            return OpenedDelivery(delivery)
        try:
            return self._opened(delivery)
        except Exception as error:
            if platform_faults.ends_the_task(error):
                raise
            return OpenedDelivery(delivery, content=error)

    def judge(self, opened: Sequence[OpenedDelivery]) -> list[str]:
        """Parse and judge deliveries together; answer each.

        What was found is written first; the ledger gets all verdicts at once.
        Where our own code raises about one, its verdict is `platform_fault`, and the
        others go on.

        Returns:
            The verdicts, in the order of the deliveries.

        Raises:
            Exception: what concerns the others, too, see `platform_faults`.
        """
        with files.synced_together():
            opened = self._prepare_all(opened)
        contents = [batch.content for batch in opened]
        waiting = [c for c in contents if isinstance(c, PreparedBatch)]
        results = iter(self.check_all(waiting))
        todo = [batch for batch in opened if batch.delivery.verdict is None]
        with files.synced_together():
            outcomes = [
                self._conclude(
                    batch,
                    next(results) if isinstance(batch.content, PreparedBatch) else None,
                )
                for batch in todo
            ]
        self._set_verdicts(todo, outcomes)
        with files.synced_together():
            return [self._answered(batch.delivery) for batch in opened]

    def _opened(self, delivery: Delivery) -> OpenedDelivery:
        from guiji.intake import landing

        settings, ledger = self.context.settings, self.context.ledger
        work = settings.batches / f".{delivery.delivery_id}"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        original = landing.original(settings, delivery.sha256)
        own = self.context.catalog.datasets_of(delivery.department)
        content = self.read(original, delivery.name, own, work)
        dataset = content.dataset if isinstance(content, Reading) else None
        batch_id = ledger.name_batch(delivery.delivery_id, dataset)
        folder = settings.batches / batch_id
        shutil.rmtree(folder, ignore_errors=True)
        work.rename(folder)
        if isinstance(content, BatchRefused):
            return OpenedDelivery(delivery, batch_id, content)
        return OpenedDelivery(delivery, batch_id, content, pq.read_table(folder / TEXT))

    def _prepare_all(self, opened: Sequence[OpenedDelivery]) -> list[OpenedDelivery]:
        """Parse and measure what was read, the deliveries of a dataset together."""
        by_dataset: dict[str, list[OpenedDelivery]] = {}
        for batch in opened:
            if isinstance(batch.content, Reading):
                by_dataset.setdefault(batch.content.dataset, []).append(batch)
        prepared = {
            batch.batch_id: content
            for name, batches in by_dataset.items()
            for batch, content in zip(
                batches, self._prepare(name, batches), strict=True
            )
        }
        return [
            replace(batch, content=prepared.get(batch.batch_id, batch.content))
            for batch in opened
        ]

    def _prepare(
        self, dataset: str, batches: Sequence[OpenedDelivery]
    ) -> Iterator[PreparedBatch | Exception]:
        """Yield of each delivery of a dataset what is to be judged, or what raised."""
        parsed = self.parsed_together(
            [batch.delivery for batch in batches],
            self.context.catalog.datasets[dataset],
            [batch.text for batch in batches],
        )
        for batch, typed in zip(batches, parsed, strict=True):
            try:
                yield self._measured(batch, typed)
            except Exception as error:
                if platform_faults.ends_the_task(error):
                    raise
                yield error

    def _measured(
        self, batch: OpenedDelivery, typed: pa.Table | Exception
    ) -> PreparedBatch:
        if isinstance(typed, Exception):
            raise typed
        delivery, reading = batch.delivery, batch.content
        if not isinstance(reading, Reading):
            raise ValueError(f"{batch.batch_id}: nothing was read")
        folder = self.context.settings.batches / batch.batch_id
        past = self._past(delivery, reading.dataset)
        return self._prepared(
            delivery, batch.batch_id, reading, folder, past, batch.text, typed
        )

    def _conclude(
        self, opened: OpenedDelivery, result: CheckResult | Exception | None
    ) -> Outcome | Exception:
        """Write what became of a delivery; return it, or what our own code raised."""
        try:
            outcome = self._concluded(opened, result)
        except Exception as error:
            if platform_faults.ends_the_task(error):
                raise
            return error
        log.info("checked: %s %s %s", opened.batch_id, outcome.verdict, outcome.rows)
        return outcome

    def _concluded(
        self, opened: OpenedDelivery, result: CheckResult | Exception | None
    ) -> Outcome:
        folder = self.context.settings.batches / opened.batch_id
        match opened.content, result:
            case (BatchRefused() as refusal, _):
                outcome = self._unread(opened.delivery, opened.batch_id, refusal)
            case (PreparedBatch() as prepared, CheckResult() as checked):
                outcome = self._outcome(opened.delivery, prepared, checked, folder)
            case (_, Exception() as fault) | (Exception() as fault, _):
                raise fault
            case _:
                raise ValueError(f"{opened.delivery.delivery_id}: nothing was judged")
        self._keep(opened.delivery, opened.batch_id, folder, outcome)
        return outcome

    def _set_verdicts(
        self, opened: Sequence[OpenedDelivery], outcomes: Sequence[Outcome | Exception]
    ) -> None:
        """Tell the ledger what became of deliveries; our own faults one by one."""
        from guiji.pipeline.batch import fault_verdict

        verdicts = {
            batch.delivery.delivery_id: (outcome.verdict, outcome.rows)
            for batch, outcome in zip(opened, outcomes, strict=True)
            if isinstance(outcome, Outcome)
        }
        version = self.context.catalog.version
        self.context.ledger.set_verdicts(verdicts, version)
        for batch, outcome in zip(opened, outcomes, strict=True):
            if isinstance(outcome, Exception):
                fault_verdict.give(self.context, batch.delivery, outcome)

    def _answered(self, delivery: Delivery) -> str:
        """Answer the department of a delivery that is new; return the verdict."""
        if delivery.verdict is not None:
            return delivery.verdict
        judged = self.context.ledger.delivery(delivery.delivery_id)
        self._answer(judged)
        return str(judged.verdict)

    def _past(self, delivery: Delivery, dataset: str) -> DeliveryHistory:
        from guiji.pipeline.batch import release

        wanted = self.wanted_before(dataset)
        return DeliveryHistory(
            self.context.ledger.accepted_before(delivery, dataset, wanted),
            release.waiver(self.context.ledger, delivery),
            is_alone=delivery.trial,
        )

    def _keep(
        self,
        delivery: Delivery,
        batch_id: str,
        folder: Path,
        outcome: Outcome,
    ) -> None:
        """Write what became of the delivery; the ledger's verdict comes after it."""
        files.write_parquet(folder / FINDINGS_FILE, outcome.findings)
        path = quarantine_path(self.context.settings, delivery.night, batch_id)
        if outcome.put_away.num_rows and not delivery.trial:
            files.write_parquet(path, outcome.put_away)
        else:
            path.unlink(missing_ok=True)
        write_verdict(folder, self.context.catalog, delivery, outcome)

    def _answer(self, delivery: Delivery) -> None:
        """Answer the department; the merge answers again, with all that is known."""
        from guiji.pipeline.batch.answers import answer

        night, name = delivery.night, delivery.delivery_id
        with platform_faults.contained(self.context.ledger, night, "answer", name):
            answer(self.context, delivery)
