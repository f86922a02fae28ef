"""Findings: a line for every fault, with the cell it is in and what to do about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Dataset, Item
from guiji.catalog.vocabulary import Responsibility, Severity
from guiji.checking import addresses, masking
from guiji.checking.suite import cell_errors, row_errors, table_rules
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording
from guiji.core.schemas import FINDINGS
from guiji.reading.result import CellFaults, Reading

SHOWN = 200
"""Most characters of a value in a finding; the quarantine keeps the whole."""

NOWHERE = pa.table(
    {
        "source_sheet": pa.nulls(1, pa.string()),
        "source_row": pa.nulls(1, pa.int32()),
    }
)
"""Where a finding about a delivery as a whole is."""

NOT_COMPUTED = Wording(
    "平台未能计算该规则，本批不作结论。",
    "The platform could not compute this rule; the batch has no verdict.",
    table_rules.OURS,
)

Positions = np.ndarray[Any, np.dtype[np.int64]]

OPERATION_TITLE = "操作"
FORM = ".form"
"""End of the ids of rules on the form of a value."""

_ORDER = ("source_sheet", "source_row", "_place", "source_column", "rule_id", "item")


@dataclass(frozen=True)
class BatchInput:
    """The batch that is checked.

    Attributes:
        batch_id: its id.
        night: the night that checks it.
        department: id of the department that delivered it.
        dataset: id of its dataset.
        source_file: the file's name as delivered.
        received_on: the day of its arrival in Shanghai; None = the night.
    """

    batch_id: str
    night: date
    department: str
    dataset: str
    source_file: str
    received_on: date | None = None

    @property
    def latest_day(self) -> date:
        """The last day that is not in the future for this batch.

        A night that runs late takes what arrived after its own day.
        """
        return max(self.night, self.received_on or self.night)


@dataclass(frozen=True)
class Source:
    """Where findings of a batch come from.

    Attributes:
        batch: the batch.
        dataset: its catalogue entry.
        reading: how its file was read.
    """

    batch: BatchInput
    dataset: Dataset
    reading: Reading


def of_rule(source: Source, rule: RuleExpectation, rows: pa.Table) -> pa.Table:
    """Make the findings of one rule.

    Args:
        source: the batch.
        rule: the broken rule.
        rows: the faulty rows of the typed table, with the text table's `_operation`.
    """
    levels = _levels(rule, rows)
    return _table(
        source,
        rows,
        {
            "item": rule.item,
            "title": rule.title,
            "value": _values(source.dataset, rule, rows),
            "source_column": addresses.letters(source.reading, rule.item, rows),
            "rule_id": rule.rule_id,
            "severity": rule.severity.value,
            "dimension": rule.dimension.value,
            "responsibility": rule.responsibility.value,
            "clause": rule.clause,
            **_said(rule.wording, rule.worded(), levels),
        },
    )


def of_faults(source: Source, rows: pa.Table) -> pa.Table:
    """Make the findings of rows that could not be read.

    Args:
        source: the batch.
        rows: the rows of the text table that have a `fault`.
    """
    tables = []
    for fault in sorted(pc.unique(rows["fault"]).to_pylist()):
        hit = rows.filter(pc.equal(rows["fault"], fault))
        error = row_errors.of(fault)
        content = {
            "value": _shown(_one(hit["raw_line"]), None),
            "source_column": _one(hit["fault_column"]),
            "rule_id": fault_rule(source.dataset, fault),
            "severity": error.severity.value,
            "dimension": error.dimension.value,
            "responsibility": Responsibility.DEPARTMENT.value,
            "clause": source.dataset.standard,
            **_said(error.wording, {}, None),
            "message": _located(error.wording.message, hit),
        }
        tables.append(_table(source, hit, content))
    return together(tables)


def of_cells(source: Source, text: pa.Table) -> tuple[pa.Table, Positions]:
    """Make the findings of cells whose content was lost before they were delivered.

    Args:
        source: the batch; its reading says which cells.
        text: the text table.

    Returns:
        The findings, and the positions in `text` of the rows that they are about.
    """
    tables, indices = [], [np.empty(0, np.int64)]
    for sheet in source.reading.sheets:
        if not sheet.faults:
            continue
        places = np.flatnonzero(addresses.in_sheet(text, sheet.name))
        numbers = text["source_row"].to_numpy()[places]
        for fault in sheet.faults:
            positions = places[np.isin(numbers, fault.rows)]
            indices.append(positions)
            tables.append(_of_cells(source, text.take(pa.array(positions)), fault))
    return together(tables), np.unique(np.concatenate(indices))


def _of_cells(source: Source, rows: pa.Table, fault: CellFaults) -> pa.Table:
    items = {item.id: item for item in source.dataset.items}
    item = items.get(fault.item)
    title = OPERATION_TITLE if item is None else item.title
    error = cell_errors.ERRORS[fault.code]
    content = {
        "source_column": fault.column,
        "item": fault.item,
        "title": title,
        "value": _shown(_one(rows[fault.item]), item),
        "rule_id": cell_rule(source.dataset, fault),
        "severity": Severity.CRITICAL.value,
        "dimension": error.dimension.value,
        "responsibility": Responsibility.DEPARTMENT.value,
        "clause": source.dataset.standard,
        **_said(error.worded(title, fault.item), {}, None),
    }
    return _table(source, rows, content)


def of_cell_kind(
    source: Source,
    item: Item,
    rows: pa.Table,
    code: str,
    clause: str,
    shown: pa.Array | None = None,
) -> pa.Table:
    """Make findings about cells that no rule of the suite is about.

    Args:
        source: the batch.
        item: whose cells they are.
        rows: the rows of the typed table that are meant.
        code: of `cell_errors.ERRORS`.
        clause: document and paragraph.
        shown: the cells as delivered; None = as the typed table has them.
    """
    error = cell_errors.ERRORS[code]
    raw = f"{item.id}__raw"
    if shown is None:
        shown = _one(rows[raw if raw in rows.column_names else item.id])
    content = {
        "source_column": addresses.letters(source.reading, item.id, rows),
        "item": item.id,
        "title": item.title,
        "value": _shown(shown, item),
        "rule_id": f"{source.dataset.id}.{item.id}.{code.lower()}",
        "severity": error.severity.value,
        "dimension": error.dimension.value,
        "responsibility": Responsibility.DEPARTMENT.value,
        "clause": clause,
        **_said(error.worded(item.title, item.id), {}, None),
    }
    return _table(source, rows, content)


def cell_rule(dataset: Dataset, fault: CellFaults) -> str:
    """Name the rule that a cell breaks whose content was lost."""
    return f"{dataset.id}.{fault.item}.{fault.code.lower()}"


def _located(message: str, rows: pa.Table) -> pa.Array:
    """Name the line of the text file where it is not the number of the row."""
    plain = pa.repeat(message, len(rows))
    if "source_line" not in rows.column_names:
        return plain
    lines = _one(rows["source_line"])
    named = pc.binary_join_element_wise(
        message, "（文件第", lines.cast(pa.string()), "行）", ""
    )
    differs = pc.fill_null(pc.not_equal(lines, _one(rows["source_row"])), False)
    return pc.if_else(differs, named, plain)


def of_batch(source: Source, rule: RuleExpectation, computed: bool) -> pa.Table:
    """Make the finding that a rule of the table is broken or any was not computed."""
    words = rule.wording if computed else NOT_COMPUTED
    severity = rule.severity if rule.judgement is Judgement.FACT else Severity.CRITICAL
    content = _of_rule_as_whole(rule, words, severity)
    content["responsibility"] = Responsibility.PLATFORM.value
    return _table(source, NOWHERE, content)


def of_whole(
    source: Source, rule: RuleExpectation, words: Wording, severity: Severity
) -> pa.Table:
    """Make the finding that a delivery as a whole breaks a rule.

    Args:
        source: the delivery.
        rule: the broken rule.
        words: what the finding says.
        severity: of the finding, which may be milder than the rule's.
    """
    content = _of_rule_as_whole(rule, words, severity)
    return _table(source, NOWHERE, content)


def _of_rule_as_whole(
    rule: RuleExpectation, words: Wording, severity: Severity
) -> dict[str, str | pa.Array | None]:
    return {
        "item": rule.item,
        "title": rule.title,
        "rule_id": rule.rule_id,
        "severity": severity.value,
        "dimension": rule.dimension.value,
        "responsibility": rule.responsibility.value,
        "clause": rule.clause,
        **_said(words, {}, None),
    }


def fault_rule(dataset: Dataset, fault: str) -> str:
    """Name the rule that a fault of reading breaks."""
    return f"{dataset.id}.row.{fault.lower()}"


def together(tables: Iterable[pa.Table]) -> pa.Table:
    """Join findings and sort them by sheet, row, column and rule."""
    joined = pa.concat_tables([FINDINGS.empty_table(), *tables])
    place = pc.utf8_length(joined["source_column"])  # Z comes before AA
    keyed = joined.append_column("_place", place)
    keys = [(name, "ascending", "at_start") for name in _ORDER]
    order = pc.sort_indices(keyed, sort_keys=keys)
    return joined.take(order).combine_chunks()


def cells(table: pa.Table) -> pa.Array:
    """Name the cell of each finding: sheet, row and item."""
    names = ("source_sheet", "source_row", "item")
    parts = [_one(table[name].cast(pa.string())) for name in names]
    return pc.binary_join_element_wise(
        *parts, "\x1f", null_handling="replace", null_replacement=""
    )


def not_at_critical_cells(table: pa.Table, of_rules: pa.Table) -> pa.Table:
    """Drop findings about cells that a rule already reports as wrong.

    Args:
        table: the findings (`schemas.FINDINGS`).
        of_rules: what the rules found.
    """
    critical = pc.equal(of_rules["severity"], Severity.CRITICAL.value)
    taken = cells(of_rules.filter(critical))
    return table.filter(pc.invert(pc.is_in(cells(table), value_set=taken)))


def without_lost(of_rules: pa.Table, of_lost: pa.Table) -> pa.Table:
    """Drop findings about the form of cells whose content was lost.

    That a code kept as a number is no code follows from the first: one finding.

    Args:
        of_rules: findings of rules.
        of_lost: findings of lost cells, see `of_cells`.
    """
    if not (len(of_rules) and len(of_lost)):
        return of_rules
    is_told = pc.is_in(cells(of_rules), value_set=cells(of_lost))
    is_form = _one(pc.ends_with(of_rules["rule_id"], FORM))
    return of_rules.filter(pc.invert(pc.and_(is_told, is_form)))


def _said(
    plain: Wording, worded: Mapping[str, Wording], levels: pa.Array | None
) -> dict[str, str | pa.Array]:
    parts = ("message", "message_en", "remedy")
    if levels is None:
        return {part: getattr(plain, part) for part in parts}
    coded = levels.dictionary_encode()
    words = [worded.get(level, plain) for level in coded.dictionary.to_pylist()]
    words.append(plain)  # of rows without a level
    indices = pc.fill_null(coded.indices, len(words) - 1)
    return {
        part: pa.array([getattr(w, part) for w in words], pa.string()).take(indices)
        for part in parts
    }


def _levels(rule: RuleExpectation, rows: pa.Table) -> pa.Array | None:
    return None if rule.level is None else _one(rows[rule.level])


def _values(dataset: Dataset, rule: RuleExpectation, rows: pa.Table) -> pa.Array:
    if rule.shows is None or rule.shows not in rows.column_names:
        return pa.nulls(len(rows), pa.string())
    items = {item.id: item for item in dataset.items}
    return _shown(_one(rows[rule.shows]), items.get(rule.item or ""))


def _shown(values: pa.Array, item: Item | None) -> pa.Array:
    """Mask values, and cut them short only then: a part of a number is not seen."""
    return pc.utf8_slice_codeunits(masking.of_item(values, item), 0, SHOWN)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()


def _table(
    source: Source, rows: pa.Table, content: Mapping[str, str | pa.Array | None]
) -> pa.Table:
    """Fill in what all findings of a batch share; a single value is for all rows."""
    batch = source.batch
    whole: dict[str, object] = {
        "batch_id": batch.batch_id,
        "night": batch.night,
        "department": batch.department,
        "dataset": batch.dataset,
        "source_file": batch.source_file,
        "source_sheet": _one(rows["source_sheet"]),
        "source_row": _one(rows["source_row"]),
        **content,
    }
    count = len(rows)
    columns = []
    for field in FINDINGS:
        value = whole.get(field.name)
        if not isinstance(value, pa.Array):
            value = pa.repeat(pa.scalar(value, field.type), count)
        columns.append(value.cast(field.type))
    return pa.Table.from_arrays(columns, schema=FINDINGS)
