"""Pages that all datasets share: what is wrong before any rule of a dataset looks."""

from functools import cache
from importlib.resources import files

import yaml

from guiji.catalog.base import Model
from guiji.catalog.vocabulary import Dimension, Responsibility, Severity


class ReadErrorPage(Model):
    """What the page of a damaged row or cell says beside the finding's own words."""

    note: str
    """How it comes about."""

    wrong: str | None = None
    right: str | None = None
    steps: tuple[str, ...]


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

    rows: dict[str, ReadErrorPage]
    cells: dict[str, ReadErrorPage]
    deliveries: dict[str, DeliveryPage]


@cache
def load() -> SharedRules:
    """Read the prose of the shared pages."""
    text = (files(__package__) / "shared_rules.yml").read_text(encoding="utf-8")
    return SharedRules.model_validate(yaml.safe_load(text))
