"""Steps of mending a fault in Excel that rules of several kinds share.

`C2` stands for the first cell of the item's column.
"""

Steps = tuple[str, ...]
"""What a clerk does between finding the rows and handing the workbook in."""

ORIGINAL = "对照原件（决定书、证照、业务系统）更正，不要猜填。"


def as_text(title: str) -> str:
    """Return the step that formats a column as text."""
    return (
        f"选中“{title}”整列，右键“设置单元格格式”→“文本”，“确定”。"
        "必须先设格式，再录入。"
    )


def as_dates(title: str) -> str:
    """Return the step that turns texts of a column into dates."""
    return (
        f"选中“{title}”整列，“数据”→“分列”→“下一步”两次→列数据格式选“日期 YMD”"
        "→“完成”，写成文本的日期会变成真正的日期。"
    )


def count_characters(title: str) -> str:
    """Return the step that counts the characters of each cell."""
    return (
        f"在空列中输入 =LEN(C2)（C2 换成“{title}”的第一个单元格），双击填充柄向下填充，"
        "可看出每个单元格有几个字符；改好后删去该列。"
    )
