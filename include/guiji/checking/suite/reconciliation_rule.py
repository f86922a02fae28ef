"""What a rule of reconciliation is."""

from collections.abc import Callable
from dataclasses import dataclass

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import Dimension, Severity
from guiji.checking.suite.rules import Wording


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
        description: Chinese, what the rule demands.
        description_en: the same in English.
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
    description: str
    description_en: str
    wording: Wording
    steps: tuple[str, ...]
    points_at: str = ""
    is_about_delivery: bool = False
    applies: Callable[[Dataset], bool] = _every
