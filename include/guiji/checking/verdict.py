"""What became of each rule of a suite, and the rows behind every count.

A condition is SQL over the staged table that is true where a row is faulty; Great
Expectations compiles it. Here they are only run: all of them in one pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from guiji.checking.pass_rate import PassRate

WORD = 63
"""Rules per mask word: the bits of a signed 64-bit integer."""

RowIds = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Verdict:
    """What became of each rule.

    Attributes:
        counts: rule id -> faults; 1 for a rule of the table that is broken.
        rows: rule id -> `row_id` of every faulty row, ascending (int64).
        failures: rule id -> why the rule could not be computed.
        conditions: rule id -> SQL that is true in the faulty rows; of every rule of
            rows that was computed.
        result: Great Expectations' result, without what changes from run to run; None
            = it was not asked.
        shares: rule id -> share of rows that keep it, of every tolerant rule that was
            computed.
    """

    counts: dict[str, int]
    rows: dict[str, RowIds]
    failures: dict[str, str]
    conditions: dict[str, str]
    result: dict[str, Any] | None
    shares: dict[str, PassRate] = field(default_factory=dict)

    def joined(self, facts: "Verdict") -> "Verdict":
        """Add what became of the rules on the facts of the batch, which has no rows."""
        return Verdict(
            self.counts | facts.counts,
            self.rows,
            self.failures | facts.failures,
            self.conditions | facts.conditions,
            _together(self.result, facts.result),
            self.shares | facts.shares,
        )


def _together(
    first: dict[str, Any] | None, other: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Make one result of two, as if one suite had been judged."""
    if first is None or other is None:
        return None
    return with_statistics(first, [*first["results"], *other["results"]])


def with_statistics(
    result: dict[str, Any], results: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return a result of Great Expectations with other results of its rules."""
    good = sum(r["success"] for r in results)
    statistics = {
        "evaluated_expectations": len(results),
        "successful_expectations": good,
        "unsuccessful_expectations": len(results) - good,
        "success_percent": 100.0 * good / len(results) if results else None,
    }
    return {
        **result,
        "results": results,
        "statistics": statistics,
        "success": good == len(results),
    }


def faulty_rows(
    connection: duckdb.DuckDBPyConnection, view: str, conditions: Mapping[str, str]
) -> dict[str, RowIds]:
    """Find the faulty rows of all rules in one pass over the table.

    Args:
        connection: holds the table.
        view: the staged table's name; it has a column `row_id`.
        conditions: rule id -> SQL.

    Returns:
        Rule id -> `row_id` of its faulty rows, ascending.

    Raises:
        duckdb.Error: a condition does not fit the table.
    """
    if not conditions:
        return {}
    faults = list(conditions.values())
    words = [
        " | ".join(
            f"(coalesce({fault}, false)::bigint << {bit})"
            for bit, fault in enumerate(faults[first : first + WORD])
        )
        for first in range(0, len(faults), WORD)
    ]
    masks = ", ".join(f"{word} as mask_{i}" for i, word in enumerate(words))
    anywhere = " or ".join(f"({fault})" for fault in faults)
    table: pa.Table = connection.sql(
        f"select row_id, {masks} from {view} where {anywhere} order by row_id"
    ).to_arrow_table()
    row_ids = table["row_id"].to_numpy()
    rows = {}
    for number, rule_id in enumerate(conditions):
        mask = table[f"mask_{number // WORD}"].to_numpy()
        rows[rule_id] = row_ids[(mask >> (number % WORD)) & 1 == 1]
    return rows
