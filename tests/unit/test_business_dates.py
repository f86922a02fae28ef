"""What a night is, as people type it."""

from datetime import UTC, date, datetime

import pytest

from guiji.core import business_date
from guiji.core.errors import UsageError

NOW = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
"""An hour past midnight of 1 December in Shanghai."""


@pytest.mark.parametrize(
    ("typed", "night"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("2026-1-2", date(2026, 1, 2)),
        (" 2026-01-02 ", date(2026, 1, 2)),
        ("20260102", date(2026, 1, 2)),
        ("2026-12-01", date(2026, 12, 1)),  # today, in Shanghai
    ],
)
def test_a_night_typed_by_hand_has_one_name(typed: str, night: date) -> None:
    assert business_date.begun(typed, NOW) == night


@pytest.mark.parametrize(
    "typed",
    [
        *("", "20. November", "2026-02-30", "2026-13-01", "26-11-20", "2026-W47-5"),
        *("2026/11/20", "2026-11-20T22:00", "２０２６-11-20", "2026112", "0000-01-01"),
    ],
)
def test_what_is_no_date_is_refused_with_words(typed: str) -> None:
    with pytest.raises(UsageError, match="write it as 2026-11-20"):
        business_date.begun(typed, NOW)


@pytest.mark.parametrize("typed", ["2026-12-02", "2062-11-30"])
def test_a_night_after_today_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match=f"{typed} is still to come.*2026-12-01"):
        business_date.begun(typed, NOW)
