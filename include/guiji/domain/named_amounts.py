"""Amounts of money that a text names: 处以罚款人民币贰仟元整（¥2,000.00）.

Here a number is an amount only with its 元 or ¥, because a text has years, articles
and quantities too; amounts in other currencies are left out.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from guiji.domain import chinese_numbers, text
from guiji.domain.amounts import SCALES
from guiji.domain.currencies import RMB, TITLES

MARK = "[元圆圓¥￥]"
"""What a text that names an amount has."""

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d{1,13})(?:\.\d{1,6})?"
_SCALE = "|".join(sorted((s for s in SCALES if s), key=len, reverse=True))
_FOREIGN = "|".join(re.escape(w) for w, title in TITLES.items() if title != RMB)
_OTHER = rf"(?![(\[【)\]】]{{0,2}}(?:{_FOREIGN}))"
"""Not followed by a foreign currency, which may stand in brackets: 100万元(美元)."""

_IN_DIGITS = re.compile(
    rf"(?<![\d.,])(?:(?P<many>{_NUMBER})万)?(?P<number>{_NUMBER})"
    rf"[(\[【]?(?P<scale>{_SCALE})?元{_OTHER}"
    rf"|[¥￥](?P<marked>{_NUMBER})(?P<marked_scale>{_SCALE})?"
)
_IN_WORDS = re.compile(
    rf"[{chinese_numbers.CHARACTERS}]+[元圆圓](?:[{chinese_numbers.CHARACTERS}]+角)?"
    rf"(?:[{chinese_numbers.CHARACTERS}]+分)?"
)


@lru_cache(maxsize=1 << 14)
def find(written: str) -> tuple[Decimal, ...]:
    """Find the amounts that a text names.

    Args:
        written: any text; 2000元, 1,000.50元, 0.2万元, 2万5000元, ¥2000, 贰仟元整.

    Returns:
        Amounts in yuan in the order of digits, then of characters; none is there
        twice.
    """
    half = text.half_width_one(written) or ""
    return tuple(dict.fromkeys((*_in_digits(half), *_in_words(half))))


def _in_digits(half: str) -> Iterator[Decimal]:
    for match in _IN_DIGITS.finditer(half):
        number = _plain(match["number"] or match["marked"])
        scale = match["scale"] or match["marked_scale"] or ""
        yield number * SCALES[scale] + _plain(match["many"] or "0") * SCALES["万"]


def _in_words(half: str) -> Iterator[Decimal]:
    for match in _IN_WORDS.finditer(half):
        amount = chinese_numbers.money(match[0])
        if amount is not None:
            yield amount


def _plain(number: str) -> Decimal:
    return Decimal(number.replace(",", ""))
