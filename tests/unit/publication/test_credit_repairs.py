"""What a granted repair names leaves publication the same night, and stays archived."""

from datetime import date, timedelta

import pytest
from publishing import release, written
from warehouse_world import PAPER, WATER, World, catalog, penalty, repair

from guiji.context import Context
from guiji.core.settings import Settings
from guiji.warehouse import explain

FIRST = date(2026, 11, 2)
PENALTIES, REPAIRS = "administrative_penalty", "credit_repair"


@pytest.fixture
def world(settings: Settings) -> World:
    """Two penalties on show since the first night."""
    world = World(settings, catalog(credit_repair={}))
    rows = [
        penalty(WATER, "1号", "2026-10-30"),
        penalty(PAPER, "2号", "2026-10-30"),
    ]
    deliver(world, 0, PENALTIES, *rows)
    assert on_show(world, 0) == ["1号", "2号"]
    return world


def deliver(world: World, night: int, dataset: str, *rows: dict[str, object]) -> None:
    when = FIRST + timedelta(days=night)
    world.merge(when, world.deliver(when, dataset, rows))
    release(world, when)


def on_show(world: World, night: int, channel: str = "publicity_system") -> list[str]:
    lines = written(world, FIRST + timedelta(days=night), PENALTIES, "full", channel)
    return sorted(line["行政处罚决定书文号"] for line in lines)


def delta(world: World, night: int) -> list[tuple[str, str]]:
    lines = written(world, FIRST + timedelta(days=night), PENALTIES, "delta")
    return [(line["变更类型"], line["行政处罚决定书文号"]) for line in lines]


@pytest.mark.duty("FJ4")
def test_it_leaves_every_channel_the_same_night_and_the_delta_says_so(
    world: World,
) -> None:
    deliver(world, 1, REPAIRS, repair(WATER, "修1", "1号", "2026-11-03"))
    for channel in ("publicity_system", "credit_net"):
        assert on_show(world, 1, channel) == ["2号"]
    assert len(delta(world, 1)) == 1
    kept = world.ask(
        "select count(*) from records where dataset = 'administrative_penalty'"
    )
    assert kept == [(2,)]
    assert world.ask("select reason from withheld") == [("repaired",)]


def test_who_asks_about_it_is_told_why(world: World) -> None:
    deliver(world, 1, REPAIRS, repair(WATER, "修1", "1号", "2026-11-03"))
    ((record,),) = world.ask(
        "select record_id from records where dataset = 'administrative_penalty' "
        f"and uscc = '{WATER}'"
    )
    told = explain.explain(Context(world.settings, catalog=world.catalog), record)
    assert "已准予信用修复" in str(told["withheld"])


def test_a_repair_that_is_revoked_brings_it_back(world: World) -> None:
    granted = repair(WATER, "修1", "1号", "2026-11-03")
    deliver(world, 1, REPAIRS, granted)
    deliver(world, 2, REPAIRS, granted | {"operation": "revoke"})
    assert on_show(world, 2) == ["1号", "2号"]
    assert world.ask("select count(*) from withheld") == [(0,)]


def test_a_repair_that_is_corrected_names_the_other_one(world: World) -> None:
    granted = repair(WATER, "修1", "0号", "2026-11-03")
    deliver(world, 1, REPAIRS, granted)
    assert on_show(world, 1) == ["1号", "2号"]
    deliver(world, 2, REPAIRS, granted | {"repaired_number": "1号"})
    assert on_show(world, 2) == ["2号"]


def test_what_was_repaired_before_it_was_corrected_stays_away(world: World) -> None:
    deliver(world, 1, REPAIRS, repair(WATER, "修1", "1号", "2026-11-03"))
    changed = penalty(WATER, "1号", "2026-10-30", penalty_category="责令关闭")
    deliver(world, 2, PENALTIES, changed)
    assert on_show(world, 2) == ["2号"]


@pytest.mark.parametrize(
    "other",
    [
        {"repair_outcome": "不予修复"},
        {"uscc": PAPER},  # of another enterprise
        {"repaired_dataset": "行政许可信息"},
        {"repaired_number": "1"},
    ],
)
def test_only_the_record_that_a_granted_repair_names_is_repaired(
    world: World, other: dict[str, str]
) -> None:
    deliver(world, 1, REPAIRS, repair(WATER, "修1", "1号", "2026-11-03") | other)
    assert on_show(world, 1) == ["1号", "2号"]
