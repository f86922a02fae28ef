"""Working days of China (工作日), weekends that are worked (调休) included.

Deadlines are index arithmetic: every day knows how many working days have passed up
to and including it, so the n-th working day after a day is one look-up, whether the
day itself is a working day or not. Beyond the last announced year Monday to Friday
stand in for the holidays nobody knows yet, and what rests on them is provisional.
"""

import csv
import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from guiji.core.errors import CalendarGap

Days = NDArray[np.datetime64]
"""Dates as datetime64[D]."""

DAY = np.timedelta64(1, "D")
ROOM = 40
"""Calendar days that hold at least one working day, however long the holiday."""


@dataclass(frozen=True)
class Calendar:
    """The working days of the announced years.

    Attributes:
        first: the first day covered.
        working: for every day from `first` on, whether it is a working day.
        version: last announced year and a hash of the table; stands in each report.
    """

    first: date
    working: NDArray[np.bool_]
    version: str

    @property
    def announced_until(self) -> date:
        """The last day for which the State Council's notice is known."""
        return (np.datetime64(self.first, "D") + len(self.working) - 1).item()

    def is_working(self, days: Days) -> NDArray[np.bool_]:
        """Return which days are working days; unannounced years: Monday to Friday.

        Raises:
            CalendarGap: a day lies before the first one.
        """
        position = self._positions(days)
        return self._through(days)[position]

    def due(self, start: Days, n: int) -> tuple[Days, NDArray[np.bool_]]:
        """Find the day on which the n-th working day after an event falls.

        The day of the event does not count, and the deadline ends at 24:00.

        Args:
            start: dates of the event (信息产生之日); NaT where there is none.
            n: working days allowed, at least 1.

        Returns:
            Due dates (NaT where `start` is), and whether each is provisional: it
            lies beyond the announced years and may move with the next notice.

        Raises:
            CalendarGap: an event lies before the first day of the calendar.

        Source:
            民法典 第二百零一条, 第二百零三条; 行政处罚法 第八十五条.
        """
        if n < 1:
            raise ValueError(f"a deadline needs at least one working day, not {n}")
        start = start.astype("datetime64[D]")
        due = np.full(start.shape, np.datetime64("NaT"), "datetime64[D]")
        is_given = ~np.isnat(start)
        if is_given.any():
            due[is_given] = self._due(start[is_given], n)
        return due, is_given & (due > np.datetime64(self.announced_until, "D"))

    def due_by_date(
        self, start: Days, *, days: int = 0, months: int = 0
    ) -> tuple[Days, NDArray[np.bool_]]:
        """Find the last day of a term of calendar days or months after an event.

        A month ends on the day of the same number, else on its last day; a term that
        ends on a day of rest ends on the next working day.

        Args:
            start: dates of the event; NaT where there is none.
            days: calendar days.
            months: calendar months, before the days.

        Returns:
            As `due`.

        Raises:
            CalendarGap: an event lies before the first day of the calendar.

        Source:
            民法典 第二百零一至二百零三条.
        """
        start = start.astype("datetime64[D]")
        end = _plus_months(start, months) + np.timedelta64(days, "D")
        is_given = ~np.isnat(start)
        self._positions(start[is_given])
        end[is_given] = self._due(end[is_given] - DAY, 1)
        return end, is_given & (end > np.datetime64(self.announced_until, "D"))

    def between(self, start: Days, end: Days) -> NDArray[np.int64]:
        """Count the working days after `start` up to and including `end`.

        Args:
            start: dates; NaT is not allowed.
            end: as many dates.

        Returns:
            Counts of working days, negative where `end` is before `start`.

        Raises:
            CalendarGap: a date lies before the first day of the calendar.
            ValueError: a date is missing.
        """
        later = np.concatenate([start, end]).astype("datetime64[D]")
        elapsed = np.cumsum(self._through(later))
        return elapsed[self._positions(end)] - elapsed[self._positions(start)]

    def _due(self, start: Days, n: int) -> Days:
        through = self._through(start, room=(n // 5 + 1) * 7 + ROOM)
        elapsed = np.cumsum(through)
        working_days = np.flatnonzero(through)
        target = elapsed[self._positions(start)] + n
        due: Days = np.datetime64(self.first, "D") + working_days[target - 1]
        return due

    def _positions(self, days: Days) -> NDArray[np.int64]:
        if np.isnat(days).any():
            raise ValueError("a date is missing")
        position = (days.astype("datetime64[D]") - np.datetime64(self.first, "D")) / DAY
        if position.size and position.min() < 0:
            raise CalendarGap(days.min().astype("datetime64[D]").item())
        return position.astype(np.int64)

    def _through(self, days: Days, room: int = 0) -> NDArray[np.bool_]:
        """Return the table, lengthened by weekdays as far as the latest of `days`."""
        if not days.size or np.isnat(days).any():
            return self.working
        last = days.astype("datetime64[D]").max() + np.timedelta64(room, "D")
        end = np.datetime64(self.announced_until, "D") + DAY
        if last < end:
            return self.working
        return np.concatenate([self.working, np.is_busday(np.arange(end, last + DAY))])


def _plus_months(days: Days, months: int) -> Days:
    """Return the day of the same number months later, at most the month's last one."""
    first = days.astype("datetime64[M]")
    target = first + np.timedelta64(months, "M")
    last = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - DAY
    same = target.astype("datetime64[D]") + (days - first.astype("datetime64[D]"))
    later: Days = np.minimum(same, last)
    return later


def load(path: Path) -> Calendar:
    """Read `catalog/workdays.csv`: one line per day, without gaps.

    Raises:
        ValueError: a day is missing, repeated or out of order.
    """
    text = path.read_text(encoding="utf-8")
    lines = list(csv.DictReader(text.splitlines()))
    days = np.array([line["date"] for line in lines], dtype="datetime64[D]")
    if not len(days) or (np.diff(days) != DAY).any():
        raise ValueError(f"{path}: its days do not follow one another")
    unknown = {line["working"] for line in lines} - {"0", "1"}
    if unknown:
        raise ValueError(f"{path}: `working` is 0 or 1, not {sorted(unknown)}")
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Calendar(
        first=days[0].item(),
        working=np.array([line["working"] == "1" for line in lines]),
        version=f"{days[-1].item().year}-{digest}",
    )
