"""Rows and columns that are hidden or struck through are read, and told."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from nasty import books, markup
from nasty.zips import STRINGS, save, sheet, workbook_parts
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from reading_samples import CODE, Drop

from guiji.outbox import reading_summary

HEADINGS = ["企业名称", "统一社会信用代码", "成立日期", "注册资本"]
NAMES = "甲乙丙丁"
TOLD = [
    ("HIDDEN_ROWS", "第 3、5 行被隐藏"),
    ("HIDDEN_COLUMNS", "B 列“统一社会信用代码”被隐藏"),
    ("STRUCK_ROWS", "第 4—5 行有删除线"),
]


def by_openpyxl(path: Path) -> None:
    book = openpyxl.Workbook()
    tab = book.worksheets[0]
    for row in (HEADINGS, *([name, CODE] for name in NAMES)):
        tab.append(row)
    for row in (3, 5, 6, 7):  # there is nothing in 6 and 7
        tab.row_dimensions[row].hidden = True
    tab.column_dimensions["B"].hidden = True
    tab["A4"].font = Font(strike=True)
    block = TextBlock(InlineFont(strike=True), "丁")
    tab["A5"] = CellRichText("", block)
    tab["A9"].font = Font(strike=True)
    book.save(path)


def by_xlwt(path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    tab = book.add_sheet("登记")
    struck, plain = xlwt.easyxf("font: struck_out on"), xlwt.easyxf("")
    for column, heading in enumerate(HEADINGS):
        tab.write(0, column, heading)
    for row, name in enumerate(NAMES, 1):
        tab.write(row, 1, CODE)
        if name == "丁":
            tab.write_rich_text(row, 0, (("丁", struck.font), ""))
        else:
            tab.write(row, 0, name, struck if name == "丙" else plain)
    for row in (2, 4, 5, 6):
        tab.row(row).hidden = True
    tab.col(1).hidden = True
    tab.write(8, 0, "", struck)
    book.save(str(path))


STYLES = (
    '<office:automatic-styles><style:style style:name="ce1" style:family="table-cell">'
    '<style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="T1" style:family="text"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="ce2" style:family="table-cell"><style:text-properties '
    'style:text-line-through-style="none"/></style:style></office:automatic-styles>'
)
COLUMNS = (
    '<table:table-column/><table:table-column table:visibility="collapse"/>'
    '<table:table-column table:number-columns-repeated="2"/>'
)


def by_hand_as_ods(path: Path) -> None:
    struck = markup.ods_cell("丙", 'table:style-name="ce1" office:value-type="string"')
    plain = markup.ods_cell("甲", 'table:style-name="ce2" office:value-type="string"')
    hidden = ' table:visibility="filter"'
    blank = "<table:table-cell/>"
    markup.ods(
        markup.ods_row(plain, CODE),
        markup.ods_row("乙", CODE, attributes=' table:visibility="collapse"'),
        markup.ods_row(struck, CODE),
        markup.ods_row(
            '<text:span text:style-name="T1">丁</text:span>'.join(
                (
                    '<table:table-cell office:value-type="string"><text:p>',
                    "</text:p></table:table-cell>",
                )
            ),
            CODE,
            attributes=hidden,
        ),
        markup.ods_row(blank, attributes=f'{hidden} table:number-rows-repeated="1000"'),
    )(path)
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    content = parts["content.xml"].decode()
    content = content.replace("<office:body>", f"{STYLES}<office:body>")
    parts["content.xml"] = (
        content.replace("<table:table-row>", f"{COLUMNS}<table:table-row>", 1)
        .replace(
            "<office:document-content ",
            f'<office:document-content xmlns:style="{STYLE}" ',
        )
        .encode()
    )
    with zipfile.ZipFile(path, "w") as file:
        for name, part in parts.items():
            file.writestr(name, part)


STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"


@pytest.mark.parametrize("build", [by_openpyxl, by_xlwt, by_hand_as_ods])
def test_what_nobody_sees_is_read_and_told(
    drop: Drop, build: Callable[[Path], None]
) -> None:
    build(drop.folder / "a")
    reading, rows = drop.read(drop.folder / "a")
    assert [(r["source_row"], r["enterprise_name"]) for r in rows] == [
        *enumerate(NAMES, 2)
    ]
    found = [(remark.code, remark.message) for remark in reading.remarks]
    assert [code for code, _ in found] == [code for code, _ in TOLD]
    for (_, message), (_, words) in zip(found, TOLD, strict=True):
        assert words in message
    told = [o for o in reading_summary.omissions(reading) if o.severity == "warning"]
    assert [o.rule for o in told] == [f"batch.{code.lower()}" for code, _ in TOLD]


ROWS = (
    ("甲", 'ht="0" customHeight="1"'),
    ("乙", 'ht="20" customHeight="1"'),
    ("丙", 'ht="0.0"'),
    ("丁", ""),
)
"""What nobody sees of them: 甲 and 丙."""


def of_no_height(path: Path) -> None:
    rows = [
        books.row(n, name, CODE).replace("<row ", f"<row {height} ", 1)
        for n, (name, height) in enumerate(ROWS, 2)
    ]
    columns = (
        '<cols><col min="1" max="1" width="9"/><col min="2" max="2" width="0"/></cols>'
    )
    books.of_rows(*rows, start=columns)(path)


def of_no_height_in_xls(path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    tab = book.add_sheet("登记")
    for column, heading in enumerate(HEADINGS):
        tab.write(0, column, heading)
    for row, (name, _) in enumerate(ROWS, 1):
        tab.write(row, 0, name)
        tab.write(row, 1, CODE)
    for row in (1, 3):
        tab.row(row).height_mismatch = True
        tab.row(row).height = 0
    tab.col(1).width = 0
    book.save(str(path))


def of_no_height_in_xml(path: Path) -> None:
    markup.spreadsheet(
        *(
            markup.xml_row(
                name, CODE, attributes=' ss:Height="0"' if name in "甲丙" else ""
            )
            for name, _ in ROWS
        ),
    )(path)
    content = path.read_text("utf-8")
    columns = '<Table><Column/><Column ss:Width="0"/>'
    path.write_text(content.replace("<Table>", columns, 1), "utf-8")


@pytest.mark.parametrize(
    "build", [of_no_height, of_no_height_in_xls, of_no_height_in_xml]
)
def test_rows_without_height_are_told_as_hidden(
    drop: Drop, build: Callable[[Path], None]
) -> None:
    build(drop.folder / "a")
    reading, rows = drop.read(drop.folder / "a")
    assert [r["enterprise_name"] for r in rows] == [name for name, _ in ROWS]
    told = [(remark.code, remark.message) for remark in reading.remarks]
    assert [code for code, _ in told] == ["HIDDEN_ROWS", "HIDDEN_COLUMNS"]
    assert "第 2、4 行被隐藏" in told[0][1]
    assert "B 列" in told[1][1]


def test_rows_that_are_written_are_seen_where_others_are_hidden(drop: Drop) -> None:
    """XlsxWriter: "hide all rows without data"; those with data are shown."""
    book = xlsxwriter.Workbook(drop.folder / "a")
    tab = book.add_worksheet("登记")
    tab.set_default_row(hide_unused_rows=True)
    for number, cells in enumerate((HEADINGS, ["甲", CODE], ["乙", CODE])):
        tab.write_row(number, 0, cells)
    tab.set_row(2, None, None, {"hidden": True})
    book.close()
    with zipfile.ZipFile(drop.folder / "a") as file:
        assert b'zeroHeight="1"' in file.read("xl/worksheets/sheet1.xml")
    reading, rows = drop.read(drop.folder / "a")
    assert [r["enterprise_name"] for r in rows] == ["甲", "乙"]
    (remark,) = reading.remarks
    assert "第 3 行被隐藏" in remark.message


def test_shared_strings_that_are_struck_are_told(drop: Drop) -> None:
    strings = (
        "<sst><si><t>甲</t></si><si><r><rPr><strike/></rPr><t>乙</t></r></si>"
        '<si><r><rPr><strike val="0"/></rPr><t>丙</t></r></si></sst>'
    )
    cells = (
        books.row(n + 2, f'<c r="A{n + 2}" t="s"><v>{n}</v></c>', CODE)
        for n in range(3)
    )
    parts = workbook_parts({"登记": sheet(books.HEAD + "".join(cells))})
    save(drop.folder / "a", parts | {STRINGS: strings.encode()})
    reading, rows = drop.read(drop.folder / "a")
    assert [r["enterprise_name"] for r in rows] == ["甲", "乙", "丙"]
    (remark,) = reading.remarks
    assert "第 3 行有删除线" in remark.message


STYLES_2003 = (
    '<Styles><Style ss:ID="zeros"><NumberFormat ss:Format="00000000"/></Style>'
    '<Style ss:ID="part"><NumberFormat ss:Format="Percent"/></Style>'
    '<Style ss:ID="struck"><Font ss:StrikeThrough="1"/></Style></Styles>'
)


def test_formats_hidden_and_struck_rows_of_an_xml_spreadsheet(drop: Drop) -> None:
    wide = ["企业名称", "统一社会信用代码", "成立日期", "注册资本", "企业类型"]
    number = markup.xml_cell("43894", "Number")
    markup.spreadsheet(
        markup.xml_row(*wide),
        markup.xml_row(
            "甲",
            CODE,
            number,
            "",
            markup.xml_cell("12", "Number", ' ss:StyleID="zeros"'),
        ),
        markup.xml_row(
            "乙",
            CODE,
            number,
            "",
            markup.xml_cell("0.05", "Number", ' ss:StyleID="part"'),
            attributes=' ss:Hidden="1"',
        ),
        markup.xml_row(markup.xml_cell("丙", attributes=' ss:StyleID="struck"'), CODE),
    )(drop.folder / "a")
    content = (drop.folder / "a").read_text("utf-8")
    system = (
        f'<x:ExcelWorkbook xmlns:x="{markup.EXCEL}"><x:Date1904/></x:ExcelWorkbook>'
    )
    content = content.replace("<Worksheet", f"{system}{STYLES_2003}<Worksheet", 1)
    hidden = '<Column/><Column ss:Hidden="1"/>'
    content = content.replace("<Table>", f"<Table>{hidden}", 1)
    reading, rows = drop.read(content.encode())
    assert [(r["enterprise_type"], r["established_on"]) for r in rows] == [
        ("00000012", "2024-03-05"),
        ("0.05", "2024-03-05"),
        ("", ""),
    ]
    assert [f.code for f in reading.sheets[0].faults] == ["NOT_TEXT"]
    assert [r.code for r in reading.remarks] == [code for code, _ in TOLD]


def test_hidden_and_struck_rows_of_a_page(drop: Drop) -> None:
    rows = [
        markup.HEAD,
        markup.tr("甲", CODE),
        f'<tr style="Display: none"><td>乙</td><td>{CODE}</td></tr>',
        markup.tr("<td><s>丙</s></td>", CODE),
        f'<tr><td style="text-decoration: line-through">丁</td><td>{CODE}',
        f"<tr hidden><td>戊<td>{CODE}",
    ]
    markup.page(f"<table>{''.join(rows)}</table>")(drop.folder / "a")
    reading, found = drop.read(drop.folder / "a")
    assert [r["enterprise_name"] for r in found] == list("甲乙丙丁戊")
    told = [(r.code, r.message) for r in reading.remarks]
    assert [code for code, _ in told] == ["HIDDEN_ROWS", "STRUCK_ROWS"]
    assert "第 3、6 行" in told[0][1]
    assert "第 4—5 行" in told[1][1]
