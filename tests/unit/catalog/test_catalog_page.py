"""The public page of an entry: complete, alone, and the same every time."""

import re
from html.parser import HTMLParser

import pytest

from guiji.catalog.model import Catalog
from guiji.core.errors import UsageError
from guiji.reports import catalog_page

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Reader(HTMLParser):
    """Collects tags and texts, and fails on tags that do not match."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.duty("YJ1")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_item_is_on_the_page(six: Catalog, language: str) -> None:
    for dataset in six.datasets.values():
        text = "\n".join(read(catalog_page.render(six, dataset.id, language)).texts)
        for item in dataset.items:
            assert item.title in text
            assert item.code in text
        for clock in dataset.clocks:
            assert clock.clause in text
        for provider in dataset.providers:
            assert six.departments[provider].title in text
        assert six.version in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_needs_nothing_from_outside(six: Catalog, language: str) -> None:
    for name in six.datasets:
        html = catalog_page.render(six, name, language)
        assert not re.search(r"https?:|//\w|url\(|@import|<script|<link|<img", html)
        assert not {"src", "href"} & {name for name, _ in read(html).attributes}


def test_page_is_the_same_every_time(six: Catalog) -> None:
    first = catalog_page.render(six, "administrative_penalty")
    assert catalog_page.render(six, "administrative_penalty") == first


def test_conditions_are_in_words(six: Catalog) -> None:
    html = catalog_page.render(six, "administrative_penalty")
    assert "“处罚类别”含罚款时必填" in html
    assert "“行政相对人类别”为自然人时不填" in html
    html = catalog_page.render(six, "administrative_penalty", "en")
    assert "required where “处罚类别” contains 罚款" in html


def test_languages(six: Catalog) -> None:
    assert '<html lang="zh-CN">' in catalog_page.render(six, "spot_check")
    english = catalog_page.render(six, "spot_check", "en")
    assert '<html lang="en">' in english
    assert "Update cycle" in english
    assert "更新周期" not in english


def test_text_of_the_catalogue_is_no_markup(six: Catalog) -> None:
    entry = six.datasets["spot_check"]
    marked = entry.model_copy(update={"summary": "<b>粗</b> & 细"})
    catalog = six.model_copy(update={"datasets": {"spot_check": marked}})
    assert "&lt;b&gt;粗&lt;/b&gt; &amp; 细" in catalog_page.render(
        catalog, "spot_check"
    )


def test_no_such_page(six: Catalog) -> None:
    with pytest.raises(UsageError, match="did you mean 'spot_check'"):
        catalog_page.render(six, "spotcheck")
    with pytest.raises(UsageError, match="no pages in the language 'fr'"):
        catalog_page.render(six, "spot_check", "fr")
