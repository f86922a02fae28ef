"""The stages of a night, one function per task.

Every stage can be run again: what is done is not done again. Heavy libraries are
imported inside the functions, because whoever imports the door must not pay for them.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from guiji.context import NightContext
from guiji.core import business_date, platform_faults
from guiji.core.errors import PublicationHalted, UsageError
from guiji.pipeline import catalog_versions, objection_effects, recovery, stage_lock
from guiji.pipeline.stage_lock import exclusive

if TYPE_CHECKING:
    from pathlib import Path

    from pyarrow import Table

    from guiji.catalog.model import Dataset
    from guiji.core.settings import Settings
    from guiji.intake.databases.deletion_detection import DeletionComparison
    from guiji.warehouse.merge_night import MergeResult

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Told of every step forward: stage, done, of how many."""


def silent(stage: str, done: int, total: int) -> None:
    """Report progress to nobody."""


def which_night(chosen: str | None = None) -> str:
    """Return the night chosen, written YYYY-MM-DD, or the one that ended last.

    Raises:
        UsageError: it is no date, or after today in Shanghai.
    """
    now = datetime.now(UTC)
    return (
        business_date.begun(chosen, now) if chosen else business_date.last(now)
    ).isoformat()


def _night(night: str) -> NightContext:
    """Return the context of a night that is named as YYYY-MM-DD."""
    return stage_lock.current().at(business_date.parse(night))


def night_is_new(night: str) -> bool:
    """Return whether a night has never begun."""
    context = _night(night)
    return context.ledger.night_state(context.night) is None


def connections() -> list[str]:
    """Name the connections that a night uses: of extracts and of SFTP servers."""
    from guiji.connections import sftp as sftp_connection

    catalog = stage_lock.current().catalog
    extracts = {e.connection for d in catalog.datasets.values() for e in d.extracts}
    return sorted(extracts.union(sftp_connection.names(catalog)))


@exclusive
def claim(night: str) -> list[list[str]]:
    """Claim what is in the inboxes, due from databases, or released.

    The register that they are compared with is made here, once for all.

    Returns:
        Delivery ids still to be checked, in chunks of about equal size in bytes.
    """
    from guiji.intake.claim import claim_files
    from guiji.intake.databases.extract import extract_due
    from guiji.pipeline.batch import fault_verdict
    from guiji.warehouse.register import register

    context = _night(which_night(night))
    context.check_queries()
    context.keep_versions()
    recovery.require_not_closed(context.ledger, context.night)
    recovery.settle(context)
    _finish_earlier(context)
    recovery.reopen_checks(context)
    claim_files(context)
    fault_verdict.ask_again(context.ledger, context.night)
    context.ledger.take_again(context.night)
    extract_due(context, partial(_compare_with_warehouse, context.settings))
    chunks: list[list[str]] = [[] for _ in range(context.settings.check_tasks)]
    sizes = [0] * len(chunks)
    todo = [d for d in context.ledger.deliveries(context.night) if d.verdict is None]
    if todo:
        register(context.settings)
    for delivery in sorted(todo, key=lambda d: (-d.bytes, d.delivery_id)):
        least = sizes.index(min(sizes))
        chunks[least].append(delivery.delivery_id)
        sizes[least] += delivery.bytes
    return [chunk for chunk in chunks if chunk]


def look() -> dict[str, int]:
    """List the inboxes without claiming; first sightings on servers are noted.

    Returns:
        Counts: files `ready` to be claimed, inboxes `out_of_reach`.
    """
    from guiji.intake.watch import watch

    return asdict(watch(stage_lock.current()))


def _compare_with_warehouse(
    settings: "Settings",
    dataset: "Dataset",
    department: str,
    extracted: "Table",
    present: "Path",
) -> "DeletionComparison":
    """Compare a department's table with the warehouse; loaded only if one is due."""
    from guiji.warehouse import extracted_records

    return extracted_records.compare(settings, dataset, department, extracted, present)


def _finish_earlier(context: NightContext) -> None:
    """Merge the nights before this one that were begun and not merged.

    What departments delivered then was received then; the publication and the reports
    of this night hold it.
    """
    from guiji.ledger.progress import NightState

    for night, state in context.ledger.nights().items():
        if night < context.night and state is NightState.OPEN:
            log.warning("night %s was never merged: finished now", night)
            earlier = context.at(night)
            recovery.reopen_checks(earlier)
            _check(earlier, _unchecked(earlier))
            _merge(earlier)


def unchecked(night: str) -> list[str]:
    """Name a night's deliveries that have no verdict yet."""
    return _unchecked(_night(night))


def _unchecked(context: NightContext) -> list[str]:
    deliveries = context.ledger.deliveries(context.night)
    return [d.delivery_id for d in deliveries if d.verdict is None]


def check(
    night: str, deliveries: Sequence[str], report: Progress = silent
) -> dict[str, int]:
    """Read, parse and check deliveries; write findings, quarantine and receipts.

    Returns:
        Verdict -> how many of these deliveries.
    """
    return _check(_night(night), deliveries, report)


def _check(
    context: NightContext, deliveries: Sequence[str], report: Progress = silent
) -> dict[str, int]:
    if not deliveries:
        return {}
    from guiji.pipeline.batch import processors, waves
    from guiji.warehouse.register import register

    register(context.settings)  # on a machine that did not claim
    with context.ledger.pooled(), processors.for_night(context) as processor:
        verdicts = waves.check(
            processor,
            deliveries,
            lambda done: report("检查 check", done, len(deliveries)),
        )
    return dict(sorted(verdicts.items()))


@exclusive
def merge(night: str) -> dict[str, int]:
    """Merge a night's accepted rows in one commit; complete the receipts.

    Returns:
        Counts of new, changed, revoked, unchanged, late and absent records.
    """
    return _merge(_night(which_night(night)))


def _merge(context: NightContext) -> dict[str, int]:
    context.keep_versions()
    recovery.require_not_closed(context.ledger, context.night)
    recovery.settle(context)
    context.ledger.open_night(context.night)
    _check(context, recovery.reopen_checks(context))
    with context.ledger.lock("warehouse"):
        result = recovery.committed(context.settings, context.night)
        if result is None:
            result = _commit(context)
    recovery.complete_merge(context, result)
    objection_effects.after_merge(context)
    return asdict(result.total)


def _commit(context: NightContext) -> "MergeResult":
    """Gather what the night's deliveries brought, and commit it."""
    from guiji.pipeline.batch import replayed
    from guiji.pipeline.batch.merge_input import for_merge, not_overtaken
    from guiji.pipeline.reconciliation.run import reconcile
    from guiji.warehouse import merge as warehouse

    ledger, night = context.ledger, context.night
    delivered = ledger.deliveries(night)
    if waiting := [d.delivery_id for d in delivered if d.verdict is None]:
        raise UsageError(
            f"{len(waiting)} deliveries of {night} are not checked; "
            f"run `guiji check-batches --date {night}` first"
        )
    made = replayed.of_night(ledger, night).values()
    replays = not_overtaken(context.catalog, ledger, delivered, made)
    delivered, replays = reconcile(context, delivered, replays)
    accepted, tables = for_merge(context, delivered, replays)
    return warehouse.merge(context, accepted, tables)


def push(night: str) -> dict[str, int]:
    """Send the answers to the departments' servers, where there are any.

    Returns:
        Counts of files sent and unchanged, and of servers or departments to which
        not all was sent; the next push sends the rest.
    """
    from guiji.connections import sftp as sftp_connection

    counts = {"sent": 0, "unchanged": 0, "failed": 0}
    context = _night(night)
    if sftp_connection.pushing(context.catalog):
        from guiji.outbox.push import push as send  # loads the SSH library

        pushed = send(context)
        counts["sent"], counts["unchanged"] = pushed.sent, pushed.unchanged
        counts["failed"] = len(pushed.failed)
    return counts


@exclusive
def publish(night: str, *, in_full: bool = False) -> dict[str, Any]:
    """Write a night's publication and release it if every check holds.

    Args:
        night: a merged night.
        in_full: compute every line, also where only changes would be.

    Returns:
        `released`; if so `manifest`, `lines`, `withdrawn`; else the `reason`.
    """
    from guiji.core import files
    from guiji.ledger.progress import NightState
    from guiji.publication.publish import publish as write

    context = _night(night)
    ledger, day = context.ledger, context.night
    context.keep_versions()
    recovery.settle(context)
    try:
        with ledger.lock("warehouse"):
            manifest = write(context, in_full=in_full)
    except PublicationHalted as halted:
        ledger.append("publication_halted", night, {"reason": str(halted)})
        return {"released": False, "reason": str(halted)}
    path = context.settings.publication / night / "manifest.json"
    entries = [e for c in manifest.channels.values() for e in c if e.kind == "full"]
    lines = sum(e.rows for e in entries)
    ledger.record_publication(day, files.sha256_of(path), lines)
    ledger.set_state(day, NightState.PUBLISHED)
    return {
        "released": True,
        "manifest": str(path),
        "lines": lines,
        "withdrawn": manifest.withdrawn,
    }


def require_released(night: str) -> None:
    """Do nothing if a night's publication is released.

    Raises:
        PublicationHalted: it is not; the reason is in the trace.
    """
    context = _night(night)
    if any(p.night == context.night for p in context.ledger.publications()):
        return
    halts = context.ledger.entries("publication_halted", night)
    reason = halts[-1].details["reason"] if halts else "it was never published"
    raise PublicationHalted(f"{night}: {reason}")


@exclusive
def report(night: str) -> dict[str, str]:
    """Compare every record with its clocks; write breach lists and circular.

    On the last night of a month or quarter its circular is written, too.
    Departments are told of the datasets that they did not deliver in time.
    """
    from guiji.ledger.progress import NightState
    from guiji.outbox import overdue_notice
    from guiji.reports import circular, periods
    from guiji.reports.deadlines import breaches

    context = _night(night)
    recovery.settle(context)
    context = catalog_versions.of_night(context)
    listed = breaches.write(context)
    paths = circular.build(context, overdue=listed)
    for period in periods.ended_on(context.night):
        circular.build(context, period, context.night, overdue=listed)
    catalog_versions.trace(context)
    overdue_notice.answer(context, breaches.silent(listed))
    context.ledger.set_state(context.night, NightState.REPORTED)
    return {"breaches": str(listed), **paths.named()}


@exclusive
def dashboards(night: str) -> str:
    """Build a night's pages for auditors; return the first page's path."""
    from guiji.reports import dashboard, data_docs

    context = catalog_versions.of_night(_night(night))
    data_docs.build(context)
    faults = context.ledger.entries(platform_faults.TRACE)
    return str(dashboard.build(context, dashboard.alerts(faults, context.night)))
