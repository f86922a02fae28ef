"""The evaluation of rules on tables: many deliveries at once, each with its verdict.

Great Expectations is loaded with the first table that it is asked about, never with
this module: loading it costs more than evaluating a hundred tables.
"""

import logging
from collections.abc import Sequence
from typing import NamedTuple

import duckdb
import pyarrow as pa

from guiji.checking import condition_cache, stacked
from guiji.checking.condition_cache import Conditions
from guiji.checking.stacked import Rules
from guiji.checking.verdict import Verdict

log = logging.getLogger(__name__)


class Suite(NamedTuple):
    """A table and the rules that are evaluated on it.

    Attributes:
        dataset: id of the dataset.
        table: it has a column `row_id` from 0.
        rules: the rules.
    """

    dataset: str
    table: pa.Table
    rules: Rules


class RuleEvaluator:
    """Evaluates rules in an in-process database; not for several threads at once.

    Args of the constructor:
        conditions: as of `Validator`.
        by_kept: as of `Validator`.
    """

    def __init__(self, conditions: Conditions | None, *, by_kept: bool) -> None:
        self._conditions = conditions
        self._by_kept = by_kept
        self._connection = duckdb.connect()

    def close(self) -> None:
        """Release the database."""
        self._connection.close()

    def verdicts(self, suites: Sequence[Suite], view: str) -> list[Verdict | Exception]:
        """Return the verdict on each table, or what our own code raised about it.

        Args:
            suites: tables with their rules; those whose columns and rules are the
                same are evaluated as one.
            view: name of the table in the result of Great Expectations.
        """
        groups: dict[object, list[int]] = {}
        for number, suite in enumerate(suites):
            key = (suite.dataset, stacked.likeness(suite.rules, suite.table.schema))
            groups.setdefault(key, []).append(number)
        verdicts: dict[int, Verdict | Exception] = {}
        for numbers in groups.values():
            chosen = [suites[number] for number in numbers]
            verdicts |= zip(numbers, self._of_group(chosen, view), strict=True)
        return [verdicts[number] for number in range(len(suites))]

    def _of_group(self, group: Sequence[Suite], view: str) -> list[Verdict | Exception]:
        """Evaluate tables as one; where a rule cannot be computed on it, each alone.

        So the delivery whose rows a rule fails on is alone with the failure.
        """
        try:
            verdicts = self._of_stack(group, view)
        except Exception as error:
            if len(group) == 1:
                return [error]
            verdicts = []
        if verdicts:
            return verdicts
        name = group[0].dataset
        log.warning("%s: %d deliveries are evaluated one by one", name, len(group))
        return [v for suite in group for v in self._of_group([suite], view)]

    def _of_stack(self, group: Sequence[Suite], view: str) -> list[Verdict | Exception]:
        """Evaluate a stack; nothing if a rule fails to compute on several tables."""
        tables = [suite.table for suite in group]
        slices = stacked.stack(tables, [suite.rules for suite in group])
        rules = stacked.suite(slices)
        self._connection.register("typed", stacked.table(tables, slices))
        try:
            _stage(self._connection, rules, view)
            verdict = self._reached(group[0].dataset, rules, view)
            if verdict.failures:
                return [verdict] if len(slices) == 1 else []
            return [*stacked.split(self._connection, view, verdict, slices)]
        finally:
            self._connection.execute(f"drop view if exists {view}")
            self._connection.unregister("typed")

    def _reached(self, dataset: str, rules: Rules, view: str) -> Verdict:
        by_kept = self._by_conditions(dataset, rules, view)
        return by_kept or self._asked(dataset, rules, view)

    def _by_conditions(self, dataset: str, rules: Rules, view: str) -> Verdict | None:
        """Judge by kept conditions; None if there are none that fit."""
        if self._conditions is None or not self._by_kept:
            return None
        asked = condition_cache.asked(self._connection, view, rules)
        conditions = self._conditions.load(dataset, asked)
        if conditions is None:
            return None
        try:
            return condition_cache.reach(self._connection, view, rules, conditions)
        except duckdb.Error:  # which rule it is, Great Expectations tells
            return None

    def _asked(self, dataset: str, rules: Rules, view: str) -> Verdict:
        """Validate with Great Expectations; cache its conditions if all can be used."""
        from guiji.checking.gx import verdict  # noqa: PLC0415 - loading it takes seconds

        result = verdict.reach(self._connection, view, dataset, rules)
        if self._conditions is not None and not result.failures:
            asked = condition_cache.asked(self._connection, view, rules)
            self._conditions.keep(dataset, asked, result.conditions)
        return result


def _stage(connection: duckdb.DuckDBPyConnection, rules: Rules, name: str) -> None:
    """Make the view that the rules are judged on: the typed table and their facts.

    A fact that cannot be computed is left out; the rules that need it then fail to
    be computed, and only they.
    """
    facts = dict(fact for rule in rules for fact in rule.facts)
    view = f"create temp view {name} as select *{{}} from typed"
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
