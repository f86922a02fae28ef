"""A peer of P1: the same 28 rules by Frictionless, with every faulty row.

It reads rows from a file one by one; the staged table is written as CSV for it before
the clock starts. What its Table Schema cannot say of one cell are checks of rows.
"""

import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv

from benchmarks import p1_data
from benchmarks.p1_peers import FALSE_FLAGS, GIVEN, TRUE_FLAGS

TYPES = {pa.date32(): "date", pa.bool_(): "boolean"}
ALL = 1_000_000_000
"""Errors that are told: every one."""


def csv_file(typed: pa.Table) -> tuple[Path, int]:
    """Write the columns that the rules are about; give the file and its rows."""
    columns = [*_rules(), "valid_until", "category"]
    with tempfile.NamedTemporaryFile(suffix=".csv", delete=False) as file:
        arrow_csv.write_csv(typed.select(dict.fromkeys(columns)), file)
    return Path(file.name), len(typed)


def validate(given: tuple[Path, int]) -> dict[str, int]:
    """Judge with Frictionless; every error is kept, with the number of its row."""
    from frictionless import Checklist, Resource, checks

    path, rows = given
    resource = Resource(
        path=path.name, basepath=str(path.parent), schema=_schema(), format="csv"
    )
    table = checks.table_dimensions(num_rows=rows)
    listed = Checklist(checks=[table, _in_order(), _fine_given()])
    report = resource.validate(listed, limit_errors=ALL)
    path.unlink()
    (task,) = report.tasks
    return dict(Counter(_named(error) for error in task.errors))


@cache
def _rules() -> dict[str, dict[str, tuple[str, Any]]]:
    """Return column -> constraint -> rule and bound."""
    rules: dict[str, dict[str, tuple[str, Any]]] = {}

    def add(column: str, constraint: str, rule: str, bound: Any) -> None:
        rules.setdefault(column, {})[constraint] = (rule, bound)

    for rule, column in GIVEN.items():
        add(column, "required", rule, bound=True)
    for flags, word in ((TRUE_FLAGS, "true"), (FALSE_FLAGS, "false")):
        for rule, column in flags.items():
            add(column, "enum", rule, [word])
    for column, most in p1_data.LONGEST.items():
        add(column, "maxLength", f"{column}.length", most)
    add("fine", "minimum", "fine.range", 0)
    add("fine", "maximum", "fine.range", p1_data.MOST)
    add("fine__raw", "required_when", "fine.required_when", None)
    add("decided_on", "maximum", "by_night", str(p1_data.NIGHT))
    add("decided_on", "minimum", "since", str(p1_data.EARLIEST))
    return rules


def _schema() -> Any:
    from frictionless import Schema

    typed = p1_data.make(1).schema
    fields = []
    for column in dict.fromkeys([*_rules(), "valid_until", "category"]):
        kind = typed.field(column).type
        asked = {k: bound for k, (_, bound) in _rules().get(column, {}).items()}
        asked.pop("required_when", None)
        number = pa.types.is_decimal(kind)
        fields.append(
            {
                "name": column,
                "type": "number" if number else TYPES.get(kind, "string"),
                "constraints": asked,
            }
        )
    return Schema.from_descriptor({"fields": fields})


def _in_order() -> Any:
    from frictionless import Check, errors

    class InOrder(Check):
        type = "in_order"
        Errors = [errors.RowConstraintError]

        def validate_row(self, row: Any) -> Any:
            first, last = row["decided_on"], row["valid_until"]
            if first and last and last < first:
                yield errors.RowConstraintError.from_row(row, note="in_order")

    return InOrder()


def _fine_given() -> Any:
    from frictionless import Check, errors

    class FineGiven(Check):
        type = "fine_given"
        Errors = [errors.RowConstraintError]

        def validate_row(self, row: Any) -> Any:
            if row["category"] == "罚款" and row["fine__raw"] is None:
                note = "fine.required_when"
                yield errors.RowConstraintError.from_row(row, note=note)

    return FineGiven()


def _named(error: Any) -> str:
    """Name the rule of an error as our suite does."""
    if error.type == "row-constraint":
        return str(error.note)
    if error.type == "constraint-error":
        constraint = error.note.split('"')[1]
        rule, _ = _rules()[error.field_name][constraint]
        return rule
    return str(error.type)
