"""The catalogue's own vocabulary as people read it, Chinese and English."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from guiji.catalog.model import Item
from guiji.catalog.vocabulary import (
    ClockKind,
    Coverage,
    InfoClass,
    ItemType,
    OpenLevel,
    Responsibility,
    Severity,
    ShareMethod,
    ShareType,
    SubjectClass,
    UpdateCycle,
)
from guiji.core.errors import UsageError


class Word(NamedTuple):
    """One word in the languages of the pages."""

    zh: str
    en: str


LANGUAGES = Word._fields

WORDS: Mapping[StrEnum, Word] = {
    ItemType.TEXT: Word("文本", "text"),
    ItemType.USCC: Word("统一社会信用代码", "credit code"),
    ItemType.ORG_CODE: Word("组织机构代码", "organisation code"),
    ItemType.DATE: Word("日期", "date"),
    ItemType.AMOUNT: Word("金额", "amount"),
    ItemType.INTEGER: Word("整数", "integer"),
    ItemType.CODE: Word("代码(单选)", "code, one value"),
    ItemType.CODES: Word("代码(多选)", "code, several values"),
    ItemType.PERSON_ID: Word("证件号码", "number of an identity document"),
    ItemType.PHONE: Word("电话号码", "telephone number"),
    OpenLevel.PUBLIC: Word("依法公开", "public"),
    OpenLevel.AUTHORISED: Word("授权查询", "on authorisation"),
    OpenLevel.GOV_ONLY: Word("行政机关共享", "agencies only"),
    OpenLevel.NONE: Word("不予共享", "not shared"),
    OpenLevel.PENDING: Word("待定", "undecided"),
    ShareType.UNCONDITIONAL: Word("无条件共享", "unconditional"),
    ShareType.CONDITIONAL: Word("有条件共享", "conditional"),
    ShareType.NONE: Word("不予共享", "not shared"),
    ShareMethod.PLATFORM: Word("共享平台", "sharing platform"),
    ShareMethod.MAIL: Word("邮件", "mail"),
    ShareMethod.MEDIUM: Word("介质", "data medium"),
    UpdateCycle.REALTIME: Word("实时", "real time"),
    UpdateCycle.DAILY: Word("每日", "daily"),
    UpdateCycle.WEEKLY: Word("每周", "weekly"),
    UpdateCycle.MONTHLY: Word("每月", "monthly"),
    UpdateCycle.QUARTERLY: Word("每季度", "quarterly"),
    UpdateCycle.HALF_YEARLY: Word("每半年", "half-yearly"),
    UpdateCycle.YEARLY: Word("每年", "yearly"),
    UpdateCycle.ON_DEMAND: Word("不定时", "on demand"),
    Coverage.WHOLE_CITY: Word("全市", "whole city"),
    Coverage.MUNICIPAL: Word("市直", "municipal bodies"),
    Coverage.DISTRICTS: Word("区县", "districts"),
    SubjectClass.ENTERPRISE: Word("企业", "enterprises"),
    SubjectClass.INSTITUTION: Word("事业单位", "public institutions"),
    SubjectClass.SOCIAL_ORGANISATION: Word("社会组织", "social organisations"),
    SubjectClass.PERSON: Word("个人", "natural persons"),
    InfoClass.BASIC: Word("基本信息", "basic"),
    InfoClass.LICENCE_PENALTY: Word("行政许可与行政处罚信息", "licences and penalties"),
    InfoClass.JUDGMENT: Word("司法判决信息", "judgments"),
    InfoClass.EVALUATION: Word("信用评价信息", "credit evaluation"),
    InfoClass.QUALIFICATION: Word("资质资格信息", "qualifications"),
    ClockKind.DELIVERY: Word("归集(报送)", "delivery"),
    ClockKind.PUBLICATION: Word("公示", "publication"),
    Severity.CRITICAL: Word("严重", "critical"),
    Severity.WARNING: Word("警告", "warning"),
    Severity.INFO: Word("提示", "information"),
    Responsibility.DEPARTMENT: Word("报送单位", "department"),
    Responsibility.PLATFORM: Word("平台", "platform"),
}


def check_language(language: str) -> None:
    """Accept a language of the pages.

    Raises:
        UsageError: there are no pages in it.
    """
    if language not in LANGUAGES:
        listed = " or ".join(LANGUAGES)
        raise UsageError(f"no pages in the language {language!r}; use {listed}")


def say(value: StrEnum, language: str = "zh") -> str:
    """Return the word for a value of the catalogue; the value itself without one."""
    word = WORDS.get(value)
    return str(getattr(word, language)) if word else str(value)


def duty(item: Item, language: str = "zh") -> str:
    """Return whether an item must be filled in: always, under a condition, or not."""
    if item.required:
        word = Word("必填", "required")
    elif item.required_when:
        word = Word("条件必填", "conditional")
    else:
        word = Word("选填", "optional")
    return str(getattr(word, language))
