"""Cells whose content was lost before delivery: findings, quarantine, other cells."""

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from small_penalty import BATCH, reading_of, text_table, typed_table

from guiji.catalog.model import Dataset
from guiji.checking import findings
from guiji.checking.validator import CheckResult, Validator
from guiji.reading.result import CellFaults


@pytest.fixture
def checked(validator: Validator, dataset: Dataset) -> CheckResult:
    """Four sound rows 3 to 6 and a damaged one; two cells of row 4 were lost."""
    typed = typed_table(dataset, [{}, {}, {"name": None}, {}])
    damaged = {"source_sheet": "Sheet1", "source_row": 9, "fault": "CHARS_LOST"}
    text = text_table(dataset, typed, [damaged])
    reading = reading_of(dataset, text)
    lost = (
        CellFaults("DIGITS_LOST", "D", "decision_no", (4, 99)),
        CellFaults("CELL_ERROR", "B", "name", (4, 5)),
    )
    sheet = replace(reading.sheets[0], faults=lost)
    return validator.check(BATCH, text, typed, replace(reading, sheets=(sheet,)))


def told(checked: CheckResult, row: int) -> list[tuple[Any, ...]]:
    columns = ("source_column", "rule_id", "severity", "item", "title")
    return [
        tuple(f[c] for c in columns)
        for f in checked.findings.to_pylist()
        if f["source_row"] == row
    ]


def test_every_lost_cell_is_a_finding_of_its_own(
    checked: CheckResult, dataset: Dataset
) -> None:
    title = {i.id: i.title for i in dataset.items}
    assert told(checked, 4) == [
        ("B", "penalty.name.cell_error", "critical", "name", title["name"]),
        (
            *("D", "penalty.decision_no.digits_lost", "critical"),
            *("decision_no", title["decision_no"]),
        ),
    ]


def test_the_other_rules_still_see_the_row(checked: CheckResult) -> None:
    rules = [rule for _, rule, *_ in told(checked, 5)]
    assert rules == ["penalty.name.cell_error", "penalty.name.required"]


def test_a_code_kept_as_a_number_is_one_finding(
    dataset: Dataset, validator: Validator
) -> None:
    kept = {"uscc__raw": "9.15200007143058e+17", "uscc__level": "truncated_by_excel"}
    row = {"uscc": None, "uscc__ok": False, **kept}
    typed = typed_table(dataset, [row])
    text = text_table(dataset, typed)
    reading = reading_of(dataset, text)
    lost = (CellFaults("DIGITS_LOST", "C", "uscc", (3,)),)
    sheet = replace(reading.sheets[0], faults=lost)
    checked = validator.check(BATCH, text, typed, replace(reading, sheets=(sheet,)))
    rules = [rule for _, rule, _, item, _ in told(checked, 3) if item == "uscc"]
    assert rules == ["penalty.uscc.digits_lost"]


def test_the_row_is_put_away_with_all_reasons(checked: CheckResult) -> None:
    away = {r["source_row"]: r for r in checked.quarantine.to_pylist()}
    assert sorted(away) == [4, 5, 9]
    assert away[4]["rules"] == [
        "penalty.name.cell_error",
        "penalty.decision_no.digits_lost",
    ]
    assert checked.bad_rows.to_pylist() == [1, 2]


def test_the_remedy_says_what_to_do(checked: CheckResult) -> None:
    (finding,) = (
        f for f in checked.findings.to_pylist() if f["rule_id"].endswith("digits_lost")
    )
    assert finding["remedy"].startswith("请将该列设为文本格式后重新录入")
    assert finding["value"]


def test_a_cell_of_a_line_that_is_no_record_is_nobodys(checked: CheckResult) -> None:
    assert told(checked, 99) == []
    assert checked.rule_counts["penalty.decision_no.digits_lost"] == 1
    assert checked.rule_counts["penalty.name.cell_error"] == 2


def test_a_cell_that_a_rule_calls_wrong_has_no_second_finding() -> None:
    def found(severity: str, *rows: int) -> pa.Table:
        return pa.table(
            {
                "source_sheet": pa.nulls(len(rows), pa.string()),
                "source_row": pa.array(rows, pa.int32()),
                "item": pa.array(["ends_on"] * len(rows)),
                "severity": pa.array([severity] * len(rows)),
            }
        )

    rules = pa.concat_tables([found("critical", 2), found("warning", 3)])
    left = findings.not_at_critical_cells(found("warning", 2, 3, 4), rules)
    assert left["source_row"].to_pylist() == [3, 4]
