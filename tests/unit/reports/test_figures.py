"""The figures of a circular, each on a warehouse made by hand."""

from datetime import date
from typing import Any

import pyarrow.parquet as pq
import pytest
from worlds import (
    NIGHT,
    breach,
    catalog,
    delivery,
    version,
    warehouse,
)

from guiji.catalog.model import Catalog
from guiji.context import Context
from guiji.core.settings import Settings
from guiji.reports import assessment, list_check
from guiji.reports.figures import ClockLine, Figures, Section, Tally, figures
from guiji.storage import publication_log

FIRST = date(2026, 9, 1)


def counted(
    settings: Settings,
    entries: Catalog | None = None,
    **tables: Any,
) -> Figures:
    listed = settings.data / "listed.parquet"
    with warehouse(**tables) as connection:
        return figures(
            connection,
            Context(settings, catalog=entries or catalog()),
            FIRST,
            NIGHT,
            NIGHT,
            listed,
        )


def listed(counted: Figures, column: str) -> list[Any]:
    assert counted.breaches is not None
    table = pq.read_table(counted.breaches.file)
    assert table.num_rows == counted.breach_count
    values: list[Any] = table[column].to_pylist()
    return values


def test_what_was_kept_back_is_counted_by_reason(settings: Settings) -> None:
    withheld = [
        {"dataset": "penalty", "owner": "tax", "reason": "phone"},
        {"dataset": "penalty", "owner": "tax", "reason": "natural_person"},
        {"dataset": "licence", "owner": "tax", "reason": "person_id"},
    ]
    found = counted(settings, withheld=withheld)
    tally = of(found.sections[0], "tax")
    assert (tally.withheld, tally.not_public) == (2, 1)


def of(section: Section, unit: str) -> Tally:
    return next(u.tally for u in section.units if u.id == unit)


def test_rows_are_summed_over_the_deliveries_that_count(settings: Settings) -> None:
    deliveries = [
        delivery("tax", "partly", rows_read=100, rows_accepted=90, rows_quarantined=10),
        delivery("tax", "accepted", dataset="penalty", rows_read=0, rows_accepted=0),
        delivery("tax", "refused", rows_read=40, rows_accepted=0, rows_quarantined=40),
        delivery("tax", "duplicate", rows_read=7),
        delivery("tax", "trial", rows_read=7),
        delivery("tax", "platform_fault", dataset="penalty", rows_read=0),
        delivery("tax", "accepted", night=date(2026, 8, 31)),
    ]
    tally = of(counted(settings, deliveries=deliveries).overall, "tax")
    assert tally == Tally(
        deliveries=3,
        taken=2,
        refused=1,
        duplicates=1,
        trials=1,
        faults=1,
        zero_reports=1,
        rows_read=140,
        accepted=90,
        quarantined=10,
        refused_rows=40,
    )
    assert tally.conformity == pytest.approx(90 / 140)


def test_rates_are_absent_where_there_is_nothing_to_divide_by() -> None:
    assert (Tally().conformity, Tally().late_rate) == (None, None)
    assert Tally(rows_read=2).conformity == 0.0


def test_licences_and_penalties_are_counted_apart(settings: Settings) -> None:
    deliveries = [
        delivery("tax", dataset="licence", rows_read=3),
        delivery("tax", dataset="penalty", rows_read=5),
        delivery("tax", dataset="inner", rows_read=7),
        delivery("tax", "refused", dataset=None, rows_read=11),
    ]
    found = counted(settings, deliveries=deliveries)
    read = {s.id: of(s, "tax").rows_read for s in found.sections}
    assert read == {"all": 26, "licence": 3, "penalty": 5}


def test_units_with_nothing_accepted_are_silent(settings: Settings) -> None:
    deliveries = [
        delivery("market_regulation", rows_read=0),  # a zero report counts
        delivery("ecology_environment", "refused"),
        delivery("tax", "accepted", dataset="penalty"),
    ]
    _, licence, penalty = counted(settings, deliveries=deliveries).sections
    assert [u.id for u in licence.silent] == ["ecology_environment", "tax"]
    assert [u.id for u in penalty.delivered] == ["tax"]


def test_late_records_are_those_first_collected_in_the_period(
    settings: Settings,
) -> None:
    history = [
        version("in time", "2026-09-25", "2026-09-28 22:00"),
        version("late", "2026-09-01", "2026-09-28 22:00"),
        version("late before", "2026-08-01", "2026-08-28 22:00"),
        version("late before", "2026-08-01", "2026-09-28 22:00"),  # changed now
        version("backlog", "2025-01-01", "2026-09-28 22:00"),
        version("undated", None, "2026-09-28 22:00"),
    ]
    overdue = [
        breach("delivery", record_id="late", done_on=NIGHT),
        breach("delivery", record_id="late", done_on=NIGHT, clock="second"),
        breach("delivery", record_id="late before", done_on=date(2026, 8, 28)),
    ]
    found = counted(settings, overdue=overdue, history=history)
    tally = of(found.overall, "market_regulation")
    assert (tally.records, tally.clocked, tally.late) == (4, 2, 1)
    assert tally.late_rate == pytest.approx(0.5)
    assert set(listed(found, "record_id")) == {"late"}


def test_events_after_the_validity_of_an_entry_have_no_clock(
    settings: Settings,
) -> None:
    history = [
        version("during", "2026-08-31", "2026-09-28 22:00"),
        version("after", "2026-09-01", "2026-09-28 22:00"),
    ]
    entries = catalog(valid_to=date(2026, 8, 31))
    tally = counted(settings, entries=entries, history=history).overall.total
    assert (tally.records, tally.clocked) == (2, 1)


def test_open_breaches_stay_in_and_done_ones_belong_to_their_period(
    settings: Settings,
) -> None:
    history = [version(r, "2026-07-01", "2026-08-03 22:00") for r in ("a", "b", "c")]
    overdue = [
        breach("publication", record_id="a", done_on=None),
        breach("publication", record_id="b", done_on=date(2026, 9, 1)),
        breach("publication", record_id="c", done_on=date(2026, 8, 31)),
        breach("cycle", department="tax", dataset="weekly_list", done_on=None),
    ]
    found = counted(settings, overdue=overdue, history=history)
    assert listed(found, "record_id") == ["a", "b", None]
    assert of(found.overall, "market_regulation").unpublished == 2
    assert of(found.overall, "tax").silent_duties == 1


def test_breaches_are_counted_by_clock(settings: Settings) -> None:
    overdue = [
        breach("cycle", dataset="weekly_list"),
        breach("publication", record_id="a", provisional=True, working_days_late=9),
        breach("publication", record_id="b", done_on=NIGHT, working_days_late=4),
    ]
    found = counted(settings, overdue=overdue)
    assert found.clock_lines == (
        ClockLine("publication", "p20", "licence", "五(一)", 2, 1, 1, 9),
        ClockLine("cycle", "cycle_weekly", "weekly_list", "五(一)", 1, 1, 0, 5),
    )
    assert found.provisional == 1
    assert list(found.by_dataset) == ["licence", "weekly_list"]


@pytest.mark.parametrize(
    ("accepted", "late", "faulty_named", "late_named"),
    [
        (95, 10, [], []),  # on the line is not beyond it
        (94, 11, ["tax"], ["tax"]),
    ],
)
def test_units_beyond_the_line_are_named(
    settings: Settings,
    accepted: int,
    late: int,
    faulty_named: list[str],
    late_named: list[str],
) -> None:
    deliveries = [delivery("tax", rows_read=100, rows_accepted=accepted)]
    history = [
        version(f"r{i}", "2026-09-01", "2026-09-28 22:00", owner="tax")
        for i in range(100)
    ]
    overdue = [
        *(breach("delivery", record_id=f"r{i}", done_on=NIGHT) for i in range(late))
    ]
    found = counted(settings, overdue=overdue, history=history, deliveries=deliveries)
    rules = catalog().jurisdiction.circular
    assert [u.id for u in assessment.faulty(found.overall, rules)] == faulty_named
    assert [u.id for u in assessment.late(found.overall, rules)] == late_named


def test_a_unit_unknown_to_the_catalogue_is_not_lost(settings: Settings) -> None:
    found = counted(settings, deliveries=[delivery("dissolved_bureau")])
    assert found.overall.units[-1].id == "dissolved_bureau"
    assert found.overall.total.rows_read == 10


@pytest.mark.duty("CQ3")
@pytest.mark.duty("CQ3", "CQ10")
def test_every_record_of_a_list_is_shown_or_kept_back_for_a_reason(
    settings: Settings,
) -> None:
    records = ["shown", "text", "person", "lost", "revoked", "over", "later"]
    more = {"revoked": {"operation": "revoke"}, "over": {"term_ends_on": FIRST}}
    history = [version(r, None, "2026-09-20 22:00", **more.get(r, {})) for r in records]
    history[-1] |= {"merged_night": NIGHT}
    withheld = [
        {"dataset": "licence", "record_id": "text", "reason": "phone"},
        {"dataset": "licence", "record_id": "person", "reason": "natural_person"},
    ]
    rules = catalog().jurisdiction.circular.model_copy(
        update={"list_datasets": ("licence",)}
    )
    place = catalog().jurisdiction.model_copy(update={"circular": rules})
    context = Context(
        settings, catalog=catalog().model_copy(update={"jurisdiction": place})
    )
    released = date(2026, 9, 27)
    publication_log.write_release(
        settings, publication_log.Release(released, "0" * 64, ())
    )
    published = [
        {"dataset": "licence", "record_id": "shown", "channel": c} for c in "ab"
    ]
    with warehouse(
        history=history, published=published, withheld=withheld
    ) as connection:
        (checked,) = list_check.check(connection, context, NIGHT, NIGHT)
    counts = (checked.held, checked.shown, checked.withheld, checked.not_public)
    assert counts == (4, 1, 1, 1)
    assert (checked.missing, checked.share) == (1, 1 / 3)
