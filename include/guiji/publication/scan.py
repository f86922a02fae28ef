"""Look for persons in the bytes that leave, whatever column they came from.

The allow-list of items decides what may leave; this is the second fence, which knows
nothing of columns. It finds residents' ids (18 characters, a real day of birth and
the check character of ISO 7064 MOD 11-2) and mobile numbers, each standing alone
between characters that are neither letters nor digits.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

PERSON_ID_FORM = (
    r"[1-8][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])"
    r"(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
)
PHONE_FORM = r"1[3-9][0-9]{9}"
PHONE_ALONE = rf"(^|[^0-9A-Za-z]){PHONE_FORM}([^0-9A-Za-z]|$)"
"""The phone for engines without look-around."""

PERSON_ID = re.compile(PERSON_ID_FORM.encode())
PHONE = re.compile(PHONE_FORM.encode())

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"

WINDOW = 1 << 24
PERSON_ID_LENGTH = 18
PHONE_LENGTH = 11

_IS_ALNUM = np.array([chr(b).isalnum() and b < 128 for b in range(256)])
_IS_DIGIT = np.array([ord("0") <= b <= ord("9") for b in range(256)])

Bytes = npt.NDArray[np.uint8]


def is_person_id(code: str) -> bool:
    """Tell whether 18 characters are a resident's id: day of birth and check.

    Source:
        GB 11643-1999; ISO 7064 MOD 11-2.
    """
    try:
        date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        return False
    total = sum(w * int(c) for w, c in zip(WEIGHTS, code[:17], strict=True))
    return CHECKS[total % 11] == code[17].upper()


def scan(path: Path) -> Counter[str]:
    """Count what looks like a person in a file.

    Returns:
        Counts of `person_id` and `phone`; what was found is not told.
    """
    found: Counter[str] = Counter()
    if not path.stat().st_size:
        return found
    content = np.memmap(path, dtype=np.uint8, mode="r")
    for window in _windows(content):
        found += _scan_window(window)
    return found


def _windows(content: Bytes) -> Iterator[Bytes]:
    """Cut the bytes where neither a letter nor a digit stands, so no word is cut."""
    start = 0
    while start < len(content):
        end = min(start + WINDOW, len(content))
        while end < len(content) and _IS_ALNUM[content[end]]:
            end += 1
        yield np.asarray(content[start:end])
        start = end


def _scan_window(window: Bytes) -> Counter[str]:
    is_word = np.concatenate(([False], _IS_ALNUM[window], [False]))
    edges = np.flatnonzero(is_word[1:] != is_word[:-1])
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    found: Counter[str] = Counter()
    for start in _digits(window, starts[lengths == PHONE_LENGTH], PHONE_LENGTH):
        if PHONE.fullmatch(window[start : start + PHONE_LENGTH].tobytes()):
            found["phone"] += 1
    of_id_length = starts[lengths == PERSON_ID_LENGTH]
    for start in _digits(window, of_id_length, PERSON_ID_LENGTH - 1):
        code = window[start : start + PERSON_ID_LENGTH].tobytes()
        if PERSON_ID.fullmatch(code) and is_person_id(code.decode("ascii")):
            found["person_id"] += 1
    return found


def _digits(
    window: Bytes, starts: npt.NDArray[np.intp], number: int
) -> npt.NDArray[np.intp]:
    """Keep the words that begin with so many digits."""
    for offset in range(number):
        starts = starts[_IS_DIGIT[window[starts + offset]]]
    return starts
