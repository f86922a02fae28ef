"""Rows of deliveries of one dataset below one another, looked at in one go.

What is asked of a cell alone costs a few calls of Arrow per column, however few rows
there are: so it is asked of the rows of many deliveries at once, and only what is found
is given back to the delivery that it is about.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from guiji.catalog.model import Dataset
from guiji.checking.findings import Source
from guiji.domain import columns


class CheckedRows(NamedTuple):
    """The rows of one delivery.

    Attributes:
        source: the batch, its catalogue entry and how it was read.
        text: all rows read.
        typed: those without a fault, parsed, in the same order.
    """

    source: Source
    text: pa.Table
    typed: pa.Table


class Part(NamedTuple):
    """Some rows of one delivery.

    Attributes:
        number: of the delivery in its stack.
        source: as of `CheckedRows`.
        rows: these rows of its typed table.
        at: where they are among the rows that were asked for.
    """

    number: int
    source: Source
    rows: pa.Table
    at: slice


@dataclass(frozen=True)
class RowStack:
    """The readable rows of some deliveries of one dataset.

    Attributes:
        batches: the deliveries, at least one.
    """

    batches: Sequence[CheckedRows]

    @property
    def dataset(self) -> Dataset:
        """The catalogue entry."""
        return self.batches[0].source.dataset

    @cached_property
    def typed(self) -> pa.Table:
        """The parsed rows; `row_id` counts those of each delivery."""
        return pa.concat_tables([batch.typed for batch in self.batches])

    @cached_property
    def _text(self) -> pa.Table:
        return pa.concat_tables(
            [_readable(batch.text) for batch in self.batches],
            promote_options="default",
        )

    @cached_property
    def _bounds(self) -> columns.Rows:
        return np.cumsum([0, *(len(batch.typed) for batch in self.batches)])

    def column(self, name: str) -> pa.Array:
        """Return a column of the parsed rows."""
        column = self.typed[name]
        return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)

    def delivered(self, item: str) -> pa.Array | None:
        """Return an item as delivered; None if no delivery has its column."""
        if item not in self._text.column_names:
            return None
        return columns.combine(self._text[item])

    def parts(
        self, rows: columns.Rows, names: set[str] | None = None
    ) -> Iterator[Part]:
        """Yield some rows, by delivery.

        Args:
            rows: positions in the stack, ascending.
            names: the columns wanted, if they are there; None = all.
        """
        bounds = np.searchsorted(rows, self._bounds)
        for number in np.flatnonzero(np.diff(bounds)).tolist():
            batch, at = self.batches[number], slice(*bounds[number : number + 2])
            typed = batch.typed
            if names is not None:
                typed = typed.select([n for n in typed.column_names if n in names])
            hit = typed.take(pa.array(rows[at] - self._bounds[number]))
            yield Part(number, batch.source, hit, at)


def _readable(text: pa.Table) -> pa.Table:
    if text["fault"].null_count == len(text):
        return text
    return text.filter(text["fault"].is_null())
