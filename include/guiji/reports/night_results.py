"""The results of Great Expectations for a dataset in a night: its deliveries added up.

Every delivery has a stored result of its own, its slice of the table in which Great
Expectations judged it with others. Added up they say of the night what it said of the
table.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from guiji.checking.pass_rate import is_share_enough
from guiji.checking.verdict import with_statistics

Result = dict[str, Any]
"""A result of a suite, or of one rule in it, as Great Expectations writes it."""

_COUNTS = ("element_count", "unexpected_count", "missing_count")


def rule_of(one: Result) -> str:
    """Return the id of the rule that a result is about."""
    return str(one["expectation_config"]["meta"]["rule_id"])


def together(results: Iterable[Result]) -> Result:
    """Add up the results of a dataset's deliveries.

    Args:
        results: at least one; each of one delivery.
    """
    all_results = list(results)
    by_rule: dict[str, list[Result]] = {}
    for result in all_results:
        for one in result["results"]:
            by_rule.setdefault(rule_of(one), []).append(one)
    return with_statistics(all_results[0], [_sum(parts) for parts in by_rule.values()])


def _sum(parts: Sequence[Result]) -> Result:
    """Add up what a rule came to; one that could not be computed stays so."""
    raised = [p for p in parts if p["exception_info"].get("raised_exception")]
    if raised or len(parts) == 1:
        return (raised or parts)[0]
    if "element_count" not in parts[0]["result"]:
        return _sum_of_table(parts)
    counts = {
        name: sum(part["result"][name] for part in parts)
        for name in _COUNTS
        if name in parts[0]["result"]
    }
    rows, faults = counts["element_count"], counts["unexpected_count"]
    share = 100 * faults / rows if rows else 0.0
    result = {**parts[0]["result"], **counts, "unexpected_percent": share}
    return {**parts[0], "success": _is_kept(parts[0], counts), "result": result}


def _is_kept(one: Result, counts: dict[str, int]) -> bool:
    if "missing_count" not in counts:
        return not counts["unexpected_count"]
    asked = one["expectation_config"]["kwargs"]
    about = counts["element_count"] - counts["missing_count"]
    return is_share_enough(
        about, counts["unexpected_count"], asked["mostly"], asked.get("from_rows", 0)
    )


def _sum_of_table(parts: Sequence[Result]) -> Result:
    """Add up a rule of the table: its rows, or its columns, which all have alike."""
    first, config = parts[0], parts[0]["expectation_config"]
    success = all(part["success"] for part in parts)
    if not isinstance(first["result"].get("observed_value"), int):
        return {**first, "success": success}
    kwargs = [part["expectation_config"]["kwargs"] for part in parts]
    asked = {**kwargs[0], "value": sum(one["value"] for one in kwargs)}
    rows = sum(part["result"]["observed_value"] for part in parts)
    return {
        **first,
        "success": success,
        "expectation_config": {**config, "kwargs": asked},
        "result": {**first["result"], "observed_value": rows},
    }
