"""The published section of a jurisdiction's catalogue: pages that need no server.

`index.html` and `index.en.html` are the directory, by class and by provider;
`<dataset>.html` and `<dataset>.en.html` the entries. The exports lie in `exports/`.

Source: 阳府〔2018〕60号 第七、八条 (the catalogue and its attributes are published).
"""

from collections.abc import Sequence
from datetime import date

from guiji.catalog.changes import Change
from guiji.catalog.departments import Department
from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import InfoClass
from guiji.catalog.words import LANGUAGES
from guiji.reports import catalog_page
from guiji.reports.catalog_exports import write

EXPORTS = "exports"
TEMPLATE = "catalog_index.html.j2"
ENDS = {"zh": ".html", "en": ".en.html"}
_TITLES = {
    "table-schema": "Table Schema",
    "json-schema": "JSON Schema",
    "data-contract": "Open Data Contract",
}


def texts(catalog: Catalog, changes: Sequence[Change], day: date) -> dict[str, str]:
    """Write the section: path below its folder -> text.

    Args:
        catalog: the catalogue in use.
        changes: accepted changes in the order of their days, later ones too.
        day: the day on which it is written, by which an entry has expired or not.

    Returns:
        Pages and exports; the same catalogue, changes and day give the same texts.
    """
    entries = [*catalog.datasets.values()]
    exports = write.texts(catalog, entries)
    written = {f"{EXPORTS}/{name}": text for name, text in exports.items()}
    for language in LANGUAGES:
        written[f"index{ENDS[language]}"] = _index(catalog, language, changes, day)
        for entry in entries:
            site = _links(entry, language)
            page = catalog_page.render(catalog, entry.id, language, site, changes, day)
            written[f"{entry.id}{ENDS[language]}"] = page
    return written


def by_class(catalog: Catalog) -> list[tuple[InfoClass, list[Dataset]]]:
    """Group the entries by class, in the order of the vocabulary."""
    entries = catalog.datasets.values()
    grouped = [(c, [d for d in entries if d.info_class is c]) for c in InfoClass]
    return [(info_class, listed) for info_class, listed in grouped if listed]


def by_provider(catalog: Catalog) -> list[tuple[Department, list[Dataset]]]:
    """Group the entries by the units that provide them, in the catalogue's order."""
    units = catalog.departments.values()
    return [(unit, [*catalog.datasets_of(unit.id)]) for unit in units]


def _index(
    catalog: Catalog, language: str, changes: Sequence[Change], day: date
) -> str:
    return catalog_page.fill(
        TEMPLATE,
        catalog,
        language,
        site=catalog_page.Site(f"index{ENDS[language]}", _other("index", language), {}),
        day=day,
        changes=changes,
        classes=by_class(catalog),
        units=by_provider(catalog),
        item_count=sum(len(entry.items) for entry in catalog.datasets.values()),
        dcat=f"{EXPORTS}/{write.DCAT_FILE}",
        page=lambda entry: f"{entry.id}{ENDS[language]}",
    )


def _links(entry: Dataset, language: str) -> catalog_page.Site:
    named = write.names(entry).items()
    exports = {_TITLES[name]: f"{EXPORTS}/{file}" for name, file in named}
    index = f"index{ENDS[language]}"
    return catalog_page.Site(index, _other(entry.id, language), exports)


def _other(name: str, language: str) -> str:
    """Name the page of the same content in the other language."""
    return f"{name}{ENDS['en' if language == 'zh' else 'zh']}"
