"""Tables below one another in a worksheet come back each under its own headings."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from nasty.books import by_openpyxl, old_book
from returned_books import HEADINGS, RED, Delivered, colour, finding

CODE = "91520100K5K7MEAE3L"
GOOD = ["贵阳恒达商贸有限公司", CODE, date(2024, 3, 5), 5.5]
BAD = ["贵阳乙公司", "911", date(2024, 3, 6), 7]


@pytest.fixture
def delivered(tmp_path: Path) -> Delivered:
    return Delivered(tmp_path)


def _name_the_sheet(book: Any) -> None:
    book.active.title = "登记"


def test_tables_below_one_another_are_marked_each(delivered: Delivered) -> None:
    other = [*reversed(HEADINGS)]
    rows = [HEADINGS, GOOD, other, [*reversed(BAD)], [*reversed(GOOD)]]
    by_openpyxl(rows, _name_the_sheet)(delivered.original)
    delivered.findings = [finding(4, "C", source_sheet="登记")]
    before = delivered.read().sheets
    texts = delivered.text()
    book = delivered.make()
    sheet = book["登记"]
    assert [sheet[f"E{row}"].value for row in (1, 3)] == ["退回原因"] * 2
    assert colour(sheet["C4"]) == colour(sheet["E4"]) == RED
    reading = delivered.read(delivered.out)
    assert delivered.text() == texts
    tables = [table for sheet in reading.data_sheets() for table in sheet]
    assert [t.header_row for t in tables] == [t.header_row for t in before]
    assert not [c for t in tables for c in t.columns if not c.heading]
    delivered.out.rename(delivered.original)
    again = delivered.make()["登记"]
    assert again.max_column == 5


@pytest.mark.parametrize("limits", [{}, {"whole_cells": 10}], ids=["all", "chosen"])
def test_tables_below_one_another_keep_their_headings(
    delivered: Delivered, limits: dict[str, int]
) -> None:
    delivered.name = "企业登记信息.xls"
    rows = [
        HEADINGS,
        ["甲", CODE, "2024-03-05", "1"],
        ["注册资本", "统一社会信用代码", "企业名称"],
        ["2", "911", "乙"],
        ["3", CODE, "丙"],
    ]
    old_book(rows, {})(delivered.original)
    delivered.findings = [finding(4, "B", source_sheet="登记")]
    delivered.read()
    texts = [row for row in delivered.text() if not limits or row["source_row"] == 4]
    book = delivered.make("plain", **limits)
    sheet = book["登记"]
    at = {cell.value: cell for row in sheet.iter_rows() for cell in row}
    assert colour(at["911"]) == RED
    assert at["911"].row == (3 if limits else 4)
    delivered.read(delivered.out)
    leave_out = {"source_row"}
    assert [{k: v for k, v in row.items() if k not in leave_out} for row in texts] == [
        {k: v for k, v in row.items() if k not in leave_out} for row in delivered.text()
    ]
