"""Headings that come again further down, in every kind of file that has rows."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from nasty import books, markup
from reading_samples import CODE, PENALTY, REGISTRATION, Drop

from guiji.core.errors import BatchRefused
from guiji.reading.result import Note, Reading
from guiji.reading.workbooks.stacked import MOST

Rows = Sequence[Sequence[str]]

HEAD = ["企业名称", "统一社会信用代码", "成立日期", "注册资本"]
REPEATED = "重复的表头行"


def _ods(rows: Rows) -> books.Build:
    return markup.ods(*(markup.ods_row(*row) for row in rows[1:]))


def _page(rows: Rows) -> books.Build:
    return markup.page("<table>" + "".join(markup.tr(*r) for r in rows) + "</table>")


def _csv(rows: Rows) -> books.Build:
    width = max(map(len, rows))
    lines = [",".join([*row, *[""] * (width - len(row))]) for row in rows]
    return lambda path: path.write_text("\r\n".join(lines) + "\r\n", "utf-8") and None


KINDS: dict[str, Callable[[Rows], books.Build]] = {
    "xlsx": books.by_openpyxl,
    "xls": lambda rows: books.old_book(rows, {}),
    "ods": _ods,
    "html": _page,
    "csv": _csv,
}


def read(drop: Drop, kind: str, rows: Rows) -> tuple[Reading, list[tuple[object, ...]]]:
    path = Path(drop.folder / "drop")
    KINDS[kind](rows)(path)
    reading, table = drop.read(path, candidates=(REGISTRATION, PENALTY))
    names = ("source_row", "fault", "enterprise_name", "uscc")
    return reading, [tuple(row.get(name) for name in names) for row in table]


CODES = [h.upper() for h in ("enterprise_name", "uscc", "established_on", "capital")]
AGAIN = {"the same": HEAD, "fewer columns": HEAD[:2], "field codes": CODES}
DECORATED = {
    "remarks": [f"{h}（必填）" for h in HEAD],
    "marks": [f"*{h}" for h in HEAD],
}


@pytest.mark.parametrize(
    ("kind", "again"),
    [
        pytest.param(kind, cells, id=f"{kind} {what}")
        for kind in KINDS
        for what, cells in (AGAIN | DECORATED).items()
    ],
)
def test_the_same_headings_again_are_no_record(
    drop: Drop, kind: str, again: list[str]
) -> None:
    rows = [HEAD, ["甲", CODE, "2020-01-02", "1"], again, ["乙", CODE]]
    reading, table = read(drop, kind, rows)
    assert table == [(2, None, "甲", CODE), (4, None, "乙", CODE)]
    assert reading.sheets[0].notes == (Note(3, REPEATED),)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "other",
    [
        ["成立日期", "企业名称"],
        ["企业名称", "统一社会信用代码", "住所"],
        ["企业名称", "统一社会信用代码", "税种", "欠税余额", "所属期"],
        ["行政相对人名称", "处罚决定日期", "行政处罚决定书文号"],
    ],
    ids=["required lacking", "another column", "unknown columns", "another dataset"],
)
def test_rows_under_other_headings_are_quarantined(
    drop: Drop, kind: str, other: list[str]
) -> None:
    rows = [
        HEAD,
        ["甲", CODE, "2020-01-02", "1"],
        other,
        ["乙", CODE, "丙", "1"],
        HEAD,
        ["丁", CODE, "2020-01-02", "1"],
    ]
    _, table = read(drop, kind, rows)
    assert table == [
        (2, None, "甲", CODE),
        (3, "OTHER_TABLE", None, None),
        (4, "OTHER_TABLE", None, None),
        (6, None, "丁", CODE),
    ]


BOOKS = [kind for kind in KINDS if kind != "csv"]
FIELDS = ("source_row", "fault", "enterprise_name", "uscc", "established_on", "capital")


@pytest.mark.parametrize("kind", BOOKS)
@pytest.mark.parametrize("above", [1, 998, 999, 1000, 1001])
def test_a_lower_table_is_read_by_its_own_headings(
    drop: Drop, kind: str, above: int
) -> None:
    """Wherever the batches of rows end."""
    path = Path(drop.folder / "drop")
    rows = [
        HEAD,
        *([[f"甲{i}", CODE, "2020-01-02", "1"] for i in range(above)]),
        ["注册资本（万元）", "序号", "统一社会信用代码", "企业名称*"],
        ["2", "1", CODE, "乙"],
        ["注册资本（万元）", "序号", "统一社会信用代码", "企业名称*"],
        ["3", "2", CODE, "丙"],
        HEAD,
        ["丁", CODE, "2020-01-04", "4"],
    ]
    KINDS[kind](rows)(path)
    reading, table = drop.read(path)
    found = [tuple(row.get(name) for name in FIELDS) for row in table]
    at = above + 1
    assert found[above - 1 :] == [
        (at, None, f"甲{above - 1}", CODE, "2020-01-02", "1"),
        (at + 2, None, "乙", CODE, None, "2"),
        (at + 4, None, "丙", CODE, None, "3"),
        (at + 6, None, "丁", CODE, "2020-01-04", "4"),
    ]
    tables = [(s.header_row, s.rows, s.notes) for s in reading.sheets]
    assert tables == [
        (1, above, ()),
        (at + 1, 2, (Note(at + 3, REPEATED),)),
        (at + 5, 1, ()),
    ]
    letters = [s.column_letter("enterprise_name") for s in reading.sheets]
    assert letters == ["A", "D", "A"]


@pytest.mark.parametrize("kind", KINDS)
def test_headings_again_in_another_unit_are_other_headings(
    drop: Drop, kind: str
) -> None:
    rows = [HEAD, ["甲", CODE], [*HEAD[:3], "注册资本（元）"], ["乙", CODE, "", "5"]]
    _, table = read(drop, kind, rows)
    assert table == [
        (2, None, "甲", CODE),
        (3, "OTHER_TABLE", None, None),
        (4, "OTHER_TABLE", None, None),
    ]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "html"])
def test_a_narrow_lower_table_beside_the_columns_of_names(
    drop: Drop, kind: str
) -> None:
    """Its headings stand in columns that the upper table has no names and codes in."""
    path = Path(drop.folder / "drop")
    upper = ["住所", "企业类型", "统一社会信用代码", "经营范围", "企业名称"]
    rows = [
        upper,
        ["中华路", "一人", CODE, "销售", "甲"],
        ["统一社会信用代码*", "企业名称（必填）"],
        [CODE, "乙"],
        ["uscc\n统一社会信用代码", "ENTERPRISE_NAME / 企业名称"],
        [CODE, "丙"],
    ]
    KINDS[kind](rows)(path)
    _, table = drop.read(path)
    assert [(r["enterprise_name"], r["uscc"], r["domicile"]) for r in table] == [
        ("甲", CODE, "中华路"),
        ("乙", CODE, None),
        ("丙", CODE, None),
    ]


def test_faults_of_a_lower_table_are_in_its_own_columns(drop: Drop) -> None:
    rows: list[list[object]] = [
        [*HEAD],
        ["甲", CODE, date(2020, 1, 2), 1],
        ["成立日期", "注册资本", "企业名称", "统一社会信用代码"],
        [date(2020, 1, 3), 2, True, CODE],
        [None, None, "无", None],
        [date(2020, 1, 4), 3, "丙", 915201007136123008],
    ]
    path = Path(drop.folder / "drop")
    books.by_openpyxl(rows)(path)
    reading, table = drop.read(path)
    assert [row["established_on"] for row in table] == [
        *("2020-01-02", "2020-01-03", "2020-01-04")
    ]
    upper, lower = reading.sheets
    assert upper.faults == ()
    assert [(f.code, f.column, f.item, f.rows) for f in lower.faults] == [
        ("DIGITS_LOST", "D", "uscc", (6,)),
        ("NOT_TEXT", "C", "enterprise_name", (4,)),
    ]
    assert [note.row for note in lower.notes] == [5]


def test_more_tables_than_a_sheet_may_have_are_quarantined(drop: Drop) -> None:
    other = [*reversed(HEAD)]
    pairs = [[HEAD, ["甲", CODE]], [other, ["1", "", CODE, "乙"]]] * 26
    path = Path(drop.folder / "drop")
    books.by_openpyxl([row for pair in pairs for row in pair])(path)
    reading, table = drop.read(path)
    assert len(reading.sheets) == MOST
    assert [row["fault"] for row in table[:50]] == [None] * MOST
    assert {row["fault"] for row in table if row["uscc"] is None} == {"OTHER_TABLE"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_lower_table_with_more_headings_hides_no_record(
    drop: Drop, kind: str
) -> None:
    more = [*HEAD, "企业类型", "法定代表人"]
    rows = [HEAD, ["甲", CODE, "2020-01-02", "1"], [], more, ["乙", CODE, "2020-01-02"]]
    reading, table = read(drop, kind, rows)
    assert reading.sheets[0].header_row == 1
    assert table == [
        (2, None, "甲", CODE),
        (4, "OTHER_TABLE", None, None),
        (5, "OTHER_TABLE", None, None),
    ]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "html", "csv"])
def test_an_upper_table_that_lacks_a_heading_goes_back(drop: Drop, kind: str) -> None:
    rows = [["企业名称", "成立日期"], ["甲", "2020-01-02"], HEAD, ["乙", CODE]]
    with pytest.raises(BatchRefused, match="HEADINGS") as caught:
        read(drop, kind, rows)
    assert "第 1 行和第 3 行各是一行表头" in caught.value.notice
    assert caught.value.remedy.startswith("请将上下两张表分成两个文件")


def test_titles_and_names_above_field_codes_stay_titles(drop: Drop) -> None:
    names = ["名称", "代码", "成立日期"]
    rows = [["登记表", "2026年11月"], names, CODES, ["甲", CODE]]
    reading, table = read(drop, "xlsx", rows)
    assert reading.sheets[0].header_row == 3
    assert table == [(4, None, "甲", CODE)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_beyond_the_last_heading_is_no_blank_row(drop: Drop, kind: str) -> None:
    rows = [HEAD, ["甲", CODE], ["", "", "", "", "", "补充"], ["乙", CODE]]
    _, table = read(drop, kind, rows)
    assert [row[0] for row in table] == [2, 3, 4]
    assert table[1][2] in {None, ""}


@pytest.mark.parametrize("kind", ["xlsx", "xls", "html", "csv"])
def test_a_table_of_another_dataset_above_goes_back(drop: Drop, kind: str) -> None:
    other = ["行政相对人名称", "处罚决定日期", "行政处罚决定书文号"]
    rows = [other, ["乙", "2020-01-02", "一号"], [], HEAD, ["甲", CODE]]
    path = Path(drop.folder / "drop")
    KINDS[kind](rows)(path)
    with pytest.raises(BatchRefused, match="SEVERAL_DATASETS"):
        drop.read(path, "企业登记信息", candidates=(REGISTRATION, PENALTY))
