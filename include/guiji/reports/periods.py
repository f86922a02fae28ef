"""Periods that a circular covers: a month, a quarter, or any days in a row."""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

from guiji.core.errors import UsageError

MONTH = re.compile(r"(\d{4})-(\d{2})")
QUARTER = re.compile(r"(\d{4})-Q([1-4])")
DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
FORMS = "write it as 2026-10, 2026-Q4 or 2026-10-01..2026-10-15"


@dataclass(frozen=True)
class Period:
    """Days in a row.

    Attributes:
        id: as people write it; it names the folder of its circulars.
        first: the first day.
        last: the last day.
        months: how many whole months it is; None = it is days, or only the first
            days of the months that its id names.
    """

    id: str
    first: date
    last: date
    months: int | None

    @property
    def previous(self) -> "Period":
        """The period of the same length before (环比)."""
        if self.months is None:
            length = self.last - self.first
            before = self.first - timedelta(days=1)
            return _days(before - length, before)
        return _months(_month_before(self.first, self.months), self.months)

    @property
    def year_before(self) -> "Period":
        """The same days of the year before (同比); of 29 February the 28th."""
        if self.months is None:
            return _days(_year_before(self.first), _year_before(self.last))
        return _months(_year_before(self.first), self.months)

    def until(self, known_on: date | None, today: date) -> Self:
        """Return what of it was known on a day.

        Raises:
            UsageError: it, or the day, is still to come, or nothing was known.
        """
        if self.first > today:
            raise UsageError(
                f"{self.id} is still to come: today is {today} in Shanghai"
            )
        if known_on is not None and known_on > today:
            raise UsageError(
                f"what will be known on {known_on} is not known yet: today is {today}"
            )
        last = min(self.last, known_on or today)
        if last < self.first:
            raise UsageError(f"nothing of {self.id} was known on {known_on}")
        if last < self.last:
            return replace(self, last=last, months=None)
        return self


def read(text: str) -> Period:
    """Read a period: 2026-10, 2026-Q4, or 2026-10-01..2026-10-15 with both days.

    Raises:
        UsageError: it is none.
    """
    try:
        if found := MONTH.fullmatch(text):
            return _months(date(int(found[1]), int(found[2]), 1), 1)
        if found := QUARTER.fullmatch(text):
            return _months(date(int(found[1]), int(found[2]) * 3 - 2, 1), 3)
        if found := DAYS.fullmatch(text):
            first, last = (date.fromisoformat(day) for day in found.groups())
            if first <= last:
                return _days(first, last)
    except ValueError as error:
        raise UsageError(f"not a period: {text!r}; {FORMS}") from error
    raise UsageError(f"not a period: {text!r}; {FORMS}")


def month_to(night: date) -> Period:
    """Return the days of a night's month up to it."""
    return _days(night.replace(day=1), night)


def ended_on(night: date) -> list[Period]:
    """List the months and quarters whose last day is a night's, months first."""
    if night.day != monthrange(night.year, night.month)[1]:
        return []
    ended = [_months(night.replace(day=1), 1)]
    if night.month % 3 == 0:
        ended.append(_months(date(night.year, night.month - 2, 1), 3))
    return ended


def _months(first: date, months: int) -> Period:
    end = first.replace(month=first.month + months - 1)
    last = end.replace(day=monthrange(end.year, end.month)[1])
    if months == 1:
        return Period(f"{first:%Y-%m}", first, last, months)
    return Period(f"{first.year}-Q{(first.month + 2) // 3}", first, last, months)


def _days(first: date, last: date) -> Period:
    return Period(f"{first}..{last}", first, last, None)


def _month_before(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)
