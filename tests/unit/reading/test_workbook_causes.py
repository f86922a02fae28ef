"""A workbook that is refused is told what it is, and what to do."""

import io
from collections.abc import Sequence

import openpyxl
import pytest
from reading_samples import CODE, Drop

from guiji.core.errors import BatchRefused
from guiji.reading.limits import Limits

HEADINGS = ["企业名称", "统一社会信用代码"]
FLAT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<office:document '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="登记"/>'
    "</office:spreadsheet></office:body></office:document>"
)
SHEET_XML = (
    '<?xml version="1.0"?><Workbook '
    'xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    '<Worksheet ss:Name="登记"><Table><Row><Cell><Data ss:Type="String">{}'
    "</Data></Cell></Row></Table></Worksheet></Workbook>"
)


def beginning(kind: int, length: int, sheet: int) -> bytes:
    """A sheet of Excel 2 to 4: the records BOF and EOF."""
    bof = sheet.to_bytes(4, "little").rjust(length, b"\0")
    head = bytes([9, kind]) + length.to_bytes(2, "little")
    return head + bof + b"\x0a\0\0\0"


def book(rows: Sequence[Sequence[str]]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(list(row))
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def refusal(drop: Drop, content: bytes) -> BatchRefused:
    with pytest.raises(BatchRefused) as caught:
        drop.read(content, "企业登记信息.xls")
    return caught.value


@pytest.mark.parametrize(
    ("content", "code", "said", "remedy"),
    [
        (FLAT.encode(), "KIND_FLAT_ODS", ".fods", "另存为 .ods 或 .xlsx"),
        (beginning(0, 4, 0x10), "KIND_OLD_XLS", "Excel 4.0", "*.xlsx"),
        (beginning(2, 6, 0x10), "KIND_OLD_XLS", "Excel 4.0", "*.xlsx"),
        (beginning(4, 6, 0x40), "KIND_OLD_XLS", "宏表", "*.xlsx"),
        (SHEET_XML.format("甲&#1;").encode(), "UNREADABLE", "控制字符", "重新导出"),
        (SHEET_XML.format("甲&#x1F;").encode(), "UNREADABLE", "控制字符", "重新导出"),
        (SHEET_XML.format("甲<b").encode(), "UNREADABLE", "已损坏", "另存为 .xlsx"),
    ],
)
def test_what_a_file_is_stands_in_its_refusal(
    drop: Drop, content: bytes, code: str, said: str, remedy: str
) -> None:
    found = refusal(drop, content)
    assert found.code == code
    assert said in found.notice
    assert remedy in found.remedy


@pytest.mark.parametrize("above", [["填报说明"], ["填报说明", "见附件"]])
def test_headings_too_far_down_are_not_said_to_be_missing(
    drop: Drop, above: list[str]
) -> None:
    found = refusal(drop, book([above] * 45 + [HEADINGS, ["甲", CODE]]))
    assert found.code == "HEADINGS"
    assert "表头在第 46 行" in found.notice
    assert "缺少" not in found.notice
    assert found.remedy.startswith("请删去表头以上")


@pytest.mark.parametrize("mark", [",", "\t", "；", "|", "    "])
def test_headings_in_one_cell_are_not_said_to_be_missing(drop: Drop, mark: str) -> None:
    rows = [["登记表"], [mark.join([*HEADINGS, "成立日期"])], [mark.join(["甲", CODE])]]
    found = refusal(drop, book(rows))
    assert "第 2 行的各列名同在一个单元格中，没有分列" in found.notice
    assert "“分列”" in found.remedy


def test_headings_in_another_row_are_not_said_to_be_missing(drop: Drop) -> None:
    rows = [["统一社会信用代码"], ["企业名称", "成立日期"], ["甲", "2020-01-02"]]
    found = refusal(drop, book(rows))
    assert "缺少" not in found.notice
    assert "不在表头行：统一社会信用代码（第 1 行）" in found.notice
    assert found.remedy.startswith("请将各列名写在同一张工作表的同一行")


def test_headings_on_another_sheet_are_not_said_to_be_missing(drop: Drop) -> None:
    made = openpyxl.Workbook()
    made.active.append(["企业名称", "成立日期"])
    made.active.append(["甲", "2020-01-02"])
    other = made.create_sheet("代码")
    for row in (["对照"], ["行号", "统一社会信用代码"], ["1", CODE]):
        other.append(row)
    made.save(drop.folder / "a")
    found = refusal(drop, (drop.folder / "a").read_bytes())
    assert "不在表头行：统一社会信用代码（工作表“代码”第 2 行）" in found.notice
    assert "缺少" not in found.notice


def test_what_is_missing_is_named_beside_what_is_elsewhere(drop: Drop) -> None:
    rows = [["成立日期", "注册资本", "经办"], ["2020-01-02", "1"], ["企业名称"]]
    found = refusal(drop, book(rows))
    said = "缺少：统一社会信用代码；不在表头行：企业名称（第 3 行）；未识别：经办。"
    assert said in found.notice


def test_long_cells_at_the_top_take_no_time(drop: Drop) -> None:
    text = "说明 Remark （见附件）" * 60
    rows = [[f"{text}{row}{column}" for column in range(300)] for row in range(31)]
    with pytest.raises(BatchRefused, match="HEADINGS"):
        drop.read(book(rows), "企业登记信息.xlsx", limits=Limits(cpu_seconds=12))


def test_headings_that_are_nowhere_are_missing(drop: Drop) -> None:
    found = refusal(drop, book([["填报说明", "见附件"]] * 45))
    assert "缺少：企业名称、统一社会信用代码" in found.notice
