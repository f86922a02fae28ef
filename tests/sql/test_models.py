"""Run every case under tests/sql/ against the SQL model of the same path.

A case is a YAML file: `given`, one pipe-separated table per input; `parameters`;
`expect`, the rows in any order. An empty cell is null. The types of columns that are
not text are listed here, by name; `is_…` and `has_…` are booleans.
"""

from pathlib import Path

import duckdb
import pytest
import yaml

from guiji import settings as settings_module
from guiji.warehouse import models

HERE = Path(__file__).parent
CASES = sorted(HERE.rglob("*.yml"))
TYPES = {
    "class_values": "varchar[]",
    "effective_from": "date",
    "effective_to": "date",
    "ends_on": "date",
    "established_on": "date",
    "event_on": "date",
    "first_published": "date",
    "merged_night": "date",
    "months": "bigint",
    "produced_on": "date",
    "received_at": "timestamptz",
    "row_id": "bigint",
    "source_row": "integer",
    "term_start": "date",
}


def rows_of(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]


def bind(connection: duckdb.DuckDBPyConnection, name: str, text: str) -> None:
    heading, *rows = rows_of(text)
    columns = ", ".join(f"{column} {type_of(column)}" for column in heading)
    connection.execute(f"create table {name} ({columns})")
    for row in rows:
        marks = ", ".join("?" for _ in row)
        values = [cell or None for cell in row]
        connection.execute(f"insert into {name} values ({marks})", values)


def type_of(column: str) -> str:
    if column.startswith(("is_", "has_")):
        return "boolean"
    return TYPES.get(column, "varchar")


@pytest.mark.parametrize("case", CASES, ids=lambda p: str(p.relative_to(HERE)))
def test_model(case: Path) -> None:
    content = yaml.safe_load(case.read_text(encoding="utf-8"))
    model = str(case.parent.relative_to(HERE))
    parameters = content.get("parameters", {})
    with models.connect() as connection:
        for name, text in content["given"].items():
            bind(connection, name, text)
        statement = models.statement(settings_module.current(), model)
        models.table(connection, statement, parameters)  # runs by itself, as it stands
        connection.execute(f"create table actual as {statement}", parameters)
        heading, *expected = rows_of(content["expect"])
        shown = ", ".join(f"coalesce({c}::varchar, '')" for c in heading)
        actual = connection.execute(f"select {shown} from actual").fetchall()
    assert sorted(map(list, actual)) == sorted(expected)


def test_every_model_of_the_warehouse_and_of_publication_has_a_case() -> None:
    root = settings_module.current().sql
    wanted = {
        str(path.relative_to(root).with_suffix(""))
        for area in ("warehouse", "publication")
        for path in (root / area).glob("*.sql")
    }
    assert wanted <= {str(case.parent.relative_to(HERE)) for case in CASES}
