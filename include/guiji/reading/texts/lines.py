"""Bytes of a text file to lines, strictly: what is no text is marked, not guessed.

A file is read in blocks. A block that decodes as a whole is handed on as UTF-8, for
those who can read many records at once. In any other block each line is decoded by
itself: in the file's encoding, else in the other one (`Foreign`); if it is in neither,
it becomes a faulty row (`Undecodable`, `Misread`), and the file goes on.

Source: 2-contract.md, the way, 3: BOM → strict UTF-8 → strict gb18030.
"""

import io
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Protocol

from guiji.reading.texts import encoding as encodings
from guiji.reading.texts import ending, misread
from guiji.reading.texts.encoding import without_mark
from guiji.reading.texts.plain import bare_returns

__all__ = [
    "Foreign",
    "LineTooLong",
    "Lines",
    "Misread",
    "Source",
    "TextLines",
]

HEAD = 1 << 16
BLOCK = 1 << 21
"""Bytes read at a time."""

LEAST = 1 << 15
"""Bytes that are read record by record for one damaged row among them."""


class Undecodable(str):
    """A line of which some bytes are not text in the file's encoding."""

    __slots__ = ()


class Misread(str):
    """A line that can be decoded, but is text of another encoding."""

    __slots__ = ()


class Foreign(str):
    """A line that is in another encoding than its file."""

    __slots__ = ()


class LineTooLong(Exception):
    """A line exceeds the limit.

    Attributes:
        line: its number in the file, from 1.
    """

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(f"line {line} is too long")


def line_end(block: bytes, encoding: str, begin: int = 0) -> int:
    """Find where the last whole line of a block ends; CR counts only where LF is none.

    Returns:
        The length up to and with that line's end; 0 if no line ends.
    """
    for mark in ("\n", "\r"):
        end = mark.encode(encoding)
        last = len(block) if mark == "\n" else len(block) - len(end)
        position = block.rfind(end, begin, last)
        while len(end) == 2 and position >= 0 and position % 2:  # across two characters
            position = block.rfind(end, begin, position + 1)
        if position >= 0:
            return position + len(end)
    return 0


class Source(Protocol):
    """Where records come from."""

    @property
    def ended(self) -> bool:
        """Whether the last line has a line end."""

    def take(self, count: int) -> list[str]:
        """Return the next lines with their line ends, at most `count`."""

    def block(self) -> bytes | None:
        """Read whole lines that are sound text, as UTF-8; None = read lines."""

    def carry(self, utf8: bytes) -> None:
        """Return the end of a block to the source, to be a part of the next one."""

    def give_back(self, utf8: bytes) -> bool:
        """Return a block; return whether lines are to be taken now, not blocks."""


class TextLines:
    """The lines of a text that is already decoded."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")

    @property
    def ended(self) -> bool:
        """Nothing is known of the rest of the file."""
        return True

    def take(self, count: int) -> list[str]:
        """Return the next lines, at most `count`."""
        return list(islice(self._lines, count))

    def block(self) -> bytes | None:
        """Return no block: the text is short."""
        return None

    def carry(self, utf8: bytes) -> None:
        """Never called, because there is no block."""
        raise NotImplementedError

    def give_back(self, utf8: bytes) -> bool:
        """Never called, because there is no block."""
        raise NotImplementedError


class Lines:
    """The lines of a file with their line ends, or its blocks.

    A line ends at LF, CR LF or CR; vertical tabs and Unicode separators do not end it.

    Attributes:
        ending: how the file ends.
    """

    def __init__(self, path: Path, encoding: str, line_bytes: int) -> None:
        self.ending = ending.of(path, encoding)
        self._path = path
        self._encoding = encoding
        self._limit = line_bytes
        self._raw = self._read()
        self._text = io.StringIO()
        self._blocks: deque[bytes] = deque()
        self._marked: deque[str] = deque()
        self._carried = b""

    @property
    def ended(self) -> bool:
        """Whether the last line has a line end."""
        return self.ending.ended

    def take(self, count: int) -> list[str]:
        """Return the next lines, at most `count`; fewer where a block ends."""
        while True:
            if self._marked:
                most = min(count, len(self._marked))
                return [self._marked.popleft() for _ in range(most)]
            if lines := list(islice(self._text, count)):
                return lines
            if (utf8 := self._next()) is not None:
                self._text = io.StringIO(utf8.decode(), newline="")
            elif not self._marked:
                return []

    def block(self) -> bytes | None:
        """Read whole lines that are sound text, as UTF-8.

        Returns:
            What is left of the block, or the next one; None at the end of the file, and
            where the lines have to be taken one by one.
        """
        if self._marked:
            return None
        if rest := self._text.read():
            return rest.encode()
        return self._next()

    def carry(self, utf8: bytes) -> None:
        """Return the end of a block to the source, to be a part of the next one."""
        self._carried = utf8

    def give_back(self, utf8: bytes) -> bool:
        """Return a block; return whether lines are to be taken now, not blocks.

        A large one is halved, so that what is not plain in it is found.
        """
        middle = utf8.rfind(b"\n", 0, len(utf8) // 2) + 1
        if len(utf8) > LEAST and middle:
            self._blocks.extendleft((utf8[middle:], utf8[:middle]))
            return False
        self._text = io.StringIO(utf8.decode(), newline="")
        return True

    def _next(self) -> bytes | None:
        """Return the next block as UTF-8; None at the end, or if lines are marked."""
        carried, self._carried = self._carried, b""
        if self._blocks:
            return carried + self._blocks.popleft()
        raw = next(self._raw, None)
        if raw is None:
            return carried or None
        utf8 = self._utf8(raw)
        if utf8 is not None:
            return carried + utf8
        self._marked.extend(io.StringIO(carried.decode(), newline=""))
        self._marked.extend(self._each(raw))
        return None

    def _utf8(self, raw: bytes) -> bytes | None:
        try:
            text = raw.decode(self._encoding)
        except UnicodeDecodeError:
            return None
        if self._encoding in encodings.OTHER and self._mixed(raw, text):
            return None
        return raw if self._encoding == "utf-8" else text.encode()

    def _mixed(self, raw: bytes, text: str) -> bool:
        """Return whether a line of a block is in another encoding."""
        return any(
            isinstance(self._line(line.encode(self._encoding)), (Foreign, Misread))
            for line in misread.unfamiliar(text, bare_returns=bare_returns(raw))
        )

    def _each(self, raw: bytes) -> Iterator[str]:
        if self._encoding.startswith("utf-16"):
            text = raw.decode(self._encoding, "replace")
            return io.StringIO(text, newline="")
        return map(self._line, raw.splitlines(keepends=True))

    def _line(self, raw: bytes) -> str:
        other = encodings.in_other(raw, self._encoding)
        if other is not None and not misread.is_misread(other):
            return Foreign(other)
        try:
            text = raw.decode(self._encoding)
        except UnicodeDecodeError:
            return Undecodable(raw.decode(self._encoding, "replace"))
        return Misread(text) if misread.is_misread(text, self._encoding) else text

    def _read(self) -> Iterator[bytes]:
        """Yield blocks that end with a line."""
        given = 0
        with self._path.open("rb") as file:
            size = self.ending.size
            head = file.read(min(4, size))
            rest = without_mark(head)
            while block := file.read(min(BLOCK, size - file.tell())):
                rest += block
                cut = line_end(rest, self._encoding)
                if cut:
                    yield rest[:cut]
                    rest = rest[cut:]
                    given += cut
                if len(rest) > self._limit:
                    raise LineTooLong(self._lines_before(given) + 1)
            if rest:
                yield rest

    def _lines_before(self, count: int) -> int:
        with self._path.open("rb") as file:
            head = without_mark(file.read(4))
            text = (head + file.read(count))[:count].decode(self._encoding, "replace")
        return sum(1 for _ in io.StringIO(text, newline=""))
