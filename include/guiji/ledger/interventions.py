"""Changes of a night's deliveries that follow from no delivery: repair, and people.

Each is one transaction with its line in the trace.
"""

from datetime import date

from guiji.ledger import deliveries, progress, resubmission
from guiji.ledger.ledger import Ledger
from guiji.ledger.progress import NightState
from guiji.ledger.resubmission import Request

SET_ASIDE, NIGHT_CLOSED = "delivery_set_aside", "night_given_up"
"""Kinds of lines in the trace that hold a person's name and reason."""

CLOSED = "closed"
"""What the marks of requests begin with that take over from a closed night."""

PLATFORM = "平台"
"""Who sets a delivery aside where no person does."""

TAKEN_OVER = (None, "accepted", "partly", "refused")

NO_VERDICT = {
    "verdict": None,
    "rows_read": 0,
    "rows_accepted": 0,
    "rows_quarantined": 0,
    "catalogue_version": None,
}


def check_again(ledger: Ledger, identity: str, reason: str) -> None:
    """Withdraw a verdict of an open night.

    Args:
        ledger: keeps and traces it.
        identity: the delivery.
        reason: short name of why, for the trace.

    Raises:
        NightClosed: the night is merged or was closed.
    """
    with ledger.changing() as (connection, trace):
        delivery = deliveries.find(connection, identity)
        progress.still_open(connection, delivery.night)
        deliveries.update(connection, delivery.delivery_id, **NO_VERDICT)
        trace("verdict_taken_back", delivery.delivery_id, {"reason": reason})


def set_aside(ledger: Ledger, identity: str, by: str, why: str) -> bool:
    """Exclude a delivery from its open night; return whether that is new.

    Raises:
        NightClosed: the night is merged or was closed.
    """
    with ledger.changing() as (connection, trace):
        delivery = deliveries.find(connection, identity)
        if delivery.verdict == "set_aside":
            return False
        progress.still_open(connection, delivery.night)
        values = NO_VERDICT | {"verdict": "set_aside"}
        deliveries.update(connection, delivery.delivery_id, **values)
        details = {"by": by, "why": why, "verdict_before": delivery.verdict}
        trace(SET_ASIDE, delivery.delivery_id, details)
        return True


def hand_on(ledger: Ledger, identity: str, why: str) -> None:
    """Move a delivery that came after its night's commit to the next night.

    It is set aside in its own night, which is not called merged yet.

    Raises:
        NightClosed: the night is called merged, or was closed.
    """
    with ledger.changing() as (connection, trace):
        delivery = deliveries.find(connection, identity)
        progress.still_open(connection, delivery.night)
        details = {"by": PLATFORM, "why": why, "verdict_before": delivery.verdict}
        resubmission.ask(connection, Request(f"{CLOSED}:{identity}", identity, details))
        values = NO_VERDICT | {"verdict": "set_aside"}
        deliveries.update(connection, identity, **values)
        trace(SET_ASIDE, identity, details)


def close_night(ledger: Ledger, night: date, by: str, why: str) -> list[str]:
    """Return up an open night; the next one takes over what was delivered into it.

    A delivery keeps its line and its verdict; the next night takes its bytes again, as
    received when they arrived. Trials and duplicates were answered, what was set aside
    waits on, and what the platform failed on is taken again anyway.

    Returns:
        Ids of the deliveries that are taken over; none if it was closed before.

    Raises:
        NightClosed: it is merged.
        UsageError: it never began.
    """
    with ledger.changing() as (connection, trace):
        if progress.begun(connection, night) is NightState.CLOSED:
            return []
        progress.still_open(connection, night)
        taken = [
            delivery.delivery_id
            for delivery in deliveries.of_night(connection, night)
            if delivery.verdict in TAKEN_OVER
        ]
        details = {"by": by, "why": why}
        for identity in taken:
            facts = {"night": night.isoformat(), **details}
            resubmission.ask(
                connection, Request(f"{CLOSED}:{identity}", identity, facts)
            )
        progress.advance(connection, night, NightState.CLOSED)
        trace(NIGHT_CLOSED, str(night), {**details, "deliveries": taken})
        return taken
