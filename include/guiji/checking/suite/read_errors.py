"""The sentences of faults that are found when a file is read, before any rule looks."""

from guiji.catalog.vocabulary import Dimension, Severity
from guiji.checking.suite.rules import Wording

FAULTS: dict[str, tuple[Dimension, Wording]] = {
    "RAGGED_LONG": (
        Dimension.CONFORMING,
        Wording(
            "该行的列数多于表头，各列可能错位。",
            "The row has more cells than the heading.",
            "请检查单元格内是否含有未加引号的分隔符，更正后重新报送该行。",
        ),
    ),
    "RAGGED_SHORT": (
        Dimension.CONFORMING,
        Wording(
            "该行的列数少于表头，各列可能错位。",
            "The row has fewer cells than the heading.",
            "请检查该行是否被换行截断，更正后重新报送该行。",
        ),
    ),
    "CHARS_LOST": (
        Dimension.ACCURATE,
        Wording(
            "该行含有已损坏的字符（�），原文无法恢复。",
            "The row holds characters that were lost before delivery.",
            "请从业务系统重新导出该行，并以UTF-8或GB18030编码保存。",
        ),
    ),
    "BAD_ENCODING": (
        Dimension.CONFORMING,
        Wording(
            "该行无法按文件的编码解读。",
            "The row cannot be decoded in the encoding of its file.",
            "请以UTF-8或GB18030编码重新导出该行。",
        ),
    ),
    "OTHER_ENCODING": (
        Dimension.CONFORMING,
        Wording(
            "该行疑似用其他编码保存（如 Big5、Shift-JIS、EUC-KR、Windows-1252），"
            "或曾经乱码后又另存，显示的不是原文。",
            "The row looks like text of another encoding, or decoded wrongly before.",
            "请从业务系统重新导出该行，并以UTF-8或GB18030编码保存。",
        ),
    ),
    "BAD_QUOTES": (
        Dimension.CONFORMING,
        Wording(
            "该行的引号不成对或位置有误，无法确定各单元格的起止。",
            "The row has quotes without a partner or in a wrong place.",
            "请检查该行的引号：含分隔符的单元格用一对英文双引号括起，"
            "其中的双引号写两遍；更正后重新报送该行。",
        ),
    ),
    "NUL": (
        Dimension.ACCURATE,
        Wording(
            "该行含有空字符（NUL），可能有内容在导出或传输中丢失。",
            "The row holds zero bytes; content may have been lost.",
            "请从业务系统重新导出该行后报送。",
        ),
    ),
    "TORN": (
        Dimension.COMPLETE,
        Wording(
            "该行与相邻的不完整行可能是被换行拆开的同一条记录，内容可能不全。",
            "The row and a broken line beside it may be one record torn apart.",
            "请检查该行及相邻行的单元格内是否有换行或缺少引号，更正后重新报送。",
        ),
    ),
    "QUOTED_LINES": (
        Dimension.CONFORMING,
        Wording(
            "一对引号括起了几行，每一行又都像一条完整的记录，无法确定是一条还是几条。",
            "Quotes span several lines, each of which looks like a record.",
            "确为一条的，请去掉单元格内的换行；是几条的，请删去多余的引号，更正后重新报送。",
        ),
    ),
    "CUT_OFF": (
        Dimension.COMPLETE,
        Wording(
            "文件末行没有换行符，该行最后一格又比其他各行短，文件可能没有传完。",
            "The last row has no line end, and its last cell is shorter than others.",
            "请重新导出或重新上传整个文件；内容无误的，在末行之后加一个换行重新报送。",
        ),
    ),
    "OTHER_TABLE": (
        Dimension.CONFORMING,
        Wording(
            "该行位于文件中另一张表的表头之下，各列含义与本文件的表头不同。",
            "The row belongs to another table further down in the file.",
            "请将不同的表分成几个文件报送，或按目录统一列的顺序后重新报送。",
        ),
    ),
    "ROW_REPEATED": (
        Dimension.CONFORMING,
        Wording(
            "工作表中有几行的行号相同，无法确定以哪一行为准。",
            "The worksheet has several rows of this number.",
            "请用 Excel 或 WPS 打开原表，核对该行后另存为新的 .xlsx 工作簿，重新报送。",
        ),
    ),
    "CELL_REPEATED": (
        Dimension.CONFORMING,
        Wording(
            "工作簿文件中有几个单元格的位置与本单元格相同，内容各异，无法确定以哪一个为准。",
            "The worksheet has several cells of this address.",
            "请用 Excel 或 WPS 打开原表，核对该行后另存为新的 .xlsx 工作簿，重新报送。",
        ),
    ),
}
"""Faults of a whole row, found when it was read: dimension and sentences."""

_CELLS: dict[str, tuple[Dimension, str, str, str]] = {
    "CELL_ERROR": (
        Dimension.ACCURATE,
        "是公式错误，没有值",
        "is a formula's error, not a value",
        "请改正公式，或直接填写正确的值",
    ),
    "CELL_NO_VALUE": (
        Dimension.ACCURATE,
        "是公式，文件中没有保存它的计算结果",
        "is a formula without a stored result",
        "请用 Excel 或 WPS 打开并保存一次，或将公式粘贴为数值",
    ),
    "DIGITS_LOST": (
        Dimension.ACCURATE,
        "是16位以上的数字，被电子表格当作数值保存，末几位已丢失",
        "is a number of 16 digits or more and lost its last digits",
        "请将该列设为文本格式后重新录入",
    ),
    "DATE_LOST": (
        Dimension.ACCURATE,
        "是电子表格无法表示的日期（1900年以前），原值已丢失",
        "is a date that spreadsheets cannot hold",
        "请将该列设为文本格式，按“1899-12-31”的格式重新录入",
    ),
    "NOT_TEXT": (
        Dimension.ACCURATE,
        "应为文本，单元格中却是日期、时间、逻辑值、百分比或科学计数的数值，"
        "无法得知原来填写的内容",
        "is a date, a time, a truth, a percentage or a power of ten, not a text",
        "请将该列设为文本格式后重新录入",
    ),
    "NUMBER_FOR_TEXT": (
        Dimension.ACCURATE,
        "应为文本，单元格中却是带小数的数值，末尾的0等可能已丢失（如3.10成为3.1），"
        "无法得知原来填写的内容",
        "is a number with decimals, not a text; zeros at its end may be lost",
        "请将该列设为文本格式后重新录入",
    ),
    "NEAR_MIDNIGHT": (
        Dimension.ACCURATE,
        "的时间离次日零点不足一分钟，平台按当天读取；有的程序会把日期存早几秒到几十秒",
        "is within a minute of midnight and is read as that day",
        "请核对是否应为次日；确为当天的，无需处理，应为次日的",
    ),
    "MERGED": (
        Dimension.COMPLETE,
        "与其他单元格合并，本单元格没有值",
        "is covered by a merged cell and has no value",
        "请取消合并单元格，逐行填写",
    ),
    "OUTSIDE_TERM": (
        Dimension.CONFORMING,
        "早于法定的最短公示期，或者晚于法定的最长公示期",
        "is before the shortest or after the longest term of publication",
        "公示以法定期限为准，不因该日期提前撤下或者延长；请按处罚种类核对，"
        "或留空由平台计算",
    ),
    "PERSONAL_DATA": (
        Dimension.CONFORMING,
        "含有公民身份号码、手机号码、银行卡号或电子邮箱（已脱敏），该条入库但不公示",
        "holds personal data; the record is merged and not published",
        "请删去该号码；确为文书、证照、宗地等编号的，请在号码前写明“编号”等字样",
    ),
}

_CLEANED: dict[str, tuple[Dimension, Wording]] = {
    "NULL_TOKEN": (
        Dimension.CONFORMING,
        Wording(
            "“{title}”填写的是表示没有内容的字样或符号，平台按空白处理。",
            "{name} holds a word for no value and is read as empty.",
            "确无内容的，无需处理，以后留空即可；有内容的，请补填后重新报送该行。",
        ),
    ),
    "MARKS_REMOVED": (
        Dimension.CONFORMING,
        Wording(
            "“{title}”含有看不见的字符（控制字符、零宽或方向符号等）或单元格开头的撇号、"
            "等号引号，平台已去除，其余文字未改动。",
            "{name} held characters that nobody sees, or a mark for text; they are "
            "removed.",
            "无需处理；以后请从原文重新录入，不要从网页或排版软件直接粘贴。",
        ),
    ),
    "SMALL_LETTERS": (
        Dimension.CONFORMING,
        Wording(
            "“{title}”含有小写字母，平台按大写处理。",
            "{name} holds small letters and is read in capitals.",
            "无需处理；以后请填写大写字母。",
        ),
    ),
}
"""Cells that are read otherwise than they are written, though nothing is wrong."""

OUTSIDE_TERM = "OUTSIDE_TERM"
PERSONAL_DATA = "PERSONAL_DATA"
NEAR_MIDNIGHT = "NEAR_MIDNIGHT"
NULL_TOKEN = "NULL_TOKEN"
SMALL_LETTERS = "SMALL_LETTERS"
MARKS_REMOVED = "MARKS_REMOVED"
PERSONAL_DATA_CLAUSE = (
    "贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条; 个人信息保护法 第二十八条"
)


def severity(code: str) -> Severity:
    """Return what the fault of a cell does to its row; code in capitals."""
    told = (PERSONAL_DATA, OUTSIDE_TERM, NEAR_MIDNIGHT)
    if code in _CLEANED:
        return Severity.INFO
    return Severity.WARNING if code in told else Severity.CRITICAL


def cell(code: str, title: str, name: str) -> tuple[Dimension, Wording]:
    """Say what is wrong with a cell before any rule looks: dimension and sentences."""
    if code in _CLEANED:
        dimension, said = _CLEANED[code]
        message, message_en = said.message, said.message_en
        return dimension, Wording(
            message.format(title=title), message_en.format(name=name), said.remedy
        )
    dimension, what, what_en, remedy = _CELLS[code]
    return dimension, Wording(
        f"“{title}”{what}。", f"{name} {what_en}.", f"{remedy}，更正后重新报送该行。"
    )


UNKNOWN_FAULT = (
    Dimension.CONFORMING,
    Wording(
        "该行已损坏，无法解读。",
        "The row is damaged and cannot be read.",
        "请从业务系统重新导出该行后报送。",
    ),
)
