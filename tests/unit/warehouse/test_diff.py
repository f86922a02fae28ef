"""A delivery is held against its own department's records, and only against those."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from warehouse_catalog import catalog
from warehouse_world import (
    ECOLOGY,
    FIRST,
    PAPER,
    POWER,
    REGISTRAR,
    SECOND,
    WATER,
    World,
    licence,
    penalty,
    typed_table,
)

from guiji.core.settings import Settings
from guiji.warehouse import compaction, diff

LICENCES = "administrative_licence"
PENALTIES = "administrative_penalty"
KEY = ["decision_no", "decided_on"]


@pytest.fixture
def world(settings: Settings) -> World:
    return World(settings)


def parsed(world: World, dataset: str, rows: list[dict[str, Any]]) -> pa.Table:
    return typed_table(world.catalog.datasets[dataset], REGISTRAR, rows)


def redated(
    world: World,
    rows: list[dict[str, Any]],
    sender: str = REGISTRAR,
    few_subjects: int = diff.FEW_SUBJECTS,
) -> int:
    dataset = world.catalog.datasets[PENALTIES]
    typed = parsed(world, PENALTIES, rows)
    return diff.redated(world.settings, dataset, sender, typed, few_subjects)


@pytest.mark.parametrize(
    ("kept", "records", "share"),
    [([0, 1, 2, 3], 0, 0.0), ([0, 1, 2], 1, 0.25), ([], 4, 1.0)],
)
def test_what_a_full_delivery_lacks_is_lost(
    world: World, kept: list[int], records: int, share: float
) -> None:
    rows = [licence(WATER, str(number)) for number in range(4)]
    world.merge(FIRST, world.deliver(FIRST, LICENCES, rows))
    typed = parsed(world, LICENCES, [rows[k] for k in kept])
    dataset = world.catalog.datasets[LICENCES]
    lost = diff.lost(world.settings, dataset, REGISTRAR, typed)
    assert (lost.standing, lost.records, len(lost.named)) == (4, records, records)
    assert lost.share == share


def test_a_department_without_records_loses_none(world: World) -> None:
    dataset = world.catalog.datasets[LICENCES]
    typed = parsed(world, LICENCES, [licence(WATER, "1")])
    assert diff.lost(world.settings, dataset, REGISTRAR, typed).share == 0.0


@pytest.fixture
def held(world: World) -> World:
    """Three penalties of 2 November, and one of 3 November that was withdrawn."""
    first = [penalty(u, "1号", "2026-11-02") for u in (WATER, POWER, PAPER)]
    gone = penalty(WATER, "9号", "2026-11-03")
    world.merge(FIRST, world.deliver(FIRST, PENALTIES, [*first, gone]))
    world.merge(
        SECOND, world.deliver(SECOND, PENALTIES, [{**gone, "operation": "revoke"}])
    )
    return world


@pytest.mark.parametrize(
    ("row", "rows"),
    [
        (penalty(WATER, "1号", "2026-11-09"), 1),
        (penalty(WATER, "1号", "2026-11-02"), 0),  # as held
        (penalty(WATER, "2号", "2026-11-09"), 0),  # another document
        (penalty(WATER, "9号", "2026-11-09"), 0),  # was withdrawn
        (penalty(None, "1号", "2026-11-09"), 0),  # another subject
        (penalty(WATER, "1号", "2026-11-09", operation="revoke"), 0),
    ],
)
def test_a_document_under_another_day_is_redated(
    held: World, row: dict[str, Any], rows: int
) -> None:
    assert redated(held, [row]) == rows


def test_records_of_another_department_do_not_count(held: World) -> None:
    assert redated(held, [penalty(WATER, "1号", "2026-11-09")], ECOLOGY) == 0


def test_few_subjects_and_many_are_counted_alike(held: World) -> None:
    # The base has a file per bucket of subjects after a fold; few files are read.
    compaction.fold(held.context, PENALTIES, compaction.FoldLimits(base_rows=1))
    rows = [penalty(u, "1号", "2026-11-09") for u in (WATER, POWER, PAPER)]
    assert redated(held, rows) == redated(held, rows, few_subjects=0) == 3


def test_where_the_day_is_no_part_of_the_key_a_moved_day_counts(world: World) -> None:
    row = licence(WATER, "1")
    world.merge(FIRST, world.deliver(FIRST, LICENCES, [row]))
    dataset = world.catalog.datasets[LICENCES]
    moved = parsed(world, LICENCES, [{**row, "decided_on": date(2026, 1, 6)}])
    assert not {*dataset.key} & {*dataset.event}
    assert diff.redated(world.settings, dataset, REGISTRAR, moved) == 1


def test_where_the_day_is_part_of_the_key_the_document_is_the_rest_of_it(
    settings: Settings,
) -> None:
    world = World(settings, catalog(**{PENALTIES: {"key": KEY}}))
    row = penalty(WATER, "1号", "2026-11-02")
    world.merge(FIRST, world.deliver(FIRST, PENALTIES, [row]))
    assert redated(world, [penalty(WATER, "1号", "2026-11-09")]) == 1
    assert redated(world, [penalty(WATER, "2号", "2026-11-09")]) == 0
    assert redated(world, [row]) == 0
