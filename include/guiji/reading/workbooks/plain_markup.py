"""XML in which every text stands as plain text.

The reader of workbooks gives nothing of a CDATA section, and nothing of the elements
that stand for a line break or a tab in an OpenDocument text. They are written as the
characters that they mean before the reader sees them.

Source: XML 1.0, 2.7; OASIS OpenDocument 1.3 part 3, 6.1.4 (tab), 6.1.5 (line-break).
"""

import re
from collections.abc import Iterator

SECTION = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
OPEN = b"<![CDATA["
OPEN_DOCUMENT = b":opendocument:"
BREAK = re.compile(rb"<text:(line-break|tab)\s*(?:/>|></text:(?:line-break|tab)>)")
MEANT = {b"line-break": b"\n", b"tab": b"\t"}
LONGEST_SECTION = 1 << 20
"""Bytes of a section; no cell holds so many. A longer one stays as it is."""

ENTITIES = ((b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;"))


def plain_text(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Write sections and breaks as text.

    Args:
        blocks: of a document, cut anywhere.
    """
    rest, has_breaks = b"", None
    for block in blocks:
        if has_breaks is None:
            has_breaks = OPEN_DOCUMENT in block
        joined = rest + block if rest else block
        section = joined.find(OPEN) if b"!" in joined else -1
        if section >= 0:
            joined = SECTION.sub(_escaped, joined)
            section = joined.find(OPEN)
        cut = _end_of_whole(joined, section)
        whole = joined[:cut] if cut < len(joined) else joined
        yield _without_breaks(whole) if has_breaks else whole
        rest = joined[cut:]
    yield _without_breaks(rest) if has_breaks else rest


def _end_of_whole(joined: bytes, section: int) -> int:
    """Return where a section or a tag begins that goes on in the next block."""
    if section >= 0 and len(joined) - section < LONGEST_SECTION:
        return section
    last = joined.rfind(b"<")
    is_open = last >= 0 and joined.find(b">", last) < 0
    return last if is_open and len(joined) - last < LONGEST_SECTION else len(joined)


def _without_breaks(block: bytes) -> bytes:
    return BREAK.sub(lambda match: MEANT[match[1]], block)


def _escaped(section: re.Match[bytes]) -> bytes:
    text = section[1]
    for sign, entity in ENTITIES:
        text = text.replace(sign, entity)
    return text
