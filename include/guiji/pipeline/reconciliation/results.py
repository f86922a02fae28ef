"""What a check of reconciliation may conclude."""

from dataclasses import dataclass

import pyarrow as pa

from guiji.checking.suite.reconciliation import ReconciliationRule

ROWS = pa.schema(
    [
        ("batch_id", pa.string()),
        ("row_id", pa.int64()),
        ("detail", pa.string()),  # Chinese, put behind the rule's message; or null
        ("detail_en", pa.string()),
        ("proposal", pa.string()),  # what the platform proposes instead; or null
    ]
)
"""Rows that break a rule; a row stands here once."""


@dataclass(frozen=True)
class RowFindings:
    """Rows of the night that break a rule; a critical rule holds them back.

    Attributes:
        rule: one of `suite.reconciliation.RULES`.
        rows: columns of `ROWS`, of any of the night's deliveries; columns that are
            left out are null.
    """

    rule: ReconciliationRule
    rows: pa.Table


@dataclass(frozen=True)
class DeliveryFinding:
    """A delivery that breaks a rule as a whole; a critical rule refuses it.

    A named person can release it, as from any rule on whole deliveries.

    Attributes:
        rule: one of `suite.reconciliation.RULES`, about deliveries.
        batch_id: the delivery.
        detail: Chinese, put behind the rule's message.
        detail_en: the same in English.
    """

    rule: ReconciliationRule
    batch_id: str
    detail: str = ""
    detail_en: str = ""


@dataclass(frozen=True)
class Duplicate:
    """A delivery that says nothing but what is held: there is nothing to do with it.

    Attributes:
        batch_id: the delivery.
        first_id: delivery id of the one that brought the same bytes first.
    """

    batch_id: str
    first_id: str


Result = RowFindings | DeliveryFinding | Duplicate


def batches(result: Result) -> set[str]:
    """Name the deliveries that a result is about."""
    if isinstance(result, RowFindings):
        return set(result.rows["batch_id"].unique().to_pylist())
    return {result.batch_id}
