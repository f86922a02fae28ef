"""Findings about ends of publication, stated by departments, that are not the law's.

The record is merged as it is; what counts is computed by `warehouse.terms`, for the
views and for publication alike.
"""

import pyarrow as pa

from guiji.catalog.model import Catalog
from guiji.checking import findings
from guiji.checking.findings import Source
from guiji.checking.suite import cell_errors
from guiji.engine import in_memory
from guiji.warehouse import terms


def found(source: Source, catalog: Catalog, typed: pa.Table) -> pa.Table:
    """Make a finding for every stated end outside of the shortest and longest term.

    Args:
        source: the batch, its catalogue entry and how it was read.
        catalog: the regimes of terms.
        typed: n rows, parsed; `row_id` counts them from 0.

    Returns:
        Findings (`schemas.FINDINGS`).

    Source:
        信用修复管理办法(国家发展改革委令第36号): shortest and longest terms.
    """
    dataset = source.dataset
    term = dataset.publication_term
    outside = terms.outside_law(catalog, dataset, source.batch.night)
    tables = []
    for item, condition in outside.items():
        with in_memory.querying(typed=typed) as connection:
            rows = connection.execute(
                f"select row_id from typed where {condition} order by row_id"
            ).fetchall()
        if rows and term is not None:
            hit = typed.take(pa.array([row[0] for row in rows]))
            tables.append(
                findings.of_cell_kind(
                    source,
                    dataset.item(item),
                    hit,
                    cell_errors.OUTSIDE_TERM,
                    term.clause,
                )
            )
    return findings.together(tables)
