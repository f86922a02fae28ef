"""What must be hidden: the numbers by which natural persons are known.

A person is kept as a keyed hash and a masked form, nothing else. Numbers are judged
by their value, not by the column in which they stand, because departments put a
resident ID where a credit code belongs; what such a number looks like, is known to
`personal_data`.

Source:
    GB 11643-1999 (18 characters, ISO 7064 MOD 11-2).
"""

import hmac
import re

import numpy as np
import pyarrow as pa

from guiji.domain import columns, personal_data, resident_ids

_OTHER_DOCUMENT = re.compile(r"[A-Z0-9()]{5,30}")
STARS = "*" * 8


def mask_ids(codes: pa.Array) -> pa.Array:
    """Mask whatever looks like a person's ID, wherever it stands in a value.

    What is nearly one counts, see `personal_data.mask_code`.

    Args:
        codes: n values as by `text.compact`, of a column that should hold codes.

    Returns:
        n values; of each ID the first six digits and twelve asterisks.
    """
    return columns.mapped(codes, personal_data.mask_code)


def mask_documents(numbers: pa.Array) -> pa.Array:
    """Mask numbers that are personal whatever they look like (证件号码).

    Returns:
        Of 15 characters and more the first six and twelve asterisks, as governments
        print them; of shorter ones (passports) the first and eight asterisks.
    """

    def mask(number: str) -> str:
        is_short = len(number) < 15
        return number[:1] + STARS if is_short else resident_ids.masked(number)

    return columns.mapped(numbers, mask)


def mask_phones(numbers: pa.Array) -> pa.Array:
    """Mask telephone numbers: three digits, asterisks, the last four."""

    def mask(number: str) -> str:
        return f"{number[:3]}****{number[-4:]}" if len(number) >= 11 else STARS

    return columns.mapped(numbers, mask)


def mask_names(names: pa.Array) -> pa.Array:
    """Mask names: the first character and an asterisk (张*)."""
    return columns.mapped(names, lambda name: name[:1] + "*")


def hide(texts: pa.Array) -> pa.Array:
    """Replace every text by eight asterisks."""
    return columns.mapped(texts, lambda _: STARS)


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
    whole = resident_ids.are_right(view.matrix(rows, 18))
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
        return resident_ids.OLD_NUMBER.fullmatch(number) is not None
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
