"""Rows that number the columns of a table are told from records."""

import pytest
from reading_samples import CODE, Drop

from guiji.reading.numbering import is_numbering


@pytest.mark.parametrize(
    "cells",
    [
        "1 2 3",
        "01 02 03",
        "(1) (2) (3) (4)",
        "（1） （2） （3）",
        "① ② ③",
        "⑴ ⑵ ⑶",
        "1. 2. 3.",
        "一 二 三 四",
        "（一） （二） （三）",
        "第1列 第2列 第3列",
        "A B C D",
        "甲 乙 1 2 3",
        "甲 乙 丙",
        "栏次 1 2 3",
        "序号 1 2 3",
    ],
)
def test_a_numbering_counts_from_the_first_column_on(cells: str) -> None:
    assert is_numbering(cells.split())


@pytest.mark.parametrize(
    "cells",
    ["1 2", "1 2 4", "2 3 4", "甲 丙 1", "A B D", "栏次 1 2", "1 1 1", "甲 1 3"],
)
def test_other_rows_are_none(cells: str) -> None:
    assert not is_numbering(cells.split())


@pytest.mark.parametrize("row", ["（1）,（2）,（3）", "甲,乙,1", "①,②,③"])
def test_a_numbering_below_the_headings_is_no_record(drop: Drop, row: str) -> None:
    head = "企业名称,统一社会信用代码,成立日期"
    reading, rows = drop.text(f"{head}\n{row}\n甲公司,{CODE},2020-01-02\n")
    assert [r["enterprise_name"] for r in rows] == ["甲公司"]
    assert [note.row for note in reading.sheets[0].notes] == [2]
