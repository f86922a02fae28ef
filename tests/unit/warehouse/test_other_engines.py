"""Engines that know nothing of this package read the tables by the documented SQL.

The queries are taken out of docs/scale-out.md as they stand there.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable, QueryBuilder
from warehouse_world import (
    BEFORE,
    FIRST,
    POWER,
    SECOND,
    THIRD,
    WATER,
    World,
    penalty,
)

from guiji.warehouse import compaction

PAGE = Path(__file__).parents[3] / "docs" / "scale-out.md"
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
PENALTIES = "administrative_penalty"
Ask = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Base, tail, superseded and archive: a fold in the middle of four nights."""
    from dataclasses import replace

    from guiji.core import settings as settings_module

    data = tmp_path_factory.mktemp("data")
    world = World(replace(settings_module.current(), data=data))
    for number, night in enumerate((FIRST, SECOND, THIRD, THIRD.replace(day=21))):
        rows = [
            penalty(WATER, "1号", "2026-11-02", remark=str(number)),
            penalty(POWER, "2号", "2026-11-02", remark=str(min(number, 1))),
            penalty(POWER, f"{number + 3}号", "2026-11-02"),
        ]
        world.merge(night, world.deliver(night, PENALTIES, rows))
        if night == SECOND:
            compaction.fold(world.context, PENALTIES)
    late = penalty(WATER, "1号", "2026-11-02", remark="late")
    night = THIRD.replace(day=22)
    world.merge(night, world.deliver(night, PENALTIES, [late], arrived=BEFORE))
    return world


def by_datafusion(table: Path) -> Ask:
    def ask(query: str) -> list[dict[str, Any]]:
        found = QueryBuilder().register("records", DeltaTable(table)).execute(query)
        import pyarrow as pa

        return list(pa.table(found.read_all()).to_pylist())

    return ask


SPARK = """
import json, sys
from pysail.spark import SparkConnectServer
from pyspark.sql import SparkSession

server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
host, port = server.listening_address
session = SparkSession.builder.remote(f"sc://{host}:{port}").create()
table, query = sys.argv[1:]
session.read.format("delta").load(table).createOrReplaceTempView("records")
print(json.dumps(session.sql(query).toArrow().to_pylist(), default=str))
session.stop()
server.stop()
"""


def by_spark(table: Path) -> Ask:
    """A Spark engine as somebody else would start it, in a process of its own."""

    def ask(query: str) -> list[dict[str, Any]]:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", SPARK, str(table), query],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout.splitlines()[-1]))

    return ask


@pytest.fixture(params=[by_datafusion, by_spark])
def ask(request: pytest.FixtureRequest, world: World) -> Ask:
    made: Ask = request.param(world.settings.warehouse / "records")
    return made


def states(rows: list[dict[str, Any]], *further: str) -> list[tuple[Any, ...]]:
    columns = ("record_id", "version_id", "operation", "remark", *further)
    return as_text([tuple(row[c] for c in columns) for row in rows])


def as_text(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Sorted; days as text, as they come out of another process."""
    return sorted(
        (tuple(None if x is None else str(x) for x in row) for row in rows), key=str
    )


def test_the_current_state(world: World, ask: Ask) -> None:
    expected = world.ask(
        "select record_id, version_id, operation, json_extract_string(content, "
        "'$.remark') from records"
    )
    assert states(ask(QUERIES[0])) == as_text(expected)
    assert len(expected) == 6


def test_every_version_and_when_it_ended(world: World, ask: Ask) -> None:
    expected = world.ask(
        "select record_id, version_id, operation, json_extract_string(content, "
        "'$.remark'), superseded_night from history"
    )
    found = states(ask(QUERIES[1]), "ended_on")
    assert found == as_text(expected)
    assert len(found) == 11


def test_what_was_known_on_a_night(world: World, ask: Ask) -> None:
    day = f"date '{SECOND}'"
    until = f"merged_night <= {day} and (ended_on is null or ended_on > {day})"
    known = ask(f"select * from ({QUERIES[1]}) as every_version where {until}")
    expected = world.ask(
        "select record_id, version_id, operation, json_extract_string(content, "
        "'$.remark') from records",
        as_of=SECOND,
    )
    assert states(known) == as_text(expected)
