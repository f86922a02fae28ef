"""Every sort of pollution that published surveys of CSV files list, one test for each.

The file is right but for one thing. Of each the outcome is known: every row as it was,
or the row with its number in quarantine, and the rows around it as they were. The
sorts are those of Pollock (Vitagliano et al., PVLDB 16(8), 2023): of the file, its
head, its records, its delimiters, quotes and escapes; and those of Chinese offices.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from reading_samples import CODE, Drop

from guiji.core.errors import BatchRefused

TITLES = ["企业名称", "统一社会信用代码", "成立日期", "住所"]
ITEMS = ["enterprise_name", "uscc", "established_on", "domicile"]
ROWS = [
    [f"贵阳{c}公司", CODE, f"2020-01-{i:02d}", f"中华路{i}号"]
    for i, c in enumerate("甲乙丙丁戊己庚辛", 1)
]
BAD = 4
"""Index of the polluted row; it is in row and line 6 of the file."""

Table = list[list[str]]


def lines(rows: Sequence[Sequence[str]] = ROWS, mark: str = ",") -> list[str]:
    return [mark.join(cells) for cells in (TITLES, *rows)]


def text(found: Sequence[str], end: str = "\n") -> str:
    return "".join(line + end for line in found)


def quoted(quote: str = '"', mark: str = ",") -> list[str]:
    return [mark.join(f"{quote}{c}{quote}" for c in cells) for cells in (TITLES, *ROWS)]


def one(change: Callable[[str], str], found: list[str] | None = None) -> str:
    """Change one line of a file."""
    found = found or lines()
    found[BAD + 1] = change(found[BAD + 1])
    return text(found)


@dataclass(frozen=True)
class Outcome:
    """What must come of a file.

    Attributes:
        content: its text or bytes.
        first: row of the first record.
        faults: row -> code.
        notes: rows that are no records.
        rows: the records; None = `ROWS`.
    """

    content: str | bytes
    first: int = 2
    faults: dict[int, str] | None = None
    notes: tuple[int, ...] = ()
    rows: Table | None = None


SHORT = {BAD + 2: "RAGGED_SHORT"}
LONG = {BAD + 2: "RAGGED_LONG"}
QUOTES = {BAD + 2: "BAD_QUOTES"}
COMMENT = "# 导出时间 2026-11-20"
TALL = [*ROWS[:BAD], [*ROWS[BAD][:3], "中华路\n5号"], *ROWS[BAD + 1 :]]
FILES: dict[str, Outcome] = {
    "as it should be": Outcome(text(lines())),
    # the file
    "UTF-8 with a mark": Outcome(text(lines()).encode("utf-8-sig")),
    "GBK": Outcome(text(lines()).encode("gbk")),
    "UTF-16 with a mark": Outcome(text(lines()).encode("utf-16")),
    "UTF-16 without a mark": Outcome(text(lines()).encode("utf-16-le")),
    "lines that end with CR LF": Outcome(text(lines(), "\r\n")),
    "lines that end with CR": Outcome(text(lines(), "\r")),
    "lines that end with LF CR": Outcome(
        text(lines(), "\n\r"), rows=ROWS, first=-1
    ),
    "one line that ends with CR": Outcome(
        text(lines()).replace("5号\n", "5号\r", 1)
    ),
    "no line end at the end": Outcome(text(lines()).rstrip("\n")),
    "many empty lines at the end": Outcome(text([*lines(), "", "", ""])),
    "an empty line among the rows": Outcome(
        text([*lines(ROWS[:2]), "", *lines(ROWS[2:])[1:]]), first=-1
    ),
    "a line of delimiters only": Outcome(text([*lines(), ",,,"])),
    "semicolons": Outcome(text(lines(mark=";"))),
    "tabs": Outcome(text(lines(mark="\t"))),
    "bars": Outcome(text(lines(mark="|"))),
    "two bars": Outcome(text(lines(mark="||"))),
    "a comma and a blank": Outcome(text(lines(mark=", "))),
    "a comma and a blank, quoted": Outcome(text(quoted(mark=", "))),
    "full-width commas": Outcome(text(lines(mark="，"))),
    "the delimiter stated": Outcome(text(["sep=;", *lines(mark=";")]), 3, notes=(1,)),
    "everything quoted": Outcome(text(quoted())),
    "other quotes": Outcome(text(quoted("'"))),
    "a delimiter at each end": Outcome(text([x + "," for x in lines()])),
    "a delimiter more at the end of the headings": Outcome(
        text([lines()[0] + ",", *lines()[1:]])
    ),
    # its head and its foot
    "a title": Outcome(text(["企业登记汇总表", *lines()]), 3, notes=(1,)),
    "three lines above": Outcome(
        text(["汇总表,,,", "填报单位：某局,,,", "", *lines()]), 5, notes=(1, 2)
    ),
    "the headings twice": Outcome(text([lines()[0], *lines()]), 3, notes=(2,)),
    "codes below the headings": Outcome(
        text([lines()[0], ",".join(i.upper() for i in ITEMS), *lines()[1:]]),
        3,
        notes=(2,),
    ),
    "the headings on each page": Outcome(
        text([*lines(ROWS[:4]), *lines(ROWS[4:])]), first=-1, notes=(6,)
    ),
    "two files joined, with their marks": Outcome(
        text(lines(ROWS[:4])).encode("utf-8-sig")
        + text(lines(ROWS[4:])).encode("utf-8-sig"),
        first=-1,
        notes=(6,),
    ),
    "a total": Outcome(text([*lines(), "合计,,8,"]), notes=(10,)),
    "remarks": Outcome(
        text([*lines(), "", "注：本表按月报送", "不含个体工商户"]), notes=(11, 12)
    ),
    "another table below": Outcome(
        text([*lines(), "", "企业类型,注册资本,企业名称", "公司,1,甲", "公司,2,乙"]),
        faults={11: "OTHER_TABLE", 12: "OTHER_TABLE", 13: "OTHER_TABLE"},
    ),
    "the same columns in another order below": Outcome(
        text([*lines(), "统一社会信用代码,企业名称,成立日期,住所", f"{CODE},壬,x,y"]),
        faults={10: "OTHER_TABLE", 11: "OTHER_TABLE"},
    ),
    "blanks around headings": Outcome(text([" , ".join(TITLES), *lines()[1:]])),
    # one record
    "a cell less": Outcome(one(lambda x: x.rpartition(",")[0]), faults=SHORT),
    "a cell more": Outcome(one(lambda x: x + ",多"), faults=LONG),
    "a delimiter more": Outcome(one(lambda x: x.replace(",", ",,", 1)), faults=LONG),
    "a delimiter less": Outcome(one(lambda x: x.replace(",", "", 1)), faults=SHORT),
    "a delimiter more at the end": Outcome(one(lambda x: x + ","), faults=LONG),
    "another delimiter": Outcome(one(lambda x: x.replace(",", ";")), faults=SHORT),
    "another delimiter once": Outcome(
        one(lambda x: x.replace(",", ";", 1)), faults=SHORT
    ),
    "a delimiter in a cell": Outcome(
        one(lambda x: x.replace("路", "路,")), faults=LONG
    ),
    "two records in one line": Outcome(one(lambda x: x + "," + x), faults=LONG),
    "a cell of two lines in quotes": Outcome(
        one(lambda x: x.replace("中华路5号", '"中华路\n5号"')), rows=TALL
    ),
    "a cell of two lines without quotes": Outcome(
        one(lambda x: x.replace("路", "路\n")),
        first=-1,
        faults={6: "TORN", 7: "RAGGED_SHORT"},  # 中华路 lacks its number, 8 is sound
    ),
    "a comment among the rows": Outcome(
        text([*lines(ROWS[:4]), COMMENT, *lines(ROWS[4:])[1:]]),
        first=-1,
        faults={6: "RAGGED_SHORT", 7: "TORN"},  # or the begin of a name
    ),
    "the last record cut off": Outcome(
        text([*lines(), ROWS[0][0]]), faults={10: "RAGGED_SHORT"}
    ),
    # its quotes
    "a quote that opens": Outcome(one(lambda x: '"' + x), faults=QUOTES),
    "a quote that opens in the middle": Outcome(
        one(lambda x: x.replace(",", ',"', 1)), faults=QUOTES
    ),
    "a quote that closes": Outcome(
        one(lambda x: x.replace(",", '",', 1)), faults=QUOTES
    ),
    "an opening quote less": Outcome(one(lambda x: x[1:], quoted()), faults=QUOTES),
    "a closing quote less": Outcome(
        one(lambda x: x.replace('",', ",", 1), quoted()), faults=QUOTES
    ),
    "a quote in quotes": Outcome(
        one(lambda x: x.replace("公", '"公', 1), quoted()), faults=QUOTES
    ),
    "quotes escaped by backslashes": Outcome(
        one(lambda x: x.replace("戊", '\\"戊\\"', 1), quoted()), faults=QUOTES
    ),
    "a quoted delimiter escaped by a backslash": Outcome(
        one(lambda x: x.replace("路", "路\\,")), faults=LONG
    ),
    "other quotes in one record": Outcome(
        one(lambda x: x.replace('"', "'"), quoted()), faults=QUOTES
    ),
    "curved quotes": Outcome(
        one(lambda x: x.replace("戊", "“戊”")),
        rows=[*ROWS[:BAD], ["贵阳“戊”公司", *ROWS[BAD][1:]], *ROWS[BAD + 1 :]],
    ),
    "a blank before quotes": Outcome(
        one(lambda x: x.replace(',"', ', "', 1), quoted()), faults=QUOTES
    ),
    "a blank after quotes": Outcome(
        one(lambda x: x.replace('",', '" ,', 1), quoted()), faults=QUOTES
    ),
    "quotes in pairs in a cell": Outcome(
        one(lambda x: x.replace("戊", '"戊"')),
        rows=[*ROWS[:BAD], ['贵阳"戊"公司', *ROWS[BAD][1:]], *ROWS[BAD + 1 :]],
    ),
    # its characters
    "a lost character": Outcome(
        one(lambda x: x.replace("戊", "\ufffd")), faults={6: "CHARS_LOST"}
    ),
    "a zero byte": Outcome(one(lambda x: x.replace("戊", "\0")), faults={6: "NUL"}),
    "a line of GBK in UTF-8": Outcome(
        b"".join(
            x.encode("gbk" if i == BAD + 1 else "utf-8") + b"\n"
            for i, x in enumerate(lines())
        )
    ),
    "a line of UTF-8 in GBK": Outcome(
        b"".join(
            x.encode("utf-8" if i == BAD + 1 else "gbk") + b"\n"
            for i, x in enumerate(lines())
        )
    ),
    "half a character": Outcome(
        text(lines()).encode().replace("戊".encode(), "戊".encode()[:2]),
        faults={6: "BAD_ENCODING"},
    ),
    "half a character of GBK": Outcome(
        text(lines()).encode("gbk").replace("5号".encode("gbk"), b"5\xba"),
        faults={6: "BAD_ENCODING"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_polluted_file_is_exact_or_in_quarantine(drop: Drop, name: str) -> None:
    outcome = FILES[name]
    content = outcome.content
    whole = content.encode() if isinstance(content, str) else content
    reading, rows = drop.read(whole)
    faults = outcome.faults or {}
    assert {r["source_row"]: r["fault"] for r in rows if r["fault"]} == faults
    expected = outcome.rows or ROWS
    read = [[r[i] for i in ITEMS] for r in rows if r["fault"] is None]
    assert [c for c in read if c not in expected] == []  # nothing is changed
    lost = len(expected) - len(read)
    assert 0 <= lost <= len(faults)
    if outcome.first > 0:
        for row in rows:
            if row["fault"] is None:
                place = int(row["source_row"] or 0) - outcome.first
                assert [row[i] for i in ITEMS] == expected[place]
    assert tuple(n.row for n in reading.sheets[0].notes) == outcome.notes


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (text(lines()[1:]), "UNKNOWN_FILE"),  # no headings
        (text(lines()).replace("\n", "\x1e"), "UNKNOWN_FILE"),  # no line ends
        (text(lines()).replace("\n", "\u2028"), "UNKNOWN_FILE"),
        (text(lines()).replace("住所", "统一社会信用代码"), "HEADINGS"),  # twice
        (text(['"' + lines()[0], *lines()[1:]]), "UNKNOWN_FILE"),  # open quote
        (text([lines()[0], *(x + "," for x in lines()[1:])]), "HEADINGS"),
        (text([lines()[0].replace(",", ",,", 1), *lines()[1:]]), "HEADINGS"),
        (text(lines(mark=" ")), "UNKNOWN_FILE"),
        (text(lines()).encode("utf-32"), "UNKNOWN_FILE"),
        (text(lines()).encode("utf-7"), "UNKNOWN_FILE"),
    ],
)
def test_a_file_that_nobody_can_read_is_refused(
    drop: Drop, content: str | bytes, code: str
) -> None:
    whole = content.encode() if isinstance(content, str) else content
    with pytest.raises(BatchRefused) as caught:
        drop.read(whole)
    assert caught.value.code == code


def test_the_line_is_known_where_it_is_not_the_row(drop: Drop) -> None:
    tall = f'"贵阳\n甲\n公司",{CODE},x,y'
    _, rows = drop.text(text([lines()[0], tall, *lines()[1:3], "贵阳;x"]))
    assert [(r["source_row"], r["source_line"]) for r in rows] == [
        (2, 2),
        (3, 5),
        (4, 6),
        (5, 7),
    ]
