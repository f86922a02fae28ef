"""Text becomes the types of the catalogue, a block of rows at a time.

What comes out has every item of the dataset, whether it was delivered or not, so that
all later stages see the same columns. No cell is dropped: what cannot be read keeps
its text beside a null, and judging it is left to the checks.
"""

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Catalog, Dataset, Item
from guiji.domain import amounts, columns, currencies
from guiji.domain.text import clean
from guiji.parsing import identity, items, operations, owners, repeats, statements
from guiji.parsing.items import Context, Parsed

BLOCK = 131_072
"""Rows at a time: what a column of them takes is far below the 2 GiB of an array."""

SENDER = "_sender"
"""Column beside the text of a block: the department that delivers."""


def parse(
    text: pa.Table,
    dataset: Dataset,
    catalog: Catalog,
    sender: str,
    person_key: bytes,
    regions: Collection[str] | None = None,
    block_rows: int = BLOCK,
) -> pa.Table:
    """Read all rows that have no fault of their own.

    Args:
        text: `text.parquet`: `schemas.TEXT_COLUMNS`, then text columns named by item;
            a column `_operation` may say 新增, 变更 or 撤销.
        dataset: the catalogue entry that it was recognised as.
        catalog: its catalogue, for code lists.
        sender: the department that delivers.
        person_key: secret of the hash under which natural persons are kept.
        regions: codes of GB/T 2260 and of zones that a credit code may bear; None =
            only provinces are known.
        block_rows: rows that are parsed at a time.

    Returns:
        One row per row without fault, in the order delivered: `row_id` (0, 1, …),
        `source_sheet`, `source_row`, `operation`, `operation__ok`; per item the value
        and, but for plain text, `<item>__raw` (as delivered, personal numbers masked)
        and `<item>__ok` (false: not understood; true for null); per credit code also
        `__level`, `__unknown_pair`, `__unknown_region`, `__inner_ok`, per amount
        `__level` (why its currency does not fit: `two_currencies`, or the title of a
        foreign currency where the item takes none), per
        organisation code `__repaired`, per date `__forever`, per identity document
        `__hash`; at the end `owner`, `subject`, `matched_by`, `record_key`,
        `record_id`, `event_on`, `produced_on`, `content_hash`, `key_repeats` (another
        row states the same record otherwise), `key_copies` (an earlier row says the
        same).
    """
    known = dataset, catalog, person_key, regions, block_rows
    (table,) = parse_together([text], [sender], *known)
    return table


def parse_together(
    texts: Sequence[pa.Table],
    senders: Sequence[str],
    dataset: Dataset,
    catalog: Catalog,
    person_key: bytes,
    regions: Collection[str] | None = None,
    block_rows: int = BLOCK,
) -> list[pa.Table]:
    """Read deliveries of a dataset, the rows of small ones together; see `parse`.

    Args:
        texts: of each delivery the text table.
        senders: of each delivery the department.
        dataset: as of `parse`.
        catalog: as of `parse`.
        person_key: as of `parse`.
        regions: as of `parse`.
        block_rows: as of `parse`.

    Returns:
        For each delivery what `parse` returns.
    """
    listed = None if regions is None else frozenset(regions)
    readable = [_readable(text) for text in texts]
    sent = [
        text.append_column(SENDER, columns.constant(sender, len(text), pa.string()))
        for text, sender in zip(readable, senders, strict=True)
    ]
    tables: list[pa.Table] = []
    for group in _groups(sent, block_rows):
        rows = _stacked(group)
        context = items.context(dataset, catalog, person_key, listed, rows)
        blocks = rows.to_batches(max_chunksize=block_rows) if len(rows) else []
        empty = pa.RecordBatch.from_pylist([], rows.schema)
        parsed = [_block(b, context, catalog) for b in blocks or [empty]]
        tables += _parts(pa.concat_tables(parsed), group)
    return [
        _numbered(table, text, dataset)
        for table, text in zip(tables, readable, strict=True)
    ]


def _readable(text: pa.Table) -> pa.Table:
    """Return the rows that have no fault of their own."""
    if text["fault"].null_count == len(text):
        return text
    return text.filter(pc.is_null(text["fault"]))


def _groups(texts: Sequence[pa.Table], rows: int) -> Iterator[list[pa.Table]]:
    """Yield texts in their order, as many at a time as have so many rows together."""
    group: list[pa.Table] = []
    for text in texts:
        if group and sum(map(len, group)) + len(text) > rows:
            yield group
            group = []
        group.append(text)
    if group:
        yield group


def _stacked(texts: Sequence[pa.Table]) -> pa.Table:
    """Put texts below one another; a column that a text lacks is null there."""
    if len(texts) == 1:
        return texts[0]
    return pa.concat_tables(texts, promote_options="default").combine_chunks()


def _parts(table: pa.Table, texts: Sequence[pa.Table]) -> Iterator[pa.Table]:
    """Yield the rows of each text."""
    first = 0
    for text in texts:
        yield table.slice(first, len(text))
        first += len(text)


def _numbered(table: pa.Table, text: pa.Table, dataset: Dataset) -> pa.Table:
    """Number the rows, mark keys that occur again; a copy has its original's hash."""

    def states(rows: pa.Array) -> pa.Array:
        return statements.statements(dataset, table.take(rows), text.take(rows))

    again, first = repeats.repeats(columns.combine(table["record_id"]), states)
    numbers = np.arange(len(table))
    copies = first != numbers
    if copies.any():
        at = table.schema.get_field_index("content_hash")
        same = table["content_hash"].take(pa.array(first))
        table = table.set_column(at, "content_hash", same)
    table = table.add_column(0, "row_id", pa.array(numbers, pa.int64()))
    table = table.append_column("key_repeats", again)
    return table.append_column("key_copies", pa.array(copies))


def read_items(rows: pa.RecordBatch, context: Context) -> dict[str, Parsed]:
    """Read every item of the dataset in one block of rows."""
    delivered = set(rows.schema.names)
    texts = {
        item.id: columns.combine(rows[item.id])
        if item.id in delivered
        else pa.nulls(len(rows), pa.string())
        for item in context.dataset.items
    }
    disputed = _take_over_currencies(context.dataset.items, texts)
    parsed = {
        item.id: items.parse_item(item, texts[item.id], context)
        for item in context.dataset.items
    }
    for item_id, conflict in disputed.items():
        parsed[item_id] = _dispute(item_id, parsed[item_id], conflict)
    return parsed


def _block(rows: pa.RecordBatch, context: Context, catalog: Catalog) -> pa.Table:
    parsed = read_items(rows, context)
    has_words = operations.COLUMN in rows.schema.names
    said = columns.combine(rows[operations.COLUMN]) if has_words else None
    operation, operation_ok, restoring = operations.operations(context, parsed, said)
    table_columns = {
        "source_sheet": rows["source_sheet"],
        "source_row": rows["source_row"],
        "operation": operation,
        "operation__ok": operation_ok,
        "is_restoring": restoring,
    }
    for column in parsed.values():
        table_columns |= column.columns
    senders = columns.combine(rows[SENDER])
    owner = owners.owners(context.dataset, catalog, senders, parsed)
    return pa.table(
        table_columns | identity.identify(context, parsed, operation, owner)
    )


def _take_over_currencies(
    all_items: tuple[Item, ...], texts: dict[str, pa.Array]
) -> dict[str, pa.Array]:
    """Move currencies written beside amounts into the items that hold them.

    Returns:
        Amount item -> rows in which the currency item says something else.
    """
    disputed = {}
    for item in all_items:
        if item.currency_item is None or item.unit is None:
            continue
        _, _, written = amounts.parse(clean(texts[item.id]), item.unit)
        if written.null_count == len(written):
            continue
        delivered = clean(texts[item.currency_item])
        titles = columns.mapped(delivered, currencies.title_of)
        disputed[item.id] = pc.fill_null(pc.not_equal(titles, written), False)
        texts[item.currency_item] = pc.coalesce(delivered, written)
    return disputed


def _dispute(item_id: str, parsed: Parsed, conflict: pa.Array) -> Parsed:
    """Invalidate amounts whose currency is written twice, and differently."""
    amount = parsed.columns[item_id]
    parsed.columns[item_id] = pc.if_else(conflict, pa.scalar(None, amount.type), amount)
    ok = parsed.columns[f"{item_id}__ok"]
    parsed.columns[f"{item_id}__ok"] = pc.and_(ok, pc.invert(conflict))
    parsed.columns[f"{item_id}__level"] = pc.if_else(
        conflict, currencies.TWO_CURRENCIES, parsed.columns[f"{item_id}__level"]
    )
    return Parsed(
        parsed.columns, pc.if_else(conflict, columns.no_text(), parsed.content)
    )
