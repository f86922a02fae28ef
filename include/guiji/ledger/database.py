"""One way to talk to the ledger's database, whichever it is.

There is one writer at a time: SQLite begins its writing transactions IMMEDIATE, and
PostgreSQL takes an advisory lock for the length of the transaction. The ledger writes
a few short lines per delivery, so waiting costs nothing, and whatever is read in a
writing transaction is still true when it commits. Readers never wait.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

BUSY_SECONDS = 60
WRITER = 7_043_518_201_600_039
"""Key of the advisory lock, any number that nobody else uses."""


def engine_url(url: str) -> sa.URL:
    """Read a database URL; `postgres://` is what other programs call PostgreSQL."""
    made = sa.make_url(url)
    if made.drivername in ("postgres", "postgresql"):
        return made.set(drivername="postgresql+psycopg")
    return made


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says so
    for pragma in ("foreign_keys=on", "synchronous=full"):
        connection.execute(f"pragma {pragma}")


def _begin(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("begin immediate" if writing else "begin")


class Database:
    """An engine without a pool, so that it may be used on both sides of a fork."""

    def __init__(self, url: str) -> None:
        target = engine_url(url)
        self.is_sqlite = target.get_backend_name() == "sqlite"
        arguments: dict[str, Any] = (
            {"timeout": BUSY_SECONDS} if self.is_sqlite else {"connect_timeout": 15}
        )
        self.engine = sa.create_engine(
            target, poolclass=sa.NullPool, connect_args=arguments
        )
        if self.is_sqlite:
            if target.database:
                Path(target.database).parent.mkdir(parents=True, exist_ok=True)
            sa.event.listen(self.engine, "connect", _set_up_sqlite)
            sa.event.listen(self.engine, "begin", _begin)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection whose transaction sees one state and changes nothing."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give the connection of the one writer; commit at the end."""
        engine = self.engine.execution_options(writing=True)
        with engine.begin() as connection:
            if not self.is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITER)))
            yield connection

    def keep_journal(self) -> None:
        """Let SQLite's readers and its writer not wait for each other (WAL).

        Two processes that open a new file at once may find it locked for a moment;
        SQLite does not wait here by itself.
        """
        if not self.is_sqlite:
            return
        for _ in range(BUSY_SECONDS * 20):
            with self.engine.connect() as connection:
                raw = connection.connection.cursor()
                try:
                    raw.execute("pragma journal_mode=wal").close()
                except sqlite3.OperationalError as error:
                    if "locked" not in str(error):
                        raise
                else:
                    return
            time.sleep(0.05)
        raise TimeoutError("the ledger's file stays locked by another program")
