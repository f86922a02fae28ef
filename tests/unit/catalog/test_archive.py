"""Each version that a night used is kept as it was, and asked for again."""

from dataclasses import replace
from datetime import date

import pytest
from small_catalogue import Small

from guiji.catalog import archive, load
from guiji.catalog.validate import validate
from guiji.core.errors import CatalogError
from guiji.core.settings import Settings
from guiji.domain import workdays

PENALTY = "catalog/small/datasets/penalty.yml"


@pytest.fixture
def here(small: Small, settings: Settings) -> Settings:
    days = "date,working\n2026-11-02,1\n2026-11-03,1\n"
    (small.root / "catalog/workdays.csv").write_text(days, encoding="utf-8")
    (small.root / "sql/extracts/small").mkdir(parents=True)
    query = small.root / "sql/extracts/small/penalty.sql"
    query.write_text("select a from b", encoding="utf-8")
    small.replace(PENALTY, "table: penalty }", "sql: penalty.sql }")
    return replace(settings, catalog=small.root / "catalog", jurisdiction="small")


def test_a_changed_catalogue_leaves_the_archived_one_as_it_was(
    small: Small, here: Settings
) -> None:
    first = load.load(here)
    kept = archive.keep_catalog(here, first.version)
    small.replace(PENALTY, "working_days: 7", "working_days: 3")
    second = load.load(here)
    archive.keep_catalog(here, second.version)
    assert first.version != second.version
    for catalog, days in ((first, 7), (second, 3)):
        read = archive.catalog(here, catalog.version)
        assert read == catalog
        assert read.datasets["penalty"].clocks[0].working_days == days
    assert (kept / "sql/extracts/small/penalty.sql").exists()
    assert [*archive.differences(here)] == []


def test_a_version_is_written_once(small: Small, here: Settings) -> None:
    version = load.load(here).version
    kept = archive.keep_catalog(here, version)
    before = kept.stat().st_mtime_ns
    small.replace(PENALTY, "working_days: 7", "working_days: 3")
    assert archive.keep_catalog(here, version) == kept
    assert kept.stat().st_mtime_ns == before


def test_a_catalogue_that_changes_while_it_is_read_is_not_kept(
    small: Small, here: Settings
) -> None:
    version = load.load(here).version
    small.replace(PENALTY, "working_days: 7", "working_days: 3")
    with pytest.raises(CatalogError, match="changed while it was read"):
        archive.keep_catalog(here, version)
    assert [*here.catalogues.rglob("*.yml")] == []


def test_an_altered_archive_is_found_and_not_used(here: Settings) -> None:
    version = load.load(here).version
    kept = archive.keep_catalog(here, version)
    days = workdays.load(here.catalog / "workdays.csv")
    calendar = archive.keep_calendar(here, days.version)
    assert archive.calendar(here, days.version).announced_until == date(2026, 11, 3)
    for path in (kept / PENALTY, calendar / "workdays.csv"):
        path.write_text(path.read_text("utf-8") + "\n", encoding="utf-8")
    assert [*archive.differences(here)] == [
        f"采集目录存档 {version}: 已被改动",
        f"工作日历存档 {days.version}: 已被改动",
    ]
    with pytest.raises(CatalogError, match="was altered"):
        archive.catalog(here, version)


def test_what_no_release_has_kept_is_said(here: Settings) -> None:
    with pytest.raises(CatalogError, match="0123456789ab is not in the archive"):
        archive.catalog(here, "0123456789ab")
    used = {"catalogue": "0123456789ab", "calendar": "2026-01234567"}
    assert [*archive.missing(here, "2026-11-02", used)] == [
        "采集目录存档 0123456789ab: 2026-11-02 使用过，现已缺失",
        "工作日历存档 2026-01234567: 2026-11-02 使用过，现已缺失",
    ]


def test_changed_content_needs_another_version(small: Small, here: Settings) -> None:
    used = load.load(here).version
    archive.keep_catalog(here, used)
    small.replace(PENALTY, "summary: 处罚决定", "summary: 处罚决定  # 注")
    assert validate(here) == []  # a remark changes nothing
    small.replace(PENALTY, "working_days: 7", "working_days: 3")
    (problem,) = validate(here)
    line = small.line(PENALTY, "version:")
    assert str(problem) == (
        f"{PENALTY}:{line}: clocks differ(s) from version '1' that nights used "
        f"(catalogue {used}); write another version, or put back what it said"
    )
    small.replace(PENALTY, 'version: "1"', 'version: "2"')
    assert validate(here) == []
