"""Brings the ledger up to what warehouse, publication and reports hold.

A night commits its rows in the warehouse, its publication beside it, and only then
tells the ledger. A kill in between leaves the ledger behind. Every stage that changes
something settles this first: what was committed stands, its receipts are completed,
and what is dropped from then on belongs to the next night.
"""

import logging
import shutil
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from guiji.context import Context, NightContext
from guiji.core import scratch
from guiji.core.errors import NightClosed
from guiji.core.platform_faults import contained
from guiji.pipeline import catalog_proposals, objection_effects

if TYPE_CHECKING:
    from guiji.core.settings import Settings
    from guiji.ledger.deliveries import Delivery
    from guiji.ledger.ledger import Ledger
    from guiji.warehouse.merge_night import MergeResult

log = logging.getLogger(__name__)

TRACE = "settled"
"""Kind of the trace's lines that tell what the ledger learnt only afterwards."""


def settle(context: Context) -> None:
    """Complete what a killed process committed and did not tell the ledger.

    Args:
        context: settings, where warehouse, publication and reports are; catalogue,
            words the receipts that are completed; ledger, brought forward, each time
            with a line in the trace.
    """
    from guiji.ledger.progress import NightState

    states = context.ledger.nights()
    for night, state in states.items():
        if state is not NightState.OPEN:
            continue
        merged = committed(context.settings, night)
        if merged is not None:
            log.warning("night %s is in the warehouse: completed now", night)
            context.ledger.append_once(TRACE, f"merge:{night}", {})
            _hand_on_late(context.at(night))
            complete_merge(
                context.at(night),
                merged,
            )
    catalog_proposals.settle(context)
    objection_effects.settle(context)
    _settle_publications(context)
    _settle_reports(context)


def reopen_checks(context: NightContext) -> list[str]:
    """Withdraw verdicts of an open night that are no longer valid.

    A verdict holds as long as its evidence is there and the catalogue is the one it
    was given under. One of a dataset that left the catalogue stays: its merge is
    refused by name, its department has done nothing wrong.

    Returns:
        Ids of the deliveries that are to be checked again.
    """
    from guiji.ledger import interventions
    from guiji.ledger.progress import NightState

    if context.ledger.night_state(context.night) is not NightState.OPEN:
        return []
    from guiji.pipeline.batch import set_aside

    scratch.sweep(context.settings.batches, ".")
    reopened = []
    for delivery in context.ledger.deliveries(context.night):
        if delivery.verdict == set_aside.STATE:
            set_aside.complete(context, delivery)
        reason = _reason_to_check(context, delivery)
        if reason is not None:
            log.warning("to be checked again: %s, %s", delivery.delivery_id, reason)
            _forget_evidence(context.settings, delivery)
            interventions.check_again(context.ledger, delivery.delivery_id, reason)
            reopened.append(delivery.delivery_id)
    return reopened


LATE = "本夜入库后才到，转入下一夜处理，无需重新报送"


def _hand_on_late(context: NightContext) -> None:
    """Move what was claimed after a night's commit to the next night."""
    from guiji.ledger import interventions
    from guiji.pipeline.batch import set_aside
    from guiji.warehouse import ask

    query = f"select batch_id from deliveries where night = date '{context.night}'"
    batch_ids = set(ask.ask(context, query)["batch_id"].to_pylist())
    for delivery in context.ledger.deliveries(context.night):
        identity = delivery.delivery_id
        is_merged = bool({delivery.batch_id, identity} & batch_ids)
        if is_merged or delivery.duplicate_of is not None:
            continue
        log.warning("came after the commit: %s, taken by the next night", identity)
        context.ledger.name_batch(identity, delivery.dataset)
        interventions.hand_on(context.ledger, identity, LATE)
        if not delivery.trial:
            set_aside.complete(context, context.ledger.delivery(identity))


CHECKED = ("accepted", "partly", "refused", "trial")
"""Verdicts whose evidence is a folder of the batch."""


def _reason_to_check(context: Context, delivery: "Delivery") -> str | None:
    if delivery.verdict not in CHECKED:
        return None
    if not (context.settings.batches / str(delivery.batch_id)).is_dir():
        return "evidence_missing"
    is_known = delivery.dataset is None or delivery.dataset in context.catalog.datasets
    if is_known and delivery.catalogue_version != context.catalog.version:
        return "catalogue_changed"
    return None


def _forget_evidence(settings: "Settings", delivery: "Delivery") -> None:
    from guiji.pipeline.batch.outcome import quarantine_path

    batch_id = str(delivery.batch_id)
    quarantine_path(settings, delivery.night, batch_id).unlink(missing_ok=True)
    shutil.rmtree(settings.batches / batch_id, ignore_errors=True)


def require_not_closed(ledger: "Ledger", night: date) -> None:
    """Do nothing unless a night was given up by hand.

    Raises:
        NightClosed: it was; says by whom and why.
    """
    from guiji.ledger import interventions
    from guiji.ledger.progress import NightState

    if ledger.night_state(night) is NightState.CLOSED:
        said = ledger.entries(interventions.NIGHT_CLOSED, str(night))[-1].details
        raise NightClosed(
            f"night {night} was closed by {said['by']} ({said['why']}); the next night "
            "takes over what was delivered into it"
        )


def committed(settings: "Settings", night: date) -> "MergeResult | None":
    """Return what the warehouse's commit of a night did; None = there is none."""
    from guiji.storage import commits, dataset_files
    from guiji.storage.table_store import table_store
    from guiji.warehouse.merge_night import result

    where = table_store(settings)
    done = commits.commit_of(where, dataset_files.open_records(where), night)
    return result(night, done.batches, repeated=True) if done else None


def complete_merge(context: NightContext, merged: "MergeResult") -> None:
    """Complete the receipts of a night that is committed; then call it merged.

    The state comes last: as long as it lacks, `settle` does all of this again.
    """
    from guiji.ledger.progress import NightState
    from guiji.pipeline.batch import merge_findings, replay_notice, replayed
    from guiji.pipeline.batch.answers import answer
    from guiji.pipeline.batch.merge_input import not_overtaken

    delivered = context.ledger.deliveries(context.night)
    evident = _with_evidence(context.settings, delivered)
    replayed_batches = not_overtaken(
        context.catalog,
        context.ledger,
        delivered,
        replayed.of_night(context.ledger, context.night).values(),
    )
    folders = [
        (str(d.batch_id), context.settings.batches / str(d.batch_id)) for d in evident
    ]
    folders += [(r.batch_id, r.home(context.settings)) for r in replayed_batches]
    merge_findings.keep(context.settings, context.night, folders)
    for delivery in evident:
        counts = merged.batches.get(delivery.batch_id or "")
        if counts is not None:
            context.ledger.set_unchanged(delivery.delivery_id, counts.unchanged)
        with (
            scratch.exclusive(context.settings.batches, f".{delivery.delivery_id}"),
            contained(context.ledger, context.night, "answer", delivery.delivery_id),
        ):
            answer(context, context.ledger.delivery(delivery.delivery_id))
    for replay in replayed_batches:
        with contained(context.ledger, context.night, "answer", replay.batch_id):
            first = context.ledger.delivery(replay.batch_id)
            kept = replay.reconciled(context.settings)
            if replay.batch_id in merged.batches or not kept.accepted:
                replay_notice.tell(context, first, kept)
    context.ledger.set_state(context.night, NightState.MERGED)


def _with_evidence(
    settings: "Settings", delivered: "Sequence[Delivery]"
) -> "list[Delivery]":
    """Drop deliveries of which nothing is known any more, or not yet."""
    return [
        d
        for d in delivered
        if d.duplicate_of is not None
        or (d.verdict and (settings.batches / (d.batch_id or "?")).is_dir())
    ]


def _settle_publications(context: Context) -> None:
    """Record the publications that were released, and let `current` name the last."""
    from guiji.ledger.progress import NightState
    from guiji.publication import publish
    from guiji.storage import publication_log

    recorded = {publication.night for publication in context.ledger.publications()}
    released = publication_log.nights(context.settings)
    unrecorded = [night for night in released if night not in recorded]
    for night in unrecorded:
        log.warning("publication %s is released: recorded now", night)
        context.ledger.append_once(TRACE, f"publication:{night}", {})
        sha256, lines = publish.released(context.settings, night)
        context.ledger.record_publication(night, sha256, lines)
    states = context.ledger.nights()
    for night in released:
        if states.get(night) is NightState.MERGED:
            context.ledger.set_state(night, NightState.PUBLISHED)
    if unrecorded:
        publish.point_to_last(context.settings)


def _is_circular_written(settings: "Settings", night: date) -> bool:
    """Return whether a night's circular is there; the workbook is written last."""
    return (settings.reports / night.isoformat() / "circular.xlsx").exists()


def _settle_reports(context: Context) -> None:
    """Complete the notices of circulars that are written; then call them reported."""
    from guiji.ledger.progress import NightState

    unreported = (NightState.MERGED, NightState.PUBLISHED)
    for night, state in context.ledger.nights().items():
        if state in unreported and _is_circular_written(context.settings, night):
            from guiji.outbox import overdue_notice  # with the libraries of reports
            from guiji.reports.deadlines import breaches

            log.warning("circular of %s is written: completed now", night)
            context.ledger.append_once(TRACE, f"report:{night}", {})
            silent = [
                duty
                for duty in breaches.silent(breaches.path_of(context.settings, night))
                if duty["dataset"] in context.catalog.datasets
                and duty["department"] in context.catalog.departments
            ]
            overdue_notice.answer(
                context.at(night),
                silent,
            )
            context.ledger.set_state(night, NightState.REPORTED)
