"""Rows that are no records are noted with their reason; records are left alone."""

import io
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest
from model_builders import item
from reading_samples import Drop, Row, dataset

from guiji.catalog.items import Body
from guiji.catalog.model import Dataset
from guiji.reading.remarks import (
    EXAMPLE,
    FIELD_CODES,
    NOTHING,
    PREFILLED,
    REMARK,
    REQUIREMENTS,
    SECTION,
    TOTAL_OR_REMARK,
)
from guiji.reading.result import Reading

CHECK = dataset(
    "spot_check",
    "抽查检查信息",
    item("enterprise_name", "企业名称", required=True),
    item("uscc", "统一社会信用代码", required=True, type="uscc"),
    item("checked_on", "检查日期", required=True, type="date"),
    item("check_no", "检查编号", required=True),
    item("result", "检查结果", required=True),
    item("authority", "检查机关", required=True),
    item("facts", "检查情况"),
).model_copy(update={"authority": Body(name="authority")})

HEADINGS = ["序号", *(i.title for i in CHECK.items)]
WIDTH = len(HEADINGS)
OFFICE = "云城市计量局"
CODES = ["91520100K5K7MEAE3L", "91520100KCLXF7AA8Q"]


def record(number: int, serial: str | None = None) -> list[str]:
    """A record with nothing left out."""
    return [
        serial or str(number), f"云城{number}号有限公司", CODES[number % 2],
        f"{date(2026, 11, number)}", f"云检{number}号", "合格", OFFICE, "正常",
    ]  # fmt: skip


def cells(**filled: str) -> list[str]:
    """A row with a few cells filled, by item, or `serial`."""
    names = ["serial", *(i.id for i in CHECK.items)]
    return [filled.get(name, "") for name in names]


def as_text(rows: Sequence[Sequence[str]]) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode()


def as_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([cell or None for cell in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


FORMS = pytest.mark.parametrize("form", [as_text, as_workbook])


def read(
    drop: Drop,
    form: object,
    rows: Sequence[Sequence[str]],
    dataset: Dataset = CHECK,
) -> tuple[Reading, list[Row], dict[int, str]]:
    assert callable(form)
    name = "抽查检查信息.csv" if form is as_text else "抽查检查信息.xlsx"
    reading, found = drop.read(form([HEADINGS, *rows]), name, candidates=[dataset])
    return reading, found, {n.row: n.why for n in reading.sheets[0].notes}


@FORMS
@pytest.mark.parametrize(
    "rows",
    [
        [cells(serial=str(n)) for n in range(3, 9)],
        [cells(serial=f"({n:02})") for n in range(3, 9)],
        [cells(serial=str(n), authority=OFFICE) for n in range(3, 9)],
        [cells(serial=str(n), authority=OFFICE, result="合格") for n in range(3, 9)],
        [cells(result="合格", checked_on="2026-11-30") for _ in range(6)],
    ],
    ids=["serials", "in brackets", "the office", "defaults", "no serial"],
)
def test_prefilled_rows_are_no_records(
    drop: Drop, form: object, rows: list[list[str]]
) -> None:
    reading, _, notes = read(drop, form, [record(1), record(2), *rows])
    assert (reading.rows_read, reading.rows_faulty) == (2, 0)
    assert notes == dict.fromkeys(range(4, 10), PREFILLED)


@FORMS
@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([cells(serial=str(n)) for n in range(1, 4)], PREFILLED),
        ([cells(serial=str(n), authority=OFFICE) for n in range(1, 4)], PREFILLED),
        ([cells(serial="无")], NOTHING),
        ([cells(serial="1", enterprise_name="无", authority=OFFICE)], NOTHING),
        ([cells(enterprise_name="我局2026年11月没有抽查检查信息。")], NOTHING),
        ([["/"] * WIDTH], NOTHING),
    ],
)
def test_a_prefilled_zero_report_is_a_zero_report(
    drop: Drop, form: object, rows: list[list[str]], why: str
) -> None:
    reading, found, notes = read(drop, form, rows)
    assert (reading.rows_read, found) == (0, [])
    assert set(notes.values()) == {why}


def test_a_sentence_without_delimiters_is_a_zero_report(drop: Drop) -> None:
    content = as_text([HEADINGS, ["本月无抽查检查信息"]])
    reading, _ = drop.read(content, "抽查检查信息.csv", candidates=[CHECK])
    assert [n.why for n in reading.sheets[0].notes] == [NOTHING]
    assert reading.rows_read == 0


@FORMS
@pytest.mark.parametrize(
    ("row", "why"),
    [
        (record(1, "示例"), EXAMPLE),
        (record(1, "（样例）"), EXAMPLE),
        ([*cells(), *record(1)][-WIDTH:-1] + ["填写示例，请删除"], EXAMPLE),
        (["", "例：云城某公司", *record(1)[2:]], EXAMPLE),
        (["xh", *(i.id for i in CHECK.items)], FIELD_CODES),
        (
            ["", "必填，同营业执照", "18位", "YYYY-MM-DD", "必填", "下拉选择", "", ""],
            REQUIREMENTS,
        ),
        (
            ["", "VARCHAR2(200)", "C18", "D10", "C..64", "C4", "C200", "选填"],
            REQUIREMENTS,
        ),
    ],
)  # fmt: skip
def test_rows_of_a_template_are_no_records(
    drop: Drop, form: object, row: list[str], why: str
) -> None:
    reading, found, notes = read(drop, form, [row, record(1), record(2)])
    assert reading.rows_read == 2
    assert [r["check_no"] for r in found] == ["云检1号", "云检2号"]
    assert list(notes) == [2]
    assert notes[2] in {why, "重复的表头行"}  # a text file knows codes as headings


@FORMS
def test_a_row_of_signs_for_no_value_is_no_record_wherever_it_is(
    drop: Drop, form: object
) -> None:
    rows = [*map(record, range(1, 9)), ["9", *["无"] * (WIDTH - 1)], record(10)]
    reading, _, notes = read(drop, form, rows)
    assert (reading.rows_read, notes) == (9, {10: NOTHING})


@FORMS
def test_an_example_further_down_is_known_by_its_serial(
    drop: Drop, form: object
) -> None:
    rows = [*map(record, range(1, 9)), record(9, "示例")]
    reading, _, notes = read(drop, form, rows)
    assert (reading.rows_read, notes) == (8, {10: EXAMPLE})


@FORMS
@pytest.mark.parametrize(
    "name", ["示例：云城甲公司", "【例】云城甲公司", "例：甲", "样例"]
)
def test_an_example_further_down_is_known_by_its_name(
    drop: Drop, form: object, name: str
) -> None:
    rows = [*map(record, range(1, 9)), ["9", name, *record(9)[2:]], record(10)]
    reading, _, notes = read(drop, form, rows)
    assert (reading.rows_read, notes) == (9, {10: EXAMPLE})


LISTED = CHECK.model_copy(
    update={
        "key": ("check_no",),
        "items": tuple(
            i.model_copy(update={"code_list": "results"} if i.id == "result" else {})
            for i in CHECK.items
        ),
    }
)
"""The number of the check is a key, and may hold a serial; its result is in a list."""


@FORMS
@pytest.mark.parametrize(
    "rows",
    [
        [cells(check_no=str(n)) for n in range(3, 9)],
        [cells(check_no=f"No.{n}", result="合格", facts="正常") for n in range(3, 9)],
        [cells(check_no="3")],
        [cells(check_no="3", authority=OFFICE)],
        [cells(serial="3", result="合格", authority=OFFICE)],
        [cells(result="合格")],
    ],
    ids=["keys", "and defaults", "one", "office", "default", "alone"],
)
def test_serials_in_place_of_keys_and_single_defaults_are_no_records(
    drop: Drop, form: object, rows: list[list[str]]
) -> None:
    reading, _, notes = read(drop, form, [record(1), record(2), *rows], LISTED)
    assert reading.rows_read == 2
    assert notes == dict.fromkeys(range(4, 4 + len(rows)), PREFILLED)


@FORMS
@pytest.mark.parametrize(
    "row",
    [
        cells(check_no="云检3号"),
        cells(check_no="20260003"),
        cells(check_no="3", result="合格"),
        cells(enterprise_name="云城3号有限公司", check_no="3"),
        cells(uscc=CODES[0], result="合格"),
        cells(facts="正常"),
        cells(checked_on="2026-11-30"),
    ],
)
def test_what_may_be_a_record_is_neither_serial_nor_default(
    drop: Drop, form: object, row: list[str]
) -> None:
    reading, _, notes = read(drop, form, [record(1), record(2), row], LISTED)
    assert (reading.rows_read, notes) == (3, {})


@FORMS
@pytest.mark.parametrize("above", [998, 999, 1_000])
def test_defaults_that_begin_at_the_end_of_a_batch(
    drop: Drop, form: object, above: int
) -> None:
    filled = [cells(serial=str(n), result="合格") for n in range(3)]
    rows = [record(1 + n % 28) for n in range(above)]
    reading, _, notes = read(drop, form, [*rows, *filled])
    assert (reading.rows_read, len(notes)) == (above, 3)


@FORMS
@pytest.mark.parametrize(
    ("row", "why"),
    [
        (cells(enterprise_name="一、南山区"), SECTION),
        (cells(serial="二", enterprise_name="北山区（共1条）"), SECTION),
        (cells(serial="【高新区】"), SECTION),
        (cells(enterprise_name="三、日常检查"), SECTION),
        (cells(enterprise_name="南山区小计", result="2"), TOTAL_OR_REMARK),
        (cells(serial="3", check_no="合  计", authority=OFFICE), TOTAL_OR_REMARK),
        (cells(enterprise_name="以上共2条"), TOTAL_OR_REMARK),
        (
            cells(authority=f"{OFFICE}（盖章）", facts="2026年11月30日"),
            TOTAL_OR_REMARK,
        ),
        (cells(enterprise_name="以下空白"), TOTAL_OR_REMARK),
        (cells(serial="总计", enterprise_name="2", result="2"), TOTAL_OR_REMARK),
        (cells(enterprise_name="以上数据已核对"), TOTAL_OR_REMARK),
        (
            cells(serial="单位（盖章）：", result="填报人：", facts="日期："),
            TOTAL_OR_REMARK,
        ),
        (cells(serial="***以下为11月数据***"), TOTAL_OR_REMARK),
        (cells(serial="第一批"), SECTION),
        (cells(enterprise_name="▲南山区"), SECTION),
        (cells(enterprise_name="3"), PREFILLED),
        *(
            (cells(enterprise_name=text), REMARK)
            for text in (
                *("共3页", "—1—", "2/3", "（续表）", "过次页", "附件1", "……"),
                *("2026年11月30日", "截止2026年11月30日", "二〇二六年十一月"),
                *("（单位：万元）", "*号为必填项", "请勿删除此行", "※请勿修改表头"),
                *("数据来源：双随机平台", "导出时间：2026-11-30 10:00:00"),
                *("此行以下填写数据", "以下为补报", "本月新增数据", "其中：抽查"),
                *("云城市抽查检查信息报送表", "总记录数：2"),
            )
        ),
    ],
)
def test_sections_totals_and_signatures_are_no_records(
    drop: Drop, form: object, row: list[str], why: str
) -> None:
    reading, _, notes = read(drop, form, [record(1), row, record(2)])
    assert (reading.rows_read, notes) == (2, {3: why})


@FORMS
@pytest.mark.parametrize(
    "row",
    [
        cells(serial="2", enterprise_name="云城某某有限公司"),
        cells(enterprise_name="一、云城某某有限公司"),
        cells(serial="2", result="不合格"),
        cells(facts="现场检查时未营业"),
        cells(serial="2", check_no="云检2号", authority=OFFICE),
        cells(enterprise_name="无锡某某有限公司"),
        cells(enterprise_name="云城某超市"),
        cells(enterprise_name="云城药品公司第二门市"),
        cells(enterprise_name="云城邮政支局"),
        cells(facts="请于15日内改正，不得擅自删改台账"),
        cells(facts="2026年11月30日"),
        cells(enterprise_name="请勿打扰客栈"),
        cells(enterprise_name="注意力体育用品店"),
    ],
)
def test_what_may_be_the_rest_of_a_record_stays_one(
    drop: Drop, form: object, row: list[str]
) -> None:
    reading, _, notes = read(drop, form, [record(1), row, record(3)])
    assert (reading.rows_read, notes) == (3, {})


def test_a_piece_of_a_torn_line_is_not_taken_for_a_serial_number(drop: Drop) -> None:
    rest = ",".join(record(2)[1:])
    content = as_text([HEADINGS, record(1), ["2"], [rest], record(3)])
    reading, found = drop.read(content, "抽查检查信息.csv", candidates=[CHECK])
    assert reading.sheets[0].notes == ()
    assert {3, 4} <= {r["source_row"] for r in found if r["fault"]}


def test_many_prefilled_rows_over_several_batches(drop: Drop) -> None:
    filled = [cells(serial=str(n), result="合格") for n in range(3, 2_503)]
    reading, _, notes = read(drop, as_text, [record(1), record(2), *filled])
    assert (reading.rows_read, len(notes)) == (2, 2_500)
