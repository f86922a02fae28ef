"""Amounts of money as departments write them: number, unit and currency.

A bare number is in the unit of the catalogue; a unit written beside it wins. Amounts
are decimals with six places, exact or not understood: nothing is rounded.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.domain import chinese_numbers, columns, currencies, text

TYPE = pa.decimal128(24, 6)
UNITS = {"元": 1, "万元": 10**4, "亿元": 10**8}
SCALES = {
    "": 1, "百": 10**2, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6,
    "千万": 10**7, "亿": 10**8,
}  # fmt: skip
BRACKETS = {"(": ")", "[": "]", "{": "}", "【": "】", "〔": "〕", "<": ">", "《": "》"}
_CURRENCY = "|".join(map(re.escape, sorted(currencies.TITLES, key=len, reverse=True)))
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:E[+-]?\d{1,2})?"
_OPEN = "[" + re.escape("".join(BRACKETS)) + "]"
_CLOSE = "[" + re.escape("".join(BRACKETS.values())) + "]"
_AMOUNT = re.compile(
    rf"(?:{_OPEN}(?P<first>{_CURRENCY}){_CLOSE}|(?P<before>{_CURRENCY}))?"
    rf"(?:(?P<number>{_NUMBER})|(?P<words>[{chinese_numbers.CHARACTERS}元圆圓角分整正]+))"
    rf"(?P<rest>.*)"
)
_UNIT = re.compile(
    rf"(?P<before>{_CURRENCY})?(?P<scale>亿|千万|百万|十万|万|千|百)?(?P<yuan>[元圆圓])?"
    rf"(?P<after>{_CURRENCY})?(?P<tail>元)?整?"
)
_EMPTY = re.compile(f"{_OPEN}{_CLOSE}")
_IN_YUAN = re.compile("[元圆圓角分]")
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
            1,100(万元(人民币)), USD500元, 壹仟元整; null tokens are null.
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
        readings = [read(value, unit) for value in encoded.dictionary.to_pylist()]
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
    match = _AMOUNT.fullmatch(half)
    beside = _beside(match) if match else None
    if match is None or beside is None:
        return WRONG
    if match["number"]:
        return _of_number(Decimal(match["number"].replace(",", "")), beside, unit)
    return _of_words(match["words"], beside, unit)


class _NumberContext(NamedTuple):
    """What is written around a number.

    Attributes:
        scales: what its units multiply it by, each different one once.
        says_yuan: whether 元 is written at all, if only in the name of a currency.
        currencies: titles, each once.
    """

    scales: frozenset[int]
    says_yuan: bool
    currencies: frozenset[str]

    @property
    def currency(self) -> str | None:
        """The one currency; None where there is none."""
        return next(iter(self.currencies), None)


def _beside(match: re.Match[str]) -> _NumberContext | None:
    """Read units and currencies around a number; None = they make no sense.

    They may be in brackets, in brackets within brackets, or there twice: what is said
    twice must be the same.
    """
    pieces = _pieces(match["rest"])
    units = [_UNIT.fullmatch(piece) for piece in pieces or ()]
    if pieces is None or not all(units):
        return None
    named = {match["first"], match["before"]}
    scales: list[int] = []
    says_yuan = False
    for unit in units:
        if unit is None:
            continue
        named |= {unit["before"], unit["after"]}
        says_yuan |= bool(unit["yuan"] or unit["tail"])
        says_yuan |= (unit["after"] or unit["before"] or "").endswith("元")
        if unit["scale"]:
            scales.append(SCALES[unit["scale"]])
        elif unit["yuan"] and not unit["before"] and not _follows_scale(units, unit):
            scales.append(1)
    titles = frozenset(currencies.TITLES[written] for written in named if written)
    if len(titles) > 1 or len({*scales}) > 1:
        return None
    return _NumberContext(frozenset(scales), says_yuan, titles)


def _follows_scale(units: Sequence[re.Match[str] | None], unit: re.Match[str]) -> bool:
    """Return whether 元 only completes the unit before it: 500(万)元."""
    position = units.index(unit)
    before = units[position - 1] if position else None
    return before is not None and before[0] in SCALES


def _pieces(rest: str) -> list[str] | None:
    """Part a text at its brackets; None = one is not closed, or holds nothing."""
    if _EMPTY.search(rest):
        return None
    pieces, open_brackets = [""], [""]
    for character in rest:
        if character in BRACKETS:
            open_brackets.append(BRACKETS[character])
            pieces.append("")
        elif character == open_brackets[-1]:
            open_brackets.pop()
            pieces.append("")
        else:
            pieces[-1] += character
    return [p for p in pieces if p] if open_brackets == [""] else None


def _of_number(number: Decimal, beside: _NumberContext, unit: str) -> Reading:
    if beside.scales or beside.says_yuan:
        scale = next(iter(beside.scales), 1)
        return _in_unit(number * scale, unit, beside.currency)
    if beside.currency and unit != "元":
        return WRONG  # 500人民币 in a column of 万元 may mean either
    return _in_unit(number * UNITS[unit], unit, beside.currency)


def _of_words(words: str, beside: _NumberContext, unit: str) -> Reading:
    """Read an amount in characters: 壹仟元整, 贰佰万美元, 五百(万元)."""
    if _IN_YUAN.search(words):
        yuan = None if beside.scales - {1} else chinese_numbers.money(words)
        return WRONG if yuan is None else _in_unit(yuan, unit, beside.currency)
    number = chinese_numbers.integer(words)
    says_unit = beside.scales or beside.says_yuan or (beside.currency and unit == "元")
    if number is None or not says_unit:
        return WRONG
    return _of_number(Decimal(number), beside, unit)


def _in_unit(yuan: Decimal, unit: str, currency: str | None) -> Reading:
    amount = yuan / UNITS[unit]
    if abs(amount) >= _LARGEST or amount != amount.quantize(_EXACT):
        return WRONG
    return Reading(amount.quantize(_EXACT), True, currency)


def written(number: float) -> str:
    """Write a number as people read it: 1,000,000 or 0.5, never 1e+06."""
    return f"{number:,.6f}".rstrip("0").rstrip(".")
