"""Compares a night's deliveries with one another and with the warehouse."""

import logging
from collections import defaultdict
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from guiji.context import NightContext
from guiji.core import platform_faults
from guiji.core.schemas import QUARANTINE
from guiji.engine.duck import DuckEngine, connect
from guiji.engine.sql import literal
from guiji.ledger.deliveries import Delivery, RowCounts
from guiji.pipeline.batch import fault_verdict, release
from guiji.pipeline.batch.outcome import BAD_ROWS_FILE, RECONCILED, TYPED_FILE, VERDICT
from guiji.pipeline.batch.replayed import ReplayedBatch
from guiji.pipeline.reconciliation.checks import CHECKS
from guiji.pipeline.reconciliation.comparison import ComparedDelivery, Comparison
from guiji.pipeline.reconciliation.outcomes import Conclusion
from guiji.pipeline.reconciliation.results import Duplicate, Result, batches
from guiji.storage import dataset_files
from guiji.storage.table_store import scratch, table_store

log = logging.getLogger(__name__)

ACCEPTED = ("accepted", "partly")


def reconcile(
    context: NightContext,
    delivered: Sequence[Delivery],
    replays: Sequence[ReplayedBatch],
) -> tuple[list[Delivery], list[ReplayedBatch]]:
    """Compare what a night brings, and keep what follows from it.

    To be called before the warehouse holds the night: it would be compared with
    itself.

    Args:
        context: settings, catalogue, calendar and night; ledger, keeps the verdicts,
            its warehouse lock is held.
        delivered: the night's deliveries, all judged.
        replays: rows of earlier deliveries that come with the night.

    Returns:
        Both, as they are afterwards.
    """
    compared = [_delivery(context, d) for d in delivered if _is_compared(context, d)]
    compared += [_replay(context, r) for r in replays if r.accepted]
    try:
        results, waiting = _results(context, compared)
    except Exception as error:
        if platform_faults.ends_the_task(error):
            raise
        compared = _without_failing(context, compared)
        results, waiting = _results(context, compared)
    for delivery in compared:
        _keep_or_fault(context, delivery, results[delivery.batch_id], waiting)
    return (
        [context.ledger.delivery(d.delivery_id) for d in delivered],
        [replay.reconciled(context.settings) for replay in replays],
    )


def _results(
    context: NightContext, compared: Sequence[ComparedDelivery]
) -> tuple[dict[str, list[Result]], pa.Table]:
    """Return batch id -> what the checks say of it, and the open lines of replays."""
    if not compared:
        return {}, QUARANTINE.empty_table()
    where = table_store(context.settings)
    with (
        scratch(context.settings) as aside,
        DuckEngine(
            connect(aside / "spill", context.settings.engine_memory_mb)
        ) as engine,
    ):
        snapshot = dataset_files.open_records(where)
        comparison = Comparison(context, compared, engine, where, snapshot)
        results = _checked(comparison)
        again = [d for d in compared if d.is_replay and results[d.batch_id]]
        return results, _waiting(comparison, again)


def _without_failing(
    context: NightContext, compared: Sequence[ComparedDelivery]
) -> list[ComparedDelivery]:
    """Exclude deliveries whose comparison fails even alone, as our fault."""
    sound = []
    for delivery in compared:
        try:
            _results(context, [delivery])
        except Exception as error:
            if delivery.is_replay or platform_faults.ends_the_task(error):
                raise
            fault_verdict.give(context, delivery.delivery, error)
        else:
            sound.append(delivery)
    return sound


def _is_compared(context: NightContext, delivery: Delivery) -> bool:
    """Return whether the checks accepted a delivery, whatever came afterwards."""
    if delivery.trial or not delivery.batch_id:
        return False
    if delivery.dataset not in context.catalog.datasets:  # the merge refuses it by name
        return False
    if delivery.verdict in ACCEPTED:
        return True
    folder = context.settings.batches / delivery.batch_id
    is_reconciled = (folder / f"{RECONCILED}{VERDICT}").exists()
    return is_reconciled and delivery.verdict in {"refused", "duplicate"}


def _delivery(context: NightContext, delivery: Delivery) -> ComparedDelivery:
    folder = context.settings.batches / str(delivery.batch_id)
    is_dropped = delivery.again_of is None
    return ComparedDelivery(
        delivery,
        folder=folder,
        typed=folder / TYPED_FILE,
        bad_rows=folder / BAD_ROWS_FILE,
        results=folder,
        waiver=release.waiver(context.ledger, delivery),
        same_bytes=context.ledger.same_bytes_before(delivery) if is_dropped else (),
    )


def _replay(context: NightContext, replayed: ReplayedBatch) -> ComparedDelivery:
    home = replayed.home(context.settings)
    return ComparedDelivery(
        context.ledger.delivery(replayed.batch_id),
        folder=context.settings.batches / replayed.batch_id,
        typed=home / TYPED_FILE,
        bad_rows=None,
        results=home,
        is_replay=True,
    )


def _checked(comparison: Comparison) -> dict[str, list[Result]]:
    """Run the checks; give batch id -> what they say of it."""
    by_batch: dict[str, list[Result]] = defaultdict(list)
    for check in CHECKS:
        results = list(check(comparison))  # one check sees what stood before it
        for result in results:
            for batch_id in sorted(batches(result)):
                by_batch[batch_id].append(result)
            comparison.note(result)
    return by_batch


def _waiting(comparison: Comparison, again: Sequence[ComparedDelivery]) -> pa.Table:
    """Return the open lines of replays: batch_id, source_sheet, source_row, rules."""
    if not again:
        return QUARANTINE.empty_table()
    comparison.bind_waiting()
    listed = ", ".join(literal(delivery.batch_id) for delivery in again)
    return comparison.engine.fetch(
        "select batch_id, source_sheet, source_row, rules from waiting "
        f"where batch_id in ({listed})"
    )


def _keep_or_fault(
    context: NightContext,
    compared: ComparedDelivery,
    results: Sequence[Result],
    waiting: pa.Table,
) -> None:
    """Store the result for one delivery; where our code fails on it, exclude it."""
    try:
        _keep(context, compared, results, waiting)
    except Exception as error:
        if compared.is_replay or platform_faults.ends_the_task(error):
            raise
        fault_verdict.give(context, compared.delivery, error)


def _keep(
    context: NightContext,
    compared: ComparedDelivery,
    results: Sequence[Result],
    waiting: pa.Table,
) -> None:
    """Write what follows for one delivery, if anything follows or ever did."""
    marker = compared.results / f"{RECONCILED}{VERDICT}"
    if not results and not marker.exists():
        return
    conclusion = Conclusion(context)
    if compared.is_replay:
        mine = waiting.filter(pc.equal(waiting["batch_id"], compared.batch_id))
        conclusion.of_replay(compared, results, mine)
        return
    duplicates = [r for r in results if isinstance(r, Duplicate)]
    if duplicates:
        conclusion.of_duplicate(compared)
        first: str | None = duplicates[0].first_id
        verdict, rows = "duplicate", RowCounts()
    else:
        verdict, rows = conclusion.of(compared, results)
        first = None
    context.ledger.reconcile(compared.delivery.delivery_id, verdict, rows, first)
    log.info("reconciled: %s %s %s", compared.batch_id, verdict, rows)
