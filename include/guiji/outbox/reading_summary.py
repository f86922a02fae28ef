"""How a file was understood, in the words of its receipt.

A tolerant reader owes the clerk an account: which encoding, which sheet, which heading
row, and above all what it did not take in. What was left out is a finding of severity
`info`, so that programs see it too; what went as it should is one line on the page.

Source: 筑府办发〔2016〕39号 三(三)2 (GY3).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from guiji.catalog.headings import normal
from guiji.reading import returned
from guiji.reading.headings import NEUTRAL
from guiji.reading.remarks import EXAMPLE
from guiji.reading.result import Reading, Remark, SheetReading

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "gb18030": "GB18030（GBK）",
}
DELIMITERS = {
    ",": "逗号",
    "\t": "制表符",
    ";": "分号",
    "|": "竖线",
    "\x01": "控制字符 1",
}
KINDS = {
    "xlsx": "Excel 工作簿",
    "xls": "Excel 97–2003 或 WPS 工作簿",
    "ods": "OpenDocument 工作簿",
    "html": "网页格式的表格",
    "xml2003": "XML 表格",
}
REMEDIES = {
    "MACROS": "无需处理；建议今后报送不含宏的文件。",
    "LINKS": "无需处理；建议今后报送不引用外部文件的工作簿。",
    "OLD_TEMPLATE": "本次无需处理；今后请索取现行版本的填报模板填写。",
}
REMEDIES |= dict.fromkeys(
    ("HIDDEN_ROWS", "HIDDEN_COLUMNS", "STRUCK_ROWS"),
    "请核对：不应报送的，请删除这些行（列）后重新报送；应当报送的，无需处理。",
)
WARNINGS = {"HIDDEN_ROWS", "HIDDEN_COLUMNS", "STRUCK_ROWS"}
"""Remarks about records that may not have been meant."""

CHECK_IT = "请核对；确认无误的不必处理。"
NOT_DATA = "如该行是数据，请补全必填项后重新报送；否则无需处理。"
REAL_NAME = (
    "如该行是数据，请将示例的名称改为实际名称，补全必填项后重新报送；否则无需处理。"
)
ROWS_SHOWN = 8
"""Row numbers told of lines that are no records; the rest is counted."""


@dataclass(frozen=True)
class Omission:
    """Something in a file that is not in the delivery, or that the clerk should know.

    Attributes:
        rule: what kind of thing, as the receipt's `rule`.
        row: its row, as a spreadsheet shows it; None = not one row.
        column: its column letter; None = not one column.
        field: its heading, for a column.
        message: Chinese.
        remedy: Chinese: what to do if it was meant to be read.
        severity: info, or a warning.
    """

    rule: str
    row: int | None
    column: str | None
    field: str | None
    message: str
    remedy: str
    severity: str = "info"


def omissions(reading: Reading) -> list[Omission]:
    """List what a file holds that is unusual or was not taken in.

    Args:
        reading: how it was read.

    Returns:
        Remarks about the whole file, then sheets, columns and lines in the order of
        the sheets; empty where everything was taken in. Rows with a fault are not
        here: they are in quarantine.
    """
    several = len(reading.sheets) > 1
    entries = [_remark(remark) for remark in reading.remarks]
    for sheet in reading.sheets:
        where = f"工作表“{sheet.name}”" if several and sheet.name else ""
        if sheet.skipped in (returned.SKIPPED, returned.TEMPLATE):
            continue
        if sheet.skipped is not None:
            entries.append(_skipped(sheet))
        else:
            entries += _columns(sheet, where)
            entries += _lines(sheet, where)
    return entries


def lines(reading: Reading) -> list[str]:
    """Return the lines of the page on how the file was read."""
    read = [s for s in reading.sheets if s.skipped is None]
    rows = "、".join(_headings(s) for s in read)
    if reading.kind in KINDS:
        return [f"识别方式：{KINDS[reading.kind]}，{rows}"]
    encoding = ENCODINGS.get(reading.encoding or "", reading.encoding or "未知编码")
    delimiter = DELIMITERS.get(reading.delimiter or "", f"“{reading.delimiter}”")
    return [f"识别方式：文本文件，{encoding} 编码，以{delimiter}分隔，{rows}"]


def _remark(remark: Remark) -> Omission:
    return Omission(
        rule=f"batch.{remark.code.lower()}",
        row=None,
        column=None,
        field=None,
        message=remark.message,
        remedy=REMEDIES.get(remark.code, CHECK_IT),
        severity="warning" if remark.code in WARNINGS else "info",
    )


def _headings(sheet: SheetReading) -> str:
    place = f"工作表“{sheet.name}”" if sheet.name else ""
    return f"{place}表头在第 {sheet.header_row} 行"


def _skipped(sheet: SheetReading) -> Omission:
    content = f"（其中 {sheet.rows} 行有内容）" if sheet.rows else ""
    remedy = "无需处理。"
    if sheet.rows or "隐藏" in (sheet.skipped or ""):
        remedy = (
            "如该工作表应报送，请取消隐藏并按目录写好表头后重新报送；否则无需处理。"
        )
    return Omission(
        rule="batch.sheet_skipped",
        row=None,
        column=None,
        field=None,
        message=f"工作表“{sheet.name}”：{sheet.skipped}{content}",
        remedy=remedy,
    )


def _columns(sheet: SheetReading, where: str) -> Iterator[Omission]:
    for column in sheet.columns:
        if column.item is None and normal(column.heading) not in NEUTRAL:
            heading = f"“{column.heading}”" if column.heading else "（无表头）"
            yield Omission(
                rule="batch.column_ignored",
                row=sheet.header_row,
                column=column.letter,
                field=column.heading or None,
                message=f"{where}{column.letter} 列{heading}不在采集目录中，未读取",
                remedy="如该列应报送，请按采集目录改正表头后重新报送；否则无需处理。",
            )


def _lines(sheet: SheetReading, where: str) -> Iterator[Omission]:
    reasons: dict[str, list[int]] = {}
    for note in sheet.notes:
        if note.row > (sheet.header_row or 0):  # titles are nobody's data
            reasons.setdefault(note.why, []).append(note.row)
    for why, rows in reasons.items():
        numbers = "、".join(str(row) for row in rows[:ROWS_SHOWN])
        more = f" 等 {len(rows)} 行" if len(rows) > ROWS_SHOWN else " 行"
        yield Omission(
            rule="batch.line_not_data",
            row=rows[0],
            column=None,
            field=None,
            message=f"{where}第 {numbers}{more}不是数据行（{why}），未读取",
            remedy=REAL_NAME if why == EXAMPLE else NOT_DATA,
        )
