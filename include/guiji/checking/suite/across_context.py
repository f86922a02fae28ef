"""What the rules across items are made from."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from guiji.catalog.model import Catalog, Dataset, Item
from guiji.catalog.rules import SIGNATURES, Rule
from guiji.checking.suite.conditions import RowCondition
from guiji.checking.suite.excel_steps import ORIGINAL
from guiji.checking.suite.items import ItemContext
from guiji.checking.suite.rules import Compute, Judgement, RuleExpectation, Wording


@dataclass(frozen=True)
class AcrossContext:
    """A rule of `expectations/` with its surroundings.

    Attributes:
        dataset: the dataset.
        catalog: its catalogue, for code lists.
        rule: the rule as written.
        night: the night of the check.
    """

    dataset: Dataset
    catalog: Catalog
    rule: Rule
    night: date

    @property
    def items(self) -> tuple[Item, ...]:
        """The rule's items, in its order."""
        return tuple(self.dataset.item(name) for name in self.rule.items)

    @property
    def item(self) -> Item:
        """The last of them, at which findings point."""
        return self.items[-1]

    def when(self) -> RowCondition | None:
        """Return the rule's condition, if it has one."""
        when = self.rule.when
        return RowCondition.of(self.dataset, self.catalog, when) if when else None

    def needed_when(self) -> RowCondition:
        """Return the condition of a rule whose kind needs one.

        Raises:
            ValueError: it has none.
        """
        when = self.when()
        if when is None:
            raise ValueError(f"rule {self.rule.id} has no condition")
        return when

    def by_fact(self, fact: str, zh: str, en: str) -> RuleExpectation:
        """Make a rule that is judged by a fact in SQL over the typed table."""
        return self._by_flag("facts", fact, zh, en)

    def by_computed(self, compute: Compute, zh: str, en: str) -> RuleExpectation:
        """Make a rule that is judged by what is worked out beside the typed table."""
        return self._by_flag("computed", compute, zh, en)

    def _by_flag(
        self, kind: str, fact: str | Compute, zh: str, en: str
    ) -> RuleExpectation:
        flag = f"{self.rule.id}__kept"
        columns = (ItemContext(self.dataset, self.catalog, self.item).raw, flag)
        judged: dict[str, Any] = {kind: ((flag, fact),), "columns": columns}
        return self.make(zh, en, judgement=Judgement.FLAG, **judged)

    def make(self, zh: str, en: str, **rest: Any) -> RuleExpectation:
        """Make the rule; its finding points at the last item.

        Args:
            zh: what its kind demands, unless the rule says it itself.
            en: the same in English.
            rest: further attributes of `RuleExpectation`.
        """
        rule = self.rule
        titles = "、".join(f"“{item.title}”" for item in self.items)
        of_rule = {
            "rule_id": f"{self.dataset.id}.{rule.id}",
            "wording": Wording(rule.message, rule.message_en, rule.remedy),
            "severity": rule.severity,
            "dimension": rule.dimension or SIGNATURES[rule.kind].dimension,
            "responsibility": rule.responsibility,
            "mostly": rule.mostly,
            "clause": rule.clause,
            "description": rule.description or zh,
            "description_en": rule.description_en or en,
            "steps": (f"把 {titles} 各列对照着看：{rule.remedy}", ORIGINAL),
        }
        item = ItemContext(self.dataset, self.catalog, self.item)
        return item.rule(rule.id, **{**of_rule, **rest})
