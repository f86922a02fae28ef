"""What an error of the ledger's database means: passing, broken, or a bug of ours.

SQLite tells its reason by a number; PostgreSQL by the class of the error, of which
`OperationalError` is all that is outside of the program: connections, space, limits,
conflicts of transactions. What a driver says is shown only then, because other errors
may quote a row.

Source: https://www.sqlite.org/rescode.html; PEP 249; psycopg 3, `psycopg.errors`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from guiji.core.errors import (
    GuijiError,
    LedgerBroken,
    LedgerUnavailable,
    StorageUnusable,
)
from guiji.core.system_errors import one_line

LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
UNUSABLE = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOLFS,
)
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
READ_ONLY = "25006"
"""SQLSTATE of a PostgreSQL that is a standby, or was set read-only."""


@contextmanager
def explained(shown: str) -> Iterator[None]:
    """Raise errors of the database as errors of this package.

    Args:
        shown: the ledger's address without its password.

    Raises:
        LedgerUnavailable: it is locked, does not answer, or dropped the connection.
        StorageUnusable: its disk is full or may not be written.
        LedgerBroken: its file is damaged.
    """
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        guiji_error = meaning(error, shown)
        if guiji_error is None:
            raise
        raise guiji_error from error


def meaning(error: Exception, shown: str) -> GuijiError | None:
    """Return what an error means; None = it is a bug."""
    original = getattr(error, "orig", None) or error
    if isinstance(original, sqlite3.Error):
        return _of_sqlite(original, shown)
    said = f"{shown}: {one_line(original)}"
    lost = bool(getattr(error, "connection_invalidated", False))
    kinds = (sa.exc.OperationalError, sa.exc.InterfaceError)
    if lost or isinstance(error, kinds) or _state(original) == READ_ONLY:
        return LedgerUnavailable(
            f"the ledger does not answer ({said}); see that its database runs and "
            "takes connections, then run again"
        )
    return None


def _state(original: object) -> str | None:
    state = getattr(original, "sqlstate", None)
    return state if isinstance(state, str) else None


def _of_sqlite(error: sqlite3.Error, shown: str) -> GuijiError | None:
    number = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    said = f"{shown}: {error}"
    if number in LOCKED:
        return LedgerUnavailable(
            f"the ledger stays locked by another program ({said}); end what holds it, "
            "then run again"
        )
    if number in UNUSABLE:
        return StorageUnusable(
            f"the ledger's file cannot be used ({said}); see to space and rights on "
            "its folder, then run again"
        )
    if number in DAMAGED:
        return LedgerBroken(
            f"the ledger's file is damaged ({said}); bring it back from a backup, then "
            "run `guiji verify`"
        )
    return None
