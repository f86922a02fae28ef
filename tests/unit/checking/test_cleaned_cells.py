"""A cell that is read otherwise than it is written is told, and is no fault."""

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from small_penalty import BATCH, make_catalog, reading_of

from guiji.catalog.model import Dataset
from guiji.checking import cleaned_cells
from guiji.checking.findings import Source
from guiji.domain.text import NULL_TOKENS, clean_one, is_null_token
from guiji.parsing.parse import parse
from guiji.reading.result import CellFaults
from guiji.schemas import TEXT_COLUMNS

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
    found = cleaned_cells.found(Source(BATCH, dataset, reading), text, typed)
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
