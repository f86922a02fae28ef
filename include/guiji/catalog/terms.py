"""Terms of publication (公示期限): what of a record decides them, and the regimes."""

from datetime import date
from typing import Self

import pydantic

from guiji.catalog.base import Identifier, Model
from guiji.catalog.vocabulary import AtMaximum, Confidence, TermStart


class TermRule(Model):
    """How long a record is on public show (公示期限)."""

    start: Identifier
    """The item from which the term runs."""

    end_items: tuple[Identifier, ...] = ()
    """Dates that end it; the earliest one filled in wins, but never before the
    shortest term of the regime nor after the longest."""

    regime: Identifier | None = None
    """A regime of the jurisdiction: months by class of severity."""

    class_item: Identifier | None = None
    classes: dict[str, tuple[str, ...]] = {}
    """Class of severity -> values of `class_item` that put a record into it."""

    default_class: str | None = None
    clause: str


class TermRegime(Model):
    """Publication terms by class of severity, while a regulation is in force."""

    id: Identifier
    regime: Identifier
    """Regimes of the same name follow one another in time."""

    effective_from: date
    effective_to: date | None = None
    months: dict[str, int]
    """Class of severity -> longest months on show; 0 = not published."""

    min_months: dict[str, int] = {}
    """Class of severity -> months before which no date that a department states ends
    the show; classes left out have none."""

    starts: TermStart | None = None
    """The day that the regulation names; None = as the dataset's term says."""

    at_maximum: AtMaximum = AtMaximum.STOP
    not_repairable: tuple[str, ...] = ()
    """Classes whose term no repair shortens."""

    confidence: Confidence = Confidence.HIGH
    clause: str

    @pydantic.model_validator(mode="after")
    def _shortest_before_longest(self) -> Self:
        for severity, shortest in self.min_months.items():
            if not 0 <= shortest <= self.months.get(severity, -1):
                raise ValueError(
                    f"min_months of {severity} is not between 0 and its months"
                )
        return self
