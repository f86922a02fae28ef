"""Text files: encodings, delimiters, headings, notes and faults."""

import pytest
from reading_samples import CODE, Drop

from guiji.core.files import read_json
from guiji.reading.read import READING
from guiji.reading.result import Note, Reading

HEADINGS = "企业名称,统一社会信用代码,成立日期"


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),  # without a mark
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_tells_the_encoding(drop: Drop, encoding: str, expected: str) -> None:
    content = f"{HEADINGS}\r\n贵阳䶮公司𬭎,{CODE},2020-01-02\r\n".encode(encoding)
    reading, rows = drop.read(content)
    assert reading.encoding == expected
    assert rows == [
        {
            "source_sheet": None,
            "source_row": 2,
            "fault": None,
            "fault_column": None,
            "raw_line": None,
            "source_line": 2,
            "enterprise_name": "贵阳䶮公司𬭎",
            "uscc": CODE,
            "established_on": "2020-01-02",
        }
    ]


def test_chinese_of_gb18030_that_is_valid_utf8_is_told_by_the_headings(
    drop: Drop,
) -> None:
    content = "联通\n" + HEADINGS + f"\n联通,{CODE},2020-01-02\n"
    reading, rows = drop.read(content.encode("gb18030"))
    assert (reading.encoding, rows[0]["enterprise_name"]) == ("gb18030", "联通")


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "\uff0c", "\u3001"])
def test_the_delimiter_is_the_one_that_shows_the_headings(
    drop: Drop, delimiter: str
) -> None:
    content = f"{HEADINGS}\n甲,{CODE},2020-01-02\n".replace(",", delimiter)
    reading, rows = drop.text(content)
    assert (reading.delimiter, len(rows)) == (delimiter, 1)


def test_titles_blank_rows_and_notes_are_no_records(drop: Drop) -> None:
    reading, rows = drop.text(
        "贵阳市企业登记归集表,,\n"
        ",,\n"
        f"{HEADINGS}\n"
        "1,2,3\n"
        f"甲,{CODE},2020-01-02\n"
        "\n"
        f"乙,{CODE},2020-01-03\n"
        "合计,,2\n"
        "注：本表每月报送。\n"
        "一、逾期不候。,,\n"
        "填表人：张三,,\n"
    )
    assert [(r["source_row"], r["enterprise_name"]) for r in rows] == [
        (5, "甲"),
        (7, "乙"),
    ]
    sheet = reading.sheets[0]
    assert sheet.header_row == 3
    assert sheet.notes == (
        Note(1, "表头以上的标题行"),
        Note(4, "栏次编号"),
        Note(8, "合计、说明或签字行"),
        Note(9, "合计、说明或签字行"),
        Note(10, "说明的续行"),
        Note(11, "合计、说明或签字行"),
    )
    assert reading.rows_read == 2


@pytest.mark.parametrize(
    "row",
    [
        "合计科技有限公司,,2020-01-02",  # a name that begins like a total
        f"合计,{CODE},2020-01-02",  # the credit code is there: a record
        ",,2020-01-02",  # nothing that marks a note
    ],
)
def test_a_poor_row_is_still_a_record(drop: Drop, row: str) -> None:
    reading, rows = drop.text(f"{HEADINGS}\n甲,{CODE},2020-01-02\n{row}\n")
    assert ([r["source_row"] for r in rows], reading.sheets[0].notes) == ([2, 3], ())


def test_header_only_is_a_zero_report(drop: Drop) -> None:
    reading, rows = drop.text(HEADINGS)
    assert (reading.rows_read, rows) == (0, [])
    assert reading.dataset == "enterprise_registration"


@pytest.mark.parametrize(
    ("line", "fault", "column"),
    [
        (f"乙,{CODE}", "RAGGED_SHORT", "C"),
        (f"乙,{CODE},2020-01-02,多", "RAGGED_LONG", "D"),
        (f"乙\ufffd,{CODE},2020-01-02", "CHARS_LOST", "A"),
        (f"乙,{CODE}\ufffd,2020,多", "CHARS_LOST", "B"),
        (f"乙\0,{CODE},2020-01-02", "NUL", "A"),
        (f'乙",{CODE},2020-01-02', "BAD_QUOTES", None),
        (f' "乙",{CODE},2020-01-02', "BAD_QUOTES", None),
        (f"'乙',{CODE},2020-01-02", "BAD_QUOTES", None),
        (f'"乙\\"公司",{CODE},2020-01-02', "BAD_QUOTES", None),
        (f'"乙\\",{CODE},2020-01-02"', "BAD_QUOTES", None),
        (f"乙;{CODE};2020-01-02", "RAGGED_SHORT", "B"),
        (f"乙,{CODE},2020-01-02,", "RAGGED_LONG", "D"),
        (f'"乙"公司,{CODE},2020-01-02', "BAD_QUOTES", None),
        (f'"乙,{CODE},2020-01-02', "BAD_QUOTES", None),
    ],
)
def test_a_damaged_row_is_kept_with_its_raw_line(
    drop: Drop, line: str, fault: str, column: str | None
) -> None:
    reading, rows = drop.text(
        f"{HEADINGS}\n甲,{CODE},2020-01-01\n{line}\n丙,{CODE},2020-01-03\n"
    )
    assert [r["source_row"] for r in rows] == [2, 3, 4]
    assert [r["enterprise_name"] for r in rows] == ["甲", None, "丙"]
    bad = rows[1]
    assert (bad["fault"], bad["fault_column"], bad["raw_line"]) == (fault, column, line)
    assert (reading.rows_read, reading.rows_faulty) == (3, 1)


def test_an_undecodable_line_is_one_faulty_row(drop: Drop) -> None:
    good = f"甲,{CODE},2020-01-01\n".encode()
    content = f"{HEADINGS}\n".encode() + good + "乙,x,y\n".encode("gb18030") + good
    _, rows = drop.read(content)
    assert [(r["source_row"], r["fault"]) for r in rows] == [
        (2, None),
        (3, "BAD_ENCODING"),
        (4, None),
    ]


def test_an_open_quote_does_not_swallow_its_neighbours(drop: Drop) -> None:
    rest = "".join(f"公司{i},{CODE},2020-01-01\n" for i in range(3000))
    _, rows = drop.text(f'{HEADINGS}\n"甲,{CODE},2020-01-01\n{rest}')
    assert [r["source_row"] for r in rows] == list(range(2, 3003))
    assert [r["source_row"] for r in rows if r["fault"]] == [2]


def test_a_stray_quote_may_close_in_the_next_row_and_no_further(drop: Drop) -> None:
    _, rows = drop.text(
        f'{HEADINGS}\n甲,"{CODE},2020-01-01\n乙,{CODE},"2020-01-02"\n丙,{CODE},x\n'
    )
    assert [(r["source_row"], r["fault"]) for r in rows] == [
        (2, "BAD_QUOTES"),
        (3, "TORN"),
        (4, None),
    ]


def test_a_cell_of_several_lines_is_one_row(drop: Drop) -> None:
    _, rows = drop.text(f'{HEADINGS}\n"甲\r\n乙",{CODE},x\n丙,{CODE},y\n')
    assert [(r["source_row"], r["enterprise_name"]) for r in rows] == [
        (2, "甲\r\n乙"),
        (3, "丙"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_row(drop: Drop, end: str) -> None:
    lines = [HEADINGS, *(f"公司{i},{CODE},x" for i in range(1500))]
    _, rows = drop.text(end.join(lines) + end)
    assert [r["source_row"] for r in rows] == list(range(2, 1502))


def test_unicode_separators_do_not_end_a_row(drop: Drop) -> None:
    name = "甲\u2028乙\x0b丙\x85丁"
    _, rows = drop.text(f"{HEADINGS}\n{name},{CODE},x\n")
    assert [r["enterprise_name"] for r in rows] == [name]


def test_surplus_empty_cells_are_trimmed(drop: Drop) -> None:
    reading, rows = drop.text(f"{HEADINGS},,\n甲,{CODE},x,, \n乙,{CODE},y,,\n")
    assert ([r["fault"] for r in rows], len(rows[0])) == ([None, None], 9)
    assert len(reading.sheets[0].columns) == 3


def test_an_unknown_heading_is_listed_and_not_used(drop: Drop) -> None:
    reading, rows = drop.text(f"序号,{HEADINGS},网址\n1,甲,{CODE},x,http\n")
    columns = reading.sheets[0].columns
    assert [(c.letter, c.heading, c.item, c.used) for c in columns] == [
        ("A", "序号", None, False),
        ("B", "企业名称", "enterprise_name", True),
        ("C", "统一社会信用代码", "uscc", True),
        ("D", "成立日期", "established_on", True),
        ("E", "网址", None, False),
    ]
    assert reading.column_letter(None, "uscc") == "C"
    assert reading.column_letter(None, "region") is None
    assert set(rows[0]) >= {"enterprise_name", "uscc", "established_on"}


def test_the_operation_column_is_kept_beside_the_items(drop: Drop) -> None:
    _, rows = drop.text(f"操作,{HEADINGS}\n撤销,甲,{CODE},x\n")
    assert rows[0]["_operation"] == "撤销"


def test_the_reading_survives_its_file(drop: Drop) -> None:
    reading, _ = drop.text(f"标题\n{HEADINGS}\n甲,{CODE},x\n")
    assert Reading.from_json(read_json(drop.out / READING)) == reading


def test_lines_beyond_the_first_block_keep_their_numbers(drop: Drop) -> None:
    lost = 25_000
    lines = [
        f"公司{i}{'�' if i == lost else ''},{CODE},{'住' * 30}" for i in range(30_000)
    ]
    reading, rows = drop.read("\n".join([HEADINGS, *lines]).encode("gb18030"))
    assert [r["source_row"] for r in rows] == list(range(2, 30_002))
    assert [r["source_row"] for r in rows if r["fault"]] == [lost + 2]
    assert reading.rows_faulty == 1


@pytest.mark.parametrize(
    ("second", "faults"),
    [
        (HEADINGS, [None, "RAGGED_LONG", None]),
        ("\ufeff" + HEADINGS, [None, "RAGGED_LONG", None]),
        # the rows below other headings are not read by the first ones
        (
            "统一社会信用代码,企业名称,成立日期",
            [None, "OTHER_TABLE", "OTHER_TABLE"],
        ),
    ],
)
def test_a_row_glued_to_the_headings_of_the_next_file_goes_alone(
    drop: Drop, second: str, faults: list[str | None]
) -> None:
    row = f"{CODE},甲,x" if second.startswith("统一") else f"甲,{CODE},x"
    _, rows = drop.text(f"{HEADINGS}\n甲,{CODE},x\n乙,{CODE},y{second}\n{row}\n")
    assert [r["fault"] for r in rows] == faults
