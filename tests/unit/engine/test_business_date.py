"""Two nights merged and published through Spark hold what DuckDB's hold."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import engines
import pytest
from publishing import release
from warehouse_world import (
    BEFORE,
    FIRST,
    PAPER,
    POWER,
    SECOND,
    WATER,
    World,
    licence,
    penalty,
    registration,
)

from guiji.core import business_date
from guiji.core.settings import Settings

PERSON = "11010519491231002X"  # the example of GB 11643
QUERIES = (
    "select * from history order by all",
    "select * from records order by all",
    "select * from enterprises order by all",
    "select * from published order by all",
    "select * from withheld order by all",
)


def two_nights(world: World) -> None:
    """New rows; then a correction, a revocation, a late row, a licence that is gone
    from a full delivery, and a text that reveals a person; then an older version, by
    itself and restored."""
    penalties = [
        penalty((WATER, POWER, PAPER)[n % 3], f"{n}号", f"2026-{n + 1:02}-05")
        for n in range(9)
    ]
    licences = [licence(WATER, f"许{n}", valid_until="长期") for n in range(8)]
    world.merge(
        FIRST,
        world.deliver(FIRST, "administrative_penalty", penalties),
        world.deliver(FIRST, "administrative_licence", licences),
        world.deliver(
            FIRST,
            "enterprise_registration",
            [registration("水务公司", WATER, "2026-11-02", capital="1200.50")],
        ),
    )
    release(world, FIRST)
    changed = [
        penalties[3] | {"counterpart_name": '水务"集团",新'},
        penalties[4] | {"operation": "revoke"},
        penalty(POWER, "10号", "2026-11-10", counterpart_name=f"法人{PERSON}"),
    ]
    world.merge(
        SECOND,
        world.deliver(SECOND, "administrative_penalty", changed),
        world.deliver(
            SECOND,
            "administrative_penalty",
            [penalties[5] | {"counterpart_name": "旧"}],
            label="late",
            arrived=BEFORE,
        ),
        world.deliver(
            SECOND,
            "administrative_penalty",
            [penalties[3], penalties[4] | {"is_restoring": True}],
            label="old",
            arrived=business_date.instant(SECOND) + timedelta(hours=1),
        ),
        world.deliver(SECOND, "administrative_licence", licences[1:]),
    )
    release(world, SECOND)


def published(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def worlds(settings: Settings) -> list[World]:
    return [
        World(replace(settings, data=settings.data / name, engine=name))
        for name in engines.NAMES
    ]


def test_both_engines_merge_the_same_rows_and_publish_the_same_bytes(
    worlds: list[World],
) -> None:
    for world in worlds:
        two_nights(world)
    duckdb, spark = worlds
    for query in QUERIES:
        assert spark.ask(query) == duckdb.ask(query), query
    assert duckdb.ask("select reason from withheld") == [("person_id",)]
    shown = published(duckdb.settings.publication)
    assert published(spark.settings.publication) == shown
    assert len(shown) == 18  # per night four full files, four deltas, the manifest
