"""Periods of a circular: months, quarters and days, and the ones before them."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiji.core.errors import UsageError
from guiji.reports import periods

TODAY = date(2026, 11, 12)


def days(text: str) -> tuple[str, str]:
    period = periods.read(text)
    return period.first.isoformat(), period.last.isoformat()


@pytest.mark.parametrize(
    ("text", "first", "last", "previous", "year_before"),
    [
        ("2026-10", "2026-10-01", "2026-10-31", "2026-09", "2025-10"),
        ("2028-02", "2028-02-01", "2028-02-29", "2028-01", "2027-02"),
        ("2026-01", "2026-01-01", "2026-01-31", "2025-12", "2025-01"),
        ("2026-Q4", "2026-10-01", "2026-12-31", "2026-Q3", "2025-Q4"),
        ("2026-Q1", "2026-01-01", "2026-03-31", "2025-Q4", "2025-Q1"),
        (
            "2028-02-29..2028-03-02",
            "2028-02-29",
            "2028-03-02",
            "2028-02-26..2028-02-28",
            "2027-02-28..2027-03-02",
        ),
    ],
)
def test_a_period_its_days_and_those_before_it(
    text: str, first: str, last: str, previous: str, year_before: str
) -> None:
    period = periods.read(text)
    assert (period.id, *days(text)) == (text, first, last)
    assert (period.previous.id, period.year_before.id) == (previous, year_before)


@pytest.mark.parametrize(
    "text",
    [
        "2026-13",
        "October",
        "2026-Q5",
        "2026-10-15..2026-10-01",
        "2026-02-30..2026-03-01",
    ],
)
def test_what_is_no_period_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(UsageError, match=re.escape(text)) as told:
        periods.read(text)
    assert "2026-Q4" in str(told.value)


@given(st.dates(date(2016, 1, 1), date(2040, 1, 1)), st.integers(0, 400))
def test_periods_of_days_follow_one_another(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    before = periods.read(f"{first}..{last}").previous
    assert before.last == first - timedelta(days=1)
    assert before.last - before.first == last - first


@pytest.mark.parametrize(
    ("text", "known_on", "last"),
    [
        ("2026-10", None, date(2026, 10, 31)),
        ("2026-10", date(2026, 11, 5), date(2026, 10, 31)),
        ("2026-10", date(2026, 10, 20), date(2026, 10, 20)),
        ("2026-11", None, TODAY),
        ("2026-Q4", None, TODAY),
    ],
)
def test_a_period_reaches_as_far_as_it_is_known(
    text: str, known_on: date | None, last: date
) -> None:
    whole = periods.read(text)
    known = whole.until(known_on, TODAY)
    assert (known.id, known.last) == (text, last)
    assert known.months == (whole.months if last == whole.last else None)


@pytest.mark.parametrize(
    ("text", "known_on", "message"),
    [
        ("2026-12", None, "2026-12 is still to come: today is 2026-11-12"),
        ("2026-11", date(2026, 11, 13), "known on 2026-11-13 is not known yet"),
        ("2026-10", date(2026, 9, 30), "nothing of 2026-10 was known on 2026-09-30"),
    ],
)
def test_what_is_not_known_is_refused(
    text: str, known_on: date | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        periods.read(text).until(known_on, TODAY)


def test_a_night_ends_its_month_and_its_quarter() -> None:
    ended = {
        night: [p.id for p in periods.ended_on(night)]
        for night in (date(2026, 11, 29), date(2026, 11, 30), date(2026, 12, 31))
    }
    assert list(ended.values()) == [[], ["2026-11"], ["2026-12", "2026-Q4"]]
