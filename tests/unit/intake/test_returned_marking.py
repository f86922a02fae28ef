"""The department's own workbook, marked."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring
from returned_books import (
    BATCH,
    HEADINGS,
    RED,
    YELLOW,
    Delivered,
    colour,
    finding,
    lines,
)

from guiji.ledger.deliveries import RowCounts
from guiji.outbox import reading_summary
from guiji.outbox.returned import marked_workbook
from guiji.outbox.returned.marked_workbook import NotMarked

CODE = "91520100K5K7MEAE3L"
GOOD = ["贵阳恒达商贸有限公司", CODE, date(2024, 3, 5), 5.5]
BAD = ["贵阳乙公司", "911", date(2024, 3, 6), 7]
LOOK = ("value", "number_format", "font", "border", "alignment", "protection")


@pytest.fixture
def delivered(tmp_path: Path) -> Delivered:
    return Delivered(tmp_path)


def drop(
    delivered: Delivered,
    *rows: list[Any],
    change: Callable[[Any], object] = lambda _: None,
) -> None:
    """Drop a workbook of one sheet: headings in row 1, then the rows."""
    book = openpyxl.Workbook()
    book.active.title = "登记"
    for row in (list(HEADINGS), *rows):
        book.active.append(row)
    change(book)
    book.save(delivered.original)


def two_sheets(path: Path) -> None:
    """Title rows, headings in two rows, a hidden row, blank rows, a cover."""
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "填报说明"
    cover["A1"] = "请如实填写"
    thin = Side(style="thin", color="FF333333")
    for name in ("一季度", "二季度"):
        sheet = book.create_sheet(name)
        sheet["A1"] = "企业登记信息报送表"
        sheet["A1"].font = Font(name="黑体", size=18, bold=True)
        sheet.merge_cells("A1:D1")
        sheet["A3"], sheet["C3"] = "主体", "登记"
        sheet.merge_cells("A3:B3")
        for column, heading in enumerate(HEADINGS, 1):
            cell = sheet.cell(4, column, heading)
            cell.fill = PatternFill("solid", fgColor="FFDDEBF7")
            cell.border = Border(bottom=thin)
            cell.alignment = Alignment(horizontal="center")
        for row, values in ((5, GOOD), (6, BAD), (9, BAD), (10, GOOD)):
            for column, value in enumerate(values, 1):
                cell = sheet.cell(row, column, value)
                cell.font = Font(name="宋体", size=10, italic=row == 9)
            sheet.cell(row, 4).number_format = "#,##0.00"
            sheet.cell(row, 1).protection = Protection(locked=False)
        sheet.row_dimensions[6].hidden = True
        sheet.row_dimensions[9].height = 44
        sheet.column_dimensions["A"].width = 33
        sheet.column_dimensions["C"].hidden = True
        sheet.freeze_panes = "B5"
        rule = DataValidation("list", formula1='"一,二"', sqref="A5:A99")
        sheet.add_data_validation(rule)
    book.create_sheet("旧").sheet_state = "hidden"
    book.save(path)


def test_only_the_bad_cells_look_otherwise(delivered: Delivered) -> None:
    two_sheets(delivered.original)
    delivered.findings = [
        finding(6, "B", source_sheet="一季度"),
        finding(9, "B", source_sheet="一季度"),
        finding(9, "C", source_sheet="二季度", severity="warning"),
        finding(10, source_sheet="二季度"),
    ]
    book = delivered.make()
    before = openpyxl.load_workbook(delivered.original)
    assert book.sheetnames == [*before.sheetnames, "退回说明"]
    assert book["旧"].sheet_state == "hidden"
    red = set()
    for sheet in before.worksheets:
        ours = book[sheet.title]
        for row in sheet.iter_rows():
            for cell in row:
                mine = ours[cell.coordinate]
                for look in LOOK:
                    assert str(getattr(mine, look)) == str(getattr(cell, look))
                if str(mine.fill) != str(cell.fill):
                    red.add((sheet.title, cell.coordinate, colour(mine)))
        assert ours.merged_cells == sheet.merged_cells
        assert ours.freeze_panes == sheet.freeze_panes
        assert len(ours.data_validations.dataValidation) == len(
            sheet.data_validations.dataValidation
        )
        for letter in "ABCD":
            mine, own = ours.column_dimensions[letter], sheet.column_dimensions[letter]
            assert (mine.width, mine.hidden) == (own.width, own.hidden)
    assert red == {
        ("一季度", "B6", RED),
        ("一季度", "B9", RED),
        ("二季度", "C9", YELLOW),
    }
    first, second = book["一季度"], book["二季度"]
    assert first.row_dimensions[6].hidden
    assert first.row_dimensions[9].height == 44
    assert [first["E4"].value, second["E4"].value] == ["退回原因"] * 2
    assert first["E3"].value is None
    assert [colour(first["E6"]), colour(second["E9"])] == [RED, YELLOW]
    assert colour(second["E10"]) == RED  # a finding of the row is on its reason
    assert any("有 1 个须看的行是隐藏行" in line for line in lines(book))


def test_a_comment_tells_everything_about_its_cell(delivered: Delivered) -> None:
    drop(delivered, GOOD, BAD)
    said = finding(3, "B", source_sheet="登记", proposal=CODE)
    more = finding(3, "B", source_sheet="登记", severity="warning", message="可疑。")
    delivered.findings = [said, more]
    sheet = delivered.make()["登记"]
    assert sheet["B3"].comment.text == (
        "[不合格] “统一社会信用代码”不是18位。\n处理办法：请对照营业执照更正。\n"
        f"建议值：{CODE}（仅供核对，平台未改动原值）\n依据：GB 32100-2015\n\n"
        "[提示] 可疑。\n处理办法：请对照营业执照更正。\n依据：GB 32100-2015"
    )
    assert sheet["E3"].value == (
        "1. B 列：“统一社会信用代码”不是18位。请对照营业执照更正。"
        f"建议值：{CODE}（仅供核对，平台未改动原值）\n"
        "2. [提示] B 列：可疑。请对照营业执照更正。"
    )
    assert sheet["B3"].value == "911"
    assert colour(sheet["B3"]) == RED
    assert sheet["E2"].value is None
    assert sheet["B2"].comment is None


def test_the_summary_counts_by_rule(delivered: Delivered) -> None:
    drop(delivered, GOOD, BAD, BAD)
    delivered.findings = [
        finding(3, "B", source_sheet="登记", proposal=CODE),
        finding(4, "A", source_sheet="登记", rule_id="x.warn", severity="warning"),
        finding(4, "B", source_sheet="登记"),
        finding(None, rule_id="x.batch", message="行数异常。"),
        finding(None, rule_id="x.told", severity="info", message="缺少3条。"),
    ]
    delivered.rows = RowCounts(3, 1, 2)
    delivered.changes["due_by"] = date(2026, 11, 25)
    book = delivered.make()
    said = lines(book)
    assert said[0] == "数据归集退回说明"
    for line in (
        "报送单位 税务局",
        "报送文件 九月/企业登记信息.xlsx",
        f"批次编号 {BATCH}",
        "处理结果 部分接收，有问题的行已隔离",
        "行数 读取 3 行，合格 1 行，退回 2 行",
        "更正期限 请于 2026-11-25 前更正并重新报送",
        "1 “统一社会信用代码”不是18位。 请对照营业执照更正。 不合格 2 登记 B3 "
        "enterprise_registration.uscc.form GB 32100-2015",
        "2 行数异常。 请对照营业执照更正。 不合格 1 x.batch GB 32100-2015",
        "3 “统一社会信用代码”不是18位。 请对照营业执照更正。 提示 1 登记 A4 x.warn "
        "GB 32100-2015",
        "4 缺少3条。 请对照营业执照更正。 说明 1 x.told GB 32100-2015",
        f"B3 统一社会信用代码 {CODE}",
        "信用办",
    ):
        assert line in said
    sheet = book["退回说明"]
    links = [c.hyperlink.location for r in sheet.iter_rows() for c in r if c.hyperlink]
    assert links == ["'登记'!B3", "'登记'!A4", "'登记'!B3"]
    assert book.custom_doc_props["guiji_batch"].value == BATCH
    assert not any("911*******" in line for line in said)


def test_what_looks_like_a_formula_stays_text(delivered: Delivered) -> None:
    def change(book: Any) -> None:
        book.active["A2"].data_type = "s"

    drop(delivered, ["=1+1", "-5", None, None], change=change)
    delivered.findings = [
        finding(2, "B", source_sheet="登记", message="=HYPERLINK(1)", remedy="@x"),
        finding(None, rule_id="=1+2"),
    ]
    delivered.name = "=企业登记信息.xlsx"
    book = delivered.make()
    assert (book["登记"]["A2"].value, book["登记"]["A2"].data_type) == ("=1+1", "s")
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert not [c.coordinate for c in cells if c.data_type == "f"]
    quoted = {c.value for c in book["退回说明"]._cells.values() if c.quotePrefix}
    assert {"=HYPERLINK(1)", "=1+2", "@x"} <= quoted


def test_a_formula_comes_back_as_the_value_that_was_read(delivered: Delivered) -> None:
    drop(delivered, GOOD, ["乙", "911", "=TODAY()", "=1+1"])
    raw = openpyxl.load_workbook(delivered.original)
    assert raw["登记"]["D3"].value == "=1+1"
    delivered.findings = [finding(3, "D", source_sheet="登记")]
    book = delivered.make()
    assert book["登记"]["D3"].value is None  # no result was stored with it
    assert any("公式已换成报送时保存的计算结果" in line for line in lines(book))


def test_written_twice_it_has_the_same_bytes(delivered: Delivered) -> None:
    two_sheets(delivered.original)
    delivered.findings = [finding(6, "B", source_sheet="一季度", proposal=CODE)]
    delivered.make()
    first = delivered.out.read_bytes()
    delivered.make()
    assert delivered.out.read_bytes() == first


def test_a_corrected_workbook_is_understood_as_it_is(delivered: Delivered) -> None:
    two_sheets(delivered.original)
    delivered.findings = [
        finding(row, "B", source_sheet=sheet)
        for sheet in ("一季度", "二季度")
        for row in (6, 9)
    ]
    delivered.read()
    expected = [row | {"uscc": CODE} for row in delivered.text()]
    book = delivered.make()
    for sheet in ("一季度", "二季度"):
        book[sheet]["B6"] = book[sheet]["B9"] = CODE
    book.save(delivered.out)
    again = delivered.read(delivered.out, "报送.退回.xlsx")
    assert delivered.text() == expected
    assert again.returned_batch == BATCH
    told = [o for o in reading_summary.omissions(again) if o.severity == "info"]
    assert {o.message.split("”")[0] for o in told} == {"工作表“填报说明", "工作表“旧"}


def test_a_row_that_is_cleared_is_no_record_whatever_our_column_says(
    delivered: Delivered,
) -> None:
    drop(delivered, GOOD, BAD)
    bad = {"source_sheet": "登记", "message": "该行含有已损坏的字符（\ufffd）。"}
    delivered.findings = [finding(3, "B", **bad)]
    book = delivered.make()
    for column in "ABCD":
        book["登记"][f"{column}3"].value = None
    book.save(delivered.out)
    delivered.read(delivered.out)
    assert [row["source_row"] for row in delivered.text()] == [2]
    assert "\ufffd" not in book["登记"]["E3"].value


def test_marked_again_it_has_one_reason_column_and_one_summary(
    delivered: Delivered,
) -> None:
    def change(book: Any) -> None:
        book.active["B3"].comment = Comment("请科长核实", "张三")

    drop(delivered, GOOD, BAD, BAD, change=change)
    delivered.findings = [finding(r, "B", source_sheet="登记") for r in (3, 4)]
    book = delivered.make()
    assert book["登记"]["B3"].comment.text.endswith("【原批注】\n请科长核实")
    book["登记"]["B3"] = CODE
    book.save(delivered.original)
    delivered.findings = [finding(4, "B", source_sheet="登记", message="仍不是。")]
    again = delivered.make()
    sheet = again["登记"]
    assert again.sheetnames == ["登记", "退回说明"]
    assert [c.value for c in sheet[1]] == [*HEADINGS, "退回原因"]
    assert (colour(sheet["B3"]), sheet["E3"].value) == (None, None)
    assert colour(sheet["E3"]) is None
    assert sheet["B3"].comment.text == "请科长核实"
    assert colour(sheet["B4"]) == RED
    assert sheet["B4"].comment.text.startswith("[不合格] 仍不是。")
    assert sheet["E4"].value == "1. B 列：仍不是。请对照营业执照更正。"
    assert again.custom_doc_props.names == ["guiji_batch"]


def test_our_notes_are_known_when_another_program_signed_them(
    delivered: Delivered,
) -> None:
    """LibreOffice signs every note with a blank when it saves a workbook."""

    def change(book: Any) -> None:
        book.active["B4"].comment = Comment("请科长核实", "张三")

    drop(delivered, GOOD, BAD, BAD, change=change)
    delivered.findings = [finding(r, "B", source_sheet="登记") for r in (3, 4)]
    for _ in range(3):  # the note of row 4 must not grow with every return
        book = delivered.make()
        for place in ("B3", "B4"):
            if (note := book["登记"][place].comment) is not None:
                book["登记"][place].comment = Comment(note.text, " ")
        book["登记"]["B3"] = CODE
        book.save(delivered.original)
        delivered.findings = [finding(4, "B", source_sheet="登记")]
    sheet = delivered.make()["登记"]
    assert sheet["B3"].comment is None
    assert sheet["B4"].comment.text.count("不是18位") == 1
    assert sheet["B4"].comment.text.endswith("【原批注】\n请科长核实")


def test_columns_hidden_to_the_right_do_not_hide_ours(delivered: Delivered) -> None:
    def change(book: Any) -> None:
        group = book.active.column_dimensions["D"]
        group.min, group.max, group.hidden, group.width = 4, 16_384, True, 9

    drop(delivered, GOOD, BAD, change=change)
    delivered.findings = [finding(3, "B", source_sheet="登记")]
    columns = delivered.make()["登记"].column_dimensions
    assert not columns["E"].hidden
    assert columns["E"].width > 50
    spans = [(d.min, d.max, d.hidden) for d in columns.values()]
    assert spans == [(4, 4, True), (5, 5, False), (6, 16_384, True)]


def test_a_covered_cell_is_told_of_on_the_one_that_shows(delivered: Delivered) -> None:
    drop(
        delivered,
        GOOD,
        ["乙", CODE, date(2024, 1, 1), 1],
        [None, CODE, date(2024, 1, 2), 2],
        change=lambda book: book.active.merge_cells("A3:A4"),
    )
    delivered.findings = [finding(4, "A", source_sheet="登记")]
    sheet = delivered.make()["登记"]
    assert "A3:A4" in {str(r) for r in sheet.merged_cells.ranges}
    assert colour(sheet["A3"]) == RED
    assert sheet["A3"].comment is not None
    assert sheet["E4"].value.startswith("1. A 列")


def test_an_empty_bad_cell_keeps_the_format_of_its_column(delivered: Delivered) -> None:
    def change(book: Any) -> None:
        book.active.column_dimensions["B"].number_format = "@"

    drop(delivered, GOOD, ["乙", None, None, 3], change=change)
    delivered.findings = [finding(3, "B", source_sheet="登记")]
    cell = delivered.make()["登记"]["B3"]
    assert (colour(cell), cell.number_format) == (RED, "@")


def test_what_is_not_brought_back_is_said(delivered: Delivered) -> None:
    import zipfile

    drop(delivered, GOOD, BAD)
    with zipfile.ZipFile(delivered.original, "a") as parts:
        parts.writestr("xl/vbaProject.bin", b"\xd0\xcf")
        parts.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
        parts.writestr("xl/media/image1.png", b"\x89PNG")
        shape = '<xdr:wsDr xmlns:xdr="x"><xdr:sp macro=""/></xdr:wsDr>'
        parts.writestr("xl/drawings/drawing1.xml", shape)
    delivered.findings = [finding(3, "B", source_sheet="登记")]
    book = delivered.make()
    (said,) = [line for line in lines(book) if "未带回" in line]
    lost = said.split("未带回：")[1].removesuffix("。").split("、")
    assert lost == ["宏", "对外部文件和数据连接的引用", "文本框和图形", "图片"]
    with zipfile.ZipFile(delivered.out) as parts:
        assert not [n for n in parts.namelist() if "vba" in n or "external" in n]


def test_too_many_cells_are_not_marked(delivered: Delivered) -> None:
    drop(delivered, GOOD, BAD)
    with pytest.raises(NotMarked, match="15 cells"):  # and rows
        delivered.make(marked_cells=14)
    delivered.make(marked_cells=15)


def test_a_workbook_that_openpyxl_reads_otherwise_is_not_marked(
    delivered: Delivered,
) -> None:
    drop(delivered, GOOD, BAD)
    delivered.findings = [finding(3, "B", source_sheet="登记")]
    reading = delivered.read()
    drop(delivered, GOOD, ["另一个", "911", date(2024, 3, 6), 7])
    import pyarrow.parquet as pq

    from guiji.outbox.returned import marked_workbook, workbook
    from guiji.outbox.returned.findings_view import FindingsView

    judged = delivered.judged(reading)
    asked = marked_workbook.Marking(
        original=delivered.original,
        findings=FindingsView.of(judged.findings),
        about=workbook.described(delivered.catalog, judged),
        reading=reading,
        text=pq.read_table(judged.text),
        instant=judged.delivery.received_at,
        most=1000,
    )
    with pytest.raises(NotMarked, match="A3 differs"):
        marked_workbook.mark(asked, delivered.out)


@pytest.mark.parametrize(
    "inside",
    [
        "<t>行政许可</t>",
        '<t xml:space="preserve"> 前后空格 </t>',
        "<t>第一行\n第二行 &lt;a&gt; _x005F_x0041_ _x000D_</t>",
        "<t></t>",
        "",
        "<r><t>甲</t></r>",
        "<r><rPr><b/></rPr><t>甲</t></r><r><t>乙</t></r>",
        "<t>甲</t><phoneticPr fontId='1'/>",
    ],
)
def test_a_text_in_its_cell_is_read_as_openpyxl_reads_it(inside: str) -> None:
    element = fromstring(f'<is xmlns="{SHEET_MAIN_NS}">{inside}</is>')
    read = marked_workbook.inline_text(element)
    assert repr(read) == repr(marked_workbook._parse_rich_text(element))
    assert type(read) is type(marked_workbook._parse_rich_text(element))
