"""Why a text file is not read; see `refusals`."""

from collections.abc import Sequence

from guiji.core.errors import BatchRefused
from guiji.reading.result import letter

AS_UTF8 = "请用 Excel 或 WPS 打开原表，另存为“CSV UTF-8（逗号分隔）（*.csv）”或 .xlsx "


def big5(name: str) -> BatchRefused:
    """The bytes are Big5; read as GB18030 they would be other words."""
    return BatchRefused(
        "BIG5",
        "the file looks like Big5",
        f"《{name}》疑似 Big5（繁体中文）编码，平台只读取 UTF-8、GB18030（含 GBK）"
        "和 UTF-16，未按其他编码猜读。",
        f"{AS_UTF8}后重新报送。",
    )


def other_width(name: str, headings: Sequence[str], cells: int) -> BatchRefused:
    """The heading row has more cells than the records, or fewer.

    Args:
        name: the file as the department named it.
        headings: of all columns, without empty ones at the end.
        cells: of most records.
    """
    width = len(headings)
    if cells > width:
        why = (
            f"表头有 {width} 列，而数据行多为 {cells} 列，末尾的列没有表头。"
            "可能是表头少了一列，也可能是数据行末尾多了分隔符；平台无法确定各列的含义，"
            "未读取。"
        )
        remedy = (
            "请在表头补上缺少的列名；确为数据行末尾多了分隔符的，请删去，"
            "或在表头末尾补上同样多的分隔符后重新报送。"
        )
    else:
        place = letter(next(i for i, h in enumerate(headings) if not h))
        why = (
            f"表头有 {width} 列，其中 {place} 列没有列名，而数据行多为 {cells} 列，"
            "疑似表头多了一个分隔符；平台无法确定各列的含义，未读取。"
        )
        remedy = "请删去表头多余的分隔符，或补上缺少的列名和数据后重新报送。"
    return BatchRefused(
        "HEADINGS",
        f"the heading row has {width} cells, most records have {cells}",
        f"《{name}》{why}",
        remedy,
    )


def line_too_long(name: str, line: int) -> BatchRefused:
    """A line has no end within the limit."""
    return BatchRefused(
        "LINE_TOO_LONG",
        f"line {line} is too long",
        f"《{name}》第 {line} 行过长，疑似缺少换行符，或文件不是文本表格。",
        f"请检查导出时的换行设置；{AS_UTF8}后重新报送。",
    )


def not_all_accounted(name: str, rows: int) -> BatchRefused:
    """The platform lost count of the rows: its own fault, and it says so."""
    return BatchRefused(
        "NOT_ALL_ACCOUNTED",
        f"not all of {rows} rows below the headings are accounted for",
        f"平台读取《{name}》时行数核对不平，为防止漏行，本批暂不入库。",
        "责任在平台，贵单位无需处理；平台修复后将重新读取。",
    )
