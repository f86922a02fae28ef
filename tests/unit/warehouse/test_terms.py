"""Openness, term and grade of records, from the catalogue alone."""

from datetime import date, timedelta

import publishing
import pytest
from warehouse_catalog import catalog
from warehouse_world import ECOLOGY, FIRST, WATER, World, licence, penalty

from guiji.core.settings import Settings
from guiji.engine.duck import DuckEngine
from guiji.engine.sql import statement
from guiji.publication import publishable_rows
from guiji.warehouse import views

PENALTY = "administrative_penalty"


def ends(world: World, *rows: dict) -> list[tuple]:
    world.merge(FIRST, world.deliver(FIRST, PENALTY, list(rows), ECOLOGY))
    return world.ask(
        "select severity_class, term_ends_on from administrative_penalty "
        "order by record_key"
    )


@pytest.mark.parametrize(
    ("category", "decided", "severity", "end"),
    [
        ("罚款", "2026-05-02", "一般", date(2027, 5, 2)),
        ("责令关闭", "2026-05-02", "严重", date(2029, 5, 2)),
        ("警告；责令关闭；罚款", "2026-05-02", "严重", date(2029, 5, 2)),
        ("警告", "2026-05-02", "轻微", date(2026, 5, 2)),  # not on show at all
        ("其他-约谈", "2026-05-02", "一般", date(2027, 5, 2)),  # by default
        (None, "2026-05-02", "一般", date(2027, 5, 2)),
        ("警告；其他-约谈", "2026-05-02", "一般", date(2027, 5, 2)),
        ("罚款", "2025-05-02", "一般", date(2026, 5, 2)),  # 36 months then, 12 now
        ("罚款", "2020-05-02", "一般", date(2021, 5, 2)),  # no regime then
    ],
)
def test_the_term_follows_class_and_regime(
    world: World, category: str | None, decided: str, severity: str, end: date
) -> None:
    row = penalty(WATER, "1号", decided, penalty_category=category)
    assert ends(world, row) == [(severity, end)]


@pytest.mark.parametrize(
    ("category", "stated", "end"),
    [
        ("罚款", date(2026, 5, 3), date(2026, 8, 2)),  # not before three months
        ("罚款", date(2026, 9, 1), date(2026, 9, 1)),  # between both
        ("罚款", date(2030, 1, 1), date(2027, 5, 2)),  # not after twelve
        ("责令关闭", date(2026, 9, 1), date(2027, 5, 2)),  # severe: twelve at least
        ("警告", date(2026, 9, 1), date(2026, 5, 2)),  # minor: not on show at all
        ("罚款", None, date(2027, 5, 2)),
    ],
)
def test_a_stated_end_counts_within_the_law(
    settings: Settings, category: str, stated: date | None, end: date
) -> None:
    regimes = [r.model_dump() for r in catalog().jurisdiction.term_regimes]
    regimes[1]["min_months"] = {"一般": 3, "严重": 12}
    world = World(settings, catalog(jurisdiction={"term_regimes": regimes}))
    row = penalty(
        WATER, "1号", "2026-05-02", penalty_category=category, publicity_ends_on=stated
    )
    assert [found for _, found in ends(world, row)] == [end]
    made = published_until(world, end)
    assert made == (category != "警告")


def published_until(world: World, end: date) -> bool:
    """Return whether a record is on show on a day and not on the next one."""
    dataset = world.catalog.datasets[PENALTY]
    shown = []
    with DuckEngine(views.connect(world.context)) as engine:
        publishing.without_repairs(engine)
        publishable_rows.bind_shown_classes(engine, world.catalog, dataset)
        model = statement(world.settings, "publication/standing")
        for day in (end, end + timedelta(days=1)):
            publishable_rows.bind_candidates(engine, world.catalog, dataset, day)
            engine.keep("standing", model, {"night": day})
            rows = engine.fetch("select standing from standing").to_pylist()
            shown.append(rows == [{"standing": "shown"}])
    return shown == [True, False]


@pytest.mark.duty("GZ3")
def test_the_grade_is_the_one_delivered(settings: Settings) -> None:
    entry = catalog().datasets[PENALTY].model_dump() | {"grade_item": "remark"}
    world = World(settings, catalog(**{PENALTY: entry}))
    rows = [
        penalty(WATER, "1号", "2026-05-02", penalty_category="罚款", remark="较重"),
        penalty(WATER, "2号", "2026-05-02", penalty_category="责令关闭"),
    ]
    world.merge(FIRST, world.deliver(FIRST, PENALTY, rows, ECOLOGY))
    query = "select severity_class, grade from records order by record_key"
    assert world.ask(query) == [("一般", "较重"), ("严重", None)]


def test_the_earliest_end_counts(world: World) -> None:
    first, later = date(2026, 8, 1), date(2030, 1, 1)
    rows = [
        penalty(WATER, "1号", "2026-05-02", publicity_ends_on=first),
        penalty(WATER, "2号", "2026-05-02", publicity_ends_on=later),
    ]
    assert ends(world, *rows) == [("一般", first), ("一般", date(2027, 5, 2))]


def test_a_value_that_no_class_names_leaves_the_term_open(settings: Settings) -> None:
    entry = catalog().datasets[PENALTY].publication_term
    assert entry is not None
    term = entry.model_copy(update={"default_class": None}).model_dump()
    world = World(settings, catalog(**{PENALTY: {"publication_term": term}}))
    row = penalty(WATER, "1号", "2026-05-02", penalty_category="其他-约谈")
    assert ends(world, row) == [(None, None)]


def test_a_term_without_regime_ends_with_its_date(world: World) -> None:
    rows = [
        licence(WATER, "许1", valid_until=date(2027, 1, 4)),
        licence(WATER, "许2", valid_until="长期"),
    ]
    world.merge(FIRST, world.deliver(FIRST, "administrative_licence", rows))
    query = "select opening, term_ends_on, grade from records order by record_key"
    assert world.ask(query) == [
        ("public", date(2027, 1, 4), None),
        ("public", None, None),
    ]


@pytest.mark.duty("YJ8")
def test_the_publication_takes_off_what_the_view_calls_over(world: World) -> None:
    categories = ("罚款", "责令关闭", "警告；罚款", "其他-约谈", None)
    days = ("2020-05-02", "2023-11-18", "2025-11-17", "2025-11-18", "2026-04-01")
    rows = [
        penalty(WATER, f"{category}{day}", day, penalty_category=category)
        for category in categories
        for day in days
    ]
    rows.append(
        penalty(WATER, "短", "2026-05-02", publicity_ends_on=date(2026, 11, 17))
    )
    ends(world, *rows)
    dataset = world.catalog.datasets[PENALTY]
    with DuckEngine(views.connect(world.context)) as engine:
        publishing.without_repairs(engine)
        publishable_rows.bind_candidates(engine, world.catalog, dataset, FIRST)
        publishable_rows.bind_shown_classes(engine, world.catalog, dataset)
        engine.keep(
            "standing",
            statement(world.settings, "publication/standing"),
            {"night": FIRST},
        )
        found = engine.fetch(
            "select standing, count(*) as n, "
            f"count(*) filter (where ({PENALTY}.term_ends_on < date '{FIRST}') "
            "= (standing = 'term_over')) as agreed "
            f"from standing inner join {PENALTY} using (record_id) "
            "group by standing order by standing"
        ).to_pylist()
    assert [row["standing"] for row in found] == ["shown", "term_over"]
    assert sum(row["n"] for row in found) == len(rows)
    assert all(row["n"] == row["agreed"] for row in found)
