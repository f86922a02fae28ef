"""The published section of a jurisdiction's catalogue: pages that need no server.

`index.html` and `index.en.html` are the directory, by class and by provider;
`<dataset>.html` and `<dataset>.en.html` the entries. The exports lie in `exports/`.

Source: 阳府〔2018〕60号 第七、八条 (the catalogue and its attributes are published).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from guiji.catalog.changes import Change
from guiji.catalog.departments import Department
from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import InfoClass
from guiji.catalog.words import LANGUAGES
from guiji.core import files
from guiji.reports import catalog_page
from guiji.reports.catalog_exports import write

EXPORTS = "exports"
TEMPLATE = "catalog_index.html.j2"
LISTED = "site-files.json"
"""File that lists the section's files, by which those of another time are known."""

ENDS = {"zh": ".html", "en": ".en.html"}
_TITLES = {
    "table-schema": "Table Schema",
    "json-schema": "JSON Schema",
    "data-contract": "Open Data Contract",
}


class Version(NamedTuple):
    """A version of the catalogue in the archive, and the nights that used it."""

    version: str
    nights: tuple[str, ...]


def texts(
    catalog: Catalog,
    changes: Sequence[Change],
    day: date,
    versions: Sequence[Version] = (),
) -> dict[str, str]:
    """Write the section: path below its folder -> text.

    Args:
        catalog: the catalogue in use.
        changes: accepted changes in the order of their days, later ones too.
        day: the day on which it is written, by which an entry has expired or not.
        versions: archived versions of the catalogue, the newest last.

    Returns:
        Pages and exports; the same catalogue, changes and day give the same texts.
    """
    entries = [*catalog.datasets.values()]
    exports = write.texts(catalog, entries)
    written = {f"{EXPORTS}/{name}": text for name, text in exports.items()}
    for language in LANGUAGES:
        written[f"index{ENDS[language]}"] = _index(
            catalog, language, changes, day, versions
        )
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


def put(folder: Path, named: Mapping[str, str]) -> None:
    """Write the section into a folder, without the files of earlier ones.

    What the section never wrote stays.
    """
    listing = folder / LISTED
    before = files.read_json(listing) if listing.exists() else []
    files.write_json(listing, sorted({*before, *named}))  # first: a killed one goes on
    write.put(folder, named)
    for name in before:
        is_inside = (folder / name).resolve().is_relative_to(folder.resolve())
        if name not in named and is_inside:
            (folder / name).unlink(missing_ok=True)
    files.write_json(listing, sorted(named))


def _index(
    catalog: Catalog,
    language: str,
    changes: Sequence[Change],
    day: date,
    versions: Sequence[Version],
) -> str:
    return catalog_page.fill(
        TEMPLATE,
        catalog,
        language,
        site=catalog_page.Site(f"index{ENDS[language]}", _other("index", language), {}),
        day=day,
        changes=changes,
        versions=versions,
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
