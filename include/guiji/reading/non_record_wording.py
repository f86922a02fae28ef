"""The wording by which rows of a table made by hand are known to be no records.

Each function asks one question of one cell, whose blanks and width do not count.
"""

import re
import unicodedata
from functools import lru_cache

_BLANKS = re.compile(r"\s+")
_COUNT = "(?:条|件|户|家|项|份|个|起|人|次|笔|宗)"
TOTALS = (
    *("合计", "总计", "小计", "共计", "累计", "总数", "汇总"),
    *("平均", "平均数", "平均值"),
)
_SUM = f"(?:{'|'.join(TOTALS)})"

_TOTAL_OR_REMARK = re.compile(
    rf"(?:以上|以下|本页|本表|本月|本期|本季|本年|当月|全年|全市|全区|全县|全局)?"
    rf"{_SUM}(?:数|为|{_COUNT})?([:\d(]|$)"
    rf"|.{{1,12}}{_SUM}$"
    rf"|(?:以上|本表|本页|本月|本期)?(?:总?共|合计|共计|总计)(?:计|有|报送)?:?\d+{_COUNT}"
    r"|(注|备注|说明|填表说明|填报说明|填写说明|表格说明|注意事项)\d?([:\u3001.]|$)"
    r"|(填表人|填报人|填报人员|制表人|制表|经办人|审核人|审核|审批人|复核人|复核|负责人"
    r"|单位负责人|分管领导|联系人|联系电话|填报单位|报送单位|制表单位|填表日期"
    r"|填报日期|报送日期|填报时间|报送时间|盖章|签字)([:(]|$)"
    r"|第\d+页"
    r"|以上(?:数据|信息|内容|情况|各项|各条|记录|均).{0,16}$"
    r"|[*=\-—_~#]{2,}.{0,30}[*=\-—_~#]{2,}$|[(\[]?(?:END|完|结束|全文完|表完)[)\]]?[。.]?$"
    r"|[(\-—]*(?:以下|此行以下|下)(?:为)?(?:空白|无正文|无内容)[)\-—]*$"
)
_DATE = re.compile(
    r"\d{4}[年.\-/]\d{1,2}(?:[月.\-/]\d{1,2}日?)?(?:00:00:00)?|年月日?|\d{4}年月日?"
    r"|(?:填报|报送|填表|制表)?(?:日期|时间):.{0,12}"
)
_SIGNATURE = re.compile(r".{0,40}[(\[](?:盖章|签章|公章|印章|签字|签名)[)\]][:。.]?$")

_NUMBER = re.compile(rf"\d[\d,]{{0,11}}(?:\.\d{{1,6}})?(?:{_COUNT}|万?元)?")
_SERIAL = re.compile(
    r"[(\[]?(?:第|No\.?|#)?(?:[A-Za-z]?-?\d{1,7}(?:[-.]\d{1,4})?|[一二三四五六七八九十百]{1,5}"
    r"|[\u2460-\u2473])(?:[.\u3001,)\]号条项行]|\.0)?",
    re.IGNORECASE,
)
_SHORT_SERIAL = re.compile(r"\d{1,4}(?:\.0)?")

_PERIOD = (
    r"(?:\d{2,4}年度?|20\d{4}|\d{4}[.\-/]\d{1,2}(?:[.\-/]\d{1,2})?|\d{1,2}月份?|\d{1,2}[日号]"
    r"|第?[一二三四1-4]季度?|[上下]半年|[本当上该此这](?:年度?|季度?|月份?|旬|周期?|日|期|次|批)"
    r"|截[至止]到?|目前|[至到\-—~]|期间|以来|以内|[内中度]|暂时|为止)"
)
_WHO = (
    r"(?:(?:[本我该](?:单位|部门|局|委|厅|办|院|所|站|中心|机关|辖区|区|县|市|街道|乡|镇)"
    r"|(?:[^\W无没未零\dA-Za-z_]|无(?=锡|棣|极县|为[市县])|未(?=来|央)|零(?=陵)){2,24}?"
    r"(?:局|委员会|厅|办公室|政府|中心|大队|支队|总队|分局|海关|[分支]行|管理处|监管所|办事处|[传织战]部))"
    r"(?:[(][^()]{1,20}[)])?)"
)
_NOT = (
    r"(?:[暂均尚确也都并皆](?:时|未)?)*(?:无|没有|零|未(?:有|曾)?(?:发生|产生|作出|做出|开展|办理"
    r"|实施|发现|收到|受理|新增|涉及|形成|进行|办结|立案|查处|处罚|列入|移出)过?|未有)"
)
_NOUNS = (
    r"(?:[(](?:本月|本期|本季度?|当月|零报告|未发生|本月未发生)[)]"
    r"|任何|新增|新的|相关|有关|此类|该类|该项|这类|本类|上述|其他|符合条件的?|应当?|应予|需要?|须|可"
    r"|归集|报送|上报|填报|报告|申报|公示|公开|产生|发生|涉企|企业|信用|双公示|行政|许可|处罚|检查|抽查"
    r"|双随机|监督|登记|注册|设立|变更|注销|异常|经营|名录|严重|违法|失信|黑名单|名单|主体|列入|移出"
    r"|决定书?|案件|案|事项|业务|信息|数据|记录|情况|内容|材料|结果|行为|报表|表|文书|[的了和与及或等之]"
    r"|变化|变动|更新|此项|办件|办结"
    r"|[\u3001/,()])"
)
_WHAT = rf"(?:{_NOUNS}|[\d条件户项])"
_END = r"(?:[,。;]?(?:特此|现)(?:说明|报告|上报|证明|声明|函告|汇报))?[)\]”*\-—。.!]*"
_LEAD = (
    rf"[(\[“※*\-—]*(?:经(?:核查|核实|自查|排查|统计|查)|{_PERIOD}|{_WHO}|[,\u3001:;])*+"
)
_NOTHING = re.compile(
    rf"{_LEAD}{_NOT}{_WHAT}*+{_END}"
    rf"|{_LEAD}(?=.*(?:处罚|许可|检查|抽查|信息|数据|记录|名录|名单))"
    rf"(?:(?:{_NOUNS}|{_PERIOD})++[:]?(?:均?为|均|共)?"
    rf"(?:无|没有|零|0)(?:报告|{_COUNT})?[,;]?)++{_END}"
    r"|[(]?(?:零|空)[)]?(?:报告|报表|报送|申报|上报|数据|表)?[。.!]?|不涉及|不适用"
)
NOTHING_WORDS = frozenset({
    "/", "//", "\\", "-", "--", "---", "—", "——", "–", "…", "……", "空", "null",
    "(null)", "none", "nothing", "no data", "nodata", "n/a", "na", "nil", "暂缺",
})  # fmt: skip

_EXAMPLE = r"(?:填写|填报|填表|录入|数据|样本)?(?:示例|样例|范例|例子|举例|样本|样表)"
EXAMPLE_SIGNS = "例样"
"""One of them is in every word for an example."""

EMPTY_SUBJECTS = frozenset({"无", "暂无", "/", "-", "—", "——", "--", "\\", "零"})
"""What a subject's column says in a row that says there is nothing to report."""

EXAMPLE_CELLS = frozenset(
    f"{before}{word}{after}"
    for word in (
        "示例", "样例", "范例", "例", "例子", "填写示例", "填报示例", "填写样例",
        "填写范例", "示例行", "示例数据", "样本", "例如", "举例",
    )
    for before, after in (
        ("", ""), ("(", ")"), ("（", "）"), ("【", "】"), ("[", "]"), ("", ":"),
        ("", "："), ("", "1"), ("", "一"), ("", "2"), ("", "二"),
    )
)  # fmt: skip
"""A whole cell of a column that is no item's, by which an example row is known."""

_EXAMPLE_SUBJECT = re.compile(r"[(\[【\u3014]?例如?\d?[)\]】\u3015:\u3001]")
_EXAMPLE_ROW = re.compile(
    rf"[(\[【\u3014]?{_EXAMPLE}(?:行|数据)?(?:\d{{1,2}}|[一二三])?(?:[)\]】\u3015:\u3001]|$)"
    rf"|.{{0,20}}[(\[【](?:此行|本行)?(?:为|是)?{_EXAMPLE}(?:行|数据)?(?:[,\u3001。;].{{0,20}})?[)\]】]$"
    rf"|(?:此|本|该|以上|首|第一)行(?:仅)?(?:为|是|系)?{_EXAMPLE}"
    rf"|{_EXAMPLE}(?:行|数据)?[,\u3001。;]?(?:请|报送前|填报前|使用时|正式).{{0,10}}删除?"
)

_ORDINAL = (
    r"(?:[(]?[一二三四五六七八九十]{1,3}[)]?[\u3001.,:]?|[(]?\d{1,2}[)]?[\u3001.,:]"
    r"|[(]\d{1,2}[)]|第[一二三四五六七八九十\d]{1,3}(?:部分|章|节|类|批|组|篇)[:\u3001]?)"
)
_PLACE = (
    r"[\u4e00-\u9fff]{1,16}(?:区|县|(?<!超)市|州|旗|乡|镇|街道|街道办|街道办事处|新城|局"
    r"|(?<![村居]民)委员会|支队|大队|中队|总队|监管所|税务所|部分|类别?|事项|信息|情况|名单|部门|季度)"
)
_MONTH = r"(?:\d{2,4}年)?(?:\d{1,2}月份?|第?[一二三四1-4]季度|[上下]半年)"
_SECTION = re.compile(
    rf"[\[【<]?(?:{_ORDINAL})?(?:{_PLACE}|{_MONTH})[\]】>]?"
    rf"(?:[(](?:共|计|共计|合计)?\d*{_COUNT}?[)])?[:]?"
)
_GROUP = re.compile(
    r"第[一二三四五六七八九十\d]{1,3}(?:部分|批次?|章|节|类|组|篇|期|季度)[:]?"
)
_NUMBERED = re.compile(
    r"(?:[(]?[一二三四五六七八九十]{1,3}[)\u3001.]|第[一二三四五六七八九十\d]{1,3}(?:部分|章|类))"
    r".{1,24}"
)
_ORGANISATION = re.compile(
    r".*(?:公司|厂|店|铺|行|馆|院|中心|商行|合作社|集团|企业|经营部|事务所|工作室|超市|农场|学校|协会|基金会)"
    r"(?:[(].*[)])?$"
)

_BULLET = re.compile("^[■▲●◆★☆※►▶▪•○◇□△▼→>]+")
_REMARK = re.compile(
    r"共\d{1,5}页|第?\d{1,5}/\d{1,5}页?|页[码数]:?\d*|[\-—]\d{1,4}[\-—]|[.。]{3,}"
    r"|(?:总?(?:记录|条)(?:总?数)?|每页):?\d{1,9}条?|(?:[上下首末尾]一?页)+"
    r"|(?:[(]?续(?:上?表|页)?|接上[页表]|[转接]下页|过次页|承前页|[上前][月期年页]结转)[)]?"
    r"|附[件表](?:\d{1,2}|[一二三四五六七八九十]{1,2})?[:]?"
    r"|(?:自|从)?截?[止至]?(?:\d{4}|[二〇○零一两三四五六七八九]{4})年?[.\-/]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})"
    r"(?:[.\-/]\d{1,2}|月(?:份|底|末|(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号])?)(?:止|前)?"
    r"|[(]?(?:金额)?(?:计量)?单位:?(?:人民币)?[万亿]?元[)]?"
    r"|(?:数据)?来源:.{1,30}"
    r"|(?:打印|制表|导出|下载|生成|查询|统计|更新|截止)(?:时间|日期|人|人员|单位|部门|机构)?:.{0,30}"
    r"|(?:单位名称|单位|部门|科室|处室|填报部门|报送部门|主管部门|地区|县区|区县):.{0,30}"
    r"|(?:带|标|有|打|加)?(?:\*|星|红|黄|底色)号?.{0,8}(?:必填|必须填|为必|不能为空|不得为空).{0,12}"
    r"|(?:请|切勿|禁止|务必|不得|勿|严禁).{0,20}(?:填|删|改|合并|空白|格式|表头|此行|该行|录入|粘贴|核对).{0,40}"
    r"|(?:此|本)(?:表|行|栏|列|处).{0,12}(?:不填|勿填|空白|无需填写|由.{1,12}填写)"
    r"|(?:温馨提示|特别提示|提示|注意|特别说明|(?:填表|填报|填写|报送)(?:须知|要求|规范|注意))(?:事项)?(?:[:,。!\d(].{0,60})?"
    r"|(?:请?[在从自])?(?:此|本|第\d{1,3})行(?:以下|开始|起|之下).{0,20}|数据从.{1,12}(?:开始|起)"
    r"|以[下上](?:数据|信息|内容|各[条行项]|记录)?均?(?:为|是|系|属).{1,20}|以[下上]"
    r"|(?:本[月期次批])?(?:新增|变更|修改|撤销|补报|补录|历史|存量|更正|更新)(?:的)?(?:数据|信息|记录|部分)?[:]?"
    r"|其中[:]?.{0,12}"
    r"|.{2,30}(?:信息|情况|明细|统计|汇总|报送|归集|登记|一览|处罚|许可|检查)表(?:[(].{1,12}[)])?"
)
"""Rows with one cell: pages, days, units, instructions, titles of tables."""

_BRANCH = re.compile(
    "公司|集团|供销社|合作社|商店|服务站|银行|门市|[支分]局|邮政局|电信局|供电局$"
)
"""What names of enterprises hold that end as those of places do: 第二门市, 水城支局."""

_IDENTIFIER = re.compile(r"(?!.*\d{4})[A-Za-z][A-Za-z0-9]*(?:[_.\-][A-Za-z0-9]+)*")
_REQUIREMENT = re.compile(
    r".*(?:必填|选填|必录|必选|可选填?|可空|可为空|不填|非空|不能为空|不得为空|条件必填|下拉|字符|文本|字段"
    r"|格式|长度|位数|日期型|数值型|字符型|整数型?|小数|保留\d位|YYYY|填写|填报|请填|请选|请按|例[如:]|示例"
    r"|参照|参见|参考|详见|附件|单选|多选|代码表|字典|自动生成|系统生成).*"
    r"|[(]?(?:\d{1,3}位(?:代码|数字|编码)?|万?元|是/否|是或否|Y/N|文字|数字|日期|时间|金额|汉字)[)]?"
    r"|(?:N?VARCHAR2?|N?CHAR|TEXT|STRING|DATE(?:TIME)?|TIMESTAMP|NUMBER|NUMERIC|DECIMAL|INT(?:EGER)?"
    r"|BIGINT|C|N|D|AN|A)(?:\(?[\d.]{0,6}(?:,\d{1,2})?\)?)",
    re.IGNORECASE,
)


LONGEST = 100
"""Characters that such wording has at most; patterns take long over longer cells."""


@lru_cache(4_096)
def _plain(cell: str) -> str:
    return _BLANKS.sub("", unicodedata.normalize("NFKC", cell))


def marked(line: str) -> bool:
    """Recognise a total, a remark or a signature line by its beginning."""
    return _TOTAL_OR_REMARK.match(_plain(line)[:LONGEST]) is not None


def ends_in_total(cell: str) -> bool:
    """Recognise a word for a total at the end: 南明区合计. Any name may end so."""
    return _plain(cell).endswith(TOTALS)


def is_signature(cell: str) -> bool:
    """Recognise a body or a person with the place for a seal or a name behind it."""
    return _SIGNATURE.fullmatch(_plain(cell)) is not None


def is_date(cell: str) -> bool:
    """Recognise the day beside a signature, or the place for it."""
    return _DATE.fullmatch(_plain(cell)) is not None


def is_number(cell: str) -> bool:
    """Recognise the sum in a row of totals: 2, 1,234.50, 3条."""
    return _NUMBER.fullmatch(_plain(cell)) is not None


def is_serial(cell: str) -> bool:
    """Recognise a serial number: 7, 007, (7), 第7条, 七、, 7.0."""
    return _SERIAL.fullmatch(_plain(cell)) is not None


def is_short_serial(cell: str) -> bool:
    """Recognise a serial number that can hardly be the number of a document: 7, 012."""
    return _SHORT_SERIAL.fullmatch(_plain(cell)) is not None


def is_zero_report(cell: str) -> bool:
    """Recognise a sentence that there is nothing to report: 无, 本月无行政处罚信息."""
    plain = _plain(cell)
    return len(plain) <= LONGEST and _NOTHING.fullmatch(plain) is not None


def says_nothing(cell: str) -> bool:
    """Recognise the same, or a sign for no value: /, —, NULL."""
    return _plain(cell).lower() in NOTHING_WORDS or is_zero_report(cell)


def is_example(cell: str, *, is_subject: bool) -> bool:
    """Recognise a cell that makes its row an example: 示例：某某公司, （样例）.

    Args:
        cell: its text.
        is_subject: it names the subject, or is no item's; there 例：张三 is enough.
    """
    plain = _plain(cell)
    if is_subject and _EXAMPLE_SUBJECT.match(plain):
        return True
    return _EXAMPLE_ROW.match(plain) is not None


def is_remark(cell: str) -> bool:
    """Return what stands alone between records: 第2页, 单位：万元, 请勿删除此行."""
    plain = _BULLET.sub("", _plain(cell))
    return len(plain) <= LONGEST and _REMARK.fullmatch(plain) is not None


def is_section(cell: str) -> bool:
    """Recognise the title of a group of rows: 一、南明区, 【云岩区】, 11月份（2条）."""
    plain = _BULLET.sub("", _plain(cell))
    if _BRANCH.search(plain):
        return False
    if _SECTION.fullmatch(plain) or _GROUP.fullmatch(plain):
        return True
    return bool(_NUMBERED.fullmatch(plain)) and not _ORGANISATION.fullmatch(plain)


def is_identifier(cell: str) -> bool:
    """Recognise a field's code or name in a database: CF_XDR_MC, decided_on."""
    return _IDENTIFIER.fullmatch(_plain(cell)) is not None


def is_requirement(cell: str) -> bool:
    """Return what a template asks of a column: 必填, 18位, YYYY-MM-DD, VARCHAR(50)."""
    return _REQUIREMENT.fullmatch(_plain(cell)) is not None
