"""A table below another one is read as if it stood alone, whatever its cells hold."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from reading_samples import CODE, REGISTRATION, Drop, Row

from guiji.reading.result import Reading

ITEMS = [(item.id, item.title) for item in REGISTRATION.items]
KEYED = REGISTRATION.model_copy(update={"key": ("uscc", "enterprise_type")})
CELLS: Sequence[tuple[Any, str]] = [
    ("甲", "@"),
    ("\ue5f1", "@"),
    (None, "General"),
    ("=1+1", "General"),
    (12, "00000000"),
    (3.1, "General"),
    (46_000, "General"),
    (9.15201007136123e17, "General"),
    (0.05, "0%"),
    (True, "General"),
    (date(2026, 1, 2), "yyyy-mm-dd"),
    (datetime(2026, 1, 2, 23, 59, 59), "yyyy-mm-dd hh:mm:ss"),  # noqa: DTZ001
    (time(3, 10), "h:mm"),
]
"""Values and their formats: of texts and days, of numbers, and what is lost."""

Table = list[list[tuple[Any, str]]]


def drawn(chance: random.Random, columns: Sequence[int], count: int) -> Table:
    """Headings and records."""
    named = {0: ("云城公司", "@"), 1: (CODE, "@")}
    heads = [(ITEMS[column][1], "@") for column in columns]
    return [
        heads,
        *(
            [named.get(c) or chance.choice(CELLS) for c in columns]
            for _ in range(count)
        ),
    ]


def read(drop: Drop, *tables: Table) -> tuple[Reading, list[Row]]:
    book = openpyxl.Workbook()
    rows = [row for table in tables for row in table]
    for number, row in enumerate(rows, start=1):
        for column, (value, form) in enumerate(row, start=1):
            cell = book.worksheets[0].cell(number, column, value)
            cell.number_format = form
    book.save(drop.folder / "a")
    return drop.read(drop.folder / "a", "企业登记信息.xlsx", candidates=[KEYED])


@pytest.mark.parametrize("seed", range(8))
def test_a_lower_table_is_read_as_if_it_stood_alone(drop: Drop, seed: int) -> None:
    chance = random.Random(seed)
    columns = [0, 1, *chance.sample(range(2, len(ITEMS)), 4)]
    others = columns[:2] + columns[3 : 3 + chance.randrange(1, 4)]
    chance.shuffle(others)
    lower = drawn(chance, others, 6)
    alone, expected = read(drop, lower)
    upper = drawn(chance, columns, chance.choice([1, 4, 998, 999, 1000]))
    both, rows = read(drop, upper, lower)
    above = len(upper)
    found = [
        {**row, "source_row": row["source_row"] - above}
        for row in rows
        if isinstance(row["source_row"], int) and row["source_row"] > above
    ]
    assert [{k: v for k, v in row.items() if v} for row in found] == [
        {k: v for k, v in row.items() if v} for row in expected
    ]
    (table,) = alone.sheets
    _, below = both.sheets
    assert below.columns == table.columns
    assert [(n.row - above, n.why) for n in below.notes] == [
        (n.row, n.why) for n in table.notes
    ]
    assert [
        (f.code, f.column, f.item, tuple(row - above for row in f.rows))
        for f in below.faults
    ] == [(f.code, f.column, f.item, f.rows) for f in table.faults]
