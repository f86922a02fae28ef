"""Notices of deliveries that never came."""

import json
from datetime import date, timedelta
from typing import Any

from guiji.catalog.model import Catalog
from guiji.context import NightContext
from guiji.core.settings import Settings
from guiji.ledger.ledger import Ledger
from guiji.outbox import overdue_notice

DUE = date(2026, 11, 19)


def duty(**values: Any) -> dict[str, Any]:
    return {
        "department": "tax",
        "dataset": "administrative_penalty",
        "event_on": date(2026, 10, 9),
        "due_on": DUE,
        "clause": "采集目录《行政处罚》更新周期",
    } | values


def test_a_silent_department_is_told_what_was_due(
    settings: Settings, catalog: Catalog, night: date
) -> None:
    ledger = Ledger.open(settings)
    told = overdue_notice.answer(
        NightContext(settings, night, catalog=catalog, ledger=ledger), [duty()]
    )
    assert told == ["tax:administrative_penalty:2026-11-19"]
    folder = settings.outbox / "tax" / str(night)
    page = (folder / "行政处罚.未报送.txt").read_text("utf-8")
    assert "报送单位：税务局\n数据目录：行政处罚\n应报送截止日：2026-11-19" in page
    assert "最近一次报送：2026-10-09" in page
    assert "零报告" in page
    notice = json.loads((folder / "行政处罚.未报送.json").read_text("utf-8"))
    assert (notice["dataset"], notice["due_by"], notice["last_delivery"]) == (
        "administrative_penalty",
        "2026-11-19",
        "2026-10-09",
    )


def test_a_period_is_told_once_and_the_same_night_tells_it_again(
    settings: Settings, catalog: Catalog, night: date
) -> None:
    ledger = Ledger.open(settings)
    overdue_notice.answer(
        NightContext(settings, night, catalog=catalog, ledger=ledger),
        [duty(event_on=None)],
    )
    path = settings.outbox / "tax" / str(night) / "行政处罚.未报送.txt"
    first = path.read_bytes()
    assert "尚无报送记录" in first.decode("utf-8")
    path.unlink()
    assert overdue_notice.answer(
        NightContext(settings, night, catalog=catalog, ledger=ledger),
        [duty(event_on=None)],
    )
    assert path.read_bytes() == first
    following = night + timedelta(days=1)
    assert not overdue_notice.answer(
        NightContext(settings, following, catalog=catalog, ledger=ledger), [duty()]
    )
    assert not (settings.outbox / "tax" / str(following)).exists()
    another = duty(due_on=date(2026, 12, 19))
    assert overdue_notice.answer(
        NightContext(settings, following, catalog=catalog, ledger=ledger), [another]
    )


def test_a_notice_that_cannot_be_written_does_not_stop_the_others(
    settings: Settings, catalog: Catalog, night: date
) -> None:
    ledger = Ledger.open(settings)
    duties = [duty(dataset="gone from the catalogue"), duty()]
    told = overdue_notice.answer(
        NightContext(settings, night, catalog=catalog, ledger=ledger), duties
    )
    assert told == ["tax:administrative_penalty:2026-11-19"]
    (fault,) = ledger.entries("platform_fault")
    assert (fault.details["stage"], fault.details["error"]) == ("absence", "KeyError")
