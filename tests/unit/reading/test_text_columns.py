"""Columns that Arrow writes as text are those that Python writes."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from guiji.reading.workbooks import cells, text_columns
from guiji.reading.workbooks.text_columns import TextColumn

CHANCE = random.Random(20261130)
SIZES = range(-6, 19)
FLOATS = [
    *(0.0, -0.0, 5.0, -5.0, 1e-4, 9.9e-5, 1.5e-7, 0.1 + 0.2, 1 / 3, 1e10, 1e14, 1e15),
    *(63679180692.0, 123456789012345.0, 999999999999999.0, 1e16, 1e21, 9.1520100713e17),
    *(round(CHANCE.uniform(-1e6, 1e6), CHANCE.randrange(6)) for _ in range(500)),
    *(CHANCE.uniform(-1, 1) * 10 ** CHANCE.choice(SIZES) for _ in range(500)),
    *(float(CHANCE.randrange(10 ** CHANCE.randrange(1, 17))) for _ in range(500)),
]
FIRST = datetime(1899, 12, 31)  # noqa: DTZ001 - spreadsheets know no zones
INSTANTS = [FIRST + timedelta(seconds=CHANCE.uniform(1, 2.5e11)) for _ in range(500)]


@pytest.mark.parametrize(
    "values",
    [
        FLOATS,
        *([x] for x in FLOATS[:18]),
        [x for x in FLOATS if abs(x) < 1e9],
        [100.25, 3.0],
        INSTANTS,
        [*INSTANTS, FIRST],
        [x.date() for x in INSTANTS],
        [date(1, 1, 1), date(999, 1, 1), date(9999, 12, 31)],
        [datetime(9999, 12, 31, 23, 59, 59, 999_999)],  # noqa: DTZ001
        ["甲", "", "乙"],
        ["甲", 1.5, date(2024, 3, 5), True, ""],
    ],
)
def test_arrow_writes_what_python_writes(values: Sequence[Any]) -> None:
    kinds = set(map(type, values))
    column = text_columns.written(values, kinds)
    expected = list(cells.texts(values, kinds))
    assert list(column) == expected
    assert pa.array(column, pa.string()).to_pylist() == expected
    assert (len(column), column[-1]) == (len(expected), expected[-1])


def test_plain_numbers_and_days_are_written_by_arrow() -> None:
    for values in ([100.25, 3.0], INSTANTS, [date(2024, 3, 5)]):
        column = text_columns.written(values, set(map(type, values)))
        assert not column.is_of_text


@pytest.mark.parametrize(
    ("text", "is_odd"),
    [
        *((sign, True) for sign in "\ufffd\ue000\uf8ff\uf123\U000f0000\U0010fffd"),
        *((sign, False) for sign in ("", "a", "甲", "，", "：", "\uf900", "\ufffe")),
    ],
)
def test_odd_characters_are_suspected(text: str, is_odd: bool) -> None:
    for values in ([text], ["甲乙，", f"丙{text}丁"], [text, ""]):
        assert TextColumn(values).may_be_odd == is_odd
        assert TextColumn(values).holds(text)


def test_a_column_without_characters_is_not_odd() -> None:
    assert not TextColumn([]).may_be_odd
    assert not TextColumn(["", ""]).may_be_odd
