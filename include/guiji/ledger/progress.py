"""How far things have come: nights, extracts, publications.

The functions here run inside a transaction that `guiji.ledger.ledger` opens.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa

from guiji.core.errors import LedgerBroken, NightClosed, UsageError
from guiji.ledger import trace
from guiji.ledger.tables import (
    DELIVERIES,
    NIGHTS,
    OBJECTION_ACTS,
    PUBLICATIONS,
    TRACE,
    WATERMARKS,
)


class NightState(StrEnum):
    """How far a night has come; it never goes back.

    A closed night was given up by hand before it was merged.
    """

    OPEN = "open"
    MERGED = "merged"
    PUBLISHED = "published"
    REPORTED = "reported"
    CLOSED = "closed"


STATES = list(NightState)

UNMERGED = (NightState.OPEN, NightState.CLOSED)
"""States of nights that the warehouse does not hold."""


@dataclass(frozen=True)
class Watermark:
    """How far a department's database has been read.

    Attributes:
        extract_id: dataset, connection and table.
        night: the night that read it last.
        top: latest change that was read, Shanghai's wall clock; None = none told.
        seen: digests of the rows the next extract reads again, joined.
    """

    extract_id: str
    night: date
    top: datetime | None
    seen: bytes = b""


@dataclass(frozen=True)
class Publication:
    """A released publication.

    Attributes:
        night: its night.
        manifest_sha256: hash of its manifest.json.
        lines: lines in all its full files.
    """

    night: date
    manifest_sha256: str
    lines: int


def state(connection: sa.Connection, night: date) -> NightState | None:
    """Return how far a night has come; None = it never began."""
    query = sa.select(NIGHTS.c.state).where(NIGHTS.c.night == night)
    value = connection.execute(query).scalar()
    return None if value is None else NightState(value)


def begun(connection: sa.Connection, night: date) -> NightState:
    """Return how far a night has come.

    Raises:
        UsageError: it never began.
    """
    night_state = state(connection, night)
    if night_state is None:
        raise UsageError(f"night {night} never began; run `guiji claim` first")
    return night_state


def still_open(connection: sa.Connection, night: date) -> None:
    """See to it that a night still takes deliveries.

    Raises:
        NightClosed: it does not.
        UsageError: it never began.
    """
    state = begun(connection, night)
    if state is not NightState.OPEN:
        raise NightClosed(f"night {night} is already {state}; drop into the next one")


def begin(connection: sa.Connection, night: date) -> None:
    """Write a new night.

    Raises:
        NightClosed: a later night is already merged.
    """
    query = sa.select(sa.func.min(NIGHTS.c.night)).where(
        NIGHTS.c.night > night, NIGHTS.c.state.not_in(UNMERGED)
    )
    later = connection.execute(query).scalar()
    if later is not None:
        raise NightClosed(
            f"night {night} cannot begin: {later} is already merged; "
            "nights follow one another, so give these files to the next one"
        )
    values = {"night": night, "state": NightState.OPEN.value}
    connection.execute(sa.insert(NIGHTS).values(values))


def advance(connection: sa.Connection, night: date, wanted: NightState) -> bool:
    """Advance a night; return whether it was not that far yet."""
    now = begun(connection, night)
    if STATES.index(wanted) <= STATES.index(now):
        return False
    connection.execute(
        sa.update(NIGHTS).where(NIGHTS.c.night == night).values(state=wanted.value)
    )
    return True


def nights(connection: sa.Connection) -> dict[date, NightState]:
    """Return every night and how far it has come, oldest first."""
    rows = connection.execute(sa.select(NIGHTS).order_by(NIGHTS.c.night))
    return {row.night: NightState(row.state) for row in rows}


def watermark(connection: sa.Connection, extract_id: str) -> Watermark | None:
    """Return how far an extract has come; None = it never ran."""
    query = sa.select(WATERMARKS).where(WATERMARKS.c.extract_id == extract_id)
    row = connection.execute(query).first()
    return Watermark(row.extract_id, row.night, row.top, row.seen) if row else None


def keep_watermark(connection: sa.Connection, mark: Watermark) -> None:
    """Write how far an extract has come."""
    connection.execute(
        sa.delete(WATERMARKS).where(WATERMARKS.c.extract_id == mark.extract_id)
    )
    connection.execute(
        sa.insert(WATERMARKS).values(
            extract_id=mark.extract_id, night=mark.night, top=mark.top, seen=mark.seen
        )
    )


def release(connection: sa.Connection, publication: Publication) -> bool:
    """Write a publication; return whether it was not there yet.

    Raises:
        LedgerBroken: another manifest was released for that night.
    """
    query = sa.select(PUBLICATIONS).where(PUBLICATIONS.c.night == publication.night)
    row = connection.execute(query).first()
    if row is None:
        connection.execute(
            sa.insert(PUBLICATIONS).values(
                night=publication.night,
                manifest_sha256=publication.manifest_sha256,
                lines=publication.lines,
            )
        )
        return True
    if row.manifest_sha256 != publication.manifest_sha256:
        raise LedgerBroken(
            f"night {publication.night} was released with manifest "
            f"{row.manifest_sha256}, not {publication.manifest_sha256}; "
            f"restore publication/{publication.night}"
        )
    return False


def publications(connection: sa.Connection) -> list[Publication]:
    """Return the released publications, oldest first."""
    rows = connection.execute(sa.select(PUBLICATIONS).order_by(PUBLICATIONS.c.night))
    return [Publication(r.night, r.manifest_sha256, r.lines) for r in rows]


def untraced(connection: sa.Connection) -> Iterator[str]:
    """Find what the tables hold and the trace does not tell of, and the reverse.

    Lines cut off the end of the trace leave its seals right; this notices them.
    """
    traced = {
        entry.subject: entry.details["sha256"]
        for kind in ("claimed", "duplicate")
        for entry in trace.entries(connection, kind)
    }
    rows = connection.execute(sa.select(DELIVERIES.c.delivery_id, DELIVERIES.c.sha256))
    yield from _differences("delivery", traced, {row[0]: row[1] for row in rows})
    released = {
        entry.subject: entry.details["manifest_sha256"]
        for entry in trace.entries(connection, "released")
    }
    published = {str(p.night): p.manifest_sha256 for p in publications(connection)}
    yield from _differences("publication", released, published)
    yield from _differences("objection", *_objections(connection))


def _objections(
    connection: sa.Connection,
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the moves of each objection, as traced and as stored."""
    acts = OBJECTION_ACTS.c
    lines = sa.select(
        TRACE.c.subject, sa.func.substr(TRACE.c.kind, len(trace.OBJECTION) + 1)
    )
    is_move = TRACE.c.kind.startswith(trace.OBJECTION, autoescape=True)
    moves = sa.select(acts.objection_id, acts.move)
    traced: dict[str, list[str]] = {}
    stored: dict[str, list[str]] = {}
    for query, listed in (
        (lines.where(is_move).order_by(TRACE.c.seq), traced),
        (moves.order_by(acts.objection_id, acts.seq), stored),
    ):
        for number, move in connection.execute(query):
            listed.setdefault(number, []).append(move)
    return traced, stored


def _differences(
    what: str, traced: Mapping[str, object], stored: Mapping[str, object]
) -> Iterator[str]:
    for name in sorted(traced.keys() | stored.keys()):
        if traced.get(name) != stored.get(name):
            yield f"{what} {name}: the trace and the ledger do not agree"
