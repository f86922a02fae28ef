"""How to mend a fault in Excel, step by step, as a clerk does it who never did.

The first steps find the rows, the last ones hand the workbook in; what stands between
depends on the kind of the rule and the type of its item. `C2` stands for the first
cell of the item's column.
"""

from collections.abc import Callable, Mapping

from guiji.catalog.model import Condition, Dataset, Item, Rule
from guiji.catalog.vocabulary import ItemType, Responsibility, Severity
from guiji.checking.suite.rules import RuleExpectation
from guiji.domain.amounts import written
from guiji.reports.rule_docs.values import Values

Steps = tuple[str, ...]

LISTED = 30
"""Most values of a code list that a step names."""

AS_TEXT = "选中“{0}”整列，右键“设置单元格格式”→“文本”，“确定”。必须先设格式，再录入。"
COUNT = (
    "在空列中输入 =LEN(C2)（C2 换成“{0}”的第一个单元格），双击填充柄向下填充，"
    "可看出每个单元格有几个字符；改好后删去该列。"
)
COMPARE = (
    '在空列中输入 =IF(D2<C2,"错","")（C2 换成“{0}”、D2 换成“{1}”的第一个单元格），'
    "向下填充，筛选“错”。"
)
BLANKS = "在“{0}”的表头上点筛选箭头，只勾“(空白)”，就是没有填写的行。"
ORIGINAL = "对照原件（决定书、证照、业务系统）更正，不要猜填。"

MARKED = (
    "打开退回的工作簿（原文件名后加“.退回”），在“{0}”的表头上点筛选箭头→“按颜色筛选”"
    "→红色，只看有问题的行；没有退回工作簿的，按回执中的行号和列号找到单元格。"
)
MARKED_ROWS = (
    "打开退回的工作簿（原文件名后加“.退回”），在最后一列“退回原因”中筛选，"
    "只看有问题的行；没有退回工作簿的，按回执中的行号找到该行。"
)
BY_RECEIPT = "按回执中的行号和列号，在原文件中找到该单元格。"
HAND_IN = (
    "清除筛选，保存，把改好的工作簿放回收件夹；标红、批注、退回原因列和汇总表不必删除，"
    "平台会忽略它们。"
)
IF_RIGHT = "核对无误的不必处理，也不必重报；确有错误的，改正后重新报送该行。"
NAMES = (
    "按统一社会信用代码在国家企业信用信息公示系统查询登记的名称。",
    "名称写错的改名称，代码写错的改代码；名称刚变更的不必处理。",
)
NOTHING = "责任在平台，报送单位无需处理；平台修复后重新校验。"


def steps(
    values: Values, rule: RuleExpectation, item: Item | None, stated: Rule | None
) -> Steps:
    """Return how to mend what breaks a rule.

    Args:
        values: the dataset and its catalogue.
        rule: the rule.
        item: the item that its findings point at; None = the whole row.
        stated: the rule as it stands in `expectations/`, None if the catalogue gave it.
    """
    if rule.responsibility is Responsibility.PLATFORM:
        return (NOTHING,)
    if item is None:
        between = _of_rows(values.dataset, rule.rule_id)
        return (MARKED_ROWS, *between, _last(rule))
    if stated is not None:
        between = _across(values.dataset, item, stated)
    else:
        kind = rule.rule_id.rpartition(".")[2]
        between = _OF_ITEM[kind](values, item) if kind in _OF_ITEM else (ORIGINAL,)
    critical = rule.severity is Severity.CRITICAL
    first = MARKED.format(item.title) if critical else BY_RECEIPT
    return (first, *between, _last(rule))


def _last(rule: RuleExpectation) -> str:
    return HAND_IN if rule.severity is Severity.CRITICAL else IF_RIGHT


def _of_rows(dataset: Dataset, rule_id: str) -> Steps:
    if rule_id.endswith(".operation.form"):
        return (
            "“操作”列只填 新增、变更、撤销、恢复、再次撤销 五个词之一，或者留空。",
            "用“查找和替换”（Ctrl+H）把“修改”等说法一次换成“变更”，把“删除”换成“撤销”。",
        )
    titles = "、".join(dataset.item(name).title for name in dataset.key)
    find = (
        f"在空列中把 {titles} 连起来，如 =A2&B2，向下填充；选中该列，“开始”→“条件格式”"
        "→“突出显示单元格规则”→“重复值”。"
    )
    if rule_id.endswith(".key_copies"):
        return (
            find,
            "完全相同的行：选中数据区，“数据”→“删除重复值”，全部列都勾选，“确定”。",
        )
    return (
        find,
        "相同的几行对照原件，保留正确的一行；是两件不同的事的，更正写错的号码或日期。",
    )


def _across(dataset: Dataset, item: Item, stated: Rule) -> Steps:
    titles = [dataset.item(name).title for name in stated.items]
    match stated.kind:
        case "date_order":
            return (_as_dates(item), COMPARE.format(*titles), ORIGINAL)
        case "not_after_night":
            return (
                _as_dates(item),
                f"在“{item.title}”的筛选箭头中选“日期筛选”→“之后”，填今天的日期；"
                "多为年份录错。",
                ORIGINAL,
            )
        case "not_before":
            return (
                _as_dates(item),
                f"在“{item.title}”的筛选箭头中选“日期筛选”→“之前”，填 {stated.day}；"
                "多为年份录错。",
                ORIGINAL,
            )
        case _:
            named = "、".join(f"“{title}”" for title in titles)
            return (f"把 {named} 各列对照着看：{stated.remedy}", ORIGINAL)


def _as_dates(item: Item) -> str:
    return (
        f"选中“{item.title}”整列，“数据”→“分列”→“下一步”两次→列数据格式选“日期 YMD”"
        "→“完成”，写成文本的日期会变成真正的日期。"
    )


def _required(values: Values, item: Item) -> Steps:
    return (BLANKS.format(item.title), ORIGINAL)


def _required_when(values: Values, item: Item) -> Steps:
    return (
        _filtered(values, item.required_when),
        BLANKS.format(item.title),
        ORIGINAL,
    )


def _empty_when(values: Values, item: Item) -> Steps:
    condition = item.empty_when
    title = values.dataset.item(condition.item).title if condition else ""
    return (
        _filtered(values, condition),
        f"“{title}”填对了的：选中筛选出的“{item.title}”各单元格，按 Delete 清空"
        "（不要填“无”或“/”）。",
        f"“{title}”填错了的：更正“{title}”。",
    )


def _filtered(values: Values, condition: Condition | None) -> str:
    if condition is None:
        return ORIGINAL
    title = values.dataset.item(condition.item).title
    words = "、".join(condition.values or condition.contains)
    how = "选中" if condition.values else "搜索含有下列字样的"
    return f"在“{title}”的表头上点筛选箭头，{how}：{words}。"


def _form(values: Values, item: Item) -> Steps:
    named = f"“{item.title}”"
    match item.type:
        case ItemType.DATE:
            return (
                _as_dates(item),
                "仍靠左的单元格不是日期：用“查找和替换”（Ctrl+H）把“.”“/”换成“-”，"
                "没有的日子（如 2月30日）对照原件改正。",
                f"选中{named}整列，右键“设置单元格格式”→“自定义”→ yyyy-mm-dd；"
                "长期有效的填 2099-12-31。",
            )
        case ItemType.AMOUNT:
            return (
                f"用“查找和替换”（Ctrl+H）在{named}一列删去“约”“元整”“人民币”等文字，"
                "只留数字。",
                f"计量单位是{item.unit}：按其他单位填写的，在空列中换算"
                "（如 =C2/10000），复制，“选择性粘贴”→“数值”。",
            )
        case ItemType.INTEGER:
            return (f"{named}只填整数，删去“人”“份”等文字和小数。",)
        case ItemType.CODE | ItemType.CODES:
            return _from_list(values, item)
        case ItemType.USCC | ItemType.ORG_CODE:
            return _of_code(item)
        case ItemType.PERSON_ID:
            return (AS_TEXT.format(item.title), COUNT.format(item.title), ORIGINAL)
        case _:
            return (AS_TEXT.format(item.title), ORIGINAL)


def _from_list(values: Values, item: Item) -> Steps:
    listed = values.codes(item)
    titles = "、".join(code.title for code in listed.values[:LISTED])
    more = "等" if len(listed.values) > LISTED else ""
    free = f"；另可填“{listed.other_prefix}”加说明" if listed.other_prefix else ""
    several = item.type is ItemType.CODES
    return (
        f"可填的值：{titles}{more}{free}。"
        + ("有几个值的，以“；”分隔。" if several else ""),
        "同一种错写法用“查找和替换”（Ctrl+H）一次换成可填的值，勾选“单元格匹配”。"
        if not several
        else "同一种错写法用“查找和替换”（Ctrl+H）一次换成可填的值。",
        "今后用平台提供的模板填写，这一列有下拉选项。",
    )


def _of_code(item: Item) -> Steps:
    if item.type is ItemType.ORG_CODE:
        return (
            AS_TEXT.format(item.title),
            "组织机构代码共 9 位（第 8 位后可有短横），前面的 0 不能省；"
            "也就是统一社会信用代码的第 9 至 17 位。",
            ORIGINAL,
        )
    return (
        AS_TEXT.format(item.title),
        COUNT.format(item.title) + "应为 18。",
        "代码不使用字母 I、O、S、V、Z：这些多半是数字 1、0、5 和 2 的误录，"
        "对照营业执照逐个改，不要整列替换。",
        "显示为 9.15E+17 的，末几位已经丢失，改格式找不回来，须重新录入。",
    )


def _length(values: Values, item: Item) -> Steps:
    return (
        COUNT.format(item.title) + f"筛选大于 {item.length} 的行。",
        f"缩短到 {item.length} 个字符以内；常见原因是两栏内容写在一格，或列错位。",
    )


def _range(values: Values, item: Item) -> Steps:
    bounds = [f"不小于 {written(item.minimum)}"] if item.minimum is not None else []
    bounds += [f"不大于 {written(item.maximum)}"] if item.maximum is not None else []
    unit = f"（单位：{item.unit}）" if item.unit else ""
    return (
        f"在“{item.title}”的筛选箭头中选“数字筛选”，找出超出范围的："
        f"应{'、'.join(bounds)}{unit}。",
        "多为单位填错：按元填写的换算为万元，在空列中输入 =C2/10000，向下填充，复制，"
        "“选择性粘贴”→“数值”。"
        if item.unit == "万元"
        else ORIGINAL,
    )


def _unusual(values: Values, item: Item) -> Steps:
    return (AS_TEXT.format(item.title), "对照营业执照或登记证书逐位核对代码。")


def _of_sender(values: Values, item: Item) -> Steps:
    return (
        f"确认“{item.title}”是哪个单位：是其他单位的，从本单位的文件中删去该行，"
        "由该单位报送。",
        f"确是本单位的，把“{item.title}”改为本单位的全称或代码，同一行的机关名称、"
        "机关代码、数据来源单位及其代码要指同一单位。",
    )


def _named(values: Values, item: Item) -> Steps:
    return NAMES


_OF_ITEM: Mapping[str, Callable[[Values, Item], Steps]] = {
    "required": _required,
    "required_when": _required_when,
    "empty_when": _empty_when,
    "form": _form,
    "length": _length,
    "range": _range,
    "unknown_pair": _unusual,
    "unknown_region": _unusual,
    "inner_check": _unusual,
    "known_name": _named,
    "another_department": _of_sender,
}
