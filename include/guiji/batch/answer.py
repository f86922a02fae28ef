"""Answer a department: what its outbox gets for each of its deliveries."""

from datetime import date
from typing import TYPE_CHECKING

from guiji.batch.outcome import read_findings, read_verdict
from guiji.catalog.model import Catalog
from guiji.errors import BatchRefused
from guiji.intake import landing, receipts
from guiji.intake.returned import workbook
from guiji.ledger.delivery import Delivery
from guiji.reading.read import READING, TEXT
from guiji.reading.result import Reading
from guiji.settings import Settings

if TYPE_CHECKING:
    from guiji.ledger.ledger import Ledger


def answer(
    settings: Settings, catalog: Catalog, ledger: "Ledger", delivery: Delivery
) -> None:
    """Write receipt and returned workbook of a judged delivery.

    Both say what its folder and the ledger say.
    """
    if delivery.duplicate_of is not None:
        first = ledger.delivery(delivery.duplicate_of)
        receipts.write(settings, catalog, delivery, first=first)
        return
    folder = settings.batches / (delivery.batch_id or "")
    verdict = read_verdict(folder)
    refusal, due_by = verdict["refusal"], verdict["due_by"]
    told = folder / READING
    judged = workbook.Judged(
        delivery,
        findings=read_findings(folder),
        reading=Reading.load(told) if told.exists() else None,
        text=folder / TEXT,
        original=landing.original(settings, delivery.sha256),
        refusal=refusal and BatchRefused(**refusal),
        due_by=due_by and date.fromisoformat(due_by),
    )
    receipts.write(
        settings,
        catalog,
        delivery,
        findings=judged.findings,
        refusal=judged.refusal,
        due_by=judged.due_by,
        reading=judged.reading,
        returned=workbook.write(settings, catalog, judged),
    )
