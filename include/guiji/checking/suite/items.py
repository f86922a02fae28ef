"""What the rules about one item are made from."""

from dataclasses import dataclass
from typing import Any

from guiji.catalog.model import Catalog, Condition, Dataset, Item
from guiji.catalog.vocabulary import ItemType
from guiji.checking.suite.conditions import RowCondition
from guiji.checking.suite.rules import RuleExpectation


def raw(item: Item) -> str:
    """Return the column that holds an item as delivered, cleaned."""
    return item.id if item.type is ItemType.TEXT else f"{item.id}__raw"


@dataclass(frozen=True)
class ItemContext:
    """An item with its surroundings.

    Attributes:
        dataset: the item's dataset.
        catalog: its catalogue, for code lists and departments.
        item: the item.
        sender: the department that delivers; None = nobody, the rules are listed.
    """

    dataset: Dataset
    catalog: Catalog
    item: Item
    sender: str | None = None

    @property
    def title(self) -> str:
        """The item's title in Chinese."""
        return self.item.title

    @property
    def name(self) -> str:
        """The item's id, which is its name in English sentences."""
        return self.item.id

    @property
    def raw(self) -> str:
        """The column that holds the item as delivered, cleaned."""
        return raw(self.item)

    def condition(self, condition: Condition) -> RowCondition:
        """Return a condition of the catalogue in SQL and in words."""
        return RowCondition.of(self.dataset, self.catalog, condition)

    def rule(self, kind: str, **rest: Any) -> RuleExpectation:
        """Make a rule about the item; `rest` are the attributes peculiar to its kind.

        Args:
            kind: end of the rule's id.
            rest: attributes of `RuleExpectation`; they go before those of the item.
        """
        of_item = {
            "rule_id": f"{self.dataset.id}.{self.item.id}.{kind}",
            "item": self.item.id,
            "title": self.item.title,
            "shows": self.raw,
            "severity": self.item.severity,
            "clause": f"{self.dataset.standard} {self.item.code}",
        }
        return RuleExpectation(**{**of_item, **rest})
