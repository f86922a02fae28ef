"""Rules on a night's deliveries compared with one another and with the warehouse.

They are judged when a night is merged, by `guiji.pipeline.reconciliation`; their words
stand here with those of all rules, so that every rule has its page. What differs from
row to row (the other file, its row) is put behind the message by the check.
"""

from collections.abc import Iterator

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import Dimension, Severity
from guiji.checking.suite.held_record_rules import (
    DAY_CORRECTED,
    NOTHING_TO_CHANGE,
    NOTHING_TO_REVOKE,
    NUMBER_ELSEWHERE,
    NUMBER_ELSEWHERE_TOLD,
    OTHER_DAY,
    REVOKED_DAY,
)
from guiji.checking.suite.reconciliation_rule import ReconciliationRule
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording

__all__ = [
    "CONTRADICTED", "DAY_CORRECTED", "DIFFERENT_ENTERPRISE", "MASS_CHANGE",
    "NAME_OF_OTHER_CODE", "NOTHING_TO_CHANGE", "NOTHING_TO_REVOKE",
    "NUMBER_ELSEWHERE", "NUMBER_ELSEWHERE_TOLD", "OTHER_DAY", "OVERRULED",
    "OVERRULES", "REVOKED_DAY", "RULES", "ReconciliationRule", "expectation",
    "item_of", "of_dataset", "rule_id",
]  # fmt: skip


def _registers(dataset: Dataset) -> bool:
    return dataset.is_register


def _states(dataset: Dataset) -> bool:
    return not _registers(dataset)


VERSIONS_CLAUSE = "贵州省企业公共信用信息平台运行管理规则(试行) 第十六条"
_FIND_BOTH = (
    "按回执中的行号，在两个文件中找到说的是同一条记录的两行，与原件（决定书、证照、"
    "业务系统）核对。"
)

CONTRADICTED = ReconciliationRule(
    kind="other_file_contradicts",
    severity=Severity.CRITICAL,
    dimension=Dimension.UNIQUE,
    clause=VERSIONS_CLAUSE,
    description="同时到达的两个文件对同一条记录的填报相同。",
    description_en="Two files that arrive at the same instant state a record alike.",
    wording=Wording(
        "同时到达的另一个文件对同一条记录的填报不同，无法判断以哪一行为准，"
        "两行均未入库。",
        "Another file of the same arrival states this record otherwise; both rows are "
        "held back.",
        "请核对原件，只把正确的一行重新报送。",
    ),
    steps=(_FIND_BOTH, "只把正确的一行放入新的文件，重新报送；另一行不再报送。"),
)

OVERRULED = ReconciliationRule(
    kind="other_file_is_newer",
    severity=Severity.WARNING,
    dimension=Dimension.UNIQUE,
    clause=VERSIONS_CLAUSE,
    description="当晚没有后到的文件对同一条记录另有填报。",
    description_en="No file that arrived later in the same night states this "
    "record otherwise.",
    wording=Wording(
        "当晚后到的另一个文件对同一条记录的填报不同，两行中以后到的为准，本行只留作历史；"
        "后到的一行另有“未改变现状”提示的，现状不变。",
        "A file that arrived later in the same night states this record otherwise; "
        "of the two, that row counts, unless it is told to change nothing.",
        "后到的一行正确的，无需处理；本行正确的，请在“操作”列填“恢复”后重新报送本行。",
    ),
    steps=(
        _FIND_BOTH,
        "后到的一行正确的不必处理；先到的一行正确的，在“操作”列填“恢复”后重新报送该行。",
    ),
)

OVERRULES = ReconciliationRule(
    kind="other_file_is_older",
    severity=Severity.WARNING,
    dimension=Dimension.UNIQUE,
    clause=VERSIONS_CLAUSE,
    description="当晚没有先到的文件对同一条记录另有填报。",
    description_en="No file that arrived earlier in the same night states this "
    "record otherwise.",
    wording=Wording(
        "当晚先到的另一个文件对同一条记录的填报不同，本行后到，两行中以本行为准；"
        "另有“未改变现状”提示的，现状不变。",
        "A file that arrived earlier in the same night states this record otherwise; "
        "of the two, this row counts, unless it is told to change nothing.",
        "本行正确的，无需处理；先到的一行正确的，请在“操作”列填“恢复”后重新报送那一行。",
    ),
    steps=(
        _FIND_BOTH,
        "后到的一行正确的不必处理；先到的一行正确的，在“操作”列填“恢复”后重新报送该行。",
    ),
)

DIFFERENT_ENTERPRISE = ReconciliationRule(
    kind="different_enterprise",
    severity=Severity.CRITICAL,
    dimension=Dimension.ACCURATE,
    clause="GB 32100-2015",
    description=(
        "一个统一社会信用代码只属于一个企业：另一个文件或平台现存的登记用同一代码的，"
        "名称相同；名称已变更的，成立日期或注册号相同。"
    ),
    description_en=(
        "A credit code belongs to one enterprise: another registration of the code has "
        "the same name or, after a change of name, the same day of establishment or "
        "registration number."
    ),
    wording=Wording(
        "同一统一社会信用代码登记了另一个企业：名称不同，成立日期和注册号也都不相同，"
        "本行未入库。",
        "The credit code is registered to another enterprise: the names differ, and so "
        "do day of establishment and registration number; the row is held back.",
        "请对照营业执照核对代码，更正后重新报送；现存登记有误的，先报送该登记的撤销"
        "（“操作”填“撤销”），再报送本行。",
    ),
    steps=(
        "按回执中的行号找到该行；回执写明了使用同一代码的两个企业。",
        "按统一社会信用代码在国家企业信用信息公示系统查询，看代码属于哪个企业。",
        "本行代码写错的，更正代码后重新报送。",
        "平台现存的登记有误的，先以“撤销”报送该登记，入库后再报送本行。",
    ),
    points_at="uscc",
    applies=_registers,
)

NAME_OF_OTHER_CODE = ReconciliationRule(
    kind="name_of_other_code",
    severity=Severity.CRITICAL,
    dimension=Dimension.LINKED,
    clause="福建省涉企信息统一归集公示工作实施方案(2016) 一(二)",
    description=(
        "名称已登记在另一统一社会信用代码下的，填报那个代码；本代码登记的现用名称和"
        "曾用名称除外。"
    ),
    description_en=(
        "A name that is registered to another credit code stands beside that code, "
        "unless it is a present or former name of this one."
    ),
    wording=Wording(
        "这个名称登记在另一统一社会信用代码下，而本行代码登记的现用名称和曾用名称中"
        "没有这个名称，本行未入库。",
        "The name is registered to another credit code, and is no registered name of "
        "the code given; the row is held back.",
        "请核对代码与名称：代码写错的，改为该企业的代码；名称写错的，改为登记的名称，"
        "再重新报送该行。",
    ),
    steps=(
        "按回执中的行号和列号，找到该行的代码和名称；回执写明了这个名称所登记的代码。",
        "按统一社会信用代码在国家企业信用信息公示系统查询登记的名称。",
        "代码写错的改代码，名称写错的改名称，重新报送该行。",
    ),
    points_at="uscc",
    applies=_states,
)

MASS_CHANGE = ReconciliationRule(
    kind="mass_change",
    severity=Severity.CRITICAL,
    dimension=Dimension.WHOLE,
    clause="贵州省企业公共信用信息平台运行管理规则(试行) 第二十五条",
    description="一晚的全量报送合计，撤销的记录不超过采集目录的限度。",
    description_en="The full deliveries of a night together revoke no more than "
    "the limit.",
    wording=Wording(
        "按全量报送，将撤销的记录超过采集目录的限度。",
        "More records would be revoked than the catalogue admits.",
        "请核对是否漏报，补全后整批重新报送。",
    ),
    steps=(),
    is_about_delivery=True,
    applies=lambda dataset: dataset.delivery == "full",
)
"""Not among `RULES`: it has the id and the page of the rule of `suite.history` that
judges a file alone, before its night."""

RULES: tuple[ReconciliationRule, ...] = (
    CONTRADICTED,
    OVERRULED,
    OVERRULES,
    NOTHING_TO_REVOKE,
    NOTHING_TO_CHANGE,
    NUMBER_ELSEWHERE,
    NUMBER_ELSEWHERE_TOLD,
    DAY_CORRECTED,
    OTHER_DAY,
    REVOKED_DAY,
    DIFFERENT_ENTERPRISE,
    NAME_OF_OTHER_CODE,
)
"""Every rule of reconciliation that has a page of its own; a check may only use those
listed here, and `MASS_CHANGE`."""


def of_dataset(dataset: Dataset) -> Iterator[ReconciliationRule]:
    """Return the rules that a dataset can break."""
    return (rule for rule in RULES if rule.applies(dataset))


def rule_id(dataset: Dataset, rule: ReconciliationRule) -> str:
    """Name a rule.

    Returns:
        `<dataset>.<kind>`, `<dataset>.<item>.<kind>` where findings point at an item,
        `<dataset>.batch.<kind>` of a rule on whole deliveries.
    """
    about = "batch" if rule.is_about_delivery else item_of(dataset, rule)
    return ".".join(part for part in (dataset.id, about, rule.kind) if part)


def item_of(dataset: Dataset, rule: ReconciliationRule) -> str | None:
    """Name the item that findings point at; None = the whole row."""
    subject = {"name": dataset.subject.name, "uscc": dataset.subject.uscc}
    return subject.get(rule.points_at)


def expectation(dataset: Dataset, rule: ReconciliationRule) -> RuleExpectation:
    """Write a rule in the form from which findings are made."""
    item = item_of(dataset, rule)
    key = "、".join(dataset.item(name).title for name in dataset.key)
    return RuleExpectation(
        rule_id=rule_id(dataset, rule),
        judgement=Judgement.FACT if rule.is_about_delivery else Judgement.FLAG,
        columns=(),
        wording=rule.wording,
        description=rule.description,
        description_en=rule.description_en,
        severity=rule.severity,
        dimension=rule.dimension,
        clause=rule.clause,
        item=item,
        title=dataset.item(item).title if item else key,
        shows=item or "record_key",
    )
