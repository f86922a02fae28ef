"""Answer a reader's own SQL: one SELECT over the views, and nothing else.

Two fences: the query is parsed and may name only the views and its own common table
expressions; and the database it runs in holds no other relation than the views that
it names (see `engine.reader`) and can reach no other file.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from guiji.context import Context
from guiji.core.errors import UsageError
from guiji.storage.storage_errors import meaning
from guiji.warehouse import models, views

TABLE_FUNCTIONS = frozenset(
    {"unnest", "range", "generate_series", "json_each", "json_tree"}
)
PLAIN_NAME = re.compile(r"\w+")


def ask(context: Context, query: str, as_of: date | None = None) -> pa.Table:
    """Run a read-only query over the views.

    Args:
        context: settings, where the warehouse is; catalogue, its datasets are views.
        query: one SELECT in DuckDB's SQL.
        as_of: answer as it was known at the end of this night; None = now.

    Raises:
        UsageError: it is not one SELECT over the views, or it cannot be run.
    """
    public = views.names(context.catalog)
    with models.connect() as opened:
        nodes = _parsed(opened, query)
        _refuse_unsafe(nodes, public)
        connection = views.lock(opened, context, as_of, _relations(nodes))
        _refuse_shadows(connection, _own_names(nodes), public)
        try:
            return models.table(connection, query)
        except duckdb.Error as error:
            fault = meaning(error)
            raise fault or UsageError(f"the query cannot be run: {error}") from error


def _refuse_unsafe(nodes: list[dict[str, Any]], allowed: frozenset[str]) -> None:
    """Raise unless a query reads only `allowed` relations.

    Raises:
        UsageError: says what is not allowed.
    """
    own = _own_names(nodes)
    for name in sorted(own):
        if not PLAIN_NAME.fullmatch(name):
            raise UsageError(f"not a name for a common table expression: {name!r}")
    for node in nodes:
        _refuse_node(node, allowed, own)


def _refuse_shadows(
    connection: duckdb.DuckDBPyConnection, own: set[str], allowed: frozenset[str]
) -> None:
    """Raise if a common table expression has the name of something that is there.

    Where such a name counts ends with its query; outside of it the same name would
    mean the thing itself, one of the database's own catalogue for instance.

    Args:
        connection: the database that the query runs in.
        own: names of the query's common table expressions.
        allowed: the views, whose names may be used again.

    Raises:
        UsageError: names the expression.
    """
    if not own:
        return
    there = connection.execute(
        "select lower(view_name) from duckdb_views() union "
        "select lower(table_name) from duckdb_tables()"
    ).fetchall()
    taken = {row[0] for row in there} - allowed
    for name in sorted(own):
        if name.lower() in taken:
            raise UsageError(
                f"choose another name for the common table expression {name!r}"
            )


def _parsed(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """Return all nodes of the syntax tree of a query, which is not run.

    Raises:
        UsageError: it is not one SELECT.
    """
    answer = connection.execute(
        "select json_serialize_sql($query::varchar)", {"query": query}
    ).fetchall()
    parsed = json.loads(answer[0][0])
    if parsed["error"]:
        if parsed["error_type"] == "not implemented":
            raise UsageError(
                "the warehouse is read-only: only SELECT over the views is answered, "
                "nothing is changed or set here; records change by deliveries only"
            )
        raise UsageError(f"not a query: {parsed['error_message']}")
    if len(parsed["statements"]) != 1:
        raise UsageError("one SELECT at a time")
    return list(_nodes(parsed["statements"][0]))


def _relations(nodes: list[dict[str, Any]]) -> set[str]:
    """Name the relations that a query reads, in lower case."""
    return {n["table_name"].lower() for n in nodes if n.get("type") == "BASE_TABLE"}


def _own_names(nodes: list[dict[str, Any]]) -> set[str]:
    """Name the common table expressions of a query."""
    listed = {e["key"] for n in nodes for e in n.get("cte_map", {}).get("map", ())}
    return listed | {n["cte_name"] for n in nodes if n.get("cte_name")}


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from _nodes(part)


def _refuse_node(node: dict[str, Any], allowed: frozenset[str], own: set[str]) -> None:
    kind = node.get("type")
    if kind == "BASE_TABLE":
        table_name = node["table_name"]
        is_plain = not node["schema_name"] and not node["catalog_name"]
        if not is_plain or table_name.lower() not in allowed | {n.lower() for n in own}:
            views_there = ", ".join(sorted(allowed))
            raise UsageError(f"no view {table_name!r}; there are: {views_there}")
    if kind == "TABLE_FUNCTION":
        function = node["function"]["function_name"].lower()
        if function not in TABLE_FUNCTIONS:
            raise UsageError(f"the function {function}() is not allowed here")
    if kind == "SHOW_REF" and node.get("query") is None:
        raise UsageError("use `describe <view>` to see the columns of a view")
