from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiji.domain import chinese_numbers

DIGITS = "零壹贰叁肆伍陆柒捌玖"


def capital(number: int) -> str:
    """Write a whole number below 10^12 in capitals, as banks do."""
    for size, sign in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            head, rest = divmod(number, size)
            gap = "零" if 0 < rest < size // 10 else ""
            return capital(head) + sign + gap + (capital(rest) if rest else "")
    text, zero = "", False
    for unit, sign in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if zero and text else "") + DIGITS[digit] + sign
        zero = not digit
    return text


@given(st.integers(1, 10**12 - 1))
def test_reads_what_banks_write(number: int) -> None:
    assert chinese_numbers.integer(capital(number)) == number


@given(st.integers(1, 10**10), st.integers(0, 99))
def test_reads_money(yuan: int, fen: int) -> None:
    tenth, hundredth = divmod(fen, 10)
    text = capital(yuan) + "元" + (f"{DIGITS[tenth]}角" if tenth else "零" * (fen > 0))
    text += f"{DIGITS[hundredth]}分" if hundredth else "整"
    assert chinese_numbers.money(text) == yuan + Decimal(fen) / 100


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10), ("十二", 12), ("二十", 20), ("一百零五", 105), ("两千", 2000),
        ("一千二百万", 12_000_000), ("一亿零五万", 100_050_000),
        ("", None), ("二百三", None), ("十百", None), ("一二", None), ("万", None),
        ("百", None), ("一万二万", None), ("元", None),
    ],
)  # fmt: skip
def test_reads_whole_numbers(text: str, number: int | None) -> None:
    assert chinese_numbers.integer(text) == number


@pytest.mark.parametrize("text", ["壹佰", "元", "壹佰元伍", "壹佰元伍分陆角", "元整"])
def test_money_in_disorder_is_none(text: str) -> None:
    assert chinese_numbers.money(text) is None


def test_reads_digits_one_after_the_other() -> None:
    assert chinese_numbers.digits("二〇二六") == 2026
    assert chinese_numbers.digits("二〇二x") is None


@pytest.mark.parametrize("digits", ["〇", "九"])
def test_digits_without_end_are_no_number(digits: str) -> None:
    assert chinese_numbers.digits(digits * 5_000) is None
    assert chinese_numbers.money(f"壹元{digits * 5_000}角") is None
