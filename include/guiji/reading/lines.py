"""Bytes of a text file to lines, strictly: what is no text is marked, not guessed.

The file's encoding is a byte order mark's, else UTF-8, else GB18030, whichever decodes
strictly and shows headings of the catalogue. A line that then cannot be decoded is an
`Undecodable` and becomes a faulty row; the file goes on.

Source: 2-contract.md, the way, 3: BOM → strict UTF-8 → strict gb18030.
"""

import codecs
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Protocol

HEAD = 1 << 16
BLOCK = 1 << 20
LOST = "\ufffd"
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Undecodable(str):
    """A line of which some bytes are not text in the file's encoding."""

    __slots__ = ()


class LineTooLong(Exception):
    """A line exceeds the limit."""


def encodings(head: bytes) -> list[str]:
    """Give the encodings worth trying, in order; a byte order mark leaves only one."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return [encoding]
    if head.count(0) > len(head) // 8:
        little = head[1::2].count(0) >= head[::2].count(0)
        return ["utf-16-le", "utf-16-be"] if little else ["utf-16-be", "utf-16-le"]
    return ["utf-8", "gb18030"]


def whole_lines(head: bytes, encoding: str) -> bytes:
    """Cut the first bytes of a longer file after the last line that is complete."""
    if len(head) < HEAD:
        return head
    end = "\n".encode(encoding)
    cut = head.rfind(end) + len(end)
    if encoding.startswith("utf-16"):
        cut -= cut % 2
    return head[:cut] if cut >= len(end) else head


def without_mark(head: bytes) -> bytes:
    """Drop a byte order mark."""
    for mark, _ in MARKS:
        head = head.removeprefix(mark)
    return head


class Source(Protocol):
    """Where records come from, line by line."""

    def take(self, count: int) -> list[str]:
        """Give the next lines with their line ends, at most `count`."""

    def dirty(self) -> bool:
        """Tell whether lines taken since the last call may hold lost characters."""


class TextLines:
    """The lines of a text that is already decoded."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")

    def take(self, count: int) -> list[str]:
        """Give the next lines, at most `count`."""
        return list(islice(self._lines, count))

    def dirty(self) -> bool:
        """Tell that every line has to be looked at."""
        return True


class Lines:
    """The lines of a file with their line ends, read in blocks.

    A line ends at LF, CR LF or CR; vertical tabs and Unicode separators do not end it.
    """

    def __init__(self, path: Path, encoding: str, line_bytes: int) -> None:
        self._encoding = encoding
        self._limit = line_bytes
        self._dirty_block = False
        self._dirty = False
        self._blocks = self._read(path)
        self._current: Iterator[str] = iter(())

    def take(self, count: int) -> list[str]:
        """Give the next lines, at most `count`."""
        taken = list(islice(self._current, count))
        while len(taken) < count and (block := next(self._blocks, None)) is not None:
            self._current = self._lines(block)
            self._dirty |= self._dirty_block
            taken += islice(self._current, count - len(taken))
        return taken

    def dirty(self) -> bool:
        """Tell whether lines taken since the last call may hold lost characters.

        Their blocks hold a lost character or a line that cannot be decoded, so the
        rows have to be looked at one by one.
        """
        dirty = self._dirty
        self._dirty = self._dirty_block
        return dirty

    def _read(self, path: Path) -> Iterator[bytes]:
        """Give blocks that end with a line."""
        end = "\n".encode(self._encoding)
        with path.open("rb") as file:
            rest = without_mark(file.read(4))
            while block := file.read(BLOCK):
                rest += block
                cut = self._cut(rest, end)
                if cut:
                    yield rest[:cut]
                    rest = rest[cut:]
                if len(rest) > self._limit + BLOCK:
                    raise LineTooLong
            if rest:
                yield rest

    def _cut(self, block: bytes, end: bytes) -> int:
        """Give the length of the whole lines in a block; CR only where LF is none."""
        if len(end) == 1:
            cut = block.rfind(b"\n") + 1
            return cut or block.rfind(b"\r", 0, -1) + 1
        cut = block.rfind(end)
        while cut >= 0 and cut % 2:  # the bytes of LF across two characters
            cut = block.rfind(end, 0, cut + 1)
        return cut + 2 if cut >= 0 else 0

    def _lines(self, block: bytes) -> Iterator[str]:
        try:
            text = block.decode(self._encoding)
        except UnicodeDecodeError:
            self._dirty_block = True
            return self._marked(block)
        self._dirty_block = LOST in text
        return io.StringIO(text, newline="")

    def _marked(self, block: bytes) -> Iterator[str]:
        if self._encoding.startswith("utf-16"):
            text = block.decode(self._encoding, "replace")
            return io.StringIO(text, newline="")
        return (self._line(raw) for raw in block.splitlines(keepends=True))

    def _line(self, raw: bytes) -> str:
        try:
            return raw.decode(self._encoding)
        except UnicodeDecodeError:
            return Undecodable(raw.decode(self._encoding, "replace"))
