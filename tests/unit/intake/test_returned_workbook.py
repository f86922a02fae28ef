"""Whether a delivery comes back, under which name, and what becomes of odd files."""

import logging
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from nasty.odd_books import READ
from returned_books import (
    BATCH,
    CATALOG,
    HEADINGS,
    RED,
    REGISTRATION,
    Delivered,
    colour,
    finding,
    lines,
)

from guiji.context import Context
from guiji.core.errors import BatchRefused
from guiji.ledger.deliveries import RowCounts
from guiji.outbox import receipts
from guiji.outbox.returned import job, workbook
from guiji.reading.result import Reading

CODE = "91520100K5K7MEAE3L"


@pytest.fixture
def delivered(tmp_path: Path) -> Delivered:
    """A workbook whose second record has a bad code."""
    made = Delivered(tmp_path, findings=[finding(3, "B", source_sheet="Sheet")])
    book = openpyxl.Workbook()
    for row in (HEADINGS, ("甲", CODE, date(2024, 3, 5), 5), ("乙", "911", None, 6)):
        book.active.append(row)
    book.save(made.original)
    return made


def write(delivered: Delivered, reading: Reading | None) -> Path | None:
    judged = delivered.judged(reading)
    return workbook.write(
        Context(delivered.settings, catalog=delivered.catalog), judged
    )


def outbox(delivered: Delivered) -> Path:
    return delivered.settings.outbox / "tax" / "2026-11-20"


def test_it_lies_beside_the_receipt_and_the_page_names_it(delivered: Delivered) -> None:
    judged = delivered.judged(delivered.read())
    path = workbook.write(Context(delivered.settings, catalog=CATALOG), judged)
    assert path == outbox(delivered) / "企业登记信息.退回.xlsx"
    assert colour(openpyxl.load_workbook(path)["Sheet"]["B3"]) == RED
    receipt = receipts.write(
        Context(delivered.settings, catalog=CATALOG),
        judged.delivery,
        judged.findings,
        returned=path,
    )
    page = receipt.with_name("企业登记信息.xlsx.回执.txt").read_text("utf-8")
    assert "退回工作簿：企业登记信息.退回.xlsx（" in page
    assert not list(delivered.batch.glob(".returned-*"))


def test_for_one_verdict_it_is_made_once(delivered: Delivered) -> None:
    reading = delivered.read()
    path = write(delivered, reading)
    assert path is not None
    content = path.read_bytes()
    delivered.original.unlink()  # nothing is opened any more
    path.write_bytes(b"as it was")
    assert write(delivered, reading) == path
    assert path.read_bytes() == b"as it was"
    delivered.rows = RowCounts(
        2, 0, 2
    )  # another verdict: it is made again, as a plain one
    path.write_bytes(content)
    assert write(delivered, reading) == path
    assert "行数 读取 2 行，合格 0 行，退回 2 行" in lines(openpyxl.load_workbook(path))


def test_it_is_made_again_if_its_department_took_it_away(delivered: Delivered) -> None:
    reading = delivered.read()
    path = write(delivered, reading)
    assert path is not None
    first = path.read_bytes()
    path.unlink()
    assert write(delivered, reading) == path
    assert path.read_bytes() == first


def test_files_of_one_stem_come_back_under_two_names(delivered: Delivered) -> None:
    reading = delivered.read()
    write(delivered, reading)
    other = Delivered(delivered.folder, "企业登记信息.xls", findings=delivered.findings)
    other.changes["batch_id"] = BATCH.replace("0a1b", "ffff")
    (delivered.batch / workbook.NOTE).unlink()
    path = write(other, reading)
    assert path == outbox(delivered) / "企业登记信息.xls.退回.xlsx"
    (delivered.batch / workbook.NOTE).unlink()
    assert write(delivered, reading) == outbox(delivered) / "企业登记信息.退回.xlsx"
    assert len(list(outbox(delivered).iterdir())) == 2


@pytest.mark.parametrize(
    ("changes", "rows", "was_read"),
    [
        ({"verdict": "accepted"}, RowCounts(2, 2, 0), True),
        ({"verdict": "duplicate"}, RowCounts(2, 0, 2), True),
        ({"verdict": "refused"}, RowCounts(), False),  # HEADINGS and the like: not read
    ],
)
def test_where_no_row_was_put_away_nothing_comes_back(
    delivered: Delivered, changes: dict[str, Any], rows: RowCounts, was_read: bool
) -> None:
    delivered.changes, delivered.rows = changes, rows
    assert write(delivered, delivered.read() if was_read else None) is None
    assert not outbox(delivered).exists()


def test_a_csv_that_was_refused_after_reading_comes_back(tmp_path: Path) -> None:
    delivered = Delivered(tmp_path, "企业登记信息.csv", rows=RowCounts(1, 0, 1))
    text = f"企业名称,统一社会信用代码,成立日期\n甲,{CODE},2024-03-05\n"
    delivered.original.write_text(text, "utf-8")
    refusal = BatchRefused("MASS_CHANGE", "too much", "=将撤销一半的记录。", "请核对。")
    delivered.changes = {"verdict": "refused", "refusal": refusal}
    path = write(delivered, delivered.read())
    assert path == outbox(delivered) / "企业登记信息.退回.xlsx"
    book = openpyxl.load_workbook(path)
    assert book["报送数据"]["A2"].value == "甲"
    said = lines(book)
    assert {
        "原因 =将撤销一半的记录。",
        "处理办法 请核对。",
        "处理结果 整批退回",
    } <= set(said)
    assert any("本次整批退回" in line for line in said)


def test_a_trial_comes_back_and_says_so(delivered: Delivered) -> None:
    delivered.changes = {"verdict": "trial", "trial": True}
    path = write(delivered, delivered.read())
    said = lines(openpyxl.load_workbook(path))
    assert any("本次为试报或预检，未入库" in line for line in said)


def test_a_workbook_that_cannot_be_marked_comes_back_as_a_plain_one(
    delivered: Delivered, caplog: pytest.LogCaptureFixture
) -> None:
    small = REGISTRATION.limits.model_copy(update={"marked_cells": 5})
    dataset = REGISTRATION.model_copy(update={"limits": small})
    delivered.catalog = CATALOG.model_copy(update={"datasets": {dataset.id: dataset}})
    path = write(delivered, delivered.read())
    assert "returned workbook: not made: 14 cells" in caplog.text
    book = openpyxl.load_workbook(path)
    assert book["Sheet"]["D3"].value == "6"
    assert colour(book["Sheet"]["B3"]) == RED
    assert any("由平台按读取结果重排" in line for line in lines(book))


def test_a_workbook_that_kills_its_process_comes_back_as_a_plain_one(
    delivered: Delivered,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(job, "MAKER", "returned_dying")
    path = write(delivered, delivered.read())
    assert "not made: its process ended with -9" in caplog.text
    assert openpyxl.load_workbook(path)["Sheet"]["D3"].value == "6"


def test_what_cannot_be_given_back_hinders_nothing(
    delivered: Delivered, caplog: pytest.LogCaptureFixture
) -> None:
    reading = delivered.read()
    judged = delivered.judged(reading)
    gone = replace(judged, text=judged.text.with_name("gone.parquet"))
    assert workbook.write(Context(delivered.settings, catalog=CATALOG), gone) is None
    assert caplog.text.count("not made: FileNotFoundError") == 2
    assert not outbox(delivered).exists()


def test_by_hand_it_goes_where_it_is_wanted(delivered: Delivered) -> None:
    delivered.changes = {"batch_id": None}
    target = delivered.folder / "这里.xlsx"
    judged = delivered.judged(delivered.read())
    args = (target, Context(delivered.settings, catalog=CATALOG))
    assert workbook.write_to(*args, judged) == target
    book = openpyxl.load_workbook(target)
    assert colour(book["Sheet"]["B3"]) == RED
    assert {"批次编号 无（预检，未报送）", "处理结果 预检：部分行不合格"} <= set(
        lines(book)
    )
    target.unlink()
    delivered.rows = RowCounts(2, 2, 0)
    assert workbook.write_to(*args, delivered.judged(judged.reading)) is None
    assert not target.exists()


MARKED = ("junk behind the zip", "a protected sheet", "cells merged over records")
PLAIN = (
    "backslashes in the zip",
    "strict OOXML",
    "rich text and pinyin",
    "an xls named .xlsx",
    "errors in cells",
)


@pytest.mark.parametrize("kind", [*MARKED, *PLAIN])
def test_an_odd_workbook_comes_back_and_is_understood(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "guiji.outbox")
    delivered = Delivered(tmp_path, READ[kind].name)
    READ[kind].build(delivered.original)
    reading = delivered.read()
    before = delivered.text()
    delivered.findings = [
        finding(row["source_row"], "B", source_sheet=row["source_sheet"])
        for row in before
    ]
    path = write(delivered, reading)
    assert path is not None
    way = "marked" if kind in MARKED else "plain"
    assert f"returned workbook: {way}, " in caplog.text
    shutil.rmtree(delivered.batch)
    delivered.read(path, "企业登记信息.退回.xlsx")
    assert delivered.text() == before
