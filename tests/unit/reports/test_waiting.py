"""What waits to be mended, and for how many working days."""

from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from worlds import NIGHT, at, calendar, catalog, delivery, filled

from guiji.context import Context
from guiji.core.schemas import DELIVERIES, QUARANTINE
from guiji.core.settings import Settings
from guiji.reports.waiting import OpenCorrections, waiting

CLOSED = QUARANTINE.append(pa.field("closed_night", pa.date32()))
OLD, NEW = "2026-09-16", "2026-09-17"
"""Eight and seven working days before the night; the clock allows seven."""


def line(batch: str, record: str | None, **more: Any) -> Any:
    return {
        "batch_id": batch,
        "night": NIGHT,
        "department": "market_regulation",
        "dataset": "licence",
        "source_row": 2,
        "record_id": record,
        **more,
    }


def received(batch: str, day: str) -> Any:
    return delivery("market_regulation", batch_id=batch, received_at=at(f"{day} 22:00"))


@pytest.fixture
def found(settings: Settings) -> tuple[OpenCorrections, ...]:
    lines = [
        line("old", "r1"),
        line("new", "r2"),
        line("new", "r3"),
        line("old", "r9", dataset="weekly_list"),  # no clock, no term
        line("old", None, department="tax", source_row=None, source_file="a.xlsx"),
        line("new", "r4", closed_night=date(2026, 9, 25)),
    ]
    with duckdb.connect() as connection:
        put_away = filled(lines, CLOSED)
        connection.register("quarantine", put_away)
        deliveries = filled([received("old", OLD), received("new", NEW)], DELIVERIES)
        connection.register("deliveries", deliveries)
        connection.execute("set timezone = 'Asia/Shanghai'")
        return waiting(
            connection, Context(settings, catalog=catalog(), calendar=calendar()), NIGHT
        )


def test_rows_older_than_the_delivery_clock_are_overdue(
    found: tuple[OpenCorrections, ...],
) -> None:
    market, _ = found
    assert (market.rows, market.overdue) == (4, 1)
    assert (market.since, market.oldest) == (date(2026, 9, 16), 8)


def test_a_refused_file_waits_as_one(found: tuple[OpenCorrections, ...]) -> None:
    _, tax = found
    assert (tax.title, tax.rows, tax.files, tax.overdue) == ("市税务局", 0, 1, 1)


def test_where_nothing_waits_nobody_is_named(settings: Settings) -> None:
    with duckdb.connect() as connection:
        connection.register("quarantine", filled([], CLOSED))
        connection.register("deliveries", filled([], DELIVERIES))
        assert (
            waiting(
                connection,
                Context(settings, catalog=catalog(), calendar=calendar()),
                NIGHT,
            )
            == ()
        )
