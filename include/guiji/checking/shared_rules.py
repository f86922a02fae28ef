"""Pages of the codes that a receipt gives to a whole delivery."""

from functools import cache
from importlib.resources import files

import yaml

from guiji.catalog.base import Model
from guiji.catalog.vocabulary import Dimension, Responsibility, Severity
from guiji.checking.suite import merge_outcomes


class DeliveryPage(Model):
    """What the page says of a code that a receipt gives to a whole delivery."""

    title: str
    meaning: str
    severity: Severity
    dimension: Dimension
    responsibility: Responsibility = Responsibility.DEPARTMENT
    steps: tuple[str, ...]


class SharedRules(Model):
    """The content of shared_rules.yml; keys are codes in lower case."""

    refusals: dict[str, DeliveryPage]
    """Codes of refusals, and of rules on whole deliveries."""

    remarks: dict[str, DeliveryPage]
    """Codes of what is told of a delivery that is not refused for it."""


def deliveries() -> dict[str, DeliveryPage]:
    """Return the pages of all codes of deliveries, outcomes of the merge among them."""
    texts = load()
    outcomes = {
        code: DeliveryPage(
            title=rule.title,
            meaning=rule.meaning,
            severity=rule.severity,
            dimension=rule.dimension,
            steps=rule.steps,
        )
        for code, rule in merge_outcomes.RULES.items()
    }
    return texts.refusals | outcomes | texts.remarks


@cache
def load() -> SharedRules:
    """Read the prose of the shared pages."""
    text = (files(__package__) / "shared_rules.yml").read_text(encoding="utf-8")
    return SharedRules.model_validate(yaml.safe_load(text))
