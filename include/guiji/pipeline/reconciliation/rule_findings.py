"""From what a check of reconciliation says to findings of one delivery."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guiji.catalog.vocabulary import Severity
from guiji.checking import findings
from guiji.checking.findings import Source
from guiji.checking.suite import reconciliation as suite
from guiji.checking.suite.rules import RuleExpectation, Wording
from guiji.pipeline.reconciliation.comparison import ComparedDelivery
from guiji.pipeline.reconciliation.results import (
    ROWS,
    DeliveryFinding,
    Result,
    RowFindings,
)

Broken = tuple[RuleExpectation, Wording, Severity]
"""A rule that a delivery breaks as a whole, what it says, and how gravely."""


def of_rows(
    source: Source, compared: ComparedDelivery, results: Sequence[Result]
) -> Iterator[pa.Table]:
    """Make the findings about rows, with what is said of each behind the message."""
    for result in results:
        if not isinstance(result, RowFindings):
            continue
        rule = suite.expectation(source.dataset, result.rule)
        asked = of_batch(result.rows, compared.batch_id)
        wanted = sorted({"row_id", "source_sheet", "source_row", rule.shows or ""})
        typed = pq.read_table(compared.typed, columns=wanted)
        rows = typed.filter(pc.is_in(typed["row_id"], asked["row_id"].combine_chunks()))
        table = findings.of_rule(source, rule, rows.sort_by("row_id").combine_chunks())
        yield _detailed(table, asked)


def of_delivery(
    source: Source, compared: ComparedDelivery, results: Sequence[Result]
) -> Iterator[Broken]:
    """Return the rules that the whole delivery breaks; a released one is a note."""
    for result in results:
        if not isinstance(result, DeliveryFinding):
            continue
        rule = suite.expectation(source.dataset, result.rule)
        severity, words = rule.severity, rule.wording
        words = replace(
            words,
            message=words.message + result.detail,
            message_en=f"{words.message_en} {result.detail_en}".strip(),
        )
        if compared.waiver is not None and rule.rule_id in compared.waiver.rules:
            severity = Severity.INFO
            words = compared.waiver.worded(words)
        yield rule, words, severity


def of_batch(rows: pa.Table, batch_id: str) -> pa.Table:
    """Return the rows of one delivery, in their order, with all columns of `ROWS`."""
    mine = rows.filter(pc.equal(rows["batch_id"], batch_id)).sort_by("row_id")
    columns = [
        mine[field.name].cast(field.type)
        if field.name in mine.column_names
        else pa.nulls(len(mine), field.type)
        for field in ROWS
    ]
    return pa.table(columns, schema=ROWS).combine_chunks()


def _detailed(table: pa.Table, asked: pa.Table) -> pa.Table:
    """Append details to the messages of findings, and add proposals."""
    said = {
        "message": _joined(table["message"], asked["detail"], ""),
        "message_en": _joined(table["message_en"], asked["detail_en"], " "),
        "proposal": asked["proposal"],
    }
    for column, values in said.items():
        at = table.schema.get_field_index(column)
        table = table.set_column(at, table.schema.field(at), values)
    return table


def _joined(
    words: pa.ChunkedArray, details: pa.ChunkedArray, between: str
) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(words, details, between, null_handling="skip")
