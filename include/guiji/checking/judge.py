"""The check of one batch: rules judged, findings, quarantine, and what to refuse.

One `Judge` checks the batches of a whole night in one process, because loading Great
Expectations costs more than checking a hundred batches. It is loaded with the first
batch that it is asked about, never with this module.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guiji import files
from guiji.catalog.model import Catalog
from guiji.catalog.vocabulary import Severity
from guiji.checking import compiled, computed, findings, links, quarantine, whole
from guiji.checking.compiled import Conditions
from guiji.checking.findings import BatchInput, Source
from guiji.checking.register import Register
from guiji.checking.suite import build as suite
from guiji.checking.suite import history
from guiji.checking.suite.history import BatchFacts
from guiji.checking.suite.rules import TABLE, Judgement, RuleExpectation
from guiji.checking.verdict import RowIds, Verdict
from guiji.checking.whole import Waiver, Whole
from guiji.errors import BatchRefused
from guiji.reading.layout import OPERATION
from guiji.reading.result import Reading
from guiji.schemas import FINDINGS
from guiji.settings import Settings

_DELIVERED = ("source_sheet", "source_row", OPERATION)
_IDENTITY = ("record_id", "record_key")

Flags = np.ndarray[Any, np.dtype[np.bool_]]

__all__ = ["BatchInput", "CheckResult", "Judge"]


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


class Judge:
    """Checks batches, one after another; not for several threads at once.

    Args of the constructor:
        settings: where batches are.
        catalog: their catalogue.
        conditions: where the conditions of rules are kept once they are compiled;
            None = nowhere.
        by_kept: judge by kept conditions where there are any, and ask Great
            Expectations otherwise only; a night always asks.
    """

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        conditions: Conditions | None = None,
        *,
        by_kept: bool = False,
    ) -> None:
        self._settings = settings
        self._catalog = catalog
        self._conditions = conditions
        self._by_kept = by_kept
        self._connection = duckdb.connect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the in-process database."""
        self._connection.close()

    def check(
        self,
        batch: BatchInput,
        text: pa.Table | Path,
        typed: pa.Table,
        reading: Reading,
        register: Register | None = None,
        facts: BatchFacts | None = None,
        waiver: Waiver | None = None,
    ) -> CheckResult:
        """Check one batch.

        Args:
            batch: the batch.
            text: the text table, all rows read (`schemas.TEXT_COLUMNS` and items).
            typed: the typed table: one row for each text row without a fault, in the
                same order, `row_id` counting from 0.
            reading: how the file was read; gives the column letters.
            register: known names and numbers of enterprises; None = nothing is
                known yet, and names are not compared.
            facts: what was measured of the batch as a whole; None = nothing, and the
                rules on it are not judged.
            waiver: the release of the batch from rules that refused it before.

        Returns:
            Findings and what follows from them. The result of Great Expectations, if
            it was asked, is written to `batches/<batch_id>/gx.json`.

        Source:
            阳府〔2018〕60号 第十二条 (提供单位对真实性、完整性、准确性、及时性负责).
        """
        if isinstance(text, Path):
            text = pq.read_table(text)
        dataset = self._catalog.datasets[batch.dataset]
        source = Source(batch, dataset, reading)
        rows = reading.rows_read - reading.rows_faulty
        linked = register is not None
        rules = suite.build(dataset, self._catalog, batch.night, rows, linked)
        if register is not None and links.applies(dataset):
            named = links.named(dataset, typed, register)
            typed = typed.append_column(links.NAMED, named)
        verdict = self._judge(batch, typed, rules)
        if facts is not None and (further := history.rules(dataset, self._catalog)):
            verdict = verdict.joined(self._judge_facts(batch, facts, further))
            rules += further
        path = None
        if verdict.result is not None:
            path = self._settings.batches / batch.batch_id / "gx.json"
            files.write_json(path, verdict.result)
        said = whole.judge(source, rules, verdict, facts, waiver)
        return _result(source, text, typed, rules, verdict, path, said)

    def _judge(
        self, batch: BatchInput, typed: pa.Table, rules: tuple[RuleExpectation, ...]
    ) -> Verdict:
        typed = computed.added(typed, rules)
        self._connection.register("typed", typed)
        try:
            _stage(self._connection, rules)
            return self._reached(batch, rules, "staged")
        finally:
            self._connection.execute("drop view if exists staged")
            self._connection.unregister("typed")

    def _judge_facts(
        self, batch: BatchInput, facts: BatchFacts, rules: tuple[RuleExpectation, ...]
    ) -> Verdict:
        """Judge the one row of facts as the rows of a batch are judged."""
        view, given = history.VIEW, "facts from Python"
        self._connection.register(given, facts.table())
        try:
            self._connection.execute(f'create temp view {view} as from "{given}"')
            return self._reached(batch, rules, view)
        finally:
            self._connection.execute(f"drop view if exists {view}")
            self._connection.unregister(given)

    def _reached(
        self, batch: BatchInput, rules: tuple[RuleExpectation, ...], view: str
    ) -> Verdict:
        by_kept = self._by_conditions(batch, rules, view)
        return by_kept or self._asked(batch, rules, view)

    def _by_conditions(
        self, batch: BatchInput, rules: tuple[RuleExpectation, ...], view: str
    ) -> Verdict | None:
        """Judge by kept conditions; None if there are none that fit."""
        if self._conditions is None or not self._by_kept:
            return None
        asked = compiled.asked(self._connection, view, rules)
        conditions = self._conditions.load(batch.dataset, asked)
        if conditions is None:
            return None
        try:
            return compiled.reach(self._connection, view, rules, conditions)
        except duckdb.Error:  # which rule it is, Great Expectations tells
            return None

    def _asked(
        self, batch: BatchInput, rules: tuple[RuleExpectation, ...], view: str
    ) -> Verdict:
        """Ask Great Expectations; keep what it compiled, if all of it can be used."""
        from guiji.checking.gx import verdict  # noqa: PLC0415 - loading it takes seconds

        found = verdict.reach(self._connection, view, batch.dataset, rules)
        if self._conditions is not None and not found.failures:
            asked = compiled.asked(self._connection, view, rules)
            self._conditions.keep(batch.dataset, asked, found.conditions)
        return found


def _stage(
    connection: duckdb.DuckDBPyConnection, rules: tuple[RuleExpectation, ...]
) -> None:
    """Make the view that the rules are judged on: the typed table and their facts.

    A fact that cannot be computed is left out; the rules that need it then fail to
    be computed, and only they.
    """
    facts = dict(fact for rule in rules for fact in rule.facts)
    view = "create temp view staged as select *{} from typed"
    try:
        connection.execute(view.format(_listed(facts)))
    except duckdb.BinderException:
        sound = {name: sql for name, sql in facts.items() if _binds(connection, sql)}
        connection.execute(view.format(_listed(sound)))


def _listed(facts: dict[str, str]) -> str:
    return "".join(f', {sql} as "{name}"' for name, sql in facts.items())


def _binds(connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
    try:
        connection.execute(f"select {sql} from typed limit 0").fetchall()
    except duckdb.BinderException:
        return False
    return True


def _result(
    source: Source,
    text: pa.Table,
    typed: pa.Table,
    rules: tuple[RuleExpectation, ...],
    verdict: Verdict,
    path: Path | None,
    said: Whole,
) -> CheckResult:
    """Turn a verdict into findings, quarantine and refusal."""
    damaged = pc.is_valid(text["fault"]).to_numpy()
    faulty = text.filter(pa.array(damaged))
    rows = _addressed(typed, text, ~damaged, rules)
    hits = _union(verdict.rows.values())
    rows = _at(rows, hits)
    broken = [r for r in rules if _breaks_batch(r, verdict)]
    of_cells, spoilt = findings.of_cells(source, text)
    found = findings.together(
        [
            *(_of_rule(source, r, rows, hits, verdict) for r in rules),
            *(
                findings.of_batch(source, r, r.rule_id not in verdict.failures)
                for r in broken
            ),
            *said.findings,
            findings.of_faults(source, faulty),
            of_cells,
        ]
    )
    unjudged = _refusal(source, [r for r in broken if not _is_advice(r)], verdict)
    refusal = unjudged or said.refusal
    if refusal is None:
        bad = np.union1d(_bad_rows(rules, verdict), _typed_rows(spoilt, damaged))
        kept = _to_put_away(text, typed, damaged, bad)
        put_away = quarantine.of_rows(source.batch, source.dataset, kept, found)
    else:
        bad = np.arange(len(typed))
        put_away = quarantine.of_refusal(source.batch, refusal, len(text))
    counts = _counts(source, verdict, faulty, of_cells)
    refused_by = () if unjudged else said.refused_by
    return CheckResult(
        found, pa.array(bad), counts, put_away, refusal, path, refused_by
    )


def _addressed(
    typed: pa.Table, text: pa.Table, readable: Flags, rules: tuple[RuleExpectation, ...]
) -> pa.Table:
    """Give the columns of the typed table that findings show, `_operation` beside.

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
    hit = verdict.rows.get(rule.rule_id, np.empty(0, np.int64))
    if not len(hit):
        return FINDINGS.empty_table()
    positions = np.searchsorted(hits, hit)
    return findings.of_rule(source, rule, rows.take(pa.array(positions)))


def _breaks_batch(rule: RuleExpectation, verdict: Verdict) -> bool:
    """Tell whether a rule leaves the batch without a verdict."""
    if rule.rule_id in verdict.failures:
        return True
    return rule.judgement in TABLE and verdict.counts[rule.rule_id] > 0


def _is_advice(rule: RuleExpectation) -> bool:
    """Tell whether a batch may pass without the rule, as long as that is told."""
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
    return BatchRefused(
        "RULE_NOT_COMPUTED",
        f"{source.batch.batch_id}: {len(broken)} rules without a verdict ({ids}): "
        f"{reasons}",
        f"平台未能对《{source.batch.source_file}》作出完整校验，本批暂不入库。",
        "责任在平台，贵单位无需处理；平台修复后将重新校验本批。",
    )


def _typed_rows(positions: RowIds, damaged: Flags) -> RowIds:
    """Give the typed rows of some rows of the text table, which has damaged ones."""
    readable = np.cumsum(~damaged) - 1
    rows: RowIds = readable[positions[~damaged[positions]]]
    return rows


def _to_put_away(
    text: pa.Table, typed: pa.Table, damaged: Flags, bad: RowIds
) -> pa.Table:
    """Take the damaged and the bad rows, with the record that a readable one states."""
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
