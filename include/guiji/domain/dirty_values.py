"""Which values of a column need a closer look, told from their bytes alone.

Each function finds at least the values that its counterpart in `text` would change;
a value found in vain costs time, one missed would stay unclean, so the tests compare
both on arbitrary text.
"""

from collections.abc import Iterator

import numpy as np

from guiji.domain import look_alikes
from guiji.domain.columns import Bytes, Flags, Rows, View

LONGEST_TOKEN = 18
"""Bytes of the longest null token, full width included."""

PIECE = 1 << 17
"""Bytes searched at a time."""

WIDE = "\u3000无暂空"
"""A blank, and the first characters of null tokens in Chinese."""

LETTERS_OF_TWO = (0xCE, 0xCF, 0xD0, 0xD1, 0xD8)
"""First bytes of Greek, Cyrillic and Arabic letters."""

TRIM_FIRST, TRIM_LAST, WIDE_FIRST, WIDE_LAST, WIDE_BEFORE, TOKEN, LETTERS = (
    1 << i for i in range(7)
)


def _classes() -> Bytes:
    """Return what each byte may be a part of."""
    table = np.zeros(256, np.uint8)
    for flag, members in (
        (TRIM_FIRST, (*range(33), *b"'=", 0x7F, 0xC2, 0xE1, 0xE2)),
        (TRIM_LAST, (*range(33), 0x7F)),
        (WIDE_FIRST, [character.encode()[0] for character in WIDE]),
        (WIDE_LAST, (*range(0x80, 0x8B), 0x9F, 0xA0, 0xA8, 0xA9, 0xAF)),
        (WIDE_BEFORE, (0x80, 0x81, 0x9A)),
        (TOKEN, (*b"\\Nn(#-/[", 0xE3, 0xEF)),
        (LETTERS, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ):
        table[list(members)] |= flag
    return table


CLASSES = _classes()
"""Of each byte: whether it may begin or end what is trimmed (blanks beyond ASCII end
in one of WIDE_LAST after one of WIDE_BEFORE), whether it may begin a null token, and
whether it is a digit or capital letter."""


def unclean(view: View) -> Flags:
    """Find the values that `text.clean_one` may change."""
    first = view.bytes_at(view.starts)
    begin = CLASSES.take(first)
    end = CLASSES.take(view.bytes_at(view.ends - 1))
    flags: Flags = ((begin & TRIM_FIRST) | (end & TRIM_LAST)).astype(np.bool_)
    flags |= ((begin & TOKEN) > 0) & (view.lengths <= LONGEST_TOKEN)
    rows = np.flatnonzero(begin & WIDE_FIRST)
    flags[rows] |= _is_token_or_blank(view, first[rows], view.starts[rows])
    rows = np.flatnonzero(end & WIDE_LAST)
    flags[rows] |= _ends_in_blank(view, view.ends[rows])
    invisible = _invisible(view.span)
    if len(invisible):
        flags |= view.rows_at(invisible)
    return flags


def not_compact(view: View) -> Flags:
    """Find the values that hold anything but digits and capital letters."""
    other = np.flatnonzero(~(CLASSES.take(view.span) & LETTERS > 0))
    token = (view.bytes_at(view.starts) == ord("N")) & (view.lengths <= LONGEST_TOKEN)
    flags: Flags = view.rows_at(other) | token
    return flags


def odd_brackets(view: View) -> Flags:
    """Find the values that hold blanks, look-alike characters, or brackets not 〔〕.

    And those with 第 or a zero behind 〕, or with a dot at the end.
    """
    span = view.span
    odd = span <= 0x20
    for byte in (*b"()[]{}<>.", 0x7F, 0xC2, *LETTERS_OF_TWO, 0xE1, 0xE2, 0xEF, 0xF0):
        odd |= span == byte
    wide = np.flatnonzero(span == 0xE3)
    rest = span[wide + 1].astype(np.uint16) << 8 | span[wide + 2]
    is_mark = (rest >> 8 == 0x80) & ~np.isin(rest, (0x8094, 0x8095))  # all but 〔, 〕
    is_mark |= np.isin(rest, (0x83BB, 0x83BC, 0x8790))  # ・, ー, ㇐
    after = span[np.minimum(wide + 3, len(span) - 1)]
    is_mark |= (rest == 0x8095) & np.isin(after, (0x30, 0xE7))  # 〕0, 〕第
    odd[wide] |= is_mark
    content = span.tobytes()
    for code in map(str.encode, look_alikes.VARIANTS):
        if code in content:  # hardly ever
            odd |= _begins(span, code)
    return view.rows_at(np.flatnonzero(odd))


def _begins(span: Bytes, code: bytes) -> Flags:
    """Return where a character of three bytes begins."""
    flags = np.zeros(len(span), np.bool_)
    flags[:-2] = (span[:-2] == code[0]) & (span[1:-1] == code[1])
    flags[:-2] &= span[2:] == code[2]
    return flags


def _is_token_or_blank(view: View, first: Bytes, starts: Rows) -> Flags:
    """Return the values that begin with a blank of three bytes, 无, 暂 or 空."""
    second = view.bytes_at(starts + 1)
    flags = np.zeros(len(starts), np.bool_)
    for character in WIDE:
        begin, middle, end = character.encode()
        rows = np.flatnonzero((first == begin) & (second == middle))
        flags[rows] |= view.bytes_at(starts[rows] + 2) == end
    return flags


def _ends_in_blank(view: View, ends: Rows) -> Flags:
    """Return the values whose last character is a blank beyond ASCII.

    Their last bytes are known to be WIDE_LAST; U+2000–U+205F are E2 80/81 and the
    rest exactly C2 85, C2 A0, E1 9A 80 and E3 80 80.
    """
    before = view.bytes_at(ends - 2)
    flags: Flags = before == 0xC2
    rows = np.flatnonzero(CLASSES.take(before) & WIDE_BEFORE)
    first, last = view.bytes_at(ends[rows] - 3), view.bytes_at(ends[rows] - 1)
    blank = (first == 0xE3) & (before[rows] == 0x80) & (last == 0x80)
    blank |= (first == 0xE2) | (first == 0xE1)
    flags[rows] |= blank
    return flags


def invisible(view: View) -> Flags:
    """Find the values that hold characters that nobody sees."""
    return view.rows_at(_invisible(view.span))


def forced(view: View) -> Flags:
    """Find the values that may begin with a mark by which Excel keeps text."""
    first = view.bytes_at(view.starts)
    flags: Flags = (first == ord("'")) | (first == ord("="))
    blank = np.flatnonzero(CLASSES.take(first) & (TRIM_FIRST | WIDE_FIRST))
    flags[blank] = True
    return flags & (view.lengths > 0)


def _invisible(span: Bytes) -> Rows:
    """Find control characters, soft hyphens, joiners and marks of direction."""
    positions = [np.empty(0, np.int64)]
    for begin in range(0, len(span), PIECE):
        piece = span[begin : begin + PIECE + 2]
        positions.extend(begin + at for at in _invisible_in(piece) if len(at))
    return np.concatenate(positions)


def _invisible_in(piece: Bytes) -> Iterator[Rows]:
    """Find the same in a piece that stays in the processor's cache.

    The last two bytes of a piece are the first of the next one; a character that
    begins there is found then.
    """
    if piece.min() < 0x20:
        control = np.flatnonzero(piece < 0x20)
        yield control[~np.isin(piece[control], (9, 10, 13))]
    space = np.flatnonzero(piece[:-2] == 0xE2)
    if len(space):
        middle, last = piece[space + 1], piece[space + 2]
        marks = (middle == 0x80) & (last >= 0x8B) & (last <= 0xAE)
        marks &= (last <= 0x8F) | (last >= 0xAA)
        yield space[marks]  # U+200B–U+200F, U+202A–U+202E
        yield space[(middle == 0x81) & (last >= 0xA0) & (last <= 0xAF)]  # U+2060–U+206F
    mark = np.flatnonzero((piece[1:-1] | 4) == 0xBF)  # BB or BF
    mark = mark[piece[mark] == 0xEF]
    if len(mark):
        middle, last = piece[mark + 1], piece[mark + 2]
        beyond = (last >= 0xB9) & (last != 0xBC) & (last != 0xBD)
        beyond &= middle == 0xBF  # U+FFF9–U+FFFB, U+FFFE, U+FFFF
        yield mark[beyond | ((middle == 0xBB) & (last == 0xBF))]  # U+FEFF
    yield from _rare_invisible_in(piece, piece.tobytes())


def _rare_invisible_in(piece: Bytes, content: bytes) -> Iterator[Rows]:
    """Find those whose first byte is seldom there, which `in` tells at once."""
    if b"\x7f" in content:
        yield np.flatnonzero(piece == 0x7F)
    if b"\xc2" in content:
        latin = np.flatnonzero(piece[:-1] == 0xC2)
        last = piece[latin + 1]
        yield latin[((last < 0xA0) & (last != 0x85)) | (last == 0xAD)]  # C1, U+00AD
    if b"\xd8" in content:
        arabic = np.flatnonzero(piece[:-1] == 0xD8)
        yield arabic[piece[arabic + 1] == 0x9C]  # U+061C
    if b"\xe1" in content:
        separator = np.flatnonzero(piece[:-2] == 0xE1)
        middle, last = piece[separator + 1], piece[separator + 2]
        yield separator[(middle == 0xA0) & (last == 0x8E)]  # U+180E
