"""The site of a catalogue: every entry, every link, nothing from outside."""

import json
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from governments import ALL, government

from guiji.catalog.changes import Change
from guiji.reports import catalog_site

DAY = date(2026, 11, 30)
CHANGE = Change(
    title="抽查检查报送时限改为5个工作日",
    reason="<市政府办公厅>通知",
    in_force_from=date(2027, 1, 4),
    datasets={"spot_check": {"version": "2027.1"}},
)


@cache
def site(name: str) -> dict[str, str]:
    return catalog_site.texts(government(name), [], DAY)


@pytest.mark.parametrize("name", ALL)
def test_links_lead_to_files_and_nothing_is_from_outside(name: str) -> None:
    texts = site(name)
    pages = {path: text for path, text in texts.items() if path.endswith(".html")}
    linked = {"index.html"}
    for text in pages.values():
        assert not re.search(r"https?:|url\(|@import|<script|<link|<img", text)
        linked |= set(re.findall(r'href="([^"]+)"', text))
    assert linked == set(texts)


@pytest.mark.duty("YJ1", "YJ2")
@pytest.mark.parametrize("name", ALL)
def test_directory_says_what_the_documents_decide(name: str) -> None:
    catalog = government(name)
    here = catalog.jurisdiction
    index = site(name)["index.html"]
    said = [
        *(dataset.title for dataset in catalog.datasets.values()),
        *(unit.title for unit in catalog.departments.values()),
        *(text.title for text in here.overridden_by),
        *(each.title for each in here.excluded),
        *(clock.clause for clock in here.clocks),
        *(channel.title for channel in here.channels),
        *here.open_points,
        *here.routes.values(),
    ]
    for text in said:
        assert _escaped(text) in index
    assert ("有效期已届满" in index) is (here.document_status == "expired_continued")


@pytest.mark.parametrize("name", ALL)
def test_entries_are_in_one_class_and_under_their_providers(name: str) -> None:
    catalog = government(name)
    classes = [d.id for _, listed in catalog_site.by_class(catalog) for d in listed]
    assert sorted(classes) == sorted(catalog.datasets)
    for unit, listed in catalog_site.by_provider(catalog):
        assert all(unit.id in dataset.providers for dataset in listed)


@pytest.mark.parametrize("name", ALL)
def test_uncertain_items_are_marked(name: str) -> None:
    catalog = government(name)
    texts = site(name)
    for dataset in catalog.datasets.values():
        low = sum(item.confidence == "low" for item in dataset.items)
        assert texts[f"{dataset.id}.html"].count('<tr class="low">') == low


def test_changes_are_listed_where_they_belong() -> None:
    texts = catalog_site.texts(government("guiyang"), [CHANGE], DAY)
    for page in ("index.html", "spot_check.html"):
        assert CHANGE.title in texts[page]
        assert "尚未施行" in texts[page]
        assert "&lt;市政府办公厅&gt;通知" in texts[page]
    assert "not yet in force" in texts["spot_check.en.html"]
    assert CHANGE.title not in texts["administrative_penalty.html"]


def test_entry_that_has_expired_is_marked() -> None:
    catalog = government("guiyang")
    ended = catalog.datasets["spot_check"].model_copy(
        update={"valid_to": date(2026, 11, 29)}
    )
    expired = catalog.model_copy(update={"datasets": {"spot_check": ended}})
    assert "已失效" in catalog_site.texts(expired, [], DAY)["spot_check.html"]
    assert "已失效" in catalog_site.texts(expired, [], DAY)["index.html"]
    last = catalog_site.texts(expired, [], date(2026, 11, 29))
    assert "已失效" not in last["spot_check.html"]


def test_a_section_that_is_written_again_has_nothing_of_an_entry_that_is_gone(
    tmp_path: Path,
) -> None:
    (tmp_path / "logo.png").write_bytes(b"")
    outside = tmp_path.parent / "outside.html"
    outside.write_text("", "utf-8")
    texts = site("guiyang")
    catalog_site.put(tmp_path, texts)
    listing = tmp_path / catalog_site.LISTED
    listing.write_text(json.dumps([*texts, "../outside.html"]), "utf-8")
    fewer = {path: text for path, text in texts.items() if "spot_check" not in path}
    catalog_site.put(tmp_path, fewer)
    left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*")}
    assert left == {*fewer, "logo.png", catalog_site.LISTED}
    assert outside.exists()


def test_archived_versions_are_listed_with_their_nights() -> None:
    catalog = government("guiyang")
    nights = ("2026-11-01", "2026-11-28")
    versions = [
        catalog_site.Version("0ld0ld", nights),
        catalog_site.Version(catalog.version, ()),
    ]
    index = catalog_site.texts(catalog, [], DAY, versions)["index.html"]
    old = "<td><code>0ld0ld</code></td><td>2</td><td>2026-11-01</td><td>2026-11-28</td>"
    assert old in index
    assert f"<code>{catalog.version}</code> (现行)</td><td>0</td><td>–</td>" in index


def _escaped(text: str) -> str:
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&#34;")):
        text = text.replace(sign, entity)
    return text.replace("'", "&#39;")
