"""Who is ranked, praised and named, and who has too few records for it."""

from datetime import date

import pytest
from model_builders import circular

from guiji.catalog.jurisdiction import CircularRules
from guiji.reports import assessment
from guiji.reports.figures import Figures, Section, Tally, Unit
from guiji.reports.waiting import OpenCorrections

RULES = CircularRules.model_validate(circular(conformity_below=0.95, named_from=10))
NIGHT = date(2026, 9, 28)


def unit(
    name: str, clocked: int = 100, late: int = 0, bad: int = 0, **more: int
) -> Unit:
    tally = Tally(
        deliveries=1,
        taken=1,
        rows_read=100,
        accepted=100 - bad,
        records=clocked,
        clocked=clocked,
        late=late,
        **more,
    )
    return Unit(name, name, tally)


def section(*units: Unit) -> Section:
    return Section("all", "全部数据", "All datasets", units)


def counted(*units: Unit, waiting: tuple[OpenCorrections, ...] = ()) -> Figures:
    return Figures(NIGHT, NIGHT, NIGHT, (section(*units),), (), None, waiting)


def names(units: tuple[Unit, ...]) -> list[str]:
    return [u.id for u in units]


@pytest.mark.duty("FJ10")
def test_units_are_ranked_by_timeliness_then_conformity_and_share_places() -> None:
    units = (
        unit("late", late=5),
        unit("good"),
        unit("few", clocked=9),
        unit("as_good"),
        unit("faulty", bad=1),
    )
    ranked = [(r.unit.id, r.rank) for r in assessment.ranked(section(*units), RULES)]
    assert ranked == [
        ("good", 1),
        ("as_good", 1),
        ("faulty", 3),
        ("late", 4),
        ("few", None),
    ]


def test_half_of_the_records_late_is_serious_and_one_of_two_says_nothing() -> None:
    units = section(
        unit("half", late=50), unit("most", late=51), unit("two", clocked=2, late=1)
    )
    assert names(assessment.late(units, RULES)) == ["most", "half"]
    assert names(assessment.severe(units, RULES)) == ["most"]


@pytest.mark.parametrize(
    "more",
    [
        {"late": 1},
        {"bad": 2},
        {"clocked": 9},
        {"unpublished": 1},
        {"silent_duties": 1},
        {"refused": 1},
    ],
)
def test_who_has_anything_late_open_or_refused_is_not_praised(
    more: dict[str, int],
) -> None:
    other = unit("other", **more)
    assert names(assessment.praised(counted(unit("good"), other), RULES)) == ["good"]


def test_who_has_something_to_mend_is_not_praised() -> None:
    waiting = OpenCorrections("good", "good", 1, 0, 0, NIGHT, 1)
    assert assessment.praised(counted(unit("good"), waiting=(waiting,)), RULES) == ()
