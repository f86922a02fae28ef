"""How the records of a text file are written, and what in them is not sound.

A record is sound if its cells are told apart in one way only: a quote opens a cell at
its very beginning, closes it at its very end and is doubled inside. Whatever else has
quotes, lost characters or zero bytes is looked at record by record.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from guiji.reading.texts.signs import LOST, PRIVATE

DELIMITERS = (",", "\t", ";", "|", "\uff0c", "\uff1b", "\u3001", "^", "\x01", "~")
QUOTE = '"'
APOSTROPHE = "'"
QUOTES = (QUOTE, APOSTROPHE)
NUL = "\0"
ROUNDED = re.compile(r"[+-]?\d(?:\.\d+)?[Ee]\+(?:1[1-9]|[2-9]\d)")
"""What a spreadsheet writes for a number of 12 digits or more: 9.15201E+17."""


@dataclass(frozen=True)
class Dialect:
    """How records are written.

    Attributes:
        delimiter: one character.
        quote: the character around cells that hold delimiters.
        spaced: a blank follows each delimiter and belongs to it.
    """

    delimiter: str
    quote: str = QUOTE
    spaced: bool = False

    @property
    def plain(self) -> bool:
        """Whether many records can be read at once."""
        return self.delimiter.isascii() and self.quote == QUOTE and not self.spaced

    def sound(self, text: str) -> bool:
        """Return whether no quote in whole records stands where none should be."""
        if self.quote in text and self.quote in self._quoted.sub("", text):
            return False
        return not self.framed(text)

    def framed(self, text: str) -> bool:
        """Return whether a cell is in apostrophes, where these are not the quotes."""
        return APOSTROPHE in text and self._framed.search(text) is not None

    def stray(self, record: str) -> bool:
        """Return whether the engine's reading of a record's quotes is open to doubt.

        Quotes in pairs inside a cell, as in 贵阳"恒达"公司, are part of it. A single
        one, a pair around a cell with blanks, and one after a backslash may be the
        marks of a cell.
        """
        for match in self._cell.finditer(record):
            cell = (match[1] or "").strip()
            framed = len(cell) > 1 and cell[0] == cell[-1] and cell[0] in QUOTES
            escaped = "\\" + self.quote in cell
            if framed or escaped or cell.count(self.quote) % 2:
                return True
        return False

    def whole(self, record: str, begin: bool) -> bool:
        """Return whether quotes show that a record is complete at one of its ends.

        Args:
            record: without line end.
            begin: look at its begin, else at its end.
        """
        if "\n" in record or "\r" in record:
            return False
        cell = record.split(self.delimiter)[0 if begin else -1].strip(" ")
        if cell == self.quote * 2:
            return False
        return cell.startswith(self.quote) if begin else cell.endswith(self.quote)

    def remarkable(self, text: str) -> bool:
        """Return whether records have to be looked at one by one for what they hold."""
        if NUL in text or LOST in text or PRIVATE.search(text):
            return True
        rounded = "E+" in text or "e+" in text
        return rounded and self._rounded.search(text) is not None

    @cached_property
    def _quoted(self) -> re.Pattern[str]:
        """A cell in quotes; or after =, by which spreadsheets are made to keep text."""
        inner = rf"(?:[^{self._q}]|{self._q}{self._q})*+"
        forced = rf'="[^"{self._d}\r\n]*"'
        cell = rf"(?:{self._q}{inner}{self._q}|{forced})"
        return re.compile(rf"{self._begin}{cell}{self._end}")

    @cached_property
    def _framed(self) -> re.Pattern[str]:
        """A cell in apostrophes, where these are not the file's quotes."""
        never = "(?!)" if self.quote == APOSTROPHE else ""
        return re.compile(rf"{never}{self._begin}'[^{self._d}\r\n]*'{self._end}")

    @cached_property
    def _cell(self) -> re.Pattern[str]:
        """A cell; group 1 is set if it is not in quotes."""
        quoted = rf"{self._q}(?:[^{self._q}]|{self._q}{self._q})*+{self._q}{self._end}"
        return re.compile(rf"{self._begin}(?:{quoted}|([^{self._d}\r\n]+))")

    @cached_property
    def _rounded(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![^{self._d}\r\n\"'=\t]){ROUNDED.pattern}(?!\d)")

    @property
    def _q(self) -> str:
        return re.escape(self.quote)

    @property
    def _d(self) -> str:
        return re.escape(self.delimiter)

    @property
    def _begin(self) -> str:
        return rf"(?<![^{self._d}\r\n])" + (" ?" if self.spaced else "")

    @property
    def _end(self) -> str:
        return rf"(?![^{self._d}\r\n])"


def rounded(cell: str) -> bool:
    """Recognise a number that was written as text after its digits were lost."""
    return ROUNDED.fullmatch(cell.strip(" \t'\"=")) is not None
