"""The verdict `platform_fault`: given, told, and taken back by trying again.

Where our own code raises about a delivery, nothing of it is merged and nothing put in
quarantine: its bytes are landed, so nothing is lost. The department is told that it
has nothing to do. The next night takes the delivery again by itself, as received when
it first arrived, for `MAX_NIGHTS` nights in a row; after that `guiji replay` does, once
the fault is mended.
"""

import logging
import shutil
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from guiji.catalog.model import Catalog
from guiji.checking import refusals
from guiji.context import Context
from guiji.core import files, platform_faults
from guiji.core.platform_faults import RULE, VERDICT, PlatformFault
from guiji.core.schemas import FINDINGS, QUARANTINE
from guiji.ledger.delivery import Delivery, RowCounts
from guiji.ledger.resubmission import Request
from guiji.pipeline.batch.outcome import (
    FINDINGS_FILE,
    Outcome,
    quarantine_path,
    write_verdict,
)

if TYPE_CHECKING:
    from guiji.ledger.ledger import Ledger

log = logging.getLogger(__name__)

MAX_NIGHTS = 7
"""Nights in a row that try a delivery; a fault that lasts longer waits for a person."""

REASON = "fault"
"""What the marks of requests begin with that take such a delivery again."""

TRACE = "fault_asked"
RULES = frozenset({RULE, platform_faults.CODE})
"""What `guiji replay --rule` may call it."""


def give(context: Context, delivery: Delivery, error: Exception) -> str:
    """Return a delivery the verdict; the ledger's is the last step, as always.

    Args:
        context: settings, where batches and quarantine are; catalogue, names the
            document that findings cite; ledger, keeps the verdict, and traces the
            fault.
        delivery: that was being checked.
        error: what our code raised.

    Returns:
        The verdict.
    """
    platform_faults.record(
        context.ledger,
        delivery.night,
        "check",
        delivery.delivery_id,
        PlatformFault.of(error),
    )
    shutil.rmtree(
        context.settings.batches / f".{delivery.delivery_id}", ignore_errors=True
    )
    dataset = context.ledger.delivery(delivery.delivery_id).dataset
    batch_id = context.ledger.name_batch(delivery.delivery_id, dataset)
    folder = context.settings.batches / batch_id
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    outcome = Outcome(
        verdict=VERDICT,
        rows=RowCounts(),
        findings=_finding(context.catalog, delivery, batch_id, dataset),
        put_away=QUARANTINE.empty_table(),
    )
    files.write_parquet(folder / FINDINGS_FILE, outcome.findings)
    quarantine_path(context.settings, delivery.night, batch_id).unlink(missing_ok=True)
    write_verdict(folder, context.catalog, delivery, outcome)
    context.ledger.set_verdict(
        delivery.delivery_id, VERDICT, outcome.rows, context.catalog.version
    )
    return VERDICT


def _finding(
    catalog: Catalog, delivery: Delivery, batch_id: str, dataset: str | None
) -> pa.Table:
    code, words = refusals.PLATFORM_FAULT, refusals.platform_fault(delivery.name)
    said = {
        "batch_id": batch_id,
        "night": delivery.night,
        "department": delivery.department,
        "dataset": dataset,
        "source_file": delivery.source_file,
        "rule_id": RULE,
        "severity": code.severity.value,
        "dimension": code.dimension.value,
        "responsibility": code.responsibility.value,
        "message": words.message,
        "message_en": words.message_en,
        "remedy": words.remedy,
        "clause": catalog.jurisdiction.document,
    }
    return pa.Table.from_pylist([said], FINDINGS)


def ask_again(ledger: "Ledger", night: date) -> None:
    """Request that a night takes again what faulted in the nights before it.

    It follows from the verdicts alone, so a kill between verdict and request loses
    nothing, and asked twice it is taken once.
    """
    for delivery in ledger.not_repeated(VERDICT):
        if delivery.night >= night:
            continue
        if _nights_tried(ledger, delivery) >= MAX_NIGHTS:
            log.error("platform fault: waits for replay: %s", delivery.delivery_id)
            continue
        _ask(ledger, delivery, night)


def ask_by_hand(
    ledger: "Ledger", night: date, batch: str | None, rule: str | None
) -> Iterator[str]:
    """Request that a night takes again what faulted, however often it did.

    Args:
        ledger: keeps the requests.
        night: the open night that takes them.
        batch: batch id, only of this one; None = all.
        rule: as `guiji replay` was asked; None = any.

    Yields:
        Batch ids.
    """
    if rule is not None and rule not in RULES:
        return
    for delivery in ledger.not_repeated(VERDICT):
        name = delivery.batch_id or delivery.delivery_id
        if batch in (None, name):
            _ask(ledger, delivery, night)
            yield name


def _ask(ledger: "Ledger", delivery: Delivery, night: date) -> None:
    details = {"night": night.isoformat()}
    request = Request(f"{REASON}:{delivery.delivery_id}", delivery.delivery_id, details)
    ledger.ask_again(request, TRACE, details)


def _nights_tried(ledger: "Ledger", delivery: Delivery) -> int:
    tried = 1
    while delivery.again_of is not None:
        delivery = ledger.delivery(delivery.again_of)
        if delivery.verdict != VERDICT:
            break
        tried += 1
    return tried


def request_behind(
    ledger: "Ledger", delivery: Delivery
) -> tuple[Request, Delivery] | None:
    """Find the request that a delivery answers, behind nights that faulted.

    What was to be taken again, faulted, and is now tried again still answers the first
    request: a release goes on holding.

    Returns:
        The request and the delivery that it is about; None = only a fault or a closed
        night is behind it, or its department dropped it.
    """
    from guiji.ledger.interventions import CLOSED

    passed_on = (f"{REASON}:", f"{CLOSED}:")
    request = ledger.answered_by(delivery)
    while request is not None:
        first = ledger.delivery(request.first_id)
        if not request.mark.startswith(passed_on):
            return request, first
        request = ledger.answered_by(first)
    return None
