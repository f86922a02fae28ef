"""Findings about cells that were read otherwise than they are written, without fault.

A word for "no value" (无, N/A, —) is an empty cell, small letters of a code are
capitals, and characters that nobody sees and Excel's marks for text are taken away. No
rule of a suite asks this: it would be one for each of all items.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Item
from guiji.catalog.vocabulary import ItemType
from guiji.checking import findings
from guiji.checking.findings import Source
from guiji.checking.suite import cell_errors
from guiji.checking.suite.items import raw
from guiji.domain import columns
from guiji.domain import text as text_forms
from guiji.domain.text import is_null_token

REQUIRED = r"\.required(_when)?$"
CODES = (ItemType.USCC, ItemType.ORG_CODE, ItemType.PERSON_ID)


def found(source: Source, text: pa.Table, typed: pa.Table) -> pa.Table:
    """Make a finding for every null token, removed mark and code in small letters.

    Args:
        source: the batch, its catalogue entry and how it was read.
        text: all rows read.
        typed: those without a fault, parsed, in the same order.

    Returns:
        Findings (`schemas.FINDINGS`), all of them info; personal numbers are masked.
    """
    readable = text["fault"].is_null()
    is_whole = text["fault"].null_count == len(text)
    tables = []
    for item in source.dataset.items:
        if item.id not in text.column_names:
            continue
        cells = text[item.id] if is_whole else text[item.id].filter(readable)
        delivered = columns.combine(cells)
        tables.append(_null_tokens(source, item, delivered, typed))
        tables.append(_removed_marks(source, item, delivered, typed))
        if item.type in CODES:
            tables.append(_small_letters(source, item, delivered, typed))
    return findings.together(t for t in tables if t is not None)


def _null_tokens(
    source: Source, item: Item, delivered: pa.Array, typed: pa.Table
) -> pa.Table | None:
    """Find the cells that hold something and were read as empty."""
    value = typed[raw(item)]
    if value.null_count <= delivered.null_count:
        return None  # what was empty before is all that is
    holds = pc.greater(pc.binary_length(delivered), 0)
    rows = columns.true_rows(pc.and_(holds, columns.combine(value).is_null()))
    shown = delivered.take(pa.array(rows))
    coded = shown.dictionary_encode()
    words = pa.array(map(is_null_token, coded.dictionary.to_pylist()), pa.bool_())
    is_word = columns.flags(words.take(coded.indices))
    rows, shown = rows[is_word], shown.filter(pa.array(is_word))
    return _findings(source, item, typed, rows, cell_errors.NULL_TOKEN, shown)


def _removed_marks(
    source: Source, item: Item, delivered: pa.Array, typed: pa.Table
) -> pa.Table | None:
    """Find the cells that lost more than the blanks around them."""
    differs = pc.not_equal(columns.combine(typed[raw(item)]), delivered)
    rows = columns.true_rows(differs)  # masked ones among them
    rows = rows[text_forms.holds_marks(delivered.take(pa.array(rows)))]
    if not len(rows):
        return None
    coded = delivered.take(pa.array(rows)).dictionary_encode()
    changed = pa.array(
        map(text_forms.loses_marks, coded.dictionary.to_pylist()), pa.bool_()
    )
    is_changed = columns.flags(changed.take(coded.indices))
    return _findings(source, item, typed, rows[is_changed], cell_errors.MARKS_REMOVED)


def _small_letters(
    source: Source, item: Item, delivered: pa.Array, typed: pa.Table
) -> pa.Table | None:
    """Find the codes that were understood once their letters were capitals."""
    if columns.view(delivered).span.max(initial=0) < ord("a"):
        return None
    small = pc.not_equal(pc.utf8_upper(delivered), delivered)
    value, ok = (columns.combine(typed[item.id]), typed[f"{item.id}__ok"])
    understood = pc.and_(value.is_valid(), ok.combine_chunks())
    rows = columns.true_rows(pc.and_(small, understood))
    return _findings(source, item, typed, rows, cell_errors.SMALL_LETTERS)


def _findings(
    source: Source,
    item: Item,
    typed: pa.Table,
    rows: columns.Rows,
    code: str,
    shown: pa.Array | None = None,
) -> pa.Table | None:
    if not len(rows):
        return None
    named = {"source_sheet", "source_row", item.id, raw(item)}
    hit = typed.select([n for n in typed.column_names if n in named])
    hit = hit.take(pa.array(rows))
    if lost := _lost_cells(source, item):
        at = (hit["source_sheet"].to_pylist(), hit["source_row"].to_pylist())
        kept = pa.array([cell not in lost for cell in zip(*at, strict=True)])
        hit = hit.filter(kept)
        shown = shown if shown is None else shown.filter(kept)
    clause = source.dataset.standard
    return findings.of_cell_kind(source, item, hit, code, clause, shown)


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
