"""Values of spreadsheet cells to the one text that stands for each.

Numbers are written as Excel shows them, with 15 significant digits. A number of 16 or
more digits has lost some of them; it keeps its exponent ('9.15201007136123e+17'), so
that it can never pass for the code that it was.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

EXACT = 1e15
"""Absolute value from which a spreadsheet's number has lost digits."""


def text_column(cells: Sequence[Any]) -> Sequence[str]:
    """Write the cells of a column as text; empty cells are empty strings."""
    kinds = set(map(type, cells))
    if kinds == {str}:
        return cells
    if len(kinds) == 1:
        return list(map(FORMS[kinds.pop()], cells))
    return [v if type(v) is str else FORMS[type(v)](v) for v in cells]


def _number(value: float) -> str:
    if not -EXACT < value < EXACT:
        return repr(value)
    text = f"{value:.15g}"
    return format(Decimal(text), "f") if "e" in text else text


def _integer(value: int) -> str:
    return str(value) if -EXACT < value < EXACT else repr(float(value))


@lru_cache(4096)
def _day(value: date) -> str:
    return value.isoformat()


def _instant(value: datetime) -> str:
    return value.isoformat(" ", "seconds").removesuffix(" 00:00:00")


def _truth(value: bool) -> str:
    return "是" if value else "否"


FORMS: dict[type, Callable[[Any], str]] = {
    str: str,
    float: _number,
    int: _integer,
    bool: _truth,
    date: _day,
    datetime: _instant,
    time: time.isoformat,
    timedelta: str,
    type(None): lambda _: "",
}
