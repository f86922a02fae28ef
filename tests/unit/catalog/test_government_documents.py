"""What the documents of Fujian, Chongqing and Yangjiang ask for, each in its way."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from governments import government as catalogue
from settings_builders import REPOSITORY

from guiji import pipeline
from guiji.catalog import bodies
from guiji.catalog.clocks import Clock
from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import (
    Audience,
    ClockKind,
    ClockStart,
    DocumentStatus,
    InfoClass,
    OpenLevel,
    Responsible,
    SubjectClass,
    Tier,
)
from guiji.reading.headings import item_of
from guiji.reading.layout import Layout
from guiji.reports import catalog_page

GOVERNMENTS = ("chongqing", "fujian", "yangjiang")
PLAN = "福建省涉企信息统一归集公示工作实施方案(2016)"


def clock(clocks: tuple[Clock, ...], name: str) -> Clock:
    return next(one for one in clocks if one.id == name)


def of_kind(dataset: Dataset, kind: ClockKind) -> set[int | None]:
    return {one.working_days for one in dataset.clocks if one.kind is kind}


OF_2016 = {
    "administrative_licence": {
        "XK_WSH": "decision_no",
        "XK_XMMC": "document_name",
        "XK_SPLB": "licence_category",
        "XK_NR": "licence_content",
        "XK_XDR": "counterpart_name",
        "XK_XDR_SHXYM": "uscc",
        "XK_XDR_ZDM": "org_code",
        "XK_XDR_GSDJ": "registration_no",
        "XK_XDR_SWDJ": "tax_no",
        "XK_XDR_SFZ": "counterpart_id_no",
        "XK_FR": "legal_representative",
        "XK_JDRQ": "decided_on",
        "XK_JZQ": "valid_until",
        "XK_XZJG": "authority_name",
        "XK_ZT": "status",
        "BZ": "remark",
    },
    "administrative_penalty": {
        "CF_WSH": "decision_no",
        "CF_CFLB1": "penalty_category",
        "CF_SY": "violation_facts",
        "CF_YJ": "penalty_basis",
        "CF_XDR_MC": "counterpart_name",
        "CF_XDR_SHXYM": "uscc",
        "CF_XDR_ZDM": "org_code",
        "CF_XDR_GSDJ": "registration_no",
        "CF_XDR_SWDJ": "tax_no",
        "CF_XDR_SFZ": "counterpart_id_no",
        "CF_FR": "legal_representative",
        "CF_JG": "penalty_content",
        "CF_JDRQ": "decided_on",
        "CF_XZJG": "authority_name",
        "BZ": "remark",
    },
}
"""Headings of 双公示 of 2016 and the items of the standard of 2018 that they mean."""


@pytest.mark.parametrize("government", GOVERNMENTS)
@pytest.mark.parametrize("name", sorted(OF_2016))
def test_both_generations_of_headings_are_known(government: str, name: str) -> None:
    dataset = catalogue(government).datasets[name]
    layout = Layout.of(dataset)
    assert {h: item_of(layout, h) for h in OF_2016[name]} == OF_2016[name]
    for item in dataset.items:
        assert item_of(layout, item.title) == item_of(layout, item.code) == item.id


@pytest.mark.parametrize("government", GOVERNMENTS)
def test_no_natural_person_is_shown_in_any_channel(government: str) -> None:
    for channel in catalogue(government).jurisdiction.channels:
        assert SubjectClass.PERSON not in channel.shown_classes


@pytest.mark.parametrize("government", GOVERNMENTS)
def test_no_grade_is_asked_for(government: str) -> None:
    catalog = catalogue(government)
    assert catalog.jurisdiction.grades == ()
    assert not any(d.grade_item for d in catalog.datasets.values())


@pytest.mark.duty("FJ5")
@pytest.mark.parametrize("government", GOVERNMENTS)
def test_every_unit_delivers_or_another_does_for_it(government: str) -> None:
    catalog = catalogue(government)
    providing = {p for d in catalog.datasets.values() for p in d.providers}
    covered = {u for p in providing for u in bodies.delivered_by(catalog, p)}
    assert covered == {*catalog.departments}


@pytest.mark.parametrize(
    ("government", "former", "successor"),
    [
        ("fujian", "福建省工商局", "market_regulation"),
        ("fujian", "福建省地方税务局", "tax"),
        ("fujian", "福建省国土资源厅", "natural_resources"),
        ("chongqing", "重庆市质监局", "market_regulation"),
        ("chongqing", "市安监局", "emergency_management"),
        ("chongqing", "重庆市开县", "district_kaizhou"),
        ("yangjiang", "阳江市工商行政管理局", "market_regulation"),
        ("yangjiang", "阳东县人民政府", "district_yangdong"),
    ],
)
def test_former_names_mean_the_successor(
    government: str, former: str, successor: str
) -> None:
    assert bodies.departments(catalogue(government)).find(former) == successor


@pytest.mark.duty("FJ3")
def test_fujian_delivers_in_7_days_that_the_20_of_publication_include() -> None:
    for dataset in catalogue("fujian").datasets.values():
        if not of_kind(dataset, ClockKind.DELIVERY):
            continue
        delivery = clock(dataset.clocks, "delivery")
        assert (delivery.working_days, delivery.responsible) == (
            7, Responsible.PROVIDER,
        )  # fmt: skip
        if dataset.open_level is OpenLevel.PUBLIC:
            publication = clock(dataset.clocks, "publication")
            assert (publication.working_days, publication.starts) == (
                20, ClockStart.EVENT,
            )  # fmt: skip
            assert publication.responsible is Responsible.COLLECTOR


def test_fujian_lists_the_stricter_clock_of_decisions_too() -> None:
    for name in OF_2016:
        dataset = catalogue("fujian").datasets[name]
        assert of_kind(dataset, ClockKind.PUBLICATION) == {7, 20}


@pytest.mark.duty("FJ5")
def test_counties_of_fujian_are_delivered_for_by_their_city() -> None:
    catalog = catalogue("fujian")
    units = catalog.departments
    counties = [u for u in units.values() if u.route == "city_system"]
    assert len(counties) == 82
    for unit in counties:
        assert unit.tier is Tier.DISTRICT
        assert unit.region
        city = units[unit.parent or ""]
        assert unit.id in city.delivers_for
        assert (city.region or "")[:4] == unit.region[:4]
        assert catalog.datasets_of(unit.id) == ()
        assert catalog.datasets_of(city.id)
    routes = Counter(u.route for u in units.values())
    assert {*routes} - {None} == {*catalog.jurisdiction.routes}


@pytest.fixture
def in_fujian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GUIJI_HOME", str(REPOSITORY))
    monkeypatch.setenv("GUIJI_JURISDICTION", "fujian")
    monkeypatch.setenv("GUIJI_DATA", str(tmp_path / "data"))
    return tmp_path


CHECKED = """\
抽查检查编号,企业名称,统一社会信用代码,检查实施机关,检查类型,检查日期,检查结果
A1,福建甲有限公司,91350100K5K7MEAE3K,福建省市场监督管理局,抽查,2026-11-02,未发现问题
A2,福建甲有限公司,91350100K5K7MEAE3K,福建省统计局,抽查,2026-11-02,未发现问题
"""


@pytest.mark.duty("FJ1")
@pytest.mark.parametrize("name", ["企业统计年报2026.xlsx", "统计抽查检查结果信息.csv"])
def test_fujian_refuses_statistics_with_the_clause(in_fujian: Path, name: str) -> None:
    """福建省涉企信息统一归集公示工作实施方案(2016) 三."""
    (in_fujian / name).write_text(CHECKED, encoding="utf-8")
    receipt = pipeline.check_file(in_fujian / name, department="market_regulation")
    assert receipt["verdict"] == "refused"
    assert [f["rule"] for f in receipt["findings"]] == ["batch.excluded"]
    assert f"{PLAN} 三" in str(receipt)


@pytest.mark.duty("FJ1")
def test_fujian_puts_statistical_checks_among_others_away(in_fujian: Path) -> None:
    file = in_fujian / "抽查检查结果信息.csv"
    file.write_text(CHECKED, encoding="utf-8")
    receipt = pipeline.check_file(file, department="market_regulation")
    assert receipt["rows"]["quarantined"] == 1
    assert "统计抽查检查结果信息不予归集" in str(receipt)


@pytest.mark.duty("CQ2")
def test_chongqing_shows_decisions_after_7_days() -> None:
    catalog = catalogue("chongqing")
    for name, dataset in catalog.datasets.items():
        days = of_kind(dataset, ClockKind.PUBLICATION)
        if name in OF_2016:
            assert days == {7}
            assert "二(十四)" in clock(dataset.clocks, "publication").clause
            assert of_kind(dataset, ClockKind.DELIVERY) == {5}
        elif dataset.open_level is OpenLevel.PUBLIC:
            assert days == {20}, name
    districts = [u for u in catalog.departments if u.startswith("district_")]
    assert len(districts) == 38
    assert {*districts} <= {*catalog.datasets["administrative_penalty"].providers}


@pytest.mark.duty("CQ1")
def test_chongqing_takes_the_older_numbers_of_an_enterprise() -> None:
    dataset = catalogue("chongqing").datasets["enterprise_registration"]
    assert {*dataset.identifiers.values()} == {"registration_no", "org_code", "tax_no"}


@pytest.mark.duty("CQ3", "CQ6", "CQ9")
def test_chongqing_shows_lists_and_commitments_in_its_publicity_system() -> None:
    catalog = catalogue("chongqing")
    shown = {*catalog.jurisdiction.channels[0].datasets}
    assert catalog.jurisdiction.channels[0].id == "publicity_system"
    lists = {"abnormal_operation_list", "serious_dishonesty_list", "sector_blacklist"}
    assert lists | {"credit_commitment"} <= shown
    providers = catalog.datasets["sector_blacklist"].providers
    assert len(providers) > 10
    for name in (*lists, "credit_commitment"):
        assert catalog.datasets[name].open_level is OpenLevel.PUBLIC


@pytest.mark.duty("GZ15", "YJ6")
@pytest.mark.parametrize(
    ("government", "first", "second"),
    [
        ("guizhou", "publicity_system", "guizhou_credit_net"),
        ("yangjiang", "credit_site", "provider"),
    ],
)
def test_two_channels_show_the_same(government: str, first: str, second: str) -> None:
    channels = {c.id: c for c in catalogue(government).jurisdiction.channels}
    assert channels[first].datasets == channels[second].datasets
    assert channels[first].shown_classes == channels[second].shown_classes


@pytest.mark.duty("YJ14")
def test_yangjiang_has_expired_and_continues() -> None:
    jurisdiction = catalogue("yangjiang").jurisdiction
    assert jurisdiction.document_valid_from == date(2018, 10, 17)
    assert jurisdiction.document_valid_to == date(2020, 10, 16)
    assert jurisdiction.document_status is DocumentStatus.EXPIRED_CONTINUED
    assert any("2020年10月16日" in point for point in jurisdiction.open_points)


@pytest.mark.duty("YJ14")
def test_a_page_of_yangjiang_says_so_and_lists_later_law() -> None:
    page = catalog_page.render(catalogue("yangjiang"), "qualification")
    assert "2018-10-17 至 2020-10-16" in page
    assert "届满" in page
    assert "广东省社会信用条例" in page
    uncertain = catalog_page.render(catalogue("yangjiang"), "public_utility_arrears")
    assert "可信度</th><td>低" in uncertain
    assert "可信度</th><td>低" not in page


@pytest.mark.duty("YJ10")
@pytest.mark.parametrize(
    ("name", "days", "starts", "responsible", "article"),
    [
        ("objection_accept", 3, "objection_received", "collector", "第二十四条"),
        ("objection_check", 3, "objection_accepted", "collector", "第二十五条"),
        ("objection_answer", 10, "objection_notified", "provider", "第二十六条"),
        (
            "objection_answer_complex",
            20,
            "objection_notified",
            "provider",
            "第二十六条",
        ),
        ("objection_reply", 3, "objection_answered", "collector", "第二十七条"),
    ],
)
def test_clocks_of_an_objection_in_yangjiang(
    name: str, days: int, starts: str, responsible: str, article: str
) -> None:
    step = clock(catalogue("yangjiang").jurisdiction.clocks, name)
    assert (step.working_days, step.starts) == (days, starts)
    assert step.responsible == responsible
    assert f"阳府〔2018〕60号 {article}" in step.clause


@pytest.mark.duty("YJ4", "YJ5")
def test_yangjiang_has_every_class_and_way_of_opening() -> None:
    """阳府〔2018〕60号 第十三、十四条."""
    catalog = catalogue("yangjiang")
    datasets = catalog.datasets.values()
    assert {d.info_class for d in datasets} == {*InfoClass}
    assert catalog.jurisdiction.opening_ways[OpenLevel.AUTHORISED] == "授权查询"
    subjects = {c for d in datasets for c in d.subject_classes}
    assert {SubjectClass.PERSON, SubjectClass.INSTITUTION} <= subjects
    assert catalog.datasets["public_utility_arrears"].open_level == "authorised"
    audiences = {c.audience for c in catalog.jurisdiction.channels}
    assert audiences == {*Audience}
    shown = {c.datasets for c in catalog.jurisdiction.channels}
    assert len(shown) == 1  # 第十五条: 同步发布


@pytest.mark.duty("YJ3")
def test_changes_and_revocations_in_yangjiang_have_their_own_clocks() -> None:
    """阳府〔2018〕60号 第十一条."""
    clocks = catalogue("yangjiang").datasets["qualification"].clocks
    starts = {c.id: (c.starts, c.working_days, c.parameter) for c in clocks}
    assert starts["change"] == (ClockStart.CHANGED, 7, True)
    assert starts["revocation"] == (ClockStart.REVOKED, 7, True)
