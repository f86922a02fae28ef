"""The catalogue's own vocabulary as people read it, Chinese and English."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from guiji.catalog.model import Item
from guiji.catalog.vocabulary import (
    Audience,
    ClockKind,
    ClockStart,
    ClockUnit,
    Confidence,
    Coverage,
    CreditRecord,
    DocumentStatus,
    InfoClass,
    ItemType,
    OpenLevel,
    Responsibility,
    Responsible,
    Severity,
    ShareMethod,
    ShareType,
    SubjectClass,
    Tier,
    UpdateCycle,
)
from guiji.core.errors import UsageError


class Word(NamedTuple):
    """One word in the languages of the pages."""

    zh: str
    en: str


LANGUAGES = Word._fields

_PAIRS: tuple[tuple[StrEnum, Word], ...] = (
    (ItemType.TEXT, Word("文本", "text")),
    (ItemType.USCC, Word("统一社会信用代码", "credit code")),
    (ItemType.ORG_CODE, Word("组织机构代码", "organisation code")),
    (ItemType.DATE, Word("日期", "date")),
    (ItemType.AMOUNT, Word("金额", "amount")),
    (ItemType.INTEGER, Word("整数", "integer")),
    (ItemType.CODE, Word("代码(单选)", "code, one value")),
    (ItemType.CODES, Word("代码(多选)", "code, several values")),
    (ItemType.PERSON_ID, Word("证件号码", "number of an identity document")),
    (ItemType.PHONE, Word("电话号码", "telephone number")),
    (OpenLevel.PUBLIC, Word("依法公开", "public")),
    (OpenLevel.AUTHORISED, Word("授权查询", "on authorisation")),
    (OpenLevel.GOV_ONLY, Word("行政机关共享", "agencies only")),
    (OpenLevel.NONE, Word("不予共享", "not shared")),
    (OpenLevel.PENDING, Word("待定", "undecided")),
    (ShareType.UNCONDITIONAL, Word("无条件共享", "unconditional")),
    (ShareType.CONDITIONAL, Word("有条件共享", "conditional")),
    (ShareType.NONE, Word("不予共享", "not shared")),
    (ShareMethod.PLATFORM, Word("共享平台", "sharing platform")),
    (ShareMethod.MAIL, Word("邮件", "mail")),
    (ShareMethod.MEDIUM, Word("介质", "data medium")),
    (UpdateCycle.REALTIME, Word("实时", "real time")),
    (UpdateCycle.DAILY, Word("每日", "daily")),
    (UpdateCycle.WEEKLY, Word("每周", "weekly")),
    (UpdateCycle.MONTHLY, Word("每月", "monthly")),
    (UpdateCycle.QUARTERLY, Word("每季度", "quarterly")),
    (UpdateCycle.HALF_YEARLY, Word("每半年", "half-yearly")),
    (UpdateCycle.YEARLY, Word("每年", "yearly")),
    (UpdateCycle.ON_DEMAND, Word("不定时", "on demand")),
    (Coverage.WHOLE_CITY, Word("全市", "whole city")),
    (Coverage.MUNICIPAL, Word("市直", "municipal bodies")),
    (Coverage.DISTRICTS, Word("区县", "districts")),
    (Coverage.PROVINCE, Word("全省", "whole province")),
    (Coverage.PROVINCIAL, Word("省直", "provincial bodies")),
    (Coverage.PREFECTURES, Word("市州", "prefectures")),
    (Coverage.CENTRAL, Word("中央驻地方单位", "central bodies")),
    (SubjectClass.ENTERPRISE, Word("企业", "enterprises")),
    (SubjectClass.INDIVIDUAL_BUSINESS, Word("个体工商户", "individual businesses")),
    (SubjectClass.COOPERATIVE, Word("农民专业合作社", "cooperatives")),
    (SubjectClass.AGENCY, Word("机关", "agencies")),
    (SubjectClass.INSTITUTION, Word("事业单位", "public institutions")),
    (SubjectClass.SOCIAL_ORGANISATION, Word("社会组织", "social organisations")),
    (SubjectClass.PERSON, Word("个人", "natural persons")),
    (InfoClass.BASIC, Word("基本信息", "basic")),
    (
        InfoClass.LICENCE_PENALTY,
        Word("行政许可与行政处罚信息", "licences and penalties"),
    ),
    (InfoClass.JUDGMENT, Word("司法判决信息", "judgments")),
    (InfoClass.EVALUATION, Word("信用评价信息", "credit evaluation")),
    (InfoClass.QUALIFICATION, Word("资质资格信息", "qualifications")),
    (ClockKind.DELIVERY, Word("归集(报送)", "delivery")),
    (ClockKind.PUBLICATION, Word("公示", "publication")),
    (ClockKind.CORRECTION, Word("更正", "correction")),
    (ClockKind.WITHDRAWAL, Word("撤下", "withdrawal")),
    (ClockKind.REPAIR, Word("信用修复后停止公示", "end of publication after repair")),
    (ClockKind.OBJECTION_ACCEPT, Word("异议受理", "acceptance of an objection")),
    (ClockKind.OBJECTION_CHECK, Word("异议核查", "check of an objection")),
    (ClockKind.OBJECTION_ANSWER, Word("提供方答复", "answer of the provider")),
    (ClockKind.OBJECTION_REPLY, Word("答复申请人", "reply to the applicant")),
    (ClockKind.FEEDBACK, Word("使用情况反馈", "feedback of use")),
    (ClockUnit.WORKING_DAYS, Word("工作日", "working days")),
    (ClockUnit.CALENDAR_DAYS, Word("自然日", "calendar days")),
    (ClockUnit.MONTHS, Word("月", "months")),
    (ClockStart.EVENT, Word("信息产生", "the event")),
    (ClockStart.CHANGED, Word("变更", "the change")),
    (ClockStart.REVOKED, Word("撤销", "the revocation")),
    (ClockStart.REMOVED, Word("移出", "the removal")),
    (ClockStart.ANNULLED, Word("决定被撤销、确认违法或者确认无效", "the annulment")),
    (ClockStart.REPAIRED, Word("准予信用修复", "the repair")),
    (ClockStart.OBJECTION_RECEIVED, Word("收到异议申请", "receipt of the objection")),
    (ClockStart.OBJECTION_ACCEPTED, Word("受理异议", "acceptance of the objection")),
    (ClockStart.OBJECTION_NOTIFIED, Word("提供方收到通知", "notice to the provider")),
    (ClockStart.OBJECTION_ANSWERED, Word("收到处理结果", "receipt of the answer")),
    (ClockStart.OBJECTION_UPHELD, Word("异议成立", "the objection is upheld")),
    (ClockStart.USED, Word("使用信息", "the use")),
    (Responsible.PROVIDER, Word("提供方", "provider")),
    (Responsible.COLLECTOR, Word("归集单位", "collector")),
    (Responsible.SITE, Word("公示网站", "site")),
    (Confidence.HIGH, Word("高", "high")),
    (Confidence.MEDIUM, Word("中", "medium")),
    (Confidence.LOW, Word("低", "low")),
    (Tier.CENTRAL, Word("中央驻地方单位", "central body")),
    (Tier.PROVINCE, Word("省级", "province")),
    (Tier.PREFECTURE, Word("市州级", "prefecture")),
    (Tier.CITY, Word("市级", "city")),
    (Tier.DISTRICT, Word("区县级", "district")),
    (Tier.ZONE, Word("开发区", "zone")),
    (Tier.UTILITY, Word("公共服务企事业单位", "public utility")),
    (
        CreditRecord.NATIONAL_BASIC,
        Word("列入全国公共信用信息基础目录", "in the national basic catalogue"),
    ),
    (
        CreditRecord.LOCAL_SUPPLEMENT,
        Word("列入地方补充目录", "in the local supplement"),
    ),
    (
        CreditRecord.SHARED_ONLY,
        Word("仅归集共享，不作为公共信用信息使用", "shared only, in no credit record"),
    ),
    (DocumentStatus.IN_FORCE, Word("现行有效", "in force")),
    (
        DocumentStatus.EXPIRED_CONTINUED,
        Word(
            "有效期届满，未见接替文件，继续运行", "expired, continued without successor"
        ),
    ),
    (Audience.PUBLIC, Word("社会公众", "the public")),
    (Audience.AGENCIES, Word("行政机关", "agencies")),
    (Audience.CREDIT_SERVICES, Word("信用服务机构", "credit services")),
    (Audience.PROVIDER, Word("提供方网站", "the provider's own site")),
    (Severity.CRITICAL, Word("严重", "critical")),
    (Severity.WARNING, Word("警告", "warning")),
    (Severity.INFO, Word("提示", "information")),
    (Responsibility.DEPARTMENT, Word("报送单位", "department")),
    (Responsibility.PLATFORM, Word("平台", "platform")),
)

WORDS: Mapping[tuple[type[StrEnum], str], Word] = {
    (type(value), value.value): word for value, word in _PAIRS
}
"""Value of the catalogue -> its words; a value of two vocabularies has two."""


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
    word = WORDS.get((type(value), value.value))
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
