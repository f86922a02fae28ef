"""Names and numbers of enterprises: what is kept, what contradicts, what is found."""

import sys
from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pytest
from warehouse_catalog import catalog
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

from guiji.checking.register import Register
from guiji.core.schemas import FINDINGS
from guiji.core.settings import Settings
from guiji.domain import fingerprints
from guiji.engine.sql import literal
from guiji.storage import dataset_files
from guiji.storage.table_store import scratch, table_store
from guiji.warehouse import enterprises, register, search
from guiji.warehouse.identity_assertions import PLAIN
from guiji.warehouse.show import show

NUMBER = "520103000012345"
REGISTRATION = "enterprise_registration"
PENALTY = "administrative_penalty"
SAID = "select uscc, kind, value, valid_from::varchar, first_night::varchar "


@pytest.fixture
def world(settings: Settings) -> World:
    """The small jurisdiction; `domicile` stands for the item of an older number."""
    numbered = {"identifiers": {"registration_number": "domicile"}}
    decided = {"info_class": "licence_penalty"}
    return World(settings, catalog(**{REGISTRATION: numbered, PENALTY: decided}))


def registered(world: World, night: date, *rows: dict) -> None:
    world.merge(night, world.deliver(night, REGISTRATION, list(rows)))


def fined(world: World, night: date, *rows: dict, label: str = "a") -> None:
    batch = world.deliver(night, PENALTY, list(rows), ECOLOGY, label=label)
    world.merge(night, batch)


def stated(world: World) -> list[tuple]:
    query = "select uscc, kind, value, is_registered, valid_from::varchar, "
    return world.ask(query + "night::varchar from identifiers order by all")


def conflicts(world: World) -> list[tuple]:
    query = (
        "select night::varchar, rule_id, value, source_row from findings order by all"
    )
    return world.ask(query)


def test_a_name_is_kept_from_its_first_day_and_once(world: World) -> None:
    row = registration("水务公司", WATER, "2026-11-01", domicile=NUMBER)
    registered(world, FIRST, row)
    fined(world, SECOND, penalty(WATER, "1号", "2026-10-05"))
    registered(world, THIRD, row | {"registration_status": "1"})
    assert stated(world) == [
        (WATER, "name", "水务公司", True, "2026-11-01", str(FIRST)),
        (WATER, "registration_number", NUMBER, True, "2026-11-01", str(FIRST)),
    ]


def test_a_registered_name_that_comes_back_has_a_second_row(world: World) -> None:
    for night, name, day in (
        (FIRST, "甲公司", "2026-01-01"),
        (SECOND, "乙公司", "2026-05-01"),
        (THIRD, "甲公司", "2026-09-01"),
    ):
        registered(world, night, registration(name, WATER, day))
    found = [(value, day) for _, _, value, _, day, _ in stated(world)]
    assert sorted(found) == [
        ("乙公司", "2026-05-01"),
        ("甲公司", "2026-01-01"),
        ("甲公司", "2026-09-01"),
    ]
    query = "select name, former_names from enterprises"
    assert world.ask(query) == [("甲公司", ["乙公司"])]
    assert conflicts(world) == []


def test_every_register_of_the_catalogue_fills_the_columns_that_it_names(
    settings: Settings,
) -> None:
    """Licences stand for a register of another office, which knows a day only."""
    days = {"role": "register", "register_items": {"established_on": "decided_on"}}
    world = World(settings, catalog(administrative_licence=days))
    row = registration("水务公司", WATER, "2026-11-01", registration_status="1")
    other_row = licence(POWER, "1号", enterprise_name="电力公司")
    other = world.deliver(FIRST, "administrative_licence", [other_row], label="b")
    world.merge(FIRST, world.deliver(FIRST, REGISTRATION, [row]), other)
    query = "select name, status, established_on::varchar, is_registered, region "
    assert world.ask(query + "from enterprises order by name") == [
        ("水务公司", "1", None, True, None),
        ("电力公司", None, "2026-01-05", True, None),
    ]
    found = show(world.context, POWER)["enterprise"]
    assert (found["name"], found["established_on"]) == ("电力公司", "2026-01-05")


def test_a_number_may_belong_to_two_codes(world: World) -> None:
    rows = [
        registration("水务公司", WATER, "2026-11-01", domicile=NUMBER),
        registration("电力公司", POWER, "2026-11-01", domicile=NUMBER),
    ]
    registered(world, FIRST, *rows)
    found = search.search(world.settings, "5201-0300-0012345")
    assert [(f["uscc"], f["name"]) for f in found] == [
        (WATER, "水务公司"),
        (POWER, "电力公司"),
    ]
    assert found[0]["found_by"] == [{"kind": "registration_number", "value": NUMBER}]


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [
        ("水务（贵阳）公司", "name"),
        (" 水务 (贵阳) 公司。", "name"),  # however written
        ("旧名公司", "name"),
        ("714305800", "organisation_code"),
        ("71430580-0", "organisation_code"),
        ("520100714305800", "organisation_code"),  # a tax number holds it
    ],
)
def test_an_enterprise_is_found_by(world: World, wanted: str, kind: str) -> None:
    registered(world, FIRST, registration("旧名公司", WATER, "2026-10-01"))
    registered(world, SECOND, registration("水务(贵阳)公司", WATER, "2026-11-01"))
    found = search.search(world.settings, wanted)
    assert [f["uscc"] for f in found] == [WATER]
    assert found[0]["name"] == "水务(贵阳)公司"
    assert [f["kind"] for f in found[0]["found_by"]] == [kind]


def test_a_search_knows_what_was_known(world: World) -> None:
    registered(world, FIRST, registration("旧名公司", WATER, "2026-10-01"))
    registered(world, SECOND, registration("新名公司", WATER, "2026-11-01"))
    assert search.search(world.settings, "新名公司", FIRST) == []
    assert search.search(world.settings, "旧名公司", FIRST)[0]["name"] == "旧名公司"
    assert search.search(world.settings, "无名公司") == []


def test_a_name_the_registrar_never_stated_is_a_conflict(world: World) -> None:
    registered(world, FIRST, registration("旧名公司", WATER, "2026-10-01"))
    registered(world, SECOND, registration("新名公司", WATER, "2026-11-01"))
    fined(
        world,
        THIRD,
        penalty(WATER, "1号", "2026-11-02", counterpart_name="新名公司"),
        penalty(WATER, "2号", "2026-11-02", counterpart_name="旧名公司"),
        penalty(WATER, "3号", "2026-11-02", counterpart_name="新名 公司"),
        penalty(WATER, "4号", "2026-11-02", counterpart_name="他人公司"),
    )
    rule = f"{PENALTY}.counterpart_name.name_conflict"
    assert conflicts(world) == [(str(THIRD), rule, "他人公司", 5)]
    found = world.ask("select * from findings")
    told = dict(zip(FINDINGS.names, found[0], strict=True))
    assert (told["severity"], told["dimension"]) == ("warning", "关联性")
    assert told["source_file"] == f"{PENALTY}.xlsx"
    assert told["clause"].startswith("福建省涉企信息统一归集公示工作实施方案")
    assert told["message"]
    assert told["remedy"]


def test_a_wrong_name_is_wrong_in_the_next_night_too(world: World) -> None:
    registered(world, FIRST, registration("水务公司", WATER, "2026-10-01"))
    for night, number in ((SECOND, "1号"), (THIRD, "2号")):
        row = penalty(WATER, number, "2026-11-02", counterpart_name="他人公司")
        fined(world, night, row)
    assert [night for night, *_ in conflicts(world)] == [str(SECOND), str(THIRD)]


def test_what_one_night_states_is_compared_within_it(world: World) -> None:
    new = world.deliver(
        FIRST, REGISTRATION, [registration("水务公司", WATER, "2026-11-01")]
    )
    rows = [
        penalty(WATER, "1号", "2026-11-02"),
        penalty(WATER, "2号", "2026-11-02", counterpart_name="他人公司"),
        penalty(PAPER, "3号", "2026-11-02", counterpart_name="造纸公司"),
        penalty(PAPER, "4号", "2026-11-02", counterpart_name="造浆公司"),
    ]
    world.merge(FIRST, new, world.deliver(FIRST, PENALTY, rows, ECOLOGY))
    assert [(value, row) for *_, value, row in conflicts(world)] == [
        ("他人公司", 3),
        ("造浆公司", 5),
        ("造纸公司", 4),
    ]


def test_one_registered_name_under_two_codes_is_a_conflict(world: World) -> None:
    registered(world, FIRST, registration("水务公司", WATER, "2026-11-01"))
    registered(world, SECOND, registration("水务公司", POWER, "2026-11-02"))
    fined(world, THIRD, penalty(PAPER, "1号", "2026-11-03"))
    assert conflicts(world) == [
        (str(SECOND), f"{REGISTRATION}.uscc.code_conflict", POWER, 2),
        (str(THIRD), f"{PENALTY}.uscc.code_conflict", PAPER, 2),
    ]


def test_a_name_given_up_may_be_taken_by_another(world: World) -> None:
    registered(world, FIRST, registration("水务公司", WATER, "2026-10-01"))
    rows = [
        registration("自来水公司", WATER, "2026-11-01"),
        registration("水务公司", POWER, "2026-11-02"),
    ]
    registered(world, SECOND, *rows)
    assert conflicts(world) == []


def test_a_night_merged_again_states_nothing_twice(world: World) -> None:
    registered(world, FIRST, registration("水务公司", WATER, "2026-10-01"))
    row = penalty(WATER, "1号", "2026-11-02", counterpart_name="他人公司")
    batch = world.deliver(SECOND, PENALTY, [row], ECOLOGY)
    world.merge(SECOND, batch)
    before = stated(world), conflicts(world)
    world.merge(SECOND, batch)
    assert (stated(world), conflicts(world)) == before


def test_what_a_killed_merge_left_does_not_count_and_is_replaced(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from guiji.warehouse import merge as module

    registered(world, FIRST, registration("水务公司", WATER, "2026-10-01"))
    row = penalty(WATER, "1号", "2026-11-02", counterpart_name="他人公司")
    batch = world.deliver(SECOND, PENALTY, [row], ECOLOGY)
    with monkeypatch.context() as patch:
        patch.setattr(module.commits, "note", None)  # dies before the commit
        with pytest.raises(TypeError):
            world.merge(SECOND, batch)
    assert len(stated(world)) == 1
    assert search.search(world.settings, "他人公司") == []
    world.merge(SECOND, batch)
    assert len(stated(world)) == 2
    assert len(conflicts(world)) == 1


def test_a_fold_makes_one_sorted_file_and_changes_no_answer(world: World) -> None:
    night = FIRST
    for number, name in enumerate(("甲公司", "乙公司", "丙公司")):
        night = FIRST + timedelta(days=number)
        row = registration(name, WATER, str(date(2026, 1 + number, 1)))
        registered(world, night, row)
    before = stated(world)
    where = table_store(world.settings)
    held = dataset_files.open_records(where)
    with scratch(world.settings) as aside:
        assert enterprises.fold(where, held, aside) == 3
        assert enterprises.fold(where, held, aside) == 0
    (path,) = enterprises.merged_files(where, held)
    assert duckdb.sql(f"select count(*) from '{path}'").fetchall() == [(3,)]
    assert stated(world) == before
    registered(
        world, night + timedelta(days=1), registration("甲公司", POWER, "2026-11-01")
    )
    assert len(stated(world)) == 4
    found = search.search(world.settings, "甲公司")
    assert [f["uscc"] for f in found] == [WATER, POWER]


def test_the_register_holds_every_statement_of_a_code(world: World) -> None:
    row = registration("旧名公司", WATER, "2026-10-01", domicile=NUMBER)
    registered(world, FIRST, row)
    fined(world, SECOND, penalty(WATER, "1号", "2026-11-02"))
    path = register.register(world.settings)
    assert path is not None
    found = Register(path)
    stated = found.statements(found.of_codes(pa.array([WATER])).rows).to_pylist()
    told = [(s["kind"], s["is_registered"], str(s["valid_from"])) for s in stated]
    assert sorted(told) == [
        ("name", False, "2026-11-02"),
        ("name", True, "2026-10-01"),
        ("registration_number", True, "2026-10-01"),
    ]
    for name, day in (("旧名公司", "2026-10-01"), ("水务公司", "2026-11-02")):
        rows = found.of_forms(fingerprints.of(pa.array([name])), "name").rows
        (one,) = found.statements(rows).to_pylist()
        assert (one["uscc"], str(one["valid_from"])) == (WATER, day)


def test_what_sql_takes_for_plain_is_its_own_form_in_python() -> None:
    """SQL hashes a plain name as it is; Python compares by the form of every name."""
    every = [
        f"甲{chr(c)}" for c in range(sys.maxunicode + 1) if not 0xD800 <= c < 0xE000
    ]
    with duckdb.connect() as connection:
        connection.register("given", pa.table({"value": every[1:]}))
        query = f"select value from given where regexp_matches(value, '{PLAIN}')"
        plain = [value for (value,) in connection.execute(query).fetchall()]
    assert len(plain) > 80_000
    for is_name in (True, False):
        assert all(enterprises.form_of(v, is_name=is_name) == v for v in plain)
    assert not {f"甲{c}" for c in "⾏⻓\uf900戶（a"} & {*plain}


def test_a_name_is_the_same_in_sql_and_python_however_it_is_coded(world: World) -> None:
    registered(world, FIRST, registration("水务公司", WATER, "2026-10-01"))
    fined(
        world, SECOND, penalty(WATER, "1号", "2026-11-02", counterpart_name="⽔务公司")
    )
    assert conflicts(world) == []


def test_the_register_is_made_once_for_a_state_of_the_warehouse(world: World) -> None:
    registered(world, FIRST, registration("旧名公司", WATER, "2026-10-01"))
    assert Register.latest(world.settings.register) is None
    path = register.register(world.settings)
    assert path is not None
    made = path.stat().st_mtime_ns
    before = Register.latest(world.settings.register)
    assert register.register(world.settings) == path
    assert path.stat().st_mtime_ns == made
    world.merge(SECOND)
    assert register.register(world.settings) != path
    assert not path.exists()  # of a state before the last
    assert before is not None
    assert len(before) == 1  # who has it open keeps it
    after = Register.latest(world.settings.register)
    assert after is not None
    assert len(after) == 1


def test_a_register_that_a_kill_left_half_made_does_not_count(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(world, FIRST, registration("旧名公司", WATER, "2026-10-01"))
    with monkeypatch.context() as patch:
        patch.setattr(register.files, "sync", None)  # dies before it has its name
        with pytest.raises(TypeError):
            register.register(world.settings)
    assert Register.latest(world.settings.register) is None
    assert register.register(world.settings) is not None


def test_there_is_no_register_before_the_first_record(world: World) -> None:
    assert register.register(world.settings) is None
    world.merge(FIRST)
    assert register.register(world.settings) is None


def test_fingerprints_are_those_that_the_warehouse_computes() -> None:
    texts = ["水务公司", "71430580X", "", "a" * 200]
    listed = ", ".join(f"({literal(t)})" for t in texts)
    query = f"select {enterprises.hashed('t')} from (values {listed}) as v(t)"
    computed = [row[0] for row in duckdb.sql(query).fetchall()]
    assert fingerprints.of(pa.array([*texts, None])).tolist() == [*computed, -1]


def test_nothing_is_known_of_a_revocation_or_a_person(world: World) -> None:
    rows = [
        penalty(WATER, "1号", "2026-11-02", operation="revoke"),
        penalty(None, "2号", "2026-11-02", counterpart_id_no="11010519491231002X"),
    ]
    fined(world, FIRST, *rows)
    assert stated(world) == []
