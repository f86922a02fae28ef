"""Findings about ends of publication, stated by departments, that are not the law's.

The record is merged as it is; what counts is computed by `warehouse.terms`, for the
views and for publication alike.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from guiji.catalog.model import Catalog
from guiji.checking import findings
from guiji.checking.row_stack import CheckedRows, RowStack
from guiji.checking.suite import cell_errors
from guiji.domain import columns
from guiji.engine import in_memory
from guiji.warehouse import terms

POSITION = "_position"
"""Column beside the rows: where they are in their stack."""


def found(batches: Sequence[CheckedRows], catalog: Catalog) -> list[pa.Table]:
    """Make a finding for every stated end outside of the shortest and longest term.

    Args:
        batches: deliveries of one dataset and one night.
        catalog: the regimes of terms.

    Returns:
        Of each delivery the findings (`schemas.FINDINGS`).

    Source:
        信用修复管理办法(国家发展改革委令第36号): shortest and longest terms.
    """
    stack = RowStack(batches)
    term = stack.dataset.publication_term
    night = batches[0].source.batch.night
    outside = terms.outside_law(catalog, stack.dataset, night)
    tables: list[list[pa.Table]] = [[] for _ in batches]
    for item, condition in outside.items():
        for part in stack.parts(_rows(stack, condition)):
            tables[part.number].append(
                findings.of_cell_kind(
                    part.source,
                    stack.dataset.item(item),
                    part.rows,
                    cell_errors.OUTSIDE_TERM,
                    term.clause if term else "",
                )
            )
    return [findings.together(each) for each in tables]


def _rows(stack: RowStack, condition: str) -> columns.Rows:
    """Return the rows of which a condition is true."""
    numbers = pa.array(np.arange(len(stack.typed)))
    numbered = stack.typed.append_column(POSITION, numbers)
    with in_memory.querying(typed=numbered) as connection:
        table = connection.sql(
            f"select {POSITION} from typed where {condition} order by {POSITION}"
        ).to_arrow_table()
    rows: columns.Rows = table[POSITION].to_numpy()
    return rows
