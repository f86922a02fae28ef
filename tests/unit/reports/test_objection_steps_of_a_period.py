"""The steps of objections of a period, as they stood and as they were known."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from governments import CATALOG, government
from settings_builders import settings_in

from guiji.context import Context
from guiji.domain import workdays
from guiji.domain.objections import Act, Move, Objection
from guiji.ledger import objections
from guiji.ledger.ledger import Ledger
from guiji.reports import objections as report

OCTOBER = date(2026, 10, 1), date(2026, 10, 31)
NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)
WRITTEN = {"now": datetime(2026, 10, 20, 2, tzinfo=UTC)}


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """Accepted late in October, checked in November, which was written down late."""
    data: Path = tmp_path_factory.mktemp("objections")
    settings = settings_in(data, jurisdiction="yangjiang")
    ledger = Ledger(settings.ledger_url, clock=lambda: WRITTEN["now"])
    facts = ("", "spot_check", "r", "v", "tax", None, "自然人", "k", "错", "")

    def act(move: Move, day: date, written: date) -> Act:
        WRITTEN["now"] = datetime(
            written.year, written.month, written.day, 2, tzinfo=UTC
        )
        return Act(move, day, "", "李四", "")

    first = act(Move.OPEN, date(2026, 10, 20), date(2026, 10, 20))
    opened, _ = objections.open_objection(ledger, Objection(*facts, acts=(first,)))
    for move, day, written in (
        (Move.ACCEPT, date(2026, 10, 30), date(2026, 10, 30)),
        (Move.ASK, date(2026, 11, 3), date(2026, 12, 1)),
    ):
        objections.move(ledger, opened.number, act(move, day, written))
    return Context(
        settings,
        catalog=government("yangjiang"),
        ledger=ledger,
        calendar=workdays.load(CATALOG / "workdays.csv"),
    )


def told(
    context: Context, period: tuple[date, date], known_on: date | None = None
) -> dict[str, tuple[str, str, int]]:
    return {
        row["step"]: (row["department"], row["state"], row["working_days_late"])
        for row in report.steps(context, *period, known_on).to_pylist()
    }


def test_a_step_stands_in_every_period_in_which_it_ran(context: Context) -> None:
    assert told(context, OCTOBER) == {
        "objection_accept": ("credit_centre", "late", 5),
        "objection_check": ("credit_centre", "running", 0),
    }
    assert told(context, NOVEMBER) == {
        "objection_check": ("credit_centre", "on_time", 0),
        "objection_answer": ("tax", "late", 9),
    }


def test_what_was_written_later_was_not_known(context: Context) -> None:
    assert told(context, NOVEMBER, known_on=date(2026, 11, 30)) == {
        "objection_check": ("credit_centre", "late", 18),
    }


def test_a_government_without_steps_has_none(context: Context) -> None:
    elsewhere = Context(context.settings, catalog=government("guiyang"))
    assert report.steps(elsewhere, *OCTOBER).num_rows == 0
