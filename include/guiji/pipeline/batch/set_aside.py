"""Set a delivery aside (暂缓): on a person's word it is kept out of its night.

What nobody can solve tonight must not stop the others. Nothing of the delivery is
merged; its bytes stay in the landing, one line in the quarantine stands for all of it,
and its department is told who decided so, why, and what to do. `guiji replay --batch`
lets a coming night take it up again, as received when it first arrived.
"""

import shutil
from dataclasses import dataclass
from datetime import date

from guiji.checking import quarantine, refusals
from guiji.context import Context
from guiji.core import files
from guiji.core.errors import UsageError
from guiji.core.schemas import FINDINGS
from guiji.core.settings import Settings
from guiji.ledger import interventions
from guiji.ledger.delivery import Delivery, RowCounts
from guiji.ledger.ledger import Ledger
from guiji.ledger.resubmission import Request
from guiji.pipeline.batch.answers import answer
from guiji.pipeline.batch.outcome import (
    FINDINGS_FILE,
    VERDICT,
    Outcome,
    batch_input,
    quarantine_path,
    write_verdict,
)
from guiji.pipeline.batch.replayed import REASON
from guiji.pipeline.batch.signatures import signature

STATE = "set_aside"
TRACE = interventions.SET_ASIDE


@dataclass(frozen=True)
class SetAside:
    """A delivery that was set aside.

    Attributes:
        delivery_id: of the delivery.
        by: who set it aside.
        why: the explanation.
        is_new: whether it was done just now; what was done before stands.
    """

    delivery_id: str
    by: str
    why: str
    is_new: bool


def set_aside(context: Context, identity: str, by: str, why: str) -> SetAside:
    """Set a delivery of an open night aside; done twice, the first word stands.

    Args:
        context: settings, where batches, quarantine and outbox are; catalogue, words
            the receipt; ledger, keeps and traces it.
        identity: its batch id or delivery id.
        by: the person's name.
        why: the explanation; identity and phone numbers in it are masked.

    Raises:
        UsageError: name or explanation is empty, or there is no such delivery, or it
            is a trial or a duplicate, which are never merged.
        NightClosed: its night is merged, or was closed.
    """
    by, why = signature(by, why)
    delivery = context.ledger.delivery(identity)
    if delivery.trial or delivery.duplicate_of is not None:
        raise UsageError(f"{identity} is {delivery.verdict}: it is never merged")
    context.ledger.name_batch(delivery.delivery_id, delivery.dataset)
    is_new = interventions.set_aside(context.ledger, delivery.delivery_id, by, why)
    details = complete(context, context.ledger.delivery(delivery.delivery_id))
    return SetAside(delivery.delivery_id, details["by"], details["why"], is_new)


def complete(context: Context, delivery: Delivery) -> dict[str, str]:
    """Write evidence, quarantine line and receipt of a delivery that is set aside.

    Returns:
        Who set it aside and why, as the trace has it.
    """
    said = context.ledger.entries(TRACE, delivery.delivery_id)[-1].details
    details = {"by": str(said["by"]), "why": str(said["why"])}
    folder = context.settings.batches / str(delivery.batch_id)
    if not _is_complete(context.settings, delivery):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        outcome = _outcome(delivery, details)
        files.write_parquet(folder / FINDINGS_FILE, outcome.findings)
        path = quarantine_path(context.settings, delivery.night, str(delivery.batch_id))
        files.write_parquet(path, outcome.put_away)
        write_verdict(folder, context.catalog, delivery, outcome)
    answer(context, delivery)
    return details


def _is_complete(settings: Settings, delivery: Delivery) -> bool:
    path = settings.batches / str(delivery.batch_id) / VERDICT
    return path.exists() and files.read_json(path)["verdict"] == STATE


def _outcome(delivery: Delivery, details: dict[str, str]) -> Outcome:
    refusal = refusals.set_aside(delivery.name, **details)
    batch = batch_input(delivery, str(delivery.batch_id), delivery.dataset or "")
    return Outcome(
        verdict=STATE,
        rows=RowCounts(),
        findings=FINDINGS.empty_table(),
        put_away=quarantine.of_refusal(batch, refusal, 0),
        refusal=refusal,
    )


def ask_by_hand(ledger: Ledger, night: date, batch: str | None) -> list[str]:
    """Request that a night takes up a delivery that was set aside, if it was.

    Args:
        ledger: keeps the request.
        night: the open night that takes it.
        batch: its batch id; None = none: what was set aside comes back by name only.

    Returns:
        Its batch id, or nothing.
    """
    delivery = ledger.delivery(batch) if batch is not None else None
    if delivery is None or delivery.verdict != STATE:
        return []
    details = {"night": night.isoformat()}
    mark = f"{REASON}:{delivery.delivery_id}@{night}"
    request = Request(mark, delivery.delivery_id, details)
    ledger.ask_again(request, "set_aside_ended", details)
    return [delivery.batch_id or delivery.delivery_id]
