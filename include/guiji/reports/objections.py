"""Objections (异议) in the reports: their steps, in time and late, of a period.

One table, `catalog.objection_steps.SCHEMA`: the circular and the dashboards show what
they need of it. A step names the department that must act; where its end lies beyond
the announced calendar its state is `provisional` and nobody is named.

Source: 阳府〔2018〕60号 第二十四至二十七、三十条 (YJ10, YJ11).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog import objection_steps
from guiji.catalog.model import Catalog
from guiji.catalog.vocabulary import ClockKind
from guiji.catalog.words import say
from guiji.context import Context
from guiji.ledger import objections


def steps(
    context: Context, first: date, last: date, known_on: date | None = None
) -> pa.Table:
    """Return the steps of objections that ran in a period, as they stood at its end.

    A step runs from the day that starts it to the day on which it is done.

    Args:
        context: catalogue and calendar, as known then; ledger.
        first: first day of the period.
        last: its last day.
        known_on: acts that the ledger wrote after this day are left out; None = none.

    Returns:
        A table of `objection_steps.SCHEMA`, by objection; empty where the jurisdiction
        has no steps for objections.
    """
    if context.catalog.jurisdiction.objections is None:
        return objection_steps.SCHEMA.empty_table()
    standing = [
        objection.until(last, known_on)
        for objection in objections.every(context.ledger)
    ]
    there = [objection for objection in standing if objection is not None]
    table = objection_steps.steps(context.catalog, context.calendar, there, last)
    done = pc.fill_null(table["done_on"], pa.scalar(last, pa.date32()))
    return table.filter(pc.greater_equal(done, pa.scalar(first, pa.date32())))


@dataclass(frozen=True)
class StepLine:
    """The runs of one step in a period; all are numbers of runs.

    Attributes:
        step: a `ClockKind`.
        title: its Chinese name.
        on_time: done by their end.
        late: done after it, or not yet and past it.
        running: not done, with time left, those that wait for papers included.
        provisional: past an end that lies beyond the announced calendar.
        late_units: titles of who was late, in the order of the catalogue.
    """

    step: str
    title: str
    on_time: int
    late: int
    running: int
    provisional: int
    late_units: tuple[str, ...]

    @property
    def runs(self) -> int:
        """All runs."""
        return self.on_time + self.late + self.running + self.provisional


def lines(catalog: Catalog, table: pa.Table) -> tuple[StepLine, ...]:
    """Count the steps of a period (`steps`), in the order of the law."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        rows.setdefault(row["step"], []).append(row)
    return tuple(
        _line(catalog, kind, rows[kind.value])
        for kind in ClockKind
        if kind.value in rows
    )


def _line(
    catalog: Catalog, kind: ClockKind, rows: Sequence[dict[str, Any]]
) -> StepLine:
    states = [row["state"] for row in rows]
    late = {r["department"] for r in rows if r["state"] == objection_steps.LATE}
    counted = {
        state: states.count(state)
        for state in (
            objection_steps.ON_TIME,
            objection_steps.LATE,
            objection_steps.PROVISIONAL,
        )
    }
    return StepLine(
        step=kind.value,
        title=say(kind),
        running=len(rows) - sum(counted.values()),
        late_units=tuple(d.title for d in catalog.departments.values() if d.id in late),
        **counted,
    )
