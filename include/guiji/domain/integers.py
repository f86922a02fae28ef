"""Whole numbers: digits, thousands separators, or a decimal point with zeros only."""

import pyarrow as pa
import pyarrow.compute as pc

from guiji.domain import columns, text

_WHOLE = r"^[+-]?(\d{1,3}(,\d{3}){1,4}|\d{1,13})(\.0+)?$"
"""Longer numbers count nothing; fifteen and eighteen digits are rather a person."""


def parse(texts: pa.Array | pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Read whole numbers.

    Args:
        texts: n texts: 12, 1,200, 12.0, １２; null tokens are null.

    Returns:
        Numbers (int64), and whether each was understood (true for null).
    """
    half = columns.mapped(columns.combine(texts), text.half_width_one)
    whole = pc.match_substring_regex(half, _WHOLE)
    bare = pc.replace_substring_regex(half, r"\.0+$|,|^\+", "")
    kept = pc.if_else(whole, bare, pa.scalar(None, pa.string()))
    return kept.cast(pa.int64()), pc.fill_null(whole, True)
