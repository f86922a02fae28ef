"""Data of P1: a typed table of penalties with 28 rules, one row in fifty faulty."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Catalog, Dataset
from guiji.checking.suite.items import raw
from guiji.checking.suite.table_rules import typed_columns
from guiji.reading.result import ColumnReading, Reading, SheetReading, letter

NIGHT = date(2026, 11, 20)
LONGEST = {"name": 40, "decision_no": 40, "facts": 100}
MOST = 1000
EARLIEST = date(1949, 10, 1)
CATEGORIES = ("警告", "罚款", "没收违法所得", "暂扣许可证", "责令停产停业", "其他")
EVENTS = ("decided_on", "valid_until")
PLAIN = (
    "legal_representative", "basis", "content", "authority", "source", "violation",
    "region", "address", "remark",
)  # fmt: skip
REGIONS = tuple(
    f"52{city:02d}{county:02d}" for city in range(1, 10) for county in range(12)
)
PAIRS = ("91", "92", "93")
_ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", np.uint8)
_VALUES = np.zeros(256, np.int32)
_VALUES[_ALPHABET] = np.arange(31)

KINDS = 24
"""Kinds of faults that rows may have, one each: every rule of a row can be broken."""


def dataset() -> Dataset:
    """Make the catalogue entry: 18 items."""
    codes = {"values": [{"code": c, "title": c} for c in CATEGORIES]}
    status = {"values": [{"code": c, "title": c} for c in "012"]}
    items = [
        {"id": "name", "length": LONGEST["name"], "required": True},
        {"id": "uscc", "type": "uscc", "required": True},
        {"id": "category", "type": "code", "code_list": "categories", "required": True},
        {"id": "decision_no", "length": LONGEST["decision_no"], "required": True},
        {"id": "facts", "length": LONGEST["facts"], "required": True},
        {"id": "decided_on", "type": "date", "required": True},
        {"id": "valid_until", "type": "date"},
        {
            "id": "fine", "type": "amount", "unit": "万元",
            "minimum": 0, "maximum": MOST,
            "required_when": {"item": "category", "values": ["罚款"]},
        },
        {"id": "status", "type": "code", "code_list": "status"},
        *({"id": name} for name in PLAIN),
    ]  # fmt: skip
    named = [{"title": i["id"], "code": str(i["id"]).upper(), **i} for i in items]
    return Dataset.model_validate({
        "id": "penalty", "title": "行政处罚", "summary": "-", "legal_basis": "-",
        "standard": "P1", "version": "1", "valid_from": "2018-01-01",
        "providers": ["transport"], "coverage": "whole_city", "update_cycle": "daily",
        "share_type": "unconditional", "share_method": "platform",
        "open_level": "public", "subject_classes": ["enterprise"],
        "info_class": "licence_penalty", "key": ["uscc", "decision_no"],
        "event": ["decided_on"], "subject": {"name": "name", "uscc": "uscc"},
        "clocks": [], "codes": {"categories": codes, "status": status}, "items": named,
    })  # fmt: skip


def catalog() -> Catalog:
    """Make the catalogue, with the three rules across items."""
    said = {"message": "-", "message_en": "-", "remedy": "-", "clause": "-"}
    rules = [
        {
            "id": "in_order",
            "kind": "date_order",
            "items": ["decided_on", "valid_until"],
        },
        {"id": "by_night", "kind": "not_after_night", "items": ["decided_on"]},
        {"id": "since", "kind": "not_before", "items": ["decided_on"], "day": EARLIEST},
    ]
    jurisdiction = {
        "id": "guiyang", "title": "贵阳市", "title_en": "Guiyang", "document": "-",
        "platform": "-", "contact": "-", "region_codes": [], "grades": [],
        "opening_ways": {}, "cycles": {},
        "channels": [
            {"id": "site", "title": "-", "datasets": ["penalty"], "clause": "-"}
        ],
        "circular": {
            "title": "-", "licence_datasets": [], "penalty_datasets": [],
            "late_rate_above": 0, "conformity_below": 1, "clause": "-",
        },
    }  # fmt: skip
    return Catalog.model_validate({
        "jurisdiction": jurisdiction, "departments": {}, "version": "0",
        "datasets": {"penalty": dataset()},
        "rules": {"penalty": [{**rule, **said} for rule in rules]},
    })  # fmt: skip


def write(path: Path, rows: int, seed: int = 20261120) -> None:
    """Write the typed table as an Arrow file."""
    table = make(rows, seed)
    with pa.ipc.new_file(path, table.schema) as file:
        file.write_table(table)


def make(rows: int, seed: int = 20261120) -> pa.Table:
    """Make the typed table, faults included."""
    random = np.random.default_rng(seed)
    fault = np.where(random.random(rows) < 0.02, random.integers(1, KINDS + 1, rows), 0)
    table: dict[str, pa.Array] = {
        "row_id": pa.array(np.arange(rows)),
        "source_sheet": pa.nulls(rows, pa.string()),
        "source_row": pa.array(np.arange(2, rows + 2, dtype=np.int32)),
        "operation": pa.array(["upsert", None]).take(pa.array((fault == 1) * 1)),
        "operation__ok": pa.array(fault != 1),
        **_texts(random, rows, fault),
        **_code(random, rows, fault),
        **_dates(random, rows, fault),
        **_chosen(random, rows, fault),
    }
    return _repeated(table, fault)


def _repeated(table: dict[str, pa.Array], fault: np.ndarray) -> pa.Table:
    """Make some rows copies of the row before them, and some of its key only."""
    clean = np.r_[False, fault[:-1] == 0]
    repeats, copies = (fault == 2) & clean, (fault == 3) & clean
    at = np.arange(len(fault))
    whole, number = at - copies, at - copies - repeats
    kept = ("row_id", "source_row")
    table = {n: c if n in kept else c.take(pa.array(whole)) for n, c in table.items()}
    for name in ("uscc", "uscc__raw", "decision_no"):
        table[name] = table[name].take(pa.array(number))
    either = repeats | np.r_[repeats[1:], False]
    table["key_repeats"] = pa.array(either[whole])
    table["key_copies"] = pa.array(copies)
    table["record_key"] = pc.binary_join_element_wise(
        pc.fill_null(table["uscc__raw"], ""),
        pc.fill_null(table["decision_no"], ""),
        "|",
    )
    table["record_id"] = table["record_key"]  # the quarantine shows it as it is
    columns = (*typed_columns(dataset()), "record_id")
    return pa.table({n: table[n] for n in columns})


def _pool(random: np.random.Generator, rows: int, texts: list[str]) -> pa.Array:
    return pa.array(texts).take(pa.array(random.integers(0, len(texts), rows)))


def _with(values: pa.Array, where: np.ndarray, other: object) -> pa.Array:
    return pc.if_else(pa.array(where), pa.scalar(other, values.type), values)


def _texts(
    random: np.random.Generator, rows: int, fault: np.ndarray
) -> dict[str, pa.Array]:
    names = [f"贵阳市第{i}号科技贸易有限责任公司" for i in range(min(rows, 50_000))]
    name = _pool(random, rows, names)
    name = _with(_with(name, fault == 4, None), fault == 5, "长" * 41)
    number = pc.binary_join_element_wise(
        "筑市监罚〔2026〕", pa.array(np.arange(rows)).cast(pa.string()), "号", ""
    )
    number = _with(_with(number, fault == 6, None), fault == 7, "9" * 41)
    facts = _pool(random, rows, ["未按规定期限申报", "超标排放大气污染物", "虚假宣传"])
    facts = _with(_with(facts, fault == 8, None), fault == 9, "事" * 101)
    plain = {
        p: _pool(random, rows, [f"{p}的内容之{i}" for i in range(500)]) for p in PLAIN
    }
    return {"name": name, "decision_no": number, "facts": facts, **plain}


def _code(
    random: np.random.Generator, rows: int, fault: np.ndarray
) -> dict[str, pa.Array]:
    regions = np.frombuffer("".join(REGIONS).encode(), np.uint8).reshape(-1, 6)
    matrix = np.empty((rows, 18), np.uint8)
    matrix[:, :2] = np.frombuffer(b"91", np.uint8)
    matrix[fault == 12, 1] = ord("7")
    matrix[:, 2:8] = regions[random.integers(0, len(regions), rows)]
    matrix[fault == 13, 2:8] = ord("9")
    matrix[:, 8:16] = random.integers(48, 58, (rows, 8))
    matrix[:, 16] = inner_check(matrix)
    other = np.where(matrix[:, 16] == ord("0"), ord("1"), ord("0"))
    matrix[fault == 14, 16] = other[fault == 14]
    matrix[:, 17] = outer_check(matrix)
    other = np.where(matrix[:, 17] == ord("A"), ord("B"), ord("A"))
    bad = fault == 11
    matrix[bad, 17] = other[bad]
    offsets = pa.py_buffer(np.arange(0, (rows + 1) * 18, 18, dtype=np.int32))
    raw = pa.StringArray.from_buffers(rows, offsets, pa.py_buffer(matrix))
    raw = _with(raw, fault == 10, None)
    level = pa.array(["valid", "bad_check"]).take(pa.array(bad.astype(np.int32)))
    return {
        "uscc": _with(raw, bad, None),
        "uscc__raw": raw,
        "uscc__ok": pa.array(~bad),
        "uscc__level": level,
        "uscc__unknown_pair": pa.array(fault == 12),
        "uscc__unknown_region": pa.array(fault == 13),
        "uscc__inner_ok": pa.array(fault != 14),
    }


def outer_check(codes: np.ndarray) -> np.ndarray:
    """Return the check characters of GB 32100 for n codes (n × 18 bytes)."""
    weights = np.array([pow(3, i, 31) for i in range(17)], np.int32)
    total = _VALUES[codes[:, :17]] @ weights
    return _ALPHABET[(31 - total % 31) % 31]


def inner_check(codes: np.ndarray) -> np.ndarray:
    """Return the check characters of GB 11714 for the digits at 9 to 16."""
    total = (codes[:, 8:16] - 48) @ np.array([3, 7, 9, 10, 5, 8, 4, 2], np.int32)
    return np.frombuffer(b"0X987654321", np.uint8)[total % 11]


def _dates(
    random: np.random.Generator, rows: int, fault: np.ndarray
) -> dict[str, pa.Array]:
    first = np.datetime64("2015-01-01")
    decided = first + random.integers(0, 4000, rows).astype("timedelta64[D]")
    decided[fault == 17] = np.datetime64("2026-12-01")
    decided[fault == 18] = np.datetime64("1920-01-01")
    until = decided + random.integers(0, 1000, rows).astype("timedelta64[D]")
    until[fault == 19] = decided[fault == 19] - np.timedelta64(1, "D")
    missing = (fault == 15) | (fault == 16)
    decided_on = pa.array(decided, mask=missing)
    raw = _with(decided_on.cast(pa.string()), fault == 16, "去年")
    valid = pa.array(until, mask=fault == 20)
    valid_raw = _with(valid.cast(pa.string()), fault == 20, "改天")
    return {
        "decided_on": decided_on,
        "decided_on__raw": raw,
        "decided_on__ok": pa.array(fault != 16),
        "decided_on__forever": pa.array(np.zeros(rows, bool)),
        "valid_until": valid,
        "valid_until__raw": valid_raw,
        "valid_until__ok": pa.array(fault != 20),
        "valid_until__forever": pa.array(np.zeros(rows, bool)),
    }


def _chosen(
    random: np.random.Generator, rows: int, fault: np.ndarray
) -> dict[str, pa.Array]:
    category = _pool(random, rows, list(CATEGORIES))
    category = _with(category, fault == 21, None)
    category = _with(category, fault == 22, "罚款")
    fined = pc.fill_null(pc.equal(category, "罚款"), False).to_numpy(False)
    cents = random.integers(0, 10**9, rows)
    cents[fault == 23] = -100
    fine = pc.divide(
        pa.array(cents, mask=~fined | (fault == 22)).cast(pa.float64()), 1e6
    )
    fine = _with(fine, fault == 23, -1.0).cast(pa.decimal128(24, 6))
    status = _pool(random, rows, ["0", "1", "2"])
    return {
        "category": _with(category, fault == 24, None),
        "category__raw": _with(category, fault == 24, "不明"),
        "category__ok": pa.array(fault != 24),
        "fine": fine,
        "fine__raw": fine.cast(pa.string()),
        "fine__ok": pa.array(np.ones(rows, bool)),
        "fine__level": pa.nulls(rows, pa.string()),
        "status": status,
        "status__raw": status,
        "status__ok": pa.array(np.ones(rows, bool)),
    }


def text(typed: pa.Table) -> pa.Table:
    """Return the text table behind a typed one."""
    rows = len(typed)
    columns = {n: typed[n] for n in ("source_sheet", "source_row")}
    for name in ("fault", "fault_column", "raw_line"):
        columns[name] = pa.chunked_array([pa.nulls(rows, pa.string())])
    for item in dataset().items:
        columns[item.id] = typed[raw(item)]
    return pa.table(columns)


def reading(rows: int) -> Reading:
    """Describe how the file was read: a text file with the items in order."""
    columns = tuple(
        ColumnReading(letter(i), item.title, item.id, True)
        for i, item in enumerate(dataset().items)
    )
    sheet = SheetReading(None, 1, columns, rows, None, ())
    return Reading("text", "utf-8", ",", "penalty", (sheet,), rows, 0)
