"""Workbooks: canonical text, layouts made by hand, several sheets, lost cells."""

import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from reading_samples import CODE, Drop

from guiji.core.errors import BatchRefused
from guiji.reading.result import CellFaults, Note, Reading
from guiji.reading.workbooks.cells import text_column

HEADINGS = ["企业名称", "统一社会信用代码", "成立日期", "注册资本"]

VALUES = [
    ("00123", "@", "00123"),
    (" 甲\u00a0乙\u200b ", "@", " 甲\u00a0乙\u200b "),
    (100.0, "0.00", "100"),
    (0.1 + 0.2, "General", "0.3"),
    (1e-7, "General", "0.0000001"),
    (123456789012345, "0", "123456789012345"),
    (9.15201007136123e17, "0", "9.15201007136123e+17"),  # digits are lost
    (True, "General", "是"),
    (date(2024, 3, 5), 'yyyy"年"m"月"d"日"', "2024-03-05"),
    (datetime(2024, 3, 5), "yyyy/m/d h:mm", "2024-03-05"),  # noqa: DTZ001
    (datetime(2024, 3, 5, 13, 4, 5), "yyyy/m/d h:mm:ss", "2024-03-05 13:04:05"),  # noqa: DTZ001
    (45356, "General", "45356"),  # a serial without a date format
    (time(8, 30), "h:mm", "08:30:00"),
    (timedelta(hours=30), "[h]:mm", "30:00:00"),
    (None, "General", ""),
    ("a\nb", "General", "a\nb"),
]


@pytest.fixture
def book(tmp_path: Path) -> Callable[[Workbook], Path]:
    def save(workbook: Workbook) -> Path:
        path = tmp_path / "drop"
        workbook.save(path)
        return path

    return save


def sheet_of(rows: Sequence[Sequence[Any]]) -> tuple[Workbook, Worksheet]:
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(row)
    return workbook, sheet


def test_every_value_has_one_text(drop: Drop, book: Callable[[Workbook], Path]) -> None:
    workbook, sheet = sheet_of([HEADINGS])
    for row, (value, number_format, _) in enumerate(VALUES, 2):
        sheet.append(["甲", CODE, value])
        sheet.cell(row, 3).number_format = number_format
    _, rows = drop.read(book(workbook))
    assert [r["established_on"] for r in rows] == [text for *_, text in VALUES]


def test_dates_of_a_1904_workbook(drop: Drop, book: Callable[[Workbook], Path]) -> None:
    workbook, sheet = sheet_of([HEADINGS])
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet.append(["甲", CODE, date(2024, 3, 5)])
    _, rows = drop.read(book(workbook))
    assert rows[0]["established_on"] == "2024-03-05"


def test_titles_merged_headings_notes_and_offsets(
    drop: Drop, book: Callable[[Workbook], Path]
) -> None:
    workbook, sheet = sheet_of([])
    sheet["B2"] = "贵阳市企业登记归集表"
    sheet.merge_cells("B2:F2")
    for cell, text in {
        "B4": "序号",
        "C4": "企业信息",
        "C5": "企业名称*",
        "D5": "统一社会\n信用代码",
        "E4": "登记信息",
        "E5": "成立日期",
        "F5": "注册资本(万元)",
        "C7": "甲",
        "D7": CODE,
        "F7": 12.5,
        "C8": "乙",
        "D8": CODE,
        "B11": "合计",
        "F11": 12.5,
        "B12": "注：每月报送",
        "H8": "另附说明",
    }.items():
        sheet[cell] = text
    for cells in ("B4:B5", "C4:D4", "E4:F4"):
        sheet.merge_cells(cells)
    reading, rows = drop.read(book(workbook), name="登记.xlsx")
    found = reading.sheets[0]
    assert (found.name, found.header_row, found.rows) == ("Sheet", 5, 2)
    assert [(r["source_sheet"], r["source_row"], r["capital"]) for r in rows] == [
        ("Sheet", 7, "12.5"),
        ("Sheet", 8, ""),
    ]
    assert [(c.letter, c.heading, c.item) for c in found.columns] == [
        ("A", "", None),
        ("B", "序号", None),
        ("C", "企业名称*", "enterprise_name"),
        ("D", "统一社会\n信用代码", "uscc"),
        ("E", "成立日期", "established_on"),
        ("F", "注册资本(万元)", "capital"),
        ("H", "", None),
    ]
    assert [n.row for n in found.notes] == [2, 11, 12]
    assert reading.column_letter("Sheet", "capital") == "F"


def test_sheets_of_the_dataset_are_joined_and_others_stated(
    drop: Drop, book: Callable[[Workbook], Path]
) -> None:
    workbook, sheet = sheet_of([HEADINGS, ["甲", CODE, "2020-01-02", 1]])
    sheet.title = "一季度"
    second = workbook.create_sheet("二季度")
    for row in (["表"], ["统一社会信用代码", "地区", "企业名称"], [CODE, "贵阳", "乙"]):
        second.append(row)
    hidden = workbook.create_sheet("旧数据")
    hidden.append(["x"])
    hidden.sheet_state = "hidden"
    workbook.create_sheet("Sheet3")
    words = workbook.create_sheet("字典")
    for row in (["代码", "名称"], ["1", "有限责任公司"]):
        words.append(row)
    reading, rows = drop.read(book(workbook))
    assert [(s.name, s.rows, s.skipped) for s in reading.sheets] == [
        ("一季度", 1, None),
        ("二季度", 1, None),
        ("旧数据", 0, "隐藏的工作表，未读取"),
        ("Sheet3", 0, "空工作表"),
        ("字典", 2, "没有与采集目录相符的表头，未读取"),
    ]
    assert [
        (r["source_sheet"], r["source_row"], r["enterprise_name"], r["region"])
        for r in rows
    ] == [("一季度", 2, "甲", None), ("二季度", 3, "乙", "贵阳")]
    assert reading.sheets[1].notes == (Note(1, "表头以上的标题行"),)
    assert reading.column_letter("二季度", "uscc") == "A"


def test_sheets_of_two_datasets_go_back(
    drop: Drop, book: Callable[[Workbook], Path]
) -> None:
    workbook, _ = sheet_of([HEADINGS, ["甲", CODE]])
    other = workbook.create_sheet("处罚")
    other.append(["行政相对人名称", "处罚决定日期", "行政处罚决定书文号"])
    with pytest.raises(BatchRefused) as caught:
        drop.read(book(workbook))
    assert caught.value.code == "SEVERAL_DATASETS"


def test_a_second_sheet_that_lacks_a_required_heading_goes_back(
    drop: Drop, book: Callable[[Workbook], Path]
) -> None:
    workbook, _ = sheet_of([HEADINGS, ["甲", CODE]])
    workbook.create_sheet("续表").append(["企业名称", "成立日期"])
    with pytest.raises(BatchRefused, match="HEADINGS") as caught:
        drop.read(book(workbook))
    assert "工作表“续表”" in caught.value.notice


def test_error_cells_and_formulas_without_result_are_faults(
    drop: Drop, book: Callable[[Workbook], Path]
) -> None:
    workbook, sheet = sheet_of([[*HEADINGS, "网址"]])
    for row in (
        ["甲", CODE, "#N/A", 1],
        ["乙", CODE, "2020-01-02", "=1+1"],
        ["丙", CODE, "2020-01-02", 1, "#REF!"],  # in a column that is not used
        ["丁", CODE, "2020-01-02", 1],
    ):
        sheet.append(row)
    for cell in ("C2", "E4"):
        sheet[cell].data_type = "e"
    reading, rows = drop.read(book(workbook))
    assert [(r["source_row"], r["established_on"], r["capital"]) for r in rows] == [
        (2, "#N/A", "1"),
        (3, "2020-01-02", "=1+1"),
        (4, "2020-01-02", "1"),
        (5, "2020-01-02", "1"),
    ]
    assert rows[0]["uscc"] == CODE
    assert reading.sheets[0].faults == (
        CellFaults("CELL_ERROR", "C", "established_on", (2,)),
        CellFaults("CELL_NO_VALUE", "D", "capital", (3,)),
    )
    assert reading.rows_faulty == 0
    assert Reading.from_json(reading.to_json()) == reading


def test_stored_results_of_formulas_are_read(drop: Drop, tmp_path: Path) -> None:
    workbook, sheet = sheet_of([HEADINGS, ["甲", CODE, "EMPTY", "NUMBER"]])
    plain = tmp_path / "plain.xlsx"
    workbook.save(plain)
    path = tmp_path / "formulas.xlsx"
    results = {
        b'<c r="C2" t="inlineStr">': b'<c r="C2" t="str"><f>""</f><v></v></c>',
        b'<c r="D2" t="inlineStr">': b'<c r="D2"><f>1+1</f><v>2</v></c>',
    }
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            for start, cell in results.items() if "sheet1.xml" in part else ():
                before, _, after = content.partition(start)
                content = before + cell + after.partition(b"</c>")[2]
            new.writestr(part, content)
    _, rows = drop.read(path)
    assert (rows[0]["fault"], rows[0]["established_on"], rows[0]["capital"]) == (
        None,
        "",
        "2",
    )


def test_lost_characters_in_a_workbook(
    drop: Drop, book: Callable[[Workbook], Path]
) -> None:
    workbook, _ = sheet_of([HEADINGS, ["甲", CODE], ["乙\ufffd", CODE]])
    _, rows = drop.read(book(workbook))
    assert [(r["source_row"], r["fault"], r["raw_line"]) for r in rows] == [
        (2, None, None),
        (3, "CHARS_LOST", f"乙\ufffd\t{CODE}\t\t"),
    ]


@pytest.mark.parametrize("name", ["登记.xls", "登记.xlsx", "登记.et", "登记.csv"])
def test_the_kind_is_told_by_content_not_by_name(
    drop: Drop, tmp_path: Path, name: str
) -> None:
    workbook = xlwt.Workbook(encoding="utf-8")
    sheet = workbook.add_sheet("登记")
    for column, heading in enumerate(HEADINGS):
        sheet.write(1, column, heading)
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for column, value in enumerate(["甲", CODE, date(2024, 3, 5), 5]):
        sheet.write(3, column, value, day if column == 2 else xlwt.Style.default_style)
    path = tmp_path / "old"
    workbook.save(str(path))
    reading, rows = drop.read(path, name=name)
    assert (reading.kind, reading.sheets[0].header_row) == ("xls", 2)
    assert (rows[0]["source_row"], rows[0]["established_on"], rows[0]["capital"]) == (
        4,
        "2024-03-05",
        "5",
    )


def test_rows_over_several_batches_keep_their_numbers(
    drop: Drop, book: Callable[[Workbook], Path]
) -> None:
    rows = [["甲", CODE, "2020-01-02", i] if i % 7 else [] for i in range(2500)]
    workbook, _ = sheet_of([HEADINGS, *rows])
    _, found = drop.read(book(workbook))
    assert [(r["source_row"], r["capital"]) for r in found] == [
        (i + 2, str(i)) for i in range(2500) if i % 7
    ]


def test_header_only_is_a_zero_report(
    drop: Drop, book: Callable[[Workbook], Path]
) -> None:
    workbook, _ = sheet_of([["企业登记归集表"], HEADINGS])
    reading, rows = drop.read(book(workbook))
    assert (reading.rows_read, rows, reading.sheets[0].header_row) == (0, [], 2)


def test_the_same_workbook_gives_the_same_bytes(
    drop: Drop, book: Callable[[Workbook], Path]
) -> None:
    workbook, _ = sheet_of([HEADINGS, ["甲", CODE, date(2020, 1, 2), 1.5]])
    path = book(workbook)
    written = []
    for _ in range(2):
        drop.read(path)
        written.append({p.name: p.read_bytes() for p in drop.out.iterdir()})
    assert written[0] == written[1]
    assert set(written[0]) == {"text.parquet", "reading.json"}


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_many_numbers_are_written_as_each_of_them(values: list[float]) -> None:
    alone = [text_column([value, ""])[0] for value in values]
    assert list(text_column(values)) == alone


@given(st.lists(st.datetimes(), min_size=1))
def test_many_instants_are_written_as_each_of_them(values: list[datetime]) -> None:
    alone = [text_column([value, ""])[0] for value in values]
    assert list(text_column(values)) == alone
    days = [datetime(v.year, v.month, v.day) for v in values]  # noqa: DTZ001
    assert list(text_column(days)) == [d.date().isoformat() for d in days]
