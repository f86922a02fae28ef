"""The catalogue of Guiyang holds what the documents and standards ask for.

Its six first datasets, on whose ids others rely, are looked at item by item.
"""

import csv
import re
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from settings_builders import REPOSITORY

from guiji.catalog import folder_checks
from guiji.catalog.headings import normal, of_item
from guiji.catalog.model import Catalog, Item
from guiji.catalog.validate import validate
from guiji.catalog.vocabulary import (
    ClockKind,
    ItemType,
    OpenLevel,
    Severity,
    Tier,
)
from guiji.checking.suite.build import build
from guiji.core.settings import Settings
from guiji.domain import uscc
from guiji.domain.currencies import CURRENCIES, title_of

SHARED = REPOSITORY.parent / "shared"
DATASETS = [
    "abnormal_operation_list",
    "administrative_licence",
    "administrative_penalty",
    "enterprise_registration",
    "serious_dishonesty_list",
    "spot_check",
]
EIGHT = [
    "market_regulation",
    "housing_urban_rural",
    "ecology_environment",
    "health_commission",
    "emergency_management",
    "transport",
    "tax",
    "human_resources",
]
"""Units that deliver licences and penalties first: the others follow them."""

DEPARTMENTS = [
    *EIGHT,
    "development_reform",
    "agriculture",
    "natural_resources",
    "water",
    "culture_tourism",
    "public_security",
    "fire",
    "civil_affairs",
    "institution_office",
    "education",
    "industry",
    "commerce",
    "finance",
    "urban_management",
    "medical_insurance",
    "forestry",
    "statistics",
    "customs",
    "housing_fund",
    "intellectual_property",
    "intermediate_court",
    "district_nanming",
    "district_yunyan",
    "district_huaxi",
    "district_wudang",
    "district_baiyun",
    "district_guanshanhu",
    "district_kaiyang",
    "district_xifeng",
    "district_xiuwen",
    "district_qingzhen",
    "zone_high_tech",
    "zone_economic",
    "zone_bonded",
    "zone_airport",
]


def shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not there: it is no part of this repository")
    return path


def test_nothing_is_wrong(settings: Settings) -> None:
    assert validate(settings) == []


def test_ids_that_others_rely_on(guiyang: Catalog) -> None:
    assert {*DATASETS} < {*guiyang.datasets}
    assert list(guiyang.departments) == DEPARTMENTS
    assert list(guiyang.rules) == list(guiyang.datasets)


@pytest.mark.duty("GY1")
@pytest.mark.parametrize(
    "dataset", ["administrative_licence", "administrative_penalty"]
)
def test_departments_of_city_and_districts_deliver(
    guiyang: Catalog, dataset: str
) -> None:
    """筑府办发〔2016〕39号 三(二)."""
    providers = guiyang.datasets[dataset].providers
    assert list(providers[: len(EIGHT)]) == EIGHT
    places = [d.id for d in guiyang.departments.values() if d.route == "upload"]
    assert len(places) == 14
    assert list(providers[-len(places) :]) == places


@pytest.mark.parametrize(
    ("heading", "item"),
    [
        ("企业名称", "enterprise_name"),
        ("统一社会信用代码", "uscc"),
        ("注册日期", "established_on"),
        ("企业类型", "enterprise_type"),
        ("法人代表", "legal_representative"),
        ("注册资金", "registered_capital"),
        ("经营范围", "business_scope"),
        ("所在省份", "province"),
        ("地区", "city"),
        ("注册地址", "domicile"),
    ],
)
def test_headings_of_real_registrations(
    guiyang: Catalog, heading: str, item: str
) -> None:
    items = guiyang.datasets["enterprise_registration"].items
    assert [i.id for i in items if heading in of_item(i)] == [item]


def test_real_registrations_hold_all_that_is_required(guiyang: Catalog) -> None:
    """Everything else is N/A in some of the 18,274 good rows."""
    items = guiyang.datasets["enterprise_registration"].items
    required = [i.id for i in items if i.required or i.required_when]
    assert required == ["enterprise_name", "uscc", "established_on"]


def test_real_registrations_are_not_longer_than_allowed(guiyang: Catalog) -> None:
    items = guiyang.datasets["enterprise_registration"].items
    lengths = {h: i.length for i in items for h in of_item(i) if i.length}
    for path in sorted(shared("data/real").glob("*.csv")):
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            for row in csv.DictReader(file):
                if "\ufffd" not in "".join(map(str, row.values())):
                    for heading, value in row.items():
                        assert len(value) <= lengths.get(heading, 10_000)


def test_every_currency_beside_an_amount_is_a_value_of_the_catalogue(
    guiyang: Catalog,
) -> None:
    dataset = guiyang.datasets["enterprise_registration"]
    listed = guiyang.code_list(dataset, "currency").values
    assert [c.code for c in listed] == [c.title for c in CURRENCIES]
    for value in listed:
        assert value.title == value.code
        assert {title_of(name) for name in value.aliases} == {value.code}


@pytest.mark.parametrize(
    ("name", "is_in_form"),
    [
        ("贵州甲有限公司", True),
        ("张三", True),
        ("3M中国有限公司", True),
        ("A&B商贸有限公司", True),
        ("贵州·甲有限公司&", True),
        ("12345678", False),
        ("１２３４５", False),
        ("2026-11", False),
        ("贵州&#183;甲有限公司", False),
        ("&#x8D35;&#x5DDE;甲", False),
    ],
)
def test_a_name_of_digits_or_of_a_web_page_s_characters_is_a_warning(
    guiyang: Catalog, name: str, is_in_form: bool
) -> None:
    for dataset in guiyang.datasets.values():
        (rule,) = [r for r in guiyang.rules[dataset.id] if r.id == "name_in_form"]
        assert rule.items == (dataset.subject.name,)
        assert rule.severity is Severity.WARNING
        query = "select regexp_matches($name, $pattern)"
        asked = {"name": name, "pattern": rule.pattern}
        assert duckdb.execute(query, asked).fetchall() == [(is_in_form,)]


NO_CODE = re.compile("17 ?个 ?0|0{17}X")


def test_the_word_for_no_code_is_only_told_where_it_is_admitted(
    guiyang: Catalog,
) -> None:
    admitting = {
        (d.id, i.id)
        for d in guiyang.datasets.values()
        for i in d.items
        if i.placeholder
    }
    datasets = {dataset for dataset, _ in admitting}
    assert datasets == {"administrative_licence", "administrative_penalty"}
    for dataset in guiyang.datasets.values():
        for item in dataset.items:
            told = NO_CODE.search(item.remark or "") is not None
            assert told == ((dataset.id, item.id) in admitting), item.id
        for rule in guiyang.rules.get(dataset.id, ()):
            if NO_CODE.search(f"{rule.message}{rule.remedy}"):
                assert dataset.id in datasets, rule.id
        for rule in build(dataset, guiyang, date(2026, 11, 20), linked=True):
            said = (rule.wording, *rule.worded().values())
            words = rule.description + "".join(w.message + w.remedy for w in said)
            if NO_CODE.search(words):
                is_admitted = (dataset.id, rule.item) in admitting
                assert is_admitted or rule.rule_id.endswith("household_has_its_code")


def annex(table: str) -> list[dict[str, str]]:
    path = shared("data/sgs_fields.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["table"].startswith(table)]


SEVERITY = ["severity_mark", "severity_basis"]
"""The authority's own mark of penalties from 2026-04-01 on, 国家发展改革委令第36号."""

STANDARD = [
    ("administrative_licence", "行政许可", 28),
    ("administrative_penalty", "行政处罚", 30),
]


@pytest.mark.duty("GY5")
@pytest.mark.parametrize(("dataset", "table", "count"), STANDARD)
def test_items_are_those_of_the_standard(
    guiyang: Catalog, dataset: str, table: str, count: int
) -> None:
    rows, items = annex(table), guiyang.datasets[dataset].items[:count]
    added = [item.id for item in guiyang.datasets[dataset].items[count:]]
    assert added == (SEVERITY if dataset == "administrative_penalty" else [])
    assert len(rows) == len(items) == count
    for row, item in zip(rows, items, strict=True):
        assert (item.code, item.title) == (row["code"], row["name_cn"])
        assert kind(item) == row["type"]
        assert duty(item) == row["required"] or optional_but_empty(item, row)
        if row["length_or_format"].isdigit():
            assert item.length == int(row["length_or_format"])


def kind(item: Item) -> str:
    return {ItemType.DATE: "日期", ItemType.AMOUNT: "数值"}.get(item.type, "文本")


def duty(item: Item) -> str:
    if item.required:
        return "必填"
    return "条件必填" if item.required_when else "选填"


def optional_but_empty(item: Item, row: dict[str, str]) -> bool:
    """The annex calls an item optional that a natural person must leave empty."""
    return row["required"] == "选填" and item.empty_when is not None


@pytest.mark.parametrize(("dataset", "table", "count"), STANDARD)
def test_enumerations_are_those_of_the_standard(
    guiyang: Catalog, dataset: str, table: str, count: int
) -> None:
    entry = guiyang.datasets[dataset]
    for row, item in zip(annex(table), entry.items[:count], strict=True):
        if "|" not in row["enum_or_rule"]:
            continue
        codes = guiyang.code_list(entry, str(item.code_list))
        known = {v.code for v in codes.values}
        listed = re.sub(r"；.*?增 ", "|", row["enum_or_rule"])
        for word in listed.partition("；")[0].split("|"):
            allowed = word in known or word.replace("*", "") == codes.other_prefix
            assert allowed, f"{item.id}: {word}"


@pytest.mark.duty("GY6")
@pytest.mark.parametrize("dataset", DATASETS)
def test_subject_is_named_and_coded(guiyang: Catalog, dataset: str) -> None:
    """筑府办发〔2016〕39号 三(三)6."""
    entry = guiyang.datasets[dataset]
    name, code = entry.item(entry.subject.name), entry.item(entry.subject.uscc)
    assert name.required
    assert code.required or code.required_when


@pytest.mark.parametrize(
    ("dataset", "kind", "days"),
    [
        ("administrative_licence", ClockKind.PUBLICATION, 7),
        ("administrative_penalty", ClockKind.PUBLICATION, 7),
        ("administrative_licence", ClockKind.DELIVERY, 7),
        ("administrative_penalty", ClockKind.DELIVERY, 7),
        ("enterprise_registration", ClockKind.DELIVERY, 20),
        ("enterprise_registration", ClockKind.PUBLICATION, 20),
        ("abnormal_operation_list", ClockKind.DELIVERY, 20),
        ("serious_dishonesty_list", ClockKind.PUBLICATION, 20),
        ("spot_check", ClockKind.PUBLICATION, 20),
    ],
)
def test_deadlines(guiyang: Catalog, dataset: str, kind: ClockKind, days: int) -> None:
    clocks = guiyang.datasets[dataset].clocks
    assert [c.working_days for c in clocks if c.kind is kind] == [days]
    assert all(c.clause for c in clocks)


@pytest.mark.parametrize(
    ("dataset", "start", "ends", "regime"),
    [
        ("abnormal_operation_list", "listed_on", ("removed_on",), None),
        (
            "serious_dishonesty_list",
            "listed_on",
            ("removed_on",),
            "dishonesty_list_publication",
        ),
        ("administrative_licence", "decided_on", ("valid_until",), None),
        (
            "administrative_penalty",
            "decided_on",
            ("publicity_ends_on",),
            "penalty_publication",
        ),
    ],
)
def test_terms_of_publication(
    guiyang: Catalog,
    dataset: str,
    start: str,
    ends: tuple[str, ...],
    regime: str | None,
) -> None:
    term = guiyang.datasets[dataset].publication_term
    assert term is not None
    assert (term.start, term.end_items, term.regime) == (start, ends, regime)


def test_terms_change_with_the_regulation(guiyang: Catalog) -> None:
    regimes = [
        (r.effective_from.isoformat(), r.months)
        for r in guiyang.jurisdiction.term_regimes
        if r.regime == "penalty_publication"
    ]
    assert regimes == [
        ("2019-07-01", {"轻微": 0, "一般": 12, "严重": 36}),
        ("2023-05-01", {"轻微": 0, "一般": 36, "严重": 36}),
        ("2026-04-01", {"轻微": 0, "一般": 12, "严重": 36}),
    ]


def test_every_penalty_has_one_class(guiyang: Catalog) -> None:
    entry = guiyang.datasets["administrative_penalty"]
    assert entry.publication_term is not None
    classed = [v for values in entry.publication_term.classes.values() for v in values]
    known = [v.code for v in entry.codes["penalty_category"].values]
    assert sorted(classed) == sorted(known)


@pytest.mark.duty("GY2")
def test_two_departments_are_read_from_their_databases(guiyang: Catalog) -> None:
    extracts = {
        (d.id, e.department, e.connection, e.table or e.sql, e.watermark)
        for d in guiyang.datasets.values()
        for e in d.extracts
    }
    assert extracts == {
        (
            "administrative_penalty",
            "tax",
            "guiyang_tax",
            "share_penalty",
            "updated_at",
        ),
        (
            "administrative_licence",
            "human_resources",
            "guiyang_human_resources",
            "share_licence.sql",
            "updated_at",
        ),
    }


def test_documents_of_persons_are_not_public(guiyang: Catalog) -> None:
    for entry in guiyang.datasets.values():
        for item in entry.items:
            if "证件" in item.title and "证照" not in item.title:
                assert item.open_level is not OpenLevel.PUBLIC, item.id
                assert item.sensitivity == "personal"


@pytest.mark.parametrize("dataset", DATASETS)
def test_channels_show_every_dataset(guiyang: Catalog, dataset: str) -> None:
    """贵州省企业公共信用信息平台运行管理规则(试行) 第十条: 同步."""
    channels = guiyang.jurisdiction.channels
    assert [c.id for c in channels if dataset in c.datasets] == [
        "national_publicity_system",
        "guizhou_credit_net",
        "agencies",
        "provider",
    ]


@pytest.mark.duty("GY1")
def test_districts_and_zones_upload_for_their_departments(guiyang: Catalog) -> None:
    """筑府办发〔2016〕39号 三(二)."""
    units = guiyang.departments.values()
    districts = [d for d in units if d.tier is Tier.DISTRICT]
    zones = [d for d in units if d.tier is Tier.ZONE]
    assert (len(districts), len(zones)) == (10, 4)
    regions = {d.region for d in districts}
    known = {*guiyang.jurisdiction.region_codes}
    assert len(regions) == 10
    assert regions < known
    assert known - regions == {"520100", "520101", "520114"}  # abolished, or no place


def test_codes_of_departments_are_those_of_agencies(guiyang: Catalog) -> None:
    codes = pa.array([d.uscc for d in guiyang.departments.values()])
    assert set(uscc.classify(codes).to_pylist()) == {uscc.Level.VALID}
    assert all(c.startswith("11520100") for c in codes.to_pylist())


def test_catalogue_checks_codes_as_the_domain_does() -> None:
    path = shared("data/uscc_testset.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        codes = [row[reader.fieldnames[0]] for row in reader]
    assert len(codes) > 50
    levels = uscc.classify(pa.array(codes)).to_pylist()
    for code, level in zip(codes, levels, strict=True):
        mine = folder_checks._is_credit_code(code)
        assert mine is (level == uscc.Level.VALID), code


@pytest.mark.parametrize("dataset", DATASETS)
def test_headings_are_not_ids_of_code_lists(guiyang: Catalog, dataset: str) -> None:
    """The template's hidden sheet has code lists as headings: no data sheet."""
    entry = guiyang.datasets[dataset]
    known = {normal(h) for i in entry.items for h in of_item(i)}
    assert not known & {i.code_list for i in entry.items}
