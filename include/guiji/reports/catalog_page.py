"""The public page of a catalogue entry: one HTML file that needs nothing else.

The catalogue is published (阳府〔2018〕60号 第七条), so that everybody can see what is
collected, by whom, until when, and who may see it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from guiji.catalog.changes import Change
from guiji.catalog.faults import nearest
from guiji.catalog.model import Catalog, CodeList, Condition, Dataset, TermRegime
from guiji.catalog.openness import is_personal
from guiji.catalog.vocabulary import DocumentStatus
from guiji.catalog.words import check_language, duty, say
from guiji.core.errors import UsageError
from guiji.reports import pages

TEMPLATE = "catalog_page.html.j2"


def find(catalog: Catalog, dataset_id: str) -> Dataset:
    """Find a dataset by its id.

    Raises:
        UsageError: there is none; names the nearest.
    """
    try:
        return catalog.datasets[dataset_id]
    except KeyError as error:
        remedy = nearest(dataset_id, catalog.datasets)
        raise UsageError(f"no such dataset: {dataset_id!r}; {remedy}") from error


class Site(NamedTuple):
    """Where a page that is part of the site leads to.

    Attributes:
        directory: address of the directory.
        other: address of the same page in the other language.
        exports: title of a format -> address of the file.
    """

    directory: str
    other: str
    exports: Mapping[str, str]


def render(
    catalog: Catalog,
    dataset_id: str,
    language: str = "zh",
    site: Site | None = None,
    changes: Sequence[Change] = (),
    day: date | None = None,
) -> str:
    """Render the page of one entry.

    Args:
        catalog: the catalogue in use.
        dataset_id: id of the entry.
        language: zh or en. Titles, clauses and remarks are the catalogue's own words
            and stay Chinese on both pages.
        site: links of a page of the site; None = the page stands alone, with no link.
        changes: accepted changes; those of the entry are listed.
        day: the day on which it is rendered, by which an entry has expired or not;
            needed where there are changes.

    Returns:
        HTML with all styles inside; the same catalogue gives the same text.

    Raises:
        UsageError: no such dataset or language.
    """
    check_language(language)
    dataset = find(catalog, dataset_id)
    channels = (c for c in catalog.jurisdiction.channels if dataset.id in c.datasets)
    return fill(
        TEMPLATE,
        catalog,
        language,
        site=site,
        day=day,
        changes=[change for change in changes if dataset.id in change.datasets],
        dataset=dataset,
        channels=tuple(channels),
        subjects=[say(x, language) for x in dataset.subject_classes],
        providers=tuple(catalog.departments[p] for p in dataset.providers),
        code_lists=code_lists(catalog, dataset),
        conditions={
            item.id: _conditions(dataset, item.required_when, item.empty_when, language)
            for item in dataset.items
        },
        regimes=_regimes(catalog, dataset),
        titles={item.id: item.title for item in dataset.items},
        duty=lambda item: duty(item, language),
        is_personal=is_personal,
    )


def fill(template: str, catalog: Catalog, language: str, **values: Any) -> str:
    """Fill a template of the catalogue's pages in one language.

    Raises:
        UsageError: there are no pages in the language.
    """
    check_language(language)
    here = catalog.jurisdiction
    return pages.render(
        template,
        catalog=catalog,
        here=here,
        zh=language == "zh",
        is_expired=here.document_status is DocumentStatus.EXPIRED_CONTINUED,
        say=lambda value: say(value, language),
        **values,
    )


def code_lists(catalog: Catalog, dataset: Dataset) -> dict[str, CodeList]:
    """Collect the code lists that an entry's items use, in the order of the items."""
    names = (item.code_list for item in dataset.items if item.code_list)
    return {name: catalog.code_list(dataset, name) for name in names}


def _conditions(
    dataset: Dataset, required: Condition | None, empty: Condition | None, language: str
) -> list[str]:
    """Describe when an item must and when it must not be filled in."""
    texts = []
    for condition, zh, en in (
        (required, "必填", "required"),
        (empty, "不填", "left empty"),
    ):
        if condition:
            title = dataset.item(condition.item).title
            comma = "、" if language == "zh" else ", "
            words = comma.join(condition.values or condition.contains)
            if language == "zh":
                link = "含" if condition.contains else "为"
                texts.append(f"“{title}”{link}{words}时{zh}")
            else:
                link = "contains" if condition.contains else "is"
                texts.append(f"{en} where “{title}” {link} {words}")
    return texts


def _regimes(catalog: Catalog, dataset: Dataset) -> list[TermRegime]:
    """Return the regimes that an entry's term follows, in time."""
    return sorted(catalog.term_regimes(dataset), key=lambda r: r.effective_from)
