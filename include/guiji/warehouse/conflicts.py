"""Findings about codes and names that do not go together (关联性).

The registrar decides what an enterprise is called. A name is in conflict if another
department states it for a code and the registrar never did; before the code is
registered at all, if others stated other names. A code is in conflict if its name is
the present registered name of another code. A name that changes in the registration
is a change, and former names stay good; a name that many individual businesses
(个体工商户) of different places bear is no conflict either.
"""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Dataset
from guiji.checking.suite import conflicts
from guiji.context import NightContext
from guiji.core.schemas import FINDINGS
from guiji.engine.base import Engine
from guiji.engine.sql import statement


def find(engine: Engine, context: NightContext, batches: pa.Table) -> pa.Table:
    """Make a finding for every row of a night that is in conflict.

    Args:
        engine: holds `said`, `suspect` and `relative`.
        context: settings, where the SQL models are; catalogue, titles of the items;
            night, the night.
        batches: `batch_id`, `department`, `dataset` and `source_file` of all deliveries
            whose rows are merged, earlier nights' among them.

    Returns:
        Columns of `schemas.FINDINGS`, in no order.
    """
    for model in conflicts.KINDS:
        engine.keep(model, statement(context.settings, f"warehouse/{model}"))
    rows = engine.fetch(statement(context.settings, "warehouse/conflicting"))
    rows = rows.join(batches, "batch_id", join_type="left outer")
    tables = [
        _findings(context.catalog.datasets[dataset], conflict, context.night, part)
        for dataset in pc.unique(rows["dataset"]).to_pylist()
        for conflict in conflicts.KINDS
        if (part := _part(rows, dataset, conflict)).num_rows
    ]
    return pa.concat_tables([FINDINGS.empty_table(), *tables])


def _part(rows: pa.Table, dataset: str, conflict: str) -> pa.Table:
    chosen = pc.and_(
        pc.equal(rows["dataset"], dataset), pc.equal(rows["contradiction"], conflict)
    )
    return rows.filter(chosen)


def _findings(dataset: Dataset, conflict: str, night: date, rows: pa.Table) -> pa.Table:
    """Make the findings of one dataset and conflict; a single value is for all rows."""
    item = conflicts.item_of(dataset, conflict)
    said = conflicts.WORDINGS[conflict]
    same: dict[str, object] = {
        "night": night,
        "item": item.id,
        "title": item.title,
        "rule_id": conflicts.rule_id(dataset, conflict),
        "severity": conflicts.SEVERITY.value,
        "dimension": conflicts.DIMENSION.value,
        "responsibility": "department",
        "message": said.message,
        "message_en": said.message_en,
        "remedy": said.remedy,
        "clause": conflicts.CLAUSE,
    }
    return pa.table(
        [
            rows[f.name].cast(f.type)
            if f.name in rows.column_names
            else pa.repeat(pa.scalar(same.get(f.name), f.type), rows.num_rows)
            for f in FINDINGS
        ],
        schema=FINDINGS,
    )
