"""A finding names the very cell that a clerk sees, whatever surrounds the table.

Workbooks are built cell by cell and go the real way: read, parse, judge. What a
finding says is compared with the coordinate of the bad cell itself.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
import xlwt
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from settings_builders import settings_in
from small_penalty import BATCH, make_catalog, make_dataset

from guiji.checking.condition_cache import Conditions
from guiji.checking.validator import Validator
from guiji.parsing.parse import parse
from guiji.reading.read import TEXT, read_file

DATASET = make_dataset()
CATALOG = make_catalog(DATASET)
TITLES = (
    *("行政相对人名称", "行政相对人类别", "统一社会信用代码", "文书号"),
    *("处罚类别", "罚款金额", "份数", "决定日期"),
)
NAME, CATEGORY, CODE, NUMBER, KIND, FINE, COPIES, DECIDED = range(len(TITLES))
Found = list[tuple[str | None, int, str | None, str]]
Check = Callable[[Path, str], Found]


def good(number: int) -> list[Any]:
    """A record without a fault."""
    decided = date(2026, 11, 2)
    code = "9152000071430580XT"
    name, document = f"贵州{number}公司", f"筑交罚〔2026〕{number}号"
    return [name, "法人及非法人组织", code, document, "警告", None, 2, decided]


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Check]:
    """Check files; each gives sheet, row, letter and rule of all its findings."""
    data = tmp_path_factory.mktemp("data")
    settings = settings_in(data)
    kept = Conditions.of(settings, CATALOG)
    with Validator(settings, CATALOG, kept, by_kept=True) as validator:

        def run(path: Path, name: str) -> Found:
            out = path.with_name("out")
            reading = read_file(path, name, [DATASET], out)
            text = pq.read_table(out / TEXT)
            typed = parse(text, DATASET, CATALOG, "transport", b"a key for tests")
            checked = validator.check(BATCH, text, typed, reading)
            assert checked.batch_refusal is None
            return [
                (
                    f["source_sheet"],
                    f["source_row"],
                    f["source_column"],
                    f["rule_id"].removeprefix("penalty."),
                )
                for f in checked.findings.to_pylist()
            ]

        yield run


@pytest.fixture
def book() -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.active.title = "处罚"
    return made


def lay(
    sheet: Any, top: int, rows: int, left: int = 1, titles: Any = TITLES
) -> list[list[Cell]]:
    """Lay headings at a row and records below; give the records' cells."""
    places = {title: left + i for i, title in enumerate(titles)}
    for title, column in places.items():
        if title:
            sheet.cell(top, column, title)
    laid = []
    for number in range(1, rows + 1):
        values = dict(zip(TITLES, good(sheet.max_row), strict=True))
        row = top + number
        cells = [sheet.cell(row, places[t], values[t]) for t in TITLES]
        laid.append(cells)
    return laid


def spoil(cell: Cell, value: Any, rule: str) -> tuple[str, int, str, str]:
    """Make a cell bad; say what must be found, by the cell's own coordinate."""
    cell.value = value
    return (cell.parent.title, cell.row, cell.column_letter, rule)


def checked(check: Check, book: openpyxl.Workbook, tmp_path: Path) -> Found:
    path = tmp_path / "original"
    book.save(path)
    return check(path, "行政处罚.xlsx")


def test_under_title_rows(check: Check, book: Any, tmp_path: Path) -> None:
    sheet = book.active
    sheet["A1"] = "行政处罚信息报送表"
    sheet.merge_cells("A1:H1")
    sheet["A2"] = "填报单位：市交通委"
    sheet["F2"] = "填报日期：2026年11月20日"
    cells = lay(sheet, 4, 3)
    expected = [
        spoil(cells[0][DECIDED], "去年", "decided_on.form"),
        spoil(cells[2][NAME], None, "name.required"),
    ]
    assert checked(check, book, tmp_path) == expected


def test_between_blank_rows(check: Check, book: Any, tmp_path: Path) -> None:
    sheet = book.active
    cells = lay(sheet, 1, 6)
    for row in (2, 3, 5):  # below the headings, and between records
        for cell in sheet[row]:
            cell.value = None
    expected = [
        spoil(cells[2][COPIES], "两份", "copies.form"),
        spoil(cells[5][FINE], -1, "fine.range"),
    ]
    assert checked(check, book, tmp_path) == expected


def test_in_tables_below_one_another(check: Check, book: Any, tmp_path: Path) -> None:
    upper = lay(book.active, 1, 2)
    lower = lay(book.active, 5, 2, titles=[*reversed(TITLES)])
    expected = [
        spoil(upper[1][FINE], "坏", "fine.form"),
        spoil(lower[0][FINE], "坏", "fine.form"),
        spoil(lower[1][NAME], None, "name.required"),
    ]
    assert checked(check, book, tmp_path) == expected


def test_beside_merged_cells(check: Check, book: Any, tmp_path: Path) -> None:
    """Cells that a merged one covers have no value: each of them is told."""
    sheet = book.active
    sheet["A1"] = "行政处罚信息"
    sheet.merge_cells("A1:H2")
    cells = lay(sheet, 3, 5)
    sheet.merge_cells("B5:B7")
    expected = [
        spoil(cells[0][CODE], "91520000", "uscc.form"),
        *(("处罚", row, "B", "category.merged") for row in (6, 7)),
        *(("处罚", row, "B", "category.required") for row in (6, 7)),
        spoil(cells[4][NUMBER], "筑" * 21, "decision_no.length"),
    ]
    assert sorted(checked(check, book, tmp_path)) == sorted(expected)


def test_in_hidden_rows_and_behind_hidden_columns(
    check: Check, book: Any, tmp_path: Path
) -> None:
    sheet = book.active
    cells = lay(sheet, 2, 5)
    sheet.row_dimensions[4].hidden = True
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.auto_filter.ref = "A2:H7"
    expected = [
        spoil(cells[1][FINE], 2000, "fine.range"),
        spoil(cells[2][CODE], "9152000071430580XA", "uscc.form"),
        spoil(cells[4][DECIDED], date(2027, 1, 1), "decided_by_tonight"),
    ]
    assert checked(check, book, tmp_path) == expected


def test_under_a_heading_of_two_rows(check: Check, book: Any, tmp_path: Path) -> None:
    sheet = book.active
    sheet["A1"] = "行政处罚信息"
    above = {"A2": "行政相对人", "D2": "行政处罚决定", "H2": "决定日期"}
    for place, title in above.items():
        sheet[place] = title
    cells = lay(sheet, 3, 3)
    sheet["H3"] = None
    for merged in ("A2:C2", "D2:G2", "H2:H3"):
        sheet.merge_cells(merged)
    expected = [
        spoil(cells[0][NAME], None, "name.required"),
        spoil(cells[1][KIND], "罚站", "kinds.form"),
        spoil(cells[2][DECIDED], "不详", "decided_on.form"),
    ]
    assert checked(check, book, tmp_path) == expected


def test_in_several_sheets(check: Check, book: Any, tmp_path: Path) -> None:
    book.active["A1"] = "填报说明：本表由各单位填写。"
    expected = []
    for title, top, state in (
        ("一季度", 1, "visible"),
        ("草稿", 1, "hidden"),
        ("二季度", 6, "visible"),
    ):
        sheet = book.create_sheet(title)
        cells = lay(sheet, top, 2)
        found = spoil(cells[1][FINE], "若干", "fine.form")
        sheet.sheet_state = state
        expected += [found] if state == "visible" else []
    assert sorted(checked(check, book, tmp_path)) == sorted(expected)


def test_where_the_table_does_not_begin_at_a(
    check: Check, book: Any, tmp_path: Path
) -> None:
    cells = lay(book.active, 3, 2, left=3)
    expected = [
        spoil(cells[0][NAME], None, "name.required"),
        spoil(cells[1][DECIDED], None, "decided_on.required"),
    ]
    assert [f[2] for f in expected] == ["C", "J"]
    assert checked(check, book, tmp_path) == expected


def test_beyond_column_z_and_beside_unknown_columns(
    check: Check, book: Any, tmp_path: Path
) -> None:
    titles = ["序号", *TITLES[:4], "内部编号", "经办人", *reversed(TITLES[4:])]
    cells = lay(book.active, 1, 2, left=20, titles=titles)
    expected = [
        spoil(cells[1][NUMBER], None, "decision_no.required"),
        spoil(cells[1][FINE], "若干", "fine.form"),
        spoil(cells[1][KIND], None, "kinds.required"),
    ]
    assert [f[2] for f in expected] == ["X", "AC", "AD"]
    assert checked(check, book, tmp_path) == expected


def test_above_totals_and_signatures(check: Check, book: Any, tmp_path: Path) -> None:
    sheet = book.active
    cells = lay(sheet, 2, 3)
    sheet["A7"] = "合计：3条"
    sheet["A8"] = "填表人：经办人"
    expected = [spoil(cells[2][COPIES], 0, "copies.range")]
    assert checked(check, book, tmp_path) == expected


def test_far_down(check: Check, book: Any, tmp_path: Path) -> None:
    """Rows that the file leaves out count all the same."""
    cells = lay(book.active, 1, 1)
    far = book.active.cell(4000, 1)
    for column, value in enumerate(good(9), 1):
        book.active.cell(4000, column, value)
    expected = [
        spoil(cells[0][FINE], "若干", "fine.form"),
        spoil(far, None, "name.required"),
    ]
    assert checked(check, book, tmp_path) == expected


def test_in_an_old_workbook(check: Check, tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("处罚")
    sheet.write_merge(0, 1, 0, 7, "行政处罚信息报送表")
    for column, title in enumerate(TITLES):
        sheet.write(3, column, title)
    for row in (4, 5, 7):
        for column, value in enumerate(good(row)):
            if not (row == 7 and column == KIND):
                sheet.write(row, column, str(value) if value else "")
    sheet.row(5).hidden = True
    path = tmp_path / "original"
    book.save(str(path))
    expected = [("处罚", 7 + 1, get_column_letter(KIND + 1), "kinds.required")]
    assert check(path, "行政处罚.xls") == expected


def test_in_text(check: Check, tmp_path: Path) -> None:
    """A row is what a spreadsheet makes of it: a cell may hold several lines."""
    records = [good(n) for n in range(5)]
    records[1][NAME] = "贵州\n甲公司"
    records[2][FINE] = "若干"
    records[4][NAME] = ""
    path = tmp_path / "original"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["行政处罚信息报送表"])
        writer.writerow([])
        writer.writerow(TITLES)
        writer.writerows(records[:3])
        writer.writerow([])
        writer.writerows(records[3:])
    with path.open(encoding="utf-8", newline="") as file:
        seen = list(csv.reader(file))
    rows = [seen.index([str(v or "") for v in r]) + 1 for r in records]
    expected = [
        (None, rows[2], get_column_letter(FINE + 1), "fine.form"),
        (None, rows[4], "A", "name.required"),
    ]
    assert check(path, "行政处罚.csv") == expected
