"""One verdict of Great Expectations, and the rows behind every one of its counts.

Great Expectations counts faults; a department needs the rows. The rows come from the
very conditions that Great Expectations compiled for its counts, so that there is one
definition of each rule; should a count and its rows ever differ, the rule counts as
not computed.
"""

import json
from typing import Any

import duckdb

from guiji.checking.gx import dialect
from guiji.checking.gx.expectations import (
    RESULT_FORMAT,
    CountedExpectation,
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    MetricsCalculator,
    ProgressBarsConfig,
    expectation,
    gx,
)
from guiji.checking.pass_rate import PassRate
from guiji.checking.suite.rules import RuleExpectation
from guiji.checking.verdict import Verdict, faulty_rows


def reach(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    name: str,
    rules: tuple[RuleExpectation, ...],
) -> Verdict:
    """Judge a staged table.

    Args:
        connection: holds the table; statements are run on it.
        view: the staged table's name; it has a column `row_id`, ascending from 0.
        name: of the batch; appears on the pages of evidence.
        rules: the suite.
    """
    expectations = [expectation(rule) for rule in rules]
    with dialect.shared("staged", connection) as url:
        batch = _batch(url, view, name)
        suite = gx.ExpectationSuite(name=name, expectations=expectations)
        outcome = batch.validate(suite, result_format=RESULT_FORMAT)
        result = _stable(outcome.to_json_dict())
        counts, failures = _counted(result)
        shares = _shares(result, rules)
        conditions = _conditions(batch, rules, expectations, set(counts))
    rows = faulty_rows(connection, view, conditions)
    for rule in rules:
        indices = rows.get(rule.rule_id)
        if indices is not None and len(indices) != counts[rule.rule_id]:
            failures[rule.rule_id] = (
                f"{counts[rule.rule_id]} faults counted, {len(indices)} rows found"
            )
    return Verdict(counts, rows, failures, conditions, result, shares)


def _batch(url: str, view: str, name: str) -> Any:
    context = gx.get_context(
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False),
        ),
        mode="ephemeral",
    )
    source = context.data_sources.add_sql(
        "guiji", connection_string=url, create_temp_table=False
    )
    asset = source.add_table_asset(name, table_name=view)
    return asset.add_batch_definition_whole_table("batch").get_batch()


def _stable(result: dict[str, Any]) -> dict[str, Any]:
    """Drop random ids and times, so that the same batch gives the same bytes."""
    result["meta"] = {
        "great_expectations_version": result["meta"]["great_expectations_version"]
    }
    result["id"] = None
    for outcome in result["results"]:
        outcome["expectation_config"].pop("id", None)
        outcome["expectation_config"]["kwargs"].pop("batch_id", None)
    result["results"].sort(key=_rule_id)
    stable: dict[str, Any] = json.loads(json.dumps(result, default=str))
    return stable


def _rule_id(result: dict[str, Any]) -> str:
    return str(result["expectation_config"]["meta"]["rule_id"])


def _counted(result: dict[str, Any]) -> tuple[dict[str, int], dict[str, str]]:
    counts: dict[str, int] = {}
    failures: dict[str, str] = {}
    for outcome in result["results"]:
        rule_id = _rule_id(outcome)
        raised = _raised(outcome.get("exception_info") or {})
        if raised is not None:
            failures[rule_id] = raised
        else:
            broken = 0 if outcome["success"] else 1
            counts[rule_id] = int(outcome["result"].get("unexpected_count", broken))
    return counts, failures


def _shares(
    result: dict[str, Any], rules: tuple[RuleExpectation, ...]
) -> dict[str, PassRate]:
    """Return Great Expectations' decisions about the share of rows."""
    tolerant = {rule.rule_id for rule in rules if rule.is_tolerant}
    shares = {}
    for outcome in result["results"]:
        counted = outcome["result"]
        if _rule_id(outcome) in tolerant and "unexpected_count" in counted:
            about = counted["element_count"] - counted["missing_count"]
            faults = counted["unexpected_count"]
            shares[_rule_id(outcome)] = PassRate(about, faults, outcome["success"])
    return shares


def _raised(info: dict[str, Any]) -> str | None:
    """Find the message of an exception; infos may be nested by metric."""
    if info.get("raised_exception"):
        return str(info.get("exception_message"))
    for inner in info.values():
        if isinstance(inner, dict) and (message := _raised(inner)):
            return message
    return None


def _conditions(
    batch: Any,
    rules: tuple[RuleExpectation, ...],
    expectations: list[Any],
    judged: set[str],
) -> dict[str, str]:
    """Return the SQL of each rule's faults, as Great Expectations compiled it."""
    engine = batch.data.execution_engine
    metrics = {}
    for rule, counted in zip(rules, expectations, strict=True):
        if isinstance(counted, CountedExpectation) and rule.rule_id in judged:
            placed = counted.copy(update={"batch_id": batch.id})
            metrics[rule.rule_id] = placed.metric("condition")
    calculator = MetricsCalculator(execution_engine=engine)
    resolved, _ = calculator.compute_metrics(list(metrics.values()))
    compiled = {}
    for rule_id, metric in metrics.items():
        condition, *_ = resolved[metric.id]
        compiled[rule_id] = str(
            condition.compile(
                dialect=engine.engine.dialect, compile_kwargs={"literal_binds": True}
            )
        )
    return compiled
