"""What a returned workbook says about its batch beside the findings."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self


@dataclass(frozen=True)
class BatchSummary:
    """What the sheet says about a batch beside its findings.

    Attributes:
        batch_id: its id; also the workbook's own property.
        facts: label and text of each line at the top.
        refusal: why the whole was refused, and what to do; empty if it was not.
        trial: whether it was only tried.
        full: whether a delivery of the dataset replaces all earlier ones.
        contact: whom to ask.
        notes: what else there is to say; each maker of workbooks adds to it.
    """

    batch_id: str
    facts: Sequence[tuple[str, str]]
    refusal: Sequence[str]
    trial: bool
    full: bool
    contact: Sequence[str]
    notes: Sequence[str] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Make one of what `to_json` gave."""
        facts = [(label, text) for label, text in content["facts"]]
        return cls(**{**content, "facts": facts})

    def noting(self, *notes: str) -> Self:
        """Return the same with more notes."""
        return replace(self, notes=(*self.notes, *notes))
