"""Published files as lines, read in blocks of whole ones.

A file is sorted by record id, which is the last column. A line break inside quotes
belongs to a text: a line ends at a break that follows an even number of quotes.
"""

import csv
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from guiji.core.errors import LedgerBroken

ID_BYTES = 20
"""Characters of a record id."""

BLOCK = 1 << 17
"""Bytes that are read at once."""

BREAK, QUOTE, COMMA = b"\n", b'"', b","

Ends = npt.NDArray[np.int64]
Ids = npt.NDArray[np.bytes_]


class LineFile:
    """A published file that is being read from its beginning to its end.

    Attributes:
        heading: its first line, with the break.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        """Read the heading.

        Raises:
            LedgerBroken: there is none.
        """
        self._path = path
        self._file = file
        data = b""
        while not (cut := _first_line(data)):
            chunk = self._file.read(BLOCK)
            if not chunk:
                raise LedgerBroken(f"{path}: no heading")
            data += chunk
        self.heading, self._rest = data[:cut], data[cut:]

    @property
    def columns(self) -> list[str]:
        """The headings."""
        return next(csv.reader([self.heading.decode()]))

    def blocks(self) -> Iterator[bytes]:
        """Yield the lines after the heading, many at a time, none in two parts.

        Raises:
            LedgerBroken: the last line has no end.
        """
        data = self._rest
        while chunk := self._file.read(BLOCK):
            data += chunk
            cut = _whole_lines(data)
            if cut:
                yield data[:cut]
                data = data[cut:]
        if data:
            if _whole_lines(data) != len(data):
                raise LedgerBroken(f"{self._path}: the last line has no end")
            yield data

    def lines(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield record id and line, with its break, of each line."""
        for block in self.blocks():
            yield from lines_of(block)


@contextmanager
def opened(path: Path) -> Iterator[LineFile]:
    """Open a published file for reading."""
    with path.open("rb", buffering=0) as file:
        yield LineFile(path, file)


def lines_of(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield record id and line, with its break, of each line of a block."""
    ends = line_ends(block)
    ids, start = record_ids(block, ends).tolist(), 0
    for record, end in zip(ids, ends.tolist(), strict=True):
        yield record, block[start:end]
        start = end


def line_ends(block: bytes) -> Ends:
    """Return where each line of a block ends, behind its break."""
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == BREAK[0]) + 1
    if QUOTE in block:
        quotes = np.flatnonzero(data == QUOTE[0])
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return ends


def record_ids(block: bytes, ends: Ends) -> Ids:
    """Return the record id of each line of a block.

    Raises:
        LedgerBroken: a line does not end with one, or the lines are not in their order.
    """
    data = np.frombuffer(block, np.uint8)
    width = ID_BYTES + 2  # a comma before, a break behind
    if not len(ends):
        return np.empty(0, f"S{ID_BYTES}")
    if np.diff(ends, prepend=0).min() < width:
        raise LedgerBroken("a published line without a record id")
    tails = np.lib.stride_tricks.sliding_window_view(data, width)[ends - width]
    ids = np.ascontiguousarray(tails[:, 1:-1]).view(f"S{ID_BYTES}").ravel()
    if (tails[:, 0] != COMMA[0]).any() or not (ids[1:] > ids[:-1]).all():
        raise LedgerBroken("published lines without record ids, or not in their order")
    return ids


def place(block: bytes, ends: Ends, record: bytes) -> tuple[int, int]:
    """Return where a record's line begins and ends in a block; empty = it has none."""
    number = bisect_left(
        ends, record, key=lambda end: block[end - ID_BYTES - 1 : end - 1]
    )
    begin = int(ends[number - 1]) if number else 0
    is_there = number < len(ends) and block.startswith(
        record, int(ends[number]) - ID_BYTES - 1
    )
    return begin, int(ends[number]) if is_there else begin


def pieces(block: bytes, cuts: Ends) -> pa.BinaryArray:
    """Return the n pieces between n + 1 places of a block, without copying them."""
    places = pa.py_buffer(cuts.astype(np.int32))
    buffers = [None, places, pa.py_buffer(block)]
    return pa.BinaryArray.from_buffers(pa.binary(), len(cuts) - 1, buffers)


def joined(values: pa.BinaryArray) -> bytes:
    """Return the bytes of some pieces, one after another."""
    _, offsets, data = values.buffers()
    places = np.frombuffer(offsets, np.int32)[values.offset :]
    return bytes(memoryview(data)[places[0] : places[len(values)]])


def first_id(block: bytes) -> bytes:
    """Return the record id of a block's first line."""
    end = _first_line(block)
    return block[end - ID_BYTES - 1 : end - 1]


def last_id(block: bytes) -> bytes:
    """Return the record id of a block's last line."""
    return block[-ID_BYTES - 1 : -1]


def _first_line(data: bytes) -> int:
    """Return where the first line ends; 0 = it does not."""
    cut = data.find(BREAK) + 1
    while cut and data.count(QUOTE, 0, cut) % 2:
        cut = data.find(BREAK, cut) + 1
    return cut


def _whole_lines(data: bytes) -> int:
    """Return where the last line that has an end ends; 0 = none has."""
    cut = data.rfind(BREAK) + 1
    if QUOTE in data:
        while cut and data.count(QUOTE, 0, cut) % 2:
            cut = data.rfind(BREAK, 0, cut - 1) + 1
    return cut
