"""The tags that begin rows in a block of a worksheet's XML, all at once.

A worksheet has a tag for each row and many for its cells. Hardly anything but a row's
tag has a w, so the bytes are compared with that letter as one array, and the numbers
of the rows are read digit by digit for all of them. Tags in another form than
spreadsheets write are read one by one.

Source: ECMA-376 part 1, 18.3.1.73 (row).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LETTER = ord("w")
HEAD = b'<row r="'
DIGITS = 7
"""Digits of the largest number of a row."""

LONGEST = 256
"""Bytes of a row's tag up to which tags are compared as an array."""

TAG = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
NUMBER = re.compile(rb"\br=\"(\d{1,10})\"")

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class RowTags:
    """The rows that begin in a block.

    Attributes:
        places: where the tag of each row begins.
        numbers: of the rows.
        attributes: what stands in the tags behind the number, each text once.
    """

    places: Numbers
    numbers: Numbers
    attributes: frozenset[bytes]


def find(block: bytes, before: int) -> RowTags:
    """Find the rows that begin in a block.

    Args:
        block: XML in which tags are whole.
        before: number of the last row before it; a row without a number follows on.
    """
    content = np.frombuffer(block, np.uint8)
    letters = np.flatnonzero(content == LETTER)
    letters = letters[letters > 2]
    is_row = (content[letters - 1] == ord("o")) & (content[letters - 2] == ord("r"))
    letters = letters[is_row]
    opened = content[letters - 3]
    if (opened == ord(":")).any():
        return _one_by_one(block, before)
    places = letters[opened == ord("<")] - 3
    return _at_once(block, content, places) or _one_by_one(block, before)


def _at_once(
    block: bytes, content: NDArray[np.uint8], places: Numbers
) -> RowTags | None:
    """Read tags that state their number first; None if one has another form."""
    if not len(places):
        return RowTags(places, places, frozenset())
    head = np.frombuffer(HEAD, np.uint8)
    starts = content.take(places[:, None] + np.arange(len(head)), mode="clip")
    if not (starts == head).all():
        return None
    numbers = np.zeros(len(places), np.int64)
    ends = places + len(head)
    is_digit = np.ones(len(places), np.bool_)
    for _ in range(DIGITS):
        digits = content.take(ends, mode="clip").astype(np.int64) - ord("0")
        is_digit &= (digits >= 0) & (digits <= 9)
        numbers = np.where(is_digit, 10 * numbers + digits, numbers)
        ends += is_digit
    is_whole = (content.take(ends, mode="clip") == ord('"')) & (numbers > 0)
    if not is_whole.all():
        return None
    return RowTags(places, numbers, _different(block, content, ends + 1))


def _different(
    block: bytes, content: NDArray[np.uint8], starts: Numbers
) -> frozenset[bytes]:
    """Give the different texts from these places to the ends of the tags."""
    found: set[bytes] = set()
    while len(starts) and len(found) < 4:
        first = int(starts[0])
        text = block[first : block.find(b">", first) + 1]
        found.add(text[:-1])
        if len(text) > LONGEST:
            starts = starts[1:]
            break
        wanted = np.frombuffer(text, np.uint8)
        same = content.take(starts[:, None] + np.arange(len(text)), mode="clip")
        starts = starts[~(same == wanted).all(axis=1)]
    found.update(block[i : block.find(b">", i)] for i in starts.tolist())
    return frozenset(found)


def each(block: bytes, before: int) -> Iterator[tuple[int, bytes]]:
    """Give number and attributes of every row that begins in a block; see `find`."""
    number = before
    for attributes in TAG.findall(block):
        stated = NUMBER.search(attributes)
        number = int(stated[1]) if stated else number + 1
        yield number, attributes


def _one_by_one(block: bytes, before: int) -> RowTags:
    """Read tags of any form."""
    places = [tag.start() for tag in TAG.finditer(block)]
    rows = list(each(block, before))
    return RowTags(
        np.array(places, np.int64),
        np.array([number for number, _ in rows], np.int64),
        frozenset(attributes for _, attributes in rows),
    )
