"""Codes that pass every check and belong to nobody.

Credit codes, organisation codes, registration numbers and resident ID numbers are
made whole columns at a time from a running number, so that they do not repeat. The
bodies of organisation codes begin with 99 or MY, and resident IDs with a county code
that does not exist, so that none of them is a real enterprise's or person's.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]

USCC_ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", dtype=np.uint8)
_USCC_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)])
_ORG_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_ID_WEIGHTS = np.array([pow(2, 17 - i, 11) for i in range(17)])
_ORG_CHECKS = np.frombuffer(b"0123456789X0", dtype=np.uint8)
_ID_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)

NUMERIC_BODIES = 10**6
"""How many organisation codes of digits only there are under the prefix 99."""

LETTER_BODIES = 31**6
"""How many there are under the prefix MY."""

NO_COUNTY = np.frombuffer(b"529901", dtype=np.uint8)
"""First six characters of every resident ID made here: no county has them."""

_NUMERIC_STEP = 618_033
_LETTER_STEP = 548_496_787


def _values(alphabet: bytes) -> NDArray[np.int64]:
    table = np.full(256, -1, dtype=np.int64)
    table[np.frombuffer(alphabet, dtype=np.uint8)] = np.arange(len(alphabet))
    return table


_USCC_VALUES = _values(USCC_ALPHABET.tobytes())
_ORG_VALUES = _values(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def to_arrow(characters: Bytes) -> pa.Array:
    """Turn an n × w matrix of ASCII characters into n strings of w characters."""
    rows, width = characters.shape
    offsets = np.arange(0, (rows + 1) * width, width, dtype=np.int32)
    flat = np.ascontiguousarray(characters)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(flat))


def to_characters(codes: Sequence[str]) -> Bytes:
    """Turn n ASCII strings of one width w into an n × w matrix of characters."""
    flat = np.frombuffer("".join(codes).encode("ascii"), dtype=np.uint8)
    return flat.reshape(len(codes), -1).copy()


def digits(numbers: Integers, width: int) -> Bytes:
    """Write n numbers as decimal digits, padded with zeros: n × width characters."""
    powers = 10 ** np.arange(width - 1, -1, -1)
    written: Bytes = (numbers[:, None] // powers % 10 + ord("0")).astype(np.uint8)
    return written


def org_check(bodies: Bytes) -> Bytes:
    """Compute the check characters of n × 8 organisation-code bodies.

    Source: GB 11714-1997, weights 3 7 9 10 5 8 4 2 modulo 11.
    """
    total = (_ORG_VALUES[bodies] * _ORG_WEIGHTS).sum(axis=1)
    checks: Bytes = _ORG_CHECKS[11 - total % 11]
    return checks


def uscc_check(stems: Bytes) -> Bytes:
    """Compute the check characters of n × 17 credit-code stems.

    Source: GB 32100-2015, weights 3^i modulo 31 over 31 characters.
    """
    total = (_USCC_VALUES[stems] * _USCC_WEIGHTS).sum(axis=1)
    checks: Bytes = USCC_ALPHABET[-total % 31]
    return checks


def person_check(stems: Bytes) -> Bytes:
    """Compute the check characters of n × 17 resident-ID stems.

    Source: GB 11643-1999, ISO 7064 MOD 11-2.
    """
    total = ((stems - ord("0")).astype(np.int64) * _ID_WEIGHTS).sum(axis=1)
    checks: Bytes = _ID_CHECKS[total % 11]
    return checks


def mod_11_10(stems: Bytes) -> Bytes:
    """Compute the check digits of n × 14 registration-number stems.

    Source: GS15-2006, ISO 7064 MOD 11,10.
    """
    check = np.full(len(stems), 5)
    for column in (stems - ord("0")).astype(np.int64).T:
        check = (np.where(check == 0, 10, check) * 2 % 11 + column) % 10
    digit = (1 - np.where(check == 0, 10, check) * 2 % 11) % 10
    checks: Bytes = (digit + ord("0")).astype(np.uint8)
    return checks


def org_codes(serials: Integers, numeric: NDArray[np.bool_], seed: int) -> Bytes:
    """Make n distinct organisation codes of nine characters.

    Args:
        serials: n distinct running numbers from 0; where `numeric` holds they must be
            below NUMERIC_BODIES, elsewhere below LETTER_BODIES.
        numeric: n booleans: digits only, or with letters.
        seed: shifts the whole sequence.

    Raises:
        ValueError: a running number is too large, codes would repeat.
    """
    if (serials[numeric] >= NUMERIC_BODIES).any() or (serials >= LETTER_BODIES).any():
        raise ValueError("more organisation codes asked for than there are")
    bodies = np.empty((len(serials), 8), dtype=np.uint8)
    low = (serials * _NUMERIC_STEP + seed * 7919 % NUMERIC_BODIES) % NUMERIC_BODIES
    bodies[:, :2] = np.frombuffer(b"99", dtype=np.uint8)
    bodies[:, 2:] = digits(low, 6)
    letters = ~numeric
    high = (
        serials[letters] * _LETTER_STEP + seed * 7919 % LETTER_BODIES
    ) % LETTER_BODIES
    bodies[letters, :2] = np.frombuffer(b"MY", dtype=np.uint8)
    powers = 31 ** np.arange(5, -1, -1)
    bodies[letters, 2:] = USCC_ALPHABET[high[:, None] // powers % 31]
    return np.column_stack([bodies, org_check(bodies)])


def credit_codes(pairs: Bytes, regions: Bytes, organisations: Bytes) -> Bytes:
    """Join pair (n × 2), region (n × 6) and organisation code (n × 9), and check.

    Returns:
        n × 18 characters, valid credit codes.
    """
    stems = np.column_stack([pairs, regions, organisations])
    return np.column_stack([stems, uscc_check(stems)])


def registration_numbers(regions: Bytes, serials: Integers, leading: Integers) -> Bytes:
    """Make n × 15 registration numbers (工商注册号) that pass MOD 11,10.

    Args:
        regions: n × 6 characters, code of the first registering authority.
        serials: n running numbers below ten million.
        leading: n digits: 0–3 domestic, 4–5 foreign-funded, 6–9 个体工商户.
    """
    order = digits(leading * 10**7 + serials % 10**7, 8)
    stems = np.column_stack([regions, order])
    return np.column_stack([stems, mod_11_10(stems)])


def person_ids(born: NDArray[np.datetime64], serials: Integers) -> Bytes:
    """Make n × 18 resident ID numbers that pass MOD 11-2.

    Args:
        born: n birthdays (datetime64[D]).
        serials: n order numbers below 1000.
    """
    months = born.astype("datetime64[M]")
    years = months.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (born - months.astype("datetime64[D]")).astype(np.int64) + 1
    dates = digits(years * 10_000 + month * 100 + day, 8)
    county = np.tile(NO_COUNTY, (len(serials), 1))
    stems = np.column_stack([county, dates, digits(serials % 1000, 3)])
    return np.column_stack([stems, person_check(stems)])
