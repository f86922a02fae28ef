"""What goes out and what stays in: items, terms, persons."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from publishing import night, release, written
from warehouse_world import (
    FIRST,
    REGISTRAR,
    SECOND,
    THIRD,
    WATER,
    World,
    catalog,
    licence,
    penalty,
    registration,
    world_in,
)

from guiji.core.errors import CatalogError
from guiji.publication import publishable_rows, scan
from guiji.warehouse import explain

PERSON = "11010519491231002X"  # the example of GB 11643
REGISTRATIONS = "enterprise_registration"
LICENCES = "administrative_licence"
PENALTIES = "administrative_penalty"


PENALTY_TERMS = [
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
]
"""Day of the decision, category, and whether it is on show on the third night."""

LICENCE_TERMS = [
    (date(2026, 11, 20), True),  # its last day
    (date(2026, 11, 19), False),
    (None, True),
    ("长期", True),
]
"""End of its validity, and whether it is on show on the third night."""

REVEALING = [
    ("水务公司13985033002", "phone"),
    (f"水务公司({PERSON})", "person_id"),
    (f"水务公司({PERSON.lower()}),", "person_id"),
    (f"水务公司({PERSON[:17]}Ｘ)", "person_id"),
    ("水务公司110105 19491231 002X", "person_id"),
    ("水务公司１１０１０５１９４９１２３１００２Ｘ", "person_id"),
    ("水务公司110105491231005", "person_id"),
    ("水务公司139-8503-3002", "phone"),
    ("水务公司139 8503 3002", "phone"),
    ("水务公司+8613985033002", "phone"),
    ("水务公司１３９８５０３３００２", "phone"),
    ("水务公司6222020000000000000", "bank_account"),
    ("水务公司 zhang@example.com", "email"),
]
"""Names that reveal a person, and what of him."""

HARMLESS = [
    "水务公司110105194912310021",  # wrong check character
    "水务公司110105194913310028",  # no such month
    "水务公司X13985033002",  # a number of something else
    "水务公司139850330021",
    "水务公司(宗地编号13985033002)",
    "水务公司第13985033002号",
    "水务公司91520103MA6DJ3YR2X",
]
"""Names with digits that are nobody's number."""


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> World:
    """All of them, each a record of its own, published in one night."""
    world = world_in(tmp_path_factory.mktemp("crowd") / "data")
    names = [*(name for name, _ in REVEALING), *HARMLESS]
    rows = {
        PENALTIES: [
            penalty(WATER, f"{n}号", decided, penalty_category=category)
            for n, (decided, category, _) in enumerate(PENALTY_TERMS)
        ],
        LICENCES: [
            licence(WATER, f"{n}", valid_until=ends)
            for n, (ends, _) in enumerate(LICENCE_TERMS)
        ],
        REGISTRATIONS: [
            registration(name, f"9152010071430{n:04}A", "2026-11-02")
            for n, name in enumerate(names)
        ],
    }
    batches = [world.deliver(THIRD, dataset, made) for dataset, made in rows.items()]
    world.merge(THIRD, *batches)
    release(world, THIRD)
    return world


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


@pytest.mark.duty("GY7")
def test_undecided_items_and_person_ids_stay_in(world: World) -> None:
    row = penalty(
        None, "1号", "2026-11-02", counterpart_id_no=PERSON, remark="待定内容"
    )
    night(world, FIRST, PENALTIES, row)
    (line,) = written(world, FIRST, PENALTIES, channel="credit_net")
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


@pytest.mark.duty("GY7")
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


@pytest.mark.parametrize(("number", "case"), list(enumerate(PENALTY_TERMS)))
def test_the_term_of_a_penalty(
    crowd: World, number: int, case: tuple[Any, ...]
) -> None:
    numbers = [r["行政处罚决定书文号"] for r in written(crowd, THIRD, PENALTIES)]
    assert (f"{number}号" in numbers) is case[-1]


@pytest.mark.parametrize(("number", "case"), list(enumerate(LICENCE_TERMS)))
def test_a_licence_is_on_show_while_it_is_valid(
    crowd: World, number: int, case: tuple[Any, ...]
) -> None:
    numbers = [r["许可编号"] for r in written(crowd, THIRD, LICENCES)]
    assert (f"{number}" in numbers) is case[-1]


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


@pytest.mark.parametrize(("name", "reason"), REVEALING)
def test_a_line_that_reveals_a_person_is_withheld(
    crowd: World, name: str, reason: str
) -> None:
    assert name not in [r["企业名称"] for r in written(crowd, THIRD, REGISTRATIONS)]
    query = (
        "select owner, reason, item, record_id from withheld semi join "
        f"(select record_id from {REGISTRATIONS} where enterprise_name = '{name}') "
        "using (record_id)"
    )
    ((*row, record_id),) = crowd.ask(query)
    assert row == [REGISTRAR, reason, "enterprise_name"]
    told = explain.explain(crowd.context, record_id)
    assert told["published"] == []
    (kept_back,) = told["withheld"]
    assert kept_back["why"].startswith("“企业名称”含有")
    assert PERSON not in str(kept_back)


@pytest.mark.parametrize("name", HARMLESS)
def test_numbers_that_are_no_person_go_out(crowd: World, name: str) -> None:
    assert name in [r["企业名称"] for r in written(crowd, THIRD, REGISTRATIONS)]
    assert crowd.ask("select count(*) from withheld") == [(len(REVEALING),)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"a,{PERSON},b\n", {"person_id": 1}),
        ("甲\n南明区13985033002\n13985033002", {"phone": 2}),
        (f"甲,乙,丙\n{WATER},2026-11-02,XK13985033002", {}),
        ('甲,乙\n139-8503-3002,"110105\n19491231002X"\n', {"phone": 1, "person_id": 1}),
        (f"决定书文号,备注\n13985033002,{PERSON}\n{PERSON},\n", {"person_id": 2}),
        ("面积,注册资本（万元）\n13985033002,13985033002", {}),
        ("", {}),
    ],
)
def test_files_are_scanned_cell_by_cell(
    tmp_path: Path, content: str, expected: dict[str, int]
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(content, encoding="utf-8")
    assert scan.scan(path, {"面积"}) == expected


def test_other_files_are_scanned_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(f'{{"a": "139-8503-3002",\n"b": "{PERSON}"}}', encoding="utf-8")
    assert scan.scan(path) == {"phone": 1, "person_id": 1}


def test_natural_persons_are_shown_where_the_channel_lists_them(world: World) -> None:
    rows = [
        penalty(None, "1号", "2026-11-02", counterpart_id_no=PERSON),
        penalty(WATER, "2号", "2026-11-02"),
    ]
    made = night(world, FIRST, PENALTIES, *rows)
    shown = {
        channel: [
            line["行政处罚决定书文号"]
            for line in written(world, FIRST, PENALTIES, channel=channel)
        ]
        for channel in ("publicity_system", "credit_net")
    }
    assert shown["publicity_system"] == ["2号"]
    assert sorted(shown["credit_net"]) == ["1号", "2号"]
    assert made.withheld == 0  # it is shown somewhere


def test_natural_persons_are_shown_nowhere_unless_listed(world: World) -> None:
    night(world, FIRST, PENALTIES, penalty(None, "1号", "2026-11-02"))
    channels = [
        c.model_dump(exclude={"subject_classes"})
        for c in world.catalog.jurisdiction.channels
    ]
    world.catalog = catalog(jurisdiction={"channels": channels})
    row = penalty(None, "2号", "2026-11-02", counterpart_id_no=PERSON)
    made = night(world, SECOND, PENALTIES, row)
    assert made.withheld == 1
    assert [
        line["行政处罚决定书文号"]
        for line in written(world, SECOND, PENALTIES, channel="credit_net")
    ] == ["1号"]  # nobody's number: an enterprise that is not known
    query = "select reason, item, record_id from withheld"
    ((reason, item, record_id),) = world.ask(query)
    assert (reason, item) == ("natural_person", None)
    told = explain.explain(world.context, record_id)
    assert "自然人" in told["withheld"][0]["why"]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (WATER, ["publicity_system"]),
        ("12520100429400000X", ["credit_net"]),
        ("52520000500000001Y", []),
    ],
)
def test_the_credit_code_tells_the_class_of_a_subject(
    world: World, code: str, shown: list[str]
) -> None:
    classes = {"publicity_system": ["enterprise"], "credit_net": ["institution"]}
    channels = [
        c.model_dump() | {"subject_classes": classes[c.id]}
        for c in world.catalog.jurisdiction.channels
    ]
    world.catalog = catalog(jurisdiction={"channels": channels})
    night(world, FIRST, PENALTIES, penalty(code, "1号", "2026-11-02"))
    assert [c for c in classes if written(world, FIRST, PENALTIES, channel=c)] == shown


def test_titles_that_are_repeated_are_an_error_of_the_catalogue() -> None:
    entry = catalog().datasets[PENALTIES].model_dump()
    entry["items"][3]["title"] = entry["items"][0]["title"]
    dataset = catalog(**{PENALTIES: entry}).datasets[PENALTIES]
    with pytest.raises(CatalogError, match="titles are repeated"):
        publishable_rows.public_items(dataset)


def test_an_empty_cell_is_written_as_nothing(world: World) -> None:
    night(world, FIRST, REGISTRATIONS, registration("水务公司", WATER, "2026-11-02"))
    path = f"{FIRST}/full/publicity_system/{REGISTRATIONS}.csv"
    line = (world.settings.publication / path).read_text().splitlines()[1]
    assert line.startswith(f"水务公司,{WATER},2026-11-02,,,,")
