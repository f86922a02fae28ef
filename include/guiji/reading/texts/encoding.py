"""Which encoding bytes are in: their mark, else what reads strictly and as Chinese.

Nothing is guessed by statistics of bytes. UTF-8 and GB18030 are tried strictly; where
both read, or one is damaged, the reading counts that shows everyday characters: text
read in the wrong encoding shows rare ones.

Source: 2-contract.md, the way, 3: BOM → strict UTF-8 → strict gb18030.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from guiji.reading.kinds import MARKS
from guiji.reading.texts.signs import LOST

OTHER = {"utf-8": "gb18030", "gb18030": "utf-8"}
"""The encoding in which a single line of a file may be."""

LATIN = 0x800
"""Below it are the characters of which UTF-8 needs two bytes, and none is Chinese."""

EVERYDAY_SHARE = 0.6
"""Least share of everyday characters in Chinese that is read as it was written."""

SURE_SHARE = 0.8
"""The same for a single line that is not in its file's encoding."""

HALF = 0.5
"""The same for several characters of UTF-8, which no text of GB18030 is by chance."""

ENOUGH = 4
"""Chinese characters from which that share says anything."""

NOT_ASCII = re.compile(r"[^\x00-\x7f]")
HANZI = re.compile("[\u3400-\u9fff]")
HANZI_PAIR = re.compile("[\u4e00-\u9fff]{2}")


def characters(encoding: str, leads: Iterable[int], trails: Iterable[int]) -> set[str]:
    """Return the Chinese characters of two bytes in an encoding."""
    pairs = (bytes((lead, trail)) for lead in leads for trail in trails)
    return set(HANZI.findall(b"\n".join(pairs).decode(encoding, "ignore")))


EVERYDAY = characters("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF))
"""The 3,755 characters of the first level of GB 2312."""

EVERYDAY_BIG5 = characters(
    "big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF))
)
"""The 5,401 characters of the first level of Big5."""


@dataclass(frozen=True)
class DecodedSample:
    """A sample of a file, read in one encoding.

    Attributes:
        text: the sample; what cannot be decoded is U+FFFD.
        clean: all of it was decoded.
        plausible: it does not look like text of another encoding.
    """

    text: str
    clean: bool
    plausible: bool


def candidates(head: bytes) -> list[str]:
    """Return the encodings worth trying, in order; a byte order mark leaves one."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return [encoding]
    if 0 not in head:
        return ["utf-8", "gb18030"]
    wide = ["utf-16-le", "utf-16-be"]
    if head[1::2].count(0) < head[::2].count(0):
        wide.reverse()
    return [*wide, "utf-8", "gb18030"]


def without_mark(head: bytes) -> bytes:
    """Drop a byte order mark."""
    for mark, _ in MARKS:
        head = head.removeprefix(mark)
    return head


def read(sample: bytes, encoding: str) -> DecodedSample:
    """Read a sample in an encoding and judge what it shows."""
    text, clean = _decoded(sample, encoding)
    if encoding == "utf-8":
        return DecodedSample(text, clean, not _chinese_in_disguise(sample, text, clean))
    if encoding == "gb18030":
        return DecodedSample(text, clean, share(text) >= EVERYDAY_SHARE)
    return DecodedSample(text, clean, True)


def _decoded(sample: bytes, encoding: str) -> tuple[str, bool]:
    try:
        return sample.decode(encoding), True
    except UnicodeDecodeError:
        return sample.decode(encoding, "replace"), False


def _chinese_in_disguise(sample: bytes, text: str, clean: bool) -> bool:
    """Return whether bytes are GB18030, though valid or nearly valid UTF-8."""
    beyond = NOT_ASCII.findall(text)
    if not beyond:
        return False
    if not clean:
        return beyond.count(LOST) * 2 > len(beyond)
    if any(ord(c) >= LATIN for c in beyond):
        return False
    other, readable = _decoded(sample, "gb18030")
    return readable and bool(HANZI_PAIR.search(other)) and share(other) == 1


def share(text: str, everyday: set[str] = EVERYDAY) -> float:
    """Return the share of everyday characters among the Chinese ones; 1 if none is."""
    characters = HANZI.findall(text)
    return (
        sum(c in everyday for c in characters) / len(characters) if characters else 1.0
    )


def looks_like_big5(sample: bytes) -> bool:
    """Recognise Big5, which GB18030 would read as rare characters without an error."""
    text, clean = _decoded(sample, "big5")
    if not clean or len(HANZI.findall(text)) < ENOUGH:
        return False
    gb, _ = _decoded(sample, "gb18030")
    return share(gb) < EVERYDAY_SHARE < share(text, EVERYDAY_BIG5)


def in_other(line: bytes, encoding: str) -> str | None:
    """Read a line in the other encoding than its file's, if that is what it is in.

    Args:
        line: its bytes.
        encoding: of the file.

    Returns:
        Its text; None where it is in the file's encoding, or damaged.
    """
    if line.isascii() or encoding not in OTHER:
        return None
    try:
        text = line.decode(OTHER[encoding])
    except UnicodeDecodeError:
        return None
    own, own_clean = _decoded(line, encoding)
    if encoding == "gb18030":
        has_letters = any(ord(c) >= LATIN for c in text)
        better = not own_clean or share(text) > share(own)
        several = len(HANZI.findall(text)) > 1 and share(text) >= HALF
        better = better or (several and share(own) < 1)
        return text if has_letters and better else None
    if own_clean or len(HANZI.findall(text)) < ENOUGH:
        return None
    return text if share(text) >= SURE_SHARE else None
