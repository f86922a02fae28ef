"""Who missed a deadline: each rule of the clocks on a warehouse made by hand."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from model_builders import item
from worlds import (
    ITEMS,
    NIGHT,
    at,
    breach,
    calendar,
    catalog,
    delivery,
    filled,
    shown,
    version,
    warehouse,
    with_clocks_since,
)

from guiji.catalog.model import Catalog
from guiji.context import NightContext
from guiji.core.errors import CalendarGap
from guiji.core.schemas import BREACHES
from guiji.core.settings import Settings
from guiji.domain.workdays import Calendar
from guiji.engine import sql
from guiji.reports.deadlines import breach_file, listing, sorted_file
from guiji.reports.deadlines.basis import last_release
from guiji.reports.deadlines.breaches import compute, prepare, write
from guiji.reports.deadlines.csv_lines import HEADINGS, CsvLines

LATER = date(2026, 11, 30)


def find(
    connection: duckdb.DuckDBPyConnection, context: NightContext, released: date | None
) -> pa.Table:
    """The missed deadlines over tables that are there."""
    parameters = prepare(connection, context, released)
    path = context.settings.data / "found.parquet"
    query = sql.statement(context.settings, "deadlines/overdue")
    breach_file.write(sorted_file.in_order(connection, query, parameters), path)
    return pq.read_table(path)


def found(
    settings: Settings,
    *,
    kind: str,
    night: date = LATER,
    released: date | None = LATER,
    days: Calendar | None = None,
    entries: Catalog | None = None,
    **tables: Any,
) -> list[dict[str, Any]]:
    with warehouse(**tables) as connection:
        context = NightContext(
            settings,
            night,
            catalog=entries or catalog(),
            calendar=days or calendar(),
        )
        table = find(connection, context, released)
    assert table.schema == BREACHES
    return [row for row in table.to_pylist() if row["kind"] == kind]


@pytest.mark.duty("FJ3", "GZ9")
@pytest.mark.parametrize(
    ("event", "received", "late"),
    [
        ("2026-09-28", "2026-10-13 23:59", 0),  # the seventh working day, to 24:00
        ("2026-09-28", "2026-10-14 00:00", 1),
        ("2026-09-30", "2026-10-15 22:00", 0),  # over the holiday, Saturday 10th works
        ("2026-10-01", "2026-10-15 22:00", 0),  # an event on a day off
        ("2026-10-01", "2026-10-17 09:00", 1),  # a Saturday: Friday has passed
        ("2026-10-01", "2026-10-19 09:00", 2),
    ],
)
def test_a_record_is_late_after_its_last_working_day(
    settings: Settings, event: str, received: str, late: int
) -> None:
    history = [version("r1", event, received)]
    rows = found(settings, kind="delivery", history=history)
    assert [row["working_days_late"] for row in rows] == [late] * (late > 0)


def test_a_late_record_names_its_first_delivery(settings: Settings) -> None:
    history = [
        version("r1", "2026-09-01", "2026-09-28 22:00", batch_id="first"),
        version("r1", "2026-09-01", "2026-10-20 22:00", batch_id="second"),
    ]
    (row,) = found(settings, kind="delivery", history=history)
    assert row == {
        "night": LATER,
        "clock": "d7",
        "kind": "delivery",
        "department": "market_regulation",
        "dataset": "licence",
        "record_id": "r1",
        "uscc": None,
        "batch_id": "first",
        "event_on": date(2026, 9, 1),
        "due_on": date(2026, 9, 10),
        "done_on": date(2026, 9, 28),
        "working_days_late": 12,
        "provisional": False,
        "responsible": "provider",
        "clause": "五(一)",
    }


def test_a_night_that_was_late_makes_no_department_late(settings: Settings) -> None:
    """Dropped at 23:59 of the due day, taken three nights later."""
    taken = date(2026, 10, 16)
    history = [version("r1", "2026-09-28", "2026-10-13 23:59", merged_night=taken)]
    assert found(settings, kind="delivery", history=history) == []
    history = [version("r1", "2026-09-28", "2026-10-14 00:00", merged_night=taken)]
    (row,) = found(settings, kind="delivery", history=history)
    assert (row["done_on"], row["working_days_late"]) == (date(2026, 10, 14), 1)


def test_a_correction_does_not_make_a_record_late(settings: Settings) -> None:
    history = [
        version("r1", "2026-09-21", "2026-09-22 22:00"),
        version("r1", "2026-09-21", "2026-11-20 22:00"),
    ]
    assert found(settings, kind="delivery", history=history) == []


def test_a_corrected_date_is_judged_by_what_is_true(settings: Settings) -> None:
    history = [
        version("typo", "2016-09-21", "2026-09-22 22:00"),
        version("typo", "2026-09-21", "2026-09-24 22:00"),
    ]
    assert found(settings, kind="delivery", history=history) == []


@pytest.mark.parametrize(
    ("stated", "corrected", "late"),
    [
        ("2026-09-21", "2026-09-18", 0),  # earlier, and still in time
        ("2026-09-21", "2026-09-01", 9),  # the true day: it was late all the time
        ("2026-09-21", "2026-09-22", 0),
    ],
)
def test_a_corrected_day_is_held_against_the_first_arrival(
    settings: Settings, stated: str, corrected: str, late: int
) -> None:
    history = [
        version("r1", stated, "2026-09-23 22:00"),
        version("r1", corrected, "2026-11-20 22:00"),
    ]
    rows = found(settings, kind="delivery", history=history)
    assert [row["working_days_late"] for row in rows] == [late] * (late > 0)


@pytest.mark.parametrize(
    ("again", "late"),
    [
        ("2026-09-21", 0),  # restored as it was
        ("2026-09-18", 0),  # revoked and stated anew with the day corrected
        ("2026-10-20", 11),  # the number was used for another event
        ("2026-11-19", 0),  # the same, in time
    ],
)
def test_a_record_that_stands_again_after_a_revocation(
    settings: Settings, again: str, late: int
) -> None:
    history = [
        version("r1", "2026-09-21", "2026-09-23 22:00"),
        version("r1", "2026-09-21", "2026-10-10 22:00", operation="revoke"),
        version("r1", again, "2026-11-13 22:00"),
    ]
    rows = found(settings, kind="delivery", history=history)
    assert [row["working_days_late"] for row in rows] == [late] * (late > 0)


def test_backlog_and_undated_records_have_no_clock(settings: Settings) -> None:
    history = [
        version("old", "2025-12-31", "2026-09-28 22:00"),
        version("first day", "2026-01-01", "2026-09-28 22:00"),
        version("undated", None, "2026-09-28 22:00"),
    ]
    rows = found(settings, kind="delivery", history=history)
    assert [row["record_id"] for row in rows] == ["first day"]


def test_an_entry_no_longer_valid_starts_no_clock(settings: Settings) -> None:
    entries = catalog(valid_to=date(2026, 6, 30))
    history = [
        version("during", "2026-06-30", "2026-09-28 22:00"),
        version("after", "2026-07-01", "2026-09-28 22:00"),
    ]
    rows = found(settings, kind="delivery", history=history, entries=entries)
    assert [row["record_id"] for row in rows] == ["during"]


def test_what_was_merged_after_the_night_does_not_count_yet(settings: Settings) -> None:
    history = [version("r1", "2026-09-01", "2026-10-20 22:00")]
    night = date(2026, 10, 19)
    assert found(settings, kind="delivery", history=history, night=night) == []


def test_a_due_day_beyond_the_calendar_is_provisional(settings: Settings) -> None:
    history = [version("r1", "2026-09-28", "2026-11-02 22:00")]
    days = calendar(until=date(2026, 10, 12))
    (row,) = found(settings, kind="delivery", history=history, days=days)
    assert (row["due_on"], row["provisional"]) == (date(2026, 10, 13), True)


def test_an_entry_older_than_the_calendar_is_an_error(settings: Settings) -> None:
    entries = with_clocks_since(None, catalog(valid_from=date(2016, 9, 20)))
    history = [version("r1", "2016-09-20", "2026-09-28 22:00")]
    with pytest.raises(CalendarGap, match="2016-09-20"):
        found(settings, kind="delivery", history=history, entries=entries)


EARLY = version("r1", "2026-09-28", "2026-09-28 22:00")
"""Its publication is due on 30 October, the twentieth working day."""


@pytest.mark.duty("FJ3", "GZ9")
@pytest.mark.parametrize(
    ("first_published", "late"),
    [("2026-10-30", []), ("2026-11-02", [date(2026, 11, 2)])],
)
def test_publication_is_late_after_its_due_day(
    settings: Settings, first_published: str, late: list[date]
) -> None:
    published = [
        shown("r1", first_published),
        shown("r1", "2026-11-20", channel="other"),
    ]
    rows = found(settings, kind="publication", history=[EARLY], published=published)
    assert [row["done_on"] for row in rows] == late


@pytest.mark.parametrize(
    ("night", "released", "count"),
    [
        (date(2026, 10, 30), None, 0),  # the due day is not over
        (date(2026, 10, 31), None, 1),  # over, and nothing was ever released
        (date(2026, 10, 31), date(2026, 9, 27), 1),  # the last release is older
        (date(2026, 10, 31), date(2026, 9, 28), 0),  # a release judged and kept it out
    ],
)
def test_an_unpublished_record_is_awaited_until_a_release_judges_it(
    settings: Settings, night: date, released: date | None, count: int
) -> None:
    rows = found(
        settings, kind="publication", history=[EARLY], night=night, released=released
    )
    assert [row["done_on"] for row in rows] == [None] * count


def test_a_publication_after_the_night_is_not_done_yet(settings: Settings) -> None:
    (row,) = found(
        settings,
        kind="publication",
        history=[EARLY],
        published=[shown("r1", "2026-11-20")],
        night=date(2026, 11, 10),
        released=None,
    )
    assert (row["done_on"], row["working_days_late"]) == (None, 7)


def test_revoked_and_inner_records_have_no_publication_clock(
    settings: Settings,
) -> None:
    history = [
        version("revoked", "2026-09-01", "2026-09-28 22:00"),
        version("revoked", "2026-09-01", "2026-09-29 22:00", operation="revoke"),
        version("inner", "2026-09-01", "2026-09-28 22:00", dataset="inner"),
    ]
    tables = {"history": history, "released": None}
    assert found(settings, kind="publication", **tables) == []
    late = found(settings, kind="delivery", **tables)
    assert [row["record_id"] for row in late] == ["inner", "revoked"]


@pytest.mark.parametrize(
    ("verdict", "rows_read", "silent"),
    [
        ("accepted", 10, False),
        ("partly", 10, False),
        ("accepted", 0, False),  # a zero report
        ("refused", 10, True),
        ("trial", 10, True),
        ("duplicate", 0, True),
        ("platform_fault", 0, False),  # it came; that it was not read is our fault
    ],
)
def test_only_accepted_deliveries_break_the_silence(
    settings: Settings, verdict: str, rows_read: int, silent: bool
) -> None:
    delivered = delivery("tax", verdict, dataset="weekly_list", rows_read=rows_read)
    rows = found(settings, kind="cycle", night=NIGHT, deliveries=[delivered])
    assert bool(rows) is silent


@pytest.mark.parametrize(
    ("department", "silent"), [("tax", False), ("market_regulation", True)]
)
def test_a_file_that_the_platform_could_not_recognise_may_be_any_dataset(
    settings: Settings, department: str, silent: bool
) -> None:
    delivered = delivery(department, "platform_fault", dataset=None, rows_read=0)
    rows = found(settings, kind="cycle", night=NIGHT, deliveries=[delivered])
    assert bool(rows) is silent


@pytest.mark.parametrize(
    ("last", "night", "due"),
    [
        (date(2026, 9, 21), date(2026, 9, 28), []),  # the cycle ends tonight
        (date(2026, 9, 21), date(2026, 9, 29), [date(2026, 9, 28)]),
        (date(2026, 9, 19), date(2026, 9, 28), []),  # ends on a Saturday: until Monday
        (date(2026, 9, 19), date(2026, 9, 29), [date(2026, 9, 28)]),
    ],
)
def test_a_cycle_ends_on_a_working_day(
    settings: Settings, last: date, night: date, due: list[date]
) -> None:
    delivered = [weekly(arrival=f"{last} 09:00", night=last)]
    rows = found(settings, kind="cycle", night=night, deliveries=delivered)
    assert [row["due_on"] for row in rows] == due


@pytest.mark.parametrize(
    ("arrival", "night", "counted_from"),
    [
        ("2026-09-21 23:59", date(2026, 9, 21), date(2026, 9, 21)),
        (
            "2026-09-21 23:59",
            date(2026, 9, 24),
            date(2026, 9, 21),
        ),  # three nights failed
        ("2026-09-22 00:00", date(2026, 9, 21), date(2026, 9, 22)),  # night run later
    ],
)
def test_a_cycle_counts_from_the_day_of_arrival_whichever_night_took_it(
    settings: Settings, arrival: str, night: date, counted_from: date
) -> None:
    delivered = [weekly(arrival=arrival, night=night)]
    (row,) = found(settings, kind="cycle", deliveries=delivered)
    assert row["event_on"] == counted_from


def weekly(arrival: str, night: date) -> Any:
    received = at(arrival)
    return delivery("tax", dataset="weekly_list", night=night, received_at=received)


def test_a_unit_that_never_delivered_is_late_since_the_entry_is_valid(
    settings: Settings,
) -> None:
    (row,) = found(settings, kind="cycle", night=NIGHT)
    assert (row["department"], row["dataset"]) == ("tax", "weekly_list")
    assert (row["event_on"], row["due_on"]) == (None, date(2026, 1, 8))
    assert row["clock"] == "cycle_weekly"


def test_breaches_are_written_the_same_way_twice(settings: Settings) -> None:
    context = NightContext(settings, NIGHT, catalog=catalog(), calendar=calendar())
    path = write(context)
    first = path.read_bytes(), path.with_suffix(".csv").read_bytes()
    write(context)
    assert (path.read_bytes(), path.with_suffix(".csv").read_bytes()) == first
    assert pq.read_table(path)["kind"].to_pylist() == ["cycle"]


def lines_of(tmp_path: Path, *rows: Any) -> bytes:
    """The list for people of these missed deadlines."""
    path = tmp_path / "breaches.parquet"
    breach_file.write([filled(rows, BREACHES)], path, lines=CsvLines(catalog()))
    return path.with_suffix(".csv").read_bytes()


def test_the_list_for_people_has_titles_instead_of_ids(
    settings: Settings, tmp_path: Path
) -> None:
    late = breach("delivery", record_id="r1", provisional=True)
    heading, line = lines_of(tmp_path, late).decode("utf-8-sig").splitlines()
    assert heading.startswith("时限种类,时限,单位,数据集,统一社会信用代码,")
    assert line == (
        "归集,d7,市市场监督管理局,行政许可,,r1,,,2026-09-21,,5,日历待定,提供方,五(一)"
    )


TEXTS = st.sampled_from(
    ["", "a", 'a"b', "a,b", "a\r", "\n", " a", "'", "=1+1", "甲，乙", '"', "a\tb"]
)
TEXT_OR_NONE = st.none() | TEXTS


@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["delivery", "publication", "cycle"]),
                "clock": TEXTS,
                "department": TEXTS | st.sampled_from(["tax", "market_regulation"]),
                "dataset": TEXTS | st.just("licence"),
                "record_id": TEXT_OR_NONE,
                "uscc": TEXT_OR_NONE,
                "batch_id": TEXT_OR_NONE,
                "event_on": st.none() | st.dates(),
                "done_on": st.none() | st.dates(),
                "working_days_late": st.integers(0, 9999),
                "provisional": st.booleans(),
                "clause": TEXTS,
            }
        ),
        max_size=5,
    )
)
@settings_of_hypothesis(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_list_for_people_is_written_as_python_writes_csv(
    settings: Settings, tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    complete = [breach(row["kind"]) | row for row in rows]
    expected = io.StringIO(newline="")
    writer = csv.writer(expected, lineterminator="\r\n")
    writer.writerow(title for title, _ in HEADINGS)
    for row in complete:
        shown = listing.readable(catalog(), row)
        writer.writerow(shown[name] for _, name in HEADINGS)
    written = lines_of(tmp_path, *complete)
    assert written == expected.getvalue().encode("utf-8-sig")


def test_the_warehouse_itself_can_be_asked(settings: Settings, tmp_path: Path) -> None:
    context = NightContext(settings, NIGHT, catalog=catalog(), calendar=calendar())
    compute(context, tmp_path / "found.parquet")
    table = pq.read_table(tmp_path / "found.parquet")
    assert (table.schema, table["kind"].to_pylist()) == (BREACHES, ["cycle"])
    assert last_release(settings, NIGHT) is None


def test_an_empty_warehouse_has_no_late_records(settings: Settings) -> None:
    with warehouse() as connection:
        table = find(
            connection,
            NightContext(settings, NIGHT, catalog=catalog(), calendar=calendar()),
            None,
        )
    assert table["kind"].to_pylist() == ["cycle"]


REMOVABLE = {
    "items": (*ITEMS, item("removed_on", "移出日期", code="YCRQ", type="date")),
    "produced": ("removed_on", "decided_on"),
}
"""Makes the entry `licence` a list from which enterprises are removed."""


def removed(received: str, on: str = "2026-09-28", **more: Any) -> Any:
    """A version that says on which day its enterprise was removed."""
    return version(
        "r1", "2026-03-02", received, produced_on=date.fromisoformat(on), **more
    )


def listed(received: str) -> Any:
    day = date(2026, 3, 2)
    return version("r1", day.isoformat(), received, produced_on=day)


@pytest.mark.parametrize(
    ("received", "late"),
    [("2026-10-13 23:59", []), ("2026-10-14 00:00", [1]), ("2026-11-10 09:00", [20])],
)
def test_a_removal_has_a_clock_of_its_own(
    settings: Settings, received: str, late: list[int]
) -> None:
    history = [listed("2026-03-03 22:00"), removed(received, batch_id="removal")]
    entries = catalog(**REMOVABLE)
    rows = found(settings, kind="change", history=history, entries=entries)
    assert [row["working_days_late"] for row in rows] == late
    for row in rows:
        assert (row["clock"], row["batch_id"]) == ("d7", "removal")
        assert (row["event_on"], row["due_on"]) == (NIGHT, date(2026, 10, 13))
    assert found(settings, kind="delivery", history=history, entries=entries) == []


def test_what_is_corrected_afterwards_was_told_in_time(settings: Settings) -> None:
    history = [removed("2026-10-09 22:00"), removed("2026-11-20 22:00")]
    rows = found(settings, kind="change", history=history, entries=catalog(**REMOVABLE))
    assert rows == []


@pytest.mark.duty("YJ3")
def test_a_clock_of_its_own_may_be_given_to_removals(settings: Settings) -> None:
    clock = {"id": "w3", "kind": "withdrawal", "working_days": 3, "clause": "四十八"}
    entries = catalog(**REMOVABLE, clocks=[clock | {"starts": "removed"}])
    history = [removed("2026-10-12 22:00")]
    (row,) = found(settings, kind="withdrawal", history=history, entries=entries)
    assert (row["due_on"], row["working_days_late"]) == (date(2026, 10, 8), 3)


def test_entries_without_a_day_of_removal_have_no_such_clock(
    settings: Settings,
) -> None:
    history = [removed("2026-11-20 22:00")]
    assert found(settings, kind="change", history=history) == []


@pytest.mark.parametrize(
    ("received", "responsible"),
    [
        ("2026-10-13 23:59", "collector"),  # in time: the platform's
        ("2026-10-14 00:00", "provider"),
    ],
)
def test_a_late_publication_is_of_whom_it_waited_for(
    settings: Settings, received: str, responsible: str
) -> None:
    history = [version("r1", "2026-09-28", received)]
    published = [shown("r1", "2026-11-20")]
    (row,) = found(settings, kind="publication", history=history, published=published)
    assert row["responsible"] == responsible


def test_nothing_of_before_the_clocks_run_is_late(settings: Settings) -> None:
    history = [version(f"r{d}", f"2026-09-{d}", "2026-11-20 22:00") for d in (10, 11)]
    entries = with_clocks_since(date(2026, 9, 11))
    rows = found(settings, kind="delivery", history=history, entries=entries)
    assert [row["record_id"] for row in rows] == ["r11"]


@pytest.mark.parametrize(
    ("since", "due"),
    [
        (None, [date(2026, 9, 14)]),  # a week after the platform's first night
        (date(2026, 9, 14), [date(2026, 9, 21)]),
        (date(2026, 9, 28), []),
    ],
)
def test_a_unit_that_never_delivered_counts_from_when_it_could(
    settings: Settings, since: date | None, due: list[date]
) -> None:
    other = delivery("market_regulation", night=date(2026, 9, 7))
    entries = with_clocks_since(since)
    rows = found(
        settings, kind="cycle", night=NIGHT, deliveries=[other], entries=entries
    )
    assert [row["due_on"] for row in rows] == due


def test_on_its_first_night_the_platform_misses_nobody(settings: Settings) -> None:
    entries = with_clocks_since(None)
    assert found(settings, kind="cycle", night=NIGHT, entries=entries) == []
