"""The stages of a night, one function per task.

Every stage can be run again: what is done is not done again. Heavy libraries are
imported inside the functions, because whoever imports the door must not pay for them.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from guiji.core import business_date, platform_faults, scratch, settings
from guiji.core.errors import PublicationHalted, UsageError
from guiji.pipeline import catalog_versions, opening, recovery
from guiji.pipeline.stage_lock import exclusive

if TYPE_CHECKING:
    from pathlib import Path

    from pyarrow import Table

    from guiji.catalog.model import Catalog, Dataset
    from guiji.core.settings import Settings
    from guiji.intake.databases.deletion_detection import Compared
    from guiji.ledger.ledger import Ledger
    from guiji.warehouse.merge_night import MergeResult

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Told of every step forward: stage, done, of how many."""

VERDICTS = (
    *("accepted", "partly", "refused", "duplicate", "trial"),
    *("platform_fault", "set_aside"),
)
"""Counted one by one in the summary of a night."""

CHUNKS = 2
"""Tasks over which a night's deliveries are spread: one per core of a small machine."""


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


def night_is_new(night: str) -> bool:
    """Return whether a night has never begun."""
    return opening.ledger().night_state(business_date.parse(night)) is None


def connections() -> list[str]:
    """Name the connections that a night uses: of extracts and of SFTP servers."""
    from guiji.connections import sftp as sftp_connection

    catalog = opening.catalog()
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

    catalog = opening.used_catalog(queries=True)
    now, ledger = settings.current(), opening.ledger()
    day = business_date.parse(which_night(night))
    recovery.require_not_closed(ledger, day)
    recovery.settle(now, catalog, ledger)
    _finish_earlier(ledger, day)
    recovery.reopen_checks(now, catalog, ledger, day)
    claim_files(now, catalog, ledger, day)
    fault_verdict.ask_again(ledger, day)
    ledger.take_again(day)
    extract_due(now, catalog, ledger, day, _standing)
    chunks: list[list[str]] = [[] for _ in range(CHUNKS)]
    sizes = [0] * CHUNKS
    todo = [d for d in ledger.deliveries(day) if d.verdict is None]
    if todo:
        register(now)
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

    now, catalog, ledger = settings.current(), opening.catalog(), opening.ledger()
    return asdict(watch(now, catalog, ledger))


def _standing(
    dataset: "Dataset", department: str, extracted: "Table", present: "Path"
) -> "Compared":
    """Compare a department's table with the warehouse; loaded only if one is due."""
    from guiji.warehouse import extracted_records

    return extracted_records.compare(
        settings.current(), dataset, department, extracted, present
    )


def _finish_earlier(ledger: "Ledger", day: date) -> None:
    """Merge the nights before this one that were begun and not merged.

    What departments delivered then was received then; the publication and the reports
    of this night hold it.
    """
    from guiji.ledger.progress import NightState

    for earlier, state in ledger.nights().items():
        if earlier < day and state is NightState.OPEN:
            log.warning("night %s was never merged: finished now", earlier)
            recovery.reopen_checks(
                settings.current(), opening.catalog(), ledger, earlier
            )
            check(str(earlier), unchecked(str(earlier)))
            merge(str(earlier))


def unchecked(night: str) -> list[str]:
    """Name a night's deliveries that have no verdict yet."""
    found = opening.ledger().deliveries(business_date.parse(night))
    return [d.delivery_id for d in found if d.verdict is None]


def check(
    night: str, deliveries: Sequence[str], report: Progress = silent
) -> dict[str, int]:
    """Read, parse and check deliveries; write findings, quarantine and receipts.

    Returns:
        Verdict -> how many of these deliveries.
    """
    counts: Counter[str] = Counter()
    if not deliveries:
        return {}
    from guiji.warehouse.register import register

    now, ledger = settings.current(), opening.ledger()
    register(now)  # on a machine that did not claim
    with opening.delivery_processor() as processor:
        for done, identity in enumerate(deliveries, 1):
            with scratch.exclusive(now.batches, f".{identity}"):
                counts[processor.handle(ledger, ledger.delivery(identity))] += 1
            report("检查 check", done, len(deliveries))
    return dict(sorted(counts.items()))


@exclusive
def merge(night: str) -> dict[str, int]:
    """Merge a night's accepted rows in one commit; complete the receipts.

    Returns:
        Counts of new, changed, revoked, unchanged, late and absent records.
    """
    now, catalog, ledger = settings.current(), opening.used_catalog(), opening.ledger()
    day = business_date.parse(which_night(night))
    recovery.require_not_closed(ledger, day)
    recovery.settle(now, catalog, ledger)
    ledger.open_night(day)
    check(night, recovery.reopen_checks(now, catalog, ledger, day))
    with ledger.lock("warehouse"):
        result = recovery.committed(now, day)
        if result is None:
            result = _merge(now, catalog, ledger, day)
    recovery.complete_merge(now, catalog, ledger, day, result)
    return asdict(result.total)


def _merge(
    now: "Settings", catalog: "Catalog", ledger: "Ledger", day: date
) -> "MergeResult":
    """Gather what the night's deliveries brought, and commit it."""
    from guiji.pipeline.batch import replayed
    from guiji.pipeline.batch.merge_input import for_merge, not_overtaken
    from guiji.pipeline.reconciliation.outcomes import Conclusion
    from guiji.pipeline.reconciliation.run import reconcile
    from guiji.warehouse import merge as warehouse

    delivered = ledger.deliveries(day)
    if waiting := [d.delivery_id for d in delivered if d.verdict is None]:
        raise UsageError(
            f"{len(waiting)} deliveries of {day} are not checked; "
            f"run `guiji check-batches --date {day}` first"
        )
    made = replayed.of_night(ledger, day).values()
    replays = not_overtaken(catalog, ledger, delivered, made)
    how = Conclusion(now, catalog, opening.used_calendar(), day)
    delivered, replays = reconcile(how, ledger, delivered, replays)
    accepted, tables = for_merge(now, ledger, delivered, replays)
    return warehouse.merge(now, catalog, day, accepted, tables)


def push(night: str) -> dict[str, int]:
    """Send the answers to the departments' servers, where there are any.

    Returns:
        Counts of files sent and unchanged, and of servers or departments to which
        not all was sent; the next push sends the rest.
    """
    from guiji.connections import sftp as sftp_connection

    counts = {"sent": 0, "unchanged": 0, "failed": 0}
    catalog = opening.catalog()
    if sftp_connection.pushing(catalog):
        from guiji.outbox.push import push as send  # loads the SSH library

        now, day = settings.current(), business_date.parse(night)
        pushed = send(now, catalog, opening.ledger(), day)
        counts["sent"], counts["unchanged"] = pushed.sent, pushed.unchanged
        counts["failed"] = len(pushed.failed)
    return counts


@exclusive
def publish(night: str) -> dict[str, Any]:
    """Write a night's publication and release it if every check holds.

    Returns:
        `released`; if so `manifest`, `lines`, `withdrawn`; else the `reason`.
    """
    from guiji.core import files
    from guiji.ledger.progress import NightState
    from guiji.publication.publish import publish as write

    now, ledger, day = settings.current(), opening.ledger(), business_date.parse(night)
    catalog = opening.catalog()
    recovery.settle(now, catalog, ledger)
    try:
        with ledger.lock("warehouse"):
            manifest = write(now, catalog, day, opening.used_calendar().version)
    except PublicationHalted as halted:
        ledger.append("publication_halted", night, {"reason": str(halted)})
        return {"released": False, "reason": str(halted)}
    path = now.publication / night / "manifest.json"
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
    ledger = opening.ledger()
    if any(p.night == business_date.parse(night) for p in ledger.publications()):
        return
    halts = ledger.entries("publication_halted", night)
    reason = halts[-1].details["reason"] if halts else "it was never published"
    raise PublicationHalted(f"{night}: {reason}")


@exclusive
def report(night: str) -> dict[str, str]:
    """Compare every record with its clocks; write breach lists and circular.

    Departments are told of the datasets that they did not deliver in time.
    """
    from guiji.ledger.progress import NightState
    from guiji.outbox import overdue_notice
    from guiji.reports import circular
    from guiji.reports.deadlines import breaches

    now, day, ledger = settings.current(), business_date.parse(night), opening.ledger()
    recovery.settle(now, opening.catalog(), ledger)
    used = catalog, calendar = catalog_versions.of_night(ledger, day)
    overdue = breaches.compute(now, catalog, calendar, day)
    listed = breaches.write(now, catalog, day, overdue)
    paths = circular.build(now, catalog, calendar, day, overdue=overdue)
    catalog_versions.trace(ledger, day, used)
    overdue_notice.answer(now, catalog, ledger, day, breaches.silent(overdue))
    ledger.set_state(day, NightState.REPORTED)
    return {
        "breaches": str(listed),
        "circular_xlsx": str(paths.xlsx),
        "circular_html": str(paths.html),
    }


def report_period(period: str, known_on: str | None = None) -> dict[str, str]:
    """Recompute the circular of a past month, as known then or on another day.

    Catalogue and calendar are those of the last night up to that day. Nothing is
    overwritten: other versions, and another outcome, have a folder of their own.

    Raises:
        UsageError: the month, or the day, is still to come.
        CatalogError: an older release did not keep what that night used.
    """
    from guiji.reports import circular

    now, ledger = settings.current(), opening.ledger()
    asked = business_date.parse(known_on) if known_on else None
    today = business_date.today(datetime.now(UTC))
    _, last = circular.month(period, asked, today)
    used = catalog_versions.known_on(ledger, asked or last)
    paths = circular.build(now, *used, last, period=period, known_on=asked or last)
    return {"circular_xlsx": str(paths.xlsx), "circular_html": str(paths.html)}


@exclusive
def dashboards(night: str) -> str:
    """Build a night's pages for auditors; return the first page's path."""
    from guiji.reports import dashboard, data_docs

    now, day = settings.current(), business_date.parse(night)
    catalog = catalog_versions.of_night(opening.ledger(), day).catalog
    data_docs.build(now, catalog, day)
    alerts = dashboard.alerts(opening.ledger().entries(platform_faults.TRACE), day)
    return str(dashboard.build(now, catalog, day, alerts))


@exclusive
def night(night: str, report_progress: Progress = silent) -> dict[str, Any]:
    """Run a whole night, as the DAGs do, in this process.

    Returns:
        The night's figures, as the command line prints them.
    """
    stages = 7
    chunks = claim(night)
    report_progress("夜间归集 night", 1, stages)
    check(night, [d for chunk in chunks for d in chunk], report_progress)
    report_progress("夜间归集 night", 2, stages)
    merged = merge(night)
    push(night)
    report_progress("夜间归集 night", 3, stages)
    published = publish(night)
    report_progress("夜间归集 night", 4, stages)
    report(night)
    report_progress("夜间归集 night", 5, stages)
    dashboards(night)
    report_progress("夜间归集 night", 6, stages)
    push(night)  # to servers that did not answer before
    report_progress("夜间归集 night", 7, stages)
    return _summary(night, merged, published)


def _summary(
    night: str, merged: dict[str, int], published: dict[str, Any]
) -> dict[str, Any]:
    import pyarrow.parquet as pq

    delivered = opening.ledger().deliveries(business_date.parse(night))
    verdicts = Counter(d.verdict for d in delivered)
    real = [d.rows for d in delivered if not d.trial]
    breaches = settings.current().reports / night / "breaches.parquet"
    return {
        "night": night,
        "deliveries": len(delivered),
        **{v: verdicts[v] for v in VERDICTS},
        "rows_read": sum(r.read for r in real),
        "rows_accepted": sum(r.accepted for r in real),
        "rows_quarantined": sum(r.quarantined for r in real),
        **merged,
        "published": published.get("lines", 0),
        "withdrawn": published.get("withdrawn", 0),
        "released": published["released"],
        "breaches": pq.read_metadata(breaches).num_rows,
    }
