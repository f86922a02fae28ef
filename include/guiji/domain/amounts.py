"""Amounts of money as departments write them: number, unit and currency.

A bare number is in the unit of the catalogue; a unit written beside it wins. Amounts
are decimals with six places, exact or not understood: nothing is rounded.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.domain import chinese_numbers, columns, text

TYPE = pa.decimal128(24, 6)
UNITS = {"元": 1, "万元": 10**4, "亿元": 10**8}
SCALES = {
    "": 1, "百": 10**2, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6,
    "千万": 10**7, "亿": 10**8,
}  # fmt: skip
CURRENCIES = {
    "人民币": ("人民币", "RMB", "CNY", "¥", "￥"),
    "美元": ("美元", "美金", "USD", "US$"),
    "港币": ("港币", "港元", "香港元", "HKD", "HK$"),
    "欧元": ("欧元", "EUR", "€"),
    "日元": ("日元", "日圆", "日币", "JPY"),
    "英镑": ("英镑", "GBP", "£"),
    "加拿大元": ("加拿大元", "加元", "CAD"),
    "澳大利亚元": ("澳大利亚元", "澳元", "AUD"),
    "新西兰元": ("新西兰元", "NZD"),
    "新加坡元": ("新加坡元", "SGD"),
    "瑞士法郎": ("瑞士法郎", "CHF"),
    "韩元": ("韩元", "韩圆", "韩国元", "KRW"),
    "新台币": ("新台币", "台币", "TWD"),
    "澳门元": ("澳门元", "澳门币", "MOP"),
}
"""Title of a currency (GB/T 12406) -> how it is written."""

_TITLES = {written: title for title, ways in CURRENCIES.items() for written in ways}
_CURRENCY = "|".join(re.escape(w) for w in sorted(_TITLES, key=len, reverse=True))
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:E[+-]?\d{1,2})?"
_AMOUNT = re.compile(
    rf"(?P<before>{_CURRENCY})?(?P<number>{_NUMBER})(?P<open>\()?"
    rf"(?P<scale>亿|千万|百万|十万|万|千|百)?(?P<yuan>元)?(?P<after>{_CURRENCY})?"
    r"(?P<tail>元)?(?(open)\))整?"
)
_WORDS = re.compile(rf"(?:人民币)?([{chinese_numbers.CHARACTERS}元圆圓角分整正]+)")
_PLAIN = r"^-?\d{1,13}(\.\d{1,6})?$"
_LARGEST = Decimal(10) ** 13
"""Longer numbers are no amounts; fifteen and eighteen digits are rather a person."""

_EXACT = Decimal("0.000001")


class Reading(NamedTuple):
    """What a text says as money."""

    amount: Decimal | None
    ok: bool
    currency: str | None = None


WRONG = Reading(None, False)


def parse(
    texts: pa.Array | pa.ChunkedArray, unit: str
) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Read amounts.

    Args:
        texts: n texts: 1000, 1,000.00, 2000元, 0.2万元, 1,000(万元人民币), 300(万美元),
            USD500元, 壹仟元整; null tokens are null.
        unit: 元, 万元 or 亿元: of bare numbers, and of the result.

    Returns:
        Amounts (decimal128(24, 6)) in `unit`, whether each was understood (true for
        null), and the currency written beside it by its title, or null.

    Raises:
        ValueError: the unit is none of the three.
    """
    if unit not in UNITS:
        raise ValueError(f"not a unit of money: {unit}; use one of {list(UNITS)}")
    texts = columns.combine(texts)
    plain = columns.flags(pc.match_substring_regex(texts, _PLAIN))
    bare = pc.if_else(pa.array(plain), texts, pa.scalar(None, pa.string()))
    amount = bare.cast(TYPE)
    ok, currency = np.ones(len(texts), np.bool_), pa.nulls(len(texts), pa.string())
    rows = np.flatnonzero(~plain & columns.flags(texts.is_valid()))
    if len(rows):
        encoded = texts.take(pa.array(rows)).dictionary_encode()
        readings = [read(one, unit) for one in encoded.dictionary.to_pylist()]
        amounts = pa.array([r.amount for r in readings], TYPE)
        amount = columns.put(amount, rows, amounts.take(encoded.indices))
        titles = pa.array([r.currency for r in readings], pa.string())
        currency = columns.put(currency, rows, titles.take(encoded.indices))
        ok[rows] = np.array([r.ok for r in readings])[encoded.indices.to_numpy()]
    return amount, pa.array(ok), currency


@lru_cache(maxsize=1 << 16)
def read(written: str, unit: str) -> Reading:
    """Read one amount; see `parse`."""
    half = text.half_width_one(written)
    if half is None:
        return Reading(None, True)
    if match := _AMOUNT.fullmatch(half):
        return _read_number(match, unit)
    if match := _WORDS.fullmatch(half):
        yuan = chinese_numbers.money(match[1])
        currency = "人民币" if half.startswith("人民币") else None
        return WRONG if yuan is None else _in_unit(yuan, unit, currency)
    return WRONG


def currency_title(written: str) -> str | None:
    """Give the title of a currency however it is written; None = not known."""
    half = text.compact_one(written)
    if half is None:
        return None
    return _TITLES.get(half) or _TITLES.get(half.removesuffix("元"))


def _read_number(match: re.Match[str], unit: str) -> Reading:
    before, after = match["before"], match["after"]
    currencies = {_TITLES[written] for written in (before, after) if written}
    if len(currencies) > 1:
        return WRONG
    currency = next(iter(currencies), None)
    number = Decimal(match["number"].replace(",", ""))
    says_yuan = match["yuan"] or match["tail"] or (after or "").endswith("元")
    if match["scale"] or says_yuan:
        return _in_unit(number * SCALES[match["scale"] or ""], unit, currency)
    if currency and unit != "元":
        return WRONG  # 500人民币 in a column of 万元 may mean either
    return _in_unit(number * UNITS[unit], unit, currency)


def _in_unit(yuan: Decimal, unit: str, currency: str | None) -> Reading:
    amount = yuan / UNITS[unit]
    if abs(amount) >= _LARGEST or amount != amount.quantize(_EXACT):
        return WRONG
    return Reading(amount.quantize(_EXACT), True, currency)


def written(number: float) -> str:
    """Write a number as people read it: 1,000,000 or 0.5, never 1e+06."""
    return f"{number:,.6f}".rstrip("0").rstrip(".")
