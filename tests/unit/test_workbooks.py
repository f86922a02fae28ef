import io
import os
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random
from typing import Any

import openpyxl
import pytest
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.writer.excel import ExcelWriter

from guiji.core import undated_zip, workbooks

INSTANT = datetime(2026, 11, 20, 14, tzinfo=UTC)


WITH_LXML = """
import io, sys
import openpyxl
from datetime import datetime
from openpyxl.xml import LXML
from guiji.core import workbooks
assert LXML, "lxml is not installed"
book = openpyxl.Workbook()
book.active.append(["甲", 1, " x<y", None, datetime(2026, 1, 1)])
target = io.BytesIO()
workbooks.save(book, target, datetime(2026, 1, 1))
row = next(openpyxl.load_workbook(target).active.iter_rows(values_only=True))
assert row == ("甲", 1, " x<y", None, datetime(2026, 1, 1)), row
"""


def test_the_package_has_openpyxl_write_without_lxml() -> None:
    script = "import guiji, openpyxl.xml, lxml; assert not openpyxl.xml.LXML"
    _run(script)


def test_a_workbook_is_written_also_where_openpyxl_took_lxml_before() -> None:
    _run(WITH_LXML)


def _run(script: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "OPENPYXL_LXML"}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)


def saved(instant: datetime, *, write_only: bool = False) -> bytes:
    book = openpyxl.Workbook(write_only=write_only)
    book.create_sheet("表").append(["甲", 1])
    target = io.BytesIO()
    workbooks.save(book, target, instant)
    return target.getvalue()


@pytest.mark.parametrize("write_only", [False, True])
def test_it_states_the_instant_and_no_hour_of_this_machine(write_only: bool) -> None:
    content = saved(INSTANT, write_only=write_only)
    assert content == saved(INSTANT, write_only=write_only)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert parts.testzip() is None
        assert {p.date_time for p in parts.infolist()} == {undated_zip.EARLIEST}
        core = parts.read("docProps/core.xml").decode()
    assert core.count("2026-11-20T14:00:00Z</dcterms:") == 2
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [c.value for c in book["表"][1]] == ["甲", 1]


def test_an_instant_is_the_same_in_every_zone() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert saved(INSTANT.astimezone(shanghai)) == saved(INSTANT)
    assert saved(INSTANT.replace(tzinfo=None)) == saved(INSTANT)


VALUES: tuple[Any, ...] = (
    *(
        "甲公司",
        "a & b",
        "<甲>",
        ' "甲"',
        "乙\u3000",
        "一\n二",
        "\t",
        " ",
        "",
        "_x000D_",
    ),
    *("甲\u2028乙", "\x85", "𠮷", "=1+1", "#N/A", "2026-11-20", "x" * 300, "甲]]>乙"),
    *(None, 0, 1.5, True, date(2026, 11, 20), INSTANT.replace(tzinfo=None)),
    CellRichText("甲", TextBlock(InlineFont(b=True), "乙")),
)


def drawn(seed: int) -> openpyxl.Workbook:
    """Draw a workbook with cells of all kinds, plain and styled."""
    random = Random(seed)
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("表 <2>")):
        for number in range(200):
            cell = sheet.cell(random.randint(1, 20), random.randint(1, 30))
            cell.value = random.choice(VALUES)
            if random.random() < 0.3:
                cell.fill = PatternFill("solid", fgColor="FF8F8F")
            if random.random() < 0.1:
                cell.comment = Comment(f"注 {number}", "平台")
            if random.random() < 0.05:
                cell.hyperlink = f"https://example.cn/{number}"
        sheet.merge_cells("AF1:AH3")
        sheet.row_dimensions[3].height = 30
        sheet.row_dimensions[4].hidden = True
    return book


@pytest.mark.parametrize("seed", range(5))
def test_every_cell_is_written_as_openpyxl_writes_it(seed: int) -> None:
    ours, theirs = io.BytesIO(), io.BytesIO()
    workbooks.save(drawn(seed), ours, INSTANT)
    book = drawn(seed)
    book.properties.created = book.properties.modified = undated_zip.in_utc(INSTANT)
    with workbooks._Undated(theirs, "w", zipfile.ZIP_DEFLATED) as parts:
        ExcelWriter(book, parts).write_data()
    assert ours.getvalue() == theirs.getvalue()


@pytest.mark.parametrize("seed", range(2))
def test_rows_that_are_only_written_are_written_as_openpyxl_writes_them(
    seed: int,
) -> None:
    def written(*, ours: bool) -> bytes:
        random = Random(seed)
        book = openpyxl.Workbook(write_only=True)
        page = book.create_sheet("表")
        page.freeze_panes = "A3"
        page.column_dimensions["B"].width = 30
        page.row_dimensions[3].height = 30
        if ours:
            workbooks.begin_rows(page)
        for _ in range(60):
            cells = [WriteOnlyCell(page, random.choice(VALUES)) for _ in range(12)]
            for cell in random.sample(cells, 4):
                cell.fill = PatternFill("solid", fgColor="FF8F8F")
            page.append([*cells, "丙", None, 7])
        target = io.BytesIO()
        workbooks.save(book, target, INSTANT)
        return target.getvalue()

    assert written(ours=True) == written(ours=False)
