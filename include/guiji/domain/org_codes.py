"""Organisation codes (组织机构代码): eight characters and a check character.

Source:
    GB 11714-1997. The nine characters live on as characters 9–17 of credit codes.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.domain import check_sums, columns, text
from guiji.domain.columns import Bytes, Flags

LENGTH = 9
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TABLES = check_sums.table(
    _ALPHABET, (3, 7, 9, 10, 5, 8, 4, 2, 1), [""] * 8 + ["0123456789X"]
)
_TABLES[8, ord("X")] = 10
"""With the check character the sum is a multiple of 11: 10 is X, and 11 is 0."""


_HYPHENED = r"^([0-9A-Z]{8})-([0-9X])$"


@dataclass(frozen=True)
class OrgCodes:
    """A column of organisation codes, judged.

    Attributes:
        codes: the nine characters without hyphen; null where not valid.
        ok: true where valid or null.
        repaired: true where zeros lost at the beginning were put back.
    """

    codes: pa.Array
    ok: pa.Array
    repaired: pa.Array


def checks(characters: Bytes) -> Flags:
    """Return which codes end in the right check character.

    Args:
        characters: n × 9 matrix of ASCII codes, capital letters.
    """
    total = check_sums.sums(characters, _TABLES)
    right: Flags = (total < check_sums.ILLEGAL) & (total % 11 == 0)
    return right


def valid(codes: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return which compact codes are valid; null is not."""
    codes = columns.combine(codes)
    view = columns.view(codes)
    rows = np.flatnonzero(view.lengths == LENGTH)
    flags = np.zeros(len(codes), np.bool_)
    flags[rows] = checks(view.matrix(rows, LENGTH))
    return pa.array(flags)


def parse(texts: pa.Array | pa.ChunkedArray) -> OrgCodes:
    """Read organisation codes, with or without hyphen.

    Args:
        texts: n texts. Seven or eight digits are taken for a code that lost its zeros
            in a worksheet, if with them the check character is right.
    """
    joined = pc.replace_substring_regex(columns.combine(texts), _HYPHENED, r"\1\2")
    compact = text.compact(joined)
    short = pc.match_substring_regex(compact, r"^\d{6,7}[\dX]$")
    padded = pc.if_else(short, pc.utf8_lpad(compact, LENGTH, "0"), compact)
    right = valid(padded)
    return OrgCodes(
        codes=pc.if_else(right, padded, pa.scalar(None, pa.string())),
        ok=pc.or_(right, padded.is_null()),
        repaired=pc.and_(right, pc.fill_null(short, False)),
    )
