"""Reading one table, view or query of a department's database, row by row, as text.

Explicit columns, one read-only snapshot, a server-side cursor, and one rule that
turns whatever a driver returns into text, so that an extract passes the same checks
as a file. Identifiers are quoted by the dialect, values are bound, and the text of a
query stands as it is inside a `from`: nothing is formatted into SQL.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa

from guiji.core.business_date import SHANGHAI
from guiji.core.errors import SourceUnavailable
from guiji.intake.databases import dialects

BLOCK = 2000
"""Rows held at a time."""

QUERY = "extracted"
"""What a query is called inside the statement that reads it."""

_SQLITE_TIME = "%Y-%m-%d %H:%M:%f"
_COLON = re.compile(r"(?<![:\w\\]):(?=\w)")
"""What SQLAlchemy would take for the beginning of a parameter's name."""


@dataclass(frozen=True)
class Window:
    """The changes to read: Shanghai's wall clock, `since` in, `until` out.

    A row that does not say when it changed is always read.
    """

    column: str
    since: datetime | None
    until: datetime


class Row(NamedTuple):
    """One row as text; None = null."""

    changed: datetime | None
    cells: tuple[str | None, ...]


@dataclass(frozen=True)
class Relation:
    """What is read.

    Attributes:
        name: of a table or view, with its schema where it has one; of a query, what
            messages call it.
        query: text of the query, `catalog.queries.one_query`; None = a table.
        most_rows: more than these are refused.
    """

    name: str
    query: str | None
    most_rows: int

    def selectable(self, columns: list[str]) -> sa.FromClause:
        """Return what stands behind `from`, with some of its columns."""
        named: list[sa.ColumnClause[Any]] = [sa.column(c) for c in columns]
        if self.query is not None:
            text = sa.text(_COLON.sub(r"\\:", self.query))
            return text.columns(*named).subquery(QUERY)
        schema, _, name = self.name.rpartition(".")
        return sa.table(name, *named, schema=schema or None)


class Source:
    """An open relation of a department's database.

    Attributes:
        inexact: columns that gave fractions which the database keeps as binary
            numbers: what was meant may be another decimal than what is read.
    """

    def __init__(self, connection: sa.Connection, relation: Relation) -> None:
        self._connection = connection
        self._relation = relation
        self._result: sa.CursorResult[Any] | None = None
        self.inexact: set[str] = set()

    def columns(self) -> set[str]:
        """Return which columns there are; needs no right but to select them."""
        everything: sa.ColumnClause[Any] = sa.literal_column("*")
        query = (
            sa.select(everything)
            .select_from(self._relation.selectable([]))
            .where(sa.false())
        )
        with self._connection.execute(query) as none:
            return set(none.keys())

    def rows(
        self, columns: list[str], order: list[str], window: Window | None
    ) -> Iterator[Row]:
        """Read rows in the order of some columns; equal ones in the order of text.

        Raises:
            SourceUnavailable: there are more than the relation may have.
        """
        extra = [window.column] if window and window.column not in columns else []
        read = [*columns, *extra]
        table = self._relation.selectable(read)
        query = sa.select(*[table.c[c] for c in read])
        by = [*order, *([window.column] if window and order else [])]
        query = query.order_by(*[table.c[c] for c in by])
        if window is not None:
            query = query.where(_within(self._connection, table, window))
        changed = read.index(window.column) if window else None
        self._result = self._connection.execute(query)
        rows = self._capped(self._result)
        if not order:
            yield from (self._row(row, columns, changed) for row in rows)
            return
        for _, equal in groupby(rows, key=itemgetter(*(read.index(c) for c in by))):
            equal_rows = [self._row(row, columns, changed) for row in equal]
            if len(equal_rows) > 1:
                equal_rows.sort(key=lambda r: [(c is None, c or "") for c in r.cells])
            yield from equal_rows

    def abandon(self) -> None:
        """Abandon the result being read, without fetching the rest."""
        if self._result is not None:
            unread: Any = getattr(self._result.cursor, "_result", None)
            if hasattr(unread, "unbuffered_active"):
                unread.unbuffered_active = False  # else pymysql reads to the end
            self._result.close()
        self._connection.invalidate()

    def _capped(self, result: sa.CursorResult[Any]) -> Iterator[sa.Row[Any]]:
        most = self._relation.most_rows
        for number, row in enumerate(result):
            if number == most:
                raise SourceUnavailable(
                    f"{self._relation.name} has more than {most} rows; "
                    "see `most_rows` of the extract in the catalogue",
                    f"原因：读取的记录超过目录规定的 {most} 行。\n"
                    "处理办法：请核对视图的筛选和关联条件；数据量确已增长的，请联系平台。",
                )
            yield row

    def _row(self, row: sa.Row[Any], columns: list[str], changed: int | None) -> Row:
        when = None if changed is None else _wall_clock(row[changed])
        cells = (
            value if value is None or type(value) is str else self._told(name, value)
            for name, value in zip(columns, row, strict=False)
        )
        return Row(when, tuple(cells))

    def _told(self, column: str, value: Any) -> str | None:
        if type(value) is float and not value.is_integer():
            self.inexact.add(column)
        return text(value)


@contextmanager
def reading(url: sa.URL, relation: Relation) -> Iterator[Source]:
    """Open a relation in one read-only snapshot.

    Raises:
        SourceUnavailable: the database does not answer, or refuses what is asked.
    """
    try:
        kind = dialects.of(url.get_dialect())
        engine = sa.create_engine(
            url, poolclass=sa.NullPool, connect_args=dict(kind.arguments)
        )
        if engine.dialect.driver == "psycopg":
            from guiji.intake.databases import postgresql  # noqa: PLC0415 - loads the driver

            postgresql.prepare(engine)
        with engine.connect() as connection:
            source = Source(connection, relation)
            try:
                for statement in dialects.of(engine.dialect).opening:
                    connection.exec_driver_sql(statement)
                connection.execution_options(yield_per=BLOCK)
                yield source
            except BaseException:
                source.abandon()
                raise
    except (sa.exc.SQLAlchemyError, ModuleNotFoundError, UnicodeError) as error:
        # `from None`: the driver's own text may quote the address or a cell
        raise dialects.unavailable(error) from None


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
            precision = "microseconds" if value.microsecond else "seconds"
            return _local(value).isoformat(" ", precision)
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


def _wall_clock(value: Any) -> datetime | None:
    """Read a time of change as Shanghai's wall clock."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        try:
            value = datetime.fromisoformat(str(value))
        except ValueError:
            raise SourceUnavailable(
                "its column of changes holds something that is no time",
                "原因：更新时间字段中有不是时间的内容。\n"
                "处理办法：请更正该字段，或改用日期时间类型的字段。",
            ) from None
    return _local(value)


def _local(instant: datetime) -> datetime:
    """Return Shanghai's wall clock of an instant; without a zone it is that already.

    9999-12-31T23:59:59Z, which in Shanghai is in the year 10000, stays as written.
    """
    if instant.tzinfo is None:
        return instant
    try:
        return instant.astimezone(SHANGHAI).replace(tzinfo=None)
    except OverflowError:
        return instant.replace(tzinfo=None)


def _within(
    connection: sa.Connection, table: sa.FromClause, window: Window
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
