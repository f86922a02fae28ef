"""The suites of the real catalogue can be judged: no rule of it is uncomputable."""

import pyarrow as pa
import pytest
from governments import city
from small_penalty import NIGHT

from guiji.checking.validator import BatchInput, Validator
from guiji.core.schemas import TEXT_COLUMNS
from guiji.core.settings import Settings
from guiji.parsing.parse import parse
from guiji.reading.result import Reading, SheetReading

CATALOG = city()


@pytest.mark.parametrize("dataset_id", sorted(CATALOG.datasets))
@pytest.mark.parametrize("rows", [0, 1])
def test_every_rule_of_a_dataset_can_be_computed(
    settings: Settings, dataset_id: str, rows: int
) -> None:
    dataset = CATALOG.datasets[dataset_id]
    fields = [*TEXT_COLUMNS, *(pa.field(i.id, pa.string()) for i in dataset.items)]
    schema = pa.schema(fields)
    text = pa.Table.from_pylist([{"source_row": 2 + i} for i in range(rows)], schema)
    typed = parse(text, dataset, CATALOG, dataset.providers[0], b"key")
    sheet = SheetReading(None, 1, (), rows, None, ())
    reading = Reading("text", "utf-8", ",", dataset_id, (sheet,), rows, 0)
    batch = BatchInput("b", NIGHT, dataset.providers[0], dataset_id, "b.csv")
    with Validator(settings, CATALOG) as validator:
        result = validator.check(batch, text, typed, reading)
    assert result.batch_refusal is None
    required = {i.id for i in dataset.items if i.required}
    empty = {f["item"] for f in result.findings.to_pylist()}
    assert empty == (required if rows else set())
