"""Evidence and rules are kept for some nights, and no link to them ever breaks."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from worlds import catalog

from guiji.checking import rule_anchors
from guiji.context import NightContext
from guiji.core.settings import Settings
from guiji.reports import evidence
from guiji.reports.rule_docs import write

FIRST = date(2026, 9, 1)
BATCH = "2026-09-01-taxes-licence-0a1b2c3d"
NIGHTS = [FIRST + timedelta(days=i) for i in range(4)]


def dashboard(settings: Settings, night: date, version: str) -> Path:
    """A dashboard with links as the template writes them."""
    folder = settings.dashboards / str(night)
    (folder / "gx" / "validations").mkdir(parents=True)
    (folder / "gx" / "validations" / "licence.html").write_text("evidence")
    links = [
        f"gx/validations/licence.html#{BATCH}",
        f"../rules/{version}/licence/uscc.form.html",
        "../../reports/circular.html",
    ]
    lines = [
        f'<a class="evidence" href="{links[0]}"><code>b</code></a>',
        f'<a class="evidence" href="{links[1]}"><code>r</code></a>',
        f'<a href="{links[2]}">通报</a>',
    ]
    page = folder / "index.html"
    page.write_text("\n".join(lines), encoding="utf-8")
    return page


@pytest.fixture
def kept(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Two of four nights are kept; the first night had a catalogue of its own."""
    monkeypatch.setattr(write, "html", lambda _: {"licence/uscc.form.html": "a rule"})
    for night in NIGHTS:
        version = "old" if night == FIRST else "new"
        entries = catalog().model_copy(update={"version": version})
        evidence.put_rules(NightContext(settings, night, catalog=entries))
        dashboard(settings, night, version)
    return replace(settings, keep_docs_nights=2)


def read(settings: Settings, night: date) -> str:
    page = settings.dashboards / str(night) / "index.html"
    return page.read_text(encoding="utf-8")


def test_evidence_and_rules_of_old_nights_go(kept: Settings) -> None:
    gone = evidence.prune(kept, NIGHTS[-1])
    told = [str(p.relative_to(kept.dashboards)) for p in gone]
    assert told == ["2026-09-01/gx", "2026-09-02/gx", "rules/old"]
    assert not any(p.exists() for p in gone)
    assert evidence.prune(kept, NIGHTS[-1]) == []


def test_links_to_what_is_gone_say_so(kept: Settings) -> None:
    evidence.prune(kept, NIGHTS[-1])
    first, second = read(kept, NIGHTS[0]), read(kept, NIGHTS[1])
    assert first.count("已清理") == 2
    assert "<code>b</code> <small" in first
    assert 'href="../../reports/circular.html"' in first
    assert second.count("已清理") == 1  # its rules are kept
    assert "rules/new/licence/uscc.form.html" in second


def test_kept_nights_stay_as_they_are(kept: Settings) -> None:
    before = [read(kept, night) for night in NIGHTS[2:]]
    evidence.prune(kept, NIGHTS[-1])
    assert [read(kept, night) for night in NIGHTS[2:]] == before
    link = f"gx/validations/licence.html#{BATCH}"
    assert evidence.of_batch(kept, NIGHTS[2], BATCH) == link
    assert evidence.of_batch(kept, NIGHTS[1], BATCH) is None


def test_a_page_of_an_earlier_release_is_found(settings: Settings) -> None:
    folder = settings.dashboards / str(FIRST) / "gx" / "validations"
    folder.mkdir(parents=True)
    (folder / f"{BATCH}.html").write_text("evidence")
    link = f"gx/validations/{BATCH}.html"
    assert evidence.of_batch(settings, FIRST, BATCH) == link


def test_a_night_that_is_built_again_keeps_its_evidence(kept: Settings) -> None:
    gone = evidence.prune(kept, FIRST)
    told = [str(p.relative_to(kept.dashboards)) for p in gone]
    assert told == ["2026-09-02/gx"]


def test_a_version_is_as_young_as_the_last_night_that_links_to_it(
    kept: Settings,
) -> None:
    folder = kept.dashboards / rule_anchors.site("new")
    assert (folder / evidence.LAST_NIGHT).read_text() == "2026-09-04"
    entries = catalog().model_copy(update={"version": "new"})
    evidence.put_rules(NightContext(kept, FIRST, catalog=entries))
    assert (folder / evidence.LAST_NIGHT).read_text() == "2026-09-04"
