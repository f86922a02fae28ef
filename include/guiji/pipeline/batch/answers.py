"""Answer a department: what its outbox gets for each of its deliveries."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guiji.catalog.vocabulary import Severity
from guiji.checking import refusals
from guiji.context import Context
from guiji.core import platform_faults
from guiji.core.errors import BatchRefused
from guiji.core.platform_faults import PlatformFault
from guiji.core.settings import Settings
from guiji.intake import landing
from guiji.ledger.delivery import Delivery
from guiji.outbox import receipts
from guiji.outbox.returned import workbook
from guiji.pipeline.batch.outcome import (
    FINDINGS_FILE,
    read_all_findings,
    read_findings,
    read_verdict,
)
from guiji.reading.read import READING, TEXT
from guiji.reading.result import Reading

if TYPE_CHECKING:
    from guiji.ledger.ledger import Ledger

NOT_MADE = PlatformFault("NotMade", "guiji.outbox.returned")
"""A process of its own makes the workbook; why it did not is in the log."""


def answer(context: Context, delivery: Delivery) -> None:
    """Write receipt and returned workbook of a judged delivery.

    Both say what its folder and the ledger say; what the merge did with good rows
    stands in the receipt alone. Where our own code raises on the way, the receipt goes
    out all the same, and says what it lacks.
    """
    if delivery.duplicate_of is not None:
        first = context.ledger.delivery(delivery.duplicate_of)
        waiting = _waiting(context.settings, delivery)
        receipts.write(context, delivery, findings=waiting, first=first)
        return
    try:
        _answer(context, delivery)
    except Exception as error:
        if platform_faults.ends_the_task(error):
            raise
        _record(context.ledger, delivery, "answer", PlatformFault.of(error))
        receipts.write(context, delivery, incomplete=refusals.NO_FINDINGS)


def _answer(context: Context, delivery: Delivery) -> None:
    folder = context.settings.batches / (delivery.batch_id or "")
    verdict = read_verdict(folder)
    refusal, due_by = verdict["refusal"], verdict["due_by"]
    reading_path = folder / READING
    judged = workbook.AnsweredDelivery(
        delivery,
        findings=read_findings(folder),
        reading=Reading.load(reading_path) if reading_path.exists() else None,
        text=folder / TEXT,
        original=landing.original(context.settings, delivery.sha256),
        refusal=refusal and BatchRefused(**refusal),
        due_by=due_by and date.fromisoformat(due_by),
    )
    returned = _returned(context, judged)
    is_missing = returned is None and workbook.is_due(judged)
    receipts.write(
        context,
        delivery,
        findings=read_all_findings(folder),
        refusal=judged.refusal,
        due_by=judged.due_by,
        reading=judged.reading,
        returned=returned,
        incomplete=refusals.NO_WORKBOOK if is_missing else None,
    )


def _returned(context: Context, judged: workbook.AnsweredDelivery) -> Path | None:
    """Make the returned workbook; None where none is due or it cannot be made."""
    try:
        path = workbook.write(context, judged)
    except Exception as error:
        if platform_faults.ends_the_task(error):
            raise
        _record(context.ledger, judged.delivery, "mark", PlatformFault.of(error))
        return None
    if path is None and workbook.is_due(judged):
        _record(context.ledger, judged.delivery, "mark", NOT_MADE)
    return path


def _record(
    ledger: "Ledger", delivery: Delivery, stage: str, fault: PlatformFault
) -> None:
    platform_faults.record(ledger, delivery.night, stage, delivery.delivery_id, fault)


def _waiting(settings: Settings, delivery: Delivery) -> pa.Table | None:
    """Return why rows of a duplicate wait in the quarantine since they came before.

    Returns:
        Columns of `schemas.FINDINGS`; None if no row waits, or if it was not read.
    """
    path = settings.batches / (delivery.batch_id or "?") / FINDINGS_FILE
    if not path.exists():
        return None
    findings = pq.read_table(path)
    of_rows = pc.is_valid(findings["source_row"])
    critical = pc.equal(findings["severity"], Severity.CRITICAL.value)
    waiting = findings.filter(pc.and_(critical, of_rows))
    return waiting if waiting.num_rows else None
