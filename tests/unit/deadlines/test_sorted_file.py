"""Missed deadlines are sorted slice by slice and give what one sort gives."""

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from worlds import breach, filled

from guiji.core.schemas import BREACHES
from guiji.reports.deadlines import sorted_file
from guiji.reports.deadlines.sorted_file import LEADING, slices

DAYS = [None, *(date(2026, 9, 1) + timedelta(days=n) for n in range(5))]


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
        sorted_file.write(connection, "select * from given", {}, path)
    order = [(column, "ascending") for column in (*LEADING, "record_id")]
    assert pq.read_table(path).equals(rows.sort_by(order).combine_chunks())


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
        sorted_file.write(connection, "select * from given", {}, path)
    assert pq.read_table(path).equals(BREACHES.empty_table())
