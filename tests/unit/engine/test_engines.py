"""What every engine promises: the same relations, rows, types and bytes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import engines
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guiji.core import files
from guiji.engine.base import Engine
from guiji.engine.remote import open_store

NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)
LIST = pa.list_(pa.string())
EVERY_TYPE = pa.table(
    {
        "text": ["甲", None, ""],
        "fine_yuan": pa.array([Decimal("1.5"), None, 0], pa.decimal128(24, 6)),
        "day": pa.array([date(1, 1, 1), None, date(9999, 12, 31)]),
        "at": pa.array([NOON, None, NOON], pa.timestamp("us", "UTC")),
        "flag": [True, None, False],
        "big": pa.array([1 << 40, None, -1], pa.int64()),
        "small": pa.array([1, None, -1], pa.int32()),
        "parts": pa.array([["a", None], None, []], LIST),
    }
)
TYPES = {
    bool: pa.bool_(),
    date: pa.date32(),
    int: pa.int64(),
    list: pa.list_(pa.field("l", pa.string())),
    str: pa.string(),
}
"""How both engines give out values of Python's types."""

SQL_TYPES = {
    "text": "varchar",
    "fine_yuan": "decimal(24, 6)",
    "day": "date",
    "at": "timestamptz",
    "flag": "boolean",
    "big": "bigint",
    "small": "integer",
    "parts": "varchar[]",
}


def values(engine: Engine, query: str, **parameters: object) -> list[object]:
    """The first column of a query."""
    return engine.fetch(query, parameters).column(0).to_pylist()


def written(path: Path, **columns: list[object]) -> str:
    pq.write_table(pa.table(columns), path)
    return str(path)


def test_every_type_passes_through_every_door(engine: Engine, tmp_path: Path) -> None:
    engine.rows("given", EVERY_TYPE)
    assert engine.keep("kept", "select * from given") == 3
    assert engine.write("select * from kept order by big", tmp_path / "x") == 3
    engine.files("read", [str(tmp_path / "x")], SQL_TYPES)
    engine.view("seen", "select * from read")
    found = engine.fetch("select * from seen order by big")
    assert found.to_pylist() == EVERY_TYPE.take([2, 0, 1]).to_pylist()
    assert [str(t) for t in found.schema.types] == [
        "string",
        "decimal128(24, 6)",
        "date32[day]",
        "timestamp[us, tz=Asia/Shanghai]",
        "bool",
        "int64",
        "int32",
        "list<l: string>",
    ]


def test_a_column_that_a_file_lacks_is_null(engine: Engine, tmp_path: Path) -> None:
    paths = [
        written(tmp_path / "old.parquet", a=["1"]),
        written(tmp_path / "new.parquet", extra=[True], b=[2], a=["2"]),
    ]
    engine.files("read", paths, {"b": "bigint", "a": "varchar", "c": "date"})
    assert engine.fetch("select * from read order by a").to_pylist() == [
        {"b": None, "a": "1", "c": None},
        {"b": 2, "a": "2", "c": None},
    ]


def test_rows_say_which_files_they_are_from(engine: Engine, tmp_path: Path) -> None:
    first = [written(tmp_path / "old.parquet", n=[1]), written(tmp_path / "x", n=[2])]
    second = [written(tmp_path / "y", n=[3, 4], a=["3", "4"])]
    none: list[str] = []
    engine.labelled_files(
        "read",
        {"it's first": first, "none": none, "second": second},
        {"a": "varchar", "n": "bigint"},
        "batch_id",
    )
    assert engine.fetch("select * from read order by n").to_pylist() == [
        {"batch_id": "it's first", "a": None, "n": 1},
        {"batch_id": "it's first", "a": None, "n": 2},
        {"batch_id": "second", "a": "3", "n": 3},
        {"batch_id": "second", "a": "4", "n": 4},
    ]
    assert values(
        engine, "select n from read where batch_id = 'second' order by n"
    ) == [
        3,
        4,
    ]


def test_without_files_rows_have_no_label(engine: Engine) -> None:
    engine.labelled_files("read", {}, {"n": "bigint"}, "batch_id")
    found = engine.fetch("select * from read")
    assert (found.num_rows, found.column_names) == (0, ["batch_id", "n"])


def test_folders_named_like_columns_add_none(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "kind=tail" / "n=7"
    folder.mkdir(parents=True)
    engine.files("read", [written(folder / "x", n=[1])], {"n": "bigint"})
    assert engine.fetch("select * from read").to_pylist() == [{"n": 1}]


def test_files_may_lie_in_an_object_store(engine: Engine, bucket: str) -> None:
    with open_store(bucket).open_output_stream("kind=tail/x.parquet") as file:
        pq.write_table(pa.table({"n": [1, 2]}), file)
    engine.files("far", [f"{bucket}/kind=tail/x.parquet"], {"n": "bigint"})
    assert values(engine, "select n from far order by n") == [1, 2]


def test_without_files_a_relation_has_no_rows(engine: Engine) -> None:
    engine.files("read", [], SQL_TYPES)
    found = engine.fetch("select * from read")
    assert (found.num_rows, found.column_names) == (0, list(SQL_TYPES))


def test_nothing_is_kept_and_written_with_its_columns(
    engine: Engine, tmp_path: Path
) -> None:
    engine.rows("given", EVERY_TYPE)
    assert engine.keep("kept", "select text, parts from given where false") == 0
    assert engine.fetch("select * from kept").column_names == ["text", "parts"]
    assert engine.write("select * from kept", tmp_path / "x") == 0
    assert pq.read_schema(tmp_path / "x").names == ["text", "parts"]
    assert engine.write_csv("select * from kept", tmp_path / "y") == 0
    assert (tmp_path / "y").read_text() == "text,parts\n"


def test_a_name_may_be_given_anew(engine: Engine) -> None:
    engine.keep("again", "select 1 as n")
    engine.keep("again", "select n + 1 as n from again")
    assert values(engine, "select n from again") == [2]
    engine.view("again", "select 3 as n")
    assert values(engine, "select n from again") == [3]
    engine.rows("again", pa.table({"n": [4]}))
    assert values(engine, "select n from again") == [4]


def test_what_was_kept_stays_when_its_source_changes(engine: Engine) -> None:
    engine.rows("source", pa.table({"n": [1]}))
    engine.keep("kept", "select n from source")
    engine.rows("source", pa.table({"n": [2]}))
    assert values(engine, "select n from kept") == [1]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("varchar", "it's a \\ 罚款"),
        ("varchar", None),
        ("boolean", True),
        ("bigint", 1 << 40),
        ("date", date(2026, 11, 18)),
        ("timestamptz", NOON),
    ],
)
def test_a_parameter_has_its_value(engine: Engine, kind: str, value: object) -> None:
    assert values(engine, f"select $given::{kind} as x", given=value) == [value]


def test_the_day_of_an_instant_is_that_of_shanghai(engine: Engine) -> None:
    late = datetime(2026, 11, 18, 20, tzinfo=UTC)
    assert values(engine, "select $at::timestamptz::date as day", at=late) == [
        date(2026, 11, 19)
    ]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("length(text)", 6),  # whole numbers are as wide as in DuckDB
        ("len(string_split(text, '|'))", 2),
        ("len(list_filter([text], lambda t: t not in ('a', 'b')))", 1),
        ("list_contains(string_split(text, '|'), '.')", True),
        ("row_number() over (order by text)", 1),
        ("count(*) over ()", 1),
        ("string_split(text, '|')", ["1.50", "."]),
        (
            "array_to_string(list_transform([text], lambda t: t || '!'), '；')",
            "1.50|.!",
        ),
        ("rtrim(rtrim(1.500000::decimal(24, 6)::varchar, '0'), '.')", "1.5"),
        ("(day + to_months(1))::date", date(2024, 2, 29)),  # the last of the month
        ("strftime(day, '%Y-%m-%d')", "2024-01-31"),
        ("date_diff('day', day, date '2024-02-02')", 2),
        ("left(sha256(text), 8)", "b985e8d8"),
        ("hex_number(left(sha256(text), 15))", 0xB985E8D8AE1A13D),
        ("concat_ws('-', text, null, 'b')", "1.50|.-b"),
        ("least(day, null)", date(2024, 1, 31)),
        ("regexp_matches(text, '^[0-9.]+[|]')", True),
        ("regexp_extract_all('a1b22', '[0-9]+')", ["1", "22"]),
    ],
)
def test_functions_give_the_same_value_and_type(
    engine: Engine, expression: str, expected: object
) -> None:
    day = date(2024, 1, 31)
    engine.rows("one", pa.table({"text": ["1.50|."], "day": [day]}))
    found = engine.fetch(f"select {expression} as x from one")
    assert found.to_pylist() == [{"x": expected}]
    assert found.schema == pa.schema([("x", TYPES[type(expected)])])


def test_rows_are_written_in_the_order_asked_for(
    engine: Engine, tmp_path: Path
) -> None:
    engine.rows("numbers", pa.table({"n": pa.array(range(250_000))}))
    query = "select n, n % 7 as rest from numbers order by rest desc, n"
    assert engine.write(query, tmp_path / "x") == 250_000
    table = pq.read_table(tmp_path / "x")
    assert table == table.sort_by([("rest", "descending"), ("n", "ascending")])
    metadata = pq.read_metadata(tmp_path / "x")
    assert metadata.num_row_groups == 13
    assert metadata.row_group(0).column(0).compression == "ZSTD"


def test_a_null_is_an_empty_cell_and_an_empty_text_a_quoted_one(
    engine: Engine, tmp_path: Path
) -> None:
    engine.rows("given", pa.table({"甲": ['a"b', None, "", "c,d"], "n": [1, 2, 3, 4]}))
    engine.write_csv('select "甲", n from given order by n desc', tmp_path / "x")
    assert (tmp_path / "x").read_text() == '甲,n\n"c,d",4\n"",3\n,2\n"a""b",1\n'


def test_both_engines_write_the_same_bytes(tmp_path: Path) -> None:
    digests = set()
    for name in engines.NAMES:
        path = tmp_path / name
        with engines.opened(name, tmp_path) as one:
            one.rows("given", EVERY_TYPE)
            one.rows("numbers", pa.table({"n": pa.array(range(1000))}))
            query = "select * from given cross join numbers order by big, n"
            one.write(query, path)
        digests.add(files.sha256_of(path))
    assert len(digests) == 1


def test_closing_leaves_no_file(tmp_path: Path) -> None:
    for name in engines.NAMES:
        with engines.opened(name, tmp_path) as one:
            one.rows("given", EVERY_TYPE)
            one.keep("kept", "select * from given")
    assert list(tmp_path.iterdir()) == []
