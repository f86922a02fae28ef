"""What goes out and what stays in: items, terms, persons."""

from datetime import date
from pathlib import Path

import pytest
from publishing import night, release, written
from warehouse_world import (
    FIRST,
    POWER,
    REGISTRAR,
    SECOND,
    THIRD,
    WATER,
    World,
    catalog,
    licence,
    penalty,
    registration,
)

from guiji.errors import (
    CatalogError,
)
from guiji.publication import lines, scan

PERSON = "11010519491231002X"  # the example of GB 11643
REGISTRATIONS = "enterprise_registration"
LICENCES = "administrative_licence"
PENALTIES = "administrative_penalty"


def test_only_public_items_go_out(world: World) -> None:
    row = registration(
        "水务公司",
        WATER,
        "2026-11-02",
        capital="100.50",
        registration_status="1",
        phone="13800138000",
    )
    night(world, FIRST, REGISTRATIONS, row)
    (line,) = written(world, FIRST, REGISTRATIONS)
    record_id = line.pop("记录标识")
    assert line == {
        "企业名称": "水务公司",
        "统一社会信用代码": WATER,
        "核准日期": "2026-11-02",
        "注册资本": "100.5",
        "登记状态": "存续",
        "住所": "",
    }
    assert world.ask("select record_id from records") == [(record_id,)]


def test_undecided_items_and_person_ids_stay_in(world: World) -> None:
    row = penalty(
        None, "1号", "2026-11-02", counterpart_id_no=PERSON, remark="待定内容"
    )
    night(world, FIRST, PENALTIES, row)
    (line,) = written(world, FIRST, PENALTIES)
    assert set(line) == {
        "行政相对人名称",
        "统一社会信用代码",
        "行政处罚决定书文号",
        "处罚类别",
        "处罚决定日期",
        "公示截止期",
        "记录标识",
    }
    everything = b"".join(
        p.read_bytes() for p in world.settings.publication.rglob("*") if p.is_file()
    )
    for secret in (PERSON, PERSON[:6] + "*", "待定内容"):
        assert secret.encode() not in everything


@pytest.mark.parametrize("level", ["pending", "gov_only", "authorised", "none"])
def test_a_dataset_that_is_not_public_has_no_files(world: World, level: str) -> None:
    world.catalog = catalog(**{PENALTIES: {"open_level": level}})
    made = night(world, FIRST, PENALTIES, penalty(WATER, "1号", "2026-11-02"))
    assert PENALTIES not in str(made.channels)


def test_a_dataset_that_becomes_undecided_goes_off(world: World) -> None:
    night(world, FIRST, PENALTIES, penalty(WATER, "1号", "2026-11-02"))
    world.catalog = catalog(**{PENALTIES: {"open_level": "pending"}})
    world.merge(SECOND)
    assert release(world, SECOND).withdrawn == 2  # on two channels
    assert written(world, SECOND, PENALTIES) == []
    (line,) = written(world, SECOND, PENALTIES, "delta")
    assert line["变更类型"] == "撤下"
    assert line["行政处罚决定书文号"] == ""  # what goes off is not told once more
    world.merge(THIRD)
    assert PENALTIES not in str(release(world, THIRD).channels)


@pytest.mark.parametrize(
    ("decided", "category", "is_shown"),
    [
        ("2026-05-06", "罚款", True),  # Order 36 alone: 12 months
        ("2025-05-06", "罚款", False),  # Order 58 gave 36 months, Order 36 gives 12
        ("2025-11-20", "罚款", True),  # the 12 months end today
        ("2025-11-19", "罚款", False),  # ended yesterday
        ("2025-05-06", "责令关闭", True),  # 36 months under both
        ("2023-11-19", "责令关闭", False),
        ("2026-11-02", "警告", False),  # 0 months: never on show
        ("2026-11-02", "警告；罚款", True),  # the longest of several
        ("2025-05-06", "警告；责令关闭", True),
        ("2026-05-06", "其他-约谈", True),  # the class of what no class names
        ("2019-05-06", "罚款", False),  # before any regime: that of tonight
    ],
)
def test_the_term_of_a_penalty(
    world: World, decided: str, category: str, is_shown: bool
) -> None:
    row = penalty(WATER, "1号", decided, penalty_category=category)
    night(world, THIRD, PENALTIES, row)
    assert bool(written(world, THIRD, PENALTIES)) is is_shown


@pytest.mark.parametrize(
    ("ends", "is_shown"),
    [
        (date(2026, 11, 20), True),  # its last day
        (date(2026, 11, 19), False),
        (None, True),
        ("长期", True),
    ],
)
def test_a_licence_is_on_show_while_it_is_valid(
    world: World, ends: date | str | None, is_shown: bool
) -> None:
    night(world, THIRD, LICENCES, licence(WATER, "1", valid_until=ends))
    assert bool(written(world, THIRD, LICENCES)) is is_shown


def test_for_ever_is_written_as_the_standard_has_it(world: World) -> None:
    night(world, FIRST, LICENCES, licence(WATER, "1", valid_until="长期"))
    assert written(world, FIRST, LICENCES)[0]["有效期至"] == "2099-12-31"


def test_an_end_date_shortens_the_term_of_the_regime(world: World) -> None:
    row = penalty(WATER, "1号", "2026-11-02", publicity_ends_on=date(2026, 11, 17))
    night(world, FIRST, PENALTIES, row)
    assert written(world, FIRST, PENALTIES) == []


def test_a_record_of_unknown_class_is_not_shown(world: World) -> None:
    term = world.catalog.datasets[PENALTIES].publication_term
    assert term is not None
    rule = term.model_dump() | {"default_class": None}
    world.catalog = catalog(**{PENALTIES: {"publication_term": rule}})
    row = penalty(WATER, "1号", "2026-11-02", penalty_category="其他-约谈")
    night(world, FIRST, PENALTIES, row)
    assert written(world, FIRST, PENALTIES) == []


def test_a_class_without_months_is_an_error_of_the_catalogue(world: World) -> None:
    regimes = [r.model_dump() for r in world.catalog.jurisdiction.term_regimes]
    regimes[1]["months"] = {"一般": 12}
    world.catalog = catalog(jurisdiction={"term_regimes": regimes})
    world.merge(FIRST)
    with pytest.raises(CatalogError, match=r"order_36: 严重, order_36: 轻微"):
        release(world, FIRST)


def test_texts_that_csv_must_quote_survive(world: World) -> None:
    name = '水务"第一",公司\n分部 '
    night(world, FIRST, REGISTRATIONS, registration(name, WATER, "2026-11-02"))
    assert written(world, FIRST, REGISTRATIONS)[0]["企业名称"] == name
    world.merge(SECOND)
    release(world, SECOND)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("水务公司13985033002", "phone"),
        (f"水务公司({PERSON})", "person_id"),
        (f"水务公司({PERSON.lower()}),", "person_id"),
    ],
)
def test_a_line_that_reveals_a_person_is_withheld(
    world: World, name: str, reason: str
) -> None:
    rows = [
        registration(name, WATER, "2026-11-02"),
        registration("电力公司", POWER, "2026-11-02"),
    ]
    made = night(world, FIRST, REGISTRATIONS, *rows)
    assert made.withheld == 1
    assert [r["企业名称"] for r in written(world, FIRST, REGISTRATIONS)] == ["电力公司"]
    query = "select owner, reason from withheld"
    assert world.ask(query) == [(REGISTRAR, reason)]


@pytest.mark.parametrize(
    "name",
    [
        "水务公司110105194912310021",  # wrong check character
        "水务公司110105194913310028",  # no such month
        "水务公司X13985033002",  # a number of something else
        "水务公司139850330021",
    ],
)
def test_numbers_that_are_no_person_go_out(world: World, name: str) -> None:
    made = night(world, FIRST, REGISTRATIONS, registration(name, WATER, "2026-11-02"))
    assert (made.withheld, len(written(world, FIRST, REGISTRATIONS))) == (0, 1)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"a,{PERSON},b\n", {"person_id": 1}),
        ("南明区13985033002\n13985033002", {"phone": 2}),
        (f"{WATER},2026-11-02,XK13985033002", {}),
        ("", {}),
    ],
)
def test_scan(tmp_path: Path, content: str, expected: dict[str, int]) -> None:
    path = tmp_path / "file.csv"
    path.write_text(content, encoding="utf-8")
    assert scan.scan(path) == expected


def test_titles_that_are_repeated_are_an_error_of_the_catalogue() -> None:
    entry = catalog().datasets[PENALTIES].model_dump()
    entry["items"][3]["title"] = entry["items"][0]["title"]
    dataset = catalog(**{PENALTIES: entry}).datasets[PENALTIES]
    with pytest.raises(CatalogError, match="titles are repeated"):
        lines.public_items(dataset)


def test_an_empty_cell_is_written_as_nothing(world: World) -> None:
    night(world, FIRST, REGISTRATIONS, registration("水务公司", WATER, "2026-11-02"))
    path = f"{FIRST}/full/publicity_system/{REGISTRATIONS}.csv"
    line = (world.settings.publication / path).read_text().splitlines()[1]
    assert line.startswith(f"水务公司,{WATER},2026-11-02,,,,")
