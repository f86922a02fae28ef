"""A damaged record goes into quarantine alone, unless one beside it may be a part."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_samples import CODE, REGISTRATION

from guiji.reading.layout import Layout
from guiji.reading.limits import Limits
from guiji.reading.texts import delimited, repairs
from guiji.reading.texts.dialect import Dialect
from guiji.reading.texts.repairs import Repairs

LAYOUT = Layout.of(REGISTRATION)
WIDE = (
    "企业名称,统一社会信用代码,成立日期,注册资本,企业类型,法定代表人,经营范围,住所,地区"
)
NARROW = "企业名称,统一社会信用代码"


def faults(folder: Path, text: str) -> dict[int, str]:
    """Read a text; give the line and the code of each row in quarantine."""
    return {r["source_line"]: r["fault"] for r in rows(folder, text) if r["fault"]}


def rows(folder: Path, text: str) -> list[dict[str, Any]]:
    path, out = folder / "file", folder / "text.parquet"
    path.write_text(text, "utf-8", newline="")
    delimited.read(path, "企业登记信息.csv", [LAYOUT], [], out, Limits())
    return pq.read_table(out).to_pylist()


def wide(number: int) -> list[str]:
    """Cells as a program writes them: some quoted, with delimiters; the last empty."""
    kind = '"有限公司, 自然人独资"' if number % 3 else "有限公司"
    scope = f'"零售, 5"" 管材{number}"' if number % 2 else f'"批发, 零售{number}"'
    return [
        *(f"公司{number}", CODE, "2020-01-02", "100", kind, "王某", scope),
        *(f'"中华路{number}号"', ""),
    ]


RECORDS = [wide(i) for i in range(12)]
DAMAGED = 5
"""Index of the damaged record; it is in line 7."""


def one_damage() -> Iterator[tuple[str, str]]:
    """Give what is wrong, and the text of the damaged record, at every cell."""
    cells = RECORDS[DAMAGED]
    for i, cell in enumerate(cells):
        before, after = cells[:i], cells[i + 1 :]
        yield f"a quote before {i}", ",".join([*before, f'"{cell}', *after])
        yield f"a delimiter before {i}", ",".join([*before, f",{cell}", *after])
        if i:
            joined = [*before[:-1], before[-1] + cell, *after]
            yield f"no delimiter before {i}", ",".join(joined)
        if cell.startswith('"'):
            yield f"no quote before {i}", ",".join([*before, cell[1:], *after])
            yield f"no quote after {i}", ",".join([*before, cell[:-1], *after])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_records_beside_a_damaged_one_are_read(tmp_path: Path, end: str) -> None:
    for what, text in one_damage():
        lines = [WIDE, *map(",".join, RECORDS)]
        lines[DAMAGED + 1] = text
        found = faults(tmp_path, end.join([*lines, ""]))
        assert list(found) == [DAMAGED + 2], what


TALL = f'"甲\n公司1,{CODE}\n乙",{CODE}'


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # a cell of several lines, each of which looks like a record
        ([f'甲,"{CODE}\n乙,{CODE}\n丙,{CODE}"'], {2: "QUOTED_LINES"}),
        ([f'"甲,{CODE}\n乙,x\n丙",{CODE}'], {}),  # one of the lines does not
        ([TALL], {}),
        # a quote too many, or one that is lost, before a line that begins as a total
        (['丙,""\n合计"'], {2: "TORN", 3: "BAD_QUOTES"}),
        ([f'甲,{CODE}\n\n"",合计"'], {2: "TORN", 4: "BAD_QUOTES"}),
        # the same, of which a quote is lost
        ([TALL[1:]], {2: "RAGGED_SHORT", 3: "TORN", 4: "BAD_QUOTES"}),
    ],
)
def test_lines_of_one_cell_are_not_records(
    tmp_path: Path, lines: list[str], expected: dict[int, str]
) -> None:
    text = "\n".join([NARROW, *lines, f"丁,{CODE}", f"戊,{CODE}", ""])
    found = faults(tmp_path, text)
    read = [r["enterprise_name"] for r in rows(tmp_path, text) if not r["fault"]]
    assert not {"公司1", "乙"} & set(read)
    assert "戊" in read
    assert found.items() >= expected.items()


CELL = r'(?:"(?:[^"]|"")*"|(?!")[^",\n]*(?:"[^",\n]*"[^",\n]*)*)'
RECORD = re.compile(f"{CELL},{CELL},{CELL}")
SIGNS = st.text('aa,,,""', max_size=6)


def undone(text: str) -> Iterator[str]:
    """Undo every damage that there may be in a text, one by one."""
    yield text
    for i in range(len(text) + 1):
        yield from (text[:i] + sign + text[i:] for sign in '",')
        if text[i : i + 1] in {'"', ","}:
            yield text[:i] + text[i + 1 :]
    breaks = [i for i, sign in enumerate(text) if sign == "\n"]
    for instead in product(["\n", "", "a"], repeat=len(breaks)):
        joined = list(text)
        for i, sign in zip(breaks, instead, strict=True):
            joined[i] = sign
        yield "".join(joined)


@given(st.lists(SIGNS, min_size=1, max_size=3).filter(all))
@settings(max_examples=1500, deadline=None, derandomize=True, database=None)
def test_every_single_damage_is_undone(lines: list[str]) -> None:
    expected = [
        count
        for count in range(1, len(lines) + 1)
        if any(map(RECORD.fullmatch, undone("\n".join(lines[:count]))))
    ]
    assert Repairs(Dialect(","), 3).counts(lines) == expected


@pytest.mark.parametrize(
    ("lines", "counts"),
    [
        (["a", "", "b,c,d"], []),  # a blank line breaks no cell
        (['"a', "", 'b",c,d'], [3]),  # but may be in quotes
        (["a,b,c1", "注：按月报送"], [1]),  # nor does a remark
        ([r'"a\"x', r'\"y",b,c'], [2]),  # quotes escaped by backslashes
        (['a, "b', 'c" ,d'], [2]),  # blanks before and after quotes
    ],
)
def test_undoes_what_other_programs_write(lines: list[str], counts: list[int]) -> None:
    assert Repairs(Dialect(","), 3).counts(lines) == counts


def test_the_search_for_repairs_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repairs, "BUDGET", 10)
    search = Repairs(Dialect(","), 3)
    assert search.counts(['a,"b",c', "d,e"]) == [1]
    assert search.counts(['a,"b"', "c"]) == [1, 2]  # all: nothing can be told
    assert search.counts(["a,b,c", "d,e"]) == [1]  # no quotes, no search
