"""Run the SQL models under sql/ with DuckDB.

A model is one SELECT that names its inputs plainly (`from known`). Whoever runs it
binds those names: to Parquet files at night, to three rows in a test.
"""

from collections.abc import Mapping
from typing import cast

import duckdb
import pyarrow as pa

from guiji.core.settings import Settings
from guiji.engine.duck import connect
from guiji.engine.sql import literal, name, scan, statement

__all__ = ["connect", "keep", "literal", "name", "query", "scan", "statement", "table"]


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


def keep(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    name: str,
    parameters: Mapping[str, object] | None = None,
    relation: str | None = None,
) -> None:
    """Run sql/<name>.sql and keep its rows in a temporary table.

    Args:
        connection: as of `query`; what does not fit in memory is spilled.
        settings: as of `query`.
        name: as of `query`.
        parameters: as of `query`.
        relation: name of the table; None = that of the model.
    """
    table_name = relation or name.rpartition("/")[2]
    text = f"create or replace temp table {table_name} as {statement(settings, name)}"
    connection.execute(text, dict(parameters or {}))


def table(
    connection: duckdb.DuckDBPyConnection,
    text: str,
    parameters: Mapping[str, object] | None = None,
) -> pa.Table:
    """Run a short query and return its rows."""
    relation = connection.sql(text, params=dict(parameters or {}))
    return cast(pa.Table, relation.to_arrow_table())
