"""SQL files of extracts: one SELECT each, which names its columns and changes nothing.

Such a file is code of the platform. It is checked when the catalogue is read, so that
nothing but a query ever reaches a department's system; what the query may see is
decided there, by grants.
"""

import re

import sqlglot
from sqlglot import exp

DIALECTS = {
    "ansi": "",
    "duckdb": "duckdb",
    "mariadb": "mysql",
    "mysql": "mysql",
    "oracle": "oracle",
    "postgres": "postgres",
    "sqlite": "sqlite",
    "tsql": "tsql",
}
"""What sqlfluff calls a dialect -> what sqlglot calls it."""

_HEADER = re.compile(r"^-- sqlfluff:dialect:(\w+)\s*$", re.MULTILINE)
_CHANGES = (
    *(exp.DML, exp.DDL, exp.Merge, exp.Drop, exp.Alter, exp.Set, exp.Command),
    *(exp.Into, exp.Lock),
)


class NotOneQuery(ValueError):
    """The text of an SQL file is not one query that only reads; says why."""


def one_query(text: str) -> str:
    """Check that a text is one SELECT that names its columns and changes nothing.

    The first line may name its dialect as sqlfluff reads it
    (`-- sqlfluff:dialect:mysql`); else it is ANSI SQL.

    Returns:
        The text without a final semicolon, ending in a new line.

    Raises:
        NotOneQuery: it is something else.
    """
    dialect = _dialect(text)
    try:
        parsed = [s for s in sqlglot.parse(text, read=dialect) if s is not None]
        tokens = sqlglot.tokenize(text, read=dialect)
    except sqlglot.errors.SqlglotError as error:
        first = str(error).partition("\n")[0]
        raise NotOneQuery(f"it cannot be parsed: {first}") from error
    statements = [s for s in parsed if not isinstance(s, exp.Semicolon)]
    if len(statements) != 1:
        raise NotOneQuery(f"it holds {len(statements)} statements, not one")
    _require_query(statements[0])
    last = tokens[-1]
    whole = last.token_type is not sqlglot.TokenType.SEMICOLON
    return (text if whole else text[: last.start]).rstrip() + "\n"


def _dialect(text: str) -> str:
    named = _HEADER.search(text)
    if named is None:
        return ""
    if named[1] not in DIALECTS:
        raise NotOneQuery(f"{named[1]!r} is no dialect; use one of {sorted(DIALECTS)}")
    return DIALECTS[named[1]]


def _require_query(statement: exp.Expr) -> None:
    if not isinstance(statement, exp.Query):
        raise NotOneQuery("it is no SELECT")
    if (change := statement.find(*_CHANGES)) is not None:
        raise NotOneQuery(
            f"it holds {change.key.upper()}, which a reader has no use of"
        )
    if statement.find(exp.Placeholder, exp.Parameter) is not None:
        raise NotOneQuery("it has a parameter; the platform binds the watermark itself")
    names = [column.output_name for column in statement.selects]
    if statement.is_star or "" in names:
        raise NotOneQuery("name every column that it returns")
    repeated = sorted({n for n in names if names.count(n) > 1})
    if repeated:
        raise NotOneQuery(f"it returns {', '.join(repeated)} more than once")
