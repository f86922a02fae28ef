"""Rules on a night's deliveries compared with one another and with the warehouse.

They are judged when a night is merged, by `guiji.batch.reconciliation`; their words
stand here with those of all rules, so that every rule has its page. What differs from
row to row (the other file, its row) is put behind the message by the check.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import Dimension, InfoClass, Severity
from guiji.checking.suite.demands import Demand
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording


def _every(_: Dataset) -> bool:
    return True


def _registers(dataset: Dataset) -> bool:
    return dataset.info_class is InfoClass.BASIC


def _states(dataset: Dataset) -> bool:
    return not _registers(dataset)


@dataclass(frozen=True)
class ReconciliationRule:
    """A rule of reconciliation, the same for every dataset that it applies to.

    Attributes:
        kind: end of the rule's id.
        severity: critical holds the row back, or refuses the delivery.
        dimension: of data quality.
        clause: document and paragraph.
        demand: what the rule asks for.
        wording: what a finding says, before what differs from row to row.
        steps: how a clerk mends it.
        points_at: the subject's `name` or `uscc`, where the finding is in that cell;
            empty = it is about the whole row.
        is_about_delivery: the finding is about the delivery as a whole.
        applies: tells the datasets that have the rule.
    """

    kind: str
    severity: Severity
    dimension: Dimension
    clause: str
    demand: Demand
    wording: Wording
    steps: tuple[str, ...]
    points_at: str = ""
    is_about_delivery: bool = False
    applies: Callable[[Dataset], bool] = _every


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
    demand=Demand(
        "同时到达的两个文件对同一条记录的填报相同。",
        "Two files that arrive at the same instant state a record alike.",
    ),
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
    demand=Demand(
        "当晚没有后到的文件对同一条记录另有填报。",
        "No file that arrived later in the same night states this record otherwise.",
    ),
    wording=Wording(
        "当晚后到的另一个文件对同一条记录的填报不同，以后到的为准，本行只留作历史。",
        "A file that arrived later in the same night states this record otherwise; "
        "that row counts.",
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
    demand=Demand(
        "当晚没有先到的文件对同一条记录另有填报。",
        "No file that arrived earlier in the same night states this record otherwise.",
    ),
    wording=Wording(
        "当晚先到的另一个文件对同一条记录的填报不同，本行后到，以本行为准。",
        "A file that arrived earlier in the same night states this record otherwise; "
        "this row counts.",
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
    demand=Demand(
        "一个统一社会信用代码只属于一个企业：另一个文件或平台现存的登记用同一代码的，"
        "名称相同；名称已变更的，成立日期或注册号相同。",
        "A credit code belongs to one enterprise: another registration of the code has "
        "the same name or, after a change of name, the same day of establishment or "
        "registration number.",
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
    demand=Demand(
        "名称已登记在另一统一社会信用代码下的，填报那个代码；本代码登记的现用名称和"
        "曾用名称除外。",
        "A name that is registered to another credit code stands beside that code, "
        "unless it is a present or former name of this one.",
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
    demand=Demand(
        "一晚的全量报送合计，撤销的记录不超过采集目录的限度。",
        "The full deliveries of a night together revoke no more than the limit.",
    ),
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

NUMBER_CLAUSE = (
    "双公示数据标准(2018) (决定书文号); 党政机关公文格式 GB/T 9704-2012 7.2.5"
)
CHANGES_CLAUSE = "阳府〔2018〕60号 第十一条 (变更、撤销)"


def _has(attribute: str, value: str) -> Callable[[Dataset], bool]:
    """Tell the datasets whose catalogue entry treats a number given twice so."""

    def has(dataset: Dataset) -> bool:
        wanted = dataset.same_number
        return wanted is not None and getattr(wanted, attribute) == value

    return has


def _numbered(dataset: Dataset) -> bool:
    return dataset.same_number is not None


NUMBER_ELSEWHERE = ReconciliationRule(
    kind="number_of_another",
    severity=Severity.CRITICAL,
    dimension=Dimension.UNIQUE,
    clause=NUMBER_CLAUSE,
    demand=Demand(
        "同一机关的同一编号（文号）没有以另一主体报送过；一项决定涉及几个主体的，"
        "在同一文件中一并报送。",
        "A number of one authority is held for no other subject, unless the delivery "
        "states all of its subjects together.",
    ),
    wording=Wording(
        "同一机关的同一编号（文号）已以另一主体报送，本行未入库。",
        "This number of this authority is held for another subject; the row is held "
        "back.",
        "原来的主体写错的，请把原记录（操作填“撤销”）和本行放在同一文件中报送；"
        "一项决定涉及几个主体的，请在同一文件中一并报送；本行写错的，更正后重新报送。",
    ),
    steps=(
        "按回执中所列的现有记录，与决定书核对主体和文号。",
        "原记录的主体写错的：在同一文件中报送两行，原记录一行的“操作”填“撤销”，"
        "正确的一行的“操作”填“新增”。",
        "一项决定涉及几个主体的：把各主体的行放在同一文件中一并报送。",
        "本行写错的：更正后重新报送该行。",
    ),
    applies=_has("other_subject", "hold_back"),
)

NUMBER_ELSEWHERE_TOLD = replace(
    NUMBER_ELSEWHERE,
    severity=Severity.WARNING,
    wording=Wording(
        "同一机关的同一编号（文号）已以另一主体报送，两条记录都在。",
        "This number of this authority is held for another subject, too.",
        "一项决定涉及几个主体的，无需处理；有一条写错主体的，请撤销该条（操作填“撤销”）。",
    ),
    applies=_has("other_subject", "warn"),
)

DAY_CORRECTED = ReconciliationRule(
    kind="other_day",
    severity=Severity.WARNING,
    dimension=Dimension.ACCURATE,
    clause=NUMBER_CLAUSE,
    demand=Demand(
        "同一记录的产生日期与平台现有记录相同；更正日期的，予以告知。",
        "A record keeps the day of its event; a corrected day is told.",
    ),
    wording=Wording(
        "本行的日期与平台现有记录的不同。",
        "The day of the event is another than held.",
        "确系更正日期的，无需处理；本行日期填错的，更正后重新报送该行；"
        "文号不含年份、实为另一年的决定的，请补全文号后重新报送。",
    ),
    steps=(
        "按回执中所列的现有记录，与决定书核对日期。",
        "本行的日期正确的不必处理；填错的，更正后重新报送该行。",
        "实为另一项决定的：文号补全年份后重新报送，并把原记录按原样再报送一次"
        "（操作填“恢复”）。",
    ),
    applies=_has("other_day", "correct"),
)

OTHER_DAY = replace(
    DAY_CORRECTED,
    severity=Severity.CRITICAL,
    wording=Wording(
        "本行的日期与平台现有记录的不同，本行未入库。",
        "The day of the event is another than held; the row is held back.",
        "本行日期填错的，更正后重新报送该行；原记录日期填错的，请先撤销原记录"
        "（操作填“撤销”），再报送本行。",
    ),
    steps=(
        "按回执中所列的现有记录，与决定书核对日期。",
        "本行的日期填错的，更正后重新报送该行。",
        "原记录的日期填错的，先撤销原记录，再报送该行。",
    ),
    applies=_has("other_day", "hold_back"),
)

REVOKED_DAY = ReconciliationRule(
    kind="revoked_other_day",
    severity=Severity.CRITICAL,
    dimension=Dimension.ACCURATE,
    clause=CHANGES_CLAUSE,
    demand=Demand(
        "撤销的记录，日期与平台现有记录相同。",
        "What is withdrawn has the day of the record that is held.",
    ),
    wording=Wording(
        "要撤销的记录与平台现有记录的日期不同，未予撤销，本行未入库。",
        "The record to be withdrawn is held with another day; nothing was withdrawn.",
        "确要撤销现有的这条记录的，请按现有记录的日期填写后重新报送该行。",
    ),
    steps=(
        "按回执中所列的现有记录，核对文号、主体和日期。",
        "确要撤销现有的这条记录的，把日期改为现有记录的日期，重新报送该行。",
    ),
    applies=_numbered,
)

NOTHING_TO_REVOKE = ReconciliationRule(
    kind="nothing_to_revoke",
    severity=Severity.CRITICAL,
    dimension=Dimension.LINKED,
    clause=CHANGES_CLAUSE,
    demand=Demand(
        "撤销的是平台现有的记录。", "What is withdrawn is a record that is held."
    ),
    wording=Wording(
        "平台没有要撤销的这条记录，未予撤销，本行未入库。",
        "There is no such record to withdraw; nothing was withdrawn.",
        "请对照所列的现有记录核对主体、编号（文号）和机关，更正后重新报送该行；"
        "从未报送过的，不必撤销。",
    ),
    steps=(
        "对照回执中所列的相近记录，核对主体的代码、编号（文号）和机关代码。",
        "写错的，改成与现有记录一致，“操作”仍填“撤销”，重新报送该行。",
        "从未报送过的，不必撤销，从文件中删去该行。",
    ),
)

NOTHING_TO_CHANGE = ReconciliationRule(
    kind="nothing_to_change",
    severity=Severity.WARNING,
    dimension=Dimension.LINKED,
    clause=CHANGES_CLAUSE,
    demand=Demand(
        "变更的是平台现有的记录。", "What is changed is a record that is held."
    ),
    wording=Wording(
        "平台没有要变更的这条记录，本行按新增处理。",
        "There is no such record to change; the row is taken as new.",
        "确系新增的，无需处理；要变更的是所列的现有记录的，请撤销本行所增的记录"
        "（操作填“撤销”），并按现有记录的主体和编号重新报送变更。",
    ),
    steps=(
        "对照回执中所列的相近记录，核对主体的代码、编号（文号）和机关代码。",
        "确系新增的不必处理；写错主体或编号的，撤销本行所增的记录，再报送正确的变更。",
    ),
)

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
    """Give the rules that a dataset can break."""
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
        description=rule.demand.description,
        description_en=rule.demand.description_en,
        severity=rule.severity,
        dimension=rule.dimension,
        clause=rule.clause,
        item=item,
        title=dataset.item(item).title if item else key,
        shows=item or "record_key",
    )
