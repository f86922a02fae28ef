"""Text becomes the types of the catalogue; what will not go keeps its text."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from small_dataset import (
    CODE,
    CODES,
    ITEMS,
    KEY,
    OWNER,
    PERSON,
    REGIONS,
    catalog,
    dataset,
    one,
    parsed,
    text_of,
)

from guiji.catalog.model import Code, CodeList
from guiji.domain import persons
from guiji.parsing.parse import parse


def cells(row: dict[str, object], name: str) -> dict[str, object]:
    """Return the columns of one item, without its name."""
    return {
        key.removeprefix(name).removeprefix("__"): value
        for key, value in row.items()
        if key == name or key.startswith(f"{name}__")
    }


def test_every_item_is_there_whether_delivered_or_not() -> None:
    table = parsed({"name": "某某公司"})
    for entry in ITEMS:
        assert entry.id in table.column_names
        ok = f"{entry.id}__ok"
        assert ok not in table.column_names or table[ok].to_pylist() == [True]
    assert table["fine"].type == pa.decimal128(24, 6)
    assert table["decided_on"].type == pa.date32()
    assert table["staff"].type == pa.int64()
    assert table["row_id"].type == pa.int64()
    assert table["source_row"].type == pa.int32()


def test_no_rows_have_the_same_columns_as_many() -> None:
    assert parsed().schema == parsed({"name": "某某公司"}, {"uscc": CODE}).schema


def test_rows_with_a_fault_of_their_own_are_left_out() -> None:
    table = parsed(
        {"name": "甲", "fault": None},
        {"name": None, "fault": "RAGGED_LONG"},
        {"name": "丙", "fault": None},
    )
    assert table["row_id"].to_pylist() == [0, 1]
    assert table["source_row"].to_pylist() == [2, 4]
    assert table["name"].to_pylist() == ["甲", "丙"]


def test_reads_a_good_row() -> None:
    row = one(
        name=" 某某公司 ",
        uscc="9152000071430580xt",
        org_code="71430580-X",
        category="法人及非法人组织",
        decision_no="筑市监罚〔2026〕1号",
        kind="罚款，警告",
        fine="2000元",
        staff="1,200",
        decided_on="2026年9月20日",
        valid_until="长期",
    )
    assert row["name"] == "某某公司"
    assert cells(row, "uscc") == {
        "": CODE, "raw": "9152000071430580xt", "ok": True, "level": "valid",
        "unknown_pair": False, "unknown_region": True, "inner_ok": True,
    }  # fmt: skip
    assert cells(row, "org_code") == {
        "": "71430580X", "raw": "71430580-X", "ok": True, "repaired": False
    }  # fmt: skip
    assert cells(row, "category") == {
        "": "1", "raw": "法人及非法人组织", "ok": True
    }  # fmt: skip
    assert cells(row, "kind") == {"": "警告；罚款", "raw": "罚款，警告", "ok": True}
    assert cells(row, "fine") == {
        "": Decimal("0.2"),
        "raw": "2000元",
        "ok": True,
        "level": None,
    }
    assert cells(row, "staff") == {"": 1200, "raw": "1,200", "ok": True}
    assert cells(row, "decided_on") == {
        "": date(2026, 9, 20), "raw": "2026年9月20日", "ok": True, "forever": False
    }  # fmt: skip
    assert cells(row, "valid_until") == {
        "": None, "raw": "长期", "ok": True, "forever": True
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("uscc", "9152000071430580XA"),
        ("uscc", "9.15200007143058E+17"),
        ("org_code", "742183214"),
        ("category", "其他"),
        ("kind", "罚款；杖责"),
        ("fine", "约500元"),
        ("staff", "十二"),
        ("decided_on", "2026-02-30"),
        ("currency", "贝壳"),
    ],
)
def test_what_will_not_go_keeps_its_text(name: str, written: str) -> None:
    row = one(**{name: written})
    assert (row[name], row[f"{name}__raw"], row[f"{name}__ok"]) == (
        None,
        written,
        False,
    )


@pytest.mark.parametrize("name", [i.id for i in ITEMS if i.type != "text"])
@pytest.mark.parametrize("written", ["", "N/A", "暂无", " ", None])
def test_no_value_is_null_and_no_fault(name: str, written: str | None) -> None:
    row = one(**{name: written, "decision_no": "1"})
    assert (row[name], row[f"{name}__raw"], row[f"{name}__ok"]) == (None, None, True)


def test_a_placeholder_stands_for_no_code_yet() -> None:
    row = one(uscc="00000000000000000X")
    assert row["uscc"] is None
    assert row["uscc__raw"] == "00000000000000000X"
    assert row["uscc__ok"]
    assert row["uscc__level"] == "placeholder"
    assert row["matched_by"] == "name_hash"


def test_a_catalogue_may_admit_a_word_of_its_own_for_no_code() -> None:
    only = dataset()
    admitted = {"uscc": {"placeholder": "NOCODEYET"}}
    items = [i.model_copy(update=admitted.get(i.id, {})) for i in only.items]
    table = parse(
        text_of([{"uscc": "nocodeyet"}, {"uscc": CODE}, {"uscc": "NOCODE"}]),
        only.model_copy(update={"items": tuple(items)}), catalog(), OWNER, KEY,
    )  # fmt: skip
    levels = ["placeholder", "valid", "bad_length"]
    assert table["uscc__level"].to_pylist() == levels
    assert table["uscc"].to_pylist() == [None, CODE, None]
    assert table["uscc__ok"].to_pylist() == [True, True, False]


def test_a_jurisdiction_may_know_more_pairs() -> None:
    code = "99520000714305801"
    code += "0123456789ABCDEFGHJKLMNPQRTUWXY"[
        -sum(int(c) * pow(3, i, 31) for i, c in enumerate(code)) % 31
    ]
    more = CodeList(values=(Code(code="99", title="其他"),))
    text = text_of([{"uscc": code}])
    for extra, unknown in (({}, True), ({"uscc_pairs": more}, False)):
        table = parse(text, dataset(), catalog(extra), OWNER, KEY)
        assert table["uscc"].to_pylist() == [code]
        assert table["uscc__unknown_pair"].to_pylist() == [unknown]


def test_without_a_table_of_regions_the_province_counts() -> None:
    text = text_of([{"uscc": CODE}])
    table = parse(text, dataset(), catalog(), OWNER, KEY)
    assert table["uscc__unknown_region"].to_pylist() == [False]


def test_a_currency_beside_the_amount_fills_its_item() -> None:
    row = one(fine="300(万美元)")
    assert row["fine"] == 300
    assert (row["currency"], row["currency__raw"]) == ("840", "美元")


def test_a_currency_said_twice_alike_is_fine() -> None:
    row = one(fine="300(万美元)", currency="840")
    assert (row["fine"], row["fine__ok"], row["currency"]) == (300, True, "840")
    assert one(fine="300(万美元)", currency="USD")["fine__ok"]


def test_a_currency_said_twice_differently_is_not_understood() -> None:
    row = one(fine="300(万美元)", currency="人民币")
    assert (row["fine"], row["fine__raw"], row["fine__ok"]) == (
        None, "300(万美元)", False,
    )  # fmt: skip
    assert row["fine__level"] == "two_currencies"


def test_a_foreign_currency_where_none_belongs_is_not_taken_for_yuan() -> None:
    only = dataset()
    items = [i.model_copy(update={"currency_item": None}) for i in only.items]
    table = parse(
        text_of([{"fine": f} for f in ("300(万(美元))", "300万元(人民币)", "300")]),
        only.model_copy(update={"items": tuple(items)}), catalog(), OWNER, KEY,
    )  # fmt: skip
    assert table["fine"].to_pylist() == [None, 300, 300]
    assert table["fine__ok"].to_pylist() == [False, True, True]
    assert table["fine__level"].to_pylist() == ["美元", None, None]
    assert table["fine__raw"][0].as_py() == "300(万(美元))"


def test_a_phone_is_masked() -> None:
    row = one(phone="130-1234-8666")
    assert cells(row, "phone") == {
        "": "130****8666", "raw": "130****8666", "ok": True
    }  # fmt: skip


def test_a_document_is_kept_as_mask_and_hash() -> None:
    row = one(id_no=f" {PERSON.lower()} ")
    digest = persons.pseudonym(pa.array([PERSON]), KEY)[0].as_py()
    assert cells(row, "id_no") == {
        "": "529901************", "raw": "529901************",
        "ok": True, "hash": digest,
    }  # fmt: skip


def test_a_column_that_repeats_itself_is_read_like_any_other() -> None:
    written = ["2026-09-20", "2026年9月20日", "长期", "x", None, PERSON]
    many = parsed(
        *({"decided_on": w, "name": str(i)} for i, w in enumerate(written * 99))
    )
    each = pa.concat_tables([parsed({"decided_on": w}) for w in written] * 99)
    for name in (n for n in many.column_names if n.startswith("decided_on")):
        assert many[name].to_pylist() == each[name].to_pylist()


def test_blocks_do_not_show() -> None:
    rows = [
        {"name": f"公司{i}", "uscc": (CODE, "x", PERSON, None)[i % 4], "fine": f"{i}元",
         "decided_on": f"2026-09-{i % 30 + 1}", "decision_no": str(i // 2)}
        for i in range(40)
    ]  # fmt: skip
    whole = parsed(*rows)
    blocks = parse(
        text_of(rows), dataset(), catalog(), OWNER, KEY, REGIONS, block_rows=7
    )
    assert blocks.equals(whole.combine_chunks())


def test_code_lists_hold_what_the_tests_say() -> None:
    assert set(CODES) == {i.code_list for i in ITEMS if i.code_list}
