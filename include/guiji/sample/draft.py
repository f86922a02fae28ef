"""A delivery before it is written, and which of its rows have something in common."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from guiji.catalog.model import Catalog, Condition, Dataset, Item
from guiji.sample.layouts import Layout, Text
from guiji.sample.subjects import Columns

Flags = NDArray[np.bool_]

OPERATION = "_operation"
LOST = "\ufffd"  # what is left of a lost character
UNDECODABLE = "\ue000"
"""Stands for bytes that are no text in the file's encoding until it is encoded."""

LINE = "_line"
"""Not an item: the edit `long` or `short` changes the number of cells of a line."""


@dataclass(frozen=True)
class Draft:
    """A delivery before it is written.

    Attributes:
        dataset: what it holds.
        catalog: whose code lists it uses.
        night: on which it is delivered.
        layout: how it is written.
        records: its values.
        text: the same as text, and under `_operation` the column 操作 if it has one.
    """

    dataset: Dataset
    catalog: Catalog
    night: date
    layout: Layout
    records: Columns
    text: Text


def count(draft: Draft) -> int:
    """Count the rows of a draft."""
    return len(next(iter(draft.records.values())))


def everywhere(draft: Draft) -> Flags:
    """Choose every row."""
    return np.ones(count(draft), dtype=bool)


def is_text(draft: Draft) -> Flags:
    """Choose every row of a text file, none of a workbook."""
    return np.full(count(draft), draft.layout.suffix != ".xlsx")


def has_mark(draft: Draft) -> Flags:
    """Choose every row of a file that begins with the byte order mark of UTF-8."""
    return np.full(count(draft), draft.layout.encoding == "utf-8-sig")


def valid(column: pa.Array) -> Flags:
    """Find the rows of a column that hold something."""
    filled: Flags = np.asarray(column.is_valid())
    return filled


def given(item: Item) -> Callable[[Draft], Flags]:
    """Find rows where the item is filled in."""
    return lambda draft: valid(draft.text[item.id])


def holding(draft: Draft, condition: Condition) -> Flags:
    """Find rows where a condition holds."""
    column = draft.records[condition.item]
    return rows_holding(column, condition, draft.dataset, draft.catalog)


def rows_holding(
    column: pa.Array, condition: Condition, dataset: Dataset, catalog: Catalog
) -> Flags:
    """Find rows where a condition holds on the values of its item."""
    encoded = column.dictionary_encode()
    flags = [
        holds(condition, value, dataset, catalog)
        for value in encoded.dictionary.to_pylist()
    ]
    asked = pa.array([*flags, False]).take(encoded.indices.fill_null(len(flags)))
    fit: Flags = np.asarray(asked)
    return fit


def held(item: Item, condition: Condition, *, given: bool) -> Callable[[Draft], Flags]:
    """Find rows where a condition holds and the item is filled in, or not."""

    def rows(draft: Draft) -> Flags:
        present = valid(draft.records[item.id])
        return holding(draft, condition) & (present if given else ~present)

    return rows


def allowed(item: Item) -> Callable[[Draft], Flags]:
    """Find rows where the item may be filled in."""
    unless = item.empty_when
    return lambda draft: (
        everywhere(draft) if unless is None else ~holding(draft, unless)
    )


def holds(
    condition: Condition, stored: str, dataset: Dataset, catalog: Catalog
) -> bool:
    """Return whether a condition holds for a stored value."""
    if condition.contains:
        return any(word in stored for word in condition.contains)
    names = set(stored.split("；"))
    item = dataset.item(condition.item)
    if item.code_list:
        for code in catalog.code_list(dataset, item.code_list).values:
            if code.code in names:
                names |= {code.title, *code.aliases}
    return not names.isdisjoint(condition.values)
