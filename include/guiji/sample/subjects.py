"""What one part of a night's records is made from."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from guiji.catalog.model import Catalog, Dataset, Department

Columns = dict[str, pa.Array]
"""Item -> n values as the department's own system holds them: dates as date32, amounts
as decimal128 in the catalogue's unit, codes as the stored value, the rest as text."""


@dataclass(frozen=True)
class Part:
    """The frame of n records of one dataset and department.

    Attributes:
        dataset: what they are records of.
        department: who delivers them.
        catalog: where the code lists are.
        enterprises: n rows of the table of enterprises, whom the records are about.
        events: n days of the event (信息产生之日), datetime64[D].
        serials: n running numbers, unique within dataset and department.
        night: the last day that anything can have happened.
        rng: source of everything drawn.
    """

    dataset: Dataset
    department: Department
    catalog: Catalog
    enterprises: pa.Table
    events: NDArray[np.datetime64]
    serials: NDArray[np.int64]
    night: date
    rng: np.random.Generator

    def __len__(self) -> int:
        return len(self.serials)

    def constant(self, text: str | None) -> pa.Array:
        """Repeat one text n times."""
        return pa.repeat(pa.scalar(text, pa.string()), len(self))

    def column(self, name: str) -> pa.Array:
        """Return one column of the enterprises as one array."""
        return self.enterprises[name].combine_chunks()

    def chance(self, share: float) -> NDArray[np.bool_]:
        """Draw n booleans, true with the given probability."""
        drawn: NDArray[np.bool_] = self.rng.random(len(self)) < share
        return drawn


def dates(
    days: NDArray[np.datetime64], where: NDArray[np.bool_] | None = None
) -> pa.Array:
    """Make an Arrow array of days; null except `where`."""
    mask = None if where is None else ~where
    return pa.array(days.astype("datetime64[D]"), pa.date32(), mask=mask)
