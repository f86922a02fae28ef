"""What the units have not mended yet, and for how long (待更正).

A row in quarantine is in nobody's way and easily forgotten. The circular says how many
wait, how many of them for longer than the catalogue allows for their delivery, and
since when.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np

from guiji.catalog.model import Catalog, Clock, Dataset
from guiji.catalog.vocabulary import ClockKind
from guiji.context import Context
from guiji.warehouse import models


@dataclass(frozen=True)
class OpenCorrections:
    """What waits to be mended by one unit.

    Attributes:
        unit: id of the department.
        title: its title.
        rows: records in quarantine, each counted once however often it came.
        files: files that were refused as a whole, by name.
        overdue: of both, those received more working days ago than the delivery clock
            of their dataset allows. Without a clock there is no such term.
        since: the day on which the oldest was received.
        oldest: working days from then to the end of the period.
    """

    unit: str
    title: str
    rows: int
    files: int
    overdue: int
    since: date
    oldest: int


def waiting(
    connection: duckdb.DuckDBPyConnection, context: Context, last: date
) -> tuple[OpenCorrections, ...]:
    """Count what waits at the end of a period.

    Args:
        connection: holds quarantine and deliveries.
        context: settings, where the SQL models are; catalogue, units and clocks;
            calendar, the working days.
        last: last night of the period.

    Returns:
        One per unit for which anything waits, in the order of the catalogue.

    Source:
        阳府〔2018〕60号 第十二条; the term is the one for delivery, because a row that
        was put away has not been delivered yet.
    """
    table = models.query(
        connection, context.settings, "reports/open_findings", {"last": last}
    )
    lines = table.to_pylist()
    since = np.array([line["since"] for line in lines], "datetime64[D]")
    days = context.calendar.between(since, np.full(len(lines), last, "datetime64[D]"))
    clocks = {d.id: _delivery(d) for d in context.catalog.datasets.values()}
    units: dict[str, list[dict[str, Any]]] = {}
    for line, age in zip(lines, days.tolist(), strict=True):
        running = clocks.get(line["dataset"], ())
        over = (_is_over(c, line["since"], age, last, context) for c in running)
        line |= {"age": age, "is_overdue": any(over)}
        units.setdefault(line["department"], []).append(line)
    strangers = sorted(set(units) - set(context.catalog.departments))
    order = [d for d in (*context.catalog.departments, *strangers) if d in units]
    return tuple(_of_unit(context.catalog, unit, units[unit]) for unit in order)


def _delivery(dataset: Dataset) -> list[Clock]:
    return [c for c in dataset.clocks if c.kind is ClockKind.DELIVERY]


def _is_over(clock: Clock, since: date, age: int, last: date, context: Context) -> bool:
    """Return whether a clock that runs since a day, `age` working days, is over."""
    if clock.working_days:
        return age > clock.working_days
    due, _ = clock.due(context.calendar, np.array([since], "datetime64[D]"))
    return bool(due[0] < np.datetime64(last))


def _of_unit(
    catalog: Catalog, unit: str, lines: Iterable[dict[str, Any]]
) -> OpenCorrections:
    listed = list(lines)
    department = catalog.departments.get(unit)
    return OpenCorrections(
        unit=unit,
        title=department.title if department else unit,
        rows=sum(line["open_rows"] for line in listed),
        files=sum(line["open_files"] for line in listed),
        overdue=sum(
            line["open_rows"] + line["open_files"]
            for line in listed
            if line["is_overdue"]
        ),
        since=min(line["since"] for line in listed),
        oldest=max(line["age"] for line in listed),
    )
