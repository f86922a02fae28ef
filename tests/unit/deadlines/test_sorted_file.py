"""Missed deadlines are sorted, merged and written piece by piece, as one sort gives."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from worlds import breach, catalog, filled

from guiji.core.schemas import BREACHES
from guiji.reports.deadlines import breach_file, sorted_file
from guiji.reports.deadlines.csv_lines import CsvLines
from guiji.reports.deadlines.merge_sorted import merged
from guiji.reports.deadlines.sorted_file import LEADING, slices

DAYS = [None, *(date(2026, 9, 1) + timedelta(days=n) for n in range(5))]


ORDER = [(column, "ascending") for column in (*LEADING, "record_id")]


def drawn(draw: Random, rows: int) -> list[dict[str, Any]]:
    """Rows that differ in few values of each leading column."""
    return [
        breach(
            draw.choice(["delivery", "publication", "cycle"]),
            department=draw.choice(["a", "b", "甲"]),
            dataset=draw.choice(["x", "y"]),
            event_on=draw.choice(DAYS),
            record_id=f"r{draw.randrange(1000):03}-{n}",
        )
        for n in range(rows)
    ]


@pytest.mark.parametrize("limit", [1, 3, 20, 1000])
def test_slices_in_turn_are_the_sorted_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: int
) -> None:
    monkeypatch.setattr(sorted_file.slices, "__defaults__", (limit,))
    rows = filled(drawn(Random(limit), 300), BREACHES)
    path = tmp_path / "sorted.parquet"
    with duckdb.connect() as connection:
        connection.register("given", rows)
        tables = sorted_file.in_order(connection, "select * from given", {})
        breach_file.write(tables, path)
    assert pq.read_table(path).equals(rows.sort_by(ORDER).combine_chunks())


def pieces(draw: Random, rows: pa.Table) -> Iterator[pa.Table]:
    """The rows in order, in tables of a few rows or none."""
    ordered = rows.sort_by(ORDER)
    while len(ordered):
        number = draw.randrange(40)
        yield ordered.slice(0, number)
        ordered = ordered.slice(number)


@pytest.mark.parametrize("seed", range(12))
def test_merged_streams_are_the_sorted_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seed: int
) -> None:
    """Whatever pieces and streams they come in, the same rows give the same bytes."""
    monkeypatch.setattr(breach_file, "GROUP_ROWS", 17)
    draw = Random(seed)
    rows = drawn(draw, 200)
    streams: list[list[Any]] = [[], []]
    share = draw.choice([0.0, 0.02, 0.5, 1.0])
    for row in rows:
        streams[draw.random() < share].append(row)
    first, second = (pieces(draw, filled(stream, BREACHES)) for stream in streams)
    whole = filled(rows, BREACHES).sort_by(ORDER).combine_chunks()
    lines = CsvLines(catalog())
    merged_path, whole_path = tmp_path / "merged.parquet", tmp_path / "whole.parquet"
    breach_file.write(merged(first, second), merged_path, lines=lines)
    breach_file.write([whole], whole_path, lines=lines)
    assert pq.read_table(merged_path).equals(whole)
    assert merged_path.read_bytes() == whole_path.read_bytes()
    texts = [p.with_suffix(".csv").read_bytes() for p in (merged_path, whole_path)]
    assert texts[0] == texts[1]
    assert pq.read_metadata(whole_path).num_row_groups == -(-200 // 17)


def test_a_slice_is_larger_than_asked_only_where_its_rows_agree() -> None:
    counts = [
        ("a", "x", "delivery", "d7", DAYS[1], 4),
        ("a", "x", "delivery", "d7", DAYS[2], 40),
        ("a", "y", "delivery", "d7", DAYS[1], 4),
        ("b", "x", "delivery", "d7", DAYS[1], 6),
        ("c", "x", "delivery", "d7", DAYS[1], 5),
    ]
    bounds = [dict(part.bounds) for part in slices(counts, 10)]
    agreed = {"department": ("a", "a"), "dataset": ("x", "x")}
    agreed |= {"kind": ("delivery", "delivery"), "clock": ("d7", "d7")}
    assert bounds == [
        agreed | {"event_on": (DAYS[1], DAYS[1])},
        agreed | {"event_on": (DAYS[2], DAYS[2])},
        {"department": ("a", "a"), "dataset": ("y", "y")},
        {"department": ("b", "b")},
        {"department": ("c", "c")},
    ]


def test_no_rows_are_a_file_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "sorted.parquet"
    with duckdb.connect() as connection:
        connection.register("given", BREACHES.empty_table())
        tables = sorted_file.in_order(connection, "select * from given", {})
        breach_file.write(tables, path)
    assert pq.read_table(path).equals(BREACHES.empty_table())
