"""Read missed deadlines in their order, however many there are.

A sort of millions of wide rows does not fit into little memory. Their order is known
by counting them by its leading columns, so they are sorted slice by slice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import duckdb
import pyarrow as pa

from guiji.core.schemas import BREACHES

SLICE_ROWS = 200_000
"""Rows that are sorted at a time; more where they agree in all leading columns."""

NEVER = date(9999, 12, 31)
"""Stands for no day of an event, which comes last."""

LEADING = {
    "department": "department",
    "dataset": "dataset",
    "kind": "kind",
    "clock": "clock",
    "event_on": f"coalesce(event_on, date '{NEVER}')",
}
"""Columns of the order but for the last, the record's id -> expression to count by."""

Counted = tuple[Any, ...]
"""Values of the leading columns, and how many rows have them."""


@dataclass(frozen=True)
class Slice:
    """Consecutive rows of the order: first and last value of some leading columns."""

    bounds: Mapping[str, tuple[Any, Any]]

    @property
    def condition(self) -> str:
        """Return what its rows satisfy."""
        conditions = (
            f"{LEADING[c]} between $first_{c} and $last_{c}" for c in self.bounds
        )
        return " and ".join(conditions) or "true"

    @property
    def parameters(self) -> dict[str, object]:
        """Return the values that the condition names."""
        firsts = {f"first_{c}": first for c, (first, _) in self.bounds.items()}
        return firsts | {f"last_{c}": last for c, (_, last) in self.bounds.items()}


def in_order(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, object]
) -> Iterator[pa.Table]:
    """Yield the rows of a query, slice by slice.

    Args:
        connection: as the query needs it.
        query: without an order; it is run once for each slice.
        parameters: of the query.
    """
    source = f"select * from ({query}) as missed"
    order = ", ".join((*LEADING, "record_id"))
    for part in slices(_counts(connection, query, parameters)):
        text = f"{source} where {part.condition} order by {order}"
        values = {**parameters, **part.parameters}
        table: pa.Table = connection.sql(text, params=values).to_arrow_table()
        yield table.select(BREACHES.names).cast(BREACHES)


def _counts(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, object]
) -> list[Counted]:
    """Count rows by the leading columns, in order."""
    numbers = ", ".join(str(n) for n in range(1, len(LEADING) + 1))
    text = (
        f"select {', '.join(LEADING.values())}, count(*) from ({query}) as missed "
        f"group by {numbers} order by {numbers}"
    )
    rows: list[Counted] = connection.execute(text, dict(parameters)).fetchall()
    return rows


def slices(counts: Sequence[Counted], limit: int = SLICE_ROWS) -> Iterator[Slice]:
    """Cut the order into slices of at most so many rows, if their columns tell."""
    if sum(count[-1] for count in counts) <= limit:
        yield Slice({})
        return
    yield from _cut(counts, 0, {}, limit)


def _cut(
    counts: Sequence[Counted],
    depth: int,
    fixed: Mapping[str, tuple[Any, Any]],
    limit: int,
) -> Iterator[Slice]:
    """Cut rows that agree in the columns before `depth`."""
    column = list(LEADING)[depth]
    packed: list[Any] = []
    rows = 0
    for value, group in groupby(counts, key=lambda count: count[depth]):
        same = list(group)
        more = sum(count[-1] for count in same)
        if packed and rows + more > limit:
            yield Slice({**fixed, column: (packed[0], packed[-1])})
            packed, rows = [], 0
        if more > limit and depth + 1 < len(LEADING):
            yield from _cut(same, depth + 1, {**fixed, column: (value, value)}, limit)
            continue
        packed.append(value)
        rows += more
    if packed:
        yield Slice({**fixed, column: (packed[0], packed[-1])})
