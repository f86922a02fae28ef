"""Objections (异议) in the ledger: each move is one transaction with its trace line.

The trace says which objection, which record and who; what the applicant said stands in
the table alone.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from guiji.core.errors import ObjectionDeclined, UsageError
from guiji.domain.objections import Act, Move, Objection
from guiji.ledger import trace
from guiji.ledger.ledger import Ledger
from guiji.ledger.tables import OBJECTION_ACTS, OBJECTIONS

DECLINED = "declined_objection"
"""Kind of the lines about what could not be opened."""

FACTS = ("dataset", "record_id", "version_id", "owner", "item")

STORED = (*FACTS, "applicant", "applicant_key", "claim", "source")
"""Columns of `objections` beside its id."""


def open_objection(ledger: Ledger, wanted: Objection) -> tuple[Objection, bool]:
    """Store an objection with its first act, and number it.

    Args:
        ledger: keeps and traces it.
        wanted: with its act `open`, without a number; an empty `source` = by hand.

    Returns:
        The objection, and whether it is new: a row of a form opens one only.

    Raises:
        ObjectionDeclined: the same applicant has an open objection to the same.
    """
    first = wanted.acts[0]
    with ledger.changing() as (connection, add_line):
        earlier = list(_read(connection))
        for other in earlier:
            if wanted.source and other.source == wanted.source:
                return other, False
        for other in earlier:
            if _is_same(other, wanted):
                raise ObjectionDeclined(
                    f"objection {other.number} is the same and still {other.state}",
                    f"同一申请人对同一信息的异议 {other.number} 正在办理。",
                )
        number = _next(earlier, first.on.year)
        source = wanted.source or f"hand:{number}"
        opened = replace(wanted, number=number, source=source, acts=())
        values = {name: getattr(opened, name) for name in STORED}
        connection.execute(sa.insert(OBJECTIONS).values(objection_id=number, **values))
        facts = {name: getattr(opened, name) for name in FACTS}
        act = _write(connection, opened, first, ledger.now().isoformat())
        add_line(f"{trace.OBJECTION}{first.move}", number, _traced(act) | facts)
        return replace(opened, acts=(act,)), True


def move(ledger: Ledger, number: str, act: Act) -> Objection:
    """Make a move; the ledger's clock says when.

    Returns:
        The objection as it is then.

    Raises:
        UsageError: there is no such objection, or it may not be made now.
    """
    with ledger.changing() as (connection, add_line):
        objection = _found(list(_read(connection, number)), number)
        objection.require(act.move, act.on)
        act = _write(connection, objection, act, ledger.now().isoformat())
        add_line(f"{trace.OBJECTION}{act.move}", number, _traced(act))
        return replace(objection, acts=(*objection.acts, act))


def find(ledger: Ledger, number: str) -> Objection:
    """Return an objection.

    Raises:
        UsageError: there is none of that number.
    """
    with ledger.reading() as connection:
        return _found(list(_read(connection, number)), number)


def every(ledger: Ledger) -> list[Objection]:
    """Return all objections, the oldest first."""
    with ledger.reading() as connection:
        return list(_read(connection))


def _is_same(other: Objection, wanted: Objection) -> bool:
    same = ("record_id", "item", "applicant_key")
    return other.is_open and all(getattr(other, n) == getattr(wanted, n) for n in same)


def _next(earlier: list[Objection], year: int) -> str:
    numbers = [int(o.number[5:]) for o in earlier if o.number.startswith(f"{year}-")]
    return f"{year}-{max(numbers, default=0) + 1:04}"


def _found(objections: list[Objection], number: str) -> Objection:
    if not objections:
        raise UsageError(f"no objection {number!r}; `guiji object list` lists them")
    return objections[0]


def _traced(act: Act) -> dict[str, Any]:
    said = {"on": act.on.isoformat(), "by": act.by, "why": act.why}
    return said | dict(act.details)


def _write(connection: sa.Connection, objection: Objection, act: Act, at: str) -> Act:
    connection.execute(
        sa.insert(OBJECTION_ACTS).values(
            objection_id=objection.number,
            seq=len(objection.acts) + 1,
            move=act.move.value,
            moved_on=act.on,
            at=at,
            person=act.by,
            why=act.why,
            details=trace.canonical(act.details),
        )
    )
    return replace(act, at=at)


def _read(connection: sa.Connection, number: str | None = None) -> Iterator[Objection]:
    objections = sa.select(OBJECTIONS).order_by(OBJECTIONS.c.objection_id)
    moves = sa.select(OBJECTION_ACTS).order_by(OBJECTION_ACTS.c.seq)
    if number is not None:
        objections = objections.where(OBJECTIONS.c.objection_id == number)
        moves = moves.where(OBJECTION_ACTS.c.objection_id == number)
    acts: dict[str, list[Act]] = {}
    for row in connection.execute(moves):
        acts.setdefault(row.objection_id, []).append(_act(row))
    for row in connection.execute(objections):
        facts = {name: row._mapping[name] for name in STORED}
        yield Objection(
            number=row.objection_id,
            acts=tuple(acts[row.objection_id]),
            **facts,
        )


def _act(row: sa.Row[Any]) -> Act:
    details = json.loads(row.details)
    return Act(Move(row.move), row.moved_on, row.at, row.person, row.why, details)
