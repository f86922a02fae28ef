"""The characters of numbers as people type them, and what is meant: 1 for １, X for Ｘ.

A text is translated character by character, so that positions stay.
"""

import re
from unicodedata import decimal

BLANKS = "\t \xa0\xad\u1680\u180e\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff"
LINES = "\n\x0b\x0c\r\x85\u2028\u2029"
HYPHENS = "\u2010-\u2015\u2212\u2500\u30fc\ufe58\ufe63\uff0d"
DOTS = "\xb7\u2022\u2027\u22c5\u30fb\uff0e\uff65\ufe52"
EX = "x\u0425\u0445\u2169\u2179\xd7\uff38\uff58"
"""What people type for the X of an id: other alphabets, numerals, a times sign."""

WIDE_AT = "\uff20"
SEPARATORS = BLANKS + LINES + HYPHENS + DOTS


_MEANT = tuple(
    (re.compile(f"[{written}]"), ord(meant))
    for written, meant in ((BLANKS, " "), (LINES, "\n"), (HYPHENS, "-"), (DOTS, "."))
) + ((re.compile(f"[{EX}]"), ord("X")),)


class HalfWidth(dict[int, int]):
    """Character -> the same in half width: any digit, blank, hyphen, dot and X."""

    def __missing__(self, code: int) -> int:
        """Work out a character once."""
        self[code] = _half_width(code)
        return self[code]


def _half_width(code: int) -> int:
    character = chr(code)
    for written, meant in _MEANT:
        if written.match(character):
            return meant
    figure = decimal(character, -1)
    if figure >= 0:
        return ord("0") + figure
    return code - 0xFF01 + 0x21 if 0xFF01 <= code <= 0xFF5E else code


CHARACTERS = HalfWidth()
"""For `str.translate`."""
