"""There is a way to break every rule, and the way breaks no other."""

from datetime import date

import pyarrow as pa
import pytest

from guiji.checking.suite import build as suite
from guiji.domain import text, workdays
from guiji.sample import corrupt
from guiji.sample.drafts import World, clocks_missed
from guiji.sample.faults import ways
from guiji.sample.faults_across import broken

NIGHT = date(2026, 11, 20)
UNREACHABLE = {
    "table.columns",  # of the platform, not of a delivery
}


def test_every_rule_of_every_dataset_can_be_broken(sample) -> None:
    for dataset in sample.catalog.datasets.values():
        rules = {r.rule_id for r in suite.build(dataset, sample.catalog, NIGHT)}
        known = {way.rule_id for way in ways(dataset, sample.catalog)}
        left = {rule.removeprefix(f"{dataset.id}.") for rule in rules - known}
        assert left <= UNREACHABLE


def test_a_way_does_what_its_rule_does(sample) -> None:
    kinds = {"critical": "quarantine", "warning": "warning", "info": "info"}
    for dataset in sample.catalog.datasets.values():
        rules = {r.rule_id: r for r in suite.build(dataset, sample.catalog, NIGHT)}
        for way in ways(dataset, sample.catalog):
            if way.rule_id.endswith(".digits_lost"):  # no rule: reading tells it
                assert way.kind == "quarantine"
            elif ".row." not in way.rule_id:
                assert way.kind == kinds[rules[way.rule_id].severity.value]


def test_a_name_that_is_too_long_is_still_the_name() -> None:
    long = corrupt.stretched("水务公司", most=12)
    assert len(text.clean_one(long)) > 12
    assert text.name_norm_one(long) == "水务公司"


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({}, set()),
        ({"approved_on": date(2026, 12, 1)}, {"approved_on_not_in_future"}),
        ({"approved_on": None}, set()),  # a missing date breaks nothing
        ({"established_on": date(2026, 11, 19)}, {"approved_after_established"}),
        ({"established_on": date(1949, 9, 30)}, {"established_on_not_before_1949"}),
        (
            {"established_on": date(2026, 12, 1)},
            {"established_on_not_in_future", "approved_after_established"},
        ),
    ],
)
def test_broken_rules_on_dates(sample, changes, rules) -> None:
    days = {
        "established_on": date(2020, 1, 2),
        "approved_on": date(2026, 11, 18),
        "operation_from": date(2020, 1, 2),
        "operation_to": None,
    }
    known = sample.catalog.rules["enterprise_registration"]
    assert broken(known, {**days, **changes}, NIGHT) == rules


@pytest.mark.parametrize(
    ("event", "missed"),
    [
        (date(2026, 11, 11), ()),  # the seventh working day is the night
        (date(2026, 11, 10), ("delivery",)),
        (date(2018, 7, 24), ()),  # before the catalogue's entry is valid
    ],
)
def test_a_clock_runs_out_after_its_last_working_day(sample, event, missed) -> None:
    calendar = workdays.load(sample.settings.catalog / "workdays.csv")
    nobody = pa.table({})
    world = World(sample.catalog, calendar, nobody, seed=1)
    dataset = sample.catalog.datasets["administrative_penalty"]
    assert clocks_missed(world, dataset, event, NIGHT) == missed
