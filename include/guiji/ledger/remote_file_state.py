"""What lies in inboxes that are only read: remembered, so that it is taken once.

On a server that we may not write to, a file stays after it was claimed. The ledger
keeps one line per file that lies there: since when it is unchanged, and what became
of it. A file that went away is forgotten; should it come back, it is another act of
dropping. The functions here run inside a transaction that `guiji.ledger.ledger` opens.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from guiji.ledger.tables import SIGHTINGS

MICROSECOND = timedelta(microseconds=1)
SETTLING, HELD, CLAIMED, DUPLICATE = "settling", "held", "claimed", "duplicate"


@dataclass(frozen=True)
class RemoteFileState:
    """A file in an inbox that is only read.

    Attributes:
        source: the connection by which it is reached.
        path: where it lies there.
        size: bytes.
        modified: when it changed, as its server tells: seconds since 1970.
        first_seen: when it was first seen with this size and time: its arrival. Files
            first seen in one look follow one another by their time of change, a
            microsecond apart.
        state: settling, held, claimed or duplicate.
        reason: why it is held.
    """

    source: str
    path: bytes
    size: int
    modified: int
    first_seen: datetime
    state: str = SETTLING
    reason: str = ""

    @property
    def path_key(self) -> str:
        """The path's hash: a path may be longer than a database's keys."""
        return hashlib.sha256(self.path).hexdigest()

    @property
    def mark(self) -> str:
        """Return the stamp of this drop, which no other one has."""
        return f"{self.source}:{self.first_seen.isoformat()}:{self.path_key}"

    @property
    def is_open(self) -> bool:
        """It was not claimed yet."""
        return self.state in (SETTLING, HELD)


def note(
    connection: sa.Connection,
    source: str,
    department: str,
    seen: Mapping[bytes, tuple[int, int]],
    since: datetime,
    now: datetime,
    whole: bool,
) -> dict[bytes, RemoteFileState]:
    """Write down what one look into a department's inbox found.

    A line that another look wrote after this one began is left as it is: that look
    knows better.

    Args:
        connection: of the one writer.
        source: the connection by which the inbox is reached.
        department: whose inbox.
        seen: path -> size and time of change.
        since: when the look began.
        now: when it ended.
        whole: it saw everything, so that what it did not see is gone.

    Returns:
        Path -> what is known of it, for every path seen.
    """
    mine = (SIGHTINGS.c.source == source, SIGHTINGS.c.department == department)
    rows = connection.execute(sa.select(SIGHTINGS).where(*mine)).all()
    newer = {row.path for row in rows if _instant(row.last_seen) > since}
    before = {row.path: _sighting(row) for row in rows}
    changed = {
        path: state
        for path, state in seen.items()
        if path not in newer and not _same(before.get(path), *state)
    }
    fresh = _first_seen(source, changed, now)
    gone = before.keys() - newer - seen.keys() if whole else ()
    stale = [before[path].path_key for path in gone]
    stale += [s.path_key for s in fresh.values() if s.path in before]
    _forget(connection, source, stale)
    if fresh:
        lines = [_line(s, department, now) for s in fresh.values()]
        connection.execute(sa.insert(SIGHTINGS), lines)
    connection.execute(
        sa.update(SIGHTINGS).where(*mine).values(last_seen=now.isoformat())
    )
    after = before | fresh
    return {path: after[path] for path in seen}


def _first_seen(
    source: str, seen: Mapping[bytes, tuple[int, int]], now: datetime
) -> dict[bytes, RemoteFileState]:
    """Return the sightings of files that one look saw first.

    All of them arrived by then; among one another they arrived in the order in which
    their senders changed them, a microsecond apart. Equal times stay equal.
    """
    order = sorted({modified for _, modified in seen.values()})
    after = {modified: number * MICROSECOND for number, modified in enumerate(order)}
    return {
        path: RemoteFileState(source, path, size, modified, now + after[modified])
        for path, (size, modified) in seen.items()
    }


def find(connection: sa.Connection, wanted: RemoteFileState) -> RemoteFileState | None:
    """Read a line again; None = the file changed or went away since."""
    row = connection.execute(sa.select(SIGHTINGS).where(*_is(wanted))).first()
    return _sighting(row) if row else None


def mark(
    connection: sa.Connection, sighting: RemoteFileState, state: str, reason: str = ""
) -> None:
    """Write what became of a file, unless it changed or went away since."""
    change = sa.update(SIGHTINGS).where(*_is(sighting))
    connection.execute(change.values(state=state, reason=reason))


def _is(sighting: RemoteFileState) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        SIGHTINGS.c.source == sighting.source,
        SIGHTINGS.c.path_key == sighting.path_key,
        SIGHTINGS.c.first_seen == sighting.first_seen.isoformat(),
    )


def _forget(connection: sa.Connection, source: str, keys: list[str]) -> None:
    if keys:
        gone = sa.delete(SIGHTINGS).where(
            SIGHTINGS.c.source == source,
            SIGHTINGS.c.path_key == sa.bindparam("gone"),
        )
        connection.execute(gone, [{"gone": key} for key in keys])


def _same(state: RemoteFileState | None, size: int, modified: int) -> bool:
    return state is not None and (state.size, state.modified) == (size, modified)


def _line(sighting: RemoteFileState, department: str, now: datetime) -> dict[str, Any]:
    return {
        "source": sighting.source,
        "path_key": sighting.path_key,
        "department": department,
        "path": sighting.path,
        "size": sighting.size,
        "modified": sighting.modified,
        "first_seen": sighting.first_seen.isoformat(),
        "last_seen": now.isoformat(),
        "state": sighting.state,
        "reason": sighting.reason,
    }


def _sighting(row: sa.Row[Any]) -> RemoteFileState:
    return RemoteFileState(
        source=row.source,
        path=row.path,
        size=row.size,
        modified=row.modified,
        first_seen=_instant(row.first_seen),
        state=row.state,
        reason=row.reason,
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
