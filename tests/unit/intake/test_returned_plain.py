"""A new workbook of what was read, where there is no own one to mark."""

from pathlib import Path
from typing import Any

import pytest
import xlwt
from nasty.markup import KINDS as MARKUP
from returned_books import (
    BATCH,
    CATALOG,
    HEADINGS,
    RED,
    REGISTRATION,
    Delivered,
    colour,
    finding,
    lines,
)

CODE = "91520100K5K7MEAE3L"
CSV = f"""企业登记信息报送表
企业名称,统一社会信用代码,内部编号,成立日期
甲公司,{CODE},N1,2024-03-05
乙公司,911,N2,2024-03-06

=1+1,{CODE},N3,-5
"""


@pytest.fixture
def delivered(tmp_path: Path) -> Delivered:
    return Delivered(tmp_path, name="企业登记信息.csv")


def values(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_cells_stand_where_they_stood(delivered: Delivered) -> None:
    delivered.original.write_bytes(CSV.encode("gb18030"))
    delivered.findings = [finding(4, "B"), finding(6)]
    book = delivered.make("plain")
    assert book.sheetnames == ["报送数据", "退回说明"]
    sheet = book["报送数据"]
    reason = "“统一社会信用代码”不是18位。请对照营业执照更正。"
    nothing = (None,) * 5
    assert values(sheet) == [
        nothing,
        ("企业名称", "统一社会信用代码", None, "成立日期", "退回原因"),
        ("甲公司", CODE, None, "2024-03-05", None),
        ("乙公司", "911", None, "2024-03-06", f"1. B 列：{reason}"),
        nothing,
        ("=1+1", CODE, None, "-5", f"1. {reason}"),
    ]
    cells = [c for row in sheet.iter_rows() for c in row if c.value is not None]
    assert {c.data_type for c in cells} == {"s"}
    assert {c.coordinate for c in cells if c.quotePrefix} == {"A6", "D6"}
    assert {c.number_format for c in cells if c.row > 2} == {"@"}
    assert {c.coordinate for c in cells if colour(c) == RED} == {"B4", "E4", "E6"}
    assert sheet["B4"].comment.text.startswith("[不合格] “统一社会信用代码”不是18位。")
    assert sheet.freeze_panes == "A3"
    assert any("由平台按读取结果重排" in line for line in lines(book))


def test_it_is_understood_as_it_is(delivered: Delivered) -> None:
    delivered.original.write_bytes(CSV.encode("gb18030"))
    delivered.findings = [finding(4, "B")]
    delivered.read()
    leave_out = ("source_sheet", "source_line")
    before = [
        {k: v for k, v in row.items() if k not in leave_out} for row in delivered.text()
    ]
    book = delivered.make("plain")
    book.save(delivered.out)
    reading = delivered.read(delivered.out, "随便.xlsx")
    after = [
        {k: v for k, v in row.items() if k not in leave_out} for row in delivered.text()
    ]
    assert after == before
    assert reading.returned_batch == BATCH


def test_written_twice_it_has_the_same_bytes(delivered: Delivered) -> None:
    delivered.original.write_bytes(CSV.encode("gb18030"))
    delivered.findings = [finding(4, "B"), finding(6)]
    delivered.make("plain")
    first = delivered.out.read_bytes()
    delivered.make("plain")
    assert delivered.out.read_bytes() == first


def test_of_a_large_file_only_the_rows_with_findings_are_given(
    delivered: Delivered,
) -> None:
    delivered.original.write_bytes(CSV.encode())
    delivered.findings = [finding(4, "B"), finding(6, severity="warning")]
    book = delivered.make("plain", whole_cells=14)  # three rows of five columns
    rows = values(book["报送数据"])
    assert rows[0][4:] == ("原表行号", "退回原因")
    assert [(row[0], row[4]) for row in rows[1:]] == [("乙公司", "4"), ("=1+1", "6")]
    assert colour(book["报送数据"]["B2"]) == RED
    assert any("只列出有问题的行" in line for line in lines(book))
    assert not [c for c in book["退回说明"]._cells.values() if c.hyperlink]
    book = delivered.make("plain", whole_cells=14, returned_cells=9)
    assert len(values(book["报送数据"])) == 2
    assert any("另有 1 行有问题而未列出" in line for line in lines(book))
    book.save(delivered.out)
    reading = delivered.read(delivered.out)
    assert (reading.rows_read, reading.sheets[0].rows) == (1, 1)


def test_part_of_a_full_delivery_is_not_to_be_delivered_alone(
    delivered: Delivered,
) -> None:
    full = REGISTRATION.model_copy(update={"delivery": "full"})
    delivered.catalog = CATALOG.model_copy(update={"datasets": {full.id: full}})
    delivered.original.write_bytes(CSV.encode())
    delivered.findings = [finding(4, "B")]
    said = lines(delivered.make("plain", whole_cells=1))
    assert any("不要只报本工作簿" in line for line in said)
    said = lines(delivered.make("plain"))
    assert not any("不要只报本工作簿" in line for line in said)


def test_a_line_that_could_not_be_read_is_there(delivered: Delivered) -> None:
    head = "企业名称,统一社会信用代码,成立日期\n"
    ragged = f"甲公司,{CODE}\n"
    lost = f"乙\ufffd公司,{CODE},2024-03-05\n"
    good = f"丙公司,{CODE},2024-03-05\n"
    delivered.original.write_bytes(f"{head}{good}{ragged}{lost}{good}".encode())
    delivered.findings = [finding(3), finding(4, "A")]
    rows = values(delivered.make("plain")["报送数据"])
    assert rows[2][:3] == (f"甲公司,{CODE}", None, None)
    assert rows[3][:3] == ("乙\ufffd公司", CODE, "2024-03-05")


def test_what_a_spreadsheet_cannot_hold(delivered: Delivered) -> None:
    long = "长" * 32_768
    delivered.original.write_bytes(
        "企业名称,统一社会信用代码,成立日期\n"
        f"甲\x01_x0041_,{CODE},2024\n{long},{CODE},2024\n{long},911,2024\n".encode()
    )
    delivered.findings = [finding(4, "B")]
    book = delivered.make("plain")
    said = "\n".join(lines(book))
    assert "有 1 个单元格超过电子表格的上限" in said
    assert "有 1 个已接收的行含有超长的单元格" in said
    delivered.read(delivered.out)
    names = [(r["source_row"], r["enterprise_name"]) for r in delivered.text()]
    assert names == [(2, "甲\x01_x0041_"), (4, long[:-1])]


@pytest.mark.parametrize("odd", ["\ufffe", "\uffff", "\x0c", "\x7f", "\x9f"])
def test_every_character_comes_back_in_a_workbook_that_opens(
    delivered: Delivered, odd: str
) -> None:
    name = f"甲{odd}公司"
    delivered.original.write_text(f"{','.join(HEADINGS)}\n{name},911,2024,1\n", "utf-8")
    delivered.findings = [finding(2, "A"), finding(2, "B")]
    delivered.make("plain")
    delivered.read(delivered.out)
    (back,) = (row["enterprise_name"] for row in delivered.text())
    assert back == (name if odd < "\ufffe" else "甲公司")


def old_workbook(path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    tab = book.add_sheet("登记")
    for row, cells in enumerate([["登记表"], HEADINGS, ["甲", CODE], ["乙", "911"]]):
        for column, value in enumerate(cells):
            tab.write(row, column, value)
    book.save(str(path))


def test_an_old_workbook_keeps_sheet_and_addresses(delivered: Delivered) -> None:
    old_workbook(delivered.original)
    delivered.name = "企业登记信息.xls"
    delivered.findings = [finding(4, "B", source_sheet="登记")]
    book = delivered.make("plain")
    assert book.sheetnames == ["登记", "退回说明"]
    assert [c.value for c in book["登记"][2]] == [*HEADINGS, "退回原因"]
    assert book["登记"]["B4"].value == "911"
    assert colour(book["登记"]["B4"]) == RED
    links = [
        c.hyperlink.location for c in book["退回说明"]._cells.values() if c.hyperlink
    ]
    assert links == ["'登记'!B4"]


@pytest.mark.parametrize(
    "kind", [name for name, nasty in MARKUP.items() if nasty.code is None]
)
def test_every_other_kind_comes_back_and_is_understood(
    delivered: Delivered, kind: str
) -> None:
    nasty = MARKUP[kind]
    nasty.build(delivered.original)
    delivered.name = nasty.name
    first = delivered.read()
    lost = {(f.column, r) for s in first.sheets for f in s.faults for r in f.rows}
    before = delivered.text()
    delivered.findings = [
        finding(row["source_row"], source_sheet=row["source_sheet"]) for row in before
    ]
    delivered.make("plain")
    delivered.read(delivered.out, "企业登记信息.退回.xlsx")
    if not lost:
        known = ("source_row", *(i.id for i in REGISTRATION.items))
        plain = [{k: row.get(k) or None for k in known} for row in delivered.text()]
        assert plain == [{k: row.get(k) or None for k in known} for row in before]
