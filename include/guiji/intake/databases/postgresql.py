"""What psycopg does otherwise than an extract needs.

A date that Python cannot hold (`infinity`, year 20226) makes psycopg raise: one such
cell would keep a whole table out for ever. Here it comes as the server writes it, and
the checks tell the department which row it is.
"""

from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

TYPES = ("date", "timestamp", "timestamptz")


def prepare(engine: sa.Engine) -> None:
    """Make the connections of an engine read any date, and close cut ones."""
    sa.event.listen(engine, "connect", _read_any_date)
    sa.event.listen(engine, "handle_error", _close_cursor)


def _read_any_date(connection: Any, _: object) -> None:
    for name in TYPES:
        oid = psycopg.adapters.types[name].oid
        usual = psycopg.adapters.get_loader(oid, Format.TEXT)
        if usual is None:
            raise AssertionError(f"psycopg reads no {name}")
        connection.adapters.register_loader(oid, _lenient(usual))


def _lenient(usual: Any) -> type[Loader]:
    class AnyDate(Loader):
        """Gives what psycopg reads, or else the text."""

        def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
            super().__init__(oid, context)
            self._usual = usual(oid, context)

        def load(self, data: Buffer) -> Any:
            try:
                return self._usual.load(data)
            except psycopg.DataError:
                return bytes(data).decode()

    return AnyDate


def _close_cursor(failed: sa.ExceptionContext) -> None:
    """Close the cursor of a cut connection: SQLAlchemy leaves it, psycopg objects."""
    if failed.execution_context is not None:
        failed.execution_context.cursor.close()
