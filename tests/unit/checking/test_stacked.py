"""Deliveries judged together have the verdict that each has alone, byte for byte."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from small_penalty import (
    BATCH,
    ITEMS,
    make_catalog,
    make_dataset,
    reading_of,
    text_table,
    typed_table,
)

from guiji.catalog.limits import BatchLimits, RowCountLimit, Tolerance
from guiji.catalog.model import Catalog
from guiji.catalog.vocabulary import Severity
from guiji.checking.suite import history
from guiji.checking.suite.history import BatchFacts
from guiji.checking.validator import CheckResult, PreparedBatch, Validator
from guiji.core.settings import Settings
from guiji.reports import night_results

BAD_CODE = {"uscc": None, "uscc__raw": "123", "uscc__ok": False}
LATER = {"decided_on": date(2026, 11, 24)}
DELIVERIES: tuple[list[dict[str, Any]], ...] = (
    [{}, {"name": None}, {"name": "很长的名称" * 9}],
    [],
    [BAD_CODE] * 5 + [{}],
    [{}] * 4,
    [LATER],
    [{"key_repeats": True}, {"fine": None, "kinds": "罚款"}, BAD_CODE],
)


def catalog() -> Catalog:
    """The small catalogue; half of the credit codes must be sound."""
    items = tuple(
        i.model_copy(update={"mostly": 0.5, "severity": Severity.CRITICAL})
        if i.id == "uscc"
        else i
        for i in ITEMS
    )
    rows = RowCountLimit(
        severity=Severity.WARNING, at_least=0.5, at_most=2, clause="第十二条"
    )
    limits = BatchLimits(row_count=rows)
    made = make_catalog(make_dataset(items=items, batch_limits=limits))
    place = made.jurisdiction.model_copy(update={"tolerance": Tolerance(from_rows=3)})
    return made.model_copy(update={"jurisdiction": place})


@pytest.fixture
def validator(settings: Settings) -> Iterator[Validator]:
    with Validator(settings, catalog()) as made:
        yield made


def prepared(
    validator: Validator, number: int, rows: list[dict[str, Any]], **changes: Any
) -> PreparedBatch:
    dataset = catalog().datasets["penalty"]
    typed = typed_table(dataset, rows)
    text = text_table(dataset, typed)
    facts = BatchFacts()
    facts.tell(history.ROWS_OF_MEDIAN, 3.0 if number % 2 else None, "（多）", "(many)")
    batch = replace(BATCH, batch_id=f"2026-11-20-transport-penalty-{number:08x}")
    batch = replace(batch, **changes)
    return validator.prepare(batch, text, typed, reading_of(dataset, text), None, facts)


def of_delivery(result: CheckResult | Exception) -> tuple[Any, ...]:
    assert isinstance(result, CheckResult)
    written = result.gx_result.read_bytes() if result.gx_result else None
    refusal = result.batch_refusal and result.batch_refusal.arguments()
    return (
        *(result.findings, result.bad_rows, result.rule_counts, result.quarantine),
        *(refusal, result.refused_by, written),
    )


def test_together_is_as_alone(validator: Validator) -> None:
    batches = [prepared(validator, n, rows) for n, rows in enumerate(DELIVERIES)]
    alone = [of_delivery(validator.check_all([one])[0]) for one in batches]
    assert [a[4] is not None for a in alone] == [n == 2 for n in range(6)]
    together = [of_delivery(result) for result in validator.check_all(batches)]
    assert together == alone


def test_a_delivery_that_arrived_later_has_its_own_last_day(
    validator: Validator,
) -> None:
    arrived = date(2026, 11, 25)
    first = prepared(validator, 0, [LATER, {}])
    second = prepared(validator, 2, [LATER, {}], received_on=arrived)
    results = validator.check_all([first, second])
    faults = [of_delivery(r)[0]["rule_id"].to_pylist() for r in results]
    assert faults == [["penalty.decided_by_tonight"], []]


def test_what_cannot_be_computed_is_of_the_delivery_that_breaks_it(
    validator: Validator, caplog: pytest.LogCaptureFixture
) -> None:
    batches = [prepared(validator, n, rows) for n, rows in enumerate(DELIVERIES)]
    alone = [of_delivery(validator.check_all([one])[0]) for one in batches]
    broken = batches[0].typed
    place = broken.schema.get_field_index("fine")
    text = pa.array(["x"] * len(broken))
    spoilt = replace(batches[0], typed=broken.set_column(place, "fine", text))
    first, *others = validator.check_all([spoilt, *batches[1:]])
    assert isinstance(first, CheckResult)
    assert first.batch_refusal is not None
    assert first.batch_refusal.code == "RULE_NOT_COMPUTED"
    assert [of_delivery(result) for result in others] == alone[1:]


def test_a_fault_of_ours_is_of_one_delivery(
    validator: Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = [prepared(validator, n, rows) for n, rows in enumerate(DELIVERIES)]
    del_rows = replace(batches[3], text=batches[3].text.slice(1))  # rows do not agree
    results = validator.check_all([*batches[:3], del_rows, *batches[4:]])
    assert [isinstance(r, ValueError) for r in results] == [n == 3 for n in range(6)]


def test_a_stack_is_judged_once(
    validator: Validator, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    from guiji.checking.gx import verdict

    asked: list[str] = []
    reach = verdict.reach

    def counted(connection: Any, view: str, name: str, rules: Any) -> Any:
        asked.append(view)
        return reach(connection, view, name, rules)

    monkeypatch.setattr(verdict, "reach", counted)
    batches = [prepared(validator, n, rows) for n, rows in enumerate(DELIVERIES)]
    validator.check_all(batches)
    assert asked == ["staged", history.VIEW]
    assert len([*Path(settings.batches).glob("*/gx.json")]) == len(DELIVERIES)


def test_results_added_up_are_the_result_of_all_rows(validator: Validator) -> None:
    batches = [prepared(validator, n, rows) for n, rows in enumerate(DELIVERIES)]
    every = prepared(validator, 9, [row for rows in DELIVERIES for row in rows])
    parts = [
        json.loads(of_delivery(result)[-1]) for result in validator.check_all(batches)
    ]
    (whole,) = validator.check_all([every])
    expected = json.loads(of_delivery(whole)[-1])
    added = night_results.together(parts)
    for one, other in zip(added["results"], expected["results"], strict=True):
        if "penalty.batch." in night_results.rule_of(one):
            assert one["result"]["element_count"] == len(DELIVERIES)
        else:
            assert one == other
    assert added["statistics"] == expected["statistics"]
