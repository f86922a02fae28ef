"""Findings about cells that were read otherwise than they are written, without fault.

A word for "no value" (无, N/A, —) is an empty cell, small letters of a code are
capitals, and characters that nobody sees and Excel's marks for text are taken away. No
rule of a suite asks this: it would be one for each of all items.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Item
from guiji.catalog.vocabulary import ItemType
from guiji.checking import findings
from guiji.checking.findings import Source
from guiji.checking.row_stack import CheckedRows, RowStack
from guiji.checking.suite import cell_errors
from guiji.checking.suite.items import raw
from guiji.domain import columns
from guiji.domain import text as text_forms
from guiji.domain.text import is_null_token

REQUIRED = r"\.required(_when)?$"
CODES = (ItemType.USCC, ItemType.ORG_CODE, ItemType.PERSON_ID)


def found(batches: Sequence[CheckedRows]) -> list[pa.Table]:
    """Make a finding for every null token, removed mark and code in small letters.

    Args:
        batches: deliveries of one dataset.

    Returns:
        Of each delivery the findings (`schemas.FINDINGS`), all of them info; personal
        numbers are masked.
    """
    rows = RowStack(batches)
    tables: list[list[pa.Table]] = [[] for _ in batches]
    for item in rows.dataset.items:
        delivered = rows.delivered(item.id)
        if delivered is None:
            continue
        for number, table in _of_item(rows, item, delivered):
            tables[number].append(table)
    return [findings.together(each) for each in tables]


def _of_item(
    rows: RowStack, item: Item, delivered: pa.Array
) -> Iterator[tuple[int, pa.Table]]:
    """Yield findings about an item, with the number of their delivery."""
    yield from _null_tokens(rows, item, delivered)
    marked = _removed_marks(rows, item, delivered)
    yield from _findings(rows, item, marked, cell_errors.MARKS_REMOVED)
    if item.type in CODES:
        small = _small_letters(rows, item, delivered)
        yield from _findings(rows, item, small, cell_errors.SMALL_LETTERS)


def _null_tokens(
    stack: RowStack, item: Item, delivered: pa.Array
) -> Iterator[tuple[int, pa.Table]]:
    """Find the cells that hold something and were read as empty."""
    holds = pc.greater(pc.binary_length(delivered), 0)
    rows = columns.true_rows(pc.and_(holds, stack.column(raw(item)).is_null()))
    if not len(rows):
        return
    shown = delivered.take(pa.array(rows))
    coded = shown.dictionary_encode()
    words = pa.array(map(is_null_token, coded.dictionary.to_pylist()), pa.bool_())
    is_word = columns.flags(words.take(coded.indices))
    rows, shown = rows[is_word], shown.filter(pa.array(is_word))
    yield from _findings(stack, item, rows, cell_errors.NULL_TOKEN, shown)


def _removed_marks(stack: RowStack, item: Item, delivered: pa.Array) -> columns.Rows:
    """Find the cells that lost more than the blanks around them."""
    rows = columns.true_rows(pc.not_equal(stack.column(raw(item)), delivered))
    if not len(rows):
        return rows
    rows = rows[text_forms.holds_marks(delivered.take(pa.array(rows)))]  # or masked
    coded = delivered.take(pa.array(rows)).dictionary_encode()
    changed = pa.array(
        map(text_forms.loses_marks, coded.dictionary.to_pylist()), pa.bool_()
    )
    return rows[columns.flags(changed.take(coded.indices))]


def _small_letters(stack: RowStack, item: Item, delivered: pa.Array) -> columns.Rows:
    """Find the codes that were understood once their letters were capitals."""
    if columns.view(delivered).span.max(initial=0) < ord("a"):
        return np.empty(0, np.int64)
    small = pc.not_equal(pc.utf8_upper(delivered), delivered)
    ok = stack.column(f"{item.id}__ok")
    understood = pc.and_(stack.column(item.id).is_valid(), ok)
    return columns.true_rows(pc.and_(small, understood))


def _findings(
    stack: RowStack,
    item: Item,
    rows: columns.Rows,
    code: str,
    shown: pa.Array | None = None,
) -> Iterator[tuple[int, pa.Table]]:
    named = {"source_sheet", "source_row", item.id, raw(item)}
    for part in stack.parts(rows, named):
        hit, cells = part.rows, None if shown is None else shown[part.at]
        if lost := _lost_cells(part.source, item):
            at = (hit["source_sheet"].to_pylist(), hit["source_row"].to_pylist())
            kept = pa.array([cell not in lost for cell in zip(*at, strict=True)])
            hit = hit.filter(kept)
            cells = cells if cells is None else cells.filter(kept)
        clause = part.source.dataset.standard
        yield (
            part.number,
            findings.of_cell_kind(part.source, item, hit, code, clause, cells),
        )


def _lost_cells(source: Source, item: Item) -> set[tuple[str | None, int]]:
    """Return sheet and row of the item's cells whose content was lost: that is told."""
    return {
        (sheet.name, row)
        for sheet in source.reading.sheets
        for fault in sheet.faults
        if fault.item == item.id
        for row in fault.rows
    }


def beside_required(table: pa.Table) -> pa.Table:
    """Add the cell's content to "未填写" where a null token was read as empty.

    The finding about the word itself goes: one cell, one finding.

    Args:
        table: findings of the batch (`schemas.FINDINGS`).
    """
    is_word = pc.ends_with(table["rule_id"], f".{cell_errors.NULL_TOKEN.lower()}")
    is_asked = pc.match_substring_regex(table["rule_id"], REQUIRED)
    if not (pc.any(is_word).as_py() and pc.any(is_asked).as_py()):
        return table
    cells = findings.cells(table)
    word_cells = cells.filter(pa.array(columns.flags(is_word)))
    asked = np.flatnonzero(columns.flags(is_asked))
    place = pc.index_in(cells.take(pa.array(asked)), value_set=word_cells)
    asked, place = asked[columns.flags(place.is_valid())], place.drop_null()
    texts = columns.combine(table.filter(is_word)["value"].take(place))
    message = columns.combine(table["message"])
    said = pc.binary_join_element_wise(
        message.take(pa.array(asked)), "（单元格中为“", texts, "”，按空白处理）", ""
    )
    changed = {
        "value": columns.put(columns.combine(table["value"]), asked, texts),
        "message": columns.put(message, asked, said),
    }
    for name, column in changed.items():
        at = table.schema.get_field_index(name)
        table = table.set_column(at, table.schema.field(at), column)
    is_repeated = pc.is_in(cells, value_set=cells.take(pa.array(asked)))
    return table.filter(pc.invert(pc.and_(is_word, is_repeated)))
