"""Resubmission: a landed delivery is taken again in the coming night.

A delivery's own line never changes once its night is merged, and the warehouse holds
the same line. So what is taken again is a new delivery of the coming night, with an
id, a verdict, a batch folder and receipts of its own, that names the first one
(`again_of`). It reads the same landed bytes, and keeps the arrival of the first one
(`received_at`): its department was in time, and what it delivered since stays newer.

Whoever wants a delivery taken again leaves a request. The next claim of an open night
answers every request that no delivery answers yet, in one transaction each. A request
has a mark, which becomes the drop mark of the delivery that answers it; drop marks are
unique per department, so a request that is left twice, or answered again after a
kill, gives one delivery. If its department drops the same bytes itself in that night,
that is a duplicate of the delivery that takes them again.

The functions here run inside a transaction that `guiji.ledger.delivery_register` opens.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from guiji.ledger import deliveries, trace
from guiji.ledger.deliveries import Delivery
from guiji.ledger.tables import DELIVERIES, REQUESTS


@dataclass(frozen=True)
class Request:
    """A wish that a delivery be taken again.

    Attributes:
        mark: `<reason>:<delivery id>`, at most 300 characters; the drop mark of the
            delivery that answers it.
        first_id: delivery id of the one to be taken again.
        details: who wants it and why, JSON values.
    """

    mark: str
    first_id: str
    details: Mapping[str, Any]


def ask(connection: sa.Connection, request: Request) -> bool:
    """Store a request; return whether it is new. The first one stands."""
    if find(connection, request.mark) is not None:
        return False
    connection.execute(
        sa.insert(REQUESTS).values(
            mark=request.mark,
            first_id=request.first_id,
            details=trace.canonical(request.details),
        )
    )
    return True


def find(connection: sa.Connection, mark: str) -> Request | None:
    """Find a request by its mark."""
    query = sa.select(REQUESTS).where(REQUESTS.c.mark == mark)
    row = connection.execute(query).first()
    return _request(row) if row else None


def answered_by(connection: sa.Connection, delivery: Delivery) -> Request | None:
    """Find the request that a delivery answers; None = its department dropped it."""
    if delivery.again_of is None:
        return None
    query = (
        sa.select(REQUESTS)
        .join(DELIVERIES, DELIVERIES.c.drop_mark == REQUESTS.c.mark)
        .where(DELIVERIES.c.delivery_id == delivery.delivery_id)
    )
    row = connection.execute(query).first()
    return _request(row) if row else None


def answer(connection: sa.Connection, request: Request) -> Delivery | None:
    """Find the delivery that answers a request; None = it waits for a night."""
    first = deliveries.find(connection, request.first_id)
    return deliveries.dropped(connection, first.department, request.mark)


def waiting(connection: sa.Connection) -> list[Request]:
    """Return the requests that no delivery answers yet, by mark."""
    first = DELIVERIES.alias("first")
    resubmitted = DELIVERIES.alias("made")
    answers = sa.and_(
        resubmitted.c.drop_mark == REQUESTS.c.mark,
        resubmitted.c.department == first.c.department,
    )
    query = (
        sa.select(REQUESTS)
        .join(first, first.c.delivery_id == REQUESTS.c.first_id)
        .outerjoin(resubmitted, answers)
        .where(resubmitted.c.delivery_id.is_(None))
        .order_by(REQUESTS.c.mark)
    )
    return [_request(row) for row in connection.execute(query)]


def not_repeated(connection: sa.Connection, verdict: str) -> list[Delivery]:
    """Return the deliveries with a verdict that no later one takes again, by id."""
    resubmitted = DELIVERIES.alias("made")
    query = (
        sa.select(DELIVERIES.c.delivery_id)
        .outerjoin(resubmitted, resubmitted.c.again_of == DELIVERIES.c.delivery_id)
        .where(DELIVERIES.c.verdict == verdict, resubmitted.c.delivery_id.is_(None))
        .order_by(DELIVERIES.c.delivery_id)
    )
    return [deliveries.find(connection, name) for name in connection.scalars(query)]


def take(connection: sa.Connection, request: Request, night: date) -> Delivery:
    """Answer a request with a new delivery of an open night."""
    first = deliveries.find(connection, request.first_id)
    return deliveries.insert_again(connection, first, night, request.mark)


def _request(row: sa.Row[Any]) -> Request:
    return Request(row.mark, row.first_id, json.loads(row.details))
