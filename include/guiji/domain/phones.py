"""Telephone numbers (联系电话) of the mainland, as people write them."""

import pyarrow as pa
import pyarrow.compute as pc

from guiji.domain import columns, text

_PHONE = (
    r"^(\+?86|0086)?1[3-9]\d{9}$"  # mobile
    r"|^(\+?86|0086)?(\(?0?\d{2,3}\)?)?[2-9]\d{6,7}(转?\d{1,6}|\(\d{1,6}\))?$"
    r"|^[48]00\d{7}$"  # 400 and 800 numbers
    r"|^1\d{4}$|^9[56]\d{3,6}$"  # 12315, 95588
)


def parse(texts: pa.Array | pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Read telephone numbers.

    Returns:
        Numbers without blanks and hyphens, and whether each has the form of one
        (true for null).
    """
    compact = text.compact(columns.combine(texts))
    return compact, pc.fill_null(pc.match_substring_regex(compact, _PHONE), True)
