"""A small dataset that has every kind of rule, and typed tables of it made by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import model_builders as models
import pyarrow as pa

from guiji.catalog.items import Code, CodeList
from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.rules import Rule
from guiji.catalog.vocabulary import ItemType, Severity
from guiji.checking.validator import BatchInput
from guiji.reading.result import ColumnReading, Reading, SheetReading, letter

NIGHT = date(2026, 11, 20)

CATEGORIES = CodeList(
    values=(
        Code(code="1", title="法人及非法人组织"),
        Code(code="2", title="自然人"),
    )
)
KINDS = CodeList(
    values=(Code(code="警告", title="警告"), Code(code="罚款", title="罚款"))
)

PERSONAL = {"sensitivity": "personal", "open_level": "none"}

ITEMS = (
    models.item("name", "行政相对人名称", code="CF_XDR_MC", length=12, required=True),
    models.item(
        "category",
        "行政相对人类别",
        code="CF_XDR_LB",
        type="code",
        code_list="categories",
        required=True,
    ),
    models.item(
        "uscc",
        "统一社会信用代码",
        code="CF_XDR_SHXYM",
        type="uscc",
        placeholder="00000000000000000X",
        required_when={"item": "category", "values": ("法人及非法人组织",)},
        empty_when={"item": "category", "values": ("2",)},
    ),
    models.item(
        "person_no",
        "证件号码",
        code="CF_XDR_ZJHM",
        type="person_id",
        masking="person_id",
        required_when={"item": "category", "values": ("自然人",)},
        **PERSONAL,
    ),
    models.item("phone", "电话", code="DH", type="phone", masking="phone", **PERSONAL),
    models.item("decision_no", "文书号", code="CF_WSH", length=20, required=True),
    models.item(
        "kinds",
        "处罚类别",
        code="CF_CFLB",
        type="codes",
        code_list="kinds",
        required=True,
    ),
    models.item(
        "fine",
        "罚款金额",
        code="CF_NR_FK",
        type="amount",
        unit="万元",
        minimum=0,
        maximum=1000,
        required_when={"item": "kinds", "contains": ("罚款",)},
    ),
    models.item("copies", "份数", code="FS", type="integer", minimum=1),
    models.item("org", "组织机构代码", code="ZZJG", type="org_code"),
    models.item("decided_on", "决定日期", code="CF_JDRQ", type="date", required=True),
    models.item("valid_until", "有效期至", code="CF_YXQ", type="date"),
)

RULES = (
    Rule(
        id="until_after_decision",
        kind="date_order",
        items=("decided_on", "valid_until"),
        message="有效期至早于决定日期。",
        message_en="valid_until is before decided_on.",
        remedy="请核对两个日期。",
        clause="发改办财金〔2018〕424号",
    ),
    Rule(
        id="decided_by_tonight",
        kind="not_after_night",
        items=("decided_on",),
        message="决定日期晚于报送日期。",
        message_en="decided_on is in the future.",
        remedy="请核对决定日期。",
        clause="发改办财金〔2018〕424号",
    ),
    Rule(
        id="decided_since_1949",
        kind="not_before",
        items=("decided_on",),
        day=date(1949, 10, 1),
        severity=Severity.WARNING,
        message="决定日期早于1949年10月1日。",
        message_en="decided_on is before 1949-10-01.",
        remedy="请核对决定日期。",
        clause="发改办财金〔2018〕424号",
    ),
)

TYPES: dict[ItemType, pa.DataType] = {
    ItemType.DATE: pa.date32(),
    ItemType.AMOUNT: pa.decimal128(24, 6),
    ItemType.INTEGER: pa.int64(),
}


def make_dataset(**changes: Any) -> Dataset:
    given = {
        "id": "penalty",
        "title": "行政处罚",
        "providers": ("transport",),
        "subject": {"name": "name", "uscc": "uscc", "person_id": "person_no"},
        "key": ("uscc", "decision_no"),
        "event": ("decided_on",),
        "codes": {"categories": CATEGORIES, "kinds": KINDS},
        "items": ITEMS,
    }
    return models.dataset(**given | changes)


JURISDICTION = models.jurisdiction(
    grades=("轻微", "一般", "严重"),
    channels=(models.channel("penalty"),),
    circular=models.circular(penalty_datasets=("penalty",)),
)


def make_catalog(dataset: Dataset, rules: tuple[Rule, ...] = RULES) -> Catalog:
    departments = {"transport": "市交通委"}
    return models.catalog(
        JURISDICTION, departments, dataset, version="0", rules={dataset.id: rules}
    )


GOOD: dict[str, Any] = {
    "name": "贵州甲有限公司",
    "category": "1",
    "uscc": "9152000071430580XT",
    "decision_no": "筑交罚〔2026〕1号",
    "kinds": "警告",
    "decided_on": date(2026, 11, 2),
}


def typed_table(dataset: Dataset, rows: list[dict[str, Any]]) -> pa.Table:
    """Make a typed table; each row is GOOD with changes, keys are column names.

    What a row does not say follows from its items: raw is the item as text, ok is true.
    """
    full = [_typed_row(dataset, i, {**GOOD, **row}) for i, row in enumerate(rows)]
    return pa.Table.from_pylist(full, schema=_schema(dataset))


def _schema(dataset: Dataset) -> pa.Schema:
    fields = [
        ("row_id", pa.int64()),
        ("source_sheet", pa.string()),
        ("source_row", pa.int32()),
        ("operation", pa.string()),
        ("operation__ok", pa.bool_()),
    ]
    for item in dataset.items:
        fields.append((item.id, TYPES.get(item.type, pa.string())))
        if item.type is not ItemType.TEXT:
            fields += [(f"{item.id}__raw", pa.string()), (f"{item.id}__ok", pa.bool_())]
        if item.type in (ItemType.USCC, ItemType.AMOUNT):
            fields.append((f"{item.id}__level", pa.string()))
        if item.type is ItemType.USCC:
            for part in ("unknown_pair", "unknown_region", "inner_ok"):
                fields.append((f"{item.id}__{part}", pa.bool_()))
        if item.type is ItemType.DATE:
            fields.append((f"{item.id}__forever", pa.bool_()))
    fields += [("record_id", pa.string()), ("record_key", pa.string())]
    fields += [("key_repeats", pa.bool_()), ("key_copies", pa.bool_())]
    return pa.schema(fields)


def _typed_row(dataset: Dataset, index: int, row: dict[str, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "row_id": index,
        "source_sheet": "Sheet1",
        "source_row": index + 3,
        "operation": "upsert",
        "operation__ok": True,
        "record_id": f"record {index}",
        "record_key": f"{row.get('uscc')}|{row.get('decision_no')}",
        "key_repeats": False,
        "key_copies": False,
    }
    for item in dataset.items:
        value = row.get(item.id)
        whole[item.id] = value
        whole[f"{item.id}__raw"] = None if value is None else str(value)
        whole[f"{item.id}__ok"] = True
        whole[f"{item.id}__level"] = "missing" if value is None else "valid"
        whole[f"{item.id}__inner_ok"] = None if value is None else True
        whole[f"{item.id}__unknown_pair"] = False
        whole[f"{item.id}__unknown_region"] = False
        whole[f"{item.id}__forever"] = False
    return {**whole, **row}


def text_table(
    dataset: Dataset, typed: pa.Table, faults: list[dict[str, Any]] | None = None
) -> pa.Table:
    """Make the text table behind a typed one; rows with faults come last."""
    rows = []
    for row in typed.to_pylist():
        cells = {
            i.id: row[i.id if i.type is ItemType.TEXT else f"{i.id}__raw"]
            for i in dataset.items
        }
        at = {name: row[name] for name in ("source_sheet", "source_row")}
        rows.append({**at, **cells})
    fields = [("source_sheet", pa.string()), ("source_row", pa.int32())]
    fields += [(n, pa.string()) for n in ("fault", "fault_column", "raw_line")]
    fields += [(i.id, pa.string()) for i in dataset.items]
    return pa.Table.from_pylist([*rows, *(faults or [])], schema=pa.schema(fields))


def reading_of(dataset: Dataset, text: pa.Table) -> Reading:
    """The items' columns begin at B; A holds a running number nobody asked for."""
    columns = [ColumnReading("A", "序号", None, False)]
    for index, item in enumerate(dataset.items):
        columns.append(ColumnReading(letter(index + 1), item.title, item.id, True))
    sheet = SheetReading("Sheet1", 2, tuple(columns), len(text), None, ())
    faulty = len(text) - text["fault"].null_count
    return Reading("xlsx", None, None, dataset.id, (sheet,), len(text), faulty)


BATCH = BatchInput(
    batch_id="2026-11-20-transport-penalty-0a1b2c3d",
    night=NIGHT,
    department="transport",
    dataset="penalty",
    source_file="行政处罚.xlsx",
)


def money(amount: str) -> Decimal:
    return Decimal(amount)
