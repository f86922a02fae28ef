"""What must be hidden: the numbers by which natural persons are known.

A person is kept as a keyed hash and a masked form, nothing else. Numbers are judged
by their value, not by the column in which they stand, because departments put a
resident ID where a credit code belongs. Whether the county of an ID existed is not
asked: counties are abolished, IDs are for life.

Source:
    GB 11643-1999 (18 characters, ISO 7064 MOD 11-2).
"""

import hmac
import re

import numpy as np
import pyarrow as pa

from guiji.domain import columns
from guiji.domain.columns import Bytes, Flags

_WEIGHTS = np.array([pow(2, 17 - i, 11) for i in range(18)], np.int32)
_MONTH_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int32)
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_BORN = re.compile(rf"(\d{{6}})(?:18|19|20)\d{{2}}{_DAY}\d{{0,4}}X?", re.ASCII)
_BORN_BEFORE_2000 = re.compile(rf"\b(\d{{6}})\d{{2}}{_DAY}\d{{3}}\b", re.ASCII)
_POWER = re.compile(r"(\d)\.(\d+)E\+?\d+", re.ASCII)
_NOT_CODE = re.compile(r"[^0-9A-Z]")
_OLD = re.compile(rf"\d{{6}}\d{{2}}{_DAY}\d{{3}}", re.ASCII)
_OTHER_DOCUMENT = re.compile(r"[A-Z0-9()]{5,30}")
STARS = "*" * 12


def is_resident_id(characters: Bytes) -> Flags:
    """Tell resident ID numbers (公民身份号码) by date and check character.

    Args:
        characters: n × 18 matrix of ASCII codes, capital letters.

    Returns:
        n flags.
    """
    digits = characters.astype(np.int32) - ord("0")
    last_is_x = characters[:, 17] == ord("X")
    digits[last_is_x, 17] = 10
    figures: Flags = (digits >= 0) & (digits <= 9)
    figures[:, 17] |= last_is_x
    found = figures.all(axis=1)
    year = digits[:, 6:10] @ np.array([1000, 100, 10, 1], np.int32)
    month = digits[:, 10] * 10 + digits[:, 11]
    day = digits[:, 12] * 10 + digits[:, 13]
    found &= (year >= 1880) & (year < 2100) & (month >= 1) & (month <= 12)
    found &= (day >= 1) & (day <= _MONTH_DAYS[np.clip(month, 0, 12)])
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    found &= leap | (month != 2) | (day <= 28)
    found &= digits @ _WEIGHTS % 11 == 1
    return found


def mask_ids(codes: pa.Array) -> pa.Array:
    """Mask whatever looks like a person's ID, wherever it stands in a value.

    A number is taken for an ID by its form and date alone: one with a wrong check
    character is still nearly a person's, and so is one that Excel cut to fifteen
    digits, an old one of fifteen, or one with points between its parts.

    Args:
        codes: n values as by `text.compact`, of a column that should hold codes.

    Returns:
        n values; of each ID the first six digits and twelve asterisks.
    """
    return columns.mapped(codes, _mask_id)


def _mask_id(code: str) -> str:
    power = _POWER.fullmatch(code)
    spelt = power[1] + power[2] if power else code
    masked = _BORN_BEFORE_2000.sub(rf"\1{STARS}", _BORN.sub(rf"\1{STARS}", spelt))
    if masked != spelt:
        return masked
    joined = _NOT_CODE.sub("", code)
    masked = _BORN.sub(rf"\1{STARS}", joined)
    return masked if masked != joined else code


def mask_documents(numbers: pa.Array) -> pa.Array:
    """Mask numbers that are personal whatever they look like (证件号码).

    Returns:
        Of 15 characters and more the first six and twelve asterisks, as governments
        print them; of shorter ones (passports) the first and eight asterisks.
    """

    def mask(number: str) -> str:
        return number[:6] + STARS if len(number) >= 15 else number[:1] + STARS[:8]

    return columns.mapped(numbers, mask)


def mask_phones(numbers: pa.Array) -> pa.Array:
    """Mask telephone numbers: three digits, asterisks, the last four."""

    def mask(number: str) -> str:
        return f"{number[:3]}****{number[-4:]}" if len(number) >= 11 else STARS[:8]

    return columns.mapped(numbers, mask)


def mask_names(names: pa.Array) -> pa.Array:
    """Mask names: the first character and an asterisk (张*)."""
    return columns.mapped(names, lambda name: name[:1] + "*")


def hide(texts: pa.Array) -> pa.Array:
    """Put eight asterisks for every text."""
    return columns.mapped(texts, lambda _: STARS[:8])


def documents_ok(numbers: pa.Array) -> pa.Array:
    """Judge the form of numbers of identity documents (证件号码).

    Args:
        numbers: n numbers as by `text.compact`.

    Returns:
        n flags: true for null, for a resident ID with a real date and the right check
        character, an old one of fifteen digits, or what may be another document's
        number (passport, travel permit): letters and digits, but not the beginning
        of a resident ID and not a number that Excel has cut short.
    """
    view = columns.view(numbers)
    ok = np.ones(len(numbers), np.bool_)
    rows = np.flatnonzero(view.lengths == 18)
    whole = is_resident_id(view.matrix(rows, 18))
    ok[rows] = whole
    others = ~ok | (view.lengths != 18) & columns.flags(numbers.is_valid())
    rows = np.flatnonzero(others)
    encoded = numbers.take(pa.array(rows)).dictionary_encode()
    judged = np.array([_document_ok(n) for n in encoded.dictionary.to_pylist()], bool)
    ok[rows] = judged[encoded.indices.to_numpy()] if len(rows) else True
    return pa.array(ok)


def _document_ok(number: str) -> bool:
    """Judge a number that is no resident ID of eighteen characters."""
    if len(number) == 15 and number.isdigit():
        return _OLD.fullmatch(number) is not None
    if len(number) >= 17 and number[:17].isdigit():
        return False
    return _OTHER_DOCUMENT.fullmatch(number) is not None


def pseudonym(texts: pa.Array, key: bytes) -> pa.Array:
    """Replace what identifies a person by a keyed hash.

    Args:
        texts: n texts, in one form per person (`text.compact`).
        key: secret of the platform.

    Returns:
        n HMAC-SHA-256 in hexadecimal (64 characters); null stays.
    """

    def digest(text: str) -> str:
        return hmac.digest(key, text.encode(), "sha256").hex()

    return columns.mapped(texts, digest)
