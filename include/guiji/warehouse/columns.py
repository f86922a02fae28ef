"""From the catalogue's items to the columns of a version.

A version has the columns of `schemas.VERSION_COLUMNS` and one per item. The items
that name the subject are not stored twice when they are called as the platform
calls them (`uscc`, `enterprise_name`).
"""

import pyarrow as pa

from guiji.catalog.model import Catalog, Dataset, Item
from guiji.catalog.vocabulary import ItemType, Masking
from guiji.core.errors import CatalogError
from guiji.core.schemas import VERSION_COLUMNS
from guiji.warehouse.models import name

FOREVER = "__forever"
"""Suffix of the flag: the date was written as 长期 (for ever)."""

HASH = "__hash"
"""Suffix of a person id's keyed hash; stored, never shown."""

SQL_TYPES = {
    ItemType.DATE: "date",
    ItemType.AMOUNT: "decimal(24, 6)",
    ItemType.INTEGER: "bigint",
}

PLATFORM_TYPES = {
    "event_on": "date",
    "produced_on": "date",
    "received_at": "timestamptz",
    "merged_night": "date",
    "source_row": "integer",
}

ROW_ID = "row_id"
"""Number of a version within its dataset; it never changes."""

SUPERSEDED = "superseded_night"
"""The night that ended a version; null while it is current."""

NUMBERS = {
    "record_number": ("bigint", "hex_number(left(record_id, 15))"),
    "record_rest": ("integer", "hex_number(substr(record_id, 16))"),
    "content_number": ("bigint", "hex_number(left(content_hash, 15))"),
}
"""Digits of the id and of the content's hash as numbers: name -> SQL type, expression.

`record_number` and `record_rest` are all 80 bits of the id. `content_number` has 60
of the 128 bits of the hash: two different contents agree in them once in 10^18 times.
"""

TYPED = (
    *("source_sheet", "source_row", "operation", "owner", "subject", "matched_by"),
    *("record_key", "record_id", "content_hash", "event_on", "produced_on"),
)
"""Platform columns that `parsing` derives for every row."""

ARROW_TYPES = {
    "date": pa.date32(),
    "decimal(24, 6)": pa.decimal128(24, 6),
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
    "varchar": pa.string(),
}


def platform_columns() -> dict[str, str]:
    """Return the columns that every version has: name -> SQL type."""
    return {n: PLATFORM_TYPES.get(n, "varchar") for n in VERSION_COLUMNS.names}


def item_columns(dataset: Dataset) -> dict[str, str]:
    """Return the stored columns of a dataset's items: name -> SQL type.

    Raises:
        CatalogError: an item other than the subject's has a platform column's name.
    """
    subject = {"uscc": dataset.subject.uscc, "enterprise_name": dataset.subject.name}
    columns: dict[str, str] = {}
    for item in dataset.items:
        if item.id in VERSION_COLUMNS.names:
            if subject.get(item.id) == item.id:
                continue
            raise CatalogError(
                f"datasets/{dataset.id}.yml: item {item.id} has the name of a "
                "platform column; give it another id"
            )
        columns |= _columns_of(item)
    return columns


def stored_columns(dataset: Dataset) -> dict[str, str]:
    """Return the columns of a dataset's data files: name -> SQL type.

    The dataset itself is told by the file's folder.
    """
    numbers = {n: kind for n, (kind, _) in NUMBERS.items()}
    columns = {ROW_ID: "bigint"} | numbers
    columns |= platform_columns() | item_columns(dataset)
    del columns["dataset"]
    return columns


def typed_columns(dataset: Dataset) -> dict[str, str]:
    """Return the columns of a parsed delivery that a merge reads: name -> SQL type."""
    derived = {
        "row_id": "bigint",
        "is_restoring": "boolean",
        **{c: platform_columns()[c] for c in TYPED},
    }
    subject = {dataset.subject.uscc: "varchar", dataset.subject.name: "varchar"}
    return derived | subject | item_columns(dataset)


def table_schema(catalog: Catalog) -> pa.Schema:
    """Return the columns of the table `records`: those of all datasets together.

    Raises:
        CatalogError: two datasets have an item of one id and of different types.
    """
    columns = {"kind": "varchar", "dataset": "varchar", "bucket": "varchar"}
    columns[SUPERSEDED] = "date"
    for dataset in catalog.datasets.values():
        for column, kind in stored_columns(dataset).items():
            if columns.setdefault(column, kind) != kind:
                raise CatalogError(
                    f"datasets/{dataset.id}.yml: {column} is {kind} here and "
                    f"{columns[column]} in another dataset; give it another id"
                )
    return pa.schema([(name, ARROW_TYPES[kind]) for name, kind in columns.items()])


def _columns_of(item: Item) -> dict[str, str]:
    columns = {item.id: SQL_TYPES.get(item.type, "varchar")}
    if item.type is ItemType.DATE:
        columns[item.id + FOREVER] = "boolean"
    if item.type is ItemType.PERSON_ID:
        columns[item.id + HASH] = "varchar"
    return columns


def shown_columns(dataset: Dataset) -> dict[str, str]:
    """Return what readers see of a dataset's items: name -> masked SQL expression."""
    masked = {i.id: mask(i) for i in dataset.items}
    return {
        column: masked.get(column, name(column))
        for column in item_columns(dataset)
        if not column.endswith(HASH)
    }


def mask(item: Item) -> str:
    """Write the expression that shows an item without revealing a person.

    A person id is masked when it is parsed, so it passes as it is. The masked forms
    are those of government samples: first six for ids, three and four for phones.

    Source:
        贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条.
    """
    column = name(item.id)
    if item.type is ItemType.PERSON_ID or item.masking is Masking.NONE:
        return column
    if item.masking is Masking.PERSON_ID:
        return f"left({column}, 6) || '************'"
    if item.masking is Masking.PHONE:
        return f"left({column}, 3) || '****' || right({column}, 4)"
    if item.masking is Masking.NAME:
        return f"left({column}, 1) || repeat('*', length({column}) - 1)"
    return f"case when {column} is not null then '****' end"
