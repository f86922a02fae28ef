"""A damaged record goes into quarantine alone, unless one beside it may be a part."""

import re
from collections.abc import Callable, Iterator
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
from guiji.reading.texts import delimited
from guiji.reading.texts.columns import Columns
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
    """Yield what is wrong, and the text of the damaged record, at every cell."""
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


def codes(count: int) -> list[str]:
    return [f"{CODE[:-2]}{i:02d}" for i in range(10, 10 + count)]


def records(count: int) -> list[str]:
    return [
        f"贵阳{'甲乙丙丁'[i % 4]}公司,{code}" for i, code in enumerate(codes(count))
    ]


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        # the damaged line is a record by its columns, and so are those beside it
        (lambda x: x.replace(",", ""), {7: "RAGGED_SHORT"}),
        (lambda x: f'"{x}', {7: "BAD_QUOTES"}),
        (lambda x: x.replace(",", '",'), {7: "BAD_QUOTES"}),
        (lambda x: x.replace(",", ',"'), {7: "BAD_QUOTES"}),
        (lambda x: f'{x}"', {7: "BAD_QUOTES"}),
        (lambda x: x.replace(",", ",,"), {7: "RAGGED_LONG"}),
        (lambda x: x.replace(",", ";"), {7: "RAGGED_SHORT"}),
        (lambda x: "'" + x.replace(",", "','") + "'", {7: "BAD_QUOTES"}),
        # a part of a name: the code before it is whole, the name after it may be not
        (lambda x: x[:2] + "\n" + x[2:], {7: "RAGGED_SHORT", 8: "TORN"}),
        # a part of a code: the line before it lacks it, so that the next one is sound
        (lambda x: x[:-4] + "\n" + x[-4:], {7: "TORN", 8: "RAGGED_SHORT"}),
    ],
)
def test_columns_tell_the_records_of_a_narrow_table(
    tmp_path: Path, damage: Callable[[str], str], expected: dict[int, str]
) -> None:
    lines = [NARROW, *records(12)]
    lines[6] = damage(lines[6])
    assert faults(tmp_path, "\n".join([*lines, ""])) == expected


def test_few_records_tell_no_habit(tmp_path: Path) -> None:
    """What may be the inside of a cell that lost a quote goes with its rest."""
    lines = [NARROW, *records(5)]
    lines[3] = lines[3].replace(",", '",')
    found = faults(tmp_path, "\n".join([*lines, ""]))
    assert found == {3: "TORN", 4: "BAD_QUOTES"}


def test_cells_that_hold_records_tell_another_habit(tmp_path: Path) -> None:
    tall = f'"甲\n乙,{CODE}\n丙",{CODE}'
    lines = [NARROW, *records(12), tall]
    lines[6] = f'"{lines[6]}'
    found = faults(tmp_path, "\n".join([*lines, ""]))
    assert found == {7: "BAD_QUOTES", 8: "TORN"}


def test_lines_that_have_no_form_are_not_known_by_it(tmp_path: Path) -> None:
    names = [f"贵阳{x},王{x}" for x in "甲乙丙丁戊己庚辛壬癸子丑"]
    lines = [NARROW, *names]
    lines[6] = lines[6].replace(",", "")
    found = faults(tmp_path, "\n".join([*lines, ""]))
    assert found == {6: "TORN", 7: "RAGGED_SHORT", 8: "TORN"}


@pytest.mark.parametrize(
    ("column", "whole", "parts"),
    [
        ([f"2024-01-{i:02d}" for i in range(1, 10)], "2023-12-31", ["2023-12", "-31"]),
        (
            [f"筑市监〔2024〕{i}号" for i in range(9)],
            "筑市监〔2023〕12号",
            ["筑市监〔2023〕1"],
        ),
        (["普通", "特许", "认可"] * 3, "普通", ["普", "通"]),
        ([""] * 9, "", ["普"]),
    ],
)
def test_a_part_of_a_cell_of_a_regular_column_is_no_cell(
    column: list[str], whole: str, parts: list[str]
) -> None:
    known = Columns(Dialect(","), 3, [[x, "x", x] for x in column])
    assert known.begins_whole(f"{whole},y,{parts[0]}")
    assert known.ends_whole(f"{parts[0]},y,{whole}")
    for part in parts:
        assert not known.begins_whole(f"{part},y,{whole}")
        assert not known.ends_whole(f"{whole},y,{part}")


@pytest.mark.parametrize(
    "column",
    [
        [str(i * 7) for i in range(9)],  # 10|5: both are numbers
        ["贵阳甲", "贵阳甲乙", "丙"] * 3
        + ["丁"] * 3,  # 贵阳甲|乙: one value begins another
        [f"公司{c}" for c in "甲乙丙丁戊己庚辛壬"],
        ["2024-01-01"] * 2,  # two records tell nothing
    ],
)
def test_a_part_of_another_cell_may_be_a_cell(column: list[str]) -> None:
    known = Columns(Dialect(","), 2, [[x, x] for x in column])
    assert not known.begins_whole(f"{column[0]},x")
    assert not known.ends_whole(f"x,{column[0]}")


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


def test_the_search_for_repairs_ends() -> None:
    search = Repairs(Dialect(","), 3, budget=10)
    assert search.counts(['a,"b",c', "d,e"]) == [1]
    assert search.counts(['a,"b"', "c"]) == [1, 2]  # all: nothing can be told
    assert search.counts(["a,b,c", "d,e"]) == [1]  # no quotes, no search
