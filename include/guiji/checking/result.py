"""What follows from a verdict: findings, rows to put away, a refusal, counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import Severity
from guiji.checking import findings, quarantine, refusals
from guiji.checking.batch_rules import BatchRuleResult
from guiji.checking.findings import Source
from guiji.checking.quarantine import PutAway
from guiji.checking.suite.rules import TABLE, Judgement, RuleExpectation
from guiji.checking.verdict import RowIds, Verdict
from guiji.core.errors import BatchRefused
from guiji.core.schemas import FINDINGS, QUARANTINE
from guiji.reading.layout import OPERATION

_DELIVERED = ("source_sheet", "source_row", OPERATION)
_IDENTITY = ("record_id", "record_key")

Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class CheckResult:
    """What the check of one batch gave.

    Attributes:
        findings: every fault of every row (`schemas.FINDINGS`), sorted by address.
        bad_rows: `row_id` of typed rows that must not be merged, ascending (int64).
        rule_counts: rule id -> faults, every rule of the suite, those of reading too.
        quarantine: rows that must not be merged (`schemas.QUARANTINE`).
        batch_refusal: set if the whole batch must not be merged.
        gx_result: Great Expectations' result as JSON, the source of its evidence page;
            None = it was not asked.
        refused_by: ids of the rules on the whole delivery that refuse it; empty where
            it is refused for another reason, or not at all.
    """

    findings: pa.Table
    bad_rows: pa.Array
    rule_counts: dict[str, int]
    quarantine: pa.Table
    batch_refusal: BatchRefused | None
    gx_result: Path | None
    refused_by: tuple[str, ...] = ()


def conclude(
    source: Source,
    text: pa.Table,
    typed: pa.Table,
    rules: tuple[RuleExpectation, ...],
    verdict: Verdict,
    path: Path | None,
    said: BatchRuleResult,
) -> tuple[CheckResult, PutAway | None]:
    """Turn a verdict into findings and refusal.

    Args:
        source: the batch, its catalogue entry and how it was read.
        text: all rows read.
        typed: the readable ones, parsed.
        rules: the suite, rules on the whole delivery included.
        verdict: what became of each rule.
        path: of Great Expectations' result, if it was asked.
        said: what the rules on the whole delivery come to.

    Returns:
        What follows, and the rows to put away: `put_away` makes their lines. None = the
        whole batch is refused, and its line is there.
    """
    damaged = pc.is_valid(text["fault"]).to_numpy()
    faulty = text.filter(pa.array(damaged))
    broken = [r for r in rules if _breaks_batch(r, verdict)]
    of_cells, spoilt = findings.of_cells(source, text)
    readable = _addressed(typed, text, ~damaged, rules)
    ruled = _of_rules(source, readable, rules, verdict)
    of_rows = findings.without_lost(ruled, of_cells)
    of_batch = [
        findings.of_batch(source, r, r.rule_id not in verdict.failures) for r in broken
    ]
    of_faults = findings.of_faults(source, faulty)
    table = findings.together([of_rows, *of_batch, *said.findings, of_faults, of_cells])
    unjudged = _refusal(source, [r for r in broken if not _is_advice(r)], verdict)
    refusal = unjudged or said.refusal
    counts = _counts(source, verdict, faulty, of_cells)
    refused_by = () if unjudged else said.refused_by
    if refusal is not None:
        every = pa.array(np.arange(len(typed)))
        lines = quarantine.of_refusal(source.batch, refusal, len(text))
        return CheckResult(table, every, counts, lines, refusal, path, refused_by), None
    bad = np.union1d(_bad_rows(rules, verdict), _typed_rows(spoilt, damaged))
    kept = to_put_away(text, typed, damaged, bad)
    lines = QUARANTINE.empty_table()
    result = CheckResult(table, pa.array(bad), counts, lines, None, path, refused_by)
    return result, PutAway(source.batch, kept, table)


def _of_rules(
    source: Source,
    readable: pa.Table,
    rules: tuple[RuleExpectation, ...],
    verdict: Verdict,
) -> pa.Table:
    """Return the findings of the rules that readable rows break."""
    hits = _union(verdict.rows.values())
    rows = _at(readable, hits)
    hit = [r for r in rules if len(verdict.rows.get(r.rule_id, ()))]
    of_rules = [_of_rule(source, rule, rows, hits, verdict) for rule in hit]
    return pa.concat_tables([FINDINGS.empty_table(), *of_rules])


def put_away(
    dataset: Dataset, batches: Sequence[tuple[CheckResult, PutAway]]
) -> list[CheckResult | Exception]:
    """Add the quarantine of batches of a dataset; where that raises, each alone.

    Returns:
        For each what follows, with its lines, or what our own code raised about it.
    """
    try:
        tables = quarantine.of_batches(dataset, [waiting for _, waiting in batches])
    except Exception as error:
        if len(batches) == 1:
            return [error]
        return [each for batch in batches for each in put_away(dataset, [batch])]
    return [
        replace(result, quarantine=lines)
        for (result, _), lines in zip(batches, tables, strict=True)
    ]


def _addressed(
    typed: pa.Table, text: pa.Table, readable: Flags, rules: tuple[RuleExpectation, ...]
) -> pa.Table:
    """Return the columns of the typed table that findings show, `_operation` beside.

    Raises:
        ValueError: the two tables are not of the same rows, or rows are not numbered.
    """
    delivered = text.select([n for n in _DELIVERED if n in text.column_names])
    if not readable.all():
        delivered = delivered.filter(pa.array(readable))
    same = all(typed[n].equals(delivered[n]) for n in ("source_sheet", "source_row"))
    if not same or not np.array_equal(typed["row_id"], np.arange(len(typed))):
        raise ValueError("the typed table does not hold the rows of the text table")
    wanted = {"source_sheet", "source_row"}
    wanted |= {name for r in rules for name in (r.shows, r.level) if name}
    rows = typed.select([n for n in typed.column_names if n in wanted])
    if OPERATION in delivered.column_names:
        rows = rows.append_column(OPERATION, delivered[OPERATION])
    return rows


def _union(hits: Iterable[RowIds]) -> RowIds:
    return np.unique(np.concatenate([np.empty(0, np.int64), *hits]))


def _at(rows: pa.Table, positions: RowIds) -> pa.Table:
    """Take a few rows of many; a filter does not join the chunks of a large table."""
    chosen = np.zeros(len(rows), bool)
    chosen[positions] = True
    return rows.filter(pa.array(chosen)).combine_chunks()


def _of_rule(
    source: Source,
    rule: RuleExpectation,
    rows: pa.Table,
    hits: RowIds,
    verdict: Verdict,
) -> pa.Table:
    """Make a rule's findings; `rows` are those at `hits`."""
    positions = np.searchsorted(hits, verdict.rows[rule.rule_id])
    return findings.of_rule(source, rule, rows.take(pa.array(positions)))


def _breaks_batch(rule: RuleExpectation, verdict: Verdict) -> bool:
    """Return whether a rule leaves the batch without a verdict."""
    if rule.rule_id in verdict.failures:
        return True
    return rule.judgement in TABLE and verdict.counts[rule.rule_id] > 0


def _is_advice(rule: RuleExpectation) -> bool:
    """Return whether a batch may pass without the rule, as long as that is told."""
    return rule.judgement is Judgement.FACT and rule.severity is not Severity.CRITICAL


def _bad_rows(rules: tuple[RuleExpectation, ...], verdict: Verdict) -> RowIds:
    critical = {r.rule_id for r in rules if r.severity is Severity.CRITICAL}
    return _union(rows for rule_id, rows in verdict.rows.items() if rule_id in critical)


def _refusal(
    source: Source, broken: list[RuleExpectation], verdict: Verdict
) -> BatchRefused | None:
    """Refuse the batch if its verdict cannot be relied on; that is never its fault."""
    if not broken:
        return None
    ids = ", ".join(r.rule_id for r in broken)
    reasons = "; ".join(verdict.failures.get(r.rule_id, "broken") for r in broken[:3])
    return refusals.rule_not_computed(
        source.batch.source_file,
        f"{source.batch.batch_id}: {len(broken)} rules without a verdict ({ids}): "
        f"{reasons}",
    )


def _typed_rows(positions: RowIds, damaged: Flags) -> RowIds:
    """Return the typed rows of some rows of the text table, which has damaged ones."""
    readable = np.cumsum(~damaged) - 1
    rows: RowIds = readable[positions[~damaged[positions]]]
    return rows


def to_put_away(
    text: pa.Table, typed: pa.Table, damaged: Flags, bad: RowIds
) -> pa.Table:
    """Return the damaged and the bad rows, with the record id of readable ones.

    Args:
        text: all rows read.
        typed: the readable ones, parsed.
        damaged: which rows of `text` could not be read.
        bad: `row_id`s of the typed rows that must not be merged.
    """
    kept = damaged.copy()
    kept[np.flatnonzero(~damaged)[bad]] = True
    rows = text.filter(pa.array(kept))
    unread = damaged[kept]
    number = pa.array((np.cumsum(~damaged) - 1)[kept], mask=unread)
    for name in _IDENTITY:
        rows = rows.append_column(name, typed[name].take(number))
    return rows


def _counts(
    source: Source, verdict: Verdict, faulty: pa.Table, of_cells: pa.Table
) -> dict[str, int]:
    counts = dict(verdict.counts)
    for entry in pc.value_counts(of_cells["rule_id"]).to_pylist():
        counts[entry["values"]] = entry["counts"]
    for entry in pc.value_counts(faulty["fault"]).to_pylist():
        counts[findings.fault_rule(source.dataset, entry["values"])] = entry["counts"]
    return dict(sorted(counts.items()))
