"""Encoding, delimiter and quotes under which headings of the catalogue show."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from guiji.reading import headings, refusals
from guiji.reading.layout import Layout
from guiji.reading.texts import encoding as encodings
from guiji.reading.texts import refusals as text_refusals
from guiji.reading.texts.dialect import APOSTROPHE, DELIMITERS, QUOTE, Dialect
from guiji.reading.texts.encoding import without_mark
from guiji.reading.texts.lines import BLOCK, HEAD, TextLines, line_end
from guiji.reading.texts.records import Records

SEPARATOR_LINE = re.compile(r"\"?sep=([^\"\r\n])\"?\s*$", re.IGNORECASE)
LINE_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
ALL = 3
"""Records of which all must have a cell more before the heading row is to blame."""

BLANK = " \t\r\n,;|\0\ufeff"


@dataclass(frozen=True)
class SniffedDialect:
    """How a file is written, as far as its first lines tell.

    Attributes:
        encoding: of the whole file; single lines may be in another one.
        dialect: how its records are written.
        rows: its first records.
    """

    encoding: str
    dialect: Dialect
    rows: Sequence[list[str]]


Score = tuple[int, bool, bool]


def sniff(
    path: Path, name: str, layouts: Sequence[Layout], own: Sequence[str]
) -> SniffedDialect:
    """Find how a file is written.

    Args:
        path: the bytes.
        name: the file as the department named it.
        layouts: the datasets that it may be.
        own: titles of the department's datasets.

    Raises:
        BatchRefused: EMPTY_FILE, BIG5, or UNKNOWN_FILE: no headings were found.
    """
    head, sample = _samples(path)
    vocabulary = {h for x in layouts for h in (*x.exact, *x.loose)}
    best: tuple[Score, SniffedDialect] | None = None
    blank = True
    for encoding in encodings.candidates(head):
        tried = encodings.read(without_mark(_whole(sample, encoding)), encoding)
        whole = without_mark(_whole(head, encoding))
        text = whole.decode(encoding, "replace")
        blank = blank and not text.strip(BLANK)
        for hits, dialect, rows in _readings(text, vocabulary):
            score = (hits, tried.plausible, tried.clean)
            if hits and (best is None or score > best[0]):
                best = score, SniffedDialect(encoding, dialect, rows)
        if best is not None and best[0][0] > 1 and all(best[0][1:]):
            break
    if blank:
        raise refusals.empty_file(name)
    if (best is None or best[0][1] is False) and encodings.looks_like_big5(sample):
        raise text_refusals.big5(name)
    if best is None:
        raise refusals.unknown_file(name, own)
    return best[1]


def cells(rows: Sequence[Sequence[str]], width: int) -> int:
    """Return how many cells every record has: as many as headings, or empty ones more.

    Records may have fewer empty cells than the heading row, but never more.

    Args:
        rows: the heading row and some records below it.
        width: columns that have a heading.
    """
    first = max(width, len(rows[0]))
    votes = Counter({first: 1})
    votes.update(
        len(row) for row in rows[1:] if width <= len(row) <= first and _ends(row, width)
    )
    return max(votes, key=lambda count: (votes[count], count == first))


def unlike_headings(
    rows: Sequence[Sequence[str]], headings: Sequence[str]
) -> int | None:
    """Return how many cells records have, if the heading row is the one that differs.

    It is if most records end with empty cells that it does not have, or all have one
    cell more, so that a heading may be missing anywhere; or if it has a cell without a
    heading among the others, and most records have one cell less.

    Args:
        rows: the heading row and some records below it.
        headings: without empty ones at the end.

    Returns:
        Cells of most records; None if the heading row is as good as they are.
    """
    width, own = len(headings), max(len(headings), len(rows[0]))
    votes = Counter(len(row) for row in rows[1:] if any(map(str.strip, row)))
    if not votes:
        return None
    count = max(votes, key=lambda x: votes[x])
    longer = sum(1 for row in rows[1:] if len(row) == count and _ends(row, width))
    if count > own and longer * 2 > votes.total() and longer > 1:
        return count
    if count == own + 1 and votes[count] == votes.total() >= ALL:
        return count
    unnamed = any(not h for h in headings)
    shorter = count == width - 1 and votes[count] * 2 > votes.total()
    return count if unnamed and shorter else None


def _ends(row: Sequence[str], width: int) -> bool:
    """Recognise a record that has no content beyond the headings."""
    return any(row) and not any(map(str.strip, row[width:]))


def holds_line_ends(heading: str) -> bool:
    """Recognise a heading in which lines end that no spreadsheet would end there."""
    return LINE_ENDS.search(heading) is not None


def _samples(path: Path) -> tuple[bytes, bytes]:
    """Return the first bytes, and bytes that show the encoding: not all ASCII."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        if not head.isascii():
            return head, head
        rest = head
        while block := file.read(BLOCK):
            rest = rest[-HEAD:] + block
            if not block.isascii():
                at = next(i for i, byte in enumerate(rest) if byte > 0x7F)
                begin = rest.rfind(b"\n", 0, at) + 1
                return head, rest[begin:] + file.read(HEAD)
    return head, head


def _whole(sample: bytes, encoding: str) -> bytes:
    """Cut a sample after its last whole line, if it may end within one."""
    if len(sample) < HEAD:
        return sample
    return sample[: line_end(sample, encoding)] or sample


def _readings(
    text: str, vocabulary: set[str]
) -> list[tuple[int, Dialect, list[list[str]]]]:
    """Read the first rows under each delimiter: headings found, dialect, rows."""
    readings = []
    for delimiter in _delimiters(text):
        dialect = Dialect(delimiter)
        rows = _rows(text, dialect)
        hits, heading = max(
            ((_hits(row, vocabulary), row) for row in rows),
            key=lambda pair: pair[0],
            default=(0, []),
        )
        other = _dialect(delimiter, heading)
        if hits and other != dialect:
            dialect, rows = other, _rows(text, other)
        readings.append((hits, dialect, rows))
    return readings


def _dialect(delimiter: str, heading: Sequence[str]) -> Dialect:
    """Return what stands around cells and after delimiters, by the headings."""
    spaced = delimiter != " " and all(h.startswith(" ") for h in heading[1:])
    spaced = spaced and len(heading) > 1
    framed = [h.strip() for h in heading if h.strip()]
    in_apostrophes = (
        all(len(h) > 1 and h[0] == h[-1] == APOSTROPHE for h in framed)
        and len(framed) > 1
    )
    return Dialect(delimiter, APOSTROPHE if in_apostrophes else QUOTE, spaced)


def _delimiters(text: str) -> Sequence[str]:
    stated = SEPARATOR_LINE.match(text.split("\n", 1)[0])
    return [stated[1], *DELIMITERS] if stated else DELIMITERS


def _rows(text: str, dialect: Dialect) -> list[list[str]]:
    """Read the first rows, as they will be read again with the rest of the file."""
    return Records(TextLines(text), dialect, HEAD).top(headings.LOOK_AT + 1).rows


def _hits(row: Sequence[str], vocabulary: set[str]) -> int:
    names = {headings.normal_form(cell): cell for cell in row}
    return sum(headings.is_heading(cell, vocabulary) for cell in names.values())
