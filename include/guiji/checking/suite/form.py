"""The rule that a value is of its item's type, and what each type asks for."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from guiji.catalog.vocabulary import Dimension, ItemType
from guiji.checking.suite import credit_code_levels as levels
from guiji.checking.suite.excel_steps import (
    ORIGINAL,
    Steps,
    as_dates,
    as_text,
    count_characters,
)
from guiji.checking.suite.items import ItemContext
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording
from guiji.checking.suite.unusual_codes import CODE_STANDARD
from guiji.domain.currencies import CURRENCIES, RMB, TWO_CURRENCIES

LISTED = 30
"""Most values of a code list that a step names."""


class _Form(NamedTuple):
    """The form of a type: what it demands, what a finding says, how it is mended."""

    demand: str
    demand_en: str
    message: str
    message_en: str
    remedy: str
    steps: Callable[[ItemContext], Steps]


def form(of: ItemContext) -> Iterator[RuleExpectation]:
    """A value is of its item's type."""
    item, title, name = of.item, of.title, of.name
    if item.type is ItemType.TEXT:
        return
    its = _FORMS[item.type]
    placeholder, placeholder_en = "", ""
    if item.placeholder is not None:
        placeholder = f"，尚未取得代码的填{item.placeholder}"
        placeholder_en = f", or {item.placeholder} where none was issued yet"
    by_level = {}
    if item.type in _LEVELS:
        by_level = {"wordings": _LEVELS[item.type](of), "level": f"{name}__level"}
    clause = {"clause": CODE_STANDARD} if item.type is ItemType.USCC else {}
    yield of.rule(
        "form",
        judgement=Judgement.FLAG,
        columns=(of.raw, f"{name}__ok"),
        description=f"“{title}”{its.demand}{placeholder}。",
        description_en=f"{name} {its.demand_en}{placeholder_en}.",
        wording=Wording(
            f"“{title}”{its.message}。",
            f"{name} {its.message_en}.",
            f"{its.remedy}，更正后重新报送该行。",
        ),
        steps=its.steps(of),
        dimension=Dimension.CONFORMING,
        mostly=item.mostly,
        **by_level,
        **clause,
    )


def _date_steps(of: ItemContext) -> Steps:
    return (
        as_dates(of.title),
        "仍靠左的单元格不是日期：用“查找和替换”（Ctrl+H）把“.”“/”换成“-”，"
        "没有的日子（如 2月30日）对照原件改正。",
        f"选中“{of.title}”整列，右键“设置单元格格式”→“自定义”→ yyyy-mm-dd；"
        "长期有效的填 2099-12-31。",
    )


def _amount_steps(of: ItemContext) -> Steps:
    return (
        f"用“查找和替换”（Ctrl+H）在“{of.title}”一列删去“约”“元整”“人民币”等文字，"
        "只留数字。",
        f"计量单位是{of.item.unit}：按其他单位填写的，在空列中换算"
        "（如 =C2/10000），复制，“选择性粘贴”→“数值”。",
    )


def _integer_steps(of: ItemContext) -> Steps:
    return (f"“{of.title}”只填整数，删去“人”“份”等文字和小数。",)


def _list_steps(of: ItemContext) -> Steps:
    item = of.item
    if item.code_list is None:
        return (ORIGINAL,)
    listed = of.catalog.code_list(of.dataset, item.code_list)
    titles = "、".join(code.title for code in listed.values[:LISTED])
    more = "等" if len(listed.values) > LISTED else ""
    other = f"；另可填“{listed.other_prefix}”加说明" if listed.other_prefix else ""
    is_several = item.type is ItemType.CODES
    return (
        f"可填的值：{titles}{more}{other}。"
        + ("有几个值的，以“；”分隔。" if is_several else ""),
        "同一种错写法用“查找和替换”（Ctrl+H）一次换成可填的值"
        + ("。" if is_several else "，勾选“单元格匹配”。"),
        "今后用平台提供的模板填写，这一列有下拉选项。",
    )


def _org_code_steps(of: ItemContext) -> Steps:
    return (
        as_text(of.title),
        "组织机构代码共 9 位（第 8 位后可有短横），前面的 0 不能省；"
        "也就是统一社会信用代码的第 9 至 17 位。",
        ORIGINAL,
    )


def _person_id_steps(of: ItemContext) -> Steps:
    return (as_text(of.title), count_characters(of.title), ORIGINAL)


def _phone_steps(of: ItemContext) -> Steps:
    return (as_text(of.title), ORIGINAL)


def _credit_code_steps(of: ItemContext) -> Steps:
    return (
        as_text(of.title),
        count_characters(of.title) + "应为 18。",
        "代码不使用字母 I、O、S、V、Z：这些多半是数字 1、0、5 和 2 的误录，"
        "对照营业执照逐个改，不要整列替换。",
        "显示为 9.15E+17 的，末几位已经丢失，改格式找不回来，须重新录入。",
    )


def _currencies(of: ItemContext) -> tuple[tuple[str, Wording], ...]:
    """Say why the currency beside an amount does not fit, by the level it was given."""
    title, name = of.title, of.name
    if of.item.currency_item is not None:
        differs = Wording(
            f"“{title}”写明的币种与币种栏不一致。",
            f"{name} names another currency than {of.item.currency_item} holds.",
            "请核对后使两处币种一致；不要只删去币种，更正后重新报送该行。",
        )
        return ((TWO_CURRENCIES, differs),)
    return tuple(
        (
            currency.title,
            Wording(
                f"“{title}”写明的币种是{currency.title}，该信息项以人民币计。",
                f"{name} is in {currency.names[0]}; the item takes CNY.",
                f"请按折算的人民币金额填写，并在备注中保留原币种（{currency.title}）和"
                "原金额；不要只删去币种，更正后重新报送该行。",
            ),
        )
        for currency in CURRENCIES
        if currency.title != RMB
    )


_LEVELS = {ItemType.USCC: levels.wordings, ItemType.AMOUNT: _currencies}
"""Types whose values get a level, and the sentences of each level."""

_FORMS: dict[ItemType, _Form] = {
    ItemType.DATE: _Form(
        "是能够识别的日期，例如“2026-11-20”或“2026年11月20日”；长期的填“2099/12/31”",
        "is a date, for ever being 2099/12/31",
        "不是可识别的日期",
        "is not a date",
        "请按“2026-11-20”的格式填写",
        _date_steps,
    ),
    ItemType.AMOUNT: _Form(
        "是能够识别的金额，只填数字的以采集目录的计量单位为准",
        "is an amount, a bare number being in the catalogue's unit",
        "不是可识别的金额",
        "is not an amount",
        "请只填数字，计量单位以采集目录为准",
        _amount_steps,
    ),
    ItemType.INTEGER: _Form(
        "是整数",
        "is a whole number",
        "不是整数",
        "is not a whole number",
        "请填写整数",
        _integer_steps,
    ),
    ItemType.CODE: _Form(
        "取采集目录代码表中的一个值",
        "is one value of the catalogue's code list",
        "不在代码表内",
        "is not in the code list",
        "请从采集目录的代码表中选填",
        _list_steps,
    ),
    ItemType.CODES: _Form(
        "的每个值都在采集目录的代码表中，多个值以“；”分隔",
        "holds only values of the catalogue's code list, joined by ；",
        "含有代码表以外的值",
        "holds a value that is not in the code list",
        "请从采集目录的代码表中选填，多个值以“；”分隔",
        _list_steps,
    ),
    ItemType.ORG_CODE: _Form(
        "是校验码相符的9位组织机构代码",
        "is an organisation code of nine characters with a right check digit",
        "不是有效的组织机构代码",
        "is not a valid organisation code",
        "请核对9位组织机构代码",
        _org_code_steps,
    ),
    ItemType.PERSON_ID: _Form(
        "是格式正确的证件号码，居民身份证号码的校验码相符",
        "is a well-formed identity number with a right check character",
        "格式有误",
        "is not a well-formed identity number",
        "请核对证件类型与号码",
        _person_id_steps,
    ),
    ItemType.PHONE: _Form(
        "是格式正确的电话号码",
        "is a well-formed phone number",
        "不是有效的电话号码",
        "is not a phone number",
        "请核对号码",
        _phone_steps,
    ),
    ItemType.USCC: _Form(
        "是校验码相符的18位统一社会信用代码",
        "is a unified social credit code of 18 characters with a right check character",
        "不是有效的统一社会信用代码",
        "is not a valid unified social credit code",
        "请对照营业执照核对18位代码",
        _credit_code_steps,
    ),
}
