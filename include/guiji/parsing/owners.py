"""Whose record each row is: the sender's, or that of a department it delivers for.

Source: 贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条.
"""

from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog import bodies
from guiji.catalog.model import Catalog, Dataset
from guiji.domain import columns
from guiji.parsing.items import Parsed


def owners(
    dataset: Dataset,
    catalog: Catalog,
    senders: pa.Array,
    parsed: Mapping[str, Parsed],
) -> pa.Array:
    """Name the department that owns each row's record.

    Args:
        dataset: says which items name the authority, and the source.
        catalog: says for whom a sender delivers.
        senders: the department that delivers, n rows.
        parsed: item -> its columns, n rows each.

    Returns:
        n departments: the row's authority, or its source where the dataset has no
        authority, if the sender delivers for it; else the sender.
    """
    named = bodies.bodies(dataset)
    owner = senders
    for sender in senders.unique().to_pylist():
        entry = catalog.departments.get(sender)
        if entry is not None and entry.delivers_for and named:
            texts = [parsed[item].content for item in named[0].items()]
            others = _represented(catalog, entry.delivers_for, texts)
            is_theirs = pc.and_(pc.equal(senders, sender), others.is_valid())
            owner = pc.if_else(is_theirs, others, owner)
    return owner


def _represented(
    catalog: Catalog, represented: Collection[str], texts: Sequence[pa.Array]
) -> pa.Array:
    """Return the department that each row names, if it is one of some; else null."""
    departments = bodies.departments(catalog)

    def owner(name_or_code: str) -> str | None:
        department = departments.find(name_or_code)
        return department if department in represented else None

    return pc.coalesce(*(columns.mapped(text, owner) for text in texts))
