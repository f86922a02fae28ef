"""The check of batches: rules judged, findings, quarantine, and what to refuse.

One `Validator` checks the batches of a whole night in one process, because loading
Great Expectations costs more than checking a hundred batches. It is loaded with the
first batch that it is asked about, never with this module.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from guiji.catalog.model import Catalog, Dataset
from guiji.checking import batch_rules, computed, links, stacked
from guiji.checking.batch_rules import Waiver
from guiji.checking.condition_cache import Conditions
from guiji.checking.evaluator import RuleEvaluator, Suite
from guiji.checking.findings import BatchInput, Source
from guiji.checking.quarantine import PutAway
from guiji.checking.register import Register
from guiji.checking.result import CheckResult, conclude, put_away
from guiji.checking.stacked import Rules
from guiji.checking.suite import build as suite
from guiji.checking.suite import history
from guiji.checking.suite.history import BatchFacts
from guiji.checking.verdict import Verdict
from guiji.core import files
from guiji.core.settings import Settings
from guiji.reading.result import Reading

__all__ = ["BatchInput", "CheckResult", "PreparedBatch", "Validator"]

Concluded = tuple[CheckResult, PutAway | None] | Exception
"""What follows for a batch and its rows to put away, or what our own code raised."""

ROWS = "staged"
"""View of the rows that are judged."""


@dataclass(frozen=True)
class PreparedBatch:
    """A batch that is to be judged.

    Attributes:
        source: the batch, its catalogue entry and how it was read.
        text: all rows read.
        parsed: the readable ones, parsed.
        typed: the same with the facts that are worked out beside.
        rules: its suite.
        facts: what was measured of the batch as a whole.
        fact_rules: the rules on that; empty = they are not judged.
        waiver: the release of the batch from rules that refused it before.
    """

    source: Source
    text: pa.Table
    parsed: pa.Table
    typed: pa.Table
    rules: Rules
    facts: BatchFacts
    fact_rules: Rules
    waiver: Waiver | None

    @property
    def dataset(self) -> Dataset:
        """The catalogue entry."""
        return self.source.dataset


class Validator:
    """Checks batches, many at once; not for several threads at once.

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
        self._evaluator = RuleEvaluator(conditions, by_kept=by_kept)
        self._suites: dict[tuple[object, ...], Rules] = {}

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
        self._evaluator.close()

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
        """Check one batch; see `prepare` and `check_all`."""
        return self.check_one(
            self.prepare(batch, text, typed, reading, register, facts, waiver)
        )

    def check_one(self, batch: PreparedBatch) -> CheckResult:
        """Check one prepared batch; what our own code raises about it is raised."""
        (result,) = self.check_all([batch])
        if isinstance(result, Exception):
            raise result
        return result

    def prepare(
        self,
        batch: BatchInput,
        text: pa.Table | Path,
        typed: pa.Table,
        reading: Reading,
        register: Register | None = None,
        facts: BatchFacts | None = None,
        waiver: Waiver | None = None,
    ) -> PreparedBatch:
        """Gather what judging one batch needs.

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
        """
        if isinstance(text, Path):
            text = pq.read_table(text)
        dataset = self._catalog.datasets[batch.dataset]
        rows = reading.rows_read - reading.rows_faulty
        rules = self._rules(batch, rows, register is not None)
        staged = typed
        if register is not None and links.applies(dataset):
            named = links.named(dataset, typed, register)
            staged = typed.append_column(links.NAMED, named)
        return PreparedBatch(
            source=Source(batch, dataset, reading),
            text=text,
            parsed=typed,
            typed=computed.added(staged, rules),
            rules=rules,
            facts=facts or BatchFacts(),
            fact_rules=history.rules(dataset, self._catalog)
            if facts is not None
            else (),
            waiver=waiver,
        )

    def _rules(self, batch: BatchInput, rows: int, linked: bool) -> Rules:
        """Return the suite of a batch; those of a department differ in their rows."""
        day, sender = batch.latest_day, batch.department
        key = (batch.dataset, day, linked, sender)
        if key not in self._suites:
            dataset = self._catalog.datasets[batch.dataset]
            self._suites[key] = suite.build(
                dataset, self._catalog, day, 0, linked, sender
            )
        return stacked.with_rows(self._suites[key], rows)

    def check_all(
        self, batches: Sequence[PreparedBatch]
    ) -> list[CheckResult | Exception]:
        """Check batches; those that have the same rules are judged as one table.

        Args:
            batches: of any datasets; all their rows fit into memory.

        Returns:
            For each batch its findings and what follows from them, or what our own
            code raised about it. What Great Expectations, if it was asked, says of a
            batch is written to `batches/<batch_id>/gx.json`.

        Source:
            阳府〔2018〕60号 第十二条 (提供单位对真实性、完整性、准确性、及时性负责).
        """
        of_rows = [Suite(b.dataset.id, b.typed, b.rules) for b in batches]
        of_facts = [
            Suite(b.dataset.id, b.facts.table(), b.fact_rules)
            for b in batches
            if b.fact_rules
        ]
        judged = self._evaluator.verdicts(of_rows, ROWS)
        measured = iter(self._evaluator.verdicts(of_facts, history.VIEW))
        concluded = [
            self._concluded(
                batch, verdict, next(measured) if batch.fact_rules else None
            )
            for batch, verdict in zip(batches, judged, strict=True)
        ]
        return _with_quarantine(batches, concluded)

    def _concluded(
        self,
        batch: PreparedBatch,
        verdict: Verdict | Exception,
        of_facts: Verdict | Exception | None,
    ) -> Concluded:
        """Return what follows for a batch; what is raised concerns it alone."""
        if isinstance(verdict, Exception):
            return verdict
        if isinstance(of_facts, Exception):
            return of_facts
        try:
            return self._conclude(batch, verdict, of_facts)
        except Exception as error:
            return error

    def _conclude(
        self, batch: PreparedBatch, verdict: Verdict, of_facts: Verdict | None
    ) -> tuple[CheckResult, PutAway | None]:
        if of_facts is not None:
            verdict = verdict.joined(of_facts)
        path = None
        if verdict.result is not None:
            path = self._settings.batches / batch.source.batch.batch_id / "gx.json"
            files.write_json(path, verdict.result)
        rules = batch.rules + batch.fact_rules
        said = batch_rules.evaluate(
            batch.source, rules, verdict, batch.facts, batch.waiver
        )
        return conclude(
            batch.source, batch.text, batch.typed, rules, verdict, path, said
        )


def _with_quarantine(
    batches: Sequence[PreparedBatch], concluded: Sequence[Concluded]
) -> list[CheckResult | Exception]:
    """Add the quarantine to what follows, the batches of a dataset together."""
    results: dict[int, CheckResult | Exception] = {}
    waiting: dict[str, dict[int, tuple[CheckResult, PutAway]]] = {}
    for number, (batch, outcome) in enumerate(zip(batches, concluded, strict=True)):
        if isinstance(outcome, Exception):
            results[number] = outcome
        elif outcome[1] is None:
            results[number] = outcome[0]
        else:
            pair = outcome[0], outcome[1]
            waiting.setdefault(batch.dataset.id, {})[number] = pair
    for pairs in waiting.values():
        dataset = batches[next(iter(pairs))].dataset
        results |= zip(pairs, put_away(dataset, [*pairs.values()]), strict=True)
    return [results[number] for number in range(len(batches))]
