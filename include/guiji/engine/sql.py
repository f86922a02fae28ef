"""Find SQL text, and write it.

A model is one SELECT under sql/ that names its inputs plainly (`from known`). Whoever
runs it binds those names: to Parquet files at night, to three rows in a test.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa

from guiji.core.settings import Settings


def statement(settings: Settings, name: str) -> str:
    """Read sql/<name>.sql."""
    return (settings.sql / f"{name}.sql").read_text(encoding="utf-8")


def literal(value: str | date | None) -> str:
    """Write a text or a date as an SQL literal."""
    if value is None:
        return "null"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'"


def inlined(text: str, parameters: Mapping[str, str | date | None]) -> str:
    """Write values for a statement's $parameters into it; a view takes none.

    Raises:
        KeyError: the statement has a parameter without a value.
    """
    return re.sub(r"\$(\w+)", lambda match: literal(parameters[match[1]]), text)


def name(column: str) -> str:
    """Write an identifier, quoted."""
    return '"' + column.replace('"', '""') + '"'


def scan(paths: Sequence[Path | str], options: str = "") -> str:
    """Write a reading of Parquet files, their columns matched by name."""
    listed = ", ".join(literal(str(p)) for p in paths)
    return f"read_parquet([{listed}], union_by_name = true{options})"


def empty(columns: Mapping[str, str]) -> str:
    """Write the query of no rows with the given columns: name -> SQL type."""
    listed = ", ".join(f"null::{kind} as {name(c)}" for c, kind in columns.items())
    return f"select {listed} where false"


def kinds(schema: pa.Schema) -> dict[str, str]:
    """Return the SQL types of an Arrow schema's columns: name -> SQL type.

    Raises:
        KeyError: a type that none of the package's tables has.
    """
    return {field.name: _kind(field.type) for field in schema}


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"{_kind(kind.value_type)}[]"
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision}, {kind.scale})"
    if pa.types.is_timestamp(kind):
        return "timestamptz"
    return KINDS[str(kind)]


KINDS = {
    "bool": "boolean",
    "date32[day]": "date",
    "double": "double",
    "int32": "integer",
    "int64": "bigint",
    "large_string": "varchar",
    "string": "varchar",
}
"""Arrow's name of a type -> DuckDB's."""
