"""The fact that a row's authority or source is its sender, or one it delivers for."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from guiji.catalog import bodies
from guiji.catalog.bodies import Departments
from guiji.catalog.model import Catalog, Dataset
from guiji.domain import columns


@dataclass(frozen=True)
class OfSender:
    """Works out the fact for one item that names a body or holds its code.

    Attributes:
        item: the item.
        known: the catalogue's departments.
        allowed: ids of the sender and of those it delivers for.
        is_unlisted_allowed: whether a body may be none of the departments.
    """

    item: str
    known: Departments = field(repr=False)
    allowed: frozenset[str]
    is_unlisted_allowed: bool

    @classmethod
    def of(
        cls, dataset: Dataset, catalog: Catalog, item: str, sender: str | None
    ) -> "OfSender":
        """Make it for a sender; where nobody sends, any department is allowed."""
        everybody = frozenset(catalog.departments)
        allowed = bodies.delivered_by(catalog, sender) if sender else everybody
        accepts = sender is None or dataset.unlisted_bodies == "accept"
        return cls(item, bodies.departments(catalog), allowed, accepts)

    def __call__(self, typed: pa.Table) -> pa.Array:
        """Return which rows name a body whose records the sender may deliver.

        Args:
            typed: n rows.

        Returns:
            n booleans; true as well where the item is empty or not understood.
        """
        column = columns.combine(typed[self.item]).dictionary_encode()
        right = [self._may(text) for text in column.dictionary.to_pylist()]
        places = column.indices.fill_null(len(right)).to_numpy(zero_copy_only=False)
        return pa.array(np.array([*right, True], np.bool_)[places])

    def _may(self, name_or_code: str) -> bool:
        found = self.known.find(name_or_code)
        return self.is_unlisted_allowed if found is None else found in self.allowed
