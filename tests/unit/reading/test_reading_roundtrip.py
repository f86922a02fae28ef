"""Nothing is lost or changed on the way: what was written is what is read.

Random tables go through every encoding, delimiter and way of quoting; the second
property adds random damage and asks that every other row is as it was, in its place.
"""

import csv
import io
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading_samples import REGISTRATION, Drop

ITEMS = [(i.id, i.title) for i in REGISTRATION.items]
TEXTS = [*"é€㈱䶮𬭎01a-", "贵阳", "有限公司", "〔2024〕", "=1+1", "N/A"]
SIGNS = [*"\"',;|\t\n\r\\ \u3000\u2028\x0b\ufeff", "\r\n"]
CELL = st.lists(st.sampled_from(TEXTS + SIGNS), max_size=5).map("".join)
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16"]
QUOTING = [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]
ALWAYS = settings(
    deadline=None,
    derandomize=True,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

Table = tuple[list[str], list[list[str]]]


@st.composite
def tables(draw: st.DrawFn, cell: st.SearchStrategy[str] = CELL) -> Table:
    """Headings with the two required ones among them, and rows that are records."""
    rest = draw(st.lists(st.sampled_from(range(2, len(ITEMS))), unique=True))
    columns = draw(st.permutations([0, 1, *rest]))
    rows = draw(st.lists(st.lists(cell, min_size=len(columns), max_size=len(columns))))
    for row in rows:
        row[columns.index(0)] = "甲" + row[columns.index(0)]
        row[columns.index(1)] = "9" + row[columns.index(1)]
    return [ITEMS[c][1] for c in columns], rows


def written(rows: list[list[str]], delimiter: str, quoting: int, end: str) -> list[str]:
    """Each row as csv writes it; with CR LF as line end it quotes every CR and LF."""
    lines = []
    for row in rows:
        stream = io.StringIO()
        csv.writer(stream, delimiter=delimiter, quoting=quoting).writerow(row)
        lines.append(stream.getvalue().removesuffix("\r\n") + end)
    return lines


def read(folder: Path, content: bytes, headings: list[str]) -> list[tuple[object, ...]]:
    """Read back: row number, fault, cells in the order written."""
    names = [next(i for i, title in ITEMS if title == h) for h in headings]
    _, rows = Drop(folder).read(content, candidates=[REGISTRATION])
    return [(r["source_row"], r["fault"], *(r[n] for n in names)) for r in rows]


@given(
    table=tables(),
    encoding=st.sampled_from(ENCODINGS),
    delimiter=st.sampled_from([",", "\t", ";", "|"]),
    quoting=st.sampled_from(QUOTING),
    end=st.sampled_from(["\n", "\r\n"]),
    titled=st.booleans(),
)
@ALWAYS
def test_every_cell_comes_back(
    tmp_path: Path,
    table: Table,
    encoding: str,
    delimiter: str,
    quoting: int,
    end: str,
    titled: bool,
) -> None:
    headings, rows = table
    title = [["企业登记归集表", *[""] * (len(headings) - 1)]] if titled else []
    lines = written([*title, headings, *rows], delimiter, quoting, end)
    first = 3 if titled else 2
    assert read(tmp_path, "".join(lines).encode(encoding), headings) == [
        (first + i, None, *row) for i, row in enumerate(rows)
    ]


PLAIN = st.text("贵阳甲乙丙09aB-。（）", min_size=1, max_size=6)
DAMAGE = {
    "a lost character": (lambda line: line[:1] + "\ufffd" + line[1:], "CHARS_LOST"),
    "an open quote": (lambda line: '"' + line, "BAD_QUOTES"),
    "a cell too many": (lambda line: line + ",多", "RAGGED_LONG"),
    "a cell too few": (lambda line: line.rpartition(",")[0], "RAGGED_SHORT"),
}


@given(
    table=tables(PLAIN),
    encoding=st.sampled_from(["utf-8", "gb18030"]),
    damage=st.lists(st.tuples(st.integers(0, 30), st.sampled_from(sorted(DAMAGE)))),
)
@ALWAYS
def test_damage_stays_in_its_row(
    tmp_path: Path, table: Table, encoding: str, damage: list[tuple[int, str]]
) -> None:
    headings, rows = table
    lines = [line.rstrip("\n") for line in written(rows, ",", csv.QUOTE_MINIMAL, "\n")]
    harmed = {place: kind for place, kind in damage if place < len(lines)}
    for place, kind in harmed.items():
        lines[place] = DAMAGE[kind][0](lines[place])
    content = "\n".join([",".join(headings), *lines, ""]).encode(encoding)
    assert read(tmp_path, content, headings) == [
        (i + 2, DAMAGE[harmed[i]][1], *[None] * len(row))
        if i in harmed
        else (i + 2, None, *row)
        for i, row in enumerate(rows)
    ]
