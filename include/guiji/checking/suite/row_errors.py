"""Faults of whole rows that are found when a file is read."""

from guiji.catalog.vocabulary import Dimension
from guiji.checking.suite.read_error import ReadError
from guiji.checking.suite.rules import Wording

UNKNOWN = "UNKNOWN"
"""Stands for every code that has no entry of its own."""

ERRORS: dict[str, ReadError] = {
    "RAGGED_LONG": ReadError(
        Dimension.CONFORMING,
        Wording(
            "该行的列数多于表头，各列可能错位。",
            "The row has more cells than the heading.",
            "请检查单元格内是否含有未加引号的分隔符，更正后重新报送该行。",
        ),
        note="文本文件中，单元格内含有分隔符而没有用英文双引号括起。",
        wrong="甲公司,罚款,5,000,2026-03-02",
        right='甲公司,罚款,"5,000",2026-03-02',
        steps=(
            "用记事本打开文件，按回执中的行号找到该行，数一数分隔符是否多于表头。",
            "多出的分隔符属于内容的，用一对英文双引号把整个单元格括起；属于误加的，"
            "删去。",
            "也可用 Excel 打开业务系统的原表，另存为 .xlsx 再报送，"
            "分隔符问题不会出现。",
        ),
    ),
    "RAGGED_SHORT": ReadError(
        Dimension.CONFORMING,
        Wording(
            "该行的列数少于表头，各列可能错位。",
            "The row has fewer cells than the heading.",
            "请检查该行是否被换行截断，更正后重新报送该行。",
        ),
        note="单元格内换行，一条记录被拆成两行。",
        wrong="甲公司,罚款",
        right="甲公司,罚款,5000,2026-03-02",
        steps=(
            "用记事本打开文件，按回执中的行号找到该行，看它的下一行是否是它的后半段。",
            "在业务系统或 Excel 的原表中，选中该列，“查找和替换”（Ctrl+H）：“查找内容”"
            "处按 Ctrl+J（换行符），“替换为”留空，“全部替换”。",
            "重新导出；或直接另存为 .xlsx 报送。",
        ),
    ),
    "CHARS_LOST": ReadError(
        Dimension.ACCURATE,
        Wording(
            "该行含有已损坏的字符（�），原文无法恢复。",
            "The row holds characters that were lost before delivery.",
            "请从业务系统重新导出该行，并以UTF-8或GB18030编码保存。",
        ),
        note="导出或转码时原字已换成“�”，平台无法猜出原文。",
        wrong="贵阳市�明区某某经营部",
        right="贵阳市南明区某某经营部",
        steps=(
            "不要在本文件中改编码：字已丢失，改编码找不回来。",
            "从业务系统重新导出；导出时编码选 UTF-8 或 GB18030（GBK 会丢失生僻字）。",
            "生僻字仍导不出的，改用 .xlsx 报送。",
        ),
    ),
    "BAD_ENCODING": ReadError(
        Dimension.CONFORMING,
        Wording(
            "该行无法按文件的编码解读。",
            "The row cannot be decoded in the encoding of its file.",
            "请以UTF-8或GB18030编码重新导出该行。",
        ),
        note="该行的字节不属于本文件的编码，常见于把两个来源的文件拼在一起。",
        steps=(
            "不要用命令或脚本拼接不同编码的文件。",
            "把各来源的文件分别用 Excel 打开（“数据”→“自文本/CSV”，选对编码），"
            "复制到同一张表。",
            "另存为“CSV UTF-8（逗号分隔）(*.csv)”或 .xlsx 后报送。",
        ),
    ),
    "BAD_QUOTES": ReadError(
        Dimension.CONFORMING,
        Wording(
            "该行的引号不成对或位置有误，无法确定各单元格的起止。",
            "The row has quotes without a partner or in a wrong place.",
            "请检查该行的引号：含分隔符的单元格用一对英文双引号括起，"
            "其中的双引号写两遍；更正后重新报送该行。",
        ),
        note="英文双引号要成对；单元格里的双引号写两遍。",
        wrong='甲公司,"罚款5000元,2026-03-02',
        right='甲公司,"罚款5000元",2026-03-02',
        steps=(
            "用记事本打开文件，按回执中的行号找到该行，看双引号是否成对。",
            '补上缺少的双引号；内容本身含双引号的，写成两个（""），或改用中文引号“”。',
            "也可用 Excel 另存为 .xlsx 再报送。",
        ),
    ),
    "NUL": ReadError(
        Dimension.ACCURATE,
        Wording(
            "该行含有空字符（NUL），可能有内容在导出或传输中丢失。",
            "The row holds zero bytes; content may have been lost.",
            "请从业务系统重新导出该行后报送。",
        ),
        note="该行含有空字符，多为导出程序或传输的故障。",
        steps=(
            "本文件无法在 Excel 中修好，请从业务系统重新导出。",
            "传输时用二进制方式；传完后核对文件大小。",
        ),
    ),
    "TORN": ReadError(
        Dimension.COMPLETE,
        Wording(
            "该行与相邻的不完整行可能是被换行拆开的同一条记录，内容可能不全。",
            "The row and a broken line beside it may be one record torn apart.",
            "请检查该行及相邻行的单元格内是否有换行或缺少引号，更正后重新报送。",
        ),
        note="单元格内有换行而没有括引号，一条记录成了两行。",
        wrong="甲公司,违反第三条\n第二款,罚款,2026-03-02",
        right='甲公司,"违反第三条第二款",罚款,2026-03-02',
        steps=(
            "在 Excel 的原表中选中有长文字的列，“查找和替换”（Ctrl+H）：“查找内容”"
            "处按 Ctrl+J（换行符），“替换为”留空，“全部替换”。",
            "重新导出；或直接另存为 .xlsx 报送。",
        ),
    ),
    "OTHER_ENCODING": ReadError(
        Dimension.CONFORMING,
        Wording(
            "该行疑似用其他编码保存（如 Big5、Shift-JIS、EUC-KR、Windows-1252），"
            "或曾经乱码后又另存，显示的不是原文。",
            "The row looks like text of another encoding, or decoded wrongly before.",
            "请从业务系统重新导出该行，并以UTF-8或GB18030编码保存。",
        ),
        note=(
            "该行不是按本文件的编码保存的，常见于拼接了繁体、日文、"
            "韩文系统或旧程序导出的内容。"
        ),
        steps=(
            "不要用命令或脚本拼接不同来源的文件。",
            "从业务系统重新导出该行；导出时编码选 UTF-8 或 GB18030。",
            "也可用 Excel 另存为 .xlsx 再报送。",
        ),
    ),
    "QUOTED_LINES": ReadError(
        Dimension.CONFORMING,
        Wording(
            "一对引号括起了几行，每一行又都像一条完整的记录，无法确定是一条还是几条。",
            "Quotes span several lines, each of which looks like a record.",
            "确为一条的，请去掉单元格内的换行；是几条的，请删去多余的引号，"
            "更正后重新报送。",
        ),
        note="一对英文双引号跨了几行，每一行又都像一条记录。",
        steps=(
            "用记事本打开文件，按回执中的行号找到这几行，看双引号从哪里开始、"
            "到哪里结束。",
            "确为一条的，去掉单元格内的换行；是几条的，删去多余的双引号。",
            "也可用 Excel 另存为 .xlsx 再报送。",
        ),
    ),
    "CUT_OFF": ReadError(
        Dimension.COMPLETE,
        Wording(
            "文件末行没有换行符，该行最后一格又比其他各行短，文件可能没有传完。",
            "The last row has no line end, and its last cell is shorter than others.",
            "请重新导出或重新上传整个文件；内容无误的，在末行之后加一个换行重新报送。",
        ),
        note="文件末行没有换行符，最后一格又比其他各行短，多为没有传完。",
        steps=(
            "对照原文件看末行是否完整，并核对文件大小。",
            "重新导出或重新上传整个文件；内容无误的，在末行之后加一个换行。",
            "大文件可在旁边放一个同名加 .ok 或 .md5 的文件，表示已传完。",
        ),
    ),
    "OTHER_TABLE": ReadError(
        Dimension.CONFORMING,
        Wording(
            "该行位于文件中另一张表的表头之下，各列含义与本文件的表头不同。",
            "The row belongs to another table further down in the file.",
            "请将不同的表分成几个文件报送，或按目录统一列的顺序后重新报送。",
        ),
        note=(
            "一个文件里有两张表，下面一张多出列、缺必填列，或是别的数据；"
            "列的顺序不同、少几列的，工作簿按其自己的表头读取。"
        ),
        steps=(
            "选中下面那张表（含它自己的表头），剪切到一个新工作簿。",
            "两个工作簿分别保存、分别报送，文件名各以数据名称开头。",
        ),
    ),
    "ROW_REPEATED": ReadError(
        Dimension.CONFORMING,
        Wording(
            "工作表中有几行的行号相同，无法确定以哪一行为准。",
            "The worksheet has several rows of this number.",
            "请用 Excel 或 WPS 打开原表，核对该行后另存为新的 .xlsx 工作簿，重新报送。",
        ),
        note="程序生成的工作簿里有几行的行号相同，打开时后一行会盖住前一行。",
        steps=(
            "用 Excel 或 WPS 打开原表，对照业务系统核对该行。",
            "另存为新的“Excel 工作簿 (*.xlsx)”后重新报送；"
            "生成该文件的程序请联系开发单位改正。",
        ),
    ),
    "CELL_REPEATED": ReadError(
        Dimension.CONFORMING,
        Wording(
            "工作簿文件中有几个单元格的位置与本单元格相同，内容各异，"
            "无法确定以哪一个为准。",
            "The worksheet has several cells of this address.",
            "请用 Excel 或 WPS 打开原表，核对该行后另存为新的 .xlsx 工作簿，重新报送。",
        ),
        note="程序生成的工作簿里有几个单元格写在同一位置，打开时后一个会盖住前一个。",
        steps=(
            "用 Excel 或 WPS 打开原表，对照业务系统核对该行该列。",
            "另存为新的“Excel 工作簿 (*.xlsx)”后重新报送；"
            "生成该文件的程序请联系开发单位改正。",
        ),
    ),
    "UNKNOWN": ReadError(
        Dimension.CONFORMING,
        Wording(
            "该行已损坏，无法解读。",
            "The row is damaged and cannot be read.",
            "请从业务系统重新导出该行后报送。",
        ),
        note="平台读不出该行。",
        steps=("请从业务系统重新导出该行；仍不行的，改用 .xlsx 报送。",),
    ),
}
"""Code in capitals -> the fault, in the order of the pages."""


def of(code: str) -> ReadError:
    """Return the fault of a code in capitals."""
    return ERRORS.get(code, ERRORS[UNKNOWN])
