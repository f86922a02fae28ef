"""What the clerk sees is what is read: numbers, days and texts of workbooks."""

import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from nasty import books, markup
from nasty.zips import STRINGS, save, sheet, workbook_parts
from reading_samples import CODE, REGISTRATION, Drop

from guiji.reading.result import CellFaults
from guiji.reading.workbooks import parts, tags
from guiji.reading.workbooks.number_formats import Kind, kind, shown
from guiji.reading.workbooks.repeated_cells import RepeatedCells

HEADINGS = ["企业名称", "统一社会信用代码", "企业类型", "成立日期"]

SEEN: Sequence[tuple[Any, str, str]] = [
    (12, "00000000", "00000012"),
    (12, "0", "12"),
    (12.5, "General", "12.5"),
    (3.1, "0.00", "3.10"),
    (1234567, "#,##0", "1,234,567"),
    (7, '"筑字第"000"号"', "筑字第007号"),
    (13800000000, "0", "13800000000"),
]
UNKNOWN: Sequence[tuple[Any, str]] = [
    (date(2026, 11, 18), "m-d"),
    (time(3, 10), "h:mm"),
    (True, "General"),
    (0.05, "0%"),
    (200000, "0.00E+00"),
    (0.5, "# ?/?"),
    (39994, "000-00"),
]


def by_openpyxl(path: Path, cells: Sequence[tuple[Any, str]], column: int) -> None:
    book = openpyxl.Workbook()
    for row in ([*HEADINGS], *(["甲", CODE] for _ in cells)):
        book.worksheets[0].append(row)
    for row, (value, form) in enumerate(cells, 2):
        cell = book.worksheets[0].cell(row, column + 1, value)
        cell.number_format = form
    book.save(path)


def by_xlwt(path: Path, cells: Sequence[tuple[Any, str]], column: int) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    tab = book.add_sheet("登记")
    for row, texts in enumerate([HEADINGS, *([["甲", CODE]] * len(cells))]):
        for i, text in enumerate(texts):
            tab.write(row, i, text)
    for row, (value, form) in enumerate(cells, 1):
        tab.write(row, column, value, xlwt.easyxf(num_format_str=form))
    book.save(str(path))


WRITERS = pytest.mark.parametrize("write", [by_openpyxl, by_xlwt])


def faults(found: tuple[CellFaults, ...]) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(f.code, f.column, f.rows) for f in found]


@WRITERS
def test_a_number_for_a_text_is_what_its_format_shows(drop: Drop, write: Any) -> None:
    write(drop.folder / "a", [(v, form) for v, form, _ in SEEN], 2)
    reading, rows = drop.read(drop.folder / "a")
    assert [row["enterprise_type"] for row in rows] == [text for *_, text in SEEN]
    assert reading.sheets[0].faults == ()


@WRITERS
def test_a_value_that_is_no_text_is_a_fault_of_a_text_only(
    drop: Drop, write: Any
) -> None:
    write(drop.folder / "a", UNKNOWN, 2)
    reading, rows = drop.read(drop.folder / "a")
    assert len(rows) == len(UNKNOWN)
    everywhere = tuple(range(2, 2 + len(UNKNOWN)))
    assert faults(reading.sheets[0].faults) == [("NOT_TEXT", "C", everywhere)]
    write(drop.folder / "a", UNKNOWN[:1], 3)
    reading, rows = drop.read(drop.folder / "a")
    assert (rows[0]["established_on"], reading.sheets[0].faults) == ("2026-11-18", ())


@WRITERS
def test_a_code_kept_as_a_number_is_one_fault(drop: Drop, write: Any) -> None:
    write(drop.folder / "a", [(9.15201007136123e17, "0.00E+00")], 2)
    reading, _ = drop.read(drop.folder / "a")
    assert faults(reading.sheets[0].faults) == [("DIGITS_LOST", "C", (2,))]


NUMBERED = REGISTRATION.model_copy(update={"key": ("enterprise_type",)})
"""The third column, a text, tells records apart."""


@WRITERS
def test_decimals_in_the_number_of_a_document_are_a_fault(
    drop: Drop, write: Any
) -> None:
    numbers = [(3.1, "General"), (3.1, "0.00"), (31, "General"), (3.1, "@")]
    write(drop.folder / "a", numbers, 2)
    reading, rows = drop.read(drop.folder / "a", candidates=[NUMBERED])
    assert [row["enterprise_type"] for row in rows] == ["3.1", "3.10", "31", "3.1"]
    assert faults(reading.sheets[0].faults) == [("NUMBER_FOR_TEXT", "C", (2, 5))]


@pytest.mark.parametrize("is_placed", [True, False])
def test_formats_count_whether_or_not_cells_say_where_they_are(
    drop: Drop, is_placed: bool
) -> None:
    write = drop.folder / "a"
    by_openpyxl(write, [(12, "00000000"), (7, "General"), (0.5, "0%")], 2)
    with zipfile.ZipFile(write) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    sheet1 = "xl/worksheets/sheet1.xml"
    if not is_placed:
        parts[sheet1] = re.sub(rb' r="[A-Z]*\d+"', b"", parts[sheet1])
    save(write, parts)
    reading, rows = drop.read(write)
    assert [row["enterprise_type"] for row in rows] == ["00000012", "7", "0.5"]
    assert faults(reading.sheets[0].faults) == [("NOT_TEXT", "C", (4,))]


def ods_number(form: str, value: str, text: str) -> str:
    attributes = f'office:value-type="{form}" office:value="{value}"'
    return markup.ods_cell(text, attributes)


def test_numbers_of_an_ods_are_its_paragraphs(drop: Drop) -> None:
    wide = ["企业名称", "统一社会信用代码", "成立日期", "注册资本", "企业类型"]
    cells = [
        ods_number("float", "12", "00000012"),
        ods_number("percentage", "0.05", "5%"),
        ods_number("float", "200000", "2.00E+05"),
    ]
    rows = [
        markup.ods_row("甲", CODE, "", ods_number("float", "5", "5.00"), cell)
        for cell in cells
    ]
    head = f"{markup.ods_row(*wide)}"
    markup.ods(head, *rows)(drop.folder / "a")
    reading, found = drop.read(drop.folder / "a")
    readable = [r for r in found if r["fault"] is None]
    assert reading.sheets[0].header_row == 2
    assert [(r["enterprise_type"], r["capital"]) for r in readable][0] == (
        "00000012",
        "5",
    )
    assert faults(reading.sheets[0].faults) == [("NOT_TEXT", "E", (4, 5))]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("45356.99999999999", "2024-03-05 23:59:59.999999"),
        ("45356.9999999", "2024-03-05 23:59:59"),
        ("45356.99950231481", "2024-03-05 23:59:17"),
        ("45356.9993", "2024-03-05 23:58:59"),
    ],
)
def test_the_last_minute_of_a_day_is_told_as_that_day(
    drop: Drop, number: str, text: str
) -> None:
    books.of_cells(f'<c r="C2" s="1"><v>{number}</v></c>')(drop.folder / "a")
    reading, rows = drop.read(drop.folder / "a")
    assert rows[0]["established_on"] == text
    told = [("NEAR_MIDNIGHT", "C", (2,))] if "23:59" in text else []
    assert faults(reading.sheets[0].faults) == told


@pytest.mark.parametrize("value", [datetime(2024, 3, 5, 23, 59, 17)])  # noqa: DTZ001
def test_the_last_minute_is_told_in_an_xls(drop: Drop, value: datetime) -> None:
    by_xlwt(drop.folder / "a", [(value, "yyyy-mm-dd"), (45356.9999999999, "0")], 3)
    reading, _ = drop.read(drop.folder / "a")
    assert faults(reading.sheets[0].faults) == [("NEAR_MIDNIGHT", "D", (2, 3))]


NULL_DATE = (
    "<table:calculation-settings>"
    '<table:null-date table:date-value="1904-01-01"/></table:calculation-settings>'
)


def mac_ods(path: Path) -> None:
    number = ods_number("float", "43894", "43894")
    markup.ods(markup.ods_row("甲", CODE, number))(path)
    content = zipfile.ZipFile(path).read("content.xml").decode()
    content = content.replace("<table:table ", f"{NULL_DATE}<table:table ", 1)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("content.xml", content)
        file.writestr("META-INF/manifest.xml", "<manifest/>")
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")


@pytest.mark.parametrize(
    "build",
    [
        books.of_rows(
            books.row(2, "甲", CODE, '<c r="C2"><v>43894</v></c>'),
            workbook='<workbookPr date1904="1"/>',
        ),
        books.of_rows(
            books.row(2, "甲", CODE, "43894"),
            workbook='<workbookPr date1904="true"/>',
        ),
        mac_ods,
    ],
    ids=["xlsx", "a text of an xlsx", "ods"],
)
def test_a_bare_number_follows_the_date_system(drop: Drop, build: books.Build) -> None:
    build(drop.folder / "a")
    _, rows = drop.read(drop.folder / "a")
    assert rows[0]["established_on"] == "2024-03-05"


TEXT = "<![CDATA[甲<乙&丙]]>"
ODS_ROW = markup.ods_row(markup.ods_cell(TEXT), CODE)


def shared_section(path: Path) -> None:
    strings = f"<sst><si><t>{TEXT}</t></si></sst>"
    xml = sheet(books.HEAD + books.row(2, '<c r="A2" t="s"><v>0</v></c>', CODE))
    save(path, workbook_parts({"登记": xml}) | {STRINGS: strings.encode()})


@pytest.mark.parametrize(
    "build",
    [
        shared_section,
        books.of_rows(books.row(2, books.cell("A2", TEXT), CODE)),
        books.of_rows(
            books.row(2, f'<c r="A2" t="str"><v>{TEXT}</v></c>', CODE),
        ),
        markup.ods(ODS_ROW),
        markup.ods(*[ODS_ROW] * 20_000),
    ],
    ids=["shared", "inline", "value", "ods", "over many blocks"],
)
def test_sections_of_plain_text_are_text(drop: Drop, build: books.Build) -> None:
    build(drop.folder / "a")
    _, rows = drop.read(drop.folder / "a")
    assert {(r["enterprise_name"], r["uscc"]) for r in rows} == {("甲<乙&丙", CODE)}


def test_breaks_and_tabs_of_an_ods_are_kept(drop: Drop) -> None:
    text = "甲<text:line-break/>乙<text:tab/>丙</text:p><text:p>丁"
    markup.ods(markup.ods_row(text, CODE))(drop.folder / "a")
    _, rows = drop.read(drop.folder / "a")
    assert rows[0]["enterprise_name"] == "甲\n乙\t丙\n丁"


def test_two_rows_of_one_number_are_quarantined(drop: Drop) -> None:
    books.of_rows(
        books.row(2, "甲", CODE),
        books.row(3, "乙", CODE),
        books.row(3, "丙", CODE),
        books.row(4, "丁", CODE),
    )(drop.folder / "a")
    _, rows = drop.read(drop.folder / "a")
    assert [(r["source_row"], r["fault"]) for r in rows] == [
        (2, None),
        (3, "ROW_REPEATED"),
        (4, None),
    ]


def test_a_row_with_two_cells_of_one_address_is_quarantined(drop: Drop) -> None:
    def again(row: int, *cells: str) -> str:
        plain = books.row(row, "甲", CODE)
        return plain.replace("</row>", "".join(cells) + "</row>")

    books.of_rows(
        again(2),
        again(3, books.cell("A3", "乙")),
        again(4, '<c r="A4" s="0"/>', '<c r="B4" t="inlineStr"></c>'),
        again(5, books.cell("D5", "1"), books.cell("C5", "2020-01-02")),
        again(6, books.cell("B6", "丙"), books.cell("AB6", "丁")),
    )(drop.folder / "a")
    _, rows = drop.read(drop.folder / "a")
    faults = [(r["source_row"], r["fault"], r["fault_column"]) for r in rows]
    assert faults == [
        (2, None, None),
        (3, "CELL_REPEATED", "A"),
        (4, None, None),
        (5, None, None),
        (6, "CELL_REPEATED", "B"),
    ]
    assert rows[3]["capital"] == "1"


@pytest.mark.parametrize("at", [0, 1, 9_999, 19_998, 19_999])
def test_cells_of_one_address_are_found_in_any_block(drop: Drop, at: int) -> None:
    """Also where an earlier row or a later one is in the block before or after."""
    rows = [books.row(i + 2, "甲", CODE) for i in range(20_000)]
    rows[at] = rows[at].replace("</row>", books.cell(f"A{at + 2}", "乙") + "</row>")
    books.of_rows(*rows)(drop.folder / "a")
    reading, table = drop.read(drop.folder / "a")
    assert reading.rows_faulty == 1
    assert table[at]["fault"] == "CELL_REPEATED"


@pytest.mark.parametrize(
    ("row", "twice"),
    [
        ('<row r="3"><c r="A3"><v>1</v></c><c r="A3"><v>2</v></c></row>', {2: 0}),
        ('<row><c r="AB7"><v>1</v></c><c r="AB7"><v>2</v></c></row>', {6: 27}),
        ('<x:row><x:c r="B3"><x:v>1</x:v></x:c><x:c r="B3"><x:v/></x:c>', {2: 1}),
        ('<row><c r="A3"><v>1</v></c><c><v>2</v></c><c r="B3"><v>3</v></c>', {2: 1}),
        ('<row r="3"><c s="1" r="A3"><v>1</v></c><c r="A3"><v>2</v></c>', {2: 0}),
        ('<row r="3"><c r="A3"><is><r><t>1</t></r></is></c><c r="A3"><v>2</v>', {2: 0}),
        ('<row r="3"><c r="B3"><v>1</v></c><c r="A3"><v>2</v></c></row>', {}),
        ('<row r="3"><c r="A3"/><c r="A3"><v>2</v></c></row>', {}),
        ("<row><c><v>1</v></c><c><v>2</v></c></row>", {}),
    ],
)
@pytest.mark.parametrize("block", [1 << 20, 40])
def test_cells_of_one_address_in_any_markup(
    row: str, twice: dict[int, int], block: int
) -> None:
    above = "" if "<x:" in row else '<cols><col/></cols><row r="1"><c r="A1"/></row>'
    text = above + row
    look = RepeatedCells()
    content = text.encode()
    pieces = (content[i : i + block] for i in range(0, len(content), block))
    for whole in parts.cut(pieces, b"<c "):
        look.take(tags.find(whole))
    assert look.end() == twice


FAR = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'


def test_a_far_cell_without_content_is_not_too_big(drop: Drop) -> None:
    books.of_rows(books.row(2, "甲", CODE), FAR)(drop.folder / "a")
    reading, rows = drop.read(drop.folder / "a")
    assert (reading.rows_read, rows[0]["enterprise_name"]) == (1, "甲")


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("General", Kind.PLAIN),
        ("@", Kind.PLAIN),
        ("0000", Kind.DIGITS),
        ("yyyy-mm-dd", Kind.DATE),
        ('[DBNum1][$-804]yyyy"年"m"月";@', Kind.DATE),
        ("mmm", Kind.DATE),
        ("aaaa", Kind.DATE),
        ("mm:ss.0", Kind.TIME),
        ("[h]:mm", Kind.DURATION),
        ("0.0%", Kind.OTHER),
        ("0E+00", Kind.OTHER),
        ("# ??/??", Kind.OTHER),
    ],
)
def test_kinds_of_formats(code: str, what: Kind) -> None:
    assert kind(code) is what


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (-3, "000", "-003"),
        (-3, "0;[Red](0)", "(3)"),
        (0, "0;-0;无", "无"),
        (2.5, "0", "3"),
        (0.5, "#.##", ".5"),
        (1234.5, "[$¥-804]#,##0.00_ ", "¥1,234.50"),
        (5, 'General"元"', "5元"),
        (5000000, "0,", None),
        (5, "[>3]0", None),
        (5, "[DBNum1]0", None),
    ],
)
def test_texts_of_formats(value: float, code: str, text: str | None) -> None:
    assert shown(value, code) == text
