"""Unified social credit codes (统一社会信用代码): 18 characters with two checks.

A code is judged in two ways. Its *level* says what it is: valid, a known exception,
or what is wrong with it. *Warnings* say what is unusual about it: a pair of department
and category, a region or an organisation code that the tables do not know. Real codes
are unusual now and then, so a warning never rejects one.

Source:
    GB 32100-2015 with amendment 1; GB 11714-1997 for characters 9–17.
"""

from collections.abc import Collection, Iterator
from enum import StrEnum
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guiji.domain import check_sums, columns, org_codes, resident_ids, text
from guiji.domain.columns import Bytes, Flags, Rows
from guiji.domain.org_codes import valid as org_code_valid

__all__ = [
    "ALPHABET", "LEVELS", "PAIRS", "Level", "accepted", "classify", "harmless",
    "judge", "normalise", "org_code_valid", "warnings",
]  # fmt: skip


class Level(StrEnum):
    """What a value in a column of credit codes is."""

    VALID = "valid"
    VALID_FUJIAN_2015 = "valid_fujian_2015"
    """Issued in Fujian in 2015 by another rule for the check character; accepted."""

    PLACEHOLDER = "placeholder"
    """Seventeen zeros and X: no code issued yet (双公示)."""

    LOOKS_LIKE_PERSON_ID = "looks_like_person_id"
    BAD_LENGTH = "bad_length"
    BAD_CHAR = "bad_char"
    BAD_CHECK = "bad_check"
    TRUNCATED_BY_EXCEL = "truncated_by_excel"
    REGISTRATION_NUMBER = "registration_number"
    ORGANISATION_CODE = "organisation_code"
    SEVERAL_CODES = "several_codes"
    WITH_OTHER_TEXT = "with_other_text"
    """Of another length, and known for what it is."""

    MISSING = "missing"


Levels = NDArray[np.int8]
"""Positions in `LEVELS`."""

LEVELS = tuple(Level)
LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PLACEHOLDER = np.frombuffer(b"00000000000000000X", np.uint8)
COUNTED_UP = np.frombuffer(b"123456789012345678", np.uint8)
"""Typed by hand to fill the cell; passes the check character by chance."""

PAIRS = frozenset(
    first + second
    for first, seconds in (
        ("1", "1239"), ("2", "19"), ("3", "123459"), ("4", "19"), ("5", "12349"),
        ("6", "129"), ("7", "129"), ("8", "19"), ("9", "123"), ("A", "19"),
        ("N", "123"), ("Y", "1"),
    )
    for second in seconds
)  # fmt: skip
"""Registering department and category of body in use (登记管理部门, 机构类别)."""

PROVINCES = frozenset({
    "10", "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34",
    "35", "36", "37", "41", "42", "43", "44", "45", "46", "50", "51", "52", "53",
    "54", "61", "62", "63", "64", "65", "71", "81", "82",
})  # fmt: skip
"""First two digits of regions; 10 is the national authority."""

(
    _VALID, _VALID_FUJIAN_2015, _PLACEHOLDER, _LOOKS_LIKE_PERSON_ID,
    _BAD_LENGTH, _BAD_CHAR, _BAD_CHECK, _TRUNCATED,
    _REGISTRATION_NUMBER, _ORGANISATION_CODE, _SEVERAL_CODES, _WITH_OTHER_TEXT,
    _MISSING,
) = range(13)  # fmt: skip
NO_CODE = _PLACEHOLDER
"""Position in `LEVELS` of what says that there is no code yet."""

_DIGITS = "0123456789"
_FORM = ["123456789AGNY", *[_DIGITS] * 7, *[""] * 10]
"""Departments in use, then category and region in digits, then any character."""

_WEIGHTS = [pow(3, i, 31) for i in range(17)] + [1]
_TABLES = check_sums.table(ALPHABET, _WEIGHTS, _FORM)
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_FUJIAN_TABLES = check_sums.table(
    f"{_DIGITS}ABCDEFGHIJKLMNOPQRSTUVWXYZ", [2**i % 37 for i in range(17)] + [1], _FORM
)
_ORDER = np.full(256, 10**7, np.int64)
_ORDER[list(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")] = np.arange(36)
_SEVERAL = r"^([0-9A-Z]{18}){2,}$"
_AMONG_TEXT = r"(^|[^0-9A-Z])[0-9A-HJ-NPQRTUWXY]{18}([^0-9A-Z]|$)"
_FIFTEEN = r"^\d{15}$"
_CUT_SHORT = r"^\d(\.\d+)?E\+?\d+$|^[1-9]\d{14}000$"


def normalise(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return codes without blanks, hyphens and invisible characters, in capitals.

    Args:
        texts: n cells. Full-width characters, Excel's `="…"` and apostrophe are seen
            to; letters that the alphabet does not have (I O S V Z) are kept.

    Returns:
        n codes; null where there is none, 暂无 and its like included.
    """
    return text.compact(texts)


def normalise_one(code: str) -> str | None:
    """Normalise one code; see `normalise`."""
    return text.compact_one(code)


def classify(codes: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Describe what each code is.

    Args:
        codes: n codes as by `normalise`.

    Returns:
        n values of `Level`.
    """
    return columns.lookup(LEVELS, judge(columns.combine(codes)))


def judge(codes: pa.Array) -> Levels:
    """Describe what each code is, as positions in `LEVELS`; see `classify`."""
    view = columns.view(codes)
    levels = np.full(len(codes), _BAD_LENGTH, np.int8)
    rows = np.flatnonzero(view.lengths == LENGTH)
    levels[rows] = _judge(view.matrix(rows, LENGTH))
    if view.valid is not None:
        levels[~view.valid] = _MISSING
    wrong = np.flatnonzero((levels >= _BAD_LENGTH) & (levels < _MISSING))
    if len(wrong):
        levels[wrong] = _reconsider(codes.take(pa.array(wrong)), levels[wrong])
    return levels


def is_right(code: str) -> bool:
    """Return whether 18 characters end in the check character of GB 32100-2015.

    Their form is not asked: any characters of the alphabet may stand anywhere.
    """
    if len(code) != LENGTH or not _VALUES.keys() >= {*code}:
        return False
    return sum(w * _VALUES[c] for w, c in zip(_WEIGHTS, code, strict=True)) % 31 == 0


def accepted(levels: Levels) -> Flags:
    """Return the levels whose code identifies an enterprise."""
    flags: Flags = levels <= _VALID_FUJIAN_2015
    return flags


def harmless(levels: Levels) -> Flags:
    """Return the levels that are no fault: accepted, placeholder, missing."""
    flags: Flags = (levels <= _PLACEHOLDER) | (levels == _MISSING)
    return flags


def warnings(
    codes: pa.Array | pa.ChunkedArray,
    region_codes: Collection[str] | None,
    pairs: Collection[str] = PAIRS,
) -> dict[str, pa.Array]:
    """Describe what is unusual about codes, none of which is a reason to reject them.

    Args:
        codes: n normalised codes; those that are not 18 characters get no warning.
        region_codes: six-digit codes of GB/T 2260, abolished ones included, and of
            zones; None = only the first two digits are looked at.
        pairs: known pairs of department and category.

    Returns:
        n flags each: `unknown_pair`, `unknown_region` (of the registering authority),
        `inner_check` (characters 9–17 fail GB 11714).
    """
    codes = columns.combine(codes)
    view = columns.view(codes)
    rows = np.flatnonzero(view.lengths == LENGTH)
    matrix = view.matrix(rows, LENGTH)
    regions, width = (PROVINCES, 4) if region_codes is None else (region_codes, 8)
    by_warning = {
        "unknown_pair": ~_among(matrix[:, :2], pairs),
        "unknown_region": ~_among(matrix[:, 2:width], regions),
        "inner_check": ~org_codes.checks(matrix[:, 8:17]),
    }
    return {
        name: _spread(flags, rows, len(codes)) for name, flags in by_warning.items()
    }


def _spread(flags: Flags, rows: Rows, size: int) -> pa.Array:
    column = np.zeros(size, np.bool_)
    column[rows] = flags
    return pa.array(column)


def _among(parts: Bytes, listed: Collection[str]) -> Flags:
    """Return which rows of digits (and one letter before them) are in a set."""
    number = np.zeros(len(parts), np.int64)
    for character in parts.T:
        number = number * 10 + _ORDER.take(character)
    flags: Flags = _listed(frozenset(listed), parts.shape[1]).take(number, mode="clip")
    return flags


@cache
def _listed(codes: frozenset[str], width: int) -> Flags:
    """Make a table of all numbers of so many digits; the last place is never true."""
    table = np.zeros(36 * 10 ** (width - 1) + 1, np.bool_)
    for code in codes:
        characters = np.frombuffer(code.encode(), np.uint8)
        number = 0
        for order in _ORDER.take(characters):
            number = number * 10 + int(order)
        table[min(number, len(table) - 1)] = len(code) == width
    table[-1] = False
    return table


def _judge(codes: Bytes) -> Levels:
    """Judge an n × 18 matrix of characters."""
    total = check_sums.sums(codes, _TABLES)
    legal = total < check_sums.ILLEGAL
    right = legal & (total % 31 == 0)
    levels = np.where(right, _VALID, np.where(legal, _BAD_CHECK, _BAD_CHAR))
    levels = levels.astype(np.int8)
    wrong = np.flatnonzero(~right)
    if len(wrong):
        rest = codes[wrong]
        levels[wrong[_is_fujian_2015(rest)]] = _VALID_FUJIAN_2015
        levels[wrong[(rest == PLACEHOLDER).all(axis=1)]] = _PLACEHOLDER
    filler = np.flatnonzero((codes[:, 2] == ord("3")) & (codes[:, 17] == ord("8")))
    levels[filler[(codes[filler] == COUNTED_UP).all(axis=1)]] = _BAD_CHECK
    tens, ones = codes[:, 6], codes[:, 7]
    century = (tens == ord("1")) & (ones >= ord("8")) | (tens == ord("2"))
    dated = np.flatnonzero(century)
    person = dated[resident_ids.are_right(codes[dated])]
    levels[person] = _LOOKS_LIKE_PERSON_ID
    return levels


def _is_fujian_2015(codes: Bytes) -> Flags:
    """Return which codes of Fujian have a check character by another rule.

    Check character = (37 − Σ v·2^i) mod 37 over all 36 letters and digits. Seven real
    codes are known, all of new bodies (organisation code M0…) registered in 2015.
    """
    total = check_sums.sums(codes, _FUJIAN_TABLES)
    flags: Flags = (total < check_sums.ILLEGAL) & (total % 37 == 0)
    flags &= (codes[:, 2] == ord("3")) & (codes[:, 3] == ord("5"))
    flags &= (codes[:, 8] == ord("M")) & (codes[:, 9] == ord("0"))
    return flags & org_codes.checks(codes[:, 8:17])


def _reconsider(codes: pa.Array, levels: Levels) -> Levels:
    """Classify wrong codes: by characters, and by what Excel did to them."""
    eighteen = columns.flags(pc.equal(pc.utf8_length(codes), LENGTH))
    levels[eighteen & (levels == _BAD_LENGTH)] = _BAD_CHAR
    levels[~eighteen] = _BAD_LENGTH
    for level, flags in _other_kinds(codes):
        levels[flags & ~eighteen] = level
    levels[columns.flags(pc.match_substring_regex(codes, _CUT_SHORT))] = _TRUNCATED
    return levels


def _other_kinds(codes: pa.Array) -> Iterator[tuple[int, Flags]]:
    """Return what codes of another length are."""
    for level, pattern in ((_SEVERAL_CODES, _SEVERAL), (_WITH_OTHER_TEXT, _AMONG_TEXT)):
        yield level, columns.flags(pc.match_substring_regex(codes, pattern))
    yield _ORGANISATION_CODE, columns.flags(org_codes.valid(codes))
    rows = columns.true_rows(pc.match_substring_regex(codes, _FIFTEEN))
    numbers = codes.take(pa.array(rows)).to_pylist()
    registered = np.zeros(len(codes), np.bool_)
    registered[rows] = [not resident_ids.is_old(number) for number in numbers]
    yield _REGISTRATION_NUMBER, registered
