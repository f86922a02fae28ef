"""The rule that rows which agree in some columns agree in one more."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.checking.suite.across_context import AcrossContext
from guiji.checking.suite.rules import RuleExpectation
from guiji.domain import columns, text

SUBJECT = "subject"
"""Column of the typed table: whom the row is about."""

BETWEEN = "\x1f"
"""A control character: cleaning leaves none in any value."""


def one_value(of: AcrossContext) -> RuleExpectation:
    """Rows of one subject with the same items have the same last item."""
    *same, last = of.items
    titles = "、".join(f"“{item.title}”" for item in same)
    return of.by_computed(
        OneValue(tuple(item.id for item in same), last.id),
        f"同一批中主体、{titles}都相同的各行，“{last.title}”也相同。",
        f"Rows of one subject with the same {', '.join(item.id for item in same)} "
        f"have the same {last.id}.",
    )


@dataclass(frozen=True)
class OneValue:
    """Works out the fact for one rule.

    Attributes:
        same: columns that rows of one subject agree in; brackets of any kind are one.
        last: column that they must agree in, too.
    """

    same: tuple[str, ...]
    last: str

    def __call__(self, typed: pa.Table) -> pa.Array:
        """Return which rows have no other row beside them that says otherwise.

        Args:
            typed: n rows.

        Returns:
            n booleans; true as well where one of the columns is empty.
        """
        parts = [
            text.document_no_norm(typed[name].combine_chunks().cast(pa.string()))
            for name in self.same
        ]
        subject = columns.combine(typed[SUBJECT])
        key = pc.binary_join_element_wise(subject, *parts, BETWEEN)
        value = typed[self.last].combine_chunks()
        rows = columns.true_rows(pc.and_(key.is_valid(), value.is_valid()))
        key = key.take(pa.array(rows))
        again = _occur_again(key)
        rows, key = rows[again], key.filter(pa.array(again))
        kept = np.ones(len(typed), np.bool_)
        groups: dict[str, list[int]] = defaultdict(list)
        for row, name in zip(rows, key.to_pylist(), strict=True):
            groups[name].append(row)
        for group in groups.values():
            kept[group] = len(value.take(pa.array(group)).unique()) == 1
        return pa.array(kept)


def _occur_again(keys: pa.Array) -> columns.Flags:
    """Find the keys that occur again."""
    places = keys.dictionary_encode().indices.to_numpy()
    again: columns.Flags = np.bincount(places)[places] > 1
    return again
