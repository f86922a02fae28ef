"""Excel 97 workbooks as programs write them, not only as Excel does."""

import struct
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlwt
from reading_samples import CODE, Drop
from xlwt.CompoundDoc import XlsDoc

from guiji.reading.result import CellFaults

HEADINGS = ["企业名称", "统一社会信用代码", "成立日期", "注册资本", "企业类型"]
FORMULA, OLD_FORMULA, CODE_PAGE, XF, FORMAT, STRING = 6, 0x206, 0x42, 0xE0, 0x41E, 0x207
RECALCULATED = struct.pack("<HHII", 0x1C1, 8, 0x1C1, 0x18D54)
DAY = date(2024, 3, 5)

Change = Callable[[int, bytearray], object]


@pytest.fixture
def book() -> xlwt.Workbook:
    workbook = xlwt.Workbook(encoding="utf-8")
    sheet = workbook.add_sheet("登记", cell_overwrite_ok=True)
    for column, heading in enumerate(HEADINGS):
        sheet.write(0, column, heading)
    for column, text in enumerate(["甲", CODE]):
        sheet.write(1, column, text)
    return workbook


def saved(book: xlwt.Workbook, path: Path, change: Change | None = None) -> Path:
    """Write a workbook whose records were changed; a changed kind is given back."""
    content = book.get_biff_data()
    at, records = 0, b""
    while at + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, at)
        data = bytearray(content[at + 4 : at + 4 + size])
        new = change(kind, data) if change else None
        records += struct.pack("<HH", new if isinstance(new, int) else kind, size)
        records += data
        at += 4 + size
    XlsDoc().save(str(path), records)
    return path


@pytest.mark.parametrize("page", [936, 1252, 1200])
def test_the_code_page_of_a_unicode_workbook_does_not_count(
    drop: Drop, book: xlwt.Workbook, tmp_path: Path, page: int
) -> None:
    def change(kind: int, data: bytearray) -> None:
        if kind == CODE_PAGE:
            struct.pack_into("<H", data, 0, page)

    _, rows = drop.read(saved(book, tmp_path / "a", change))
    assert (rows[0]["enterprise_name"], rows[0]["uscc"]) == ("甲", CODE)


@pytest.mark.parametrize("number", [50, 60, 100, 163, 164])
@pytest.mark.parametrize("since_1904", [False, True])
def test_a_file_defines_a_date_under_any_number(
    drop: Drop, book: xlwt.Workbook, tmp_path: Path, number: int, since_1904: bool
) -> None:
    book.dates_1904 = since_1904
    style = xlwt.easyxf(num_format_str='yyyy"年"m"月"d"日"')
    book.get_sheet(0).write(1, 2, DAY, style)

    def change(kind: int, data: bytearray) -> None:
        place = {FORMAT: 0, XF: 2}.get(kind)
        if place is not None and data[place : place + 2] == b"\xa4\0":
            struct.pack_into("<H", data, place, number)

    _, rows = drop.read(saved(book, tmp_path / "a", change))
    assert rows[0]["established_on"] == "2024-03-05"


@pytest.mark.parametrize(
    ("since_1904", "number", "day"),
    [
        (False, 45356, "45356"),  # understood as a day of 1900 further on
        (True, 43894, "2024-03-05"),
        (True, 2024, "2024"),  # rather a year
        (True, 20240305, "20240305"),
    ],
)
def test_a_bare_number_is_a_day_of_the_files_date_system(
    drop: Drop,
    book: xlwt.Workbook,
    tmp_path: Path,
    since_1904: bool,
    number: int,
    day: str,
) -> None:
    book.dates_1904 = since_1904
    book.get_sheet(0).write(1, 2, number)
    _, rows = drop.read(saved(book, tmp_path / "a"))
    assert rows[0]["established_on"] == day


def test_instants_times_durations_and_days_that_never_were(
    drop: Drop, book: xlwt.Workbook, tmp_path: Path
) -> None:
    sheet = book.get_sheet(0)
    values = [
        (datetime(2024, 3, 5, 13, 4, 5), "yyyy/m/d h:mm", "2024-03-05 13:04:05"),  # noqa: DTZ001
        (0.354166666666667, "h:mm", "08:30:00"),
        (1.25, "[h]:mm", "30:00:00"),
        (1, "yyyy-mm-dd", "1900-01-01"),
        (61, "yyyy-mm-dd", "1900-03-01"),
        (45356, "0", "45356"),
        (True, "General", "是"),
        (60, "yyyy-mm-dd", "00:00:00"),  # the 29th of February 1900
        (-1, "yyyy-mm-dd", "00:00:00"),
    ]
    for row, (value, form, _) in enumerate(values, 1):
        sheet.write(row, 0, "甲")
        sheet.write(row, 2, value, xlwt.easyxf(num_format_str=form))
    reading, rows = drop.read(saved(book, tmp_path / "a"))
    assert [r["established_on"] for r in rows] == [text for *_, text in values]
    (fault,) = reading.sheets[0].faults
    assert fault == CellFaults("DATE_LOST", "C", "established_on", (9, 10))


def without_text(kind: int, data: bytearray) -> int | None:
    """Promise the text of a formula, which does not come."""
    if kind == FORMULA:
        data[6] = 0
    return None


def old(kind: int, data: bytearray) -> int | None:
    return OLD_FORMULA if kind == FORMULA else None


def calculated(kind: int, data: bytearray) -> int | None:
    """Have a number for the result, in the old record."""
    if kind == FORMULA:
        data[6:14] = struct.pack("<d", 2.5)
        return OLD_FORMULA
    return None


@pytest.mark.parametrize("change", [None, old, without_text])
def test_a_formula_without_a_stored_result_is_a_fault(
    drop: Drop, book: xlwt.Workbook, tmp_path: Path, change: Change | None
) -> None:
    sheet = book.get_sheet(0)
    sheet.write(1, 3, xlwt.Formula("1+1"))
    sheet.write(2, 3, xlwt.Formula('A2&"x"'))  # a row of nothing else
    reading, rows = drop.read(saved(book, tmp_path / "a", change))
    assert [r["source_row"] for r in rows] == [2, 3]
    assert reading.sheets[0].faults == (
        CellFaults("CELL_NO_VALUE", "D", "capital", (2, 3)),
    )


def test_a_formula_of_the_old_record_is_read(
    drop: Drop, book: xlwt.Workbook, tmp_path: Path
) -> None:
    book.get_sheet(0).write(1, 3, xlwt.Formula("1+1.5"))
    reading, rows = drop.read(saved(book, tmp_path / "a", calculated))
    assert (rows[0]["capital"], reading.sheets[0].faults) == ("2.5", ())


def test_an_empty_text_that_was_calculated_is_empty(
    drop: Drop, book: xlwt.Workbook, tmp_path: Path
) -> None:
    """Spreadsheets say that they calculated the file; then "" is a result."""
    sheet = book.get_sheet(0)
    sheet.write(1, 2, xlwt.Formula('IF(A2="","",A2)'))
    sheet.write(1, 3, xlwt.Formula("1+1"))  # never a text

    content = book.get_biff_data()
    page = content.index(struct.pack("<HHH", CODE_PAGE, 2, 1200))
    shift = len(RECALCULATED)
    changed = bytearray(content[:page] + RECALCULATED + content[page:])
    tab = changed.index(struct.pack("<H", 0x85), page)
    (start,) = struct.unpack_from("<I", changed, tab + 4)
    struct.pack_into("<I", changed, tab + 4, start + shift)
    XlsDoc().save(str(tmp_path / "a"), bytes(changed))
    reading, rows = drop.read(tmp_path / "a")
    assert rows[0]["established_on"] == ""
    assert reading.sheets[0].faults == (
        CellFaults("CELL_NO_VALUE", "D", "capital", (2,)),
    )
