"""A cell that is read otherwise than it is written is told, and is no fault."""

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from small_penalty import BATCH, make_catalog, reading_of

from guiji.catalog.model import Dataset
from guiji.checking import cleaned_cells
from guiji.checking.findings import Source
from guiji.checking.row_stack import CheckedRows
from guiji.core.schemas import FINDINGS, TEXT_COLUMNS
from guiji.domain.text import NULL_TOKENS, clean_one, is_null_token
from guiji.parsing.parse import parse
from guiji.reading.result import CellFaults

PERSON = "11010519491231002x"  # the standard's own example
CODE = "9152000071430580XT"


def told(
    dataset: Dataset, *rows: dict[str, str | None], lost: tuple[CellFaults, ...] = ()
) -> list[tuple[Any, ...]]:
    """Row, rule, severity and value of what is told of cells, row 3 first."""
    whole: dict[str, Any] = dict.fromkeys(TEXT_COLUMNS.names)
    whole |= {i.id: None for i in dataset.items} | {"uscc": CODE}
    lines = [
        whole | {"source_sheet": "Sheet1", "source_row": 3 + n, **row}
        for n, row in enumerate(rows)
    ]
    fields = [*TEXT_COLUMNS, *((i.id, pa.string()) for i in dataset.items)]
    text = pa.Table.from_pylist(lines, schema=pa.schema(fields))
    typed = parse(text, dataset, make_catalog(dataset), "transport", b"key")
    reading = reading_of(dataset, text)
    reading = replace(reading, sheets=(replace(reading.sheets[0], faults=lost),))
    rows = CheckedRows(Source(BATCH, dataset, reading), text, typed)
    (found,) = cleaned_cells.found([rows])
    columns = ("source_row", "source_column", "rule_id", "severity", "value")
    return [tuple(f[c] for c in columns) for f in found.to_pylist()]


@pytest.mark.parametrize("word", ["无", "空", "—", "NULL", "n/a", " 暂无 ", "／"])
def test_a_word_for_no_value_is_told(dataset: Dataset, word: str) -> None:
    rule = "penalty.name.null_token"
    assert told(dataset, {}, {"name": word}) == [(4, "B", rule, "info", word)]


def test_every_type_of_item_may_hold_the_word(dataset: Dataset) -> None:
    cells = {item.id: "无" for item in dataset.items}
    assert {rule for _, _, rule, *_ in told(dataset, cells)} == {
        f"penalty.{item.id}.null_token" for item in dataset.items
    }


def test_blank_cells_are_not_told(dataset: Dataset) -> None:
    blank = {"name": "", "org": "  ", "fine": '=""', "copies": "\u3000"}
    assert told(dataset, blank, {"name": "无锡甲有限公司"}) == []


@pytest.mark.parametrize(
    ("item", "code", "shown"),
    [
        ("uscc", CODE.lower(), CODE.lower()),
        ("uscc", "9152000071430580ｘT", "9152000071430580ｘT"),
        ("org", "71430580-x", "71430580-x"),
        ("person_no", PERSON, "110105************"),
    ],
)
def test_small_letters_of_a_code_are_told(
    dataset: Dataset, item: str, code: str, shown: str
) -> None:
    ((row, _, rule, severity, value),) = told(dataset, {}, {item: code})
    assert (row, rule, severity) == (4, f"penalty.{item}.small_letters", "info")
    assert value == shown


def test_a_code_that_is_wrong_anyway_is_not_told_twice(dataset: Dataset) -> None:
    assert told(dataset, {"uscc": "9152000071430580xa"}) == []


def test_a_damaged_row_and_a_lost_cell_are_told_as_such_only(dataset: Dataset) -> None:
    damaged = {"fault": "NUL", "name": "无"}
    lost = (CellFaults("CELL_ERROR", "B", "name", (4,)),)
    rows = (damaged, {"name": "#N/A"}, {"name": "#N/A"})
    found = told(dataset, *rows, lost=lost)
    assert [(row, rule) for row, _, rule, *_ in found] == [
        (5, "penalty.name.null_token")
    ]


def test_null_tokens_are_what_cleaning_takes_for_nothing() -> None:
    assert all(is_null_token(t) and clean_one(t) is None for t in NULL_TOKENS)
    assert not is_null_token("")


@pytest.mark.parametrize(
    "written",
    [
        "贵阳\x07甲公司",
        "贵阳\u200d甲公司",
        "贵阳\u202e甲公司\u202c",
        "贵阳\xad甲公司",
        "贵阳\x7f甲公司",
        "'贵阳甲公司",
        '="贵阳甲公司"',
    ],
)
def test_what_cleaning_takes_out_of_a_text_is_told(
    dataset: Dataset, written: str
) -> None:
    ((row, _, rule, severity, value),) = told(dataset, {}, {"name": written})
    assert (row, rule, severity) == (4, "penalty.name.marks_removed", "info")
    assert value == "贵阳甲公司"  # what is published


def test_blanks_around_a_text_are_not_told(dataset: Dataset) -> None:
    rows: list[dict[str, str | None]] = [
        {"name": name} for name in ("\u3000甲公司 ", "甲 公司", "甲\n公司", "'甲' 公司")
    ]
    assert told(dataset, *rows) == []


def test_a_name_of_control_characters_only_is_empty(dataset: Dataset) -> None:
    assert clean_one("\x01\x7f\u202e\u200b") is None
    assert told(dataset, {"name": "\x01\x7f\u202e"}) == []


@pytest.mark.parametrize("word", ["NULL", "/", "无"])
def test_an_empty_item_shows_what_the_cell_holds(word: str) -> None:
    cell = {"source_row": 4, "item": "name", "title": "名称", "dataset": "penalty"}
    rows = [
        cell | {"rule_id": "penalty.name.required", "message": "“名称”未填写。"},
        cell
        | {"rule_id": "penalty.name.null_token", "value": word, "message": "字样。"},
        cell | {"rule_id": "penalty.name.null_token", "source_row": 5, "value": word},
    ]
    found = pa.Table.from_pylist(rows, FINDINGS)
    shown = cleaned_cells.beside_required(found).to_pylist()
    assert [(f["source_row"], f["rule_id"], f["value"]) for f in shown] == [
        (4, "penalty.name.required", word),
        (5, "penalty.name.null_token", word),
    ]
    assert shown[0]["message"] == f"“名称”未填写。（单元格中为“{word}”，按空白处理）"
