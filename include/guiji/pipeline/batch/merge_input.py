"""What a checked night hands to the merge."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from guiji.catalog.model import Catalog
from guiji.context import Context
from guiji.core import files
from guiji.core.schemas import FINDINGS, QUARANTINE
from guiji.intake import delivery_table
from guiji.ledger.deliveries import Delivery
from guiji.ledger.ledger import Ledger
from guiji.ledger.progress import UNMERGED
from guiji.ledger.resubmission import Request
from guiji.pipeline.batch import fault_verdict
from guiji.pipeline.batch.outcome import (
    BAD_ROWS_FILE,
    FINDINGS_FILE,
    TYPED_FILE,
    quarantine_path,
    read_findings,
    result_path,
)
from guiji.pipeline.batch.replayed import QUARANTINE_FILE, REASON, ReplayedBatch
from guiji.reading import returned
from guiji.reading.read import READING
from guiji.reading.result import Reading
from guiji.warehouse.merge_night import AcceptedBatch, NightTables

log = logging.getLogger(__name__)


def for_merge(
    context: Context, delivered: Sequence[Delivery], replays: Sequence[ReplayedBatch]
) -> tuple[list[AcceptedBatch], NightTables]:
    """Gather what a night merges and stores: good rows by path, and its tables.

    Args:
        context: settings, where batches and quarantine are; ledger, knows why a
            delivery was taken again.
        delivered: the night's deliveries, all judged.
        replays: rows of earlier deliveries that were checked again for this night,
            see `not_overtaken`.
    """
    judged = [d for d in delivered if d.duplicate_of is None and not d.trial]
    accepted = [
        replace(_accepted(context, d), is_part=_has_lost_part(d, delivered))
        for d in judged
        if _is_accepted(d)
    ]
    accepted += [_replayed(context, r) for r in replays if r.accepted]
    ids = [d.batch_id or d.delivery_id for d in judged]
    findings = [read_findings(context.settings.batches / i) for i in ids]
    findings += [r.read(context.settings, FINDINGS_FILE) for r in replays]
    paths = [
        quarantine_path(context.settings, d.night, d.batch_id or "") for d in judged
    ]
    put_away = [files.read_parquet(path) for path in paths if path.exists()]
    put_away += [r.read(context.settings, QUARANTINE_FILE) for r in replays]
    return accepted, NightTables(
        deliveries=delivery_table.table(delivered),
        findings=pa.concat_tables([FINDINGS.empty_table(), *findings]),
        quarantine=pa.concat_tables([QUARANTINE.empty_table(), *put_away]),
    )


def not_overtaken(
    catalog: Catalog,
    ledger: Ledger,
    delivered: Sequence[Delivery],
    replays: Iterable[ReplayedBatch],
) -> list[ReplayedBatch]:
    """Drop rows that something newer has overtaken; they wait on, or are closed.

    Where a department delivers all anew tonight, what is not in it is not there any
    more, however good the old row is. And a night that was merged since the rows were
    checked may have mended them.
    """
    done = {n for n, state in ledger.nights().items() if state not in UNMERGED}
    anew = {
        (d.department, d.dataset)
        for d in delivered
        if _is_accepted(d) and not d.trial and d.duplicate_of is None
    }
    kept = []
    for replay in replays:
        first = ledger.delivery(replay.batch_id)
        entry = catalog.datasets[str(first.dataset)]
        if any(replay.after < night < replay.night for night in done):
            log.warning("merged since, to be checked once more: %s", replay.batch_id)
            continue
        if entry.delivery != "full" or (first.department, entry.id) not in anew:
            kept.append(replay)
    return kept


def _has_lost_part(delivery: Delivery, delivered: Sequence[Delivery]) -> bool:
    """Return whether another file of the night may hold rows that this one lacks.

    A file that was refused, set aside or not looked at again may have been a part of
    the same full delivery, also where it was not recognised: what it held is not
    missing.
    """
    return any(
        other.department == delivery.department
        and other.dataset in (delivery.dataset, None)
        and not other.trial
        and not _is_accepted(other)
        for other in delivered
    )


def _is_accepted(delivery: Delivery) -> bool:
    dataset = delivery.batch_id and delivery.dataset
    return bool(dataset) and delivery.verdict in {"accepted", "partly"}


def _accepted(context: Context, delivery: Delivery) -> AcceptedBatch:
    batch_id, dataset = str(delivery.batch_id), str(delivery.dataset)
    folder = context.settings.batches / batch_id
    behind = fault_verdict.request_behind(context.ledger, delivery)
    return AcceptedBatch(
        batch_id=batch_id,
        dataset=dataset,
        department=delivery.department,
        received_at=delivery.received_at,
        typed=folder / TYPED_FILE,
        accepted=delivery.rows.accepted,
        bad_rows=result_path(folder, BAD_ROWS_FILE),
        quarantined=delivery.rows.quarantined,
        source_file=delivery.source_file,
        again=_why(behind[0]) if behind else None,
        again_of=behind[1].batch_id if behind else None,
        answers=_answers(folder),
    )


def _answers(folder: Path) -> str | None:
    """Name the batch that was returned as this workbook, if its rows stand there.

    Of a large file only some rows are returned, each with its number of old beside it.
    """
    reading = Reading.load(folder / READING)
    headings = {c.heading for sheet in reading.sheets for c in sheet.columns}
    return None if returned.ROW_NUMBER in headings else reading.returned_batch


def _why(request: Request) -> str:
    """Name what a delivery that was taken again does to the lines of the first."""
    return "replayed" if request.mark.startswith(f"{REASON}:") else "released"


def _replayed(context: Context, replayed: ReplayedBatch) -> AcceptedBatch:
    first = context.ledger.delivery(replayed.batch_id)
    return AcceptedBatch(
        batch_id=replayed.batch_id,
        dataset=str(first.dataset),
        department=first.department,
        received_at=first.received_at,
        typed=replayed.path(context.settings, TYPED_FILE),
        accepted=replayed.accepted,
        source_file=first.source_file,
        again="replayed",
        again_of=replayed.batch_id,
        is_part=True,
    )
