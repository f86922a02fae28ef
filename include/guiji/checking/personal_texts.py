"""Findings about texts whose personal data keeps a record out of publication.

The texts are judged by `domain.personal_data`, as publication does after the merge.
No rule of a suite asks this: it would be one for each of all public texts.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog import openness
from guiji.catalog.model import Catalog
from guiji.catalog.vocabulary import SubjectClass
from guiji.checking import findings
from guiji.checking.findings import Source
from guiji.checking.suite import cell_errors
from guiji.core.schemas import FINDINGS
from guiji.domain import columns, personal_data
from guiji.domain.matching import MatchedBy


def found(source: Source, catalog: Catalog, typed: pa.Table) -> pa.Table:
    """Make a finding for every public text that holds personal data.

    Args:
        source: the batch, its catalogue entry and how it was read.
        catalog: its channels.
        typed: n rows, parsed.

    Returns:
        Findings (`schemas.FINDINGS`) with masked values; none where no channel shows
        the dataset, and of natural persons whom none shows.

    Source:
        贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条; 个人信息保护法
        第二十八条.
    """
    dataset = source.dataset
    if not openness.is_published(catalog, dataset):
        return FINDINGS.empty_table()
    shown = _about_shown_subjects(catalog, dataset.id, typed)
    tables = []
    for item in openness.free_texts(catalog, dataset):
        values = columns.combine(typed[item.id])
        kinds = personal_data.kinds(values, is_number=openness.is_number(item))
        rows = np.flatnonzero(shown & columns.flags(kinds.is_valid()))
        if len(rows):
            hit = typed.take(pa.array(rows))
            tables.append(
                findings.of_cell_kind(
                    source,
                    item,
                    hit,
                    cell_errors.PERSONAL_DATA,
                    cell_errors.PERSONAL_DATA_CLAUSE,
                )
            )
    return findings.together(tables)


def _about_shown_subjects(
    catalog: Catalog, dataset: str, typed: pa.Table
) -> columns.Flags:
    """Return which rows are about subjects whom any channel may show."""
    channels = catalog.jurisdiction.channels
    if any(
        dataset in c.datasets and SubjectClass.PERSON in c.shown_classes
        for c in channels
    ):
        return np.ones(len(typed), np.bool_)
    way = typed["matched_by"]
    return ~columns.flags(pc.equal(way, MatchedBy.PERSON_HASH.value))
