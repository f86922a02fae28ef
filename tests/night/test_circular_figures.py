"""Every figure of the circular, derived once more by other SQL over other tables.

The circular counts through the warehouse's views. Here the same figures come from the
ledger (deliveries), the quarantine folder, the version files and a day-by-day count of
working days, without any of the views or of the package's SQL.
"""

import csv
import json
import sqlite3
from collections import Counter
from datetime import date, timedelta

import duckdb
import pytest
from governments import city
from night.homes import NIGHT, Home
from settings_builders import REPOSITORY


@pytest.fixture(scope="module")
def told(ended: Home) -> dict:
    path = ended.data / "reports" / NIGHT / "circular.json"
    return json.loads(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def catalog():
    return city()


def sections_of(catalog) -> dict[str, set]:
    rules = catalog.jurisdiction.circular
    return {
        "all": {*catalog.datasets, None},
        "licence": set(rules.licence_datasets),
        "penalty": set(rules.penalty_datasets),
    }


@pytest.fixture(scope="module")
def units(ended: Home, catalog) -> dict[tuple[str, str], Counter]:
    """(section, department) -> figures, counted without the package."""
    figures = {
        (section, department): Counter()
        for section in sections_of(catalog)
        for department in catalog.departments
    }

    def add(department: str, dataset: str | None, counted: dict[str, int]) -> None:
        for section, datasets in sections_of(catalog).items():
            if dataset in datasets:
                figures[section, department].update(counted)

    for department, dataset, counted in delivered(ended):
        add(department, dataset, counted)
    for department, dataset, counted in recorded(ended, catalog):
        add(department, dataset, counted)
    for department, dataset in silent_duties(ended, catalog):
        add(department, dataset, {"silent_duties": 1})
    return figures


def delivered(home: Home) -> list[tuple[str, str | None, dict[str, int]]]:
    """What the ledger says of each delivery."""
    lines = sqlite3.connect(home.data / "ledger.db").execute(
        "select department, dataset, verdict, rows_read, rows_accepted, "
        "rows_quarantined from deliveries"
    )
    found = []
    for department, dataset, verdict, read, accepted, quarantined in lines:
        if verdict in {"duplicate", "trial"}:
            counted = {f"{verdict}s": 1}
        else:
            refused = verdict == "refused"
            counted = {
                "deliveries": 1,
                "refused": refused,
                "taken": not refused,
                "zero_reports": not refused and read == 0,
                "rows_read": read,
                "accepted": accepted,
                "quarantined": 0 if refused else quarantined,
                "refused_rows": read if refused else 0,
            }
        found.append((department, dataset, counted))
    return found


def recorded(home: Home, catalog) -> list[tuple[str, str, dict[str, int]]]:
    """Records of the version files, held against the clocks day by day."""
    working = working_days()
    rows = duckdb.execute(
        f"""
        with published as (
            select record_id, min(first_published) as shown_on
            from '{home.data}/warehouse/published/*.parquet' group by record_id
        )
        select owner, dataset, min(event_on), min(produced_on), min(merged_night),
            any_value(shown_on)
        from read_parquet(
            '{home.data}/warehouse/records/kind=tail/*/*.parquet', union_by_name = true
        ) left join published using (record_id)
        group by record_id, owner, dataset
        """
    ).fetchall()
    found = []
    for owner, name, event, produced, night, shown_on in rows:
        dataset = catalog.datasets[name]
        clocks = {c.kind.value: c.working_days for c in dataset.clocks}
        clocked = event is not None and event >= dataset.valid_from
        late = clocked and is_late(working, event, night, clocks["delivery"])
        changes = set(dataset.produced) - set(dataset.event)
        late_change = (
            bool(changes)
            and None not in (event, produced)
            and event != produced >= dataset.valid_from
            and is_late(working, produced, night, clocks["delivery"])
        )
        published_late = (
            clocked
            and shown_on is not None
            and is_late(working, event, shown_on, clocks["publication"])
        )
        counted = {
            "records": 1,
            "clocked": clocked,
            "late": late,
            "late_changes": late_change,
            "unpublished": published_late and late,
            "platform_late": published_late and not late,
        }
        found.append((owner, name, counted))
    return found


def working_days() -> set[date]:
    with (REPOSITORY / "catalog/workdays.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    return {date.fromisoformat(d["date"]) for d in lines if d["working"] == "1"}


def is_late(working: set[date], event: date, done: date, term: int) -> bool:
    passed, day = 0, event
    while day < done and passed <= term:
        day += timedelta(days=1)
        passed += day in working
    return passed > term


def silent_duties(home: Home, catalog) -> list[tuple[str, str]]:
    """Providers of a daily dataset that delivered none of it on the only night, for
    which they count from the day that the catalogue names."""
    assert catalog.jurisdiction.clocks_since
    taken = set(
        sqlite3.connect(home.data / "ledger.db").execute(
            "select department, dataset from deliveries "
            "where verdict in ('accepted', 'partly')"
        )
    )
    return [
        (department, dataset.id)
        for dataset in catalog.datasets.values()
        if dataset.update_cycle == "daily"
        for department in dataset.providers
        if (department, dataset.id) not in taken
    ]


FIGURES = (
    *("deliveries", "taken", "refused", "duplicates", "trials", "zero_reports"),
    *("rows_read", "accepted", "quarantined", "refused_rows"),
    *("records", "clocked", "late", "late_changes"),
    *("unpublished", "platform_late", "silent_duties"),
)


@pytest.mark.parametrize("name", ["all", "licence", "penalty"])
@pytest.mark.parametrize("figure", FIGURES)
def test_figure_in_all_and_of_every_unit(
    told, units, catalog, name: str, figure: str
) -> None:
    section = told["sections"][name]
    shown = {unit: f[figure] for unit, f in section["departments"].items()}
    counted = {unit: int(units[name, unit][figure]) for unit in shown}
    assert shown == counted
    assert section[figure] == sum(counted.values())
    everybody = {u for (s, u), f in units.items() if s == name and f.total()}
    assert everybody <= set(shown)


@pytest.mark.duty("FJ10", "YJ11")
@pytest.mark.parametrize("name", ["all", "licence", "penalty"])
def test_rates_and_named_units(told, units, catalog, name: str) -> None:
    section, rules = told["sections"][name], catalog.jurisdiction.circular
    late, faulty, silent = set(), set(), set()
    for unit, shown in section["departments"].items():
        mine = units[name, unit]
        if not mine["deliveries"]:
            silent.add(unit)
        if mine["rows_read"]:
            rate = mine["accepted"] / mine["rows_read"]
            assert shown["conformity"] == pytest.approx(rate, abs=1e-6)
            if mine["rows_read"] >= rules.named_from:
                faulty |= {unit} if rate < rules.conformity_below else set()
        if mine["clocked"]:
            rate = mine["late"] / mine["clocked"]
            assert shown["late_rate"] == pytest.approx(rate, abs=1e-6)
            assert shown["timeliness"] == pytest.approx(1 - rate, abs=1e-6)
            if mine["clocked"] >= rules.named_from:
                late |= {unit} if rate > rules.late_rate_above else set()
    assert set(section["units_late"]) == late
    assert set(section["units_faulty"]) == faulty
    assert set(section["units_silent"]) == silent


def test_units_are_ranked_by_what_the_figures_say(told, units, catalog) -> None:
    least = catalog.jurisdiction.circular.named_from
    rates = {}
    for unit in catalog.departments:
        mine = units["all", unit]
        if min(mine["clocked"], mine["rows_read"]) >= least:
            in_time = 1 - mine["late"] / mine["clocked"]
            rates[unit] = (in_time, mine["accepted"] / mine["rows_read"])
    ranks = told["sections"]["all"]["ranks"]
    assert {u for u, rank in ranks.items() if rank is not None} == set(rates)
    for unit, rate in rates.items():
        assert ranks[unit] == 1 + sum(other > rate for other in rates.values())


def test_lists_on_show_are_the_lines_of_the_publication(told, ended: Home) -> None:
    full = ended.data / "publication" / NIGHT / "full"
    for dataset, counts in told["lists"].items():
        lines = set()
        for path in full.glob(f"*/{dataset}.csv"):
            with path.open(encoding="utf-8-sig", newline="") as file:
                lines |= {line["记录标识"] for line in csv.DictReader(file)}
        assert counts["shown"] == len(lines) > 0
        assert counts["missing"] == 0


def test_quarantined_rows_lie_in_the_quarantine(told, ended: Home) -> None:
    lying = duckdb.execute(
        f"select count(*) from '{ended.data}/quarantine/{NIGHT}/*.parquet' "
        "where source_row is not null"
    ).fetchall()[0][0]
    assert told["sections"]["all"]["quarantined"] == lying


def test_breaches_listed_are_breaches_counted(ended: Home, units) -> None:
    report = ended.data / "reports" / NIGHT
    with (report / "breaches.csv").open(encoding="utf-8-sig") as file:
        listed = Counter(line["时限种类"] for line in csv.DictReader(file))
    assert listed["归集"] == sum(f["late"] for (s, _), f in units.items() if s == "all")
    shown = duckdb.execute(
        f"select kind, count(*) from '{report}/breaches.parquet' group by kind"
    ).fetchall()
    assert sorted(listed.values()) == sorted(n for _, n in shown)


def test_calendar_and_catalogue_versions_stand_in_it(
    ended: Home, told, catalog
) -> None:
    page = (ended.data / "reports" / NIGHT / "circular.html").read_text("utf-8")
    assert told["catalogue_version"] == catalog.version
    assert catalog.version in page
    assert told["calendar_version"] in page
