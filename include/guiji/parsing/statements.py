"""What a row states, in a form in which characters that look alike are the same.

Two rows of a record whose texts nobody can tell apart, or whose number only has other
brackets, state the same. Only rows of a record that occurs again are compared so: the
hash of the content keeps every character, so that a corrected bracket is a change.
"""

from collections.abc import Iterator

import pyarrow as pa

from guiji.catalog.model import Dataset, Item
from guiji.catalog.vocabulary import ItemType
from guiji.domain import columns, text
from guiji.parsing import identity


def statements(dataset: Dataset, rows: pa.Table, delivered: pa.Table) -> pa.Array:
    """Return what rows state as comparable text.

    Args:
        dataset: the catalogue entry.
        rows: n rows of the typed table.
        delivered: the same rows as delivered; phone numbers are whole only there.
    """
    parts = [
        part
        for item in dataset.items
        for part in _of_item(dataset, item, rows, delivered)
    ]
    parts.append(columns.combine(rows["operation"]))
    return identity.join(parts, identity.BETWEEN_ITEMS)


def _of_item(
    dataset: Dataset, item: Item, rows: pa.Table, delivered: pa.Table
) -> Iterator[pa.Array]:
    match item.type:
        case ItemType.TEXT:
            yield _of_text(dataset, item, columns.combine(rows[item.id]))
        case ItemType.PERSON_ID:
            yield columns.combine(rows[f"{item.id}__hash"])
        case ItemType.PHONE if item.id in delivered.column_names:
            yield text.compact(delivered[item.id])
        case ItemType.DATE:
            yield columns.combine(rows[item.id].cast(pa.string()))
            yield columns.combine(rows[f"{item.id}__forever"].cast(pa.string()))
        case _:
            yield columns.combine(rows[item.id].cast(pa.string()))


def _of_text(dataset: Dataset, item: Item, values: pa.Array) -> pa.Array:
    if item.id in dataset.key:
        return text.document_no_norm(values)
    if item.id == dataset.subject.name:
        return text.name_norm(values)
    return text.look_alike_norm(values)
