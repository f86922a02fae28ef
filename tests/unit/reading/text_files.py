"""Random text files with random damage, and what is true of each of their lines.

A file is drawn as lines of which it is known whether they begin a record, whose cells
they are, and whether they were damaged. What is read is held against that line by
line: a row without a fault must be the record that begins on its line, cell by cell.
"""

import csv
import io
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reading_samples import REGISTRATION

ITEMS = [(i.id, i.title) for i in REGISTRATION.items]
WORDS = [
    *"é€㈱䶮𬭎01a-", "贵阳", "有限公司", "〔2024〕", "=1+1", "N/A", "企业名称", "合计",
    "1E+8", "9.15201E+17",
]  # fmt: skip
SIGNS = [*'""\',;|\t\n\r\\ \u3000\u2028\x0b\ufeff\uff0c~^', "\r\n", "\n\n"]
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
DELIMITERS = [",", "\t", ";", "|", "\uff0c", "\u3001", "^", "\x01", "~"]
QUOTING = [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]
ENDS = ["\n", "\r\n", "\r"]
REMARK = "注：本表按月报送"


@dataclass
class Piece:
    """Consecutive lines of a file that belong together.

    Attributes:
        text: with line ends.
        cells: of a record; None = title, blank line or remark.
        harm: kind of damage, None = as its program wrote it.
        coded: bytes, if not those of the file's encoding.
    """

    text: str
    cells: list[str] | None
    harm: str | None = None
    coded: bytes | None = None


@dataclass
class Drawn:
    """A file that was drawn.

    Attributes:
        encoding: of its bytes.
        delimiter: between its cells.
        headings: as written.
        pieces: in order; the heading is one without cells.
        header: index of the heading among the pieces.
        cut: characters torn off the end, 0 = none.
        how: the arguments of `draw`.
    """

    encoding: str
    delimiter: str
    headings: list[str]
    pieces: list[Piece] = field(default_factory=list)
    header: int = 0
    cut: int = 0
    how: dict[str, Any] = field(default_factory=dict)

    def content(self) -> bytes:
        """Return the bytes of the file."""
        coder = "utf-8" if self.encoding == "utf-8-sig" else self.encoding
        coder = "utf-16-le" if coder == "utf-16" else coder
        mark = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe"}
        coded = [p.coded or p.text.encode(coder) for p in self.pieces]
        whole = mark.get(self.encoding, b"") + b"".join(coded)
        return whole[: len(whole) - self.cut] if self.cut else whole

    def told_apart(self) -> bool:
        """Return whether no line end of two characters lies across two pieces."""
        pairs = zip(self.pieces, self.pieces[1:], strict=False)
        return not any(
            a.text.endswith("\r") and b.text.startswith("\n") for a, b in pairs
        )

    def places(self) -> list[tuple[int, int, Piece]]:
        """Return each piece with its first line and its height in lines."""
        found, line = [], 1
        for piece in self.pieces:
            text = piece.text  # a broken byte may part CR from LF
            if piece.coded is not None and piece.harm == CODED[0]:
                text = piece.coded.decode("latin-1")
            height = sum(1 for _ in io.StringIO(text, newline=""))
            found.append((line, height, piece))
            line += height
        return found

    def undecidable(self) -> set[int]:
        """Give the lines that are records to the eye, and the inside of one in truth.

        A cell of several lines has lost a quote, and one of its lines has by itself as
        many delimiters as a record: nobody can tell that it is none.
        """
        marks, found = len(self.headings) - 1, set[int]()
        for begin, _, piece in self.places():
            lines = list(io.StringIO(piece.text, newline=""))
            if piece.harm is not None:
                found |= {
                    begin + i
                    for i, line in enumerate(lines)
                    if i and line.count(self.delimiter) == marks
                }
        return found

    def joined(self, line: int) -> tuple[int, list[str]] | None:
        """Return what a record is with the next one: its height, its cells.

        Quotes too many or too few in both may make one sound record of them: nobody
        can tell. None if they do not.
        """
        places = self.places()
        at = next(i for i, (begin, _, _) in enumerate(places) if begin == line)
        both = places[at : at + 2]
        if len(both) == 1 or not all(p.harm for _, _, p in both):
            return None
        text = "".join(p.text for _, _, p in both)
        try:
            rows = list(
                csv.reader(
                    io.StringIO(text, newline=""), delimiter=self.delimiter, strict=True
                )
            )
        except csv.Error:
            return None
        return (both[0][1] + both[1][1], rows[0]) if len(rows) == 1 else None

    def harmed(self, line: int) -> bool:
        """Return whether what is around a line may seem to belong to its record."""
        places = [x for x in self.places() if x[2].text.strip()]
        at = next(i for i, (begin, _, _) in enumerate(places) if begin == line)
        around = [p for _, _, p in places[max(at - 2, 0) : at + 3]]
        return any(p.harm or (p.cells and self.doubtful(p)) for p in around)

    def doubtful(self, piece: Piece) -> bool:
        """Recognise a record that two honest programs may read in two ways.

        Each of its lines has the delimiters of a record, or a cell that is not in
        quotes stands in apostrophes, which are the quotes of other programs.
        """
        assert piece.cells is not None
        lines = list(io.StringIO(piece.text, newline=""))
        marks = len(self.headings) - 1
        like = len(lines) > 1 and all(x.count(self.delimiter) == marks for x in lines)
        framed = [c.strip() for c in piece.cells]
        return like or any(len(c) > 1 and c[0] == c[-1] == "'" for c in framed)


Harm = Callable[[random.Random, Piece, str], str | None]
"""Damages the text of a record; None = this record cannot have this damage."""


def _body(piece: Piece) -> tuple[str, str]:
    text = piece.text.rstrip("\r\n")
    return text, piece.text[len(text) :]


def _insert(sign: str) -> Harm:
    def harm(chance: random.Random, piece: Piece, mark: str) -> str:
        body, end = _body(piece)
        at = chance.randrange(len(body) + 1)
        return body[:at] + sign + body[at:] + end

    return harm


def _open_quote(chance: random.Random, piece: Piece, mark: str) -> str | None:
    body, end = _body(piece)
    cells = body.split(mark)
    at = chance.randrange(len(cells))
    if '"' in body:
        return None
    cells[at] = '"' + cells[at]
    return mark.join(cells) + end


def _lost_quote(chance: random.Random, piece: Piece, mark: str) -> str | None:
    body, end = _body(piece)
    places = [i for i, c in enumerate(body) if c == '"']
    if not places:
        return None
    at = chance.choice(places)
    return body[:at] + body[at + 1 :] + end


def _more(chance: random.Random, piece: Piece, mark: str) -> str:
    body, end = _body(piece)
    return body + mark + chance.choice(["", "多"]) + end


def _fewer(chance: random.Random, piece: Piece, mark: str) -> str | None:
    body, end = _body(piece)
    if '"' in body:
        return None
    places = [i for i, c in enumerate(body) if c == mark]
    at = chance.choice(places)
    return body[:at] + body[at + 1 :] + end


def _other_mark(chance: random.Random, piece: Piece, mark: str) -> str | None:
    body, end = _body(piece)
    other = chance.choice([d for d in DELIMITERS if d != mark])
    return None if '"' in body else body.replace(mark, other) + end


def _apostrophes(chance: random.Random, piece: Piece, mark: str) -> str | None:
    body, end = _body(piece)
    if '"' in body or "'" in body:
        return None
    return mark.join(f"'{cell}'" for cell in body.split(mark)) + end


def _backslash(chance: random.Random, piece: Piece, mark: str) -> str | None:
    body, end = _body(piece)
    return body.replace('""', '\\"') + end if '""' in body[1:-1] else None


def _spaced(chance: random.Random, piece: Piece, mark: str) -> str | None:
    """Put blanks before the quotes that open a cell, not before those in one."""
    body, end = _body(piece)
    cell = rf'"(?:[^"]|"")*"|[^{re.escape(mark)}"]*'
    cells = re.findall(rf"(?:^|(?<={re.escape(mark)}))(?:{cell})", body)
    spaced = [" " * (i > 0 and x[:1] == '"') + x for i, x in enumerate(cells)]
    return None if cells == spaced else mark.join(spaced) + end


LONGER = "a cell too many"
HARMS: dict[str, Harm] = {
    "a quote too many": _insert('"'),
    "a quote that opens": _open_quote,
    "a quote that is lost": _lost_quote,
    "a lost character": _insert("\ufffd"),
    "a zero byte": _insert("\0"),
    LONGER: _more,
    "a cell too few": _fewer,
    "another delimiter": _other_mark,
    "other quotes": _apostrophes,
    "quotes escaped otherwise": _backslash,
    "blanks before quotes": _spaced,
}
CODED = ("a broken byte", "another encoding")
"""Damage of bytes, in files of UTF-8 and GB18030."""


def any_file(
    seed: int, harms: tuple[int, int] = (0, 0), cut: tuple[int, int] = (0, 0)
) -> Drawn:
    """Draw a file of any kind.

    Args:
        seed: of everything; the same one gives the same file.
        harms: least and greatest number of damages.
        cut: least and greatest number of bytes torn off the end.
    """
    chance = random.Random(f"file {seed}")
    how: dict[str, Any] = {
        "encoding": chance.choice(ENCODINGS),
        "delimiter": chance.choice(DELIMITERS),
        "quoting": chance.choice(QUOTING),
        "end": chance.choice(ENDS),
        "harms": chance.choices([*HARMS, *CODED], k=chance.randint(*harms)),
        "cut": chance.randint(*cut),
    }
    drawn = draw(seed, **how)
    drawn.how = {"seed": seed, **how}
    return drawn


def draw(
    seed: int,
    encoding: str,
    delimiter: str,
    quoting: int,
    end: str,
    harms: Sequence[str],
    cut: int,
) -> Drawn:
    """Draw a file.

    Args:
        seed: of everything that is not given.
        encoding: of the file.
        delimiter: between cells.
        quoting: when a cell is put into quotes.
        end: of records.
        harms: kinds of damage, each to be done to one record.
        cut: bytes torn off the end.
    """
    chance = random.Random(seed)
    columns = [0, 1, *chance.sample(range(2, len(ITEMS)), chance.randrange(5))]
    chance.shuffle(columns)
    headings = [ITEMS[c][1] for c in columns]
    drawn = Drawn(encoding, delimiter, headings, cut=cut)

    def add(cells: list[str], record: bool = False) -> None:
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=delimiter, quoting=quoting)
        writer.writerow(cells)
        text = stream.getvalue().removesuffix("\r\n") + end
        drawn.pieces.append(Piece(text, cells if record else None))

    for _ in range(chance.choice([0, 0, 0, 1, 2])):
        add(["企业登记归集表", *[""] * chance.choice([0, len(columns) - 1])])
    drawn.header = len(drawn.pieces)
    add(headings)
    plain = chance.random() < 0.3
    for _ in range(chance.choice([0, 1, 2, 3, 5, 8, 12])):
        add(_cells(chance, columns, plain), record=True)
        if chance.random() < 0.05:
            drawn.pieces.append(Piece(end, None))
        if chance.random() < 0.03:
            add(headings)
    if chance.random() < 0.1:
        add([REMARK])
    for kind in harms:
        _do_harm(chance, drawn, kind)
    return drawn


def _cells(chance: random.Random, columns: Sequence[int], plain: bool) -> list[str]:
    pool = WORDS if plain else WORDS + SIGNS
    cells = ["".join(chance.choices(pool, k=chance.randrange(6))) for _ in columns]
    cells[columns.index(0)] = "甲" + cells[columns.index(0)]
    cells[columns.index(1)] = "9" + cells[columns.index(1)]
    return cells


def _do_harm(chance: random.Random, drawn: Drawn, kind: str) -> None:
    records = [p for p in drawn.pieces if p.cells is not None and p.harm is None]
    if not records:
        return
    piece = chance.choice(records)
    if kind in CODED:
        told = all(_is_told_apart(x) for x in piece.text.splitlines())
        if not drawn.encoding.startswith("utf-16") and told:
            piece.coded, piece.harm = _coded(chance, drawn, piece, kind), kind
    elif (text := HARMS[kind](chance, piece, drawn.delimiter)) is not None:
        piece.text, piece.harm = text, kind


def _is_told_apart(line: str) -> bool:
    """Recognise a line whose bytes show which encoding it is in; é alone is 茅, too."""
    beyond = [c for c in line if not c.isascii()]
    return not beyond or any(ord(c) >= 0x800 for c in beyond)


def _coded(chance: random.Random, drawn: Drawn, piece: Piece, kind: str) -> bytes:
    own, other = "utf-8", "gb18030"
    if drawn.encoding == other:
        own, other = other, own
    if kind == "another encoding":
        return piece.text.encode(other)
    whole = piece.text.encode(own)
    end = len(whole) - len(_body(piece)[1])
    at = chance.randrange(end + 1)
    return whole[:at] + b"\xff" + whole[at:]
