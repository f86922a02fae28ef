"""Faults of cells found when a file is read, and cells that are read otherwise.

Sentences name the item as `{title}` in Chinese and as `{name}` in English.
"""

from guiji.catalog.vocabulary import Dimension, Severity
from guiji.checking.suite.read_error import ReadError
from guiji.checking.suite.rules import Wording

OUTSIDE_TERM = "OUTSIDE_TERM"
PERSONAL_DATA = "PERSONAL_DATA"
NULL_TOKEN = "NULL_TOKEN"
SMALL_LETTERS = "SMALL_LETTERS"
MARKS_REMOVED = "MARKS_REMOVED"
PERSONAL_DATA_CLAUSE = (
    "贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条; 个人信息保护法 第二十八条"
)

ERRORS: dict[str, ReadError] = {
    "CELL_ERROR": ReadError(
        Dimension.ACCURATE,
        Wording(
            "“{title}”是公式错误，没有值。",
            "{name} is a formula's error, not a value.",
            "请改正公式，或直接填写正确的值，更正后重新报送该行。",
        ),
        note="公式出错，单元格里没有值。",
        wrong="#N/A",
        right="据实填写的值",
        steps=(
            "按 Ctrl+G →“定位条件”→“公式”→只勾“错误”，一次选中所有出错的单元格。",
            "改正公式；或直接键入正确的值。",
            "改好后选中整列，复制，“选择性粘贴”→“数值”，去掉公式。",
        ),
    ),
    "CELL_NO_VALUE": ReadError(
        Dimension.ACCURATE,
        Wording(
            "“{title}”是公式，文件中没有保存它的计算结果。",
            "{name} is a formula without a stored result.",
            "请用 Excel 或 WPS 打开并保存一次，或将公式粘贴为数值，"
            "更正后重新报送该行。",
        ),
        note="公式没有保存计算结果，多为程序生成而没有打开过的工作簿。",
        wrong="=VLOOKUP(A2,名录!A:B,2,0)（未计算）",
        right="公式算出的值",
        steps=(
            "用 Excel 或 WPS 打开工作簿，按 F9 重新计算，保存。",
            "最好选中整列，复制，“选择性粘贴”→“数值”，去掉公式后再报送。",
        ),
    ),
    "DIGITS_LOST": ReadError(
        Dimension.ACCURATE,
        Wording(
            "“{title}”是16位以上的数字，被电子表格当作数值保存，末几位已丢失。",
            "{name} is a number of 16 digits or more and lost its last digits.",
            "请将该列设为文本格式后重新录入，更正后重新报送该行。",
        ),
        note="超过 15 位的号码被当作数字，末几位已变成 0，改格式也找不回来。",
        wrong="9.15201E+17",
        right="915201007411019254",
        steps=(
            "选中整列，右键“设置单元格格式”→“文本”，“确定”。必须先设格式，再录入。",
            "对照原件重新录入完整的号码（从别处粘贴时用“选择性粘贴”→“数值”）。",
            "空列中输入 =LEN(C2)（C2 换成该单元格），向下填充，核对位数。",
        ),
    ),
    "DATE_LOST": ReadError(
        Dimension.ACCURATE,
        Wording(
            "“{title}”是电子表格无法表示的日期（1900年以前），原值已丢失。",
            "{name} is a date that spreadsheets cannot hold.",
            "请将该列设为文本格式，按“1899-12-31”的格式重新录入，更正后重新报送该行。",
        ),
        note="Excel 的日期从 1900 年开始，更早的日期存不下。",
        wrong="########",
        right="1899-12-31",
        steps=(
            "选中整列，右键“设置单元格格式”→“文本”，“确定”。",
            "按“1899-12-31”的格式重新录入。",
        ),
    ),
    "NOT_TEXT": ReadError(
        Dimension.ACCURATE,
        Wording(
            "“{title}”应为文本，单元格中却是日期、时间、逻辑值、"
            "百分比或科学计数的数值，无法得知原来填写的内容。",
            "{name} is a date, a time, a truth, a percentage or a power of ten, not a "
            "text.",
            "请将该列设为文本格式后重新录入，更正后重新报送该行。",
        ),
        note=(
            "编号、名称等应为文本，Excel 却把录入的内容当成了日期、分数、百分比、"
            "科学计数或逻辑值，原来的写法已丢失。"
        ),
        wrong="11月18日（原来录入 11-18）",
        right="11-18",
        steps=(
            "选中整列，右键“设置单元格格式”→“文本”，“确定”。必须先设格式，再录入。",
            "对照原件重新录入；从别处粘贴时用“选择性粘贴”→“数值”。",
        ),
    ),
    "NUMBER_FOR_TEXT": ReadError(
        Dimension.ACCURATE,
        Wording(
            "“{title}”应为文本，单元格中却是带小数的数值，"
            "末尾的0等可能已丢失（如3.10成为3.1），无法得知原来填写的内容。",
            "{name} is a number with decimals, not a text; zeros at its end may be "
            "lost.",
            "请将该列设为文本格式后重新录入，更正后重新报送该行。",
        ),
        note="文书编号等应为文本，Excel 却把它当成了带小数的数字，末尾的 0 已丢失。",
        wrong="3.1（原来录入 3.10）",
        right="3.10",
        steps=(
            "选中整列，右键“设置单元格格式”→“文本”，“确定”。必须先设格式，再录入。",
            "对照原件重新录入；从别处粘贴时用“选择性粘贴”→“数值”。",
        ),
    ),
    "NEAR_MIDNIGHT": ReadError(
        Dimension.ACCURATE,
        Wording(
            "“{title}”的时间离次日零点不足一分钟，平台按当天读取；"
            "有的程序会把日期存早几秒到几十秒。",
            "{name} is within a minute of midnight and is read as that day.",
            "请核对是否应为次日；确为当天的，无需处理，应为次日的，"
            "更正后重新报送该行。",
        ),
        severity=Severity.WARNING,
        note=(
            "有的程序导出日期时少几秒到几十秒，11 月 19 日零点就成了 11 月 18 日 23 "
            "时 59 分。该条照常按当天入库。"
        ),
        wrong="2026-11-18 23:59:17",
        right="2026-11-19",
        steps=(
            "对照原件核对日期；确为当天的，不必处理。",
            "应为次日的，更正后重新报送该行，并请导出程序的开发单位改正。",
        ),
    ),
    "MERGED": ReadError(
        Dimension.COMPLETE,
        Wording(
            "“{title}”与其他单元格合并，本单元格没有值。",
            "{name} is covered by a merged cell and has no value.",
            "请取消合并单元格，逐行填写，更正后重新报送该行。",
        ),
        note="合并后只有左上角一格有值，其余各行是空的。",
        wrong="（与上一行合并）",
        right="该行自己的值",
        steps=(
            "选中数据区，“开始”→“合并后居中”旁的箭头→“取消单元格合并”。",
            "按 Ctrl+G →“定位条件”→“空值”；输入 =↑（等号加上方向键），按 Ctrl+Enter，"
            "各行填上同样的值。",
            "选中该列，复制，“选择性粘贴”→“数值”。",
        ),
    ),
    "PERSONAL_DATA": ReadError(
        Dimension.CONFORMING,
        Wording(
            "“{title}”含有公民身份号码、手机号码、银行卡号或电子邮箱（已脱敏），"
            "该条入库但不公示。",
            "{name} holds personal data; the record is merged and not published.",
            "请删去该号码；确为文书、证照、宗地等编号的，请在号码前写明“编号”等字样，"
            "更正后重新报送该行。",
        ),
        severity=Severity.WARNING,
        note=(
            "公示的文字里写进了公民身份号码、手机号码、银行卡号或电子邮箱（全角、"
            "分段、15 位旧号也算）。该条照常入库，但公示前被拦下。"
        ),
        wrong="当事人联系电话 138****5678",
        right="（不写号码）",
        steps=(
            "对照回执中的位置找到该单元格，删去号码；需要留存的，填入“证件号码”"
            "等不公示的信息项。",
            "号码其实是文书号、许可证号、宗地号等的，在它前面写明“编号”“宗地号”"
            "等字样，或写成“第……号”。",
            "改好后以“变更”重新报送该行，次夜起公示。",
        ),
    ),
    "OUTSIDE_TERM": ReadError(
        Dimension.CONFORMING,
        Wording(
            "“{title}”早于法定的最短公示期，或者晚于法定的最长公示期。",
            "{name} is before the shortest or after the longest term of publication.",
            "公示以法定期限为准，不因该日期提前撤下或者延长；请按处罚种类核对，"
            "或留空由平台计算，更正后重新报送该行。",
        ),
        severity=Severity.WARNING,
        note=(
            "填报的公示截止期不在该类信息的法定公示期之内。该条照常入库、公示，"
            "起止以法定期限为准。"
        ),
        wrong="2026-05-06 罚款，公示截止期 2026-05-07",
        right="2026-08-06 至 2027-05-06 之间的日期，或留空",
        steps=(
            "按处罚种类核对公示期：轻微的原则上不公示，一般的三个月至一年，"
            "严重的一年至三年，自决定之日起算。",
            "更正日期后以“变更”重新报送；没有特别规定的，留空即可。",
            "经信用修复提前终止公示的，不早于最短公示期。",
        ),
    ),
    "NULL_TOKEN": ReadError(
        Dimension.CONFORMING,
        Wording(
            "“{title}”填写的是表示没有内容的字样或符号，平台按空白处理。",
            "{name} holds a word for no value and is read as empty.",
            "确无内容的，无需处理，以后留空即可；有内容的，请补填后重新报送该行。",
        ),
        severity=Severity.INFO,
        note=(
            "单元格里写了“无”“空”“暂无”“/”“—”“NULL”“N/A”等表示没有内容的字样，"
            "平台按空白读取；该信息项必填的，另有“未填写”的提示。"
        ),
        wrong="无",
        right="（空）",
        steps=(
            "确无内容的不必处理；以后留空即可。",
            "在 Excel 中可用“查找和替换”（Ctrl+H，勾选“单元格匹配”）把“无”替换为空。",
        ),
    ),
    "MARKS_REMOVED": ReadError(
        Dimension.CONFORMING,
        Wording(
            "“{title}”含有看不见的字符（控制字符、"
            "零宽或方向符号等）或单元格开头的撇号、等号引号，平台已去除，"
            "其余文字未改动。",
            "{name} held characters that nobody sees, or a mark for text; they are "
            "removed.",
            "无需处理；以后请从原文重新录入，不要从网页或排版软件直接粘贴。",
        ),
        severity=Severity.INFO,
        note=(
            "单元格里有看不见的字符（控制字符、零宽字符、软连字符、文字方向符号），"
            "或开头有表示文本的撇号、等号加引号；平台去除后入库和公示，"
            "其余文字不改动。"
        ),
        wrong="'贵阳样例有限公司",
        right="贵阳样例有限公司",
        steps=(
            "不必处理；以后请从原文重新录入，从网页、PDF、聊天软件复制的，"
            "先粘贴到记事本再复制。",
            "在 Excel 中可用 =CLEAN(C2) 去除控制字符（C2 换成该单元格）。",
        ),
    ),
    "SMALL_LETTERS": ReadError(
        Dimension.CONFORMING,
        Wording(
            "“{title}”含有小写字母，平台按大写处理。",
            "{name} holds small letters and is read in capitals.",
            "无需处理；以后请填写大写字母。",
        ),
        severity=Severity.INFO,
        note=(
            "统一社会信用代码、组织机构代码、证件号码中的字母一律大写；"
            "平台按大写读取、比对和公示。"
        ),
        wrong="9152000071430580xt",
        right="9152000071430580XT",
        steps=(
            "不必处理；以后请填写大写字母。",
            "在 Excel 中可用 =UPPER(C2) 得到大写（C2 换成该单元格）。",
        ),
    ),
}
"""Code in capitals -> the fault, in the order of the pages."""
