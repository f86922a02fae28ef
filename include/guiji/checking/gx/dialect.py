"""A SQLAlchemy dialect for one in-process DuckDB connection that several users share.

Great Expectations gives a connection back to its pool before it fetches, and pools
roll back, which throws a pending DuckDB result away. Here every result is buffered,
a transaction is a no-op, and the URL carries only the name of a connection that is
registered beforehand: tables, views and Arrow tables registered on it are seen by all.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import sqlalchemy as sa
from sqlalchemy import pool, types
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.engine import URL, Connection, reflection

_SHARED: dict[str, duckdb.DuckDBPyConnection] = {}

_TYPES: dict[str, type[types.TypeEngine[Any]]] = {
    "BIGINT": types.BIGINT,
    "INTEGER": types.INTEGER,
    "SMALLINT": types.SMALLINT,
    "TINYINT": types.SMALLINT,
    "HUGEINT": types.NUMERIC,
    "DOUBLE": types.DOUBLE,
    "FLOAT": types.FLOAT,
    "VARCHAR": types.VARCHAR,
    "DATE": types.DATE,
    "TIMESTAMP": types.TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": types.TIMESTAMP,
    "BOOLEAN": types.BOOLEAN,
}


@contextmanager
def shared(name: str, connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Lend a connection to SQLAlchemy under a name; return the URL to open it by.

    Raises:
        ValueError: the name is lent already.
    """
    if name in _SHARED:
        raise ValueError(f"a connection is lent as {name!r} already")
    registry.register("duckdb.shared", __name__, SharedDuckDB.__name__)
    _SHARED[name] = connection
    try:
        yield f"duckdb+shared://{name}"
    finally:
        del _SHARED[name]


class _Cursor:
    """A finished result: everything is fetched when a statement is executed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []
        self._next = 0
        self.arraysize = 1
        self.description: Any = None
        self.rowcount = -1

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        result = self._connection.execute(statement, list(parameters) or None)
        self.description = result.description
        self._rows = result.fetchall() if self.description else []
        self._next = 0

    def fetchone(self) -> tuple[Any, ...] | None:
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        first, self._next = self._next, self._next + (size or self.arraysize)
        return self._rows[first : self._next]

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.fetchmany(len(self._rows))

    def close(self) -> None:
        self._rows = []


class _Connection:
    """What SQLAlchemy may close although others still use the connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def cursor(self) -> _Cursor:
        return _Cursor(self._connection)

    def commit(self) -> None:
        """Every statement is committed when it is executed."""

    def rollback(self) -> None:
        """Nothing is ever pending."""

    def close(self) -> None:
        """The connection belongs to whoever lent it."""


class _Driver:
    """The names that SQLAlchemy expects of a DB-API module."""

    paramstyle = "qmark"
    apilevel = "2.0"
    threadsafety = 1
    Error = duckdb.Error
    Warning = duckdb.Warning
    InterfaceError = duckdb.Error
    DatabaseError = duckdb.DatabaseError
    DataError = duckdb.DataError
    IntegrityError = duckdb.IntegrityError
    InternalError = duckdb.InternalError
    NotSupportedError = duckdb.NotSupportedError
    OperationalError = duckdb.OperationalError
    ProgrammingError = duckdb.ProgrammingError


def _type_of(declared: str) -> types.TypeEngine[Any]:
    if declared.startswith("DECIMAL"):
        precision, scale = map(int, re.findall(r"\d+", declared))
        return types.DECIMAL(precision, scale)
    return _TYPES.get(declared, types.VARCHAR)()


class SharedDuckDB(PGDialect):
    """DuckDB's SQL is near enough to PostgreSQL's for what is asked of it here."""

    name = "duckdb"
    driver = "shared"
    default_paramstyle = "qmark"
    supports_statement_cache = True
    supports_sane_rowcount = False
    _has_events = False

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return the driver's names."""
        return _Driver

    @classmethod
    def get_pool_class(cls, url: URL) -> type[pool.Pool]:
        """Pool, as for a file."""
        return pool.QueuePool

    def create_connect_args(self, url: URL) -> Any:
        """Read the URL: its host is the connection's name."""
        return [], {"name": url.host}

    def connect(self, *_: Any, name: str, **__: Any) -> Any:
        """Lend the connection again."""
        return _Connection(_SHARED[name])

    def initialize(self, connection: Connection) -> None:
        """Skip the queries that SQLAlchemy sends to a new server."""
        self.server_version_info = (14, 0)
        self.default_schema_name = "main"
        self._backslash_escapes = False

    def on_connect(self) -> None:
        """Do nothing to a connection that others use."""
        return

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Answer for the connection: it is in this process."""
        return True

    def get_isolation_level(self, dbapi_connection: Any) -> Any:
        """Return that every statement commits itself."""
        return "AUTOCOMMIT"

    @reflection.cache
    def get_columns(  # type: ignore[override]
        self,
        connection: Connection,
        table_name: str,
        schema: str | None = None,
        **_: Any,
    ) -> list[dict[str, Any]]:
        """List a table's or view's columns from DuckDB's own catalogue."""
        rows = connection.exec_driver_sql(
            "select column_name, data_type from duckdb_columns()"
            " where table_name = ? order by column_index",
            (str(table_name),),
        ).fetchall()
        if not rows:
            raise sa.exc.NoSuchTableError(table_name)
        return [
            {"name": name, "type": _type_of(kind), "nullable": True, "default": None}
            for name, kind in rows
        ]

    def get_pk_constraint(self, *_: Any, **__: Any) -> Any:
        """Return an empty primary key."""
        return {"constrained_columns": [], "name": None}

    def get_foreign_keys(self, *_: Any, **__: Any) -> Any:
        """Return an empty list."""
        return []

    def get_indexes(self, *_: Any, **__: Any) -> Any:
        """Return an empty list."""
        return []

    def get_unique_constraints(self, *_: Any, **__: Any) -> Any:
        """Return an empty list."""
        return []

    def has_table(
        self, connection: Connection, table_name: str, *_: Any, **__: Any
    ) -> bool:
        """Return whether a table or view exists."""
        cursor = connection.exec_driver_sql(
            "select 1 from duckdb_columns() where table_name = ? limit 1",
            (str(table_name),),
        )
        return bool(cursor.fetchall())
