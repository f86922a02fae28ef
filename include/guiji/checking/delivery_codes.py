"""Every code that a receipt gives to a whole delivery, in the order of their pages.

The codes of refusals stand beside the notices that they go with; the remarks on
deliveries that are not refused are here.
"""

from guiji.catalog.vocabulary import Dimension, Severity
from guiji.checking import refusals
from guiji.checking.suite import history, merge_outcomes
from guiji.reading import heading_refusals
from guiji.reading import refusals as reading_refusals
from guiji.reading.delivery_code import DeliveryCode
from guiji.reading.texts import refusals as text_refusals

REFUSALS = (
    reading_refusals.EMPTY_FILE,
    reading_refusals.KIND,
    reading_refusals.ENCRYPTED,
    reading_refusals.UNREADABLE,
    reading_refusals.TOO_BIG,
    reading_refusals.TIMEOUT,
    reading_refusals.NO_DATA_SHEET,
    reading_refusals.UNKNOWN_FILE,
    reading_refusals.WRONG_DEPARTMENT,
    reading_refusals.EXCLUDED,
    reading_refusals.SEVERAL_DATASETS,
    heading_refusals.HEADINGS,
    text_refusals.BIG5,
    text_refusals.LINE_TOO_LONG,
    text_refusals.NOT_ALL_ACCOUNTED,
    refusals.RULE_NOT_COMPUTED,
    refusals.PLATFORM_FAULT,
    refusals.ANSWER_INCOMPLETE,
    refusals.SET_ASIDE,
    *history.CODES.values(),
    refusals.TOLERANCE,
)
"""Refused, put off or without a verdict, and what the rules on its facts say."""

OUTCOMES = tuple(
    DeliveryCode(
        code.upper(),
        rule.title,
        rule.meaning,
        rule.dimension,
        rule.steps,
        rule.severity,
    )
    for code, rule in merge_outcomes.RULES.items()
)
"""What became of rows in the merge."""

REMARKS = (
    DeliveryCode(
        "DUPLICATE",
        title="与已报文件完全相同",
        meaning="同样的文件已经报送过，不重复入库。",
        dimension=Dimension.UNIQUE,
        steps=("无需处理；要更正的，修改内容后重新报送。",),
        severity=Severity.INFO,
    ),
    DeliveryCode(
        "HIDDEN_ROWS",
        title="读取了隐藏的行",
        meaning="筛选或隐藏的行，打开表格时看不见，平台照常读取。",
        dimension=Dimension.ACCURATE,
        steps=(
            "取消筛选和隐藏（“数据”→“清除”；选中全表，右键“取消隐藏”），核对这些行。",
            "不应报送的，删除后重新报送；应当报送的，无需处理。",
        ),
        severity=Severity.WARNING,
    ),
    DeliveryCode(
        "HIDDEN_COLUMNS",
        title="读取了隐藏的列",
        meaning="隐藏的列，打开表格时看不见，平台照常读取。",
        dimension=Dimension.ACCURATE,
        steps=(
            "选中全表，右键“取消隐藏”，核对该列的内容。",
            "内容有误的，更正后重新报送；无误的，无需处理。",
        ),
        severity=Severity.WARNING,
    ),
    DeliveryCode(
        "STRUCK_ROWS",
        title="读取了有删除线的行",
        meaning="删除线只是格式，平台照常读取，不当作删除。",
        dimension=Dimension.ACCURATE,
        steps=(
            "不应报送的，把整行删去后重新报送；已经入库的，以“撤销”报送。",
            "应当报送的，无需处理。",
        ),
        severity=Severity.WARNING,
    ),
    DeliveryCode(
        "MACROS",
        title="工作簿含有宏",
        meaning="平台从不运行宏，只读取单元格中保存的值。",
        dimension=Dimension.CONFORMING,
        steps=("无需处理；建议另存为“Excel 工作簿 (*.xlsx)”。",),
        severity=Severity.INFO,
    ),
    DeliveryCode(
        "LINKS",
        title="工作簿引用外部文件",
        meaning="平台不打开外部文件或数据连接，只读取单元格中保存的值。",
        dimension=Dimension.CONFORMING,
        steps=("无需处理；建议“数据”→“编辑链接”→“断开链接”后再报送。",),
        severity=Severity.INFO,
    ),
    DeliveryCode(
        "OLD_TEMPLATE",
        title="填报模板已有新版本",
        meaning="工作簿用以前版本的填报模板填写，平台照常读取和检查。",
        dimension=Dimension.CONFORMING,
        steps=("本次无需处理；今后用现行版本的填报模板填写。",),
        severity=Severity.INFO,
    ),
    DeliveryCode(
        "MIXED_ENCODING",
        title="编码混用",
        meaning="个别行的编码与文件其余部分不同，已按该行自身的编码读取。",
        dimension=Dimension.CONFORMING,
        steps=("请核对回执所列的行；文字无误的不必处理。",),
        severity=Severity.INFO,
    ),
    DeliveryCode(
        "PRIVATE_USE",
        title="含有私用区字符",
        meaning="生僻字用了旧编码或自造字，其他系统可能显示不出来。",
        dimension=Dimension.CONFORMING,
        steps=("请核对回执所列的行，尽量改用 GB18030-2022 的正式编码。",),
        severity=Severity.INFO,
    ),
    DeliveryCode(
        "ZERO_BYTES_AT_END",
        title="文件末尾有零字节",
        meaning="末行之后有零字节或 0x1A，多为程序或传输补齐长度所致，平台不读取。",
        dimension=Dimension.CONFORMING,
        steps=("请核对末行和总行数；完整的不必处理。",),
        severity=Severity.INFO,
    ),
    DeliveryCode(
        "NO_FINAL_NEWLINE",
        title="末行之后没有换行符",
        meaning="文件如在导出或传输中被截断，末行可能不完整。",
        dimension=Dimension.WHOLE,
        steps=("请核对末行；完整的不必处理。",),
        severity=Severity.INFO,
    ),
    DeliveryCode(
        "SHEET_SKIPPED",
        title="工作表未读取",
        meaning="该工作表被隐藏、为空，或没有目录所列的表头。",
        dimension=Dimension.WHOLE,
        steps=("该工作表应报送的，取消隐藏并按目录写好表头后重新报送；否则无需处理。",),
        severity=Severity.INFO,
    ),
    DeliveryCode(
        "COLUMN_IGNORED",
        title="列未读取",
        meaning="该列的表头不在采集目录中。",
        dimension=Dimension.WHOLE,
        steps=("该列应报送的，按采集目录改正表头后重新报送；否则无需处理。",),
        severity=Severity.INFO,
    ),
    DeliveryCode(
        "LINE_NOT_DATA",
        title="行未读取",
        meaning="合计、说明、签字等行不作为数据。",
        dimension=Dimension.WHOLE,
        steps=("该行是数据的，补全必填项后重新报送；否则无需处理。",),
        severity=Severity.INFO,
    ),
)
"""Remarks and reminders; nothing is refused for them."""

PAGES: dict[str, DeliveryCode] = {
    code.page: code for code in (*REFUSALS, *OUTCOMES, *REMARKS)
}
"""Name of the page -> code."""
