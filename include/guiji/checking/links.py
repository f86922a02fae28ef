"""What a batch says against what is known already (关联性)."""

import numpy as np
import pyarrow as pa

from guiji.catalog.model import Dataset
from guiji.checking.register import KINDS, NAME, Register
from guiji.domain import columns, fingerprints, text

NAMED = "subject__named"
"""Column of the staged table: the name is one under which the code is known."""


def applies(dataset: Dataset) -> bool:
    """Return whether names are compared; a registration is where a name may change."""
    return not dataset.is_register


def named(dataset: Dataset, typed: pa.Table, register: Register) -> pa.Array:
    """Return which rows give their credit code a name under which it is known.

    Args:
        dataset: says which items are code and name.
        typed: n rows.
        register: what is known.

    Returns:
        n booleans; true where code or name is missing or the code is not known.
    """
    names = text.name_norm(typed[dataset.subject.name])
    said = fingerprints.of(names)
    matches = register.of_codes(columns.combine(typed[dataset.subject.uscc]))
    matches = matches.where(register.column("kind", matches.rows) == KINDS.index(NAME))
    same = register.column("form_id", matches.rows) == said[matches.asked]
    right = np.ones(len(typed), np.bool_)
    right[matches.asked] = False
    right[matches.asked[same]] = True
    return pa.array(right | columns.flags(names.is_null()))
