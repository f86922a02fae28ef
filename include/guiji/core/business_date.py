"""A night: the business date that names a run, and the instant it stands for.

What a night makes carries the night's instant (22:00 in Shanghai), never the time at
which a machine happened to run it: a night that is run again writes the same bytes.
What a night takes keeps its own arrival (`received_at`), which is read once and kept.
The times of the machine are in the ledger's trace.
"""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from guiji.core.errors import UsageError

TIME_ZONE = "Asia/Shanghai"
"""In which days begin and end; instants are kept in UTC."""

SHANGHAI = ZoneInfo(TIME_ZONE)
CUT_OFF = time(22, 0)
TYPED = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})|([0-9]{4})([0-9]{2})([0-9]{2})"
)


def parse(text: str) -> date:
    """Read a night typed by a person: 2026-11-20, 2026-1-2, 20261120.

    Blanks around it do not count. Whoever uses the night as a name writes it as
    `isoformat()` gives it, so that a day has one name.

    Raises:
        UsageError: it is not a date of the calendar.
    """
    typed = TYPED.fullmatch(text.strip())
    try:
        if typed is None:
            raise ValueError(text)
        return date(*map(int, filter(None, typed.groups())))
    except ValueError as error:
        raise UsageError(f"not a night: {text!r}; write it as 2026-11-20") from error


def begun(text: str, now: datetime) -> date:
    """Read a night that may be run: today's, or one before.

    Args:
        text: as `parse` reads it.
        now: an aware instant; its day in Shanghai is today.

    Raises:
        UsageError: it is not a date, or it is still to come.
    """
    night = parse(text)
    if night > today(now):
        raise UsageError(
            f"night {night} is still to come: today is {today(now)} in Shanghai; "
            "once it were merged, no earlier night could begin"
        )
    return night


def today(now: datetime) -> date:
    """Return the day of an aware instant in Shanghai."""
    return now.astimezone(SHANGHAI).date()


def last(now: datetime) -> date:
    """Return the night that ended last before `now` (an aware instant): yesterday's."""
    return now.astimezone(SHANGHAI).date() - timedelta(days=1)


def instant(night: date) -> datetime:
    """Return the instant at which a night collects: 22:00 in Shanghai."""
    return datetime.combine(night, CUT_OFF, SHANGHAI)
