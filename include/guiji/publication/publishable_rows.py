"""The lines that the public may see, by an allow-list of items.

What a line shows is decided item by item in the catalogue; an item that is not
public and open by its own entry is never read. Which records have a line is decided
by their standing: revoked ones and those whose term is over have none.
"""

from datetime import date

import pyarrow as pa

from guiji.catalog import openness
from guiji.catalog.model import Catalog, Dataset, Item
from guiji.catalog.vocabulary import ItemType
from guiji.core.errors import CatalogError
from guiji.engine.base import Engine
from guiji.engine.sql import literal, name
from guiji.publication import repairs, subjects
from guiji.warehouse import terms
from guiji.warehouse.columns import FOREVER

RECORD_ID = "记录标识"
"""Heading of the last column: names a line from one publication to the next."""

FOR_EVER = "2099-12-31"
"""How a date without end is published (双公示数据标准: 2099/12/31 = 长期)."""


def public_items(dataset: Dataset) -> tuple[Item, ...]:
    """Return the items of a dataset that are published, in the catalogue's order.

    Raises:
        CatalogError: two of them have the same title.

    Source:
        筑府办发〔2016〕39号 三(三)7: undecided (pending) items are not published.
    """
    items = openness.public_items(dataset)
    titles = [item.title for item in items]
    if len(set(titles)) != len(titles) or RECORD_ID in titles:
        raise CatalogError(f"datasets/{dataset.id}.yml: public titles are repeated")
    return items


def headings(dataset: Dataset) -> list[str]:
    """Return the headings of a dataset's published files."""
    return [*(item.title for item in public_items(dataset)), RECORD_ID]


def text_of(catalog: Catalog, dataset: Dataset, item: Item) -> str:
    """Write the expression of an item's published text; empty where it is null."""
    column = name(item.id)
    text = f"{column}::varchar"
    if item.type is ItemType.DATE:
        forever = f"when {name(item.id + FOREVER)} then '{FOR_EVER}'"
        text = f"case {forever} else strftime({column}, '%Y-%m-%d') end"
    elif item.type is ItemType.AMOUNT:
        text = f"rtrim(rtrim({column}::varchar, '0'), '.')"
    elif item.type is ItemType.CODE:
        text = _title_of(catalog, dataset, item, column)
    elif item.type is ItemType.CODES:
        each = _title_of(catalog, dataset, item, "value")
        parts = f"string_split({column}, '；')"
        text = f"array_to_string(list_transform({parts}, lambda value: {each}), '；')"
    return f"coalesce({text}, '')"


def _title_of(catalog: Catalog, dataset: Dataset, item: Item, value: str) -> str:
    """Write the look-up of a code's title; a value outside the list stays."""
    listed = catalog.code_list(dataset, item.code_list or "").values
    cases = " ".join(
        f"when {literal(code.code)} then {literal(code.title)}"
        for code in listed
        if code.code != code.title
    )
    return f"case {value} {cases} else {value} end" if cases else value


def bind_candidates(
    engine: Engine, catalog: Catalog, dataset: Dataset, night: date
) -> None:
    """Define the view `candidate`: every record, with what decides its standing.

    Raises:
        CatalogError: the regimes of the dataset's term lack one of its classes.
    """
    _check_classes(catalog, dataset)
    of_term = terms.deciding(catalog, dataset, night)
    engine.view(
        "candidate",
        f"""
        select record_id, version_id, owner, operation,
            {", ".join(f"{e} as {c}" for c, e in of_term.items())},
            {subjects.class_of_record(catalog, dataset)} as subject_class,
            repaired__number is not null as is_repaired
        from {name(dataset.id)} as record
        left join ({repairs.of_dataset(dataset)}) as repaired
            on record.subject = repaired__subject
            and record.{name(repairs.number_item(dataset))} = repaired__number
        """,
    )


def texts(catalog: Catalog, dataset: Dataset) -> str:
    """Write the columns of a line: a published text per item, named by its heading."""
    return "".join(
        f", {text_of(catalog, dataset, item)} as {name(item.title)}"
        for item in public_items(dataset)
    )


def bind_shown_classes(engine: Engine, catalog: Catalog, dataset: Dataset) -> None:
    """Create `shown_class`: the classes of subjects that any channel shows."""
    shown = {
        subject_class.value
        for channel in catalog.jurisdiction.channels
        if dataset.id in channel.datasets
        for subject_class in channel.shown_classes
    }
    table = pa.table({"subject_class": pa.array(sorted(shown), pa.string())})
    engine.rows("shown_class", table)


def _check_classes(catalog: Catalog, dataset: Dataset) -> None:
    """Refuse a term whose regimes do not have all of its classes.

    Raises:
        CatalogError: a regime lacks a class, or there is none of that name.
    """
    term = dataset.publication_term
    if term is None or term.regime is None:
        return
    term_regimes = catalog.term_regimes(dataset)
    wanted = set(term.classes) | ({term.default_class} - {None})
    lacking = sorted(
        f"{r.id}: {c}" for r in term_regimes for c in wanted if c and c not in r.months
    )
    if not term_regimes or lacking:
        raise CatalogError(
            f"datasets/{dataset.id}.yml: no term in the regime {term.regime} for "
            f"{', '.join(lacking) or 'any class'}; add it to jurisdiction.yml"
        )
