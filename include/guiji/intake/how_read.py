"""How a file was understood, in the words of its receipt.

A reader that is tolerant must say what it tolerated: which row it took for the
headings, which sheets, columns and lines it left aside. Nobody has to guess why a
number of rows is what it is.
"""

from collections.abc import Iterator

from guiji.reading.result import Reading, SheetReading

KINDS = {
    "text": "文本文件",
    "xlsx": "Excel 工作簿",
    "xls": "Excel 97-2003 或 WPS 工作簿",
    "ods": "OpenDocument 工作簿",
    "html": "网页格式的表格",
    "xml2003": "XML 表格",
}
DELIMITERS = {"\t": "制表符", "\x01": "控制字符 1"}
SHOWN = 10
"""Lines and columns of each sort that are listed one by one."""

REMEDIES = {
    "MACROS": "无需处理；建议今后报送不含宏的文件。",
    "LINKS": "无需处理；建议今后报送不引用外部文件的工作簿。",
}
CHECK_IT = "请核对；确认无误的不必处理。"
MOVE_IT = "如其中有应报送的数据，请放入有目录表头的可见工作表后重新报送；否则无需处理。"


def statements(reading: Reading | None) -> Iterator[tuple[str, str, str]]:
    """Give what a receipt states beside findings: rule, message and remedy."""
    if reading is None:
        return
    for remark in reading.remarks:
        remedy = REMEDIES.get(remark.code, CHECK_IT)
        yield f"batch.{remark.code.lower()}", remark.message, remedy
    for sheet in reading.sheets:
        if sheet.skipped is not None:
            rows = f"，其中有内容的 {sheet.rows} 行" if sheet.rows else ""
            message = f"工作表“{sheet.name}”：{sheet.skipped}{rows}。"
            yield "batch.sheet_skipped", message, MOVE_IT


def lines(reading: Reading | None) -> list[str]:
    """Write the part of the clerk's page that says how the file was read."""
    if reading is None:
        return []
    kind = KINDS.get(reading.kind, reading.kind)
    if reading.delimiter is not None:
        delimiter = DELIMITERS.get(reading.delimiter, f"“{reading.delimiter}”")
        kind += f"，编码 {reading.encoding}，分隔符为{delimiter}"
    found = [f"读取方式：{kind}"]
    for sheet in reading.sheets:
        found += _sheet(sheet)
    return [*found, ""]


def _sheet(sheet: SheetReading) -> Iterator[str]:
    tab = f"工作表“{sheet.name}”：" if sheet.name is not None else ""
    if sheet.skipped is not None:
        yield f"  {tab}{sheet.skipped}"
        return
    yield f"  {tab}表头在第 {sheet.header_row} 行，读取 {sheet.rows} 行"
    unused = [c for c in sheet.columns if not c.used and (c.heading or c.letter)]
    if unused:
        named = [
            f"{c.letter}（{c.heading}）" if c.heading else c.letter for c in unused
        ]
        yield f"    未采用的列：{_listed(named)}"
    if sheet.notes:
        notes = [f"第 {n.row} 行（{n.why}）" for n in sheet.notes]
        yield f"    不是记录的行：{_listed(notes)}"


def _listed(parts: list[str]) -> str:
    more = f"等 {len(parts)} 处" if len(parts) > SHOWN else ""
    return "、".join(parts[:SHOWN]) + more
