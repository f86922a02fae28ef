"""Records without a credit code and their enterprises: by number, by name, by nobody.

The codes of this file hold organisation codes that pass GB 11714.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from registers import register_of
from warehouse_catalog import PENALTY, catalog
from warehouse_world import (
    ECOLOGY,
    FIRST,
    SECOND,
    THIRD,
    World,
    penalty,
    registration,
    typed_table,
)

from guiji.core.settings import Settings
from guiji.domain.matching import CERTAINTY, MatchedBy
from guiji.warehouse import entity_resolution
from guiji.warehouse.show import show

WATER = "9152010071430580X8"
POWER = "915201007422832140"
STALL = "92520100400002259B"
ORGANISATION = "71430580-X"
NUMBER = "520100000012345"  # registered in 520100, as the codes are
TAX = "52010071430580X"
REGISTRATION = "enterprise_registration"
FINE = "administrative_penalty"

NUMBERS: list[dict[str, Any]] = [
    {"id": "registration_no", "title": "注册号", "code": "ZCH"},
    {"id": "org_code", "title": "组织机构代码", "code": "ZZJG", "type": "org_code"},
    {"id": "tax_no", "title": "税务登记号", "code": "SWDJ"},
    {"id": "category", "title": "类别", "code": "LB", "type": "code", "code_list": "c"},
]
CATEGORIES = {
    "values": [
        {"code": "1", "title": "法人及非法人组织"},
        {"code": "3", "title": "个体工商户"},
    ]
}


@pytest.fixture
def world(settings: Settings) -> World:
    """Penalties give older numbers; registrations the registration number, for which
    the item `domicile` stands."""
    fines = {
        "info_class": "licence_penalty",
        "identifiers": {
            "registration_number": "registration_no",
            "organisation_code": "org_code",
            "tax_number": "tax_no",
        },
        "items": [*PENALTY["items"], *NUMBERS],
        "subject": PENALTY["subject"] | {"category": "category"},
        "codes": PENALTY["codes"] | {"c": CATEGORIES},
    }
    numbered = {"identifiers": {"registration_number": "domicile"}}
    return World(settings, catalog(**{REGISTRATION: numbered, FINE: fines}))


def registered(world: World, night: date, *rows: dict[str, Any]) -> None:
    world.merge(night, world.deliver(night, REGISTRATION, list(rows)))


def fined(world: World, night: date, *rows: dict[str, Any], label: str = "a") -> None:
    world.merge(night, world.deliver(night, FINE, list(rows), ECOLOGY, label=label))


def fine(number: str, decided: str = "2026-11-02", **items: Any) -> dict[str, Any]:
    """A penalty without a credit code."""
    return penalty(None, number, decided, **items)


def links(world: World, as_of: date | None = None) -> list[tuple[Any, ...]]:
    query = (
        "select record_key, links.uscc, links.matched_by, match_certainty "
        "from links inner join records using (record_id) order by all"
    )
    return world.ask(query, as_of)


def shown(world: World, code: str, **more: Any) -> list[dict[str, Any]]:
    told = show(world.context, code, **more)
    entries = [d["records"] for d in told["datasets"] if d["dataset"] == FINE]
    return [record for records in entries for record in records]


@pytest.mark.duty("GZ5", "CQ1")
@pytest.mark.parametrize(
    ("items", "way"),
    [
        ({"org_code": ORGANISATION.replace("-", "")}, "organisation_code"),
        ({"registration_no": NUMBER}, "registration_number"),
        ({"registration_no": " 5201-0000 0012345"}, "registration_number"),
        ({"tax_no": TAX}, "tax_number"),
        ({"org_code": "71430580X", "registration_no": "0"}, "organisation_code"),
    ],
)
def test_a_record_is_linked_by_its_most_certain_number(
    world: World, items: dict[str, str], way: str
) -> None:
    row = registration("水务公司", WATER, "2026-10-01", domicile=NUMBER)
    registered(world, FIRST, row)
    fined(world, SECOND, fine("1号", **items))
    worth = str(CERTAINTY[MatchedBy(way)])
    assert links(world) == [("1号", WATER, way, worth)]
    (record,) = shown(world, WATER)
    assert record["items"]["uscc"] is None  # as delivered
    origin = record["origin"]
    assert (origin["matched_by"], origin["match_certainty"]) == (way, worth)


def test_name_and_region_link_where_no_number_speaks_against_it(world: World) -> None:
    registered(
        world,
        FIRST,
        registration("水务公司", WATER, "2026-10-01"),
        registration("电力公司", POWER, "2026-10-01", domicile="520100000099999"),
    )
    fined(
        world,
        SECOND,
        fine("1号", registration_no=NUMBER),
        fine("2号", registration_no="530100000012345"),  # of another region
        fine("3号"),  # of no region
        fine("4号", registration_no=NUMBER, counterpart_name="电力公司"),  # not its
        fine("5号", registration_no=NUMBER, org_code="742283214"),  # POWER's
        fine("6号", registration_no=NUMBER, counterpart_name="无名公司"),
    )
    assert links(world) == [
        ("1号", WATER, "name_region", "probable"),
        ("5号", POWER, "organisation_code", "certain"),
    ]


def test_a_name_counts_while_it_is_the_registered_one(world: World) -> None:
    registered(world, FIRST, registration("水务公司", WATER, "2026-01-01"))
    registered(world, SECOND, registration("供水公司", WATER, "2026-06-01"))
    fined(
        world,
        THIRD,
        fine("1号", "2026-05-31", registration_no=NUMBER),
        fine("2号", "2026-06-02", registration_no=NUMBER),
        fine("3号", "2026-06-02", registration_no=NUMBER, counterpart_name="供水公司"),
    )
    assert [key for key, *_ in links(world)] == ["1号", "3号"]


def test_a_name_never_links_an_individual_business(world: World) -> None:
    registered(
        world,
        FIRST,
        registration("老王小吃店", STALL, "2026-10-01"),
        registration("水务公司", WATER, "2026-10-01"),
    )
    fined(
        world,
        SECOND,
        fine("1号", registration_no=NUMBER, counterpart_name="老王小吃店"),
        fine("2号", registration_no=NUMBER, category="3"),  # says that it is one
    )
    assert links(world) == []


def test_a_number_links_an_individual_business(world: World) -> None:
    row = registration("老王小吃店", STALL, "2026-10-01", domicile=NUMBER)
    registered(world, FIRST, row)
    fined(world, SECOND, fine("1号", registration_no=NUMBER, category="3"))
    assert links(world) == [("1号", STALL, "registration_number", "strong")]


def test_a_number_of_two_codes_links_by_the_day_of_the_event(world: World) -> None:
    registered(
        world,
        FIRST,
        registration("水务公司", WATER, "2020-01-01", domicile=NUMBER),
        registration("电力公司", POWER, "2024-01-01", domicile=NUMBER),
    )
    fined(
        world,
        SECOND,
        fine("1号", "2022-05-05", registration_no=NUMBER),  # WATER's alone then
        fine("2号", "2025-05-05", registration_no=NUMBER),  # of both
        fine("3号", "2019-05-05", registration_no=NUMBER),  # before either was stated
    )
    assert links(world) == [("1号", WATER, "registration_number", "strong")]


def test_what_the_registrar_states_goes_before_what_others_do(world: World) -> None:
    row = registration("水务公司", WATER, "2026-10-01", domicile=NUMBER)
    registered(world, FIRST, row)
    fined(
        world,
        SECOND,
        penalty(POWER, "9号", "2020-01-01", registration_no=NUMBER),  # a mistake
        fine("1号", registration_no=NUMBER),
    )
    assert links(world) == [("1号", WATER, "registration_number", "strong")]


def test_a_natural_person_is_never_linked(world: World) -> None:
    registered(
        world,
        FIRST,
        registration("水务公司", WATER, "2026-10-01", domicile=NUMBER),
    )
    person = {"counterpart_id_no": "11010519491231002X", "registration_no": NUMBER}
    fined(world, SECOND, fine("1号", **person))
    assert links(world) == []
    assert shown(world, WATER) == []


def test_a_tax_number_made_of_a_persons_number_holds_no_organisation_code(
    world: World,
) -> None:
    registered(
        world, FIRST, registration("水务公司", "915201007101015000", "2026-10-01")
    )
    fined(world, SECOND, fine("1号", tax_no="520100710101500"))
    assert links(world) == []


def test_a_record_keeps_its_id_when_the_register_learns_of_it(world: World) -> None:
    row = fine("1号", registration_no=NUMBER)
    fined(world, FIRST, row)
    before = world.ask("select record_id, subject from records")
    assert links(world) == []
    registered(
        world, SECOND, registration("水务公司", WATER, "2026-10-01", domicile=NUMBER)
    )
    assert links(world) == [("1号", WATER, "registration_number", "strong")]
    fined(world, THIRD, row | {"penalty_category": "警告"})
    after = world.ask("select record_id, subject from administrative_penalty")
    assert after == before
    (record,) = shown(world, WATER, history=True)
    assert len(record["versions"]) == 2
    assert shown(world, WATER, as_of=FIRST) == []
    assert links(world, FIRST) == []


def test_a_link_ends_when_a_second_code_is_registered_with_the_number(
    world: World,
) -> None:
    registered(
        world, FIRST, registration("水务公司", WATER, "2026-10-01", domicile=NUMBER)
    )
    fined(world, SECOND, fine("1号", registration_no=NUMBER))
    assert len(shown(world, WATER)) == 1
    registered(
        world, THIRD, registration("电力公司", POWER, "2026-10-01", domicile=NUMBER)
    )
    assert links(world) == []
    assert shown(world, WATER) == shown(world, POWER) == []
    assert len(shown(world, WATER, as_of=SECOND)) == 1


def test_a_record_delivered_again_under_its_code_is_shown_once(world: World) -> None:
    registered(
        world, FIRST, registration("水务公司", WATER, "2026-10-01", domicile=NUMBER)
    )
    fined(world, SECOND, fine("1号", registration_no=NUMBER))
    fined(world, THIRD, penalty(WATER, "1号", "2026-11-02", registration_no=NUMBER))
    (record,) = shown(world, WATER)
    assert record["origin"]["matched_by"] == "uscc"


def test_a_revoked_record_stays_linked(world: World) -> None:
    registered(
        world, FIRST, registration("水务公司", WATER, "2026-10-01", domicile=NUMBER)
    )
    row = fine("1号", registration_no=NUMBER)
    fined(world, SECOND, row)
    fined(world, THIRD, row | {"operation": "revoke"})
    (record,) = shown(world, WATER)
    assert record["origin"]["operation"] == "revoke"


def test_a_delivery_says_how_its_rows_are_matched(world: World, tmp_path: Path) -> None:
    known = register_of(
        tmp_path,
        (WATER, "水务公司"),
        (WATER, NUMBER, "registration_number"),
        (POWER, "电力公司"),
    )
    rows = [
        penalty(WATER, "1号", "2026-11-02"),
        fine("2号", registration_no=NUMBER),
        fine("3号"),
        fine("4号", counterpart_id_no="11010519491231002X", registration_no=NUMBER),
        fine("5号", org_code="742283214"),
        fine("6号", counterpart_name="电力公司", registration_no="520100000099999"),
    ]
    entry = world.catalog.datasets[FINE]
    typed = typed_table(entry, ECOLOGY, rows)
    told = entity_resolution.matched(world.context, entry, typed, known)
    assert told["matched_by"].to_pylist() == [
        "uscc",
        "registration_number",
        "name_hash",
        "person_hash",
        "organisation_code",
        "name_region",
    ]
    others = [c for c in typed.column_names if c != "matched_by"]
    assert told.select(others).equals(typed.select(others))


def test_every_way_has_its_certainty() -> None:
    assert set(CERTAINTY) == set(MatchedBy)
