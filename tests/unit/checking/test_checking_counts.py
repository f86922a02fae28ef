"""As many findings as Great Expectations counted, from a workbook as clerks make it."""

import json
from collections import Counter

import openpyxl
import pyarrow.parquet as pq
import pytest
from good_rows import GOOD, Row
from settings_builders import settings_in
from test_mutation_gate import CATALOGS, NIGHT, numbered

from guiji.checking.suite import build as suite
from guiji.checking.suite.rules import TABLE, Judgement
from guiji.checking.validator import BatchInput, CheckResult, Validator
from guiji.parsing.parse import parse
from guiji.reading.read import read_file

CATALOG = CATALOGS["guiyang"]
DATASET = CATALOG.datasets["administrative_penalty"]

BROKEN: dict[int, Row] = {
    4: {},
    5: {"authority_name": ""},
    6: {"authority_name": "长" * 201, "fine_amount": "-1"},  # a hidden row
    8: {"decided_on": "2026-11-21", "authority_name": ""},  # after a blank row
    9: {"penalty_category": "罚站", "fine_amount": "1000001"},
    10: {"fine_amount": "2000"},
    11: {"decision_no": "无文号"},
}
"""Row of the sheet -> what is wrong in it."""


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> CheckResult:
    """A sheet with a merged title, a hidden row and column, and a blank row."""
    folder = tmp_path_factory.mktemp("counts")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "行政处罚信息报送表"
    sheet.merge_cells("A1:F1")
    for column, item in enumerate(DATASET.items, start=1):
        sheet.cell(3, column, item.title)
    for row, changes in BROKEN.items():
        good = numbered(DATASET, GOOD[DATASET.id].row, row) | changes
        for column, item in enumerate(DATASET.items, start=1):
            sheet.cell(row, column, good.get(item.id) or None)
    sheet.row_dimensions[6].hidden = True
    sheet.column_dimensions["D"].hidden = True
    path = folder / "行政处罚信息.xlsx"
    book.save(path)
    reading = read_file(path, path.name, [DATASET], folder)
    text = pq.read_table(folder / "text.parquet")
    typed = parse(text, DATASET, CATALOG, DATASET.providers[0], b"key" * 9)
    batch = BatchInput("b", NIGHT, DATASET.providers[0], DATASET.id, path.name)
    with Validator(settings_in(folder), CATALOG) as validator:
        return validator.check(batch, text, typed, reading)


def test_findings_are_as_many_as_counted(checked: CheckResult) -> None:
    assert checked.gx_result is not None
    stored = json.loads(checked.gx_result.read_text(encoding="utf-8"))
    counted = {
        one["expectation_config"]["meta"]["rule_id"]: one["result"]["unexpected_count"]
        for one in stored["results"]
        if one["result"].get("unexpected_count")
    }
    assert Counter(checked.findings["rule_id"].to_pylist()) == counted
    assert {rule for rule, n in checked.rule_counts.items() if n} == set(counted)


def test_every_way_of_judging_rows_is_among_them(checked: CheckResult) -> None:
    rules = suite.build(DATASET, CATALOG, NIGHT)
    broken = set(checked.findings["rule_id"].to_pylist())
    judged = {rule.judgement for rule in rules if rule.rule_id in broken}
    assert judged == set(Judgement) - TABLE - {Judgement.FACT}


def test_findings_are_where_excel_shows_them(checked: CheckResult) -> None:
    found = {
        (f["source_row"], f["source_column"], f["rule_id"].split(".", 1)[1])
        for f in checked.findings.to_pylist()
    }
    assert found == {
        (5, "Z", "authority_name.required"),
        (6, "Z", "authority_name.length"),
        (6, "T", "fine_amount.range"),
        (8, "Z", "authority_name.required"),
        (8, "W", "decided_on_not_in_future"),
        (9, "R", "penalty_category.form"),
        (9, "T", "fine_amount.range"),
        (10, "T", "fine_as_in_text"),
        (11, "N", "decision_no_in_form"),
    }
