"""Answers about one enterprise: what was known on a day, and what held good on it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from warehouse_world import (
    ECOLOGY,
    FIRST,
    PAPER,
    POWER,
    SECOND,
    THIRD,
    WATER,
    World,
    licence,
    penalty,
    registration,
)

from guiji import pipeline
from guiji.context import Context
from guiji.core import settings as settings_module
from guiji.engine.duck import DuckEngine, connect
from guiji.warehouse import show, views

REGISTRATION = "enterprise_registration"
PENALTY = "administrative_penalty"
LICENCE = "administrative_licence"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Three nights of one enterprise: renamed, fined twice, one fine taken back."""
    data = tmp_path_factory.mktemp("data")
    world = World(replace(settings_module.current(), data=data))
    old = registration("旧名公司", WATER, "2026-01-10")
    new = old | {"enterprise_name": "新名公司", "approved_on": date(2026, 11, 1)}
    fine = penalty(WATER, "1号", "2026-05-02")
    kept = penalty(WATER, "2号", "2026-11-02")
    until = licence(WATER, "许1", valid_until=date(2026, 6, 30))
    world.merge(
        FIRST,
        world.deliver(FIRST, REGISTRATION, [old]),
        world.deliver(FIRST, PENALTY, [fine], ECOLOGY),
        world.deliver(FIRST, LICENCE, [until]),
    )
    world.merge(
        SECOND,
        world.deliver(SECOND, REGISTRATION, [new]),
        world.deliver(SECOND, PENALTY, [kept], ECOLOGY),
    )
    back = fine | {"operation": "revoke", "produced_on": date(2026, 11, 15)}
    world.merge(THIRD, world.deliver(THIRD, PENALTY, [back], ECOLOGY))
    return world


def shown(world: World, **asked: Any) -> dict[str, list[dict[str, Any]]]:
    told = show.show(world.context, WATER, **asked)
    assert json.loads(json.dumps(told)) == told
    return {d["dataset"]: d["records"] for d in told["datasets"]}


def numbers(world: World, **asked: Any) -> list[str]:
    found = shown(world, **asked).get(PENALTY, [])
    return [record["items"]["decision_no"] for record in found]


@pytest.mark.parametrize(
    ("day", "penalties", "name", "licences"),
    [
        (date(2025, 12, 31), [], None, 0),  # before everything
        (date(2026, 1, 10), [], "旧名公司", 1),  # the day itself counts
        (date(2026, 6, 30), ["1号"], "旧名公司", 1),  # the last day of the licence
        (date(2026, 7, 1), ["1号"], "旧名公司", 0),  # its term is over
        (date(2026, 11, 14), ["1号", "2号"], "新名公司", 0),
        (date(2026, 11, 15), ["2号"], "新名公司", 0),  # the first fine was revoked
    ],
)
def test_what_held_good_on_a_day(
    held: World, day: date, penalties: list[str], name: str | None, licences: int
) -> None:
    assert numbers(held, valid_on=day) == penalties
    found = shown(held, valid_on=day)
    names = [r["items"]["enterprise_name"] for r in found.get(REGISTRATION, [])]
    assert names == ([name] if name else [])
    assert len(found.get(LICENCE, [])) == licences


def test_both_days_at_once(held: World) -> None:
    # On the second night nobody knew yet that the first fine would be revoked.
    day = date(2026, 11, 16)
    assert numbers(held, as_of=SECOND, valid_on=day) == ["1号", "2号"]
    assert numbers(held, as_of=FIRST, valid_on=day) == ["1号"]
    assert numbers(held, valid_on=day) == ["2号"]


def test_a_revocation_without_its_own_day_holds_from_its_receipt(world: World) -> None:
    row = penalty(WATER, "1号", "2026-05-02")
    world.merge(FIRST, world.deliver(FIRST, PENALTY, [row], ECOLOGY))
    back = row | {"operation": "revoke"}
    world.merge(SECOND, world.deliver(SECOND, PENALTY, [back], ECOLOGY))
    assert numbers(world, valid_on=FIRST) == ["1号"]
    assert numbers(world, valid_on=SECOND) == []


def test_opening_term_and_severity_stand_beside_each_record(held: World) -> None:
    found = shown(held)
    columns = ("opening", "term_ends_on", "severity_class", "grade")
    assert [tuple(r[c] for c in columns) for r in found[PENALTY]] == [
        ("public", "2027-05-02", "一般", None),
        ("public", "2027-11-02", "一般", None),
    ]
    (one,) = found[LICENCE]
    assert (one["term_ends_on"], one["grade"]) == ("2026-06-30", None)
    (one,) = found[REGISTRATION]
    assert (one["term_ends_on"], one["grade"]) == (None, None)


def test_history_gives_every_version_of_a_record(held: World) -> None:
    (record,) = shown(held, history=True)[REGISTRATION]
    told = [
        (
            v["items"]["enterprise_name"],
            v["superseded_night"],
            v["origin"]["source_row"],
        )
        for v in record["versions"]
    ]
    assert told == [("旧名公司", str(SECOND), 2), ("新名公司", None, 2)]
    assert all(v["origin"]["source_file"] for v in record["versions"])
    (record,) = shown(held, history=True, as_of=FIRST)[REGISTRATION]
    assert [v["superseded_night"] for v in record["versions"]] == [None]
    (record,) = shown(held)[REGISTRATION]
    assert "versions" not in record


def test_an_engine_that_stays_open_gives_the_same_answers(held: World) -> None:
    codes = (WATER, POWER, PAPER, WATER)
    told = [show.show(held.context, code) for code in codes]
    with DuckEngine(connect()) as engine:
        again = [show.show(held.context, code, engine=engine) for code in codes]
    assert again == told
    assert [bool(one["enterprise"]) for one in told] == [True, False, False, True]


def test_the_enterprise_is_as_its_view_has_it(held: World) -> None:
    for night in (None, FIRST, SECOND):
        told = show.show(held.context, WATER, night)["enterprise"]
        with views.connect(held.context, night) as connection:
            query = f"select * from enterprises where uscc = '{WATER}'"
            (row,) = show.rows(connection.sql(query).to_arrow_table())
        assert told == row


def test_instants_come_as_arrow_gives_them() -> None:
    instants = [datetime(2026, 11, 20, 22, 0, 0, 5, tzinfo=UTC), None]
    for zone in ("UTC", "Asia/Shanghai"):
        table = pa.table({"at": pa.array(instants, pa.timestamp("us", tz=zone))})
        wanted = [v.isoformat() if v else None for v in table["at"].to_pylist()]
        assert [row["at"] for row in show.rows(table)] == wanted


@pytest.fixture
def door(held: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(settings_module, "current", lambda: held.settings)
    monkeypatch.setattr(Context, "catalog", held.catalog)
    return held


@pytest.mark.duty("FJ9", "GZ8")
@pytest.mark.parametrize(
    "wanted", [WATER, WATER.lower(), "71430580-0", "新名公司", "旧名 公司"]
)
def test_the_door_takes_codes_numbers_and_names(door: World, wanted: str) -> None:
    told = pipeline.show(wanted)
    assert (told["found"], told["uscc"]) == (True, WATER)


def test_an_unknown_name_is_not_found(door: World) -> None:
    told = pipeline.show("无名公司")
    assert (told["found"], told["candidates"]) == (False, [])
    assert pipeline.show("新名公司", str(FIRST))["found"] is False


def test_several_codes_are_named_and_none_is_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [registration("同名公司", code, "2026-11-01") for code in (WATER, POWER)]
    world.merge(FIRST, world.deliver(FIRST, REGISTRATION, rows))
    monkeypatch.setattr(settings_module, "current", lambda: world.settings)
    told = pipeline.show("同名公司")
    assert told["found"] is False
    assert [c["uscc"] for c in told["candidates"]] == [WATER, POWER]
    assert "datasets" not in told


def test_an_engine_that_stays_open_sees_every_later_night(world: World) -> None:
    """It keeps the newest versions, and reads a later one as soon as there is one."""
    with DuckEngine(connect()) as engine:
        answers = []
        for night, number in ((FIRST, "1号"), (SECOND, "2号"), (THIRD, "3号")):
            row = penalty(WATER, number, "2026-11-02")
            world.merge(night, world.deliver(night, PENALTY, [row], ECOLOGY))
            for _ in range(2):
                shown = show.show(world.context, WATER, engine=engine)
                assert shown == show.show(world.context, WATER)
                answers.append(len(shown["datasets"][0]["records"]))
        assert answers == [1, 1, 2, 2, 3, 3]


def test_an_engine_may_be_asked_about_two_warehouses(held: World, world: World) -> None:
    with DuckEngine(connect()) as engine:
        assert show.show(held.context, WATER, engine=engine)["datasets"]
        assert not show.show(world.context, WATER, engine=engine)["datasets"]
        assert show.show(held.context, WATER, engine=engine)["datasets"]
