"""Of a long list of missed deadlines the worst are listed, and the rest is counted."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from worlds import (
    NIGHT,
    breach,
    calendar,
    catalog,
    version,
    warehouse,
    write_breaches,
)

from guiji.context import Context, NightContext
from guiji.core.settings import Settings
from guiji.reports import breach_list, circular, periods
from guiji.reports.assessment import PeriodFigures
from guiji.reports.breach_list import BreachList, lines_of_a_unit
from guiji.reports.deadlines import breaches
from guiji.reports.figures import Figures, figures

UNITS = ("market_regulation", "ecology_environment", "tax")


def drawn(seed: int, number: int) -> list[dict[str, Any]]:
    """Missed deadlines of three units, many days late alike; most of one unit."""
    draw = Random(seed)
    return [
        breach(
            draw.choice(["delivery", "publication"]),
            department=draw.choices(UNITS, [8, 3, 1])[0],
            record_id=f"r{n:03}",
            event_on=date(2026, 9, 1) + timedelta(days=draw.randrange(5)),
            done_on=draw.choice([None, NIGHT]),
            working_days_late=draw.randint(1, 6),
        )
        for n in range(number)
    ]


def listed(
    settings: Settings, overdue: list[dict[str, Any]], total: int
) -> tuple[BreachList, Figures]:
    """List at most so many of missed deadlines that all belong into the circular."""
    dates = {b["record_id"]: b["event_on"] for b in overdue}
    history = [version(r, str(on), "2026-09-28 22:00") for r, on in dates.items()]
    with warehouse(overdue=overdue, history=history) as connection:
        counted = figures(
            connection, Context(settings, catalog=catalog()), NIGHT, NIGHT, NIGHT
        )
        path = settings.data / "listed.parquet"
        rows = connection.sql(
            "select department, count(*)::integer as breaches "
            "from period_breaches group by department"
        ).to_arrow_table()
        chosen = breach_list.write(connection, settings, rows.to_pylist(), path, total)
    return chosen, replace(counted, breaches=chosen)


@pytest.mark.parametrize("seed", range(4))
def test_a_unit_has_its_open_and_most_overdue_lines(
    settings: Settings, seed: int
) -> None:
    overdue = drawn(seed, 120)
    chosen, _ = listed(settings, overdue, 40)
    mine: dict[str, list[Any]] = defaultdict(list)
    for row in overdue:
        usual = (row["dataset"], row["kind"], row["clock"], row["event_on"])
        key = (row["done_on"] is not None, -row["working_days_late"], *usual)
        mine[row["department"]].append((*key, row["record_id"]))
    most = lines_of_a_unit([len(lines) for lines in mine.values()], 40)
    assert chosen.most == most
    expected = [line[-1] for unit in sorted(mine) for line in sorted(mine[unit])[:most]]
    table = pq.read_table(chosen.file)
    assert table["record_id"].to_pylist() == expected
    assert chosen.unlisted == {
        unit: len(lines) - most for unit, lines in mine.items() if len(lines) > most
    }
    assert sum(chosen.unlisted.values()) + len(expected) == len(overdue)


@pytest.mark.parametrize(
    ("counts", "total", "most"),
    [
        ([], 10, None),
        ([4, 6], 10, None),
        ([5, 6], 10, 5),
        ([1, 100], 10, 9),  # what a unit does not need the other one has
        ([1, 2, 50, 60], 21, 9),
        ([3, 3, 3], 8, 2),
    ],
)
def test_units_share_the_lines_of_a_list(
    counts: list[int], total: int, most: int | None
) -> None:
    assert lines_of_a_unit(counts, total) == most
    if most is not None:
        assert sum(min(count, most) for count in counts) <= total


def test_a_short_list_is_whole_and_in_its_order(settings: Settings) -> None:
    chosen, counted = listed(settings, drawn(1, 40), 40)
    assert (chosen.most, chosen.unlisted) == (None, {})
    assert pq.read_table(chosen.file).num_rows == counted.breach_count == 40


def test_workbook_and_page_say_what_is_not_listed(
    settings: Settings, tmp_path: Path
) -> None:
    chosen, counted = listed(settings, drawn(2, 120), 40)
    said = PeriodFigures(periods.month_to(NIGHT), counted)
    paths = circular.write(tmp_path, catalog(), calendar(), said)
    sheet = openpyxl.load_workbook(paths.xlsx)["逾期清单"]
    title, _, *lines = sheet.iter_rows(values_only=True)
    assert title[0] == (
        f"附件：逾期清单（共120条，每个单位至多列出{chosen.most}条，"
        "未完成的、逾期最久的在前；全部见同一文件夹的 breaches.csv）"
    )
    remarks = {line[2]: line[13] for line in lines if line[0] is None}
    titles = catalog().departments
    assert remarks == {
        titles[unit].title: f"{titles[unit].title}另有{more}条未列出，"
        "全部见 breaches.csv"
        for unit, more in chosen.unlisted.items()
    }
    assert len(lines) == pq.read_metadata(chosen.file).num_rows + len(remarks)
    assert "全部见同一文件夹的 breaches.csv" in paths.html.read_text("utf-8")


def test_all_lines_of_a_long_list_of_a_month_lie_beside_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of a month has no file of the night beside it that holds all of it."""

    def computed(context: NightContext, path: Path, known_on: date) -> None:
        del context, known_on
        write_breaches(path, *(row | {"done_on": None} for row in drawn(3, 60)))

    def listing_few(*given: Any) -> BreachList:
        return write(*given, 20)

    write: Callable[..., BreachList] = breach_list.write
    monkeypatch.setattr(breaches, "compute", computed)
    monkeypatch.setattr(breach_list, "write", listing_few)
    context = NightContext(settings, NIGHT, catalog=catalog(), calendar=calendar())
    paths = [
        circular.build(context, periods.read("2026-09"), NIGHT).xlsx for _ in range(2)
    ]
    assert paths[0] == paths[1]
    lines = paths[0].with_name("breaches.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 60 + 1
    records = [line.split(",")[5] for line in lines[1:]]
    assert sorted(records) == [f"r{n:03}" for n in range(60)]
