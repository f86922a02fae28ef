"""Ids of deliveries and batches: composed and taken apart in one place.

A delivery is `<night>-<department>-<content>`, its batch `<night>-<department>-
<dataset>-<content>`; the content is the beginning of the SHA-256 of its bytes, with a
number from the second such delivery on. Departments and datasets have no hyphens.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Self

UNRECOGNISED = "unrecognised"
"""Stands for the dataset of a delivery of which none can be told."""


def delivery_ids(night: date, department: str, sha256: str) -> Iterator[str]:
    """Yield ids that a delivery may have; the first that is free is its own."""
    base = f"{night}-{department}-{sha256[:8]}"
    yield base
    yield from (f"{base}-{number}" for number in count(2))


@dataclass(frozen=True)
class BatchId:
    """The parts of a batch id; `str` composes them.

    Attributes:
        night: the night that took the delivery.
        department: who delivered.
        dataset: of what, or why there is none.
        content: first eight digits of the SHA-256, and the number if there is one.
    """

    night: date
    department: str
    dataset: str
    content: str

    @classmethod
    def of(
        cls, delivery_id: str, night: date, department: str, dataset: str | None
    ) -> Self:
        """Return the id of a delivery's batch.

        Args:
            delivery_id: the delivery's id.
            night: the night that took it.
            department: who delivered.
            dataset: None = it cannot be told.
        """
        content = delivery_id.removeprefix(f"{night}-{department}-")
        return cls(night, department, dataset or UNRECOGNISED, content)

    @classmethod
    def parse(cls, batch_id: str) -> Self:
        """Split a batch id into its parts.

        Raises:
            ValueError: it is none.
        """
        year, month, day, department, dataset, content = batch_id.split("-", 5)
        return cls(date(int(year), int(month), int(day)), department, dataset, content)

    def __str__(self) -> str:
        """Compose the id."""
        return f"{self.night}-{self.department}-{self.dataset}-{self.content}"
