"""Clocks of the law (时限): what must be done, by whom, within which time."""

from datetime import date
from typing import Any, Self

import numpy as np
import pydantic
from numpy.typing import NDArray

from guiji.catalog.base import Identifier, Model
from guiji.catalog.vocabulary import (
    ClockKind,
    ClockStart,
    ClockUnit,
    Confidence,
    Responsible,
)
from guiji.domain.workdays import Calendar, Days

PARAMETER = "平台参数"
"""What stands for the clause of a number that no document gives."""


class Clock(Model):
    """A deadline, counted from what starts it; that day itself does not count.

    One of `working_days`, `calendar_days` and `months` gives its length.

    Source: 民法典 第二百零一至二百零三条.
    """

    id: Identifier
    kind: ClockKind
    working_days: int | None = pydantic.Field(default=None, ge=1)
    calendar_days: int | None = pydantic.Field(default=None, ge=1)
    months: int | None = pydantic.Field(default=None, ge=1)
    starts: ClockStart = ClockStart.EVENT
    responsible: Responsible = Responsible.PROVIDER
    parameter: bool = False
    """The platform's own number, because no document gives one."""

    clause: str
    """The document and paragraph that sets it; of a parameter it may be left out."""

    valid_from: date | None = None
    """First day of what starts it; None = as long as the entry is valid."""

    valid_to: date | None = None
    confidence: Confidence = Confidence.HIGH

    @pydantic.model_validator(mode="before")
    @classmethod
    def _parameter(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("parameter") is True:
            return {"clause": PARAMETER, **values}
        return values

    @pydantic.model_validator(mode="after")
    def _one_length(self) -> Self:
        if len(self._lengths()) != 1:
            names = " or ".join(unit.value for unit in ClockUnit)
            raise ValueError(f"give one of {names}")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self

    def _lengths(self) -> dict[ClockUnit, int]:
        given = {unit: getattr(self, unit.value) for unit in ClockUnit}
        return {unit: length for unit, length in given.items() if length is not None}

    def due(self, calendar: Calendar, start: Days) -> tuple[Days, NDArray[np.bool_]]:
        """Return the last day in time of each start, and whether it is provisional."""
        if self.working_days:
            return calendar.due(start, self.working_days)
        return calendar.due_by_date(
            start, days=self.calendar_days or 0, months=self.months or 0
        )

    def is_valid(self, start: Days) -> NDArray[np.bool_]:
        """Return on which days it may start."""
        first = start >= np.datetime64(self.valid_from or date.min)
        return first & (start <= np.datetime64(self.valid_to or date.max))

    @property
    def unit(self) -> ClockUnit:
        """What it counts."""
        return next(iter(self._lengths()))

    @property
    def length(self) -> int:
        """How many of its unit."""
        return self._lengths()[self.unit]
