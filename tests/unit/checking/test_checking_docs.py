"""Evidence pages: no address outside, no sample, Chinese, the same bytes again."""

import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from servers.waiting import PATIENCE
from small_penalty import (
    BATCH,
    NIGHT,
    make_catalog,
    make_dataset,
    reading_of,
    text_table,
    typed_table,
)

from guiji.checking import rule_anchors
from guiji.checking.validator import Validator
from guiji.context import NightContext
from guiji.core import files
from guiji.core.settings import Settings
from guiji.reports import data_docs
from guiji.reports.rule_docs import write

PAGE = "validations/penalty.html"


class Links(HTMLParser):
    """Gathers what a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [v for k, v in attrs if k in ("href", "src") and v]


@pytest.fixture
def site(validator: Validator, settings: Settings) -> Path:
    dataset = make_dataset()
    typed = typed_table(dataset, [{}, {"name": None}, {"name": "机密名称" * 9}])
    text = text_table(dataset, typed)
    validator.check(BATCH, text, typed, reading_of(dataset, text))
    write.put_html(make_catalog(dataset), settings.dashboards / rule_anchors.site("0"))
    files.write_text(settings.dashboards / str(NIGHT) / "index.html", "the dashboard")
    return data_docs.build(NightContext(settings, NIGHT, catalog=make_catalog(dataset)))


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_pages_refer_only_to_files_of_the_site(site: Path) -> None:
    names = [str(p.relative_to(site)) for p in pages(site)]
    assert names == ["expectations/penalty.html", "index.html", PAGE]
    for page in pages(site):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"(?:https?:)?//[a-z]", text), page
        links = Links()
        links.feed(text)
        for link in links.found:
            path, _, fragment = link.partition("#")
            assert not path or (page.parent / path).resolve().is_file(), link
            target = (page.parent / path).read_text("utf-8") if path else text
            assert not fragment or f"id={fragment}" in target.replace('"', ""), link


def test_styles_and_scripts_fetch_nothing(site: Path) -> None:
    for path in (site / "static").iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"@import|fetch\(|XMLHttpRequest|sourceMapping", text)
        assert not re.search(r"url\((?![\"']?data:)", text), path


def test_the_site_is_light(site: Path) -> None:
    assert sum(p.stat().st_size for p in (site / "static").iterdir()) < 250_000


def test_a_page_tells_each_rule_and_its_count_in_chinese(site: Path) -> None:
    text = (site / PAGE).read_text(encoding="utf-8")
    assert "“行政相对人名称”未填写。" in text
    assert re.search(r"不合格 1 行，\s+占全部 3 行的 33\.33\d*%。", text)
    visible = re.sub(r"<code>[^<]*</code>|<[^>]*>", " ", text.split("<body>")[1])
    english = set(re.findall(r"[A-Za-z]{4,}", visible)) - {"Great", "Expectations"}
    assert english == set()


def test_a_rule_is_told_with_its_page_severity_and_dimension(site: Path) -> None:
    for page in ("expectations/penalty.html", PAGE):
        text = (site / page).read_text(encoding="utf-8")
        assert re.search(
            r'<b class="critical">严重</b><span>完整性</span>'
            r'<a class="rule" href="../../../rules/0/penalty/name.required.html">',
            text,
        ), page
        assert "⟦" not in text


def test_suites_are_named_by_the_title_of_their_dataset(site: Path) -> None:
    index = (site / "index.html").read_text(encoding="utf-8")
    assert '<a href="expectations/penalty.html">行政处罚</a>' in index
    assert "<td>市交通委</td>" in index
    suite = (site / "expectations/penalty.html").read_text(encoding="utf-8")
    assert "规则集 行政处罚" in suite
    page = (site / PAGE).read_text(encoding="utf-8")
    assert re.search(r'expectations/penalty\.html"[^>]*>\s*行政处罚\s*<', page)


def test_a_dataset_has_one_page_with_a_section_per_delivery(
    site: Path, settings: Settings
) -> None:
    stored = settings.batches / BATCH.batch_id / "gx.json"
    other = settings.batches / "2026-11-20-transport-penalty-ffffffff"
    other.mkdir()
    (other / "gx.json").write_bytes(stored.read_bytes())
    data_docs.build(NightContext(settings, NIGHT, catalog=make_catalog(make_dataset())))
    text = (site / PAGE).read_text(encoding="utf-8")
    assert re.search(r"不合格 2 行，\s+占全部 6 行的 33\.33\d*%。", text)
    for batch_id in (BATCH.batch_id, other.name):
        assert f'<h5 id="{batch_id}">市交通委' in text
    assert text.count('<td class="number">1</td><td class="number">33.33%</td>') == 4


def test_pages_hold_no_value(site: Path) -> None:
    for page in pages(site):
        assert "机密名称" not in page.read_text(encoding="utf-8")


def test_the_index_lists_the_batches_of_the_night_only(
    site: Path, settings: Settings
) -> None:
    other = settings.batches / "2026-11-19-transport-penalty-0a1b2c3d"
    other.mkdir()
    stored = settings.batches / BATCH.batch_id / "gx.json"
    (other / "gx.json").write_bytes(stored.read_bytes())
    data_docs.build(NightContext(settings, NIGHT, catalog=make_catalog(make_dataset())))
    text = (site / "index.html").read_text(encoding="utf-8")
    assert BATCH.batch_id in text
    assert "2026-11-19" not in text


def test_a_night_without_batches_has_an_index(settings: Settings) -> None:
    site = data_docs.build(
        NightContext(settings, NIGHT, catalog=make_catalog(make_dataset()))
    )
    assert "没有经过校验的批次" in (site / "index.html").read_text(encoding="utf-8")


def test_same_results_give_same_bytes(site: Path, settings: Settings) -> None:
    before = {p: p.read_bytes() for p in sorted(site.rglob("*")) if p.is_file()}
    (site / "stale.html").write_text("of an earlier build")
    data_docs.build(NightContext(settings, NIGHT, catalog=make_catalog(make_dataset())))
    after = {p: p.read_bytes() for p in sorted(site.rglob("*")) if p.is_file()}
    assert before == after


def test_a_browser_shows_the_filter_and_folds_details(
    site: Path, tmp_path: Path
) -> None:
    script = site / "static" / "site.js"
    pressed = """
document.querySelector('[data-filter="failed"]').click();
document.querySelector('[data-toggle="collapse"]').click();
const rows = [...document.querySelectorAll("tr")];
document.body.dataset.shown = rows.filter((r) => r.offsetParent).length;
document.body.dataset.all = rows.length;
document.body.dataset.open = document.querySelectorAll(".collapse.show").length;
"""
    script.write_text(script.read_text(encoding="utf-8") + pressed, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    options += ["--disable-background-networking", "--disable-component-update"]
    options += ["--disable-sync", f"--user-data-dir={tmp_path / 'profile'}"]
    ran = subprocess.run(
        ["/usr/bin/chromium", *options, "--dump-dom", (site / PAGE).as_uri()],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    told = dict(re.findall(r'data-(shown|all|open)="(\d+)"', ran.stdout))
    assert told["open"] == "1"
    assert 0 < int(told["shown"]) < int(told["all"])
