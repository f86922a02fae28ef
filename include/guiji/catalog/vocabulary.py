"""The words that a catalogue may use: each attribute's closed list of values.

Source: 政务信息资源目录编制指南(2017); 阳府〔2018〕60号 第八、十三、十四条.
"""

from collections.abc import Mapping
from enum import StrEnum


class ItemType(StrEnum):
    """How the text of an item is read."""

    TEXT = "text"
    USCC = "uscc"  # 统一社会信用代码, of the subject or of an agency
    ORG_CODE = "org_code"  # 组织机构代码
    DATE = "date"
    AMOUNT = "amount"  # decimal with a unit
    INTEGER = "integer"
    CODE = "code"  # one value of a code list
    CODES = "codes"  # several values of a code list, separated
    PERSON_ID = "person_id"  # 证件号码: kept as keyed hash and masked form only
    PHONE = "phone"


class OpenLevel(StrEnum):
    """Who may see a dataset or an item (开放属性)."""

    PUBLIC = "public"  # 依法公开, 公开信息
    AUTHORISED = "authorised"  # 授权查询, 授权信息
    GOV_ONLY = "gov_only"  # 行政机关共享
    NONE = "none"  # 不予共享
    PENDING = "pending"  # undecided: referred, not published meanwhile (GY7)


class ShareType(StrEnum):
    """Sharing between agencies (共享类型)."""

    UNCONDITIONAL = "unconditional"  # 无条件共享
    CONDITIONAL = "conditional"  # 有条件共享
    NONE = "none"  # 不予共享


class ShareMethod(StrEnum):
    """How agencies get it (共享方式)."""

    PLATFORM = "platform"  # 共享平台
    MAIL = "mail"  # 邮件
    MEDIUM = "medium"  # 介质


class UpdateCycle(StrEnum):
    """How often a provider delivers (更新周期)."""

    REALTIME = "realtime"  # 实时
    DAILY = "daily"  # 每日
    WEEKLY = "weekly"  # 每周
    MONTHLY = "monthly"  # 每月
    QUARTERLY = "quarterly"  # 每季度
    HALF_YEARLY = "half_yearly"  # 每半年
    YEARLY = "yearly"  # 每年
    ON_DEMAND = "on_demand"  # 不定时


class Coverage(StrEnum):
    """Whose records it holds (覆盖范围)."""

    WHOLE_CITY = "whole_city"  # 全市
    MUNICIPAL = "municipal"  # 市直
    DISTRICTS = "districts"  # 区县
    PROVINCE = "province"  # 全省
    PROVINCIAL = "provincial"  # 省直
    PREFECTURES = "prefectures"  # 市州
    CENTRAL = "central"  # 中央驻地方单位


class Tier(StrEnum):
    """Level of government of a unit (层级)."""

    CENTRAL = "central"  # 中央驻地方单位
    PROVINCE = "province"  # 省级
    PREFECTURE = "prefecture"  # 市(州)级
    CITY = "city"  # 市级
    DISTRICT = "district"  # 区县级
    ZONE = "zone"  # 开发区
    UTILITY = "utility"  # 公共服务企事业单位


class SubjectClass(StrEnum):
    """Whom it is about (阳府〔2018〕60号 第十三条)."""

    ENTERPRISE = "enterprise"  # 企业
    INDIVIDUAL_BUSINESS = "individual_business"  # 个体工商户, of the enterprises
    COOPERATIVE = "cooperative"  # 农民专业合作社, of the enterprises
    INSTITUTION = "institution"  # 事业单位
    AGENCY = "agency"  # 机关, of the institutions
    SOCIAL_ORGANISATION = "social_organisation"  # 社会组织
    PERSON = "person"  # 个人


PART_OF: Mapping[SubjectClass, SubjectClass] = {
    SubjectClass.INDIVIDUAL_BUSINESS: SubjectClass.ENTERPRISE,
    SubjectClass.COOPERATIVE: SubjectClass.ENTERPRISE,
    SubjectClass.AGENCY: SubjectClass.INSTITUTION,
}
"""Class -> the class of 第十三条 that it belongs to: who names that one means both."""


class InfoClass(StrEnum):
    """What it is about (阳府〔2018〕60号 第十三条)."""

    BASIC = "basic"  # 基本信息
    LICENCE_PENALTY = "licence_penalty"  # 行政许可与行政处罚信息
    JUDGMENT = "judgment"  # 司法判决信息
    EVALUATION = "evaluation"  # 信用评价信息
    QUALIFICATION = "qualification"  # 资质资格信息


class DatasetRole(StrEnum):
    """What a dataset's records are to those of the other datasets."""

    REGISTER = "register"  # 主体登记, 底账: registrations of the enterprises themselves
    RECORD = "record"  # 归集到企业名下的信息: records about them


class RegisterItem(StrEnum):
    """What the view `enterprises` shows of a registration, beside name and code."""

    REGION = "region"  # 住所所在行政区划
    STATUS = "status"  # 登记状态
    INDUSTRY = "industry"  # 行业门类
    INDUSTRY_CODE = "industry_code"  # 行业代码
    ESTABLISHED_ON = "established_on"  # 成立日期


class IdentifierKind(StrEnum):
    """Numbers that enterprises had before the credit code, and still have."""

    ORGANISATION_CODE = "organisation_code"  # 组织机构代码
    REGISTRATION_NUMBER = "registration_number"  # 工商注册号
    TAX_NUMBER = "tax_number"  # 税务登记号
    INSTITUTION_NUMBER = "institution_number"  # 事业单位证书号
    SOCIAL_ORGANISATION_NUMBER = "social_organisation_number"  # 社会组织登记证号


class Sensitivity(StrEnum):
    """What an item reveals."""

    OPEN = "open"
    PERSONAL = "personal"  # 个人信息
    SECRET = "secret"  # 国家秘密, 商业秘密


class Masking(StrEnum):
    """How an item is shown where its content must not be (脱敏)."""

    NONE = "none"
    PERSON_ID = "person_id"  # first six, then twelve asterisks
    PHONE = "phone"  # three, asterisks, four
    NAME = "name"  # 张*
    HIDE = "hide"  # asterisks only


class Severity(StrEnum):
    """What a fault does to its row."""

    CRITICAL = "critical"  # the row is quarantined
    WARNING = "warning"
    INFO = "info"


CLERK_SEVERITIES: Mapping[str, str] = {
    Severity.CRITICAL: "不合格",
    Severity.WARNING: "提示",
    Severity.INFO: "说明",
}
"""What clerks read of a severity, the gravest first. Engineers and auditors read
another scale, see `catalog.words`."""


class Dimension(StrEnum):
    """Of data quality, what a rule looks after (数据质量维度)."""

    COMPLETE = "完整性"  # what must be there is there
    CONFORMING = "规范性"  # in the form that the standard asks for
    UNIQUE = "冗余性"  # said once
    LINKED = "关联性"  # agrees with what other records say
    ACCURATE = "准确性"  # true, as far as the record itself shows
    TIMELY = "及时性"  # when it was due
    WHOLE = "全面性"  # nothing is left out of the delivery


class Responsibility(StrEnum):
    """Who must mend a fault (责任方)."""

    DEPARTMENT = "department"
    PLATFORM = "platform"


class ClockKind(StrEnum):
    """What must have happened when the clock runs out."""

    DELIVERY = "delivery"  # 归集
    PUBLICATION = "publication"  # 公示
    CORRECTION = "correction"  # 更正
    WITHDRAWAL = "withdrawal"  # 撤下
    REPAIR = "repair"  # 信用修复后停止公示
    OBJECTION_ACCEPT = "objection_accept"  # 异议受理
    OBJECTION_CHECK = "objection_check"  # 异议核查
    OBJECTION_ANSWER = "objection_answer"  # 提供方答复
    OBJECTION_REPLY = "objection_reply"  # 答复申请人
    FEEDBACK = "feedback"  # 使用情况反馈


class ClockUnit(StrEnum):
    """What a clock counts."""

    WORKING_DAYS = "working_days"  # 工作日
    CALENDAR_DAYS = "calendar_days"  # 自然日
    MONTHS = "months"  # 月


class ClockStart(StrEnum):
    """What starts a clock, where it is not the event (信息产生之日)."""

    EVENT = "event"  # 信息产生
    CHANGED = "changed"  # 变更
    REVOKED = "revoked"  # 撤销
    REMOVED = "removed"  # 移出
    ANNULLED = "annulled"  # 决定被撤销或确认违法、无效
    REPAIRED = "repaired"  # 准予信用修复
    OBJECTION_RECEIVED = "objection_received"  # 收到异议
    OBJECTION_ACCEPTED = "objection_accepted"  # 受理异议
    OBJECTION_NOTIFIED = "objection_notified"  # 提供方收到核查通知
    OBJECTION_ANSWERED = "objection_answered"  # 收到处理结果
    OBJECTION_UPHELD = "objection_upheld"  # 异议成立
    USED = "used"  # 使用信息


class Responsible(StrEnum):
    """Who must have acted when a clock runs out (责任单位)."""

    PROVIDER = "provider"  # 提供方
    COLLECTOR = "collector"  # 归集单位, the platform
    SITE = "site"  # 公示网站


class Confidence(StrEnum):
    """How sure it is that the catalogue says what is in force (可信度)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class CreditRecord(StrEnum):
    """Whether a dataset may stand in a credit record (信用信息目录)."""

    NATIONAL_BASIC = "national_basic"  # 全国公共信用信息基础目录
    LOCAL_SUPPLEMENT = "local_supplement"  # 地方补充目录
    SHARED_ONLY = "shared_only"  # 归集共享, 不作为公共信用信息使用


class DocumentStatus(StrEnum):
    """Whether the ordering document is in force (文件效力)."""

    IN_FORCE = "in_force"  # 现行有效
    EXPIRED_CONTINUED = "expired_continued"  # 有效期届满, 无接替文件, 继续运行


class Audience(StrEnum):
    """For whom a channel is (受众)."""

    PUBLIC = "public"  # 社会公众
    AGENCIES = "agencies"  # 行政机关
    CREDIT_SERVICES = "credit_services"  # 信用服务机构
    PROVIDER = "provider"  # 提供方本单位网站


class ChannelFormat(StrEnum):
    """File formats of a channel."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


class AtMaximum(StrEnum):
    """What becomes of a record at the end of its longest term (公示期限届满)."""

    STOP = "stop"  # 自动停止公示
    HOLD_IF_UNCORRECTED = "hold_if_uncorrected"  # 未纠正的继续公示


class TermStart(StrEnum):
    """The day from which a regime counts (公示期限起算)."""

    DECIDED = "decided"  # 作出决定
    PUBLISHED = "published"  # 公示
    LISTED = "listed"  # 列入


class Transition(StrEnum):
    """Which regime holds for records from before the last one (新旧衔接)."""

    FAVOUR_SUBJECT = "favour_subject"  # 从有利于信息主体者
    REGIME_AT_DECISION = "regime_at_decision"  # 从作出决定时的规定
