"""What a receipt says about the reading of a file."""

from dataclasses import replace

from guiji.outbox import reading_summary
from guiji.reading.result import MACROS, ColumnReading, Note, Reading, SheetReading


def column(letter: str, heading: str, item: str | None) -> ColumnReading:
    return ColumnReading(letter, heading, item, item is not None)


def sheet(
    name: str | None = "数据",
    *columns: ColumnReading,
    notes: tuple[Note, ...] = (),
    skipped: str | None = None,
    rows: int = 3,
) -> SheetReading:
    header = None if skipped else 3
    return SheetReading(name, header, columns, rows, skipped, notes)


def reading(
    *sheets: SheetReading, kind: str = "xlsx", encoding: str | None = None
) -> Reading:
    delimiter = "," if encoding else None
    return Reading(kind, encoding, delimiter, "administrative_penalty", sheets, 3, 0)


CODE = column("A", "统一社会信用代码", "uscc")


def test_a_file_wholly_taken_in_omits_nothing() -> None:
    titles = (Note(1, "表头以上的标题行"),)
    whole = sheet("数据", CODE, column("B", "序号", None), notes=titles)
    assert reading_summary.omissions(reading(whole)) == []
    assert reading_summary.lines(reading(whole)) == [
        "识别方式：Excel 工作簿，工作表“数据”表头在第 3 行"
    ]


def test_a_text_file_tells_its_encoding_and_delimiter() -> None:
    told = reading_summary.lines(
        reading(sheet(None, CODE), kind="text", encoding="gb18030")
    )
    assert told == [
        "识别方式：文本文件，GB18030（GBK） 编码，以逗号分隔，表头在第 3 行"
    ]


def test_remarks_about_the_file_come_first() -> None:
    odd = replace(reading(sheet("数据", CODE)), remarks=(MACROS,))
    [found] = reading_summary.omissions(odd)
    assert (found.rule, found.message) == ("batch.macros", MACROS.message)


def test_what_was_left_out_is_told_with_its_place() -> None:
    notes = tuple(Note(row, "合计、说明或签字行") for row in range(20, 30))
    data = sheet("数据", CODE, column("C", "备用", None), notes=notes)
    hidden = sheet("旧表", skipped="隐藏的工作表，未读取", rows=0)
    found = reading_summary.omissions(reading(data, hidden))
    assert [(o.rule, o.row, o.column, o.field) for o in found] == [
        ("batch.column_ignored", 3, "C", "备用"),
        ("batch.line_not_data", 20, None, None),
        ("batch.sheet_skipped", None, None, None),
    ]
    assert found[0].message == "工作表“数据”C 列“备用”不在采集目录中，未读取"
    assert "第 20、21、22、23、24、25、26、27 等 10 行不是数据行" in found[1].message
    assert found[2].message == "工作表“旧表”：隐藏的工作表，未读取"
    assert "取消隐藏" in found[2].remedy


def test_rows_on_a_sheet_that_was_skipped_are_counted() -> None:
    left = sheet("附表", skipped="没有与采集目录相符的表头，未读取", rows=7)
    found = reading_summary.omissions(reading(sheet("数据", CODE), left))
    assert found[0].message.endswith("未读取（其中 7 行有内容）")
    assert "按目录写好表头" in found[0].remedy
