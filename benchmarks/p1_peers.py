"""Peers of P1: the same 28 rules on the same staged table, with every faulty row.

Each gives rule -> number of faulty rows, in the names of our own suite, so that the
benchmark can prove that all three judged alike.
"""

from collections import Counter
from typing import Any

import pyarrow as pa

from benchmarks import p1_data

TRUE_FLAGS = {
    "operation.form": "operation__ok",
    "uscc.form": "uscc__ok",
    "uscc.inner_check": "uscc__inner_ok",
    "category.form": "category__ok",
    "decided_on.form": "decided_on__ok",
    "valid_until.form": "valid_until__ok",
    "fine.form": "fine__ok",
    "status.form": "status__ok",
}
FALSE_FLAGS = {
    "uscc.unknown_pair": "uscc__unknown_pair",
    "uscc.unknown_region": "uscc__unknown_region",
    "key_repeats": "key_repeats",
    "key_copies": "key_copies",
}
GIVEN = {
    "name.required": "name",
    "uscc.required": "uscc__raw",
    "category.required": "category__raw",
    "decision_no.required": "decision_no",
    "facts.required": "facts",
    "decided_on.required": "decided_on__raw",
}


def great_expectations_pandas(frame: Any) -> dict[str, int]:
    """Judge with the core expectations on pandas; every faulty row_id is listed."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("p").add_dataframe_asset("penalty")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch(
        {"dataframe": frame}
    )
    suite = gx.ExpectationSuite(name="s", expectations=_expectations(frame))
    result = batch.validate(
        suite,
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": ["row_id"],
        },
    )
    counts = {}
    for one in result.results:
        rule = one.expectation_config.meta["rule_id"]
        rows = one.result.get("unexpected_index_list")
        counts[rule] = len(rows or []) if one.result.get("unexpected_count") else 0
        if "unexpected_count" not in one.result and not one.success:
            counts[rule] = 1
    return counts


def pandas_frame(typed: pa.Table) -> Any:
    """Make a frame as fast as pandas can have it: real dates, floats for decimals."""
    fine = typed.column_names.index("fine")
    typed = typed.set_column(fine, "fine", typed["fine"].cast(pa.float64()))
    return typed.to_pandas(date_as_object=False)


def _rule(kind: Any, name: str, **asked: Any) -> Any:
    return kind(meta={"rule_id": name}, **asked)


def _cell_expectations() -> list[Any]:
    """Make the expectations on single cells that are alike for many columns."""
    from great_expectations import expectations as gxe

    in_set, given = gxe.ExpectColumnValuesToBeInSet, gxe.ExpectColumnValuesToNotBeNull
    length = gxe.ExpectColumnValueLengthsToBeBetween
    lengths = p1_data.LONGEST.items()
    return [
        *(_rule(given, n, column=c) for n, c in GIVEN.items()),
        *(_rule(in_set, n, column=c, value_set=[True]) for n, c in TRUE_FLAGS.items()),
        *(
            _rule(in_set, n, column=c, value_set=[False])
            for n, c in FALSE_FLAGS.items()
        ),
        *(
            _rule(length, f"{c}.length", column=c, max_value=most)
            for c, most in lengths
        ),
    ]


def _expectations(frame: Any) -> list[Any]:
    import pandas as pd
    from great_expectations import expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    between = gxe.ExpectColumnValuesToBeBetween
    night = pd.Timestamp(p1_data.NIGHT)
    first = pd.Timestamp(p1_data.EARLIEST)
    return [
        _rule(
            gxe.ExpectTableColumnsToMatchSet,
            "table.columns",
            column_set=list(frame.columns),
        ),
        _rule(gxe.ExpectTableRowCountToEqual, "table.rows", value=len(frame)),
        *_cell_expectations(),
        _rule(
            between, "fine.range", column="fine", min_value=0, max_value=p1_data.MOST
        ),
        _rule(between, "by_night", column="decided_on", max_value=night),
        _rule(between, "since", column="decided_on", min_value=first),
        _rule(
            gxe.ExpectColumnPairValuesAToBeGreaterThanB,
            "in_order",
            column_A="valid_until",
            column_B="decided_on",
            or_equal=True,
            ignore_row_if="either_value_is_missing",
        ),
        _rule(
            gxe.ExpectColumnValuesToNotBeNull,
            "fine.required_when",
            column="fine__raw",
            row_condition=(Column("category") == "罚款"),
        ),
    ]


def polars_frame(typed: pa.Table) -> Any:
    """Make a frame of the same memory."""
    import polars

    return polars.from_arrow(typed)


def pandera_polars(frame: Any) -> dict[str, int]:
    """Judge with pandera on polars, lazily: every failure case with its row."""
    import pandera.polars as pandera

    try:
        _schema().validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        return dict(Counter(map(_named, cases["check"].to_list(), cases["column"])))
    return {}


def _named(check: str, column: str) -> str:
    if check == "not_nullable":
        return next(n for n, c in GIVEN.items() if c == column)
    return check


def pandera_polars_alone(frame: Any) -> dict[str, int]:
    """Judge as `pandera_polars`, but find out by itself what the flags would say."""
    return pandera_polars(frame.with_columns(**_facts(frame)))


def _facts(frame: Any) -> dict[str, Any]:
    """Work the flags out of the cleaned text, as the stage before the check does."""
    import polars
    from polars import col

    codes, valid = _matrix(frame["uscc__raw"])
    outer = ~valid | (p1_data.outer_check(codes) == codes[:, 17])
    inner = ~valid | (p1_data.inner_check(codes) == codes[:, 16])
    known = col("operation").is_in(["upsert", "revoke"])
    code = col("uscc__raw")
    known_pair = code.str.slice(0, 2).is_in(p1_data.PAIRS)
    known_region = code.str.slice(2, 6).is_in(p1_data.REGIONS)
    key = ["uscc__raw", "decision_no"]
    content = [*key, "name", "facts", "fine__raw", "decided_on__raw", *p1_data.PLAIN]
    keyed = frame.select(
        key=polars.struct(key).hash(), all=polars.struct(content).hash()
    )
    first = keyed["all"].is_first_distinct()
    distinct = keyed["key"].filter(first)
    repeated = distinct.filter(distinct.is_duplicated())
    return {
        "operation__ok": known.fill_null(value=False),
        "uscc__ok": polars.Series(outer),
        "uscc__inner_ok": polars.Series(inner | ~outer),
        "uscc__unknown_pair": ~known_pair.fill_null(value=True),
        "uscc__unknown_region": ~known_region.fill_null(value=True),
        "category__ok": _none_or(
            col("category__raw"), lambda c: c.is_in(p1_data.CATEGORIES)
        ),
        "status__ok": _none_or(col("status__raw"), lambda c: c.is_in(["0", "1", "2"])),
        "decided_on__ok": _none_or(col("decided_on__raw"), _date),
        "valid_until__ok": _none_or(col("valid_until__raw"), _date),
        "fine__ok": _none_or(
            col("fine__raw"),
            lambda c: c.cast(polars.Decimal(24, 6), strict=False).is_not_null(),
        ),
        "key_copies": ~first,
        "key_repeats": keyed["key"].is_in(repeated.implode()),
    }


def _none_or(column: Any, holds: Any) -> Any:
    return column.is_null() | holds(column)


def _date(column: Any) -> Any:
    return column.str.to_date("%Y-%m-%d", strict=False).is_not_null()


def _matrix(codes: Any) -> tuple[Any, Any]:
    """Return codes of 18 characters as n × 18 bytes, and which are there."""
    import numpy as np

    valid = codes.is_not_null().to_numpy()
    texts = codes.fill_null("0" * 18).to_arrow().cast(pa.large_string())
    size = 18 * len(codes)
    return np.frombuffer(texts.buffers()[2], np.uint8, size).reshape(-1, 18), valid


def _schema() -> Any:
    import pandera.polars as pandera
    import polars

    checks: dict[str, list[Any]] = {}

    def check(column: str, name: str, holds: Any) -> None:
        def judged(data: Any) -> Any:
            return data.lazyframe.select(holds(polars.col(data.key)))

        checks.setdefault(column, []).append(pandera.Check(judged, name=name))

    for name, column in TRUE_FLAGS.items():
        check(column, name, lambda c: c)
    for name, column in FALSE_FLAGS.items():
        check(column, name, lambda c: ~c)
    for column, most in p1_data.LONGEST.items():
        check(column, f"{column}.length", lambda c, m=most: c.str.len_chars() <= m)
    check("fine", "fine.range", lambda c: c.is_between(0, p1_data.MOST))
    check("decided_on", "by_night", lambda c: c <= p1_data.NIGHT)
    check("decided_on", "since", lambda c: c >= p1_data.EARLIEST)
    in_order = polars.col("valid_until") >= polars.col("decided_on")
    in_order = in_order.fill_null(value=True)
    fined = polars.col("category").eq_missing(polars.lit("罚款"))
    given = ~fined | polars.col("fine__raw").is_not_null()
    across = [
        pandera.Check(lambda d: d.lazyframe.select(in_order), name="in_order"),
        pandera.Check(lambda d: d.lazyframe.select(given), name="fine.required_when"),
    ]
    needed = set(GIVEN.values())
    columns = {
        name: pandera.Column(checks=checks.get(name), nullable=name not in needed)
        for name in sorted({*checks, *needed})
    }
    return pandera.DataFrameSchema(columns, checks=across)
