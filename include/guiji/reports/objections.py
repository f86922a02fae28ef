"""Objections (异议) in the reports: their steps, in time and late, of a period.

One table, `catalog.objection_steps.SCHEMA`: the circular and the dashboards show what
they need of it. A step names the department that must act; where its end lies beyond
the announced calendar its state is `provisional` and nobody is named.

Source: 阳府〔2018〕60号 第二十四至二十七、三十条 (YJ10, YJ11).
"""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog import objection_steps
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
