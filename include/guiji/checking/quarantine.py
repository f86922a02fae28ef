"""The quarantine: every row that is not merged, with its reasons and its content."""

import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import Severity
from guiji.checking import look_alike_notes, masking
from guiji.checking.findings import BatchInput
from guiji.core.errors import BatchRefused
from guiji.core.schemas import QUARANTINE
from guiji.engine import in_memory


class PutAway(NamedTuple):
    """The rows of a batch that are put away.

    Attributes:
        batch: the batch.
        rows: of the text table, faulty ones included, with the `record_id` and
            `record_key` of those that could be read.
        findings: of the batch; the critical ones are the reasons.
    """

    batch: BatchInput
    rows: pa.Table
    findings: pa.Table


def of_rows(
    batch: BatchInput, dataset: Dataset, rows: pa.Table, findings: pa.Table
) -> pa.Table:
    """Make the quarantine of a batch; see `PutAway` and `of_batches`."""
    (table,) = of_batches(dataset, [PutAway(batch, rows, findings)])
    return table


def of_batches(dataset: Dataset, batches: Sequence[PutAway]) -> list[pa.Table]:
    """Make the quarantine of batches of a dataset.

    Args:
        dataset: their catalogue entry.
        batches: what is put away of each.

    Returns:
        For each one line per row, by sheet and row; personal values masked.
    """
    keys = [(n, "ascending", "at_start") for n in ("source_sheet", "source_row")]
    sorted_rows = [
        b.rows.take(pc.sort_indices(b.rows, sort_keys=keys)) for b in batches
    ]
    stack = pa.concat_tables(sorted_rows, promote_options="default")
    contents = _contents(dataset, stack)
    tables, first = [], 0
    for (batch, _, findings), rows in zip(batches, sorted_rows, strict=True):
        part = contents.slice(first, len(rows))
        rules, reasons = _reasons(rows, findings)
        content = {n: part[n] for n in part.column_names}
        content |= {"rules": rules, "reason": reasons}
        tables.append(_table(batch, content, len(rows)))
        first += len(rows)
    return tables


def _contents(dataset: Dataset, rows: pa.Table) -> pa.Table:
    """Return what lines of the quarantine show of rows, reasons apart."""
    shown = _shown(dataset, rows)
    nothing = pa.nulls(len(rows), pa.string())
    return pa.table(
        {
            "source_sheet": rows["source_sheet"],
            "source_row": rows["source_row"],
            "record_id": rows["record_id"],
            "record_key": rows["record_key"],
            "uscc": shown.get(dataset.subject.uscc, nothing),
            "enterprise_name": shown.get(dataset.subject.name, nothing),
            "content": _json(shown, len(rows)),
        }
    )


def of_refusal(batch: BatchInput, refusal: BatchRefused, rows: int) -> pa.Table:
    """Make the one line that puts a whole delivery away.

    Args:
        batch: the batch; its `dataset` may be empty if it was not recognised.
        refusal: why.
        rows: rows that were read before it was refused.
    """
    content = {
        "rules": pa.array([[refusal.code]], pa.list_(pa.string())),
        "reason": pa.array([f"{refusal.notice}{refusal.remedy}"]),
        "content": pa.array([json.dumps({"rows": rows})]),
    }
    return _table(batch, content, 1)


def _table(
    batch: BatchInput, content: dict[str, pa.ChunkedArray | None], count: int
) -> pa.Table:
    same = {
        "batch_id": batch.batch_id,
        "night": batch.night,
        "department": batch.department,
        "dataset": batch.dataset or None,
        "source_file": batch.source_file,
    }
    columns = []
    for field in QUARANTINE:
        value = content.get(field.name)
        if value is None:
            value = pa.repeat(pa.scalar(same.get(field.name), field.type), count)
        columns.append(value.cast(field.type))
    return pa.Table.from_arrays(columns, schema=QUARANTINE).combine_chunks()


def _shown(dataset: Dataset, rows: pa.Table) -> dict[str, pa.Array]:
    """Return every delivered column as it may be shown, in catalogue order."""
    shown = {}
    for item in dataset.items:
        if item.id in rows.column_names:
            shown[item.id] = masking.of_item(rows[item.id].combine_chunks(), item)
    others = [n for n in rows.column_names if n.startswith("_")]
    for name in others:
        shown[name] = masking.scrub(rows[name].combine_chunks())
    shown["raw_line"] = masking.scrub(rows["raw_line"].combine_chunks(), doubtful=True)
    return shown


def _json(shown: dict[str, pa.Array], count: int) -> pa.Array:
    """Write each row as one JSON object without its empty cells."""
    if not count:
        return pa.array([], pa.string())
    table = pa.table(shown)
    pairs = ", ".join(f"'{name}', \"{name}\"" for name in table.column_names)
    shown_table = table.append_column("_at", _positions(count))
    with in_memory.querying(shown=shown_table) as connection:
        written = connection.sql(
            f"select json_merge_patch('{{}}', json_object({pairs}))::varchar as content"
            " from shown order by _at"
        ).to_arrow_table()
    return written["content"].combine_chunks()


def _positions(count: int) -> pa.Array:
    return pa.array(np.arange(count))


def _reasons(rows: pa.Table, findings: pa.Table) -> tuple[pa.Array, pa.Array]:
    """Gather the critical findings of each row: rule ids, and messages as one text.

    Both tables are in the order of sheets and rows, and every row has a finding.
    """
    critical = findings.filter(
        pc.and_(
            pc.equal(findings["severity"], Severity.CRITICAL.value),
            pc.is_valid(findings["source_row"]),
        )
    )
    critical = look_alike_notes.added(critical)
    starts = _starts(critical)
    for name in ("source_sheet", "source_row"):
        if not critical[name].take(starts).equals(rows[name]):
            raise ValueError("critical findings and rows to put away differ")
    offsets = pa.concat_arrays([starts, pa.array([len(critical)], pa.int32())])
    rules = pa.ListArray.from_arrays(offsets, critical["rule_id"].combine_chunks())
    said = pa.ListArray.from_arrays(offsets, critical["message"].combine_chunks())
    return rules, pc.binary_join(said, "")


def _starts(findings: pa.Table) -> pa.Array:
    """Find where the findings of each row begin."""
    if not len(findings):
        return pa.array([], pa.int32())
    sheets = findings["source_sheet"].combine_chunks().dictionary_encode().indices
    sheet = pc.fill_null(sheets, -1).to_numpy()
    row = findings["source_row"].to_numpy()
    moved = (np.diff(sheet, prepend=-2) != 0) | (np.diff(row, prepend=-1) != 0)
    return pa.array(np.flatnonzero(moved).astype(np.int32))
