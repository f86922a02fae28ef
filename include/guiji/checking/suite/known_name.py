"""The rule that a known credit code comes with a known name (关联性)."""

from collections.abc import Iterator

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import Dimension, Severity
from guiji.checking import links
from guiji.checking.suite.items import ItemContext
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording

STEPS = (
    "按统一社会信用代码在国家企业信用信息公示系统查询登记的名称。",
    "名称写错的改名称，代码写错的改代码；名称刚变更的不必处理。",
)


KIND = "known_name"
"""End of the rule's id."""


def rule_id(dataset: Dataset) -> str:
    """Return the id of the rule of a dataset."""
    return f"{dataset.id}.{dataset.subject.name}.{KIND}"


def known_name(of: ItemContext) -> Iterator[RuleExpectation]:
    """A known credit code comes with a known name."""
    title, name = of.title, of.name
    if not links.applies(of.dataset):
        return
    yield of.rule(
        KIND,
        judgement=Judgement.FLAG,
        columns=(name, links.NAMED),
        description=f"“{title}”是平台已知的、该统一社会信用代码的名称之一。",
        description_en=f"{name} is one of the names under which the credit code is "
        "known.",
        wording=Wording(
            f"“{title}”与平台已有的该统一社会信用代码的名称都不相同。",
            f"{name} is none of the names under which the credit code is known.",
            f"请核对“{title}”与统一社会信用代码；名称确已变更的不必处理。",
        ),
        steps=STEPS,
        severity=Severity.WARNING,
        dimension=Dimension.LINKED,
    )
