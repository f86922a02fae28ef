"""Reading one table or view of a department's database, row by row, as text.

Explicit columns, one read-only snapshot, a server-side cursor, and one rule that
turns whatever a driver returns into text, so that an extract passes the same checks
as a file. Identifiers are quoted by the dialect; nothing is formatted into SQL.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from guiji.errors import SourceUnavailable
from guiji.nights import SHANGHAI

BLOCK = 2000
"""Rows held at a time."""

_POSTGRESQL = {
    "connect_timeout": 15,
    "application_name": "guiji",
    "options": "-c statement_timeout=1800000 -c lock_timeout=5000 "
    "-c idle_in_transaction_session_timeout=300000 -c timezone=Asia/Shanghai",
}
_SQLITE_TIME = "%Y-%m-%d %H:%M:%f"


@dataclass(frozen=True)
class Window:
    """The changes to read: Shanghai's wall clock, `since` in, `until` out.

    A row that does not say when it changed is always read.
    """

    column: str
    since: datetime | None
    until: datetime


@dataclass(frozen=True)
class Row:
    """One row as text; None = null."""

    changed: datetime | None
    cells: tuple[str | None, ...]


class Source:
    """An open table of a department's database."""

    def __init__(self, connection: sa.Connection, table: str) -> None:
        schema, _, name = table.rpartition(".")
        self._connection = connection
        self._name, self._schema = name, schema or None

    def columns(self) -> set[str]:
        """Tell which columns there are."""
        found = sa.inspect(self._connection).get_columns(self._name, self._schema)
        return {column["name"] for column in found}

    def rows(
        self, columns: list[str], order: list[str], window: Window | None
    ) -> Iterator[Row]:
        """Read rows in the order of some columns; equal ones in the order of text."""
        extra = [window.column] if window and window.column not in columns else []
        table = sa.table(
            self._name,
            *[sa.column(c) for c in [*columns, *extra]],
            schema=self._schema,
        )
        query = sa.select(*[table.c[c] for c in [*columns, *extra]])
        by = [*order, *([window.column] if window else [])]
        query = query.order_by(*[table.c[c] for c in by])
        if window is not None:
            query = query.where(_within(self._connection, table, window))
        at = [[*columns, *extra].index(c) for c in by]
        result = self._connection.execute(query)
        for _, equal in groupby(result, key=lambda row: [row[i] for i in at]):
            made = [
                _row(row, len(columns), at[-1] if window else None) for row in equal
            ]
            yield from sorted(
                made, key=lambda r: [(c is None, c or "") for c in r.cells]
            )


@contextmanager
def reading(url: sa.URL, table: str) -> Iterator[Source]:
    """Open a table in one read-only snapshot.

    Raises:
        SourceUnavailable: the database does not answer, or refuses what is asked.
    """
    postgresql = url.get_backend_name() == "postgresql"
    try:
        engine = sa.create_engine(
            url,
            poolclass=sa.NullPool,
            connect_args=_POSTGRESQL if postgresql else {},
        )
        options: dict[str, Any] = {"yield_per": BLOCK}
        if postgresql:
            options |= {"postgresql_readonly": True}
            options |= {"isolation_level": "REPEATABLE READ"}
        with engine.connect().execution_options(**options) as connection:
            yield Source(connection, table)
    except (sa.exc.SQLAlchemyError, ModuleNotFoundError, UnicodeError) as error:
        # `from None`: the driver's own text may quote the address or a cell
        raise SourceUnavailable(_reason(error)) from None


def text(value: Any) -> str | None:
    """Write a value of any driver as text: exact numbers, ISO dates, hex bytes."""
    match value:
        case None | str():
            return value
        case bool():
            return "1" if value else "0"
        case Decimal():
            return format(value, "f")
        case datetime():
            local = value.astimezone(SHANGHAI) if value.tzinfo else value
            precision = "microseconds" if value.microsecond else "seconds"
            return local.replace(tzinfo=None).isoformat(" ", precision)
        case date():
            return value.isoformat()
        case float():
            return f"{value:.0f}" if _whole(value) else repr(value)
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
    if hasattr(value, "read"):  # a large object of Oracle or 达梦
        return text(value.read())
    return str(value)


def _whole(value: float) -> bool:
    return value.is_integer() and abs(value) < 1e15


def _row(row: sa.Row[Any], width: int, changed: int | None) -> Row:
    when = None if changed is None else _wall_clock(row[changed])
    return Row(when, tuple(text(value) for value in row[:width]))


def _wall_clock(value: Any) -> datetime | None:
    """Read a time of change as Shanghai's wall clock."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        try:
            value = datetime.fromisoformat(str(value))
        except ValueError:
            raise SourceUnavailable(
                "its column of changes holds something that is no time"
            ) from None
    local: datetime = value
    if local.tzinfo is not None:
        local = local.astimezone(SHANGHAI).replace(tzinfo=None)
    return local


def _within(
    connection: sa.Connection, table: sa.TableClause, window: Window
) -> sa.ColumnElement[bool]:
    column: sa.ColumnElement[Any] = table.c[window.column]
    since: Any = window.since
    until: Any = window.until
    if connection.dialect.name == "sqlite":  # keeps times as text, in several forms
        column = sa.func.strftime(_SQLITE_TIME, column)
        since = since and _sqlite_time(since)
        until = _sqlite_time(until)
    inside = column < until
    if since is not None:
        inside = sa.and_(column >= since, inside)
    return sa.or_(column.is_(None), inside)


def _sqlite_time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}"


def _reason(error: Exception) -> str:
    """Say why a database could not be read, without its address or any cell."""
    original = getattr(error, "orig", None)
    code = getattr(original, "sqlstate", None)
    name = type(original or error).__name__
    if isinstance(error, ModuleNotFoundError):
        return f"the driver {error.name} is not installed"
    return f"{name} (SQLSTATE {code})" if code else name
