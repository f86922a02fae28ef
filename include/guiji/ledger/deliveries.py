"""What came in: each delivery is claimed once and known by its bytes.

The functions here run inside a transaction that `guiji.ledger.delivery_register`
opens; those that change something need the one writer's.

A delivery is the same delivery when a killed claim is taken up again (`drop_mark`), and
a duplicate when its department delivers the same bytes once more in one night. Bytes of
an earlier night are claimed and checked anew: whether they say anything new is told
when the night is merged.
"""

from dataclasses import asdict
from datetime import UTC, date, datetime
from itertools import chain, count
from typing import Any

import sqlalchemy as sa

from guiji.core import business_date
from guiji.core.errors import UsageError
from guiji.ledger import answer_names
from guiji.ledger.batch_ids import BatchId, delivery_ids
from guiji.ledger.delivery import Delivery, Incoming, RowCounts
from guiji.ledger.tables import DELIVERIES

__all__ = ["Delivery", "Incoming", "RowCounts"]

SET_ASIDE = "set_aside"
"""Verdict on a delivery that a person has set aside: its bytes may come again."""


def _delivery(row: sa.Row[Any]) -> Delivery:
    counts = RowCounts(
        row.rows_read, row.rows_accepted, row.rows_quarantined, row.rows_unchanged
    )
    return Delivery(
        delivery_id=row.delivery_id,
        batch_id=row.batch_id,
        night=row.night,
        department=row.department,
        dataset=row.dataset,
        source_file=row.source_file,
        answer_name=row.answer_name,
        sha256=row.sha256,
        bytes=row.bytes,
        way=row.way,
        trial=row.trial,
        duplicate_of=row.duplicate_of,
        verdict=row.verdict,
        rows=counts,
        catalogue_version=row.catalogue_version,
        received_at=_shanghai(row.received_at),
        modified_at=row.modified_at and _shanghai(row.modified_at),
        again_of=row.again_of,
    )


def _shanghai(instant: str) -> datetime:
    """Read a stored instant."""
    return datetime.fromisoformat(instant).astimezone(business_date.SHANGHAI)


def _utc(instant: datetime) -> str:
    """Write an instant as it is stored: texts in the order of their instants."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def find(connection: sa.Connection, identity: str) -> Delivery:
    """Find a delivery by its delivery id or batch id.

    Raises:
        UsageError: there is none.
    """
    delivery = _first(
        connection,
        sa.or_(DELIVERIES.c.delivery_id == identity, DELIVERIES.c.batch_id == identity),
    )
    if delivery is None:
        raise UsageError(f"no delivery {identity!r}; `guiji sql` lists `deliveries`")
    return delivery


def of_night(connection: sa.Connection, night: date | None) -> list[Delivery]:
    """Return a night's deliveries, or all of them, by id."""
    query = sa.select(DELIVERIES).order_by(DELIVERIES.c.delivery_id)
    if night is not None:
        query = query.where(DELIVERIES.c.night == night)
    return [_delivery(row) for row in connection.execute(query)]


def dropped(
    connection: sa.Connection, department: str, drop_mark: str
) -> Delivery | None:
    """Find what became of one act of dropping."""
    return _first(
        connection,
        DELIVERIES.c.department == department,
        DELIVERIES.c.drop_mark == drop_mark,
    )


def accepted_before(
    connection: sa.Connection, delivery: Delivery, dataset: str, most: int
) -> list[Delivery]:
    """Return the last deliveries like one that came in before its night, newest first.

    Those of its own night are left out: which of them is judged first is not fixed.

    Args:
        connection: reads.
        delivery: its department and way are those looked for.
        dataset: id of the dataset.
        most: deliveries wanted; zero reports (零报告) are not among them.
    """
    query = (
        sa.select(DELIVERIES)
        .where(
            DELIVERIES.c.department == delivery.department,
            DELIVERIES.c.dataset == dataset,
            DELIVERIES.c.way == delivery.way,
            DELIVERIES.c.night < delivery.night,
            DELIVERIES.c.verdict.in_(("accepted", "partly")),
            DELIVERIES.c.rows_read > 0,
        )
        .order_by(DELIVERIES.c.night.desc(), DELIVERIES.c.delivery_id.desc())
        .limit(most)
    )
    return [_delivery(row) for row in connection.execute(query)]


def holds(connection: sa.Connection, department: str, sha256: str) -> bool:
    """Return whether the department ever delivered these bytes."""
    delivery = _first(
        connection,
        DELIVERIES.c.department == department,
        DELIVERIES.c.sha256 == sha256,
    )
    return delivery is not None


def same_bytes_before(connection: sa.Connection, delivery: Delivery) -> list[Delivery]:
    """Return the deliveries of earlier nights with the bytes of one, by night.

    Trials, extracts and duplicates are not among them.
    """
    if delivery.way != "file" or delivery.trial:
        return []
    query = (
        sa.select(DELIVERIES)
        .where(
            DELIVERIES.c.department == delivery.department,
            DELIVERIES.c.sha256 == delivery.sha256,
            DELIVERIES.c.night < delivery.night,
            DELIVERIES.c.way == "file",
            sa.not_(DELIVERIES.c.trial),
            DELIVERIES.c.duplicate_of.is_(None),
        )
        .order_by(DELIVERIES.c.night, DELIVERIES.c.delivery_id)
    )
    return [_delivery(row) for row in connection.execute(query)]


def insert(connection: sa.Connection, incoming: Incoming) -> Delivery:
    """Write a new delivery; the same bytes twice in one night give a duplicate.

    Bytes of an earlier night are checked anew: what was held then may not be held now.
    """
    first = _first_of(connection, incoming)
    claim_key = None if first else _free_claim_key(connection, incoming)
    delivery_id = _free_id(connection, incoming)
    connection.execute(
        sa.insert(DELIVERIES).values(
            delivery_id=delivery_id,
            batch_id=_repeated_id(delivery_id, incoming, first) if first else None,
            night=incoming.night,
            department=incoming.department,
            dataset=_known_dataset(incoming, first),
            source_file=incoming.source_file,
            answer_name=_free_answer_name(connection, incoming),
            sha256=incoming.sha256,
            bytes=incoming.bytes,
            way=incoming.way,
            trial=incoming.trial,
            claim_key=claim_key,
            drop_mark=incoming.drop_mark,
            **_instants(incoming),
            duplicate_of=first.delivery_id if first else None,
            verdict="duplicate" if first else None,
        )
    )
    return find(connection, delivery_id)


def insert_again(
    connection: sa.Connection, first: Delivery, night: date, drop_mark: str
) -> Delivery:
    """Write a new delivery of bytes that an earlier one brought; it is no duplicate.

    Args:
        connection: the one writer's.
        first: the earlier delivery; what its department delivered when, holds on.
        night: the night that takes the bytes again.
        drop_mark: tells this repetition from any other.
    """
    incoming = Incoming(
        night=night,
        department=first.department,
        source_file=first.source_file,
        sha256=first.sha256,
        bytes=first.bytes,
        drop_mark=drop_mark,
        received_at=first.received_at,
        modified_at=first.modified_at,
        way=first.way,
        trial=first.trial,
    )
    delivery_id = _free_id(connection, incoming)
    connection.execute(
        sa.insert(DELIVERIES).values(
            **(asdict(incoming) | _instants(incoming)),
            delivery_id=delivery_id,
            answer_name=_free_answer_name(connection, incoming),
            again_of=first.delivery_id,
        )
    )
    return find(connection, delivery_id)


def _instants(incoming: Incoming) -> dict[str, str | None]:
    """Return arrival and the sender's claim as they are stored."""
    modified = incoming.modified_at
    return {
        "received_at": _utc(incoming.received_at),
        "modified_at": None if modified is None else _utc(modified),
    }


def trace_details(delivery: Delivery) -> dict[str, Any]:
    """Return what was claimed, for the trace."""
    again = {"again_of": delivery.again_of} if delivery.again_of else {}
    return {
        "bytes": delivery.bytes,
        "department": delivery.department,
        "duplicate_of": delivery.duplicate_of,
        "received_at": delivery.received_at.isoformat(),
        "sha256": delivery.sha256,
        "source_file": delivery.source_file,
        "trial": delivery.trial,
        "way": delivery.way,
        **again,
    }


def judged(delivery: Delivery) -> dict[str, Any]:
    """Return what the checks decided, for the trace."""
    return {
        "verdict": delivery.verdict,
        "rows_read": delivery.rows.read,
        "rows_accepted": delivery.rows.accepted,
        "rows_quarantined": delivery.rows.quarantined,
        "catalogue_version": delivery.catalogue_version,
    }


def batch_id(delivery: Delivery, dataset: str | None) -> str:
    """Return the id of a delivery's batch; see `batch_ids`."""
    name = BatchId.of(
        delivery.delivery_id, delivery.night, delivery.department, dataset
    )
    return str(name)


def update(connection: sa.Connection, delivery_id: str, **values: Any) -> None:
    """Change columns of one delivery."""
    connection.execute(
        sa.update(DELIVERIES)
        .where(DELIVERIES.c.delivery_id == delivery_id)
        .values(**values)
    )


def _first(
    connection: sa.Connection, *conditions: sa.ColumnElement[bool]
) -> Delivery | None:
    query = sa.select(DELIVERIES).where(*conditions)
    row = connection.execute(query.order_by(DELIVERIES.c.delivery_id).limit(1)).first()
    return _delivery(row) if row else None


def _claimed(
    connection: sa.Connection, department: str, claim_key: str
) -> Delivery | None:
    return _first(
        connection,
        DELIVERIES.c.department == department,
        DELIVERIES.c.claim_key == claim_key,
    )


def _first_of(connection: sa.Connection, incoming: Incoming) -> Delivery | None:
    """Find the delivery that a file only repeats; None = it is to be checked."""
    if incoming.trial or incoming.way != "file":
        return _claimed(connection, incoming.department, incoming.claim_key)
    return _first(
        connection,
        DELIVERIES.c.night == incoming.night,
        DELIVERIES.c.department == incoming.department,
        DELIVERIES.c.sha256 == incoming.sha256,
        sa.not_(DELIVERIES.c.trial),
        DELIVERIES.c.duplicate_of.is_(None),
        sa.or_(DELIVERIES.c.verdict.is_(None), DELIVERIES.c.verdict != SET_ASIDE),
    )


def _free_claim_key(connection: sa.Connection, incoming: Incoming) -> str:
    """Name what is claimed; bytes that come in another night are claimed once more."""
    key = f"{incoming.claim_key}@{incoming.night}"
    names = (incoming.claim_key, key)
    more = (f"{key}-{n}" for n in count(2))
    return next(
        name
        for name in chain(names, more)
        if _claimed(connection, incoming.department, name) is None
    )


def _known_dataset(incoming: Incoming, first: Delivery | None) -> str | None:
    """What a duplicate is of; tonight's first is not recognised at a fixed moment."""
    return first.dataset if first and first.night < incoming.night else None


def _repeated_id(delivery_id: str, incoming: Incoming, first: Delivery) -> str:
    dataset = _known_dataset(incoming, first) or "duplicate"
    name = BatchId.of(delivery_id, incoming.night, incoming.department, dataset)
    return str(name)


def _free_id(connection: sa.Connection, incoming: Incoming) -> str:
    names = delivery_ids(incoming.night, incoming.department, incoming.sha256)
    return next(
        name
        for name in names
        if _first(connection, DELIVERIES.c.delivery_id == name) is None
    )


def _free_answer_name(connection: sa.Connection, incoming: Incoming) -> str:
    same_folder = (
        DELIVERIES.c.night == incoming.night,
        DELIVERIES.c.department == incoming.department,
    )
    return next(
        name
        for name in answer_names.candidates(incoming.source_file, incoming.sha256)
        if _first(connection, *same_folder, DELIVERIES.c.answer_name == name) is None
    )
