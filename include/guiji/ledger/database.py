"""One way to talk to the ledger's database, whichever it is.

There is one writer at a time: SQLite begins its writing transactions IMMEDIATE, and
PostgreSQL takes an advisory lock for the length of the transaction. The ledger writes
a few short lines per delivery, so waiting costs nothing, and whatever is read in a
writing transaction is still true when it commits. Readers never wait.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from guiji.core.errors import LedgerUnavailable, UsageError
from guiji.ledger import unavailable

BUSY_SECONDS = 60.0
"""For which SQLite waits for another program to let go of the file."""

PAUSE = 0.05
WRITER = 7_043_518_201_600_039
"""Key of the advisory lock, any number that nobody else uses."""


def engine_url(url: str) -> sa.URL:
    """Read a database URL; `postgres://` is what other programs call PostgreSQL.

    Raises:
        UsageError: it is none.
    """
    try:
        target = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise UsageError(
            "GUIJI_LEDGER_URL is no database URL; write it as "
            "postgresql://user@host/database or sqlite:////folder/ledger.db"
        ) from None
    if target.drivername in ("postgres", "postgresql"):
        return target.set(drivername="postgresql+psycopg")
    return target


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says so
    for pragma in ("foreign_keys=on", "synchronous=full"):
        connection.execute(f"pragma {pragma}")


def _begin(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("begin immediate" if writing else "begin")


def _note_process(_: object, record: sa.pool.ConnectionPoolEntry) -> None:
    record.info["process"] = os.getpid()


def _refuse_forked(
    _: object, record: sa.pool.ConnectionPoolEntry, proxy: sa.pool.PoolProxiedConnection
) -> None:
    """Let a process open its own connection in place of one that it inherited."""
    if record.info["process"] != os.getpid():
        record.dbapi_connection = proxy.dbapi_connection = None  # type: ignore[misc]
        raise sa.exc.DisconnectionError("opened by another process")


class Database:
    """The ledger's database; a connection for each transaction, unless `pooled`."""

    def __init__(self, url: str) -> None:
        self._target = engine_url(url)
        self._shown = self._target.render_as_string(hide_password=True)
        self.is_sqlite = self._target.get_backend_name() == "sqlite"
        self.file: Path | None = None
        """The file of an embedded ledger."""

        if self.is_sqlite:
            self.file = Path(self._target.database or "ledger.db")
            self.file.parent.mkdir(parents=True, exist_ok=True)
        self.engine = self._engine(poolclass=sa.NullPool)
        """Opens a connection each time: it may be used on both sides of a fork."""

        self._pool: sa.Engine | None = None

    def _engine(self, **options: Any) -> sa.Engine:
        arguments: dict[str, Any] = (
            {"timeout": BUSY_SECONDS} if self.is_sqlite else {"connect_timeout": 15}
        )
        try:
            engine = sa.create_engine(self._target, connect_args=arguments, **options)
        except (sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
            raise UsageError(
                f"GUIJI_LEDGER_URL: no driver for {self._shown}"
            ) from error
        if self.is_sqlite:
            sa.event.listen(engine, "connect", _set_up_sqlite)
            sa.event.listen(engine, "begin", _begin)
        return engine

    @contextmanager
    def pooled(self) -> Iterator[None]:
        """Use connections again until the end; each one is tested before.

        A process that is forked meanwhile opens its own.
        """
        if self._pool is not None:
            yield
            return
        pool = self._engine(
            poolclass=sa.QueuePool,
            pool_size=1,
            max_overflow=-1,
            pool_pre_ping=not self.is_sqlite,
        )
        sa.event.listen(pool, "connect", _note_process)
        sa.event.listen(pool, "checkout", _refuse_forked)
        self._pool = pool
        try:
            yield
        finally:
            self._pool = None
            pool.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Yield a connection whose transaction sees one state and changes nothing.

        Raises:
            PassingFault: the database cannot be used now, see `unavailable`.
        """
        engine = self._pool or self.engine
        with unavailable.explained(self._shown), engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    def session(self) -> sa.Connection:
        """Open a connection of its own, outside of any transaction; close it.

        Raises:
            PassingFault: the database cannot be used now, see `unavailable`.
        """
        with unavailable.explained(self._shown):
            return self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Yield the connection of the one writer; commit at the end.

        Raises:
            PassingFault: the database cannot be used now, see `unavailable`; nothing
                was changed.
        """
        engine = (self._pool or self.engine).execution_options(writing=True)
        with unavailable.explained(self._shown), engine.begin() as connection:
            if not self.is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITER)))
            yield connection

    def keep_journal(self) -> None:
        """Enable SQLite's write-ahead log, so that readers and writer do not wait.

        Two processes that open a new file at once may find it locked for a moment;
        SQLite does not wait here by itself.
        """
        if not self.is_sqlite:
            return
        with unavailable.explained(self._shown):
            for _ in range(int(BUSY_SECONDS / PAUSE)):
                if self._is_journalling():
                    return
                time.sleep(PAUSE)
        raise LedgerUnavailable(
            f"the ledger stays locked by another program ({self._shown}); end what "
            "holds it, then run again"
        )

    def _is_journalling(self) -> bool:
        """Enable the write-ahead log; false where another program prevents it."""
        with self.engine.connect() as connection:
            raw = connection.connection.cursor()
            try:
                raw.execute("pragma journal_mode=wal").close()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
                return False
            return True
