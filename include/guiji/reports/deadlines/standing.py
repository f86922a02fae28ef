"""Missed deadlines of an earlier night that stand tonight: only their age changes."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from guiji.context import NightContext
from guiji.reports.deadlines import breach_file


def rows(
    connection: duckdb.DuckDBPyConnection, context: NightContext, path: Path
) -> Iterator[pa.Table]:
    """Yield the lines of an earlier night that stand, in their order.

    Args:
        connection: holds `lapsed`, the numbers of the lines that do not, in order.
        context: calendar, the working days; night, up to which open ones are counted.
        path: the file of the earlier night.

    Returns:
        Tables (`breach_file.SCHEMA`), as of tonight.
    """
    lapsed = connection.sql("select line_number from lapsed order by 1").fetchnumpy()
    numbers = np.asarray(lapsed["line_number"], np.int64)
    last = connection.sql("select max(greatest(due_on, done_on)) from earlier")
    days = elapsed(context, last.fetchall()[0][0] or context.night)
    begin = 0
    for table in breach_file.read(path):
        first, end = np.searchsorted(numbers, (begin, begin + len(table)))
        stands = np.ones(len(table), bool)
        stands[numbers[first:end] - begin] = False
        begin += len(table)
        kept = table if stands.all() else table.filter(pa.array(stands))
        yield _dated(kept, context, days)


def elapsed(context: NightContext, last: date) -> npt.NDArray[np.int64]:
    """Count the working days from the first day of the calendar up to each day.

    Args:
        context: calendar; night.
        last: the last day asked for; the night is asked for, too.
    """
    first = np.datetime64(context.calendar.first, "D")
    end = np.datetime64(max(last, context.night), "D")
    days = np.arange(first, end + 1)
    return np.asarray(context.calendar.between(np.full(len(days), first), days))


def _dated(
    table: pa.Table, context: NightContext, days: npt.NDArray[np.int64]
) -> pa.Table:
    """Return lines as of a night: its date, and how late they are by then."""
    night = pa.scalar(context.night, pa.date32())
    first = np.datetime64(context.calendar.first, "D")
    done = table["done_on"].fill_null(night).to_numpy().astype("datetime64[D]")
    due = table["due_on"].to_numpy().astype("datetime64[D]")
    late = days[(done - first).astype(int)] - days[(due - first).astype(int)]
    columns = {
        "night": pa.repeat(night, len(table)),
        "working_days_late": pa.array(late, pa.int32()),
    }
    for name, column in columns.items():
        table = table.set_column(table.column_names.index(name), name, column)
    return table
