"""Go on where something is stuck: on a person's word, each step traced."""

from dataclasses import asdict
from typing import Any

from guiji.core import business_date
from guiji.core.errors import NightClosed, UsageError
from guiji.pipeline import recovery, stage_lock
from guiji.pipeline.stage_lock import exclusive


@exclusive
def set_aside(delivery: str, by: str, why: str) -> dict[str, Any]:
    """Exclude a delivery from its open night; `replay --batch` takes it up again.

    Returns:
        `delivery_id`, `by`, `why`, `is_new` (false: it was set aside before).

    Raises:
        UsageError, NightClosed: see `guiji.pipeline.batch.set_aside.set_aside`.
        LockHeld: a stage of a night runs.
    """
    from guiji.pipeline.batch import set_aside as aside

    context = stage_lock.current()
    recovery.settle(context)
    return asdict(aside.set_aside(context, delivery, by, why))


@exclusive
def close_night(night: str, by: str, why: str) -> dict[str, Any]:
    """Close a night that cannot be merged; the next one takes over its deliveries.

    Returns:
        `night`, `by`, `why`, `taken_over` (delivery ids).

    Raises:
        UsageError: it never began, or name or explanation is empty.
        NightClosed: it is merged.
        LockHeld: a stage of a night runs.
    """
    from guiji.ledger import interventions
    from guiji.pipeline.batch.signatures import signature

    by, why = signature(by, why)
    context, day = stage_lock.current(), business_date.parse(night)
    recovery.settle(context)
    try:
        taken = interventions.close_night(context.ledger, day, by, why)
    except NightClosed:
        raise NightClosed(
            f"night {day} is merged: what it brought stands, nothing is to be given up"
        ) from None
    return {"night": str(day), "by": by, "why": why, "taken_over": taken}


def break_lock(name: str, by: str, why: str, force: bool = False) -> dict[str, Any]:
    """Free a lock of the ledger.

    The system frees the lock of a dead process by itself; this is for one that hangs
    where nobody can reach it.

    Returns:
        `name`, `held_by` (empty: nobody held it).

    Raises:
        UsageError: there is no such lock, or name or explanation is empty.
        LockHeld: a process holds it, and `force` is not said.
    """
    from guiji.ledger import locks
    from guiji.pipeline.batch.signatures import signature

    by, why = signature(by, why)
    if name not in locks.NAMES:
        raise UsageError(f"no lock {name!r}; there are: {', '.join(locks.NAMES)}")
    ledger = stage_lock.current().ledger
    return {"name": name, "held_by": ledger.break_lock(name, by, why, force)}
