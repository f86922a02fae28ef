"""What the platform put into a workbook is known again, and nothing else is."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.packaging.custom import StringProperty
from reading_samples import CODE, Drop

from guiji.outbox import reading_summary
from guiji.reading.returned import batch_of

HEADINGS = ("企业名称", "统一社会信用代码", "退回原因")


def book(*rows: tuple[Any, ...]) -> Any:
    made = openpyxl.Workbook()
    made.active.title = "登记"
    for row in (HEADINGS, *rows):
        made.active.append(row)
    return made


def saved(made: Any, folder: Path) -> Path:
    path = folder / "登记.xlsx"
    made.save(path)
    return path


def test_our_sheet_and_column_are_nothing_to_remark_upon(
    drop: Drop, tmp_path: Path
) -> None:
    made = book(
        ("甲", CODE, "1. 该行含有已损坏的字符（\ufffd）"), (None, None, "1. 错")
    )
    made.create_sheet("退回说明", 0).append(["数据归集退回说明"])
    reading, rows = drop.read(saved(made, tmp_path), "登记.xlsx")
    assert [(r["source_row"], r["fault"]) for r in rows] == [(2, None)]
    assert reading_summary.omissions(reading) == []
    assert [s.skipped for s in reading.sheets] == ["平台的退回说明", None]
    assert reading.returned_batch is None


def test_a_department_may_have_a_sheet_of_that_name(drop: Drop, tmp_path: Path) -> None:
    made = book(("甲", CODE, ""))
    own = made.create_sheet("退回说明")
    for row in (HEADINGS, ("乙", CODE, None)):
        own.append(row)
    _, rows = drop.read(saved(made, tmp_path), "登记.xlsx")
    assert [r["enterprise_name"] for r in rows] == ["甲", "乙"]


def test_the_batch_that_it_was_is_told(drop: Drop, tmp_path: Path) -> None:
    made = book(("甲", CODE, ""))
    for name, value in (("dataset", "x"), ("guiji_batch", "2026-11-20-tax-a-0a1b2c3d")):
        made.custom_doc_props.append(StringProperty(name=name, value=value))
    reading, _ = drop.read(saved(made, tmp_path), "登记.xlsx")
    assert reading.returned_batch == "2026-11-20-tax-a-0a1b2c3d"
    assert type(reading).load(drop.out / "reading.json") == reading


@pytest.mark.parametrize(
    "properties",
    [
        b"",
        b'<property name="other"><vt:lpwstr>2026-x</vt:lpwstr></property>',
        b'<property name="guiji_batch"><vt:i4>5</vt:i4></property>',
        b'<property name="guiji_batch"><vt:lpwstr>../../etc</vt:lpwstr></property>',
        b'<property name="guiji_batch"><vt:lpwstr>' + b"a" * 201 + b"</vt:lpwstr>",
    ],
)
def test_what_is_no_batch_id_is_no_batch(properties: bytes) -> None:
    assert batch_of(properties) is None


def test_other_programs_write_the_property_in_their_own_way() -> None:
    office = (
        b'<op:property fmtid="{D5CDD505}" pid="2" name="guiji_batch">\n'
        b" <vt:lpwstr>2026-11-20-tax-a-0a1b2c3d-2</vt:lpwstr></op:property>"
    )
    assert batch_of(office) == "2026-11-20-tax-a-0a1b2c3d-2"
