"""Whom a row is about, which record it states, and what it does to it."""

from datetime import date

import pytest
from small_dataset import (
    CODE,
    KEY,
    OTHER_PERSON,
    OWNER,
    PERSON,
    catalog,
    dataset,
    one,
    parsed,
    text_of,
)

from guiji.parsing.parse import parse


def test_a_valid_code_is_the_subject() -> None:
    row = one(name="某某公司", uscc=CODE.lower())
    assert (row["subject"], row["matched_by"]) == (CODE, "uscc")


def test_without_a_code_the_name_and_other_numbers_are_hashed() -> None:
    row = one(name="某某公司（一部）", uscc="00000000000000000X", org_code="71430580-X")
    same = one(name="某某 公司(一部)", org_code="71430580X")
    other = one(name="某某公司（一部）", org_code="742183213")
    assert row["matched_by"] == "name_hash"
    assert row["subject"] == same["subject"] != other["subject"]
    assert len(row["subject"]) == 25
    assert row["subject"].startswith("N")


@pytest.mark.parametrize("category", ["自然人", "公民", "2", None])
def test_a_natural_person_is_a_keyed_hash(category: str | None) -> None:
    row = one(name="张三", id_no=PERSON, category=category)
    assert row["matched_by"] == "person_hash"
    assert row["subject"].startswith("P")
    assert row["subject"] == one(name="张 三", id_no=PERSON, category="2")["subject"]
    assert row["subject"] != one(name="张三", id_no=OTHER_PERSON)["subject"]
    text = text_of([{"name": "张三", "id_no": PERSON, "category": category}])
    other_key = parse(text, dataset(), catalog(), OWNER, b"another key")
    assert other_key["subject"].to_pylist() != [row["subject"]]


def test_an_organisation_with_somebodys_id_is_no_person() -> None:
    row = one(name="某某公司", id_no=PERSON, category="法人及非法人组织")
    assert row["matched_by"] == "name_hash"


def test_a_document_number_is_one_key_in_many_ways() -> None:
    one_way = one(uscc=CODE, decision_no="筑市监罚[2026]12 号")
    other = one(uscc=CODE, decision_no="筑市监罚〔2026〕12号")
    assert one_way["record_key"] == "筑市监罚〔2026〕12号"
    assert one_way["record_id"] == other["record_id"]
    assert one_way["content_hash"] != other["content_hash"]


def test_a_record_is_its_owners_subjects_and_datasets() -> None:
    row = one(uscc=CODE, decision_no="1")
    assert len(row["record_id"]) == 20
    text = text_of([{"uscc": CODE, "decision_no": "1"}])
    others = [
        parse(text, dataset(), catalog(), "tax", KEY),
        parse(text, dataset(id="licence"), catalog(), OWNER, KEY),
        parsed({"uscc": "911100001000013428", "decision_no": "1"}),
        parsed({"uscc": CODE, "decision_no": "2"}),
    ]
    ids = {table["record_id"][0].as_py() for table in others} | {row["record_id"]}
    assert len(ids) == 5


def test_a_key_of_several_items_is_joined() -> None:
    table = parsed(
        {"decision_no": "1", "decided_on": "2026/9/20"},
        key=("decision_no", "decided_on"),
    )
    assert table["record_key"].to_pylist() == ["1|2026-09-20"]


def test_content_is_the_values_not_how_they_are_written() -> None:
    one_way = one(name="甲", fine="2000元", decided_on="2026/9/20", kind="罚款、警告")
    other = one(name=" 甲", fine="0.2", decided_on="2026年9月20日", kind="警告；罚款")
    assert one_way["content_hash"] == other["content_hash"]
    assert len(one_way["content_hash"]) == 32


@pytest.mark.parametrize(
    "change",
    [
        {"name": "乙"}, {"fine": "0.3"}, {"valid_until": "2027-01-01"}, {"status": "2"},
        {"id_no": OTHER_PERSON}, {"phone": "13012358666"}, {"_operation": "撤销"},
        {"valid_until": None},
    ],
)  # fmt: skip
def test_content_changes_with_every_value(change: dict[str, str | None]) -> None:
    row = {
        "name": "甲", "fine": "0.2", "valid_until": "长期", "status": "1",
        "id_no": PERSON, "phone": "13012348666", "_operation": "新增",
    }  # fmt: skip
    assert one(**row)["content_hash"] != one(**(row | change))["content_hash"]


def test_a_value_in_the_next_column_is_another_content() -> None:
    a = one(name="甲", decision_no=None)
    b = one(name=None, decision_no="甲")
    assert a["content_hash"] != b["content_hash"]


def test_days_of_event_and_state() -> None:
    row = one(decided_on="2026-09-20", changed_on="2026-10-09")
    assert row["event_on"] == date(2026, 9, 20)
    assert row["produced_on"] == date(2026, 10, 9)
    assert one(decided_on="2026-09-20")["produced_on"] == date(2026, 9, 20)
    by_event = parsed({"decided_on": "2026-09-20"}, produced=())
    assert by_event["produced_on"].to_pylist() == [date(2026, 9, 20)]
    assert one(decided_on="x")["event_on"] is None


@pytest.mark.parametrize(
    ("cells", "operation", "ok"),
    [
        ({"_operation": "新增"}, "upsert", True),
        ({"_operation": " 变更 "}, "upsert", True),
        ({"_operation": "撤销"}, "revoke", True),
        ({"_operation": "销毁"}, None, False),
        ({"_operation": None, "status": "撤销"}, "revoke", True),
        ({"_operation": "新增", "status": "撤销"}, "upsert", True),
        ({"status": "2"}, "revoke", True),
        ({"status": "有效"}, "upsert", True),
        ({"status": None}, "upsert", True),
    ],
)
def test_says_what_the_row_does(
    cells: dict[str, str | None], operation: str | None, ok: bool
) -> None:
    row = one(**cells)
    assert (row["operation"], row["operation__ok"]) == (operation, ok)


@pytest.mark.parametrize(
    ("cells", "operation"),
    [
        ({"_operation": "恢复"}, "upsert"),
        ({"_operation": "恢复", "status": "2"}, "revoke"),
    ],
)
def test_a_row_that_restores_says_what_a_row_without_the_word_says(
    cells: dict[str, str | None], operation: str
) -> None:
    plain = one(**(cells | {"_operation": None}))
    row = one(**cells)
    assert (row["operation"], row["operation__ok"]) == (operation, True)
    assert (row["is_restoring"], plain["is_restoring"]) == (True, False)
    assert row["content_hash"] == plain["content_hash"]


def test_a_row_that_revokes_once_more_says_what_a_revocation_says() -> None:
    first, again = (one(_operation=word) for word in ("撤销", "再次撤销"))
    assert (again["operation"], again["operation__ok"]) == ("revoke", True)
    assert (first["is_restoring"], again["is_restoring"]) == (False, True)
    assert first["content_hash"] == again["content_hash"]


def test_without_a_status_every_row_states_its_record() -> None:
    assert parsed({"status": "撤销"}, status=None)["operation"].to_pylist() == [
        "upsert"
    ]


def test_repeated_keys_are_told_from_copies() -> None:
    table = parsed(
        {"uscc": CODE, "decision_no": "1", "fine": "1"},
        {"uscc": CODE, "decision_no": "2", "fine": "1"},
        {"uscc": CODE, "decision_no": "1", "fine": "1"},  # copies row 0
        {"uscc": CODE, "decision_no": "3", "fine": "1"},
        {"uscc": CODE, "decision_no": "3", "fine": "2"},  # contradicts row 3
        {"uscc": CODE, "decision_no": "3", "fine": "2"},  # copies it, contradicts row 3
    )
    assert table["key_repeats"].to_pylist() == [False] * 3 + [True] * 3
    assert table["key_copies"].to_pylist() == [False, False, True, False, False, True]


def test_the_same_text_gives_the_same_table() -> None:
    rows = [
        {"name": f"公司{i}", "uscc": CODE, "decision_no": str(i)} for i in range(50)
    ]
    assert parsed(*rows).equals(parsed(*rows))
