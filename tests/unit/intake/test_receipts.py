import json
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from delivery_builders import incoming

from guiji.catalog.model import Catalog
from guiji.context import Context
from guiji.core import schemas
from guiji.core.errors import BatchRefused
from guiji.core.settings import Settings
from guiji.intake import delivery_table
from guiji.ledger.deliveries import Delivery, RowCounts
from guiji.ledger.ledger import Ledger
from guiji.outbox import receipts
from guiji.reading.result import MACROS, ColumnReading, Note, Reading, SheetReading


@pytest.fixture
def delivery(settings: Settings, night: date) -> Delivery:
    """A penalty file of which one row of three was quarantined."""
    ledger = Ledger.open(settings)
    ledger.open_night(night)
    claimed = ledger.claim(incoming(night, source_file="九月/处罚.csv", bytes=321))
    name = ledger.name_batch(claimed.delivery_id, "administrative_penalty")
    ledger.set_verdict(name, "partly", RowCounts(3, 2, 1), "c0ffee")
    return ledger.delivery(name)


def finding(**values: Any) -> dict[str, Any]:
    return {
        "source_sheet": "Sheet1",
        "source_row": 7,
        "source_column": "C",
        "item": "uscc",
        "title": "统一社会信用代码",
        "value": "91520300214780567X",
        "rule_id": "administrative_penalty.uscc.form",
        "severity": "critical",
        "message": "校验码不符",
        "remedy": "请核对营业执照",
        "clause": "GB 32100-2015",
    } | values


def findings(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=schemas.FINDINGS)


def test_a_proposal_is_in_the_receipt_for_programs() -> None:
    row = {"rule_id": "x.uscc.digits_lost", "proposal": "91520300214780567X（…）"}
    (told,) = receipts.findings_told(pa.Table.from_pylist([row], schemas.FINDINGS))
    assert told["proposal"] == "91520300214780567X（…）"


def test_a_receipt_is_as_the_contract_says(
    settings: Settings, catalog: Catalog, delivery: Delivery, night: date
) -> None:
    path = receipts.write(
        Context(settings, catalog=catalog),
        delivery,
        findings(finding()),
        due_by=date(2026, 11, 25),
    )
    folder = settings.outbox / "tax" / str(night) / "九月"
    assert path == folder / "处罚.csv.receipt.json"
    assert json.loads(path.read_text("utf-8")) == {
        "batch_id": "2026-11-20-tax-administrative_penalty-0a1b2c3d",
        "night": "2026-11-20",
        "department": "tax",
        "dataset": "administrative_penalty",
        "file": "处罚.csv",
        "sha256": "0a1b2c3d" * 8,
        "bytes": 321,
        "verdict": "partly",
        "rows": {
            "read": 3,
            "accepted": 2,
            "quarantined": 1,
            "unchanged": 0,
            "superseded": 0,
            "late": 0,
            "returned": 0,
            "restored": 0,
        },
        "findings": [
            {
                "row": 7,
                "column": "C",
                "field": "统一社会信用代码",
                "value": "91520300214780567X",
                "rule": "administrative_penalty.uscc.form",
                "severity": "critical",
                "message": "校验码不符",
                "remedy": "请核对营业执照",
                "proposal": None,
                "clause": "GB 32100-2015",
            }
        ],
        "due_by": "2026-11-25",
        "received_at": "2026-11-20T22:00:00+08:00",
        "catalogue_version": "c0ffee",
    }


def test_the_clerks_page_tells_each_rule_once(
    settings: Settings, catalog: Catalog, delivery: Delivery
) -> None:
    told = findings(finding(), finding(source_row=9), finding(rule_id="x", title=None))
    path = receipts.write(
        Context(settings, catalog=catalog), delivery, told, due_by=date(2026, 11, 25)
    )
    page = path.with_name("处罚.csv.回执.txt").read_text("utf-8")
    assert "报送单位：税务局\n报送文件：九月/处罚.csv\n数据目录：行政处罚\n" in page
    assert "处理结果：部分接收" in page
    assert "读取 3 行，接收 2 行（其中未变化 0 行），隔离 1 行" in page
    assert "1. [不合格] 校验码不符（共 2 处，首处：第 7 行 C 列）" in page
    assert page.count("处理办法：请核对营业执照") == 2
    assert "请于 2026-11-25 前更正" in page


def test_the_clerks_page_leads_to_the_rules_where_they_are_served(
    settings: Settings, catalog: Catalog, delivery: Delivery
) -> None:
    served = catalog.jurisdiction.model_copy(
        update={"rule_pages": "https://guiji.example.gov.cn/"}
    )
    catalog = catalog.model_copy(update={"jurisdiction": served})
    path = receipts.write(
        Context(settings, catalog=catalog), delivery, findings(finding())
    )
    page = path.with_name("处罚.csv.回执.txt").read_text("utf-8")
    address = f"rules/{catalog.version}/administrative_penalty/uscc.form.html"
    assert f"规则说明：https://guiji.example.gov.cn/{address}" in page


def test_a_page_stays_one_page(
    settings: Settings, catalog: Catalog, delivery: Delivery
) -> None:
    told = findings(*[finding(rule_id=f"rule {n}") for n in range(60)])
    path = receipts.write(Context(settings, catalog=catalog), delivery, told)
    page = path.with_name("处罚.csv.回执.txt").read_text("utf-8")
    assert len(page.splitlines()) < 75
    assert "另有 35 类问题" in page
    assert len(json.loads(path.read_text("utf-8"))["findings"]) == 60


def test_the_sheet_is_told_where_there_are_several(
    settings: Settings, catalog: Catalog, delivery: Delivery
) -> None:
    told = findings(finding(), finding(source_sheet="二"))
    path = receipts.write(Context(settings, catalog=catalog), delivery, told)
    messages = [f["message"] for f in json.loads(path.read_text("utf-8"))["findings"]]
    assert messages == ["工作表“Sheet1”：校验码不符", "工作表“二”：校验码不符"]


def test_a_refused_delivery_is_told_why_and_what_to_do(
    settings: Settings, catalog: Catalog, delivery: Delivery
) -> None:
    refusal = BatchRefused("HEADINGS", "headings", "表头与目录不符", "请使用模板")
    path = receipts.write(Context(settings, catalog=catalog), delivery, refusal=refusal)
    (told,) = json.loads(path.read_text("utf-8"))["findings"]
    assert (told["rule"], told["severity"]) == ("batch.headings", "critical")
    assert (told["message"], told["remedy"]) == ("表头与目录不符", "请使用模板")
    assert told["clause"] == "筑府办发〔2016〕39号"
    assert told["row"] is told["column"] is told["field"] is told["value"] is None


def test_a_zero_report_is_called_one(
    settings: Settings, catalog: Catalog, night: date
) -> None:
    ledger = Ledger.open(settings)
    ledger.open_night(night)
    claimed = ledger.claim(incoming(night, source_file="a.csv"))
    ledger.set_verdict(claimed.delivery_id, "accepted", RowCounts(), "c0ffee")
    path = receipts.write(
        Context(settings, catalog=catalog), ledger.delivery(claimed.delivery_id)
    )
    assert "零报告" in path.with_name("a.csv.回执.txt").read_text("utf-8")


def test_a_receipt_written_again_has_the_same_bytes(
    settings: Settings, catalog: Catalog, delivery: Delivery
) -> None:
    written = [
        receipts.write(
            Context(settings, catalog=catalog), delivery, findings(finding())
        ).read_bytes()
        for _ in range(2)
    ]
    assert written[0] == written[1]


def test_deliveries_become_the_table_of_the_warehouse(delivery: Delivery) -> None:
    table = delivery_table.table([delivery])
    assert table.schema == schemas.DELIVERIES
    (row,) = table.to_pylist()
    assert row["batch_id"] == "2026-11-20-tax-administrative_penalty-0a1b2c3d"
    assert (row["rows_read"], row["rows_accepted"], row["rows_quarantined"]) == (
        3,
        2,
        1,
    )
    assert row["received_at"] == delivery.received_at


def test_a_receipt_says_how_the_file_was_read(
    settings: Settings, catalog: Catalog, delivery: Delivery
) -> None:
    columns = (
        ColumnReading("A", "序号", None, False),
        ColumnReading("B", "名称", "name", True),
    )
    notes = (Note(1, "表头以上的标题行"), Note(9, "合计、说明或签字行"))
    sheets = (
        SheetReading("处罚", 2, columns, 3, None, notes),
        SheetReading("旧数据", None, (), 12, "隐藏的工作表，未读取", ()),
        SheetReading("Sheet3", None, (), 0, "空工作表", ()),
    )
    dataset = "administrative_penalty"
    reading = Reading("xlsx", None, None, dataset, sheets, 3, 0, (MACROS,))
    path = receipts.write(Context(settings, catalog=catalog), delivery, reading=reading)
    told = json.loads(path.read_text("utf-8"))["findings"]
    assert {f["severity"] for f in told} == {"info"}
    assert [(f["rule"], f["row"]) for f in told] == [
        ("batch.macros", None),
        ("batch.line_not_data", 9),
        ("batch.sheet_skipped", None),
        ("batch.sheet_skipped", None),
    ]
    assert "从不运行宏" in told[0]["message"]
    assert told[2]["message"] == (
        "工作表“旧数据”：隐藏的工作表，未读取（其中 12 行有内容）"
    )
    page = path.with_name("处罚.csv.回执.txt").read_text("utf-8")
    assert "识别方式：Excel 工作簿，工作表“处罚”表头在第 2 行\n" in page
    assert "[说明] 工作表“处罚”第 9 行不是数据行（合计、说明或签字行），未读取" in page
    assert "表头以上" not in page


def test_a_receipt_names_encoding_and_delimiter(
    settings: Settings, catalog: Catalog, delivery: Delivery
) -> None:
    sheets = (SheetReading(None, 1, (), 3, None, ()),)
    dataset = "administrative_penalty"
    reading = Reading("text", "gb18030", "\t", dataset, sheets, 3, 0)
    path = receipts.write(Context(settings, catalog=catalog), delivery, reading=reading)
    page = path.with_name("处罚.csv.回执.txt").read_text("utf-8")
    read_as = "识别方式：文本文件，GB18030（GBK） 编码，以制表符分隔，表头在第 1 行\n"
    assert read_as in page
    assert json.loads(path.read_text("utf-8"))["findings"] == []
