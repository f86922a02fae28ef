"""Deliveries of a dataset judged together, and the verdict on each of them.

Great Expectations costs a second per table, however few rows it has. So the deliveries
of a wave that have the same rules are one table, a slice each, and are judged once. A
row breaks a rule by what stands in the row alone, so the faulty rows of a slice are
those that the delivery has by itself; its counts, its shares and its result are worked
out from them, as Great Expectations works them out of one table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from guiji.checking import pass_rate
from guiji.checking.pass_rate import PassRate
from guiji.checking.suite.rules import TABLE, Judgement, RuleExpectation
from guiji.checking.verdict import Verdict, with_statistics

Rules = tuple[RuleExpectation, ...]


@dataclass(frozen=True)
class Slice:
    """The rows of one delivery among those of a stack.

    Attributes:
        first: its first `row_id` in the stack.
        rows: how many rows it has.
        rules: its suite; those of one stack differ in the number of rows only.
    """

    first: int
    rows: int
    rules: Rules


def stack(tables: Sequence[pa.Table], suites: Sequence[Rules]) -> list[Slice]:
    """Return where each of some tables lies in the stack of them."""
    firsts = np.cumsum([0, *map(len, tables)])[:-1].tolist()
    return [
        Slice(first, len(table), rules)
        for first, table, rules in zip(firsts, tables, suites, strict=True)
    ]


def table(tables: Sequence[pa.Table], slices: Sequence[Slice]) -> pa.Table:
    """Put tables of one schema below one another; `row_id` counts on."""
    if len(tables) == 1:
        return tables[0]
    place = tables[0].schema.get_field_index("row_id")
    field = tables[0].schema.field(place)
    numbered = [
        typed.set_column(
            place, field, pa.array(np.arange(part.first, part.first + part.rows))
        )
        for typed, part in zip(tables, slices, strict=True)
    ]
    return pa.concat_tables(numbered)


def suite(slices: Sequence[Slice]) -> Rules:
    """Return the rules of the stack: those of any slice, and the rows of all."""
    total = float(sum(part.rows for part in slices))
    return with_rows(slices[0].rules, total)


def with_rows(rules: Rules, rows: float) -> Rules:
    """Return a suite for a table of so many rows."""
    return tuple(
        replace(rule, minimum=rows) if rule.judgement is Judgement.ROWS else rule
        for rule in rules
    )


def likeness(rules: Rules, schema: pa.Schema) -> tuple[object, ...]:
    """Return what two deliveries must have in common to be judged together."""
    return (
        tuple(zip(schema.names, map(str, schema.types), strict=True)),
        tuple(
            (
                *(rule.rule_id, rule.judgement, rule.columns, rule.facts),
                *(None if rule.judgement is Judgement.ROWS else rule.minimum,),
                *(rule.maximum, rule.mostly, rule.from_rows),
            )
            for rule in rules
        ),
    )


def split(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    verdict: Verdict,
    slices: Sequence[Slice],
) -> Iterator[Verdict]:
    """Yield the verdict on each slice.

    Args:
        connection: holds the staged stack.
        view: its name.
        verdict: on the stack; every rule was computed.
        slices: of the stack, in its order.
    """
    about = _about(connection, view, slices)
    for number, part in enumerate(slices):
        rows = {
            rule_id: ids[slice(*np.searchsorted(ids, _ends(part)))] - part.first
            for rule_id, ids in verdict.rows.items()
        }
        counts = {
            rule.rule_id: _table_count(rule, part, verdict)
            if rule.judgement in TABLE
            else len(rows[rule.rule_id])
            for rule in part.rules
        }
        shares = {
            rule.rule_id: _share(rule, about[number], counts)
            for rule in part.rules
            if rule.is_tolerant
        }
        result = verdict.result and _result(verdict.result, part, counts, shares)
        yield Verdict(counts, rows, {}, verdict.conditions, result, shares)


def _ends(part: Slice) -> tuple[int, int]:
    return part.first, part.first + part.rows


def _table_count(rule: RuleExpectation, part: Slice, verdict: Verdict) -> int:
    """Return 1 if a rule of the table is broken; the columns are those of the stack."""
    if rule.judgement is Judgement.COLUMNS:
        return verdict.counts[rule.rule_id]
    return int(part.rows != rule.minimum)


def _about(
    connection: duckdb.DuckDBPyConnection, view: str, slices: Sequence[Slice]
) -> list[dict[str, int]]:
    """Count, by slice, the rows that tolerant rules are about: rule id -> rows."""
    tolerant = [rule for rule in slices[0].rules if rule.is_tolerant]
    if not tolerant:
        return [{} for _ in slices]
    counted = ", ".join(pass_rate.counted(rule) for rule in tolerant)
    parts = ", ".join(
        f"({number}, {part.first}, {part.first + part.rows})"
        for number, part in enumerate(slices)
    )
    rows = connection.execute(
        f"select part.number, {counted} from (values {parts}) "
        f"as part (number, first, until) inner join {view} as staged "
        "on staged.row_id >= part.first and staged.row_id < part.until "
        "group by part.number"
    ).fetchall()
    by_number = {number: row for number, *row in rows}
    nothing = [0] * len(tolerant)
    ids = [rule.rule_id for rule in tolerant]
    return [
        dict(zip(ids, by_number.get(number, nothing), strict=True))
        for number in range(len(slices))
    ]


def _share(
    rule: RuleExpectation, about: dict[str, int], counts: dict[str, int]
) -> PassRate:
    rows, faults = about[rule.rule_id], counts[rule.rule_id]
    return PassRate(rows, faults, pass_rate.is_enough(rule, rows, faults))


def _result(
    whole: dict[str, Any],
    part: Slice,
    counts: dict[str, int],
    shares: dict[str, PassRate],
) -> dict[str, Any]:
    """Write the result of Great Expectations as it is for one slice."""
    rules = {rule.rule_id: rule for rule in part.rules}
    results = [
        _one_result(entry, rules[rule_id], part.rows, counts[rule_id], shares)
        for entry in whole["results"]
        if (rule_id := entry["expectation_config"]["meta"]["rule_id"])
    ]
    return with_statistics(whole, results)


def _one_result(
    entry: dict[str, Any],
    rule: RuleExpectation,
    rows: int,
    count: int,
    shares: dict[str, PassRate],
) -> dict[str, Any]:
    if rule.judgement is Judgement.COLUMNS:
        return entry
    if rule.judgement is Judgement.ROWS:
        config = entry["expectation_config"]
        kwargs = {**config["kwargs"], "value": int(rule.minimum)}  # type: ignore[arg-type]
        return {
            **entry,
            "success": not count,
            "expectation_config": {**config, "kwargs": kwargs},
            "result": {"observed_value": rows},
        }
    share = shares.get(rule.rule_id)
    result = {
        **entry["result"],
        "element_count": rows,
        "unexpected_count": count,
        "unexpected_percent": 100 * count / rows if rows else 0.0,
    }
    if share is not None:
        result["missing_count"] = rows - share.about
    is_kept = share.is_enough if share is not None else not count
    return {**entry, "success": is_kept, "result": result}
