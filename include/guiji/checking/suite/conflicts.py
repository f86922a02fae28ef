"""What findings say about codes and names that do not go together (关联性).

They are found when a night is merged, see `warehouse.conflicts`; their words stand
here with those of all rules, so that every rule has its page.
"""

from guiji.catalog.model import Dataset, Item
from guiji.catalog.vocabulary import Dimension, Severity
from guiji.checking.suite import known_name
from guiji.checking.suite.rules import Wording

NAME_CONFLICT, CODE_CONFLICT = "name_conflict", "code_conflict"
KINDS = (NAME_CONFLICT, CODE_CONFLICT)
CLAUSE = "福建省涉企信息统一归集公示工作实施方案(2016) 一(二)"
SEVERITY = Severity.WARNING
DIMENSION = Dimension.LINKED
STEPS = known_name.STEPS
DESCRIPTION = "“{title}”须与其他部门和登记机关的记载一致。"
DESCRIPTION_EN = "{name} agrees with what the registrar and others state."

WORDINGS = {
    NAME_CONFLICT: Wording(
        "该统一社会信用代码登记的现用名称和曾用名称中没有这个名称。",
        "The name is neither the present nor a former name of the credit code.",
        "请核对名称与统一社会信用代码；名称已变更而登记信息尚未报送的，不必处理。",
    ),
    CODE_CONFLICT: Wording(
        "这个名称是另一统一社会信用代码现在登记的名称。",
        "The name is the present registered name of another credit code.",
        "请核对统一社会信用代码；因转型、迁移换发代码的，请报送原代码的注销信息。",
    ),
}


def item_of(dataset: Dataset, kind: str) -> Item:
    """Find the item that a finding of a conflict points at."""
    subject = dataset.subject
    return dataset.item(subject.name if kind == NAME_CONFLICT else subject.uscc)


def rule_id(dataset: Dataset, kind: str) -> str:
    """Name the rule that a conflict breaks."""
    return f"{dataset.id}.{item_of(dataset, kind).id}.{kind}"
