"""The public page of a catalogue entry: one HTML file that needs nothing else.

The catalogue is published (阳府〔2018〕60号 第七条), so that everybody can see what is
collected, by whom, until when, and who may see it.
"""

from functools import cache
from importlib.resources import files

import jinja2

from guiji.catalog.faults import nearest
from guiji.catalog.model import Catalog, CodeList, Condition, Dataset, TermRegime
from guiji.catalog.words import check_language, duty, say
from guiji.core.errors import UsageError

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


def render(catalog: Catalog, dataset_id: str, language: str = "zh") -> str:
    """Render the page of one entry.

    Args:
        catalog: the catalogue in use.
        dataset_id: id of the entry.
        language: zh or en. Titles, clauses and remarks are the catalogue's own words
            and stay Chinese on both pages.

    Returns:
        HTML with all styles inside; the same catalogue gives the same text.

    Raises:
        UsageError: no such dataset or language.
    """
    check_language(language)
    dataset = find(catalog, dataset_id)
    channels = (c for c in catalog.jurisdiction.channels if dataset.id in c.datasets)
    html: str = _template().render(
        catalog=catalog,
        here=catalog.jurisdiction,
        dataset=dataset,
        zh=language == "zh",
        language=language,
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
        say=lambda value: say(value, language),
        duty=lambda item: duty(item, language),
    )
    return html


@cache
def _template() -> jinja2.Template:
    template: jinja2.Template = jinja2.Template(
        files(__package__).joinpath(TEMPLATE).read_text(encoding="utf-8"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return template


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
