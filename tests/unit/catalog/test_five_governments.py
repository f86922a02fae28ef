"""Each government's catalogue holds what its documents and the shared page ask for."""

import re
import runpy
from pathlib import Path

import pytest
from governments import government as catalogue
from settings_builders import REPOSITORY, settings_in

from guiji.catalog.clocks import PARAMETER
from guiji.catalog.model import Dataset
from guiji.catalog.validate import validate
from guiji.catalog.vocabulary import (
    ClockKind,
    Confidence,
    Severity,
    SubjectClass,
    Tier,
)

DELIVERY, PUBLICATION = ClockKind.DELIVERY, ClockKind.PUBLICATION
CATALOG, EXPECTATIONS = REPOSITORY / "catalog", REPOSITORY / "expectations"
GOVERNMENTS = sorted(p.parent.name for p in CATALOG.glob("*/jurisdiction.yml"))
COUNTS = {
    "chongqing": (41, 88),
    "fujian": (34, 140),
    "guiyang": (39, 43),
    "guizhou": (44, 36),
    "yangjiang": (31, 46),
}
"""Datasets and units."""

DAYS = {
    "chongqing": {
        "administrative_licence": {DELIVERY: {5}, PUBLICATION: {7}},
        "administrative_penalty": {DELIVERY: {5}, PUBLICATION: {7}},
    },
    "fujian": {
        "administrative_licence": {DELIVERY: {7}, PUBLICATION: {7, 20}},
        "administrative_penalty": {DELIVERY: {7}, PUBLICATION: {7, 20}},
    },
    "guiyang": {
        "administrative_licence": {DELIVERY: {7}, PUBLICATION: {7}},
        "administrative_penalty": {DELIVERY: {7}, PUBLICATION: {7}},
    },
    "guizhou": {
        "administrative_licence": {DELIVERY: {5, 20}, PUBLICATION: {7, 20}},
        "administrative_penalty": {DELIVERY: {5, 20}, PUBLICATION: {7, 20}},
    },
    "yangjiang": {
        "administrative_licence": {DELIVERY: {5}, PUBLICATION: {7}},
        "administrative_penalty": {DELIVERY: {5}, PUBLICATION: {7}},
    },
}
"""Working days of clocks where they are not those of `USUAL`."""

USUAL = {
    "chongqing": {DELIVERY: {15}, PUBLICATION: {20}},
    "fujian": {DELIVERY: {7}, PUBLICATION: {20}},
    "guiyang": {DELIVERY: {20}, PUBLICATION: {20}},
    "guizhou": {DELIVERY: {20}, PUBLICATION: {20}},
    "yangjiang": {DELIVERY: {20}, PUBLICATION: {20}},
}
"""Working days of all others; a dataset that is not published has no second clock."""

UNCLOCKED = {
    "chongqing": {"credit_use", "joint_measure_feedback"},
    "fujian": {"joint_measure_feedback", "unreported_sample"},
    "guiyang": {"credit_use", "joint_measure_feedback"},
    "guizhou": {
        "credit_use",
        "joint_measure_feedback",
        "policy_document",
        "unreported_sample",
    },
    "yangjiang": {"credit_use", "joint_measure_feedback", "objection_application"},
}
"""Delivered on demand."""

PROVIDERS = {
    "chongqing": {
        "enterprise_registration": {"market_regulation"},
        "institution_registration": {"institution_office"},
        "social_organisation_registration": {"civil_affairs"},
        "spot_check": {
            *("market_regulation", "drug"),
            *("emergency_management", "ecology_environment"),
        },
        "product_traceability_node": {
            *("drug", "agriculture", "market_regulation", "commerce"),
        },
        "online_operator_identity": {"market_regulation", "commerce"},
        "annual_report_status": {"market_regulation"},
        "serious_dishonesty_list": {"market_regulation"},
    },
    "fujian": {
        "enterprise_registration": {"market_regulation"},
        "individual_business_registration": {"market_regulation"},
        "cooperative_registration": {"market_regulation"},
        "registration_change": {"market_regulation"},
        "filing_persons": {"market_regulation"},
        "filing_contributions": {"market_regulation"},
        "chattel_mortgage": {"market_regulation"},
        "equity_pledge": {"market_regulation"},
        "ip_pledge": {"intellectual_property"},
        "trademark": {"intellectual_property"},
        "abnormal_operation_list": {"market_regulation"},
        "judicial_assistance": {"high_court"},
    },
    "guiyang": {
        "enterprise_registration": {"market_regulation"},
        "individual_business_registration": {"market_regulation"},
        "registration_change": {"market_regulation"},
        "chattel_mortgage": {"market_regulation"},
        "equity_pledge": {"market_regulation"},
        "ip_pledge": {"intellectual_property"},
        "trademark": {"intellectual_property"},
        "institution_registration": {"institution_office"},
        "social_organisation_registration": {"civil_affairs"},
        "spot_check": {
            *("market_regulation", "ecology_environment", "emergency_management"),
            *("health_commission", "housing_urban_rural", "transport"),
        },
        "court_judgment": {"intermediate_court"},
        "judicial_assistance": {"intermediate_court"},
        "dishonest_debtor": {"intermediate_court"},
        "consumption_restriction": {"intermediate_court"},
        "tax_arrears": {"tax"},
        "major_tax_violation": {"tax"},
        "tax_credit_grade": {"tax"},
    },
    "guizhou": {
        "enterprise_registration": {"market_regulation"},
        "registration_change": {"market_regulation"},
        "chattel_mortgage": {"market_regulation"},
        "equity_pledge": {"market_regulation"},
        "abnormal_operation_list": {"market_regulation"},
        "institution_registration": {"institution_office"},
        "social_organisation_registration": {"civil_affairs"},
        "tax_arrears": {"tax"},
        "tax_credit_grade": {"tax"},
        "major_tax_violation": {"tax"},
        "dishonest_debtor": {"high_court"},
        "court_judgment": {"high_court"},
        "judicial_assistance": {"high_court"},
    },
    "yangjiang": {
        "enterprise_registration": {"market_regulation"},
        "institution_registration": {"institution_office"},
        "social_organisation_registration": {"civil_affairs"},
        "court_judgment": {"intermediate_court"},
        "dishonest_debtor": {"intermediate_court"},
        "judicial_assistance": {"intermediate_court"},
        "tax_credit_grade": {"tax"},
        "public_utility_arrears": {"water_supply", "power_supply", "gas_supply"},
    },
}

GRADED = {
    "guiyang": {
        *("abnormal_operation_list", "individual_business_abnormal"),
        *("serious_dishonesty_list", "sector_blacklist", "dishonest_debtor"),
        *("major_tax_violation", "tax_arrears"),
    },
    "guizhou": {
        *("administrative_penalty", "abnormal_operation_list", "sector_blacklist"),
        *("individual_business_abnormal", "serious_dishonesty_list"),
        *("dishonest_debtor", "major_tax_violation", "tax_arrears"),
        *("product_inspection", "spot_check"),
    },
}
"""Information on dishonesty (失信信息) that must bear a grade."""


def entries() -> list[tuple[str, Dataset]]:
    return [(g, d) for g in GOVERNMENTS for d in catalogue(g).datasets.values()]


@pytest.mark.parametrize("government", GOVERNMENTS)
def test_nothing_is_wrong(government: str, tmp_path: Path) -> None:
    here = settings_in(tmp_path, jurisdiction=government, catalog=CATALOG)
    assert validate(here) == []


@pytest.mark.parametrize("government", sorted(COUNTS))
def test_datasets_and_units_are_as_many_as_asked(government: str) -> None:
    catalog = catalogue(government)
    counted = len(catalog.datasets), len(catalog.departments)
    assert counted == COUNTS[government]


def test_every_number_has_its_clause_or_is_a_parameter() -> None:
    for government, dataset in entries():
        for clock in dataset.clocks:
            told = clock.clause == PARAMETER
            assert clock.clause.strip(), (government, dataset.id, clock.id)
            assert told == clock.parameter, (government, dataset.id, clock.id)
        if term := dataset.publication_term:
            assert term.clause.strip(), (government, dataset.id)
    for government in GOVERNMENTS:
        catalog = catalogue(government)
        regimes = catalog.jurisdiction.term_regimes
        clauses = [x.clause for x in (*regimes, *catalog.jurisdiction.channels)]
        clauses += [r.clause for rules in catalog.rules.values() for r in rules]
        assert all(clause.strip() for clause in clauses)


@pytest.mark.duty("GZ9")
@pytest.mark.parametrize("government", sorted(USUAL))
def test_days_are_those_of_the_documents(government: str) -> None:
    for dataset in catalogue(government).datasets.values():
        asked = DAYS[government].get(dataset.id, USUAL[government])
        counted: dict[ClockKind, set[int]] = {}
        for clock in dataset.clocks:
            if clock.kind in asked:
                counted.setdefault(clock.kind, set()).add(clock.length)
        if dataset.id in UNCLOCKED[government]:
            assert counted == {}, dataset.id
        else:
            assert counted[DELIVERY] == asked[DELIVERY], dataset.id
            is_public = dataset.open_level == "public"
            days = asked[PUBLICATION] if is_public else set()
            assert counted.get(PUBLICATION, set()) == days, dataset.id


@pytest.mark.duty("YJ15")
@pytest.mark.parametrize("government", sorted(PROVIDERS))
def test_providers_are_those_of_the_page(government: str) -> None:
    datasets = catalogue(government).datasets
    named = {d: set(datasets[d].providers) for d in PROVIDERS[government]}
    assert named == PROVIDERS[government]


def test_every_shared_definition_is_used_by_some_government() -> None:
    shared = {path.stem for path in (CATALOG / "common/datasets").glob("*.yml")}
    assert shared == {d.id for _, d in entries()}


def test_every_dataset_has_the_common_rules() -> None:
    for government, dataset in entries():
        rules = {r.id: r for r in catalogue(government).rules[dataset.id]}
        assert rules["name_in_form"].items == (dataset.subject.name,)
        for day in dataset.event:
            kinds = {r.kind.value for r in rules.values() if r.items[-1] == day}
            assert {"not_after_night", "not_forever", "not_before"} <= kinds or (
                dataset.id == "enterprise_registration"  # the later of two days
            ), (dataset.id, day)


def test_the_page_of_figures_is_what_the_catalogues_say() -> None:
    script = runpy.run_path(str(REPOSITORY / "scripts" / "catalogue_figures.py"))
    made = script["page"](catalogue(name) for name in GOVERNMENTS)
    page = (REPOSITORY / "docs" / "catalogues.md").read_text("utf-8")
    assert page == made, "run python scripts/catalogue_figures.py"


def test_no_dataset_has_a_day_in_its_key() -> None:
    for _, dataset in entries():
        assert not {*dataset.key} & {*dataset.event, *dataset.produced}, dataset.id


def test_code_lists_that_stand_twice_are_equal() -> None:
    catalog = catalogue("guizhou")
    own = catalog.datasets["enterprise_registration"].codes
    shared = catalog.jurisdiction.codes
    assert {name: shared[name] for name in own} == own


def test_what_is_uncertain_is_said() -> None:
    catalog = catalogue("guizhou")
    low = {d.id for d in catalog.datasets.values() if d.confidence is Confidence.LOW}
    assert "product_inspection" in low
    assert len(catalog.jurisdiction.open_points) > 5
    chinese = re.compile("[\u4e00-\u9fff]")
    assert all(chinese.search(point) for point in catalog.jurisdiction.open_points)


@pytest.mark.duty("GZ3")
@pytest.mark.parametrize("government", sorted(GRADED))
def test_a_grade_is_asked_of_dishonesty(government: str) -> None:
    """贵州省企业公共信用信息平台运行管理规则(试行) 第十三条."""
    catalog = catalogue(government)
    rules = catalog.jurisdiction.grade_rules
    assert rules is not None
    assert {*rules.required_on} == GRADED[government]
    for name in GRADED[government]:
        dataset = catalog.datasets[name]
        item = dataset.item(dataset.grade_item or "")
        assert item.required or item.required_when
    graded = {d.id for d in catalog.datasets.values() if d.grade_item}
    assert graded == GRADED[government]


def test_a_missing_grade_holds_no_row_of_guiyang_back_that_had_none_before() -> None:
    datasets = catalogue("guiyang").datasets
    grades = {d.id: d.item(d.grade_item) for d in datasets.values() if d.grade_item}
    mild = {name for name, i in grades.items() if i.severity is Severity.WARNING}
    assert mild == {"abnormal_operation_list"}


def test_guizhou_has_nine_prefectures_each_with_its_region() -> None:
    units = catalogue("guizhou").departments.values()
    regions = [d.region for d in units if d.tier is Tier.PREFECTURE]
    assert len(regions) == len({*regions}) == 9
    assert all(r and r.startswith("52") and r.endswith("00") for r in regions)


@pytest.mark.parametrize("government", ["guiyang", "guizhou"])
def test_no_natural_person_is_shown(government: str) -> None:
    for channel in catalogue(government).jurisdiction.channels:
        assert SubjectClass.PERSON not in channel.shown_classes
