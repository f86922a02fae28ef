"""Extracts in the catalogue: a table or the one query of an SQL file."""

from dataclasses import replace

import pytest
from small_catalogue import Small

from guiji.catalog import load
from guiji.catalog.queries import NotOneQuery, one_query
from guiji.core.errors import CatalogError
from guiji.core.settings import Settings

ENTRY = "  - { department: tax, connection: tax_database, table: penalty }"
PENALTY = "catalog/small/datasets/penalty.yml"
QUERY = "select no, company from penalty -- all of them\n;\n"


def extract(small: Small, entry: str, query: str | None = None) -> None:
    """Declare an extract; write the file that it may name."""
    small.replace(PENALTY, ENTRY, f"  - {{ {entry} }}")
    folder = small.root / "sql" / "extracts" / "small"
    folder.mkdir(parents=True)
    if query is not None:
        (folder / "penalties.sql").write_text(query, encoding="utf-8")


def opened(small: Small) -> str:
    """Load the catalogue; give the error, or nothing."""
    roots = small.root / "catalog", small.root / "expectations"
    try:
        load.load_folder(*roots, "small", small.root / "sql" / "extracts")
    except CatalogError as error:
        return str(error)
    return ""


BY_QUERY = "department: tax, connection: tax_database, sql: penalties.sql"


def test_an_extract_may_read_a_query(small: Small) -> None:
    extract(small, f"{BY_QUERY}, sweep: weekly, cycle: daily", QUERY)
    assert opened(small) == ""


@pytest.mark.parametrize(
    ("entry", "query", "message"),
    [
        (
            f"{BY_QUERY}, table: penalty",
            QUERY,
            "give either `table` or `sql`; complete or correct this entry",
        ),
        (
            "department: tax, connection: tax_database",
            None,
            "give either `table` or `sql`; complete or correct this entry",
        ),
        (BY_QUERY, None, "no file 'penalties.sql' in sql/extracts/small; there is"),
        (
            "department: tax, connection: tax_database, sql: penalty.sql",
            QUERY,
            "no file 'penalty.sql' in sql/extracts/small; "
            "did you mean 'penalties.sql'?",
        ),
        (
            BY_QUERY,
            "select no from penalty; drop table penalty",
            "penalties.sql: it holds 2 statements, not one; write one SELECT",
        ),
        (
            "department: tax, connection: tax_database, sql: ../penalties.sql",
            QUERY,
            "extracts.0.sql: '../penalties.sql' does not fit",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    small: Small, entry: str, query: str | None, message: str
) -> None:
    extract(small, entry, query)
    found = opened(small)
    line = small.line(PENALTY, entry)
    assert found.startswith(f"{PENALTY}:{line}: {message}"), found


def test_a_query_that_no_extract_names_is_named(small: Small) -> None:
    extract(small, ENTRY.strip(" -{}"), QUERY)
    assert opened(small).startswith(
        "sql/extracts/small/penalties.sql:1: nothing reads this file"
    )


def test_another_query_is_another_version_of_the_catalogue(small: Small) -> None:
    extract(small, BY_QUERY, QUERY)
    roots = small.root / "catalog", small.root / "expectations"
    queries = small.root / "sql" / "extracts"
    first = load.load_folder(*roots, "small", queries).version
    (queries / "small" / "penalties.sql").write_text(QUERY.upper(), encoding="utf-8")
    assert load.load_folder(*roots, "small", queries).version != first


def test_a_full_delivery_takes_no_sweep(small: Small) -> None:
    extract(small, f"{ENTRY.strip(' -{}')}, sweep: weekly")
    small.replace(PENALTY, "version:", "delivery: full\nversion:")
    assert "a full delivery needs no sweep" in opened(small)


@pytest.mark.parametrize(
    "text",
    [
        "select a, b as c from t",
        "select a from t;",
        "select a from t; -- the end\n",
        "with x as (select * from t) select a from x",
        "select a from t union all select b from u",
        "-- sqlfluff:dialect:postgres\nselect a::text as a, ':x' as b from t",
        "-- sqlfluff:dialect:mysql\nselect ifnull(a, '；') as a from `表`",
        "-- sqlfluff:dialect:tsql\nselect top 5 [a b] from t",
    ],
)
def test_one_query_is_taken_as_it_is_without_its_semicolon(text: str) -> None:
    kept = one_query(text)
    assert kept.endswith("\n")
    assert text.startswith(kept.rstrip("\n"))
    assert ";" not in kept


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "holds 0 statements"),
        ("-- nothing but a comment", "holds 0 statements"),
        ("select a from t; select b from t", "holds 2 statements"),
        ("select a from", "cannot be parsed"),
        ("select 'a from t", "cannot be parsed"),
        ("update t set a = 1", "is no SELECT"),
        ("call f()", "is no SELECT"),
        (
            "-- sqlfluff:dialect:postgres\n"
            "with gone as (delete from t returning a) select a from gone",
            "holds DELETE",
        ),
        ("select a into u from t", "holds INTO"),
        ("select a from t for update", "holds LOCK"),
        ("select a from t where b > :since", "has a parameter"),
        ("-- sqlfluff:dialect:postgres\nselect $1 as a", "has a parameter"),
        ("select * from t", "name every column"),
        ("select t.* from t", "name every column"),
        ("select a, upper(b) from t", "name every column"),
        ("select a, b as a from t", "returns a more than once"),
        ("-- sqlfluff:dialect:vax\nselect a from t", "'vax' is no dialect"),
    ],
)
def test_anything_else_is_refused_and_says_why(text: str, why: str) -> None:
    with pytest.raises(NotOneQuery, match=why):
        one_query(text)


def test_a_catalogue_is_read_again_when_a_file_of_it_changes(
    small: Small, settings: Settings
) -> None:
    extract(small, BY_QUERY, QUERY)
    here = replace(settings, catalog=small.root / "catalog", jurisdiction="small")
    first = load.load(here)
    assert load.load(here) is first
    extracts = small.root / "sql" / "extracts" / "small"
    (extracts / "penalties.sql").write_text("delete from penalty", encoding="utf-8")
    with pytest.raises(CatalogError, match="not a SELECT|one SELECT"):
        load.load(here)
    assert load.load(here, queries=False).version != first.version
