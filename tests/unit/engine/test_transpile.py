"""What is said otherwise in Spark's SQL, and what cannot be said there at all."""

from datetime import UTC, date, datetime

import pytest

from guiji.engine import transpile


def spark(query: str, **parameters: object) -> str:
    return transpile.to_spark(transpile.parse(query, parameters))


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("it's", "'it\\'s'"),
        ("a\\b", "'a\\\\b'"),
        (None, "NULL"),
        (False, "FALSE"),
        (7, "7"),
        (date(2026, 11, 18), "CAST('2026-11-18' AS DATE)"),
        (
            datetime(2026, 11, 18, 4, tzinfo=UTC),
            "CAST('2026-11-18 04:00:00+00:00' AS TIMESTAMP)",
        ),
    ],
)
def test_a_parameter_becomes_a_typed_literal(given: object, written: str) -> None:
    assert spark("select $x as x", x=given) == f"SELECT {written} AS x"


def test_qualify_becomes_a_filter_outside() -> None:
    query = """
        with a as (select n, "甲 乙" from t)
        select n, "甲 乙" as "丙" from a
        qualify row_number() over (partition by n order by "甲 乙") = 1 order by n
    """
    assert spark(query) == (
        "WITH a AS (SELECT n, `甲 乙` FROM t) SELECT n, `丙` FROM ("
        "SELECT n, `甲 乙` AS `丙`, CAST(ROW_NUMBER() OVER (PARTITION BY n ORDER BY "
        "`甲 乙` NULLS LAST) AS BIGINT) = 1 AS qualified_0 FROM a) AS source_0 "
        "WHERE qualified_0 ORDER BY n NULLS LAST"
    )


def test_qualify_inside_a_model_is_found() -> None:
    inside = "select n from t qualify row_number() over (order by n) = 1"
    written = spark(f"with a as ({inside}) select * from a union all {inside}")
    assert "QUALIFY" not in written
    assert written.count("WHERE qualified_") == 2


def test_a_separator_is_no_regular_expression() -> None:
    assert spark("select string_split(a, '.') as x") == "SELECT SPLIT(a, '\\\\.') AS x"


def test_a_list_is_sorted_after_it_is_gathered() -> None:
    assert spark("select list(distinct a order by a) as x from t") == (
        "SELECT ARRAY_SORT(COLLECT_LIST(DISTINCT a)) AS x FROM t"
    )


def test_rules_reach_expressions_inside_each_other() -> None:
    query = "select length(string_split(string_split(a, '|')[1], '+')[1]) as n"
    assert spark(query).count("SPLIT(") == 2
    assert "\\\\|" in spark(query)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("select * from t qualify row_number() over (order by n) = 1", "all columns"),
        ("select string_split(a, b) as x from t", "separator"),
        ("select list(a order by b) as x from t", "its own members"),
        ("select $unknown as x", "no value for the parameter .unknown"),
        ("create table t as select 1 as n", "not a query"),
    ],
)
def test_what_would_be_lost_is_an_error(query: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        spark(query)


def test_a_value_of_another_type_is_an_error() -> None:
    with pytest.raises(TypeError, match="list"):
        spark("select $x as x", x=[1])


@pytest.mark.parametrize(
    ("duckdb", "other"),
    [
        ("decimal(24, 6)", "DECIMAL(24, 6)"),
        ("timestamptz", "TIMESTAMP"),
        ("varchar[]", "ARRAY<STRING>"),
        ("bigint", "BIGINT"),
    ],
)
def test_types_have_their_names_in_both_dialects(duckdb: str, other: str) -> None:
    assert transpile.spark_type(duckdb) == other
    there_and_back = transpile.duckdb_type(other)
    assert transpile.spark_type(there_and_back) == other
