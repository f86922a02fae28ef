"""What a delivery as a whole may be, beside what each of its rows must be.

A limit is measured against what the department delivered before. A jurisdiction gives
the limits of all its datasets; a dataset gives its own instead, or `null` where one
makes no sense for it.
"""

from typing import Self

import pydantic

from guiji.catalog.base import Model
from guiji.catalog.vocabulary import Severity


class Tolerance(Model):
    """From when on a share of rows says something about a whole delivery."""

    from_rows: int = pydantic.Field(default=20, ge=1)
    """Rows below which no share is judged: one bad row of three proves nothing."""


class Limit(Model):
    """What all limits have."""

    severity: Severity
    """critical: the delivery is refused as a whole; warning: its department is told."""

    clause: str
    """The document and paragraph that supports it."""


class RowCountLimit(Limit):
    """Rows, against the median of the last accepted deliveries that had any."""

    last: int = pydantic.Field(default=5, ge=1)
    """Deliveries of which the median is taken."""

    at_least: float = pydantic.Field(gt=0, le=1)
    """Times the median; fewer rows break the limit."""

    at_most: float = pydantic.Field(ge=1)
    """Times the median; more rows break the limit."""


class ColumnsLimit(Limit):
    """Columns of the catalogue that the last accepted delivery had and this lacks."""

    at_most: int = pydantic.Field(default=0, ge=0)
    """Columns that may be lacking."""


class FreshnessLimit(Limit):
    """The newest event of a delivery, where its dataset has an update cycle."""

    beyond_cycle_days: int = pydantic.Field(ge=0)
    """Calendar days that it may be older than one update cycle before the night."""


class RedatingLimit(Limit):
    """Rows whose document the platform holds under another day of the event."""

    at_most: float = pydantic.Field(ge=0, lt=1)
    """Share of the delivery's rows."""


class BatchLimits(Model):
    """The limits of whole deliveries; one that is left out is not judged."""

    row_count: RowCountLimit | None = None
    columns: ColumnsLimit | None = None
    freshness: FreshnessLimit | None = None
    redating: RedatingLimit | None = None

    def over(self, general: Self) -> Self:
        """Return these limits, and the general ones where these say nothing.

        Args:
            general: of the jurisdiction. A `null` given here switches one of them off.
        """
        own = {name: getattr(self, name) for name in self.model_fields_set}
        return general.model_copy(update=own)
