"""Locks for what only one process may change at a time, wherever the ledger lives.

A lock of an embedded ledger is a file beside it, one of a PostgreSQL ledger an advisory
lock of a session that is kept for it. Both are freed by the system when their holder
dies, of whichever container it was. A line of the table `locks` tells people who holds
it; a line without its lock is left over from a holder that died.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from guiji.core import locking
from guiji.core.errors import LockHeld
from guiji.ledger.database import Database
from guiji.ledger.tables import LOCKS

NIGHT = "night"
"""Held by every stage of a night, and by `guiji night` from beginning to end."""

WAREHOUSE = "warehouse"
"""Held while the warehouse or the publication is changed."""

NAMES = (NIGHT, WAREHOUSE)

GRANTED = sa.text(
    "select pid from pg_locks where locktype = 'advisory' and granted "
    "and database = (select oid from pg_database where datname = current_database()) "
    "and classid::bigint = :high and objid::bigint = :low and objsubid = 1"
)
"""Sessions that hold an advisory lock; its key is told in two halves."""


class Lock(Protocol):
    """A lock of one of the two kinds."""

    def try_to_take(self) -> bool:
        """Acquire it unless another process holds it; return whether it is acquired."""

    def give_back(self) -> None:
        """Free it."""

    def take_away(self) -> None:
        """Free it, whoever holds it."""


class FileLock:
    """A file beside an embedded ledger."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = locking.file_lock(path)

    def try_to_take(self) -> bool:
        """Acquire it, if it is free."""
        return locking.try_to_take(self._lock)

    def give_back(self) -> None:
        """Free it; the file stays."""
        self._lock.release()

    def take_away(self) -> None:
        """Remove the file: the next process makes another one and locks that."""
        self._path.unlink(missing_ok=True)


class AdvisoryLock:
    """A lock of a session of PostgreSQL; the session is kept open for it."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        digest = hashlib.sha256(f"guiji:{name}".encode()).digest()[:8]
        self._key = int.from_bytes(digest, signed=True)
        self._session: sa.Connection | None = None

    def try_to_take(self) -> bool:
        """Acquire it, if it is free."""
        session = self._session or self._database.session()
        take = sa.select(sa.func.pg_try_advisory_lock(self._key))
        try:
            is_taken = bool(session.execute(take).scalar())
        except BaseException:
            session.close()
            raise
        self._session = session if is_taken else None
        if not is_taken:
            session.close()
        return is_taken

    def give_back(self) -> None:
        """End the session, which frees its lock."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def take_away(self) -> None:
        """End the session that holds it; its transactions are rolled back."""
        raw = self._key.to_bytes(8, signed=True)
        key = {"high": int.from_bytes(raw[:4]), "low": int.from_bytes(raw[4:])}
        with self._database.session() as session:
            for (holder,) in session.execute(GRANTED, key).all():
                session.execute(sa.select(sa.func.pg_terminate_backend(holder)))


def lock_of(database: Database, name: str) -> Lock:
    """Return the lock of a name, in the ledger's own kind; it is not taken yet."""
    if database.file is None:
        return AdvisoryLock(database, name)
    return FileLock(database.file.with_name(f"{database.file.name}.{name}.lock"))


@contextmanager
def taken(database: Database, name: str, wait: float) -> Iterator[None]:
    """Hold a lock during a block.

    Raises:
        LockHeld: another process held it for `wait` seconds.
    """
    lock = lock_of(database, name)
    locking.wait_for(lock.try_to_take, wait, lambda: in_the_way(database, name))
    try:
        yield
    finally:
        lock.give_back()


def in_the_way(database: Database, name: str) -> str:
    """Return who holds a lock, as far as recorded."""
    with database.reading() as connection:
        holder = find(connection, name)
    return f"{name} is being changed by {holder or 'another process'}"


def find(connection: sa.Connection, name: str) -> str | None:
    """Name the holder that the table tells of: host, process, since when."""
    row = connection.execute(sa.select(LOCKS).where(LOCKS.c.name == name)).first()
    if row is None:
        return None
    return f"process {row.pid} on {row.host} since {row.taken_at}"


def write(connection: sa.Connection, name: str, at: str) -> str | None:
    """Record this process as a lock's holder; return the dead holder before it."""
    before = find(connection, name)
    remove(connection, name)
    mine = locking.this_process().columns()
    connection.execute(sa.insert(LOCKS).values(name=name, taken_at=at, **mine))
    return before


def remove(connection: sa.Connection, name: str) -> None:
    """Remove the line of a lock."""
    connection.execute(sa.delete(LOCKS).where(LOCKS.c.name == name))


def free(database: Database, name: str, force: bool, holder: str | None) -> None:
    """Free a lock by hand.

    Raises:
        LockHeld: a process holds it, and `force` is not said.
    """
    lock = lock_of(database, name)
    if lock.try_to_take():
        lock.give_back()
        return
    if not force:
        raise LockHeld(
            f"{name} is held by {holder or 'a process'}, which is alive: end it there "
            "and the lock is free by itself; only if it hangs where nobody can reach "
            "it, say --force"
        )
    lock.take_away()
