"""Run the SQL models under sql/ with DuckDB.

A model is one SELECT that names its inputs plainly (`from known`). Whoever runs it
binds those names: to Parquet files at night, to three rows in a test.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import cast

import duckdb
import pyarrow as pa

from guiji.settings import Settings

MEMORY = "2GB"


def statement(settings: Settings, name: str) -> str:
    """Read sql/<name>.sql."""
    return (settings.sql / f"{name}.sql").read_text(encoding="utf-8")


def query(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    name: str,
    parameters: Mapping[str, object] | None = None,
) -> pa.Table:
    """Run sql/<name>.sql and return its rows.

    Args:
        connection: holds one relation per input that the model names.
        settings: where the models are.
        name: path under sql/ without the suffix, e.g. "warehouse/outcome".
        parameters: values for exactly the model's $parameters.
    """
    return table(connection, statement(settings, name), parameters)


def table(
    connection: duckdb.DuckDBPyConnection,
    text: str,
    parameters: Mapping[str, object] | None = None,
) -> pa.Table:
    """Run a short query and return its rows."""
    found = connection.sql(text, params=dict(parameters or {}))
    return cast(pa.Table, found.to_arrow_table())


def keep(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    name: str,
    table: str,
    parameters: Mapping[str, object] | None = None,
) -> None:
    """Run sql/<name>.sql and keep its rows as the temporary table `table`."""
    text = f"create or replace temp table {table} as {statement(settings, name)}"
    connection.execute(text, dict(parameters or {})).fetchall()


def connect(spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that never reads the variables of its caller.

    Args:
        spill: folder for what does not fit in memory; None = nothing may spill.
    """
    connection = duckdb.connect(config={"python_enable_replacements": "false"})
    connection.execute(f"set memory_limit = '{MEMORY}'")
    connection.execute("set timezone = 'Asia/Shanghai'")
    connection.execute(f"set temp_directory = {literal(str(spill) if spill else '')}")
    return connection


def literal(value: str | date | None) -> str:
    """Write a text or a date as an SQL literal."""
    if value is None:
        return "null"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'"


def name(column: str) -> str:
    """Write an identifier, quoted."""
    return '"' + column.replace('"', '""') + '"'


def scan(paths: Sequence[Path], options: str = "") -> str:
    """Write a reading of Parquet files, their columns matched by name."""
    listed = ", ".join(literal(str(p)) for p in paths)
    return f"read_parquet([{listed}], union_by_name = true{options})"
