"""Columns of text as Arrow keeps them: the bytes of all cells, and where each ends."""

from typing import Any

import numpy as np
import pyarrow as pa

from guiji.reading.texts import signs

LOST = signs.LOST.encode()
FIRST_OF_LOST = LOST[0]
LAST_OF_PRIVATE = "\uf8ff".encode()[1]

Places = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Content = np.ndarray[Any, np.dtype[np.uint8]]


def _blankish() -> np.ndarray[Any, np.dtype[np.bool_]]:
    table = np.zeros(256, np.bool_)
    table[[*range(9, 14), *range(28, 33), 0xC2, 0xE1, 0xE2, 0xE3]] = True
    return table


BLANKISH = _blankish()
"""First bytes of the characters that `str.strip` takes away, and of some others."""


def content(column: pa.StringArray) -> Content:
    """Return the bytes of all cells of a column that is no slice."""
    buffer = column.buffers()[2]
    return np.frombuffer(buffer if buffer else b"", np.uint8)


def has_odd_signs(content: Content) -> bool:
    """Return whether lost characters or ones of U+F000–F8FF are in UTF-8."""
    first = content[:-2] == FIRST_OF_LOST
    second, third = content[1:-1], content[2:]
    private = first & (second <= LAST_OF_PRIVATE)
    if private.any():
        return True
    return bool((first & (second == LOST[1]) & (third == LOST[2])).any())


def filled(column: pa.StringArray) -> bool:
    """Return whether any cell holds a character."""
    ends = np.frombuffer(column.buffers()[1], np.int32)[column.offset :]
    return bool(ends[len(column)] > ends[0])


def lengths(column: pa.StringArray) -> Places:
    """Return the bytes of each cell."""
    ends = np.frombuffer(column.buffers()[1], np.int32)
    return np.diff(ends[column.offset : column.offset + len(column) + 1]).astype(
        np.int64
    )


def blank(column: pa.StringArray) -> list[int]:
    """Find the cells that hold nothing but blanks."""
    count = len(column)
    offsets = np.frombuffer(column.buffers()[1], np.int32)
    offsets = offsets[column.offset : column.offset + count + 1]
    starts, lengths = offsets[:-1], np.diff(offsets)
    suspect = lengths == 0
    filled = np.flatnonzero(lengths)
    if len(filled):
        content = np.frombuffer(column.buffers()[2], np.uint8)
        suspect[filled] = BLANKISH[content[starts[filled]]]
    rows = np.flatnonzero(suspect).tolist()
    return [i for i in rows if not lengths[i] or not column[i].as_py().strip()]
