"""Dates as departments write them; one meaning or none.

Every format here has a single reading. What could mean two days (9/10/2016, 16/9/20)
is not a date. A word or a day that stands for "for ever" is no date either, but no
fault: the row keeps it as such. Days that databases write for "nothing" are null.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from guiji.core.business_date import SHANGHAI
from guiji.domain import chinese_numbers, columns, text

EARLIEST, LATEST = 1800, 2199
"""Years in which a date is taken for one."""

FOR_EVER_WORDS = frozenset({
    "长期", "长期有效", "永久", "永久有效", "无期限", "无限期", "无固定期限",
    "无固定期", "无处罚期限", "不定期", "至长期",
})  # fmt: skip
FOR_EVER_DAY = date(2099, 12, 31)
FOR_EVER_YEAR = 9999
NOTHING = frozenset({date(1900, 1, 1), date(1899, 12, 31), date(1899, 12, 30)})
"""What Excel and databases show for an empty date."""

LAST_SERIAL = 73_050  # 2099-12-31
YEARS = range(1900, 2100)
"""Numbers that are rather a year than the serial number of a day in 1905."""

EXCEL_EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's serial numbers after its day 60, which never was."""

_CLOCK = r"(?:[ T](\d{1,2})[:;](\d{2})(?:[:;](\d{2})(?:\.\d+)?)?)?"
_CLOCK_AFTER_DAY = r"(?:T?(\d{1,2})[:时](\d{1,2})[:分]?(?:(\d{1,2})秒?)?)?"
_ZONE = r" ?(Z|[+-]\d{2}:?\d{2})?"
_PARTS = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_CLOCK}{_ZONE}")
_CHINESE = re.compile(
    rf"(\d{{4}})年(\d{{1,2}})月(\d{{1,2}})(?:[日号]{_CLOCK_AFTER_DAY})?"
)
_WORDS = re.compile(r"(.{4})年(.{1,3})月(.{1,3})[日号]")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?")
_SERIAL = re.compile(r"(\d{1,5})(?:\.\d+)?")
_MILLISECONDS = re.compile(r"\d{13}")


class Reading(NamedTuple):
    """What a text says as a date."""

    day: date | None
    ok: bool
    forever: bool = False


WRONG = Reading(None, False)
EMPTY = Reading(None, True)
FOR_EVER = Reading(None, True, True)


def parse(
    texts: pa.Array | pa.ChunkedArray,
) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Read dates.

    Args:
        texts: n texts: 2016-09-20, 2016/9/20, 2016.9.20, 2016年9月20日, 20160920,
            二〇一六年九月二十日, any of them with a time of day, an Excel serial
            number (1900 system), milliseconds since 1970, 长期 and its like.

    Returns:
        Days (date32, of Shanghai where the text gives an instant), whether each was
        understood (true for null), and whether it means for ever (the day is null).
    """
    encoded = columns.combine(texts).dictionary_encode()
    readings = [read(value) for value in encoded.dictionary.to_pylist()]
    day = pa.array([r.day for r in readings], pa.date32())
    ok = pa.array([r.ok for r in readings], pa.bool_())
    forever = pa.array([r.forever for r in readings], pa.bool_())
    return (
        day.take(encoded.indices),
        pc.fill_null(ok.take(encoded.indices), True),
        pc.fill_null(forever.take(encoded.indices), False),
    )


@lru_cache(maxsize=1 << 16)
def read(written: str) -> Reading:
    """Read one date; see `parse`."""
    cleaned = text.clean_one(written)
    if cleaned is None:
        return EMPTY
    half = " ".join(text.half_width(cleaned).split())
    if half in FOR_EVER_WORDS:
        return FOR_EVER
    if half.startswith("0000-00-00"):
        return EMPTY
    day = _parts(half) or _packed(half) or _chinese(half) or _number(half)
    return WRONG if day is None else _judged(day)


def _judged(day: date) -> Reading:
    if day == FOR_EVER_DAY or day.year == FOR_EVER_YEAR:
        return FOR_EVER
    if day in NOTHING:
        return EMPTY
    return Reading(day, True) if EARLIEST <= day.year <= LATEST else WRONG


def _parts(half: str) -> date | None:
    match = _PARTS.fullmatch(half)
    if not match:
        return None
    year, _, month, day, hour, minute, second, zone = match.groups()
    written_day = _date(year, month, day, hour, minute, second)
    if written_day is None or not zone or zone == "Z" and hour is None:
        return written_day
    return _in_shanghai(written_day, (hour, minute, second), zone)


def _in_shanghai(
    day: date, clock: tuple[str | None, str | None, str | None], zone: str
) -> date | None:
    """Return the day in Shanghai of an instant written with its offset.

    At the ends of the calendar, where Shanghai is in the year 0 or 10000, it is the
    day as written: 9999-12-31T23:59:59Z is "for ever", as 9999-12-31 is.
    """
    hour, minute, second = (int(part or 0) for part in clock)
    sign = -1 if zone[0] == "-" else 1
    hours, minutes = (0, 0) if zone == "Z" else (int(zone[1:3]), int(zone[-2:]))
    if hours > 14 or minutes > 59:
        return None
    offset = timezone(sign * timedelta(hours=hours, minutes=minutes))
    instant = datetime(day.year, day.month, day.day, hour, minute, second, 0, offset)
    try:
        return instant.astimezone(SHANGHAI).date()
    except OverflowError:  # in Shanghai it is the year 0 or 10000
        return day


def _packed(half: str) -> date | None:
    match = _PACKED.fullmatch(half)
    return _date(*match.groups()) if match else None


def _chinese(half: str) -> date | None:
    spaceless = half.replace(" ", "")
    if match := _CHINESE.fullmatch(spaceless):
        return _date(*match.groups())
    if match := _WORDS.fullmatch(spaceless):
        year = chinese_numbers.digits(match[1])
        month, day = (chinese_numbers.integer(part) for part in match.groups()[1:])
        if year and month and day:
            return _date(str(year), str(month), str(day))
    return None


def _number(half: str) -> date | None:
    if _MILLISECONDS.fullmatch(half):
        instant = datetime.fromtimestamp(int(half) // 1000, UTC)
        return instant.astimezone(SHANGHAI).date()
    match = _SERIAL.fullmatch(half)
    serial = int(match[1]) if match else 0
    if not 1 <= serial <= LAST_SERIAL or serial == 60 or serial in YEARS:
        return None
    return EXCEL_EPOCH + timedelta(days=serial + (serial < 60))


def _date(
    year: str,
    month: str,
    day: str,
    hour: str | None = None,
    minute: str | None = None,
    second: str | None = None,
) -> date | None:
    try:
        datetime(  # noqa: DTZ001 - only asks whether there is such a time of day
            int(year), int(month), int(day),
            int(hour or 0), int(minute or 0), int(second or 0),
        )  # fmt: skip
    except (ValueError, OverflowError):  # no such day; or 九万亿, as a month
        return None
    return date(int(year), int(month), int(day))
