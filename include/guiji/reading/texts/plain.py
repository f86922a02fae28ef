"""Many records at once, where they cannot be read in two ways.

Most blocks of most files are plain: every line has as many delimiters as the heading,
and quotes stand only around whole cells. What the csv engine of the standard library
makes of such a block is certain, and Arrow's splitter makes the same of it in a
quarter of the time. Any block that is not proved plain is left to the engine.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv

from guiji.reading.texts.arrow_cells import Content, Places, has_odd_signs
from guiji.reading.texts.dialect import Dialect

LF, CR, QUOTE = b'\n\r"'
MARK = "\ufeff".encode()
ODD = (b"\0", b"+", b"'", *(sign.encode()[:1] for sign in "\ue000\U000f0000\U00100000"))
"""Bytes of signs that call for a look at each record."""


@dataclass(frozen=True)
class Plain:
    """The records of a block.

    Attributes:
        columns: one array of text for each column.
        lines: of each record, how many lines of the block are before it.
        height: lines of all records.
        size: bytes of the block that they take up.
        last: bytes of the last record, without line end; empty if it is blank.
        mimics: whether a record of several lines could be two.
        holds: whether a cell of several lines may hold the delimiters of a record.
    """

    columns: list[pa.StringArray]
    lines: Places
    height: int
    size: int
    last: bytes
    mimics: bool = False
    holds: bool = False


@dataclass(frozen=True)
class _Shape:
    """Where records end: `size` bytes in all, of each record the lines before it."""

    size: int
    last: int
    lines: Places
    height: int
    quoted: bool
    mimics: bool = False
    holds: bool = False


class Splitter:
    """Reads plain blocks."""

    def __init__(self, dialect: Dialect, width: int) -> None:
        """Prepare for a file.

        Args:
            dialect: how its records are written.
            width: cells of a record.
        """
        self._dialect = dialect
        self._width = width
        self._able = dialect.plain and width > 1
        names = [str(i) for i in range(width)]
        self._names = names
        self._types = {name: pa.string() for name in names}

    def split(self, block: bytes) -> Plain | None:
        """Read a block, or tell that it is not plain.

        Args:
            block: whole lines of UTF-8. The last record may be torn off; only the ones
                before it are read then.
        """
        if not self._able or self._odd(block):
            return None
        whole = block if block.endswith(b"\n") else block + b"\n"
        shape = self._shape(whole)
        if shape is None:
            return None
        table = self._table(whole, shape)
        if table is None or table.num_rows != len(shape.lines):
            return None
        columns = [c.chunk(0) for c in table.columns]
        size = min(shape.size, len(block))
        last = block[shape.last : size].rstrip(b"\r\n")
        if not last.strip(b' "' + self._dialect.delimiter.encode()):
            if block.strip(b"\r\n"):  # the record before it may go on after it
                return None
            last = b""
        flags = shape.mimics, shape.holds
        return Plain(columns, shape.lines, shape.height, size, last, *flags)

    def _odd(self, block: bytes) -> bool:
        """Return whether anything but quotes calls for a look at each record."""
        content = np.frombuffer(block, np.uint8)
        if block.startswith(MARK) or bare_returns(block):
            return True
        if any(mark in block for mark in ODD) or has_odd_signs(content):
            text = block.decode()
            return self._dialect.remarkable(text) or self._dialect.framed(text)
        return False

    def _shape(self, block: bytes) -> _Shape | None:
        if QUOTE not in block:
            height = int(np.count_nonzero(np.frombuffer(block, np.uint8) == LF))
            last = block.rfind(b"\n", 0, -1) + 1
            return _Shape(len(block), last, np.arange(height), height, quoted=False)
        content = np.frombuffer(block, np.uint8)
        quotes = np.flatnonzero(content == QUOTE)
        ends = np.flatnonzero(content == LF)
        outer = np.flatnonzero(np.searchsorted(quotes, ends) % 2 == 0)
        if not len(outer):
            return None
        size = int(ends[outer[-1]]) + 1
        if not self._well_placed(content[:size], quotes[quotes < size]):
            return None
        lines = np.concatenate([[0], outer[:-1] + 1])
        height = int(outer[-1]) + 1
        mimics = holds = False
        if height > len(lines):
            doubtful, mimics, holds = self._mimicry(content, ends[:height], lines)
            if doubtful:
                return None
        last = int(ends[outer[-2]]) + 1 if len(outer) > 1 else 0
        return _Shape(size, last, lines, height, True, mimics, holds)

    def _well_placed(self, content: Content, quotes: Places) -> bool:
        """Return whether quotes open at the begin of cells and close at their end.

        Quotes open and close in turn; a doubled one closes and opens at one place.
        """
        opening, closing = quotes[0::2], quotes[1::2]
        before = content[opening - 1]  # of the first byte: the line end at the end
        after = content[closing + 1]
        again = np.zeros(len(opening), np.bool_)
        again[1:] = opening[1:] == closing[:-1] + 1
        doubled = np.zeros(len(closing), np.bool_)
        doubled[:-1] = again[1:]
        mark = ord(self._dialect.delimiter)
        begins = (before == mark) | (before == LF) | again
        ends = (after == mark) | (after == LF) | (after == CR) | doubled
        return bool(begins.all() and ends.all())

    def _mimicry(
        self, content: Content, ends: Places, lines: Places
    ) -> tuple[bool, bool, bool]:
        """Return whether a record of several lines could be as many records.

        A quote that opens in one row by mistake and closes in another makes one record
        of both; then each of its lines has the delimiters of a record.

        Returns:
            Whether all lines of one have; whether any could be two records, of which
            one is damaged (`columns.could_be_two`); whether a cell of one may hold the
            delimiters of a record.
        """
        marks = np.flatnonzero(content == ord(self._dialect.delimiter))
        counts = np.diff(np.searchsorted(marks, ends), prepend=0)
        like = counts == self._width - 1
        tall = np.diff(lines, append=len(ends)) > 1
        every = np.minimum.reduceat(like, lines) & tall
        most, total = (f.reduceat(counts, lines) for f in (np.maximum, np.add))
        own = self._width - 1
        two = (most >= own) & (total >= own * 2 - 1) & tall
        holds = (total >= own * 2) & tall
        return bool(every.any()), bool(two.any()), bool(holds.any())

    def _table(self, block: bytes, shape: _Shape) -> pa.Table | None:
        try:
            return pa.csv.read_csv(
                pa.BufferReader(pa.py_buffer(block).slice(0, shape.size)),
                pa.csv.ReadOptions(
                    use_threads=False,
                    block_size=shape.size + 1,
                    column_names=self._names,
                ),
                pa.csv.ParseOptions(
                    delimiter=self._dialect.delimiter,
                    quote_char='"' if shape.quoted else False,
                    newlines_in_values=shape.quoted,
                    ignore_empty_lines=False,
                ),
                pa.csv.ConvertOptions(
                    check_utf8=False,
                    column_types=self._types,
                    null_values=[],
                    strings_can_be_null=False,
                    quoted_strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid:  # a line with more or fewer cells
            return None


def bare_returns(block: bytes) -> bool:
    """Return whether a CR is not followed by LF, in UTF-8 or GB18030."""
    content = np.frombuffer(block, np.uint8)
    if not len(content):
        return False
    bare = (content[:-1] == CR) & (content[1:] != LF)
    return bool(content[-1] == CR or bare.any())
