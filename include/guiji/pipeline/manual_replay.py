"""Check the quarantine again, by hand, after something was put right."""

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guiji.context import Context
from guiji.core import business_date
from guiji.core.errors import NightClosed, UsageError
from guiji.pipeline import recovery, stage_lock
from guiji.pipeline.stage_lock import exclusive

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


@exclusive
def replay(
    batch: str | None = None, rule: str | None = None, night: str | None = None
) -> dict[str, Any]:
    """Check quarantined rows again with the rules and the catalogue of now.

    Rows that are good now are merged by `night` under their first ids; that night is
    opened if it is not.

    Args:
        batch: only of this batch; None = of all.
        rule: only rows that this rule has put away; None = all.
        night: the night that takes the rows in; None = the one that is open, or the
            next.

    Returns:
        `night`; counts `checked`, `accepted`, `held`, `renewed`; batch ids: `again`
        (refused as a whole or faulted, taken again by the night), `gone` (nothing left
        to check), `uncomputed` (a rule still has no verdict).

    Raises:
        UsageError: no such batch; nothing was ever put away by such a rule; the night
            is no date, or after today.
        NightClosed: the night is merged.
        LockHeld: a night is being merged or published.
    """
    from guiji.pipeline.batch import fault_verdict, processors, set_aside
    from guiji.pipeline.batch.replay import Replay
    from guiji.warehouse.register import register

    context = stage_lock.current()
    now, ledger = context.settings, context.ledger
    recovery.settle(context)
    if batch is not None:
        batch = ledger.delivery(batch).batch_id or batch
    with ledger.lock("warehouse"):
        day, after = _open_night(context, night)
        affected, every, standing = _affected(context, batch, rule)
        register(now)
        with tempfile.TemporaryDirectory(prefix="guiji-replay-") as folder:
            aside = replace(now, data=Path(folder))
            with processors.for_night(context, aside) as processor:
                done = Replay(processor, day, after, standing).run(affected, every)
        done.asked += fault_verdict.ask_by_hand(ledger, day, batch, rule)
        done.asked += set_aside.ask_by_hand(ledger, day, batch)
    return {"night": str(day), **done.summary()}


def _affected(
    context: Context, batch: str | None, rule: str | None
) -> tuple["pa.Table", "pa.Table", "pa.Table"]:
    """Return the rows to check again, all rows put away, and the findings on them.

    Raises:
        UsageError: nothing was ever put away by such a rule.
    """
    from guiji.pipeline.batch import fault_verdict
    from guiji.warehouse import models, views

    with views.connect(context) as connection:
        if rule not in fault_verdict.RULES:
            _require_known(connection, rule)
        affected, every = (
            models.query(connection, context.settings, "warehouse/affected", asked)
            for asked in ({"batch": batch, "rule": rule}, {"batch": None, "rule": None})
        )
        standing = models.table(connection, "select * from standing_findings")
    return affected, every, standing


def _open_night(context: Context, chosen: str | None) -> tuple[date, date]:
    """Open the night that takes the rows in; give it, and the last one merged.

    Raises:
        NightClosed: the one chosen is merged, or a later one.
    """
    from guiji.ledger.progress import UNMERGED, NightState
    from guiji.storage import dataset_files
    from guiji.storage.table_store import table_store

    ledger = context.ledger
    snapshot = dataset_files.open_records(table_store(context.settings))
    states = ledger.nights()
    done = [n for n, state in states.items() if state not in UNMERGED]
    last = max(
        [*done, *filter(None, [dataset_files.last_night(snapshot)])], default=date.min
    )
    if chosen is None:
        day = max(business_date.last(datetime.now(UTC)), last + timedelta(days=1))
        while states.get(day) is NightState.CLOSED:
            day += timedelta(days=1)
        waiting = (n for n, s in states.items() if s is NightState.OPEN and n > last)
        day = min(waiting, default=day)
    else:
        day = business_date.begun(chosen, datetime.now(UTC))
    if day <= last:
        raise NightClosed(f"{last} is merged already; replay for a later night")
    if states.get(day) is NightState.CLOSED:
        raise NightClosed(f"{day} was closed by hand; replay for a later night")
    ledger.open_night(day)
    return day, last


def _require_known(connection: "duckdb.DuckDBPyConnection", rule: str | None) -> None:
    """See to it that a rule that was asked for ever put anything away.

    Raises:
        UsageError: it did not; names the rules that did.
    """
    if rule is None:
        return
    rows = connection.execute(
        "select distinct unnest(rules) as rule from quarantine union "
        "select distinct rule_id from findings order by all"
    ).fetchall()
    rule_ids = [row[0] for row in rows if row[0]]
    if rule not in rule_ids:
        near = ", ".join(get_close_matches(rule, rule_ids, 3)) or "none is like it"
        raise UsageError(f"no row was ever put away by {rule!r}; nearest: {near}")
