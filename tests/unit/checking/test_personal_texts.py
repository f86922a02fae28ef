"""A public text that reveals a person is told when it is delivered."""

from typing import Any

import pyarrow as pa
import pytest
from small_penalty import BATCH, make_catalog, reading_of, text_table, typed_table

from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import SubjectClass
from guiji.checking import personal_texts
from guiji.checking.findings import Source
from guiji.checking.row_stack import CheckedRows

PERSON = "11010519491231002X"  # the standard's own example
LONG = "甲" * 190


def told(
    catalog: Catalog, dataset: Dataset, rows: list[dict[str, Any]], way: str = "uscc"
) -> list[dict[str, Any]]:
    typed = typed_table(dataset, rows)
    text = text_table(dataset, typed)
    reading = reading_of(dataset, text)
    typed = typed.append_column("matched_by", pa.array([way] * len(typed)))
    rows = CheckedRows(Source(BATCH, dataset, reading), text, typed)
    (found,) = personal_texts.found([rows], catalog)
    return found.to_pylist()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("甲公司139-8503-3002", "甲公司139****3002"),
        ("甲公司110105 19491231 002X", "甲公司110105************"),
        (LONG + PERSON, LONG + "110105" + "*" * 4),  # masked, and cut only then
    ],
)
def test_the_finding_names_the_cell_and_hides_the_number(
    dataset: Dataset, text: str, shown: str
) -> None:
    (found,) = told(make_catalog(dataset), dataset, [{}, {"name": text}])
    assert found["rule_id"] == "penalty.name.personal_data"
    assert (found["source_row"], found["source_column"]) == (4, "B")
    assert (found["severity"], found["item"]) == ("warning", "name")
    assert found["value"] == shown
    assert "不公示" in found["message"]
    assert "编号" in found["remedy"]


def test_numbers_of_documents_and_hidden_items_are_not_told(dataset: Dataset) -> None:
    rows = [{"decision_no": "13900100012", "name": "宗地编号13900100012"}]
    assert told(make_catalog(dataset), dataset, rows) == []


def test_what_is_not_published_is_not_told(dataset: Dataset) -> None:
    catalog = make_catalog(dataset)
    here = catalog.jurisdiction
    rows = [{"name": f"甲{PERSON}"}]
    assert told(catalog, dataset, rows, "person_hash") == []
    everybody = {"channels": [here.channels[0].model_copy(
        update={"subject_classes": tuple(SubjectClass)}
    )]}  # fmt: skip
    shown = catalog.model_copy(
        update={"jurisdiction": here.model_copy(update=everybody)}
    )
    assert len(told(shown, dataset, rows, "person_hash")) == 1
    elsewhere = {"channels": [here.channels[0].model_copy(
        update={"datasets": ("other",)}
    )]}  # fmt: skip
    hidden = catalog.model_copy(
        update={"jurisdiction": here.model_copy(update=elsewhere)}
    )
    assert told(hidden, dataset, rows) == []
