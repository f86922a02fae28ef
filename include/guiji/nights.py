"""A night: the business date that names a run, and the instant it stands for.

Everything that a night writes carries the night's instant (22:00 in Shanghai), never
the time at which a machine happened to run it: a night that is run again writes the
same bytes. The times of the machine are in the ledger's trace.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from guiji.errors import UsageError

SHANGHAI = ZoneInfo("Asia/Shanghai")
CUT_OFF = time(22, 0)


def parse(text: str) -> date:
    """Read a night written YYYY-MM-DD.

    Raises:
        UsageError: it is not a date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"not a night: {text!r}; write it as 2026-11-20") from error


def last(now: datetime) -> date:
    """Tell the night that ended last before `now` (an aware instant): yesterday's."""
    return now.astimezone(SHANGHAI).date() - timedelta(days=1)


def instant(night: date) -> datetime:
    """Give the instant at which a night collects: 22:00 in Shanghai."""
    return datetime.combine(night, CUT_OFF, SHANGHAI)
