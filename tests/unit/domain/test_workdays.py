"""R6: working days, equal to two holiday calendars on every day and to counting."""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import numpy as np
import pytest
from settings_builders import REPOSITORY

from guiji.core.errors import CalendarGap
from guiji.domain import workdays
from guiji.domain.workdays import Calendar

TABLE = REPOSITORY / "catalog" / "workdays.csv"
ANNEX = REPOSITORY.parent / "shared" / "data" / "cn_workdays_2004_2026.csv"
ONE_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return workdays.load(TABLE)


def days(*texts: str) -> workdays.Days:
    return np.array(texts, dtype="datetime64[D]")


def every_day(first: date, last: date) -> list[date]:
    return [first + ONE_DAY * n for n in range((last - first).days + 1)]


def working_days(calendar: Calendar, span: list[date]) -> list[date]:
    flags = calendar.is_working(np.array(span, dtype="datetime64[D]"))
    return [day for day, working in zip(span, flags, strict=True) if working]


def test_covers_2004_to_2026(calendar: Calendar) -> None:
    assert calendar.first == date(2004, 1, 1)
    assert calendar.announced_until == date(2026, 12, 31)
    assert calendar.version.startswith("2026-")


def test_equals_chinesecalendar_and_holidays_on_every_day_of_2007_to_2026(
    calendar: Calendar,
) -> None:
    span = every_day(date(2007, 1, 1), date(2026, 12, 31))
    ours = working_days(calendar, span)
    of_china = holidays.country_holidays("CN", years=range(2007, 2027))
    assert ours == [day for day in span if chinese_calendar.is_workday(day)]
    assert ours == [day for day in span if of_china.is_working_day(day)]


def test_new_years_eve_of_2005_was_worked_by_the_notice(calendar: Calendar) -> None:
    # chinesecalendar has it as a rest day, holidays as a working day.
    assert not chinese_calendar.is_workday(date(2005, 12, 31))
    assert calendar.is_working(days("2005-12-31")).tolist() == [True]


def test_equals_the_annex(calendar: Calendar) -> None:
    if not ANNEX.exists():
        pytest.skip(f"{ANNEX} is not here")
    with ANNEX.open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["date"] != "2005-12-31"]
    theirs = [date.fromisoformat(x["date"]) for x in lines if x["is_workday"] == "1"]
    ours = working_days(calendar, [date.fromisoformat(x["date"]) for x in lines])
    assert ours == theirs


@pytest.mark.parametrize(
    ("event", "n", "due"),
    [
        ("2026-02-10", 7, "2026-02-26"),  # Saturday the 14th worked, 15–23 off
        ("2026-02-13", 7, "2026-03-02"),  # two worked Saturdays
        ("2026-02-15", 7, "2026-03-03"),  # starts on a rest day
        ("2026-09-28", 7, "2026-10-13"),  # Saturday 10 October worked
        ("2026-09-30", 7, "2026-10-15"),
        ("2026-10-01", 7, "2026-10-15"),  # the holiday's first day counts the same
        ("2026-02-10", 20, "2026-03-16"),
        ("2025-01-26", 7, "2025-02-11"),  # starts on a worked Sunday
        ("2025-09-26", 7, "2025-10-13"),
        ("2016-09-20", 7, "2016-09-29"),  # day of 筑府办发〔2016〕39号
        ("2016-09-20", 20, "2016-10-21"),
        ("2016-12-23", 7, "2017-01-04"),  # day of the Fujian plan
        ("2016-12-23", 20, "2017-01-22"),  # due on a worked Sunday
        ("2018-09-26", 7, "2018-10-10"),
        ("2015-10-16", 7, "2015-10-27"),
        ("2020-01-20", 7, "2020-02-06"),  # holiday lengthened by the notice of 01-27
    ],
)
def test_finds_the_due_day(calendar: Calendar, event: str, n: int, due: str) -> None:
    found, provisional = calendar.due(days(event), n)
    assert found.tolist() == [date.fromisoformat(due)]
    assert provisional.tolist() == [False]


@pytest.mark.parametrize("n", [1, 3, 7, 10, 20])
def test_equals_counting_day_by_day(calendar: Calendar, n: int) -> None:
    chosen = random.Random(n).sample(
        every_day(date(2004, 1, 1), date(2026, 11, 1)), 1000
    )
    expected = []
    for event in chosen:
        day, left = event, n
        while left:
            day += ONE_DAY
            worked = chinese_calendar.is_workday(day) or day == date(2005, 12, 31)
            left -= worked
        expected.append(day)
    start = np.array(chosen, dtype="datetime64[D]")
    due, provisional = calendar.due(start, n)
    assert due.tolist() == expected
    assert not provisional.any()
    assert calendar.between(start, due).tolist() == [n] * len(chosen)


@pytest.mark.parametrize(
    ("event", "n", "due", "provisional"),
    [
        ("2026-12-22", 7, "2026-12-31", False),  # the last that is wholly announced
        ("2026-12-23", 7, "2027-01-01", True),  # Friday; its holiday is not announced
        ("2026-12-04", 20, "2027-01-01", True),
        ("2027-03-05", 1, "2027-03-08", True),  # Friday, then Monday
        ("2035-01-06", 7, "2035-01-16", True),  # Saturday, years beyond
    ],
)
def test_beyond_the_announced_year_weekdays_count_and_it_is_provisional(
    calendar: Calendar, event: str, n: int, due: str, provisional: bool
) -> None:
    found, flags = calendar.due(days(event), n)
    assert found.tolist() == [date.fromisoformat(due)]
    assert flags.tolist() == [provisional]


def test_no_event_has_no_due_day(calendar: Calendar) -> None:
    due, provisional = calendar.due(days("NaT", "2026-10-09"), 2)
    assert due.tolist() == [None, date(2026, 10, 12)]
    assert provisional.tolist() == [False, False]
    nothing, _ = calendar.due(days(), 7)
    assert len(nothing) == 0


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-09-28", "2026-09-28", 0),  # same day
        ("2026-09-30", "2026-10-08", 1),  # over the holiday
        ("2026-10-09", "2026-10-12", 2),  # over a Saturday that is worked
        ("2026-09-29", "2026-09-28", -1),  # before it happened
        ("2026-12-31", "2027-01-08", 6),  # weekdays beyond the announced year
    ],
)
def test_counts_working_days(
    calendar: Calendar, start: str, end: str, expected: int
) -> None:
    assert calendar.between(days(start), days(end)).tolist() == [expected]


def test_before_the_first_day_is_a_gap_that_names_the_day(calendar: Calendar) -> None:
    with pytest.raises(CalendarGap) as caught:
        calendar.due(days("2026-01-05", "2003-12-31"), 7)
    assert caught.value.day == date(2003, 12, 31)
    with pytest.raises(CalendarGap):
        calendar.between(days("1999-01-01"), days("2026-01-05"))


def test_wrong_questions_are_refused(calendar: Calendar) -> None:
    with pytest.raises(ValueError, match="at least one"):
        calendar.due(days("2026-01-05"), 0)
    with pytest.raises(ValueError, match="missing"):
        calendar.between(days("NaT"), days("2026-01-05"))


@pytest.mark.parametrize(
    "lines",
    [
        ["2026-01-01,0,", "2026-01-03,1,"],  # a day is missing
        ["2026-01-01,0,", "2026-01-01,0,"],  # a day is there twice
        ["2026-01-01,no,"],  # not a flag
        [],
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "workdays.csv"
    path.write_text("\n".join(["date,working,reason", *lines]), encoding="utf-8")
    with pytest.raises(ValueError, match=r"workdays\.csv"):
        workdays.load(path)


def last_day(calendar: Calendar, start: date, days: int, months: int) -> date:
    """Count a term of months and days by hand."""
    month = start.year * 12 + start.month - 1 + months
    year, number = divmod(month, 12)
    for day in range(start.day, 0, -1):
        try:
            end = date(year, number + 1, day) + ONE_DAY * days
        except ValueError:
            continue
        break
    while not calendar.is_working(np.array([end], "datetime64[D]"))[0]:
        end += ONE_DAY
    return end


@pytest.mark.parametrize(("days_", "months"), [(20, 0), (0, 1), (0, 6), (3, 2)])
def test_terms_of_days_and_months_equal_counting(
    calendar: Calendar, days_: int, months: int
) -> None:
    span = every_day(date(2015, 1, 1), date(2016, 12, 31))
    due, provisional = calendar.due_by_date(
        np.array(span, "datetime64[D]"), days=days_, months=months
    )
    assert due.tolist() == [last_day(calendar, d, days_, months) for d in span]
    assert not provisional.any()


def test_a_month_without_the_day_ends_on_its_last_one(calendar: Calendar) -> None:
    due, provisional = calendar.due_by_date(
        days("2026-10-31", "NaT", "2026-12-20"), months=1
    )
    assert str(due[0]) == "2026-11-30"
    assert np.isnat(due[1])
    assert provisional.tolist() == [False, False, True]
    with pytest.raises(CalendarGap):
        calendar.due_by_date(days("2003-12-31"), days=1)
