"""Resident id numbers (公民身份号码): their form, day of birth and check character.

Whether the county of a number existed is not asked: counties are abolished, numbers
are for life.

Source:
    GB 11643-1999 (18 characters, ISO 7064 MOD 11-2); until 1999 15 digits.
"""

import re
from collections.abc import Iterator
from datetime import date

import numpy as np

from guiji.domain.columns import Bytes, Flags

LENGTH = 18
OLD_LENGTH = 15
OLDEST_BIRTH = 1880
"""Year before which no holder of a number was born."""

OLD_BIRTHS = range(1930, 2000)
"""Years of birth in numbers of 15 digits, which were given out until 1999."""

PROVINCES = frozenset(
    str(code)
    for region in (
        range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55),
        range(61, 66), (71, 81, 82, 83),
    )
    for code in region
)  # fmt: skip
"""GB/T 2260: provinces and the like; the first two digits."""

FOREIGNER = "9"
"""First digit of permanent residence cards, which else are numbered alike."""

MARKS = r",;:()\[\]|+、。，；：（）［］｜＋"
"""Inside of a regular expression: marks that people write between parts of a number."""

_BETWEEN = rf"[ \n.\-_/{MARKS}]{{0,3}}"
_MARKED = re.compile(
    rf"(?<![0-9A-Za-z])"
    rf"(?=([0-9](?:{_BETWEEN}[0-9]){{16}}{_BETWEEN}[0-9X])(?![0-9A-Za-z]))"
)
_MARK = re.compile(f"[{MARKS}]")
_NO_FIGURE = re.compile(r"[^0-9X]")

NUMBER = re.compile(r"[0-9]{17}[0-9X]")
"""The form of a number of 18 characters."""

OLD_NUMBER = re.compile(
    r"[0-9]{8}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}", re.ASCII
)
"""The form of a number of 15 digits."""

STARS = "*" * 12
"""Stand for what is hidden of a number."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SUMMANDS = np.array([*_WEIGHTS, 1], np.int32)
_MONTH_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int32)


def is_right(number: str) -> bool:
    """Return whether 18 characters are a resident id: place, birth, check character."""
    return (
        len(number) == LENGTH
        and (number[:2] in PROVINCES or number[0] == FOREIGNER)
        and is_dated(number)
        and check_character(number) == number[17]
    )


def may_be_one(digits: str) -> bool:
    """Return whether digits have a province and birthday, and are no credit code.

    The check character is not asked.
    """
    return (
        digits[:2] in PROVINCES
        and is_dated(digits)
        and not (digits[2:4] in PROVINCES and digits[4:6] <= "20")
    )


def masked(number: str) -> str:
    """Return the first six digits and twelve asterisks, as governments print them."""
    return number[:6] + STARS


def marked(plain: str) -> Iterator[tuple[int, int]]:
    """Find numbers whose parts commas, brackets or the like may stand between.

    Args:
        plain: a text as by `plain_text.CHARACTERS`.

    Returns:
        Start and end of each that has such a mark; none overlap.
    """
    end = 0
    for match in _MARKED.finditer(plain):
        start = match.start(1)
        has_mark = _MARK.search(match[1])
        if start >= end and has_mark and is_right(_NO_FIGURE.sub("", match[1])):
            end = match.end(1)
            yield start, end


def check_character(number: str) -> str:
    """Work out the last character from the first 17 digits."""
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECKS[total % 11]


def is_dated(number: str) -> bool:
    """Return whether digits 7–14 are a day on which a holder may have been born."""
    return _is_day(number[6:10], number[10:12], number[12:14])


def is_old(number: str, births: range = OLD_BIRTHS) -> bool:
    """Return whether 15 digits may be an old number: place and day of birth.

    A registration number (注册号) may look so, too, see `is_registration_number`.

    Args:
        number: 15 digits.
        births: years of birth that count.
    """
    year = 1900 + int(number[6:8])
    return (
        number[:2] in PROVINCES
        and year in births
        and _is_day(str(year), number[8:10], number[10:12])
    )


def is_registration_number(number: str) -> bool:
    """Return whether 15 digits are a registration number of enterprises.

    Source:
        GS 15-2006 (工商行政管理市场主体注册号编制规则): ISO 7064 MOD 11,10.
    """
    product = 10
    for figure in number[:14]:
        total = (int(figure) + product) % 10 or 10
        product = total * 2 % 11
    return (product + int(number[14])) % 10 == 1


def are_right(characters: Bytes) -> Flags:
    """Return which rows are resident ids by date and check character.

    Args:
        characters: n × 18 matrix of ASCII codes, capital letters.

    Returns:
        n flags.
    """
    digits = characters.astype(np.int32) - ord("0")
    last_is_x = characters[:, 17] == ord("X")
    digits[last_is_x, 17] = 10
    figures: Flags = (digits >= 0) & (digits <= 9)
    figures[:, 17] |= last_is_x
    flags = figures.all(axis=1)
    year = digits[:, 6:10] @ np.array([1000, 100, 10, 1], np.int32)
    month = digits[:, 10] * 10 + digits[:, 11]
    day = digits[:, 12] * 10 + digits[:, 13]
    flags &= (year >= OLDEST_BIRTH) & (year < 2100) & (month >= 1) & (month <= 12)
    flags &= (day >= 1) & (day <= _MONTH_DAYS[np.clip(month, 0, 12)])
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    flags &= leap | (month != 2) | (day <= 28)
    flags &= digits @ _SUMMANDS % 11 == 1
    return flags


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        born = date(int(year), int(month), int(day))
    except ValueError:
        return False
    return OLDEST_BIRTH <= born.year < 2100
