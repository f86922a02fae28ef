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

from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import Dimension, Severity
from guiji.checking.suite.rules import Wording
from guiji.engine.base import Engine
from guiji.engine.sql import statement
from guiji.schemas import FINDINGS
from guiji.settings import Settings

NAME_CONFLICT, CODE_CONFLICT = "name_conflict", "code_conflict"
CLAUSE = "福建省涉企信息统一归集公示工作实施方案(2016) 一(二)"

WORDINGS = {
    NAME_CONFLICT: Wording(
        "该统一社会信用代码登记的现用名称和曾用名称中没有这个名称。",
        "The name is neither the present nor a former name of the credit code.",
        "请核对名称与统一社会信用代码；名称已变更而登记信息尚未报送的，不必处理。",
    ),
    CODE_CONFLICT: Wording(
        "这个名称是另一统一社会信用代码现在登记的名称。",
        "The name is the present registered name of another credit code.",
        "请核对统一社会信用代码；因转型、迁移换发代码的，请报送原代码的注销信息。",
    ),
}


def find(
    engine: Engine,
    settings: Settings,
    catalog: Catalog,
    night: date,
    batches: pa.Table,
) -> pa.Table:
    """Make a finding for every row of a night that is in conflict.

    Args:
        engine: holds `said`, `suspect` and `relative`.
        settings: where the SQL models are.
        catalog: titles of the items.
        night: the night.
        batches: `batch_id`, `department`, `dataset` and `source_file` of all deliveries
            whose rows are merged, earlier nights' among them.

    Returns:
        Columns of `schemas.FINDINGS`, in no order.
    """
    for model in (NAME_CONFLICT, CODE_CONFLICT):
        engine.keep(model, statement(settings, f"warehouse/{model}"))
    rows = engine.fetch(statement(settings, "warehouse/conflicting"))
    rows = rows.join(batches, "batch_id", join_type="left outer")
    found = [
        _findings(catalog.datasets[dataset], conflict, night, part)
        for dataset in pc.unique(rows["dataset"]).to_pylist()
        for conflict in WORDINGS
        if (part := _part(rows, dataset, conflict)).num_rows
    ]
    return pa.concat_tables([FINDINGS.empty_table(), *found])


def _part(rows: pa.Table, dataset: str, conflict: str) -> pa.Table:
    chosen = pc.and_(
        pc.equal(rows["dataset"], dataset), pc.equal(rows["contradiction"], conflict)
    )
    return rows.filter(chosen)


def _findings(dataset: Dataset, conflict: str, night: date, rows: pa.Table) -> pa.Table:
    """Make the findings of one dataset and conflict; a single value is for all rows."""
    subject = dataset.subject
    item = dataset.item(subject.name if conflict == NAME_CONFLICT else subject.uscc)
    said = WORDINGS[conflict]
    same: dict[str, object] = {
        "night": night,
        "item": item.id,
        "title": item.title,
        "rule_id": f"{dataset.id}.{item.id}.{conflict}",
        "severity": Severity.WARNING.value,
        "dimension": Dimension.LINKED.value,
        "responsibility": "department",
        "message": said.message,
        "message_en": said.message_en,
        "remedy": said.remedy,
        "clause": CLAUSE,
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
