"""What findings say of each way in which a credit code can be wrong (Level)."""

from guiji.checking.suite.items import ItemContext
from guiji.checking.suite.rules import Wording

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


def wordings(of: ItemContext) -> tuple[tuple[str, Wording], ...]:
    """Say what exactly is wrong with a credit code, by the level that it was given."""
    return tuple(
        (
            level,
            Wording(
                f"“{of.title}”{what}。",
                f"{of.name} {what_en}.",
                f"{remedy}，更正后重新报送该行。",
            ),
        )
        for level, (what, what_en, remedy) in _LEVELS.items()
    )
