"""Translates a model from DuckDB's SQL to Spark's.

sqlglot turns the text over; the rules here are for what it leaves as it is, or turns
into something that only one of Spark's engines understands. Whatever a text would
lose on the way is an error, never a warning.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import sqlglot
from sqlglot import exp

from guiji.engine.base import NONE

Rule = Callable[[Any], exp.Expr]

LISTS = (
    exp.Array,
    exp.ArrayAgg,
    exp.ArrayFilter,
    exp.RegexpExtractAll,
    exp.Split,
    exp.Transform,
)
"""What can be seen to be a list without knowing the types of columns."""


def parse(query: str, parameters: Mapping[str, object] = NONE) -> exp.Query:
    """Read a query in DuckDB's dialect and put the values of its parameters in.

    Raises:
        ValueError: it is no query, or a parameter has no value.
        TypeError: a value of a type that parameters do not have.
    """
    tree = sqlglot.parse_one(query, read="duckdb")
    if not isinstance(tree, exp.Query):
        raise ValueError(f"not a query: {query[:80]}")
    for parameter in list(tree.find_all(exp.Placeholder)):
        if parameter.name not in parameters:
            raise ValueError(f"no value for the parameter ${parameter.name}")
        parameter.replace(_value(parameters[parameter.name]))
    return tree


def to_spark(query: exp.Query) -> str:
    """Write a parsed query in Spark's dialect.

    Raises:
        ValueError: a construct that has no counterpart there.
    """
    tree = query.copy()
    for number, select in enumerate(list(tree.find_all(exp.Select))):
        if select.args.get("qualify"):
            filtered = _without_qualify(select, number)
            if select is tree:
                tree = filtered
            else:
                select.replace(filtered)
    for kind, rule in RULES.items():
        for node in reversed(list(tree.find_all(kind))):  # the innermost first
            node.replace(rule(node.copy()))
    level = sqlglot.ErrorLevel.RAISE
    return tree.sql("spark", comments=False, unsupported_level=level)


def spark_type(kind: str) -> str:
    """Write a DuckDB type as Spark calls it."""
    return exp.DataType.build(kind, dialect="duckdb").sql("spark")


def duckdb_type(kind: str) -> str:
    """Write a Spark type as DuckDB calls it."""
    return exp.DataType.build(kind, dialect="spark").sql("duckdb")


def _value(given: object) -> exp.Expr:
    if isinstance(given, datetime):
        instant = given.astimezone(UTC).isoformat(sep=" ")
        return exp.cast(exp.Literal.string(instant), "timestamptz")
    if isinstance(given, date):
        return exp.cast(exp.Literal.string(given.isoformat()), "date")
    if given is None or isinstance(given, str | bool | int):
        return exp.convert(given)
    raise TypeError(f"not the value of a parameter: {type(given).__name__}")


def _without_qualify(select: exp.Select, number: int) -> exp.Select:
    """Compute the condition of QUALIFY in a subquery and filter by it outside."""
    if any(
        expression.is_star or not expression.alias_or_name
        for expression in select.expressions
    ):
        raise ValueError("name all columns of a query that has QUALIFY")
    is_wanted = f"qualified_{number}"
    inner = select.copy()
    outer = exp.select(*(_shown(expression) for expression in inner.expressions))
    for part in ("with_", "distinct", "order", "limit", "offset"):
        if inner.args.get(part):
            outer.set(part, inner.args[part].pop())
    condition = inner.args["qualify"].pop().this
    inner = inner.select(exp.alias_(condition, is_wanted))
    outer = outer.from_(inner.subquery(f"source_{number}"))
    return outer.where(exp.column(is_wanted))


def _shown(column: exp.Expr) -> exp.Column:
    """Name a projection's result."""
    written = column.args.get("alias") or column.this
    is_quoted = isinstance(written, exp.Identifier) and written.quoted
    return exp.column(column.alias_or_name, quoted=is_quoted)


def _as_bigint(node: exp.Expr) -> exp.Expr:
    """Return a count the type that it has in DuckDB; Spark's is half as wide."""
    return exp.cast(node, "bigint")


def _length(node: exp.Length) -> exp.Expr:
    """Count characters, or the members of a list (`len` does both in DuckDB)."""
    if isinstance(node.this, LISTS):
        return _as_bigint(exp.Anonymous(this="array_size", expressions=[node.this]))
    return _as_bigint(node)


def _counted(window: exp.Window) -> exp.Expr:
    is_counter = isinstance(window.this, exp.RowNumber | exp.Rank | exp.DenseRank)
    return _as_bigint(window) if is_counter else window


def _split(node: exp.Split) -> exp.Expr:
    """Split at a text; Spark's `split` takes a regular expression."""
    separator = node.expression
    if not (isinstance(separator, exp.Literal) and separator.this):
        raise ValueError("string_split needs a separator that is written out")
    pattern = exp.Literal.string(re.escape(separator.this))
    return exp.RegexpSplit(this=node.this, expression=pattern)


def _plus_months(node: exp.Add) -> exp.Expr:
    """Add months to a day; beyond the end of a month both take its last day."""
    months = node.expression
    if not (isinstance(months, exp.Anonymous) and months.name.lower() == "to_months"):
        return node
    number = exp.cast(months.expressions[0], "int")
    return exp.Anonymous(this="add_months", expressions=[node.this, number])


def _sorted_list(node: exp.ArrayAgg) -> exp.Expr:
    """Sort a list after it is gathered: `list(distinct x order by x)`."""
    order = node.this
    if not isinstance(order, exp.Order):
        return node
    gathered, keys = order.this, order.expressions
    member = gathered.expressions[0] if isinstance(gathered, exp.Distinct) else gathered
    if len(keys) != 1 or keys[0].this != member or keys[0].args.get("desc"):
        raise ValueError("a list can only be ordered by its own members")
    return exp.Anonymous(this="array_sort", expressions=[exp.ArrayAgg(this=gathered)])


def _anonymous(node: exp.Anonymous) -> exp.Expr:
    """Describe what a macro of the DuckDB engine says."""
    if node.name.lower() != "hex_number":
        return node
    digits = exp.cast(node.expressions[0], "text")  # Sail converts no slice as it is
    bases = exp.Literal.number(16), exp.Literal.number(10)
    converted = exp.Anonymous(this="conv", expressions=[digits, *bases])
    return exp.cast(converted, "bigint")


RULES: dict[type[exp.Expr], Rule] = {
    exp.Add: _plus_months,
    exp.Anonymous: _anonymous,
    exp.ArrayAgg: _sorted_list,
    exp.Length: _length,
    exp.Split: _split,
    exp.Window: _counted,
}
"""What sqlglot is helped with, by kind of node."""
