"""What rules demand, said as a demand: Chinese for departments, English beside.

A finding says what is wrong; lists and pages of rules say what is right.
"""

from typing import NamedTuple

from guiji.catalog.items import Item
from guiji.catalog.vocabulary import ItemType
from guiji.domain.amounts import written


class Requirement(NamedTuple):
    """One demand in two languages."""

    description: str
    description_en: str


def required(title: str, name: str) -> Requirement:
    """An item is filled in."""
    return Requirement(f"“{title}”必须填写。", f"{name} is filled in.")


def required_when(title: str, name: str, when: str, when_en: str) -> Requirement:
    """An item is filled in where another one's value asks for it."""
    return Requirement(
        f"{when}时，“{title}”必须填写。", f"{name} is filled in where {when_en}."
    )


def empty_when(title: str, name: str, when: str, when_en: str) -> Requirement:
    """An item is left empty where another one's value asks for that."""
    return Requirement(
        f"{when}时，“{title}”应当为空。", f"{name} is empty where {when_en}."
    )


_FORMS: dict[ItemType, tuple[str, str]] = {
    ItemType.DATE: (
        "是能够识别的日期，例如“2026-11-20”或“2026年11月20日”；长期的填“2099/12/31”",
        "is a date, for ever being 2099/12/31",
    ),
    ItemType.AMOUNT: (
        "是能够识别的金额，只填数字的以采集目录的计量单位为准",
        "is an amount, a bare number being in the catalogue's unit",
    ),
    ItemType.INTEGER: ("是整数", "is a whole number"),
    ItemType.CODE: (
        "取采集目录代码表中的一个值",
        "is one value of the catalogue's code list",
    ),
    ItemType.CODES: (
        "的每个值都在采集目录的代码表中，多个值以“；”分隔",
        "holds only values of the catalogue's code list, joined by ；",
    ),
    ItemType.ORG_CODE: (
        "是校验码相符的9位组织机构代码",
        "is an organisation code of nine characters with a right check digit",
    ),
    ItemType.PERSON_ID: (
        "是格式正确的证件号码，居民身份证号码的校验码相符",
        "is a well-formed identity number with a right check character",
    ),
    ItemType.PHONE: ("是格式正确的电话号码", "is a well-formed phone number"),
    ItemType.USCC: (
        "是校验码相符的18位统一社会信用代码",
        "is a unified social credit code of 18 characters with a right check character",
    ),
}


def form(item: Item) -> Requirement:
    """A value is of its item's type."""
    what, what_en = _FORMS[item.type]
    if item.placeholder is not None:
        what += f"，尚未取得代码的填{item.placeholder}"
        what_en += f", or {item.placeholder} where none was issued yet"
    return Requirement(f"“{item.title}”{what}。", f"{item.id} {what_en}.")


def length(title: str, name: str, most: int) -> Requirement:
    """A text is not too long."""
    return Requirement(
        f"“{title}”不超过{most}个字符。", f"{name} has at most {most} characters."
    )


def within(title: str, name: str, low: float | None, high: float | None) -> Requirement:
    """A number lies in its range."""
    bounds = [f"不小于{written(low)}"] if low is not None else []
    bounds += [f"不大于{written(high)}"] if high is not None else []
    bounds_en = [f"at least {written(low)}"] if low is not None else []
    bounds_en += [f"at most {written(high)}"] if high is not None else []
    return Requirement(
        f"“{title}”{'、'.join(bounds)}。", f"{name} is {' and '.join(bounds_en)}."
    )


_USUAL: dict[str, tuple[str, str]] = {
    "unknown_pair": (
        "的前两位（登记管理部门与机构类别）在国家标准列举之内",
        "begins with a pair of department and category that the standard has",
    ),
    "unknown_region": (
        "第3至8位是已收录的行政区划码",
        "names a region that the table of GB/T 2260 has",
    ),
    "inner_check": (
        "第9至17位组织机构代码的校验码相符（GB 11714）",
        "holds an organisation code with a right check digit (GB 11714)",
    ),
}


def usual(title: str, name: str, kind: str) -> Requirement:
    """A credit code is of the usual kind."""
    what, what_en = _USUAL[kind]
    return Requirement(f"“{title}”{what}。", f"{name} {what_en}.")


def known_name(title: str, name: str) -> Requirement:
    """A known credit code comes with a known name."""
    return Requirement(
        f"“{title}”是平台已知的、该统一社会信用代码的名称之一。",
        f"{name} is one of the names under which the credit code is known.",
    )


def of_sender(title: str, name: str) -> Requirement:
    """A body is the sender or one for which it delivers."""
    return Requirement(
        f"“{title}”是报送单位，或采集目录登记由其代为报送的单位。",
        f"{name} is the sender or a department for which it delivers.",
    )


OPERATION = Requirement(
    "“操作”填新增、变更、撤销、恢复或再次撤销；没有该列的按新增处理。",
    "The operation is one of 新增, 变更, 撤销, 恢复, 再次撤销; without such a column "
    "it is 新增.",
)
NOT_REPEATED = Requirement(
    "同一批中主键相同的各行，内容也相同。",
    "Rows of one batch with the same key say the same.",
)
NOT_COPIED = Requirement(
    "同一批中没有内容完全相同的行。", "No two rows of one batch are the same."
)
COLUMNS = Requirement(
    "平台解析结果的列与采集目录一致。",
    "The columns of the typed table are those of the catalogue.",
)
ROWS = Requirement(
    "平台解析结果的行数与读取的行数一致。",
    "The typed table has as many rows as were read.",
)
