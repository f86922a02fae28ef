"""Blocks that are read at once are read as the csv engine reads them, or not at all."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_samples import CODE, Drop

from guiji.reading.texts.dialect import Dialect
from guiji.reading.texts.lines import BLOCK
from guiji.reading.texts.plain import Splitter

PARTS = [
    *["甲", "a", "b c", ",", ",", ",", "\n", "\n", "\r\n", '"', '""', '"a"', '"甲"'],
    *['"a,b"', '"a\nb"', '"a""b"', "\r", " ", "'", "=", "\t", "\ufeff", "\u2028"],
]
LINES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=30).map("".join)
WELL = st.lists(
    st.tuples(
        *[st.sampled_from(["甲", "", '"a,b"', '"a\r\nb\r\nc"', '"x""y"', " "])] * 3
    ),
    min_size=1,
    max_size=8,
)


def engine(text: str) -> tuple[list[list[str]], list[int]]:
    """Return the records of the csv engine, and of each the lines before it."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, lines = [], [0]
    for row in reader:
        rows.append(row or ["", "", ""])
        lines.append(reader.line_num)
    return rows, lines[:-1]


def same(text: str) -> bool:
    """Return whether a text is plain; if so, hold it against the engine."""
    plain = Splitter(Dialect(","), 3).split(text.encode())
    if plain is None:
        return False
    read = text.encode()[: plain.size].decode()
    rows, lines = engine(read)
    cells = [
        list(cells)
        for cells in zip(*(c.to_pylist() for c in plain.columns), strict=True)
    ]
    assert cells == rows
    assert (plain.lines.tolist(), plain.height) == (
        lines,
        sum(1 for _ in io.StringIO(read, newline="")),
    )
    return True


@given(LINES)
@settings(max_examples=3000, deadline=None, derandomize=True, database=None)
def test_anything_is_read_as_the_engine_reads_it_or_left_to_it(text: str) -> None:
    same(text)


@given(WELL, st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=500, deadline=None, derandomize=True, database=None)
def test_well_formed_records_are_read_at_once(
    rows: list[tuple[str, ...]], end: str
) -> None:
    rows.append(("甲", '"a,b"', "丙"))
    assert same("".join(",".join(row) + end for row in rows))


@pytest.mark.parametrize(
    "block",
    [
        "甲,乙\n",  # a cell too few
        "甲,乙,丙,丁\n",  # a cell too many
        '甲"x,乙,丙\n',  # a quote in a cell
        '"甲"x,乙,丙\n',  # a quote that ends too early
        '甲,乙,"丙\n',  # a quote that stays open
        "'甲',乙,丙\n",  # other quotes
        "甲\r,乙,丙\n",  # a line end that is none to most
        "甲\0,乙,丙\n",
        "甲\ufffd,乙,丙\n",
        "甲\ue000,乙,丙\n",  # private use
        "甲\uf8ff,乙,丙\n",
        "9.15201E+17,乙,丙\n",  # digits lost
        "\ufeff甲,乙,丙\n",  # a mark that would be dropped
        '"甲,a\nb,丙","乙",丁,x\n"戊\n',
        '甲,"乙,丙\n丁,戊","己"\n',  # two records, or one
    ],
)
def test_what_needs_a_look_is_left_to_the_engine(block: str) -> None:
    assert not same(block)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blocks_meet_without_a_seam(drop: Drop, encoding: str, end: str) -> None:
    """Cells of several lines and damaged rows lie across the ends of blocks."""
    tall = '"云岩区\n中华路\r\n""1""号"'
    places = ["中华路", tall, '"中华路,1号"', ""]
    lines = [f"公司{i},{CODE},{places[i % 4]},{'住' * (i % 97)}" for i in range(40_000)]
    damaged = range(7, 40_000, 1999)
    for i in damaged:
        lines[i] = lines[i].replace(",", ";", 1)
    head = "企业名称,统一社会信用代码,住所,经营范围"
    content = "".join(line + end for line in [head, *lines]).encode(encoding)
    assert len(content) > 2 * BLOCK
    _, rows = drop.read(content)
    assert [r["source_row"] for r in rows] == list(range(2, 40_002))
    assert [r["source_row"] for r in rows if r["fault"]] == [i + 2 for i in damaged]
    whole = ["中华路", '云岩区\n中华路\r\n"1"号', "中华路,1号", ""]
    line = 2
    for i, row in enumerate(rows):
        assert row["source_line"] == line
        line += 3 if i % 4 == 1 else 1
        if row["fault"] is None:
            assert (row["enterprise_name"], row["domicile"]) == (
                f"公司{i}",
                whole[i % 4],
            )
