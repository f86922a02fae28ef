"""What a batch says against what is known already (关联性)."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import InfoClass
from guiji.domain import text

NAMED = "subject__named"
"""Column of the staged table: the name is one under which the code is known."""


def applies(dataset: Dataset) -> bool:
    """Tell whether names are compared; a registration is where a name may change."""
    return dataset.info_class is not InfoClass.BASIC


def named(dataset: Dataset, typed: pa.Table, register: Path) -> pa.Array:
    """Tell which rows give their credit code a name under which it is known.

    Args:
        dataset: says which items are code and name.
        typed: n rows.
        register: Parquet of known pairs, columns `uscc` and `name`.

    Returns:
        n booleans; true where code or name is missing or the code is not known.
    """
    known = pq.read_table(register, columns=["uscc", "name"])
    codes = typed[dataset.subject.uscc].combine_chunks()
    names = text.name_norm(typed[dataset.subject.name])
    pairs = pc.binary_join_element_wise(codes, names, "|")
    known_names = text.name_norm(known["name"])
    known_pairs = pc.binary_join_element_wise(
        known["uscc"].combine_chunks(), known_names, "|"
    )
    stranger = pc.invert(pc.is_in(codes, value_set=known["uscc"].combine_chunks()))
    said = pc.is_in(pairs, value_set=known_pairs.drop_null())
    return pc.or_(pc.or_(stranger, said), pc.is_null(pairs))
