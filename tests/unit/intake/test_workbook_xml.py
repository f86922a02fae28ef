"""New workbooks, written directly: what openpyxl and calamine see in them."""

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from returned_books import BATCH, HEADINGS, RED, Delivered, finding

from guiji.core import workbooks
from guiji.outbox.returned import marked_summary, summary_sheet
from guiji.outbox.returned.batch_summary import BatchSummary
from guiji.outbox.returned.findings_view import Finding, FindingsView
from guiji.outbox.returned.sheet_model import (
    HEADING,
    SheetCell,
    SheetLayout,
    comment_height,
    stored,
)
from guiji.outbox.returned.workbook_xml import WorkbookWriter

CODE = "91520100K5K7MEAE3L"
INSTANT = datetime(2026, 11, 20, 14, tzinfo=UTC)
LOOKS = ("value", "data_type", "quotePrefix", "number_format", "font", "alignment")
SIDES = ("left", "right", "top", "bottom")
TABLE = SheetLayout("表", (20, 34.5, 80), frozen_rows=2)


def made(*layouts: SheetLayout, rows: Any = ()) -> bytes:
    """Write sheets that all have the same rows; a fourth value is `is_spanning`."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        book = WorkbookWriter(file)
        for layout in layouts:
            with book.sheet(layout) as sheet:
                for row in rows:
                    sheet.row(*row[:3], is_spanning=row[3:] == (True,))
        book.finish(INSTANT, "guiji_batch", BATCH)
    return target.getvalue()


def loaded(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return file.read(name).decode()


def told(number: int, **changes: Any) -> Finding:
    values = {k: v for k, v in finding(number, "B").items() if k != "batch_id"}
    values |= {"source_sheet": None, "proposal": None} | changes
    return Finding(**values)


def look(cell: Any) -> dict[str, Any]:
    """Return what is seen of a cell."""
    seen = {name: str(getattr(cell, name)) for name in LOOKS}
    seen |= {side: str(getattr(cell.border, side).style) for side in SIDES}
    colour = cell.border.left.color
    return seen | {
        "line": colour and colour.rgb,
        "fill": (cell.fill.fill_type, cell.fill.fgColor.rgb),
        "link": cell.hyperlink and (cell.hyperlink.ref, cell.hyperlink.location),
    }


def test_both_writers_draw_the_same_summary() -> None:
    findings = FindingsView(
        [
            told(4, proposal=CODE, message="=1+1"),
            told(5, rule_id="x.warn", severity="warning", clause=None),
            told(6, rule_id="x.told", severity="info", source_sheet="不在"),
        ]
    )
    about = BatchSummary(
        batch_id=BATCH,
        facts=[("报送文件", "<甲> & 乙\n丙" * 40), ("行数", "3")],
        refusal=("变化过大", "请核对"),
        trial=False,
        full=False,
        contact=["信用办", " 电话 "],
    )
    page = list(summary_sheet.rows(findings, about, {"": "报 '数' 据"}))
    theirs = openpyxl.Workbook()
    marked_summary.add(theirs, page, BATCH)
    target = io.BytesIO()
    workbooks.save(theirs, target, INSTANT)
    rows = [(n, r.cells, r.height, r.is_spanning) for n, r in enumerate(page, start=1)]
    ours = loaded(made(summary_sheet.LAYOUT, rows=rows))
    one, other = ours["退回说明"], loaded(target.getvalue())["退回说明"]
    assert one.max_row == other.max_row == len(page)
    areas = [{str(area) for area in s.merged_cells.ranges} for s in (one, other)]
    assert areas[0] == areas[1] != set()
    for row in other.iter_rows():
        for cell in row:
            assert one[cell.coordinate].value == cell.value
            if cell.value is not None:
                assert look(one[cell.coordinate]) == look(cell)
    links = [c.hyperlink.location for r in one for c in r if c.hyperlink]
    assert links == ["'报 ''数'' 据'!B4", "'报 ''数'' 据'!B5", "'报 ''数'' 据'!B4"]
    for number in range(1, len(page) + 1):
        heights = [s.row_dimensions[number].height for s in (one, other)]
        assert heights[0] == heights[1] is not None
    for letter in "ABCDEFGH":
        widths = [s.column_dimensions[letter].width for s in (one, other)]
        assert widths[0] == widths[1]
    for sheet in (one, other):
        assert sheet.freeze_panes == "A2"
        assert sheet.sheet_properties.tabColor.rgb == RED
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert not sheet.sheet_view.showGridLines
        setup = sheet.page_setup
        assert (setup.orientation, setup.paperSize) == ("landscape", 9)
        assert setup.fitToHeight == 0


def test_a_table_keeps_digits_widths_heights_and_comments() -> None:
    said = "[不合格] 不是18位。\n处理办法：<更正> & 重报"
    heading = SheetCell("名称", HEADING)
    bad = SheetCell("-1", HEADING, comment=said)
    rows = [(2, [heading]), (3, ["0012", None, " =甲 "]), (7, [None, bad], 33)]
    content = made(TABLE, rows=rows)
    book = loaded(content)
    sheet = book["表"]
    assert [c.value for c in sheet[3]] == ["0012", None, " =甲 "]
    assert (sheet["A3"].data_type, sheet["A3"].number_format) == ("s", "@")
    assert (sheet["B7"].value, sheet["B7"].quotePrefix) == ("-1", True)
    assert (sheet["B7"].comment.text, sheet["B7"].comment.author) == (said, "归集平台")
    assert sheet.row_dimensions[7].height == 33
    assert sheet.row_dimensions[3].height is None
    columns = [sheet.column_dimensions[name] for name in "ABC"]
    assert [c.width for c in columns] == [20, 34.5, 80]
    assert {c.number_format for c in columns} == {"@"}
    assert sheet.freeze_panes == "A3"
    box = part(content, "xl/drawings/vmlDrawing1.vml")
    ElementTree.fromstring(box)
    assert f"width:360px;height:{comment_height(said)}px" in box
    assert re.findall(r"<x:(Row|Column)>(\d+)<", box) == [("Row", "6"), ("Column", "1")]
    rows_ = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    assert rows_.to_python(skip_empty_area=False)[6][1] == "-1"


def test_it_states_batch_and_time_and_nothing_of_the_machine() -> None:
    content = made(TABLE, rows=[(1, ["甲"])])
    assert made(TABLE, rows=[(1, ["甲"])]) == content
    book = loaded(content)
    assert book.custom_doc_props["guiji_batch"].value == BATCH
    times = (book.properties.created, book.properties.modified)
    assert times == (INSTANT.replace(tzinfo=None),) * 2
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {p.date_time for p in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        listed = parts.read("[Content_Types].xml").decode()
        for name in parts.namelist():
            ElementTree.fromstring(parts.read(name))
            stated = f'PartName="/{name}"' in listed
            assert stated or name.endswith((".rels", "[Content_Types].xml"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("表", "表1"),
        ("a/b:[c]", "a_b__c_"),
        ("长" * 40, "长" * 31),
        ('"<&>"', '"<&>"'),
    ],
)
def test_a_sheet_gets_a_name_that_opens(name: str, expected: str) -> None:
    other = SheetLayout(name, (20,), frozen_rows=1)
    assert loaded(made(TABLE, other)).sheetnames == ["表", expected]


def test_a_row_that_is_not_below_the_last_one_goes_right_below_it() -> None:
    rows = [(1, ["甲"]), (5, ["乙"]), (3, ["丙"]), (9, ["丁"])]
    sheet = loaded(made(TABLE, rows=rows))["表"]
    assert [(c.row, c.value) for c in sheet["A"] if c.value] == [
        (1, "甲"),
        (5, "乙"),
        (6, "丙"),
        (9, "丁"),
    ]


@given(st.text(min_size=1), st.text(min_size=1))
def test_every_text_stays_itself(first: str, second: str) -> None:
    cells = [first, None, SheetCell(second, HEADING, comment=second)]
    content = made(TABLE, rows=[(3, cells)])
    for name, texts in (
        ("xl/worksheets/sheet1.xml", [first, second]),
        ("xl/comments1.xml", [second]),
    ):
        found = ElementTree.fromstring(part(content, name)).iter(
            "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}t"
        )
        assert [t.text or "" for t in found] == [stored(text) for text in texts]


def test_a_mended_cell_is_read_as_any_other(tmp_path: Path) -> None:
    delivered = Delivered(tmp_path, name="企业登记信息.csv")
    text = f"{','.join(HEADINGS)}\n甲,{CODE},2024-03-05,1.50\n乙,911,2024-03-06,007\n"
    delivered.original.write_text(text, "utf-8")
    delivered.findings = [finding(3, "B")]
    delivered.read()
    known = ("source_row", "enterprise_name", "uscc", "established_on", "capital")
    expected = [{name: row[name] for name in known} for row in delivered.text()]
    expected[1]["uscc"] = CODE
    book = delivered.make("plain")
    book["报送数据"]["B3"].value = CODE
    book.save(delivered.out)
    reading = delivered.read(delivered.out, "企业登记信息.退回.xlsx")
    assert reading.returned_batch == BATCH
    again = [{name: row[name] for name in known} for row in delivered.text()]
    assert again == expected
