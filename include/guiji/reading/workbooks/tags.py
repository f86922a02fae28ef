"""The tags that begin rows and cells in a block of a worksheet's XML, all at once.

A worksheet has millions of them. Where they begin is found by comparing the bytes as
arrays, and so are the numbers of the rows and the columns of the cells. Tags in another
form than spreadsheets write are read one by one.

Source: ECMA-376 part 1, 18.3.1.4 (c), 18.3.1.73 (row).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

MARGIN = 8
"""Bytes behind a block, so that a word may begin at any of its bytes."""

TAG, NAME_OF_CELL, NAME_OF_ROW, PREFIX, END = b"<cr:>"
ROW_HEAD, CELL_HEAD = b'<row r="', b'<c r="'
ROW_HEAD_WORD = np.frombuffer(ROW_HEAD, np.uint64)[0]
ROW_WORD = np.frombuffer(ROW_HEAD[:4], np.uint32)[0]
CELL_WORD = np.frombuffer(CELL_HEAD + bytes(2), np.uint64)[0]
SIX_BYTES = np.uint64((1 << 48) - 1)
SEVENTH, EIGHTH = np.uint64(48), np.uint64(56)
FIRST_LETTER, LAST_LETTER = b"AZ"
DIGITS = 7
"""Digits of the largest number of a row."""

LONGEST = 256
"""Bytes of a row's tag up to which tags are compared as an array."""

ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
NUMBER = re.compile(rb"\br=\"(\d{1,10})\"")

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Numbers = np.ndarray[Any, np.dtype[np.int64]]
NONE: Numbers = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Tags:
    """Where tags of rows and cells begin in a block.

    Attributes:
        block: XML in which tags are whole.
        content: its bytes, and some more.
        rows: where `<row` begins.
        cells: where `<c` begins, which may be another tag than a cell's.
        is_prefixed: whether there may be tags of rows that have a prefix.
    """

    block: bytes
    content: Bytes
    rows: Numbers
    cells: Numbers
    is_prefixed: bool

    @cached_property
    def may_have_prefixes(self) -> bool:
        """Whether there may be tags of rows or cells that are not among these."""
        return self.is_prefixed or b":c" in self.block

    @cached_property
    def columns(self) -> "Columns | None":
        """The columns of the cells; None if one does not state its address first."""
        places = self.cells
        size = (len(self.block) + 1,)
        words = np.ndarray(size, np.uint64, self.content, strides=(1,))
        heads = words[places]
        is_plain = (heads & SIX_BYTES) == CELL_WORD
        if not is_plain.all():
            is_cell = self.content[places + 2] <= END
            if not is_plain[is_cell].all():
                return None
            places, heads = places[is_cell], heads[is_cell]
        first = ((heads >> SEVENTH) & np.uint64(255)).astype(np.int64)
        second = (heads >> EIGHTH).astype(np.int64)
        if ((first < FIRST_LETTER) | (first > LAST_LETTER)).any():
            return None
        return Columns(places, _ascending(first, second, self.content, places))


@dataclass(frozen=True)
class Columns:
    """The columns of the cells of a block.

    Attributes:
        places: where each cell begins.
        codes: a number that ascends with the column.
    """

    places: Numbers
    codes: Numbers


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


def find(block: bytes) -> Tags:
    """Find the tags of rows and cells in a block."""
    content = np.frombuffer(block + bytes(MARGIN), np.uint8)
    first, second = content[: len(block)], content[1 : len(block) + 1]
    is_tag = first == TAG
    of_row = second == NAME_OF_ROW
    rows = np.flatnonzero(is_tag & of_row)
    is_tag &= second == NAME_OF_CELL
    of_row &= first == PREFIX
    words = np.ndarray((len(block) + 1,), np.uint32, content, strides=(1,))
    return Tags(
        block,
        content,
        rows[words[rows] == ROW_WORD],
        np.flatnonzero(is_tag),
        bool(of_row.any()),
    )


def rows(tags: Tags, before: int) -> RowTags:
    """Return the rows that begin in a block.

    Args:
        tags: of the block.
        before: number of the last row before it; a row without a number follows on.
    """
    plain_rows = None if tags.is_prefixed else _rows_at_once(tags)
    return plain_rows or _rows_one_by_one(tags.block, before)


def _ascending(
    first: Numbers, second: Numbers, content: Bytes, places: Numbers
) -> Numbers:
    """Number the columns of one to three letters; they ascend as letters do."""
    has_two = second >= FIRST_LETTER
    if not has_two.any():
        return first
    letters = np.where(has_two, first << 8 | second, first)
    third = content.take(places + len(CELL_HEAD) + 2, mode="clip").astype(np.int64)
    has_three = has_two & (third >= FIRST_LETTER)
    return np.where(has_three, letters << 8 | third, letters)


def _rows_at_once(tags: Tags) -> RowTags | None:
    """Read tags that state their number first; None if one has another form."""
    content, places = tags.content, tags.rows
    if not len(places):
        return RowTags(places, places, frozenset())
    words = np.ndarray((len(tags.block) + 1,), np.uint64, content, strides=(1,))
    if not (words[places] == ROW_HEAD_WORD).all():
        return None
    numbers = np.zeros(len(places), np.int64)
    ends = places + len(ROW_HEAD)
    for _ in range(DIGITS):
        digits = content.take(ends, mode="clip") - np.uint8(ord("0"))
        is_digit = digits <= 9  # what is less than "0" is more than 9, being unsigned
        if not is_digit.any():
            break
        numbers = np.where(is_digit, 10 * numbers + digits, numbers)
        ends += is_digit
    is_whole = (content.take(ends, mode="clip") == ord('"')) & (numbers > 0)
    if not is_whole.all():
        return None
    return RowTags(places, numbers, _different(tags.block, content, ends + 1))


def _different(block: bytes, content: Bytes, starts: Numbers) -> frozenset[bytes]:
    """Return the different texts from these places to the ends of the tags."""
    texts: set[bytes] = set()
    while len(starts) and len(texts) < 4:
        first = int(starts[0])
        text = block[first : block.find(b">", first) + 1]
        texts.add(text[:-1])
        if len(text) > LONGEST:
            starts = starts[1:]
            break
        wanted = np.frombuffer(text, np.uint8)
        same = content.take(starts[:, None] + np.arange(len(text)), mode="clip")
        starts = starts[~(same == wanted).all(axis=1)]
    texts.update(block[i : block.find(b">", i)] for i in starts.tolist())
    return frozenset(texts)


def each_row(block: bytes, before: int) -> Iterator[tuple[int, bytes]]:
    """Yield number and attributes of every row that begins in a block; see `rows`."""
    number = before
    for attributes in ROW.findall(block):
        stated = NUMBER.search(attributes)
        number = int(stated[1]) if stated else number + 1
        yield number, attributes


def _rows_one_by_one(block: bytes, before: int) -> RowTags:
    """Read tags of any form."""
    pairs = list(each_row(block, before))
    return RowTags(
        np.array([tag.start() for tag in ROW.finditer(block)], np.int64),
        np.array([number for number, _ in pairs], np.int64),
        frozenset(attributes for _, attributes in pairs),
    )
