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

NO_DAY = time()
"""What the reader makes of a date that a spreadsheet cannot show: one before 1900."""

MIDNIGHT = " 00:00:00"
PLAIN = 16
"""Characters of fifteen digits and a point."""

NUMBERS = frozenset((float, int))


def text_column(cells: Sequence[Any]) -> Sequence[str]:
    """Write the cells of a column as text; empty cells are empty strings."""
    return texts(cells, set(map(type, cells)))


def texts(cells: Sequence[Any], kinds: set[type]) -> Sequence[str]:
    """Write cells of these types as text."""
    if kinds == {str}:
        return cells
    if kinds == {float}:
        return _numbers(cells)
    if kinds == {datetime}:
        return _instants(cells)
    if len(kinds) == 1:
        (kind,) = kinds
        return list(map(FORMS[kind], cells))
    forms = FORMS
    return [v if type(v) is str else forms[type(v)](v) for v in cells]


def _numbers(values: Sequence[float]) -> list[str]:
    """Write many numbers; Python's shortest form is ours up to fifteen digits."""
    texts = list(map(repr, values))
    if max(map(len, texts)) > PLAIN or "e" in "".join(texts):
        return list(map(_number, values))
    return [text.removesuffix(".0") for text in texts]


def _instants(values: Sequence[datetime]) -> list[str]:
    """Write many instants; those at midnight are days."""
    texts = [value.isoformat(" ", "seconds") for value in values]
    if MIDNIGHT in "".join(texts):
        return [text.removesuffix(MIDNIGHT) for text in texts]
    return texts


def without_digits(cells: Sequence[Any], kinds: set[type]) -> list[int]:
    """Return the indices of numbers that have lost digits."""
    if not kinds & NUMBERS:
        return []
    if kinds == {float} and max(cells) < EXACT and min(cells) > -EXACT:
        return []
    return [
        i for i, v in enumerate(cells) if type(v) in NUMBERS and not -EXACT < v < EXACT
    ]


def without_day(cells: Sequence[Any], kinds: set[type]) -> list[int]:
    """Return the indices of dates that are none."""
    if time not in kinds:
        return []
    return [i for i, v in enumerate(cells) if type(v) is time and v == NO_DAY]


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
    return value.isoformat(" ", "seconds").removesuffix(MIDNIGHT)


def _truth(value: bool) -> str:
    return "是" if value else "否"


def _duration(value: timedelta) -> str:
    """Write hours, minutes and seconds, as the format [h]:mm:ss shows them."""
    seconds = round(value.total_seconds())
    sign = "-" if seconds < 0 else ""
    minutes, second = divmod(abs(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{sign}{hours}:{minute:02}:{second:02}"


def _time(value: time) -> str:
    return value.isoformat("seconds")


FORMS: dict[type, Callable[[Any], str]] = {
    str: str,
    float: _number,
    int: _integer,
    bool: _truth,
    date: _day,
    datetime: _instant,
    time: _time,
    timedelta: _duration,
    type(None): lambda _: "",
}
