"""The names that a catalogue may not use are those that the platform really uses."""

import re

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp
from warehouse_catalog import REGISTRATION, catalog

from guiji.catalog import reserved
from guiji.checking import links
from guiji.checking.suite import across_dates
from guiji.core.schemas import TEXT_COLUMNS, VERSION_COLUMNS
from guiji.core.settings import Settings
from guiji.parsing.parse import parse
from guiji.warehouse import columns, terms, views


def test_columns_of_versions_are_reserved() -> None:
    entries = catalog()
    items = {c for d in entries.datasets.values() for c in columns.item_columns(d)}
    stored = {*columns.table_schema(entries).names} - items
    assert stored - {*VERSION_COLUMNS.names} == reserved.STORED_COLUMNS
    assert {columns.SUPERSEDED, columns.ROW_ID} <= reserved.STORED_COLUMNS


def test_columns_that_views_add_are_reserved() -> None:
    assert {*terms.COLUMNS, "content"} == reserved.DERIVED_COLUMNS


def test_columns_that_parsing_adds_are_reserved() -> None:
    entries = catalog()
    dataset = entries.datasets[REGISTRATION["id"]]
    empty = pa.table({n: pa.array([], t.type) for n, t in _text_columns().items()})
    made = parse(empty, dataset, entries, "market_regulation", b"key")
    items = {item.id for item in dataset.items}
    platform = {c for c in made.column_names if c.partition("__")[0] not in items}
    assert {c for c in platform if "__" not in c} <= reserved.COLUMNS
    added = platform - {*VERSION_COLUMNS.names} - {*TEXT_COLUMNS.names}
    assert {c for c in added if "__" not in c} == reserved.TYPED_COLUMNS


def test_columns_that_the_check_adds_are_reserved() -> None:
    assert {across_dates.NIGHT} == reserved.CHECKED_COLUMNS
    assert reserved.CHECKED_COLUMNS <= reserved.COLUMNS
    assert reserved.BETWEEN in links.NAMED


def _text_columns() -> dict[str, pa.Field]:
    return {field.name: field for field in TEXT_COLUMNS}


def test_views_are_reserved() -> None:
    entries = catalog()
    named = views.names(entries) - {*entries.datasets}
    assert named | {"registration", views.PUT_AWAY} == reserved.VIEWS


def test_relations_that_models_read_are_reserved(settings: Settings) -> None:
    """Of a model that works with the views of datasets, every input is reserved."""
    read: set[str] = set()
    for folder in ("publication", "deadlines", "reports"):
        for path in sorted((settings.sql / folder).glob("*.sql")):
            text = re.sub(r"\$\w+", "null", path.read_text(encoding="utf-8"))
            tree = sqlglot.parse_one(text, read="duckdb")
            inner = {cte.alias for cte in tree.find_all(exp.CTE)}
            read |= {t.name for t in tree.find_all(exp.Table) if t.name} - inner
    missing = read - reserved.VIEWS - reserved.WORKING_RELATIONS
    assert not missing, f"add to reserved.WORKING_RELATIONS: {sorted(missing)}"


def test_reserved_words_of_the_database_are_reserved() -> None:
    words = duckdb.sql(
        "select keyword_name from duckdb_keywords() where keyword_category = 'reserved'"
    ).fetchall()
    assert {word for (word,) in words} <= reserved.KEYWORDS
