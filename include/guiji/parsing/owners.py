"""Whose record each row is: the sender's, or that of a department it delivers for.

Source: 贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条.
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog import bodies
from guiji.catalog.model import Catalog, Dataset
from guiji.domain import columns
from guiji.parsing.items import Parsed


def owners(
    dataset: Dataset, catalog: Catalog, sender: str, parsed: Mapping[str, Parsed]
) -> pa.Array:
    """Name the department that owns each row's record.

    Args:
        dataset: says which items name the authority, and the source.
        catalog: says for whom the sender delivers.
        sender: the department that delivers.
        parsed: item -> its columns, n rows each.

    Returns:
        n departments: the row's authority, or its source where the dataset has no
        authority, if the sender delivers for it; else the sender.
    """
    size = len(next(iter(parsed.values())).content)
    entry = catalog.departments.get(sender)
    named = bodies.bodies(dataset)
    if entry is None or not entry.delivers_for or not named:
        return columns.constant(sender, size, pa.string())
    departments = bodies.departments(catalog)

    def owner(name_or_code: str) -> str | None:
        department = departments.find(name_or_code)
        return department if department in entry.delivers_for else None

    owner_columns = [columns.mapped(parsed[i].content, owner) for i in named[0].items()]
    return pc.fill_null(
        pc.coalesce(*owner_columns, pa.repeat(columns.no_text(), size)), sender
    )
