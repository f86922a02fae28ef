"""The dashboard in a real browser: figures, languages, sorting, no network."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from servers.browser import Browser, browser
from worlds import (
    NIGHT,
    breach,
    calendar,
    catalog,
    delivery,
    finding,
    shown,
    version,
    warehouse,
)

from guiji.context import NightContext
from guiji.core.errors import UsageError
from guiji.core.settings import Settings
from guiji.reports import dashboard
from guiji.reports.deadlines.breaches import write
from guiji.reports.night import MergeCounts, NightFigures, count, picture

__all__ = ["browser"]

MANIFEST = {
    "channels": {
        "site": [
            {"dataset": "licence", "kind": "full", "rows": 48_211},
            {"dataset": "licence", "kind": "delta", "rows": 3},
        ]
    },
    "withdrawn": 2,
}


def night(
    settings: Settings, manifest: dict[str, Any] | None = None, **tables: Any
) -> NightFigures:
    overdue = [breach("delivery", record_id="known", done_on=NIGHT)]
    with warehouse(overdue=overdue, **tables) as connection:
        return count(
            connection,
            NightContext(settings, NIGHT, catalog=catalog()),
            manifest,
        )


@pytest.fixture
def busy(settings: Settings) -> NightFigures:
    """Seven rows accepted: two new, one changed, one revoked, one old, two equal."""
    before, now = "2026-09-14 22:00", "2026-09-28 22:00"
    history = [
        version("new shown", "2026-09-25", now),
        version("new inner", "2026-09-25", now, dataset="inner"),
        version("changed", "2026-09-11", before),
        version("changed", "2026-09-11", now),
        version("gone", "2026-09-11", before),
        version("gone", "2026-09-11", now, operation="revoke"),
        version("old", "2026-09-11", before, received_at=None),
    ]
    history[-1] = version("old", "2026-09-11", "2026-09-28 21:00", version_id="old@1")
    history.append(version("old", "2026-09-11", now, version_id="old@2"))
    return night(
        settings,
        MANIFEST,
        history=history,
        published=[
            shown("new shown", "2026-09-28", version_id=f"new shown@{now}"),
            shown(
                "new shown", "2026-09-28", version_id=f"new shown@{now}", channel="b"
            ),
            shown("changed", "2026-09-14", version_id=f"changed@{now}"),
        ],
        deliveries=[
            delivery(
                "market_regulation",
                "partly",
                rows_read=10,
                rows_accepted=8,
                rows_quarantined=2,
            ),
            delivery("tax", "refused", way="extract", rows_read=5, rows_accepted=0),
            delivery("tax", "duplicate"),
        ],
        findings=[
            finding("licence.enterprise_name.required"),
            finding("licence.enterprise_name.required"),
            finding("licence.uscc.form", dimension="规范性", severity="warning"),
            finding("licence.uscc.form", night=date(2026, 9, 27)),
        ],
    )


@pytest.fixture
def page(busy: NightFigures, tmp_path: Path) -> Path:
    path = tmp_path / "index.html"
    path.write_text(dashboard.page(catalog(), busy), encoding="utf-8")
    return path


def test_versions_are_told_apart(busy: NightFigures) -> None:
    assert busy.outcome == MergeCounts(
        added=3, changed=1, revoked=1, superseded=1, added_shown=1, changed_shown=1
    )
    assert busy.unchanged == 2


def test_the_sums_of_the_flow_agree(busy: NightFigures) -> None:
    assert [(left, right) for _, left, right in busy.checks] == [
        (15, 15),
        (15, 15),
        (6, 6),
    ]
    drawn = picture(busy)
    rows = {box.stage.id: box.stage.rows for box in drawn.boxes}
    assert rows == {
        "file": 10,
        "extract": 5,
        "read": 15,
        "accepted": 8,
        "held": 2,
        "refused": 5,
        "added": 3,
        "changed": 1,
        "revoked": 1,
        "superseded": 1,
        "same": 2,
        "shown": 2,
        "kept": 2,
    }
    for stage in ("read", "accepted", "added", "changed"):
        leaving = sum(b.stream.rows for b in drawn.bands if b.stream.source == stage)
        assert leaving == rows[stage]


def test_a_sum_that_does_not_agree_is_shown(settings: Settings) -> None:
    lost = night(settings, deliveries=[delivery("tax", rows_read=10, rows_accepted=9)])
    html = dashboard.page(catalog(), lost)
    assert 'class="wrong">✗' in html
    assert "(10 ≠ 9)" in html


def test_findings_are_counted_by_rule_and_dimension(busy: NightFigures) -> None:
    counts = [(line.rule_id, line.findings, line.departments) for line in busy.rules]
    assert counts == [
        ("licence.enterprise_name.required", 2, 1),
        ("licence.uscc.form", 1, 1),
    ]
    assert busy.dimensions == [("完整性", 2), ("规范性", 1)]


def test_the_page_is_chinese_first(browser: Browser, page: Path) -> None:
    dom = browser.dom(page)
    assert '<html lang="zh-CN" data-language="zh"' in dom
    assert "<title>小城市归集质量夜报 2026-09-28</title>" in dom
    for text in ("市市场监督管理局", "53.33%", "公示已发布", "48,211", "本夜未报送"):
        assert text in dom


def test_the_page_turns_english_by_its_address(browser: Browser, page: Path) -> None:
    dom = browser.dom(page, "en")
    assert '<html lang="en" data-language="en"' in dom
    assert "<title>Small City: collection quality, night of 2026-09-28</title>" in dom
    assert 'href="#en" lang="en" aria-current="true"' in dom


def test_the_page_is_drawn(browser: Browser, page: Path, tmp_path: Path) -> None:
    zh, en = tmp_path / "zh.png", tmp_path / "en.png"
    browser.screenshot(page, zh)
    browser.screenshot(page, en, "en")
    assert zh.read_bytes() != en.read_bytes()
    assert min(zh.stat().st_size, en.stat().st_size) > 40_000  # not a blank page


def test_the_page_can_be_printed(browser: Browser, page: Path, tmp_path: Path) -> None:
    printed = tmp_path / "page.pdf"
    browser.pdf(page, printed)
    assert printed.read_bytes().startswith(b"%PDF")


def test_the_units_can_be_sorted(browser: Browser, page: Path) -> None:
    press = (
        "<script>var b=document.querySelectorAll('table.sortable thead button')[3];"
        "b.focus(); b.click(); b.click();</script>"
    )
    html = page.read_text(encoding="utf-8").replace("</body>", press + "</body>")
    page.write_text(html, encoding="utf-8")
    dom = browser.dom(page)
    assert len(re.findall(r'<th[^>]* aria-sort="ascending"', dom)) == 1
    body = dom[dom.index("<tbody>") : dom.index("<tfoot>")]
    titles = ("市市场监督管理局", "市生态环境局", "市税务局")
    order = sorted(titles, key=body.index)
    assert order == ["市生态环境局", "市税务局", "市市场监督管理局"]  # 0, 5, 10 rows


def test_the_page_fetches_nothing_and_names_nobody(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    assert "://" not in html
    assert "<link" not in html
    assert " src=" not in html
    assert not re.search(r"\b\d{17}[\dXx]\b|\b1[3-9]\d{9}\b", html)


def test_rules_and_deliveries_lead_to_their_pages(busy: NightFigures) -> None:
    batch = "b-tax-licence-refused"
    html = dashboard.page(catalog(), busy, {batch: f"gx/validations/{batch}.html"})
    link = '<a class="evidence" href="{}"><code>{}</code></a>'
    assert link.format(f"gx/validations/{batch}.html", batch) in html
    rule = "licence.uscc.form"
    place = "../rules/abc12345/licence/uscc.form.html"
    assert link.format(place, rule) in html
    lost = "licence.enterprise_name.required"  # no rule of this catalogue
    assert f"<code>{lost}</code>" in html
    assert f"<code>{lost}</code></a>" not in html
    assert "b-market_regulation-licence-partly" in html
    assert "duplicate</code>" not in html


def test_an_unreleased_night_says_so(settings: Settings) -> None:
    html = dashboard.page(catalog(), night(settings))
    assert "公示未发布" in html
    assert "没有发现问题" in html


def test_the_same_night_gives_the_same_page(busy: NightFigures) -> None:
    assert dashboard.page(catalog(), busy) == dashboard.page(catalog(), busy)


def test_current_turns_to_the_latest_night(settings: Settings) -> None:
    later, earlier = date(2026, 9, 29), NIGHT
    for day in (later, earlier):
        write(NightContext(settings, day, catalog=catalog(), calendar=calendar()))
        path = dashboard.build(NightContext(settings, day, catalog=catalog()))
        assert path == settings.dashboards / day.isoformat() / "index.html"
    current = settings.dashboards / "current"
    assert (current.is_symlink(), current.resolve().name) == (True, "2026-09-29")


def test_a_dashboard_needs_the_breaches_first(settings: Settings) -> None:
    with pytest.raises(UsageError, match="guiji report --date 2026-09-28"):
        dashboard.build(NightContext(settings, NIGHT, catalog=catalog()))
