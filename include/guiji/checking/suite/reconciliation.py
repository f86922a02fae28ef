"""Rules on a night's deliveries compared with one another and with the warehouse.

They are judged when a night is merged, by `guiji.batch.reconciliation`; their words
stand here with those of all rules, so that every rule has its page. What differs from
row to row (the other file, its row) is put behind the message by the check.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import Dimension, Severity
from guiji.checking.suite.demands import Demand
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording


def _every(_: Dataset) -> bool:
    return True


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
        "后到的一行正确的，无需处理；本行正确的，请重新报送本行。",
    ),
    steps=(_FIND_BOTH, "后到的一行正确的不必处理；先到的一行正确的，重新报送该行。"),
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
        "本行正确的，无需处理；先到的一行正确的，请重新报送那一行。",
    ),
    steps=(_FIND_BOTH, "后到的一行正确的不必处理；先到的一行正确的，重新报送该行。"),
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

RULES: tuple[ReconciliationRule, ...] = (CONTRADICTED, OVERRULED, OVERRULES)
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
