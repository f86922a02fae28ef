"""A past report is computed with the catalogue of its time, and never overwritten."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from settings_builders import REPOSITORY
from small_catalogue import Small

from guiji import pipeline
from guiji.catalog import archive
from guiji.context import Context
from guiji.core.errors import CatalogError, UsageError
from guiji.core.settings import Settings, current
from guiji.ledger.ledger import Ledger
from guiji.pipeline.verification import verify

JURISDICTION = "catalog/small/jurisdiction.yml"
FIRST, SECOND = "2026-11-19", "2026-11-20"


@pytest.fixture
def here(small: Small, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    calendar = REPOSITORY / "catalog" / "workdays.csv"
    shutil.copyfile(calendar, small.root / "catalog" / "workdays.csv")
    monkeypatch.setenv("GUIJI_CATALOG", str(small.root / "catalog"))
    monkeypatch.setenv("GUIJI_JURISDICTION", "small")
    return current()


def silent(written: dict[str, str]) -> int:
    """Count the duties that nobody fulfilled, as the circular has them."""
    path = Path(written["circular_html"]).with_name("circular.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    return int(content["sections"]["all"]["silent_duties"])


def test_a_clock_that_changes_later_changes_no_past_report(
    small: Small, here: Settings
) -> None:
    ledger = Ledger.open(here)
    for night in (FIRST, SECOND):
        ledger.open_night(date.fromisoformat(night))
    sent = pipeline.report(FIRST)
    before = Path(sent["circular_xlsx"]).read_bytes()
    assert silent(sent) == 2  # both departments are silent, every day is one too late
    month = pipeline.report_period("2026-11", FIRST)
    small.replace(JURISDICTION, "daily: 1", "daily: 3650")
    assert silent(pipeline.report(SECOND)) == 0
    assert pipeline.report_period("2026-11", FIRST) == month
    assert silent(month) == 2
    assert silent(pipeline.report(FIRST)) == 2
    assert Path(sent["circular_xlsx"]).read_bytes() == before
    first, second = archive.versions(here.catalogues / "small")
    told = ("jurisdiction", "cycles", "daily")
    for before_, after in (
        (FIRST, "current"),
        (first.name[:6], SECOND),
        (first.name, str(small.root / "catalog")),
    ):
        (change,) = pipeline.catalogue_differences(before_, after)
        assert (change["place"], change["before"], change["after"]) == (told, 1, 3650)
    assert pipeline.catalogue_differences(second.name, "current") == []
    for kept in (here.catalogues / "small").iterdir():
        shutil.rmtree(kept)
    for word, error in (("zz", "no version in"), ("2026-01-01", "was not reported")):
        with pytest.raises(UsageError, match=error):
            pipeline.catalogue_differences(word, "current")
    with pytest.raises(CatalogError, match="is not in the archive"):
        pipeline.report_period("2026-11", FIRST)
    lines = verify(Context(here, catalog=Context.current().catalog, ledger=ledger))
    assert [line.partition(":")[2] for line in lines if "存档" in line] == [
        f" {FIRST} 使用过，现已缺失",
        f" {SECOND} 使用过，现已缺失",
    ]


def test_a_month_that_is_still_to_come_is_refused(here: Settings) -> None:
    with pytest.raises(UsageError, match="9999-01 is still to come"):
        pipeline.report_period("9999-01")
