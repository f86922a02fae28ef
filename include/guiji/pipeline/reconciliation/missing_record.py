"""Revocations (撤销) and changes (变更) of records that are not held.

Nothing can be withdrawn that is not there: the row is held back, and the records that
may be meant are named. A change of what is not there is taken as new, and told.

Source: 阳府〔2018〕60号 第十一条 (变更、撤销).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guiji.catalog.model import Dataset
from guiji.checking.suite import reconciliation as suite
from guiji.domain import columns, text
from guiji.parsing.operations import COLUMN, REVOKE
from guiji.pipeline.reconciliation import record_description
from guiji.pipeline.reconciliation.comparison import ComparedDelivery, Comparison
from guiji.pipeline.reconciliation.results import Result, RowFindings
from guiji.reading.read import TEXT

CHANGE = "变更"
CHARACTERS = 3
"""In which a key may differ and still be near."""

ROW_PLACE = ("source_sheet", "source_row")
_CHANGED = pa.schema([("batch_id", pa.string()), ("row_id", pa.int64())])
_RULES = {"revoke": suite.NOTHING_TO_REVOKE, "change": suite.NOTHING_TO_CHANGE}


def check(night: Comparison) -> Iterator[Result]:
    """Find the rows that withdraw or change what is not held."""
    for dataset in night.context.catalog.datasets.values():
        deliveries = night.of_dataset(dataset.id)
        changed = {delivery.batch_id: _changed(delivery) for delivery in deliveries}
        asking = [d for d in deliveries if len(changed[d.batch_id]) or _revokes(d)]
        if asking:
            yield from _of_dataset(night, dataset, deliveries, changed)


def _of_dataset(
    night: Comparison,
    dataset: Dataset,
    deliveries: Sequence[ComparedDelivery],
    changed: dict[str, pa.Array],
) -> Iterator[Result]:
    rows = [
        pa.table([pa.repeat(batch_id, len(numbers)), numbers], schema=_CHANGED)
        for batch_id, numbers in changed.items()
    ]
    night.bind(deliveries)
    night.bind_current(dataset, by_key=True)
    night.engine.rows("change", pa.concat_tables(rows))
    missing = night.fetch("missing_record")
    if not missing.num_rows:
        return
    night.engine.rows("missing", missing)
    near = defaultdict(list)
    files = record_description.Files(night)
    for row in night.fetch("near_record", {"characters": CHARACTERS}).to_pylist():
        number = row["other_key"].replace("|", "，")
        about = record_description.subject_and_day(row, "other_")
        near[row["batch_id"], row["row_id"]].append(
            f"{number}，{about}，{record_description.place(files, row)}"
        )
    for finding, rule in _RULES.items():
        of_finding = missing.filter(pc.equal(missing["finding"], finding))
        if of_finding.num_rows:
            yield RowFindings(rule, _named(of_finding, near))


def _named(table: pa.Table, near: dict[tuple[str, int], list[str]]) -> pa.Table:
    details, details_en = [], []
    for row in table.to_pylist():
        named = near[row["batch_id"], row["row_id"]]
        details.append(
            f"（相近的现有记录：{'；'.join(named)}）"
            if named
            else "（没有相近的现有记录）"
        )
        details_en.append(f"({len(named)} near records)")
    return record_description.rows(table, details, details_en)


def _revokes(compared: ComparedDelivery) -> bool:
    operations = pq.read_table(compared.typed, columns=["operation"])["operation"]
    return bool(pc.any(pc.equal(operations, REVOKE)).as_py())


def _changed(compared: ComparedDelivery) -> pa.Array:
    """Return the `row_id`s of the rows whose 操作 says 变更."""
    path = compared.folder / TEXT
    if COLUMN not in pq.read_schema(path).names:
        return pa.array([], pa.int64())
    delivered = pq.read_table(path, columns=[*ROW_PLACE, COLUMN])
    words = columns.mapped(columns.combine(delivered[COLUMN]), text.half_width_one)
    at = delivered.filter(pc.equal(words, CHANGE)).select([*ROW_PLACE])
    typed = pq.read_table(compared.typed, columns=["row_id", *ROW_PLACE])
    keys = [
        pc.binary_join_element_wise(
            pc.fill_null(table["source_sheet"], ""),
            table["source_row"].cast(pa.string()),
            "|",
        )
        for table in (typed, at)
    ]
    row_ids = typed.filter(pc.is_in(keys[0], keys[1].combine_chunks()))["row_id"]
    return columns.combine(row_ids)
