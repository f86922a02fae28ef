from datetime import date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guiji.domain import dates

DAY = date(2016, 9, 20)


def read(text: str | None) -> tuple[date | None, bool, bool]:
    day, ok, forever = dates.parse(pa.array([text], pa.string()))
    return day[0].as_py(), ok[0].as_py(), forever[0].as_py()


@pytest.mark.parametrize(
    "written",
    [
        "2016-09-20", "2016/9/20", "2016.9.20", "2016-9-20", "20160920",
        "2016年9月20日", "2016 年 09 月 20 日", "二〇一六年九月二十日",
        "二零一六年九月二十日",
        "２０１６－０９－２０", " 2016-09-20 ", "'2016-09-20", "42633", "42633.75",
        "2016-09-20 00:00:00", "2016-09-20 08:30", "2016-09-20T23:59:59.123",
        "2016-09-20 00:00;00", "20160920093000", "2016年9月20日8时30分",
        "1474300800000",  # 2016-09-20 00:00 in Shanghai
        "2016-09-19T16:00:00Z", "2016-09-19T16:00:00.000+0000",
        "2016-09-20T23:59:59+08:00",
    ],
)  # fmt: skip
def test_reads_every_way_to_write_a_day(written: str) -> None:
    assert read(written) == (DAY, True, False)


@pytest.mark.parametrize(
    "written",
    ["长期", "永久", "无固定期限", "无处罚期限", "2099/12/31", "2099-12-31 00:00;00",
     "9999-12-31", "9999-09-09", "73050"],
)  # fmt: skip
def test_for_ever_is_no_day_and_no_fault(written: str) -> None:
    assert read(written) == (None, True, True)


@pytest.mark.parametrize(
    "written",
    [None, "", "暂无", "\\N", "/", "1900-01-01", "1899-12-31 12:00:00", "1899-12-30",
     "0000-00-00", "0000-00-00 00:00:00", "1"],
)  # fmt: skip
def test_what_stands_for_nothing_is_null(written: str | None) -> None:
    assert read(written) == (None, True, False)


@pytest.mark.parametrize(
    "written",
    [
        "2016-02-30", "2015-02-29", "2016-13-01", "2016-00-10", "20161301",
        "9/20/2016", "16/9/20", "2016-9/20", "2016-09", "2016年9月",
        "2016",  # a year, not day 2016 of Excel
        "60",  # 29 February 1900 never was
        "0", "73051", "-5", "1016-09-20", "2999-01-01", "2016-09-20 25:00:00",
        "1474300800",  # seconds are not written by anybody here
        "九月二十日", "二〇一六年十三月一日", "待定", "520100199001011234",
        "2016-09-20 00:00:00+99:00",
    ],
)  # fmt: skip
def test_what_has_no_single_reading_is_not_understood(written: str) -> None:
    assert read(written) == (None, False, False)


@given(st.dates(date(1901, 1, 1), date(2099, 12, 30)))
def test_every_format_gives_the_day_back(day: date) -> None:
    formats = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
    written = [day.strftime(f) for f in formats]
    written.append(str((day - date(1899, 12, 30)).days))
    numbers = dict(enumerate("〇一二三四五六七八九"))
    year = "".join(numbers[int(d)] for d in f"{day:%Y}")
    written.append(f"{year}年{_words(day.month)}月{_words(day.day)}日")
    if int(written[5]) in range(1900, 2100) or int(written[5]) <= 60:
        del written[5]  # rather a year, or before Excel's day that never was
    found, ok, _ = dates.parse(pa.array(written))
    assert found.to_pylist() == [day] * len(written)
    assert all(ok.to_pylist())


def _words(number: int) -> str:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十"
    return head + (digits[ones] if ones else "")


@given(st.integers(10**12, 10**13 - 1))
def test_milliseconds_are_days_of_shanghai(milliseconds: int) -> None:
    moment = datetime.fromtimestamp(milliseconds // 1000, ZoneInfo("Asia/Shanghai"))
    assume(moment.year < 2099)
    assert read(str(milliseconds))[0] == moment.date()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("9999-12-31T23:59:59Z", (None, True, True)),  # what databases write for ever
        ("9999-12-31T16:00:00.000+0000", (None, True, True)),
        ("9999-12-31 23:59:59-14:00", (None, True, True)),
        ("9998-12-31T23:59:59Z", (None, True, True)),  # 9999-01-01 in Shanghai
        ("0001-01-01T00:00:00+14:00", (None, False, False)),  # the year 0
        ("0001-01-01", (None, False, False)),
        ("0001-01-01T00:00:00Z", (None, False, False)),
        ("0000-12-31", (None, False, False)),
        ("10000-01-01", (None, False, False)),
        ("2958465", (None, False, False)),  # 9999-12-31 as Excel's serial number
        ("2958466", (None, False, False)),
        ("9999999999999", (None, False, False)),  # milliseconds: 2286
        ("2199-12-31T15:59:59Z", (date(2199, 12, 31), True, False)),
        ("2199-12-31T16:00:00Z", (None, False, False)),
        ("1800-01-01T00:00:00+08:06", (None, False, False)),
        ("二〇一六年九万亿月一日", (None, False, False)),  # no month fits an int
        ("二〇一六年一月一" + "〇" * 5000 + "日", (None, False, False)),
    ],
)
def test_both_ends_of_the_calendar_are_read_or_refused(
    written: str, expected: tuple[date | None, bool, bool]
) -> None:
    assert read(written) == expected


@given(
    year=st.sampled_from(["0000", "0001", "1800", "2199", "9998", "9999"])
    | st.integers(0, 99_999).map("{:04}".format),
    day=st.sampled_from(["01-01", "1-1", "12-31", "02-29", "13-01", "00-00"]),
    clock=st.sampled_from(["", "T00:00:00", " 23:59:59.999", " 24:00:00", "T16:00"]),
    zone=st.sampled_from(["", "Z", "+08:00", "-1400", "+14:00", "-00:00", "+99:99"]),
    joint=st.sampled_from("-/."),
)
def test_no_day_with_any_time_and_zone_raises(
    year: str, day: str, clock: str, zone: str, joint: str
) -> None:
    written = f"{year}-{day}".replace("-", joint) + clock + zone
    found, ok, forever = read(written)
    assert ok or found is None
    assert found is None or dates.EARLIEST <= found.year <= dates.LATEST
    assert not (forever and found)


@given(st.text("零〇一二九十百千万亿", max_size=3), st.text("一九十万亿", max_size=3))
def test_no_month_or_day_in_characters_raises(month: str, day: str) -> None:
    found, ok, _ = read(f"二〇一六年{month}月{day}日")
    assert ok == (found is not None)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    day, ok, forever = read(text)
    assert ok or day is None
    assert not (forever and day)
