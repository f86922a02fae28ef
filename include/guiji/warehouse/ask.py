"""Answer a reader's own SQL: one SELECT over the views, and nothing else.

Two fences: the query is parsed and may name only the views and its own common table
expressions; and the database it runs in can reach no other file.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from guiji.catalog.model import Catalog
from guiji.errors import UsageError
from guiji.settings import Settings
from guiji.warehouse import models, views
from guiji.warehouse.faults import meaning

TABLE_FUNCTIONS = frozenset(
    {"unnest", "range", "generate_series", "json_each", "json_tree"}
)
PLAIN_NAME = re.compile(r"\w+")


def ask(
    settings: Settings, catalog: Catalog, query: str, as_of: date | None = None
) -> pa.Table:
    """Run a read-only query over the views.

    Args:
        settings: where the warehouse is.
        catalog: its datasets are views.
        query: one SELECT in DuckDB's SQL.
        as_of: answer as it was known at the end of this night; None = now.

    Raises:
        UsageError: it is not one SELECT over the views, or it cannot be run.
    """
    refuse_unsafe(query, views.names(catalog))
    with views.connect(settings, catalog, as_of, locked=True) as connection:
        try:
            return models.table(connection, query)
        except duckdb.Error as error:
            fault = meaning(error)
            raise fault or UsageError(f"the query cannot be run: {error}") from error


def refuse_unsafe(query: str, allowed: frozenset[str]) -> None:
    """Raise unless the query is one SELECT that reads only `allowed` relations.

    Raises:
        UsageError: says what is not allowed.
    """
    with models.connect() as connection:
        answer = connection.execute(
            "select json_serialize_sql($query::varchar)", {"query": query}
        ).fetchall()
    parsed = json.loads(answer[0][0])
    if parsed["error"]:
        raise UsageError(f"not a query: {parsed['error_message']}")
    if len(parsed["statements"]) != 1:
        raise UsageError("one SELECT at a time")
    nodes = list(_nodes(parsed["statements"][0]))
    own = {entry["key"] for n in nodes for entry in n.get("cte_map", {}).get("map", ())}
    for found in sorted(own):
        if not PLAIN_NAME.fullmatch(found):
            raise UsageError(f"not a name for a common table expression: {found!r}")
    for node in nodes:
        _refuse_node(node, allowed, own)


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
        found = node["table_name"]
        is_plain = not node["schema_name"] and not node["catalog_name"]
        if not is_plain or found.lower() not in allowed | {n.lower() for n in own}:
            views_there = ", ".join(sorted(allowed))
            raise UsageError(f"no view {found!r}; there are: {views_there}")
    if kind == "TABLE_FUNCTION":
        function = node["function"]["function_name"].lower()
        if function not in TABLE_FUNCTIONS:
            raise UsageError(f"the function {function}() is not allowed here")
    if kind == "SHOW_REF" and node.get("query") is None:
        raise UsageError("use `describe <view>` to see the columns of a view")
