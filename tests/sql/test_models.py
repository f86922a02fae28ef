"""Run every case under tests/sql/ against the SQL model of the same path.

A case is a YAML file: `given`, one pipe-separated table per input; `parameters`;
`expect`, the rows in any order. An empty cell is null. The types of columns that are
not text are listed here, by name; `is_…` and `has_…` are booleans. Every case runs on
DuckDB and, in the other dialect, on Spark.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import engines
import pyarrow as pa
import pytest
import yaml

from guiji.core import settings as settings_module
from guiji.engine.base import Engine
from guiji.engine.duck import connect
from guiji.engine.sql import name, statement

HERE = Path(__file__).parent
CASES = sorted(HERE.rglob("*.yml"))
TYPES = {
    "closed_night": "date",
    "established_on": "date",
    "event_on": "date",
    "first_id": "bigint",
    "first_night": "date",
    "first_published": "date",
    "form_id": "bigint",
    "held_id": "bigint",
    "merged_night": "date",
    "name_id": "bigint",
    "night": "date",
    "organisation_id": "bigint",
    "other_received_at": "timestamptz",
    "other_row": "integer",
    "pair_id": "bigint",
    "produced_on": "date",
    "put_away_night": "date",
    "received_at": "timestamptz",
    "registration_id": "bigint",
    "row_id": "bigint",
    "rules": "varchar[]",
    "said_on": "date",
    "since": "date",
    "source_row": "integer",
    "tax_id": "bigint",
    "tax_organisation_id": "bigint",
    "term_ends_on": "date",
    "valid_from": "date",
}


def rows_of(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]


def table_of(text: str) -> pa.Table:
    heading, *rows = rows_of(text)
    with connect() as connection:
        columns = ", ".join(f"{name(column)} {type_of(column)}" for column in heading)
        connection.execute(f"create table given ({columns})")
        marks = ", ".join("?" for _ in heading)
        for row in rows:
            values = [cell or None for cell in row]
            connection.execute(f"insert into given values ({marks})", values)
        return connection.sql("from given").to_arrow_table()


def texts_of(table: pa.Table, heading: list[str]) -> list[list[str]]:
    with connect() as connection:
        connection.register("actual", table)
        shown = ", ".join(f"coalesce({name(c)}::varchar, '')" for c in heading)
        return [
            list(row)
            for row in connection.sql(f"select {shown} from actual").fetchall()
        ]


def type_of(column: str) -> str:
    if column.startswith(("is_", "has_")):
        return "boolean"
    return TYPES.get(column, "varchar")


def result_of(engine: Engine, case: Path) -> tuple[pa.Table, dict[str, Any]]:
    content = yaml.safe_load(case.read_text(encoding="utf-8"))
    for relation, text in content["given"].items():
        engine.rows(relation, table_of(text))
    model = str(case.parent.relative_to(HERE))
    query = statement(settings_module.current(), model)
    return engine.fetch(query, content.get("parameters", {})), content


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engines.opened("spark", tmp_path_factory.mktemp("spark")) as engine:
        yield engine


@pytest.mark.parametrize("case", CASES, ids=lambda p: str(p.relative_to(HERE)))
def test_model(case: Path) -> None:
    with engines.opened("duckdb") as engine:
        actual, content = result_of(engine, case)
    heading, *expected = rows_of(content["expect"])
    assert sorted(texts_of(actual, heading)) == sorted(expected)


@pytest.mark.parametrize("case", CASES, ids=lambda p: str(p.relative_to(HERE)))
def test_model_gives_the_same_types_and_rows_on_spark(
    case: Path, spark: Engine
) -> None:
    with engines.opened("duckdb") as engine:
        wanted, _ = result_of(engine, case)
    actual, _ = result_of(spark, case)
    assert actual.schema == wanted.schema
    assert sorted(map(str, actual.to_pylist())) == sorted(map(str, wanted.to_pylist()))


def test_every_model_of_the_warehouse_and_of_publication_has_a_case() -> None:
    root = settings_module.current().sql
    wanted = {
        str(path.relative_to(root).with_suffix(""))
        for area in ("warehouse", "publication", "reconciliation")
        for path in (root / area).glob("*.sql")
    }
    assert wanted <= {str(case.parent.relative_to(HERE)) for case in CASES}
