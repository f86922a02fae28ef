"""The check of one batch: rules judged, findings, quarantine, and what to refuse.

One `Validator` checks the batches of a whole night in one process, because loading
Great Expectations costs more than checking a hundred batches. It is loaded with the
first batch that it is asked about, never with this module.
"""

from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from guiji.catalog.model import Catalog
from guiji.checking import batch_rules, computed, condition_cache, links
from guiji.checking.batch_rules import Waiver
from guiji.checking.condition_cache import Conditions
from guiji.checking.findings import BatchInput, Source
from guiji.checking.register import Register
from guiji.checking.result import CheckResult, conclude
from guiji.checking.suite import build as suite
from guiji.checking.suite import history
from guiji.checking.suite.history import BatchFacts
from guiji.checking.suite.rules import RuleExpectation
from guiji.checking.verdict import Verdict
from guiji.core import files
from guiji.core.settings import Settings
from guiji.reading.result import Reading

__all__ = ["BatchInput", "CheckResult", "Validator"]


class Validator:
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
        """Release the in-process database."""
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
        sender = batch.department
        day = batch.latest_day
        rules = suite.build(dataset, self._catalog, day, rows, linked, sender)
        if register is not None and links.applies(dataset):
            named = links.named(dataset, typed, register)
            typed = typed.append_column(links.NAMED, named)
        verdict = self._evaluate(batch, typed, rules)
        if facts is not None and (further := history.rules(dataset, self._catalog)):
            verdict = verdict.joined(self._judge_facts(batch, facts, further))
            rules += further
        path = self._keep_result(batch, verdict)
        said = batch_rules.evaluate(source, rules, verdict, facts, waiver)
        return conclude(source, text, typed, rules, verdict, path, said)

    def _keep_result(self, batch: BatchInput, verdict: Verdict) -> Path | None:
        """Write the result of Great Expectations, if it was asked."""
        if verdict.result is None:
            return None
        path = self._settings.batches / batch.batch_id / "gx.json"
        files.write_json(path, verdict.result)
        return path

    def _evaluate(
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
        asked = condition_cache.asked(self._connection, view, rules)
        conditions = self._conditions.load(batch.dataset, asked)
        if conditions is None:
            return None
        try:
            return condition_cache.reach(self._connection, view, rules, conditions)
        except duckdb.Error:  # which rule it is, Great Expectations tells
            return None

    def _asked(
        self, batch: BatchInput, rules: tuple[RuleExpectation, ...], view: str
    ) -> Verdict:
        """Validate with Great Expectations; cache its conditions if all can be used."""
        from guiji.checking.gx import verdict  # noqa: PLC0415 - loading it takes seconds

        found = verdict.reach(self._connection, view, batch.dataset, rules)
        if self._conditions is not None and not found.failures:
            asked = condition_cache.asked(self._connection, view, rules)
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
