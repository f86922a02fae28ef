"""What rules the catalogue gives, and what the SQL facts under them say."""

from datetime import date

import pytest
from small_penalty import NIGHT, RULES, make_catalog, make_dataset

from guiji.catalog.model import Dataset, Item, Rule
from guiji.catalog.vocabulary import Dimension, InfoClass, ItemType, Severity
from guiji.checking import links
from guiji.checking.suite import across_dates
from guiji.checking.suite import build as suite
from guiji.checking.suite.rules import Judgement


def test_every_rule_has_an_id_of_its_own_and_all_its_words(dataset: Dataset) -> None:
    rules = suite.build(dataset, make_catalog(dataset), NIGHT, rows=3)
    assert len({r.rule_id for r in rules}) == len(rules) == 34
    for rule in rules:
        assert rule.rule_id.startswith("penalty.")
        words = (rule.wording.message, rule.wording.message_en, rule.wording.remedy)
        assert all((*words, rule.description, rule.description_en))
        assert 0 < rule.mostly <= 1
        assert rule.clause
        assert isinstance(rule.dimension, Dimension)


def test_rules_follow_from_the_attributes_of_an_item(dataset: Dataset) -> None:
    rules = suite.build(dataset, make_catalog(dataset), NIGHT)
    of_uscc = [r.rule_id.split(".")[2] for r in rules if r.item == "uscc"]
    assert of_uscc == [
        "required_when",
        "empty_when",
        "form",
        "unknown_pair",
        "unknown_region",
        "inner_check",
    ]
    assert [r.rule_id for r in rules if r.item == "name"] == [
        "penalty.name.required",
        "penalty.name.length",
    ]


def test_a_required_item_is_critical_whatever_its_form_is() -> None:
    item = Item(
        id="x", title="X", code="X", type=ItemType.DATE, required=True,
        severity=Severity.WARNING,
    )  # fmt: skip
    dataset = make_dataset(items=(*make_dataset().items, item))
    rules = suite.build(dataset, make_catalog(dataset), NIGHT)
    severity = {r.rule_id: r.severity for r in rules if r.item == "x"}
    assert severity == {
        "penalty.x.required": Severity.CRITICAL,
        "penalty.x.form": Severity.WARNING,
    }


def test_no_event_lies_after_the_night(dataset: Dataset) -> None:
    rules = suite.build(dataset, make_catalog(dataset), date(2026, 1, 2))
    (rule,) = [r for r in rules if r.rule_id == "penalty.decided_by_tonight"]
    assert (rule.judgement, rule.columns[1]) == (Judgement.ORDER, across_dates.NIGHT)
    assert dict(rule.facts) == {across_dates.NIGHT: "date '2026-01-02'"}


def test_two_rules_of_one_name_are_an_error(dataset: Dataset) -> None:
    twice = (*RULES, Rule(**{**RULES[1].model_dump(), "id": "key_repeats"}))
    with pytest.raises(ValueError, match=r"penalty\.key_repeats"):
        suite.build(dataset, make_catalog(dataset, twice), NIGHT)


def test_a_condition_is_said_with_titles_not_codes(dataset: Dataset) -> None:
    rules = suite.build(dataset, make_catalog(dataset), NIGHT)
    (rule,) = [r for r in rules if r.rule_id == "penalty.uscc.empty_when"]
    assert "“行政相对人类别”为自然人时" in rule.wording.message


def test_names_are_compared_only_with_a_register_and_not_in_registrations(
    dataset: Dataset,
) -> None:
    catalog = make_catalog(dataset)
    registration = make_dataset(info_class=InfoClass.BASIC)

    def ids(of: Dataset, linked: bool) -> set[str]:
        return {r.rule_id for r in suite.build(of, catalog, NIGHT, linked=linked)}

    assert "penalty.name.known_name" in ids(dataset, linked=True)
    assert "penalty.name.known_name" not in ids(dataset, linked=False)
    assert "penalty.name.known_name" not in ids(registration, linked=True)
    assert links.applies(dataset)
