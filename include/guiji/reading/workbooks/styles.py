"""The cell styles of a workbook: number formats, and what is struck through.

Source: ECMA-376 part 1, 18.8.10 (cellXfs), 18.8.23 (fonts), 18.8.31 (numFmts) and
18.4.10 (strike).
"""

import html
import re
from dataclasses import dataclass, field

import numpy as np

from guiji.reading.workbooks.number_formats import BUILT_IN

NUMBER_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s([^>]*)>")
FORMAT_ID = re.compile(rb"\bnumFmtId=\"(\d{1,9})\"")
FORMAT_CODE = re.compile(rb"\bformatCode=\"([^\"]*)\"")
FONTS = re.compile(rb"<(?:\w+:)?fonts\b.*?</(?:\w+:)?fonts>", re.DOTALL)
FONT = re.compile(
    rb"<(?:\w+:)?font\s*/>|<(?:\w+:)?font\b.*?</(?:\w+:)?font>", re.DOTALL
)
STRIKE = re.compile(rb"<(?:\w+:)?d?strike\s*(?:val=\"(?:1|true)\"\s*)?/>")
CELL_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
CELL_STYLE = re.compile(rb"<(?:\w+:)?xf\s([^>]*)>")
FONT_ID = re.compile(rb"\bfontId=\"(\d{1,9})\"")
STRING_SIGN = b"<si"
LONG = 1000
"""Bytes from which a shared string is long: its reader makes a copy for each cell."""

STRING = re.compile(rb"<(?:\w+:)?si\b(?:[^>]*/>|.*?</(?:\w+:)?si>)", re.DOTALL)


@dataclass(frozen=True)
class Styles:
    """What the styles of cells say.

    Attributes:
        formats: number format of each cell style; empty = General.
        struck: cell styles of which the text is struck through.
        struck_strings: shared strings with such a text.
        long_strings: bytes of each long shared string.
    """

    formats: tuple[str, ...] = ()
    struck: frozenset[int] = frozenset()
    struck_strings: set[int] = field(default_factory=set)
    long_strings: dict[int, int] = field(default_factory=dict)

    @property
    def are_struck(self) -> bool:
        """Whether any text may be struck through."""
        return bool(self.struck or self.struck_strings)


def read(content: bytes) -> Styles:
    """Read the part xl/styles.xml; empty if there is none."""
    codes = {n: code.encode() for n, code in BUILT_IN.items()}
    for attributes in NUMBER_FORMAT.findall(content):
        number, code = FORMAT_ID.search(attributes), FORMAT_CODE.search(attributes)
        if number and code:
            codes[int(number[1])] = code[1]
    fonts = FONTS.search(content)
    struck = {
        i
        for i, font in enumerate(FONT.findall(fonts[0]) if fonts else ())
        if STRIKE.search(font)
    }
    styles = CELL_STYLES.search(content)
    cell_styles = CELL_STYLE.findall(styles[0]) if styles else []
    return Styles(
        tuple(_code(codes.get(_number(FORMAT_ID, x), b"")) for x in cell_styles),
        frozenset(
            i for i, x in enumerate(cell_styles) if _number(FONT_ID, x) in struck
        ),
    )


def see_strings(styles: Styles, block: bytes, first: int, *, measured: bool) -> int:
    """Note the struck and the long ones among the shared strings of a block.

    Args:
        styles: takes the notes.
        block: of whole strings.
        first: index of the first one.
        measured: whether long ones matter.

    Returns:
        How many there are.
    """
    is_struck = b"k" in block and b"strike" in block
    if not is_struck and not measured:
        return _begun(block) or block.count(b":si>") // 2
    strings = STRING.findall(block)
    for index, text in enumerate(strings, first):
        if is_struck and STRIKE.search(text):
            styles.struck_strings.add(index)
        if len(text) > LONG:
            styles.long_strings[index] = len(text)
    return len(strings)


def _begun(block: bytes) -> int:
    """Count the strings that begin in a block, as `block.count(b"<si")` does."""
    content = np.frombuffer(block, np.uint8)
    begins = content[:-2] == STRING_SIGN[0]
    for offset in (1, 2):
        begins &= content[offset : offset + len(begins)] == STRING_SIGN[offset]
    return int(np.count_nonzero(begins))


def _number(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    match = pattern.search(attributes)
    return int(match[1]) if match else 0


def _code(code: bytes) -> str:
    return html.unescape(code.decode("utf-8", "replace"))
