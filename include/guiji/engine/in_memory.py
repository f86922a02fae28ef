"""Queries over a few tables that the caller holds, in a database in memory.

Opening a database takes longer than such a query, so a process opens one and keeps it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import duckdb
import pyarrow as pa


@contextmanager
def querying(**tables: pa.Table) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection that knows some tables by name until it is left.

    Not for several threads at once.
    """
    connection = _database()
    for name, table in tables.items():
        connection.register(name, table)
    try:
        yield connection
    finally:
        for name in tables:
            connection.unregister(name)


@cache
def _database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()
