"""What the words around a number say it is: a phone, a document's number, an amount.

Eleven digits that begin like a mobile phone may as well be the number of a plot of
land, of a licence or a sum of money. Words beside them decide: 宗地号13900100012 is a
document's number, 联系电话13900100012 is not, and 13900100012元 is an amount.
"""

import re
from enum import StrEnum

WINDOW = 16
"""Characters before a number in which a word is about it."""


class Context(StrEnum):
    """What the words beside a number make of it."""

    PERSON = "person"
    DOCUMENT = "document"
    OPEN = "open"  # nothing is said


_PERSON = (
    "身份证|公民身份|证件|居民证|通行证|驾驶证|驾照|电话|手机|联系|致电|来电|拨打|座机|热线|"
    "微信|短信|支付宝|本人|账号|账户|帐号|帐户|卡号|银行卡|银行|开户|收款|汇款|"
    "(?:tel|phone|mobile|mob|cell|wechat|weixin|qq|wx|vx)(?![a-z])"
)
_DOCUMENT = (
    "[文证案编地件卷档批图票单序][号號]|编码|代码|条码|批次|流水|序列|宗地|地块|丘号|"
    "注册号|登记号|备案号|合同号|档案号|单元号|设备号|订单号|运单号|许可证|执照|证书|产权证|"
    "土地证|房产证|国用|字第|第|文书|发票|税号|(?:no|sn|id)(?![a-z])"
)
_WORD = re.compile(f"(?P<person>{_PERSON})|(?P<document>{_DOCUMENT})", re.IGNORECASE)
_CLOSE = re.compile(
    r"(?:[号码為为是]|[\s:：=.#\-_()（）〔〕\[\]【】、“”\"'第]|[A-Za-z]{1,4}(?![A-Za-z]))*"
)
"""What may stand between a document's word and its number."""

_IS_NUMBERED = re.compile(r"\s{0,2}[)）〕】]?\s{0,2}号(?![码机])")
_UNIT = re.compile(
    r"\s{0,2}(?:[十百千万亿]{0,2}(?:元|圆|美金|美元|港元|港币|欧元|日元|英镑|股|份|平方|平米|㎡|m2|m²|"
    r"亩|公顷|吨|千克|公斤|克|kg|立方|升|千瓦|度|件|个|台|套|箱|袋|瓶|册|枚|人次|户)|%|％|‰)",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"(?:[￥¥$€]|人民币|rmb|cny|金额|款额|共计|合计|总计|资本)\s*[:：为]?\s*$",
    re.IGNORECASE,
)
_FRACTION = re.compile(r"\.[0-9]{1,2}(?![0-9])")
_WHOLE_PART = re.compile(r"[0-9]{2,}\.$")
_NUMBERS = re.compile(
    r"(?:[号码]|编码|代码|金额|资本|数额|数量|面积|代码_?\d*)(?:[（(].*[）)])?$",
    re.IGNORECASE,
)


def of_number(text: str, start: int, end: int) -> Context:
    """Return what the words beside a number say of it.

    A word for a document must stand directly before the number, or 号 behind it; a
    word for a person anywhere before it within `WINDOW` characters. The nearer counts.

    Args:
        text: in half width.
        start: where the number begins.
        end: where it ends.
    """
    before = text[max(0, start - WINDOW) : start]
    words = list(_WORD.finditer(before))
    last = words[-1] if words else None
    if last and last["document"] and _CLOSE.fullmatch(before, last.end()):
        return Context.DOCUMENT
    if any(word["person"] for word in words):
        return Context.PERSON
    return Context.DOCUMENT if _IS_NUMBERED.match(text, end) else Context.OPEN


def is_quantity(text: str, start: int, end: int) -> bool:
    """Return whether a number is an amount, a count or part of a decimal fraction."""
    before = text[max(0, start - WINDOW) : start]
    return bool(
        _UNIT.match(text, end)
        or _SUM.search(before)
        or _FRACTION.match(text, end)
        or _WHOLE_PART.search(before)
    )


def names_numbers(title: str) -> bool:
    """Return whether an item's title says that it holds document numbers or amounts.

    行政处罚决定书文号 and 注册资本（万元） do, 联系电话号码 and 证件号码 do not.
    """
    about_person = any(word["person"] for word in _WORD.finditer(title))
    return bool(_NUMBERS.search(title)) and not about_person
