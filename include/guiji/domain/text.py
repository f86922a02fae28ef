"""Text as departments deliver it: what is around it, what stands for nothing.

`clean` is the first thing that happens to every cell. It removes only what nobody
sees (blanks at the ends, zero-width and control characters, the marks by which Excel
is made to keep text) and turns the many ways to write "no value" into null. What it
leaves is the text as delivered. The other functions make forms for comparison only,
which are never shown or published.
"""

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from guiji.domain import columns, dirty_values, look_alikes
from guiji.domain.dirty_values import LONGEST_TOKEN

NULL_TOKENS = frozenset({
    "\\N", "NULL", "(NULL)", "N/A", "NA", "#N/A", "#NULL!", "NONE", "NAN",
    "暂无", "暂缺", "无", "空", "-", "--", "---", "—", "——", "–", "/", "//", "\\",
    "…", "……", "[]", "[]号", "〔〕", "〔〕号",
})  # fmt: skip
"""Ways to write "no value", in upper case and half width."""

HALF_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20}
"""U+FF01–U+FF5E to ASCII. NFKC would go too far: it makes ① a 1 and ㎡ an m2."""

_FORCED = re.compile(r'="([^"]*)"')
_HYPHEN = re.compile(f"[-{look_alikes.DASHES}]")
_UNSEEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
)
"""Control characters, soft hyphens, joiners, marks and overrides of direction, and what
is no character at all; the next line of ASCII's neighbours, U+0085, is a blank."""

_HIDDEN = re.compile(f"[{_UNSEEN}]")
_SPACE = re.compile(rf"[\s{_UNSEEN}]+")
_NAME = look_alikes.folded("(", ")")
_DOCUMENT_NO = look_alikes.folded("〔", "〕")
_ENDS = "。.,;、"
_BEFORE_SERIAL = re.compile("〕第?0*(?=[0-9])")
_ODD = (
    "".join(re.escape(chr(c)) for c in _NAME if c < 0x10000) + "\U0002f800-\U0002fa1f"
)
_ODD_IN_NAME = re.compile(rf"[\s{_UNSEEN}。.{_ODD}]")


def clean(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Remove invisible characters; return null for texts without meaning.

    Args:
        texts: n cells as read.

    Returns:
        n texts: without blanks at the ends, zero-width and control characters,
        Excel's `="…"` and leading apostrophe; null where nothing or a null token
        such as 暂无, N/A or — is left.
    """
    return _changed(texts, dirty_values.unclean, clean_one)


def clean_one(text: str) -> str | None:
    """Clean one text; see `clean`."""
    bare = _bare(text)
    return None if _is_token(bare) else bare or None


def loses_marks(text: str) -> bool:
    """Return whether cleaning takes more than blanks from the ends of a text."""
    return _bare(text) != text.strip()


def holds_marks(texts: pa.Array) -> columns.Flags:
    """Find the values that `loses_marks` may be true of."""
    view = columns.view(texts)
    return dirty_values.invisible(view) | dirty_values.forced(view)


def is_null_token(text: str) -> bool:
    """Return whether a text is a word for "no value", not merely blank."""
    return _is_token(_bare(text))


def _is_token(bare: str) -> bool:
    return len(bare) <= LONGEST_TOKEN and half_width(bare).upper() in NULL_TOKENS


def _bare(text: str) -> str:
    """Remove the invisible characters of a text."""
    text = _HIDDEN.sub("", text).strip()
    if forced := _FORCED.fullmatch(text):
        text = forced[1].strip()
    if text.startswith("'") and "'" not in text[1:]:
        text = text[1:].strip()
    return text


def half_width(text: str) -> str:
    """Turn full-width forms of ASCII into ASCII."""
    return text if text.isascii() else text.translate(HALF_WIDTH)


def compact(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return the form in which codes and numbers are compared.

    Args:
        texts: n codes as written.

    Returns:
        n codes in half width and upper case without blanks, hyphens, invisible
        characters and a full stop or comma at the end; null where nothing is left.
    """
    return _changed(texts, dirty_values.not_compact, compact_one)


def compact_one(text: str) -> str | None:
    """Compact one code; see `compact`."""
    compacted = _HYPHEN.sub("", half_width_one(text) or "").rstrip(_ENDS)
    if compacted in ("", text):
        return compacted or None
    return compact_one(compacted)  # a hyphen may have hidden an apostrophe


def half_width_one(text: str) -> str | None:
    """Return a cleaned text in half width and upper case without blanks."""
    cleaned = clean_one(text)
    if cleaned is None:
        return None
    return _SPACE.sub("", half_width(cleaned)).upper() or None


def name_norm(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return the form in which names are compared, never the one that is published.

    Half width, upper case, every bracket as ( or ), every dash as -, one code for each
    ideograph, no blanks, no full stop at the end: 贵阳 某⾏（个体工商户）。 with a
    Kangxi radical and 贵阳某行(个体工商户) are one name.
    """
    return columns.mapped(columns.combine(texts), name_norm_one)


def name_norm_one(text: str) -> str | None:
    """Normalise one name; see `name_norm`."""
    upper = text.upper()
    if not _ODD_IN_NAME.search(upper):
        return upper or None
    return _SPACE.sub("", upper.translate(_NAME)).rstrip("。.") or None


def document_no_norm(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return the form in which document numbers (文书号) are compared.

    Brackets of every kind become 〔〕, dashes of every kind -, ideographs have one code
    each, the rest is half width without blanks, full stop, 第 and leading zeros before
    the serial number: 筑市监罚[2026]12 号 and 筑市监罚（2026）第012号。 are
    筑市监罚〔2026〕12号. A letter that looks like a digit is left: what it stands for
    nobody can tell.

    Source:
        GB/T 9704-2012 7.2.5 (六角括号, 不加“第”字, 不编虚位).
    """
    return _changed(texts, dirty_values.odd_brackets, document_no_one)


def document_no_one(text: str) -> str | None:
    """Normalise one document number; see `document_no_norm`."""
    plain = _SPACE.sub("", text.translate(_DOCUMENT_NO)).rstrip("。.")
    return _BEFORE_SERIAL.sub("〕", plain) or None


def look_alike_norm(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return texts in which characters that look alike are the same, without blanks.

    Two texts that nobody can tell apart have one such form.
    """
    return columns.mapped(columns.combine(texts), look_alike_one)


def look_alike_one(text: str) -> str | None:
    """Return the form of one text; see `look_alike_norm`."""
    return _SPACE.sub("", text.translate(_NAME)) or None


def _changed(
    texts: pa.Array | pa.ChunkedArray,
    find: Callable[[columns.View], columns.Flags],
    change: Callable[[str], str | None],
) -> pa.Array:
    """Apply `change` to the rows in which `find` sees that it may do something."""
    texts = columns.combine(texts)
    if texts.null_count == len(texts):
        return texts
    view = columns.view(texts)
    suspect = find(view) | (view.lengths == 0)
    rows = np.flatnonzero(suspect if view.valid is None else suspect & view.valid)
    return columns.put(texts, rows, columns.mapped(texts.take(pa.array(rows)), change))
