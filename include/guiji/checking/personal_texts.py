"""Findings about texts whose personal data keeps a record out of publication.

The texts are judged by `domain.personal_data`, as publication does after the merge.
No rule of a suite asks this: it would be one for each of all public texts.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog import openness
from guiji.catalog.model import Catalog, Item
from guiji.catalog.vocabulary import SubjectClass
from guiji.checking import findings
from guiji.checking.row_stack import CheckedRows, RowStack
from guiji.checking.suite import cell_errors
from guiji.domain import columns, personal_data
from guiji.domain.matching import MatchedBy


def found(batches: Sequence[CheckedRows], catalog: Catalog) -> list[pa.Table]:
    """Make a finding for every public text that holds personal data.

    Args:
        batches: deliveries of one dataset.
        catalog: its channels.

    Returns:
        Of each delivery the findings (`schemas.FINDINGS`) with masked values; none
        where no channel shows the dataset, and of natural persons whom none shows.

    Source:
        贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条; 个人信息保护法
        第二十八条.
    """
    stack = RowStack(batches)
    tables: list[list[pa.Table]] = [[] for _ in batches]
    if openness.is_published(catalog, stack.dataset):
        shown = _about_shown_subjects(catalog, stack)
        for item in openness.free_texts(catalog, stack.dataset):
            for number, table in _of_item(stack, item, shown):
                tables[number].append(table)
    return [findings.together(each) for each in tables]


def _of_item(
    stack: RowStack, item: Item, shown: columns.Flags
) -> Iterator[tuple[int, pa.Table]]:
    """Yield findings about an item, with the number of their delivery."""
    values = stack.column(item.id)
    kinds = personal_data.kinds(values, is_number=openness.is_number(item))
    rows = np.flatnonzero(shown & columns.flags(kinds.is_valid()))
    error, clause = cell_errors.PERSONAL_DATA, cell_errors.PERSONAL_DATA_CLAUSE
    for part in stack.parts(rows):
        yield (
            part.number,
            findings.of_cell_kind(part.source, item, part.rows, error, clause),
        )


def _about_shown_subjects(catalog: Catalog, stack: RowStack) -> columns.Flags:
    """Return which rows are about subjects whom any channel may show."""
    channels = catalog.jurisdiction.channels
    if any(
        stack.dataset.id in c.datasets and SubjectClass.PERSON in c.shown_classes
        for c in channels
    ):
        return np.ones(len(stack.typed), np.bool_)
    way = stack.column("matched_by")
    return ~columns.flags(pc.equal(way, MatchedBy.PERSON_HASH.value))
