"""A column of text as arithmetic sees it: its bytes, and where each value begins.

Whole columns are searched and compared as bytes in NumPy; only the values in which
something is found are touched in Python, and each different one only once. That is
what makes a million rows cheap: nearly all of them are clean.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Rows = NDArray[np.int64]
"""Row numbers, ascending, each once."""

Bytes = NDArray[np.uint8]
"""Bytes of text; as a matrix one row per value."""

Flags = NDArray[np.bool_]

SAMPLE = 16_384
"""Values from which it is told whether a column repeats itself."""


@dataclass(frozen=True)
class View:
    """The buffers of one string array.

    Attributes:
        data: bytes of all values, and of what lies around them.
        offsets: n + 1 positions in `data`: where each value begins, and the last ends.
        valid: false for nulls; None where there are none.
    """

    data: Bytes
    offsets: NDArray[np.int64]
    valid: Flags | None

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each value begins."""
        return self.offsets[:-1]

    @property
    def ends(self) -> NDArray[np.int64]:
        """Where each value ends."""
        return self.offsets[1:]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Bytes per value; 0 for nulls."""
        lengths = np.diff(self.offsets)
        return lengths if self.valid is None else lengths * self.valid

    @property
    def span(self) -> Bytes:
        """The bytes from the first value to the end of the last one."""
        return self.data[self.offsets[0] : self.offsets[-1]]

    def bytes_at(self, positions: NDArray[np.int64]) -> Bytes:
        """Return the bytes at positions of `data`; any byte where there is none."""
        if not len(self.data):
            return np.zeros(len(positions), np.uint8)
        return self.data.take(positions, mode="clip")

    def matrix(self, rows: Rows, width: int) -> Bytes:
        """Return the bytes of some values, all of which have `width`."""
        if len(self.span) == width * len(rows):
            return self.span.reshape(-1, width)  # all other values are empty
        rectangle: Bytes = self.data[self.starts[rows][:, None] + np.arange(width)]
        return rectangle

    def rows_at(self, positions: NDArray[np.int64]) -> Flags:
        """Return the rows to which positions in `span` belong."""
        flags = np.zeros(len(self.starts), np.bool_)
        at = positions + self.offsets[0]
        flags[np.searchsorted(self.offsets, at, "right") - 1] = True
        return flags


def no_text() -> pa.StringScalar:
    """Return a null text; made when asked for, since pyarrow's first value is slow."""
    return pa.scalar(None, pa.string())


def combine(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return text as one array of type string."""
    if isinstance(texts, pa.ChunkedArray):
        texts = pa.concat_arrays(texts.chunks or [pa.array([], texts.type)])
    return texts if texts.type == pa.string() else texts.cast(pa.string())


def view(texts: pa.Array) -> View:
    """See a string array as bytes; nothing but the offsets is copied."""
    size = len(texts)
    if not size:
        return View(np.empty(0, np.uint8), np.zeros(1, np.int64), None)
    _, offset_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[texts.offset :][: size + 1]
    return View(
        data=np.frombuffer(data_buffer or b"", np.uint8),
        offsets=offsets.astype(np.int64),
        valid=flags(texts.is_valid()) if texts.null_count else None,
    )


def flags(column: pa.Array | pa.ChunkedArray) -> Flags:
    """Turn a boolean column into NumPy; null is false."""
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks or [pa.array([], pa.bool_())])
    if column.null_count:
        column = pc.fill_null(column, False)
    flags: Flags = column.cast(pa.uint8()).to_numpy().view(np.bool_)
    return flags


def true_rows(column: pa.Array) -> Rows:
    """Return the rows in which a boolean column is true."""
    return np.flatnonzero(flags(column))


def put(column: pa.Array, rows: Rows, values: pa.Array) -> pa.Array:
    """Return a column with other values in some rows."""
    if not len(rows):
        return column
    if len(rows) == len(column):
        return values
    mask = np.zeros(len(column), np.bool_)
    mask[rows] = True
    return pc.replace_with_mask(column, pa.array(mask), values)


def mapped(texts: pa.Array, change: Callable[[str], str | None]) -> pa.Array:
    """Apply a function of one text to every different text; nulls stay."""
    encoded = texts.dictionary_encode()
    changed = [change(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(changed, pa.string()).take(encoded.indices)


def lookup(names: Sequence[str], positions: NDArray[np.int8]) -> pa.Array:
    """Return a string column from positions in a short list of names."""
    return pa.array(names, pa.string()).take(pa.array(positions))


def repeats_itself(column: pa.Array | pa.ChunkedArray) -> bool:
    """Recognise from its beginning whether a column has few different values."""
    beginning = column.slice(0, SAMPLE)
    return len(beginning.unique()) * 2 <= len(beginning)


def constant(value: str | bool | None, size: int, kind: pa.DataType) -> pa.Array:
    """Return a column that repeats one value."""
    return pa.repeat(pa.scalar(value, kind), size)
