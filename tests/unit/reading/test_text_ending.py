"""What stands at the end of a text: filling, and rows that were cut off."""

import pytest
from reading_samples import CODE, Drop

from guiji.core.errors import BatchRefused
from guiji.reading.texts import ending

HEAD = "企业名称,统一社会信用代码,成立日期\n"
ROW = f"甲,{CODE},2020-01-02\n"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-be"])
@pytest.mark.parametrize(
    ("filling", "zeros"),
    [("\x1a", 0), ("\0" * 700, 700), ("\x1a" + "\0" * 127, 127), ("\x1a\r\n", 0)],
)
def test_what_fills_a_file_is_no_row(
    drop: Drop, encoding: str, filling: str, zeros: int
) -> None:
    reading, rows = drop.read((HEAD + ROW * 2 + filling).encode(encoding))
    assert [(r["source_row"], r["fault"]) for r in rows] == [(2, None), (3, None)]
    codes = [remark.code for remark in reading.remarks]
    assert codes == (["ZERO_BYTES_AT_END"] if zeros else [])
    assert all(str(zeros) in remark.message for remark in reading.remarks)


def test_more_filling_than_a_piece_ends_where_the_text_does(drop: Drop) -> None:
    path = drop.folder / "long"
    path.write_bytes((HEAD + ROW).encode() + b"\0" * (3 * ending.PIECE + 1))
    found = ending.of(path, "utf-8")
    size = len((HEAD + ROW).encode())
    assert (found.size, found.zeros, found.ended) == (size, 3 * ending.PIECE + 1, True)
    reading, rows = drop.read(path)
    assert (reading.rows_read, rows[0]["fault"]) == (1, None)


def test_filling_within_the_text_is_a_fault(drop: Drop) -> None:
    _, rows = drop.text(HEAD + ROW + ROW.replace("甲", "\0甲") + ROW)
    assert [r["fault"] for r in rows] == [None, "NUL", None]


def table(title: str, cells: list[str]) -> str:
    rows = [f"公司{i},{CODE},{cell}" for i, cell in enumerate(cells)]
    return "\n".join([f"企业名称,统一社会信用代码,{title}", *rows])


@pytest.mark.parametrize(
    ("title", "cells"),
    [
        ("成立日期", ["2020-01-02", "2020-01-03", "2020-01"]),
        ("企业类型", ["有限责任公司"] * 2 + ["有限责"]),
        ("企业类型", ["有限责任公司", "个体工商户"] * 2 + ["有限责任"]),
        ("地区", ["520102"] * 3 + ["5201"]),
        ("企业类型", ["有限责任公司", "个体工商户"] * 3 + [""]),
        ("住所", ["中华路"] * 40_000 + ["中"]),  # the others are in other blocks
    ],
)
def test_a_last_cell_that_is_too_short_was_cut_off(
    drop: Drop, title: str, cells: list[str]
) -> None:
    _, rows = drop.text(table(title, cells))
    assert [r["fault"] for r in rows] == [None] * (len(cells) - 1) + ["CUT_OFF"]
    assert rows[-1]["raw_line"] == f"公司{len(cells) - 1},{CODE},{cells[-1]}"
    _, rows = drop.text(table(title, cells) + "\n")  # with a line end it is as meant
    assert rows[-1]["fault"] is None


@pytest.mark.parametrize("last", ["统一社会信用代", "统", ""])
def test_repeated_headings_that_were_cut_off_are_no_record(
    drop: Drop, last: str
) -> None:
    _, rows = drop.text(f"企业名称,统一社会信用代码\n甲,{CODE}\n企业名称,{last}")
    assert [r["fault"] for r in rows] == [None, "CUT_OFF"]


@pytest.mark.parametrize(
    ("title", "cells"),
    [
        ("成立日期", ["2020-01-02", "2020-01-03", "2020-01-04"]),
        ("注册资本", ["20", "50", "5"]),  # amounts are of any length
        ("注册资本", ["1000", "500", "50"]),
        ("住所", ["中华路12号", "中华路1号", "中华路1"]),  # no list of few values
        ("企业类型", ["有限责任公司", "个体"] * 2 + ["个体"]),
        ("企业类型", ["有限责任公司", "有限"]),  # one other row tells nothing
        ("地区", ["甲", "乙", ""]),
    ],
)
def test_a_last_cell_that_may_be_as_meant_is_read(
    drop: Drop, title: str, cells: list[str]
) -> None:
    reading, rows = drop.text(table(title, cells))
    assert [r["fault"] for r in rows] == [None] * len(cells)
    assert [remark.code for remark in reading.remarks] == ["NO_FINAL_NEWLINE"]


@pytest.mark.parametrize(
    ("heading", "row", "said"),
    [
        # a heading is missing, and nobody knows which; the last column is empty
        ("企业名称,统一社会信用代码,住所", "甲,公司,中华路1号,", "数据行多为 4 列"),
        ("企业名称,统一社会信用代码", f"甲,{CODE},,", "数据行多为 4 列"),
        ("企业名称,统一社会信用代码,住所", f"甲,{CODE},公司,中华路1号", "为 4 列"),
        # a delimiter too many, before any heading
        (",企业名称,统一社会信用代码", f"甲,{CODE}", "其中 A 列没有列名"),
        ("企业名称,,统一社会信用代码", f"甲,{CODE}", "其中 B 列没有列名"),
    ],
)
def test_a_heading_row_of_another_width_than_the_rows_is_refused(
    drop: Drop, heading: str, row: str, said: str
) -> None:
    with pytest.raises(BatchRefused) as caught:
        drop.text("\n".join([heading, *[row] * 5, ""]))
    assert caught.value.code == "HEADINGS"
    assert said in caught.value.notice


def test_a_heading_row_with_the_rows_delimiters_is_no_matter(drop: Drop) -> None:
    reading, rows = drop.text(
        f"企业名称,统一社会信用代码,,\n甲,{CODE},,\n乙,{CODE},,\n"
    )
    assert [r["enterprise_name"] for r in rows] == ["甲", "乙"]
    _, rows = drop.text(f"企业名称,,统一社会信用代码\n甲,x,{CODE}\n乙,,{CODE}\n")
    assert [(r["enterprise_name"], r["uscc"]) for r in rows] == [
        ("甲", CODE),
        ("乙", CODE),
    ]
