"""The sentences of findings: Chinese for departments and auditors, English beside."""

from guiji.catalog.vocabulary import ItemType
from guiji.checking.suite.rules import RuleExpectation, Wording
from guiji.domain.amounts import written
from guiji.domain.currencies import CURRENCIES, RMB, TWO_CURRENCIES


def required(title: str, name: str) -> Wording:
    """Say that a required item is empty."""
    return Wording(
        f"“{title}”未填写。",
        f"{name} is required and empty.",
        f"请补填“{title}”后重新报送该行。",
    )


def required_when(title: str, name: str, when: str, when_en: str) -> Wording:
    """Say that an item is empty where another item's value asks for it."""
    return Wording(
        f"{when}时，“{title}”未填写。",
        f"{name} is required where {when_en}, and empty.",
        f"请补填“{title}”后重新报送该行。",
    )


def empty_when(title: str, name: str, when: str, when_en: str) -> Wording:
    """Say that an item is filled in where it must not be."""
    return Wording(
        f"{when}时“{title}”应为空，但已填写。",
        f"{name} must be empty where {when_en}.",
        f"请核对后清空“{title}”，或更正相应的类别，再重新报送该行。",
    )


_FORMS: dict[ItemType, tuple[str, str, str]] = {
    ItemType.DATE: (
        "不是可识别的日期",
        "is not a date",
        "请按“2026-11-20”的格式填写",
    ),
    ItemType.AMOUNT: (
        "不是可识别的金额",
        "is not an amount",
        "请只填数字，计量单位以采集目录为准",
    ),
    ItemType.INTEGER: ("不是整数", "is not a whole number", "请填写整数"),
    ItemType.CODE: (
        "不在代码表内",
        "is not in the code list",
        "请从采集目录的代码表中选填",
    ),
    ItemType.CODES: (
        "含有代码表以外的值",
        "holds a value that is not in the code list",
        "请从采集目录的代码表中选填，多个值以“；”分隔",
    ),
    ItemType.ORG_CODE: (
        "不是有效的组织机构代码",
        "is not a valid organisation code",
        "请核对9位组织机构代码",
    ),
    ItemType.PERSON_ID: (
        "格式有误",
        "is not a well-formed identity number",
        "请核对证件类型与号码",
    ),
    ItemType.PHONE: ("不是有效的电话号码", "is not a phone number", "请核对号码"),
    ItemType.USCC: (
        "不是有效的统一社会信用代码",
        "is not a valid unified social credit code",
        "请对照营业执照核对18位代码",
    ),
}


def form(title: str, name: str, kind: ItemType) -> Wording:
    """Say that a value is not of its item's type."""
    what, what_en, remedy = _FORMS[kind]
    return Wording(
        f"“{title}”{what}。", f"{name} {what_en}.", f"{remedy}，更正后重新报送该行。"
    )


_LEVELS: dict[str, tuple[str, str, str]] = {
    "looks_like_person_id": (
        "填写的疑似公民身份号码（已脱敏），不是统一社会信用代码",
        "holds what looks like a person's identity number (masked)",
        "请改填统一社会信用代码；自然人请填入相应的证件号码栏",
    ),
    "bad_length": (
        "不是18位",
        "does not have 18 characters",
        "请对照营业执照补全或更正18位代码",
    ),
    "bad_char": (
        "含有代码不使用的字符（如 I、O、S、V、Z）",
        "holds a character that credit codes do not use",
        "请检查是否把数字0、1错录为字母O、I",
    ),
    "bad_check": (
        "校验码不符（GB 32100-2015）",
        "fails the check character of GB 32100-2015",
        "请对照营业执照逐位核对",
    ),
    "registration_number": (
        "填写的疑似15位工商注册号，不是统一社会信用代码",
        "holds what looks like a registration number of 15 digits",
        "请填写18位统一社会信用代码；只有注册号的，填入工商注册号栏",
    ),
    "organisation_code": (
        "填写的是9位组织机构代码，不是统一社会信用代码",
        "holds an organisation code of nine characters",
        "请填写18位统一社会信用代码；只有组织机构代码的，填入组织机构代码栏",
    ),
    "several_codes": (
        "填写了不止一个代码",
        "holds more than one code",
        "每行只填一个代码，涉及几个主体的，每个主体一行",
    ),
    "with_other_text": (
        "除代码外还有其他文字",
        "holds other text beside the code",
        "请只填18位代码",
    ),
    "truncated_by_excel": (
        "被电子表格当作数字存储，末几位已丢失",
        "was stored as a number by a spreadsheet and lost its last digits",
        "请将该列设为“文本”格式后重新录入完整的18位代码",
    ),
}


def levels(title: str, name: str) -> tuple[tuple[str, Wording], ...]:
    """Say what exactly is wrong with a credit code, by the level that it was given."""
    return tuple(
        (
            level,
            Wording(
                f"“{title}”{what}。",
                f"{name} {what_en}.",
                f"{remedy}，更正后重新报送该行。",
            ),
        )
        for level, (what, what_en, remedy) in _LEVELS.items()
    )


def currencies(
    title: str, name: str, currency_item: str | None
) -> tuple[tuple[str, Wording], ...]:
    """Say why the currency beside an amount does not fit, by the level it was given."""
    if currency_item is not None:
        said = Wording(
            f"“{title}”写明的币种与币种栏不一致。",
            f"{name} names another currency than {currency_item} holds.",
            "请核对后使两处币种一致；不要只删去币种，更正后重新报送该行。",
        )
        return ((TWO_CURRENCIES, said),)
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


def length(title: str, name: str, most: int) -> Wording:
    """Say that a text is too long."""
    return Wording(
        f"“{title}”超过{most}个字符。",
        f"{name} has more than {most} characters.",
        f"请将“{title}”缩短至{most}个字符以内后重新报送该行。",
    )


def outside(title: str, name: str, low: float | None, high: float | None) -> Wording:
    """Say that a number is outside its range."""
    beyond = [f"小于{written(low)}"] if low is not None else []
    beyond += [f"大于{written(high)}"] if high is not None else []
    beyond_en = [f"below {written(low)}"] if low is not None else []
    beyond_en += [f"above {written(high)}"] if high is not None else []
    return Wording(
        f"“{title}”{'或'.join(beyond)}。",
        f"{name} is {' or '.join(beyond_en)}.",
        f"请核对“{title}”的数值与计量单位后重新报送该行。",
    )


_WARNINGS: dict[str, tuple[str, str]] = {
    "unknown_pair": (
        "的前两位（登记管理部门与机构类别）不在国家标准列举之内",
        "begins with a pair of department and category that the standard lacks",
    ),
    "unknown_region": (
        "第3至8位的行政区划码未收录（开发区代码属正常情形）",
        "names a region that the table of GB/T 2260 lacks",
    ),
    "inner_check": (
        "所含组织机构代码的校验码不符（GB 11714）",
        "holds an organisation code that fails its own check (GB 11714)",
    ),
}


def warning(title: str, name: str, kind: str) -> Wording:
    """Describe what is unusual about a credit code that is formally right."""
    what, what_en = _WARNINGS[kind]
    return Wording(
        f"“{title}”{what}。",
        f"{name} {what_en}.",
        f"请核对“{title}”；确认无误的不必处理。",
    )


def another_department(title: str, name: str) -> Wording:
    """Say that a body is another one, for which the sender does not deliver."""
    return Wording(
        f"“{title}”填写的是其他单位，采集目录没有登记由报送单位代其报送。",
        f"{name} is another body, for which the sender does not deliver.",
        f"该信息由“{title}”所填单位报送；填错单位的，更正后重新报送该行；"
        "确由本单位代为报送的，请与平台联系，在采集目录中登记后重新报送该行。",
    )


def other_name(title: str, name: str) -> Wording:
    """Say that a credit code is known under other names."""
    return Wording(
        f"“{title}”与平台已有的该统一社会信用代码的名称都不相同。",
        f"{name} is none of the names under which the credit code is known.",
        f"请核对“{title}”与统一社会信用代码；名称确已变更的不必处理。",
    )


OPERATION = Wording(
    "“操作”不是新增、变更、撤销、恢复、再次撤销之一。",
    "The operation is none of 新增, 变更, 撤销, 恢复, 再次撤销.",
    "请填写新增、变更、撤销、恢复或再次撤销后重新报送该行。",
)
REPEATED = Wording(
    "本批中另有一行主键相同而内容不同。",
    "Another row of the batch has the same key and other content.",
    "请核对同一记录的各行，保留正确的一行后重新报送；同一决定分作几行的（如一种处罚一行），"
    "请合并为一行，几种处罚填在同一格内。",
)
COPIED = Wording(
    "与本批中前面的一行相同（文号括号、全角半角、空格和字形相近的字不论）。",
    "An earlier row of the batch is the same, look-alike characters aside.",
    "该行不重复入库；请检查导出程序是否重复输出。",
)
COLUMNS = Wording(
    "平台解析结果的列与采集目录不一致。",
    "The columns of the typed table are not those of the catalogue.",
    "责任在平台，报送单位无需处理；平台修复后重新校验。",
)
ROWS = Wording(
    "平台解析结果的行数与读取的行数不一致。",
    "The typed table does not have as many rows as were read.",
    "责任在平台，报送单位无需处理；平台修复后重新校验。",
)
NOT_COMPUTED = Wording(
    "平台未能计算该规则，本批不作结论。",
    "The platform could not compute this rule; the batch has no verdict.",
    "责任在平台，报送单位无需处理；平台修复后重新校验。",
)


def too_few(rule: RuleExpectation, about: int, faults: int) -> Wording:
    """Say that a tolerant rule is broken by so many rows that the whole is at fault.

    Args:
        rule: its demand and limit are named.
        about: rows that it is about.
        faults: those that break it.
    """
    kept = max(0, about - faults) / about
    return Wording(
        f"规则“{rule.description}”涉及{about}行，{faults}行不符，合格率{kept:.1%}，"
        f"低于规定的{rule.mostly:.0%}，疑为整批性问题（列错位或导出有误）。",
        f"{rule.rule_id}: {faults} of {about} rows break it; {kept:.1%} keep it, "
        f"fewer than {rule.mostly:.0%}.",
        "请检查导出的文件：列是否错位、是否导错表。",
    )


def released(words: Wording, by: str, why: str) -> Wording:
    """Say that a delivery was released from a rule that it breaks, by whom and why."""
    return Wording(
        f"{words.message}本批已由{by}核准放行，理由：{why}",
        f"{words.message_en} Released by a named person.",
        "无需处理。",
    )
