"""Rows whose number its authority has given already: elsewhere, or on another day.

A number that is held for another enterprise is a mistake in one of the two, or a
decision about both. About both it is where they are delivered together in one file, or
are held for both already; all else is held back or told, as the catalogue says.
"""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Dataset
from guiji.checking.suite import reconciliation as suite
from guiji.checking.suite.reconciliation import ReconciliationRule
from guiji.pipeline.reconciliation import record_description
from guiji.pipeline.reconciliation.comparison import Comparison
from guiji.pipeline.reconciliation.results import Result, RowFindings


def check(night: Comparison) -> Iterator[Result]:
    """Find numbers held, or delivered in another file, with other facts."""
    for dataset in night.context.catalog.datasets.values():
        deliveries = night.of_dataset(dataset.id)
        if dataset.same_number is None or not deliveries:
            continue
        night.bind(deliveries)
        night.bind_current(dataset, by_key=True)
        table = night.fetch("same_number")
        for finding, rule in _rules(dataset).items():
            rows = table.filter(pc.equal(table["finding"], finding))
            if rows.num_rows:
                yield RowFindings(rule, _detailed(night, rows))


def _rules(dataset: Dataset) -> dict[str, ReconciliationRule]:
    wanted = dataset.same_number
    is_held_back = wanted is not None and wanted.other_subject == "hold_back"
    is_corrected = wanted is not None and wanted.other_day == "correct"
    return {
        "other_subject": suite.NUMBER_ELSEWHERE
        if is_held_back
        else suite.NUMBER_ELSEWHERE_TOLD,
        "other_day": suite.DAY_CORRECTED if is_corrected else suite.OTHER_DAY,
        "revoked_day": suite.REVOKED_DAY,
    }


def _detailed(night: Comparison, rows: pa.Table) -> pa.Table:
    """Name what is delivered and what is held."""
    files = record_description.Files(night)
    details, details_en = [], []
    for row in rows.to_pylist():
        others = f"等{row['how_many']}条" if row["how_many"] > 1 else ""
        own = record_description.subject_and_day(row, "")
        other = record_description.subject_and_day(row, "other_")
        place = record_description.place(files, row)
        details.append(f"（本行：{own}；现有{others}：{other}，{place}）")
        details_en.append(f"(held: {row['other_batch_id']}, row {row['other_row']})")
    return record_description.rows(rows, details, details_en)
