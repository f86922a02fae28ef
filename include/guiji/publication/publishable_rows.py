"""The lines that the public may see, by an allow-list of items.

What a line shows is decided item by item in the catalogue; an item that is not
public and open by its own entry is never read. Which records have a line is decided
by their standing: revoked ones and those whose term is over have none.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from guiji.catalog import openness
from guiji.catalog.model import Catalog, Dataset, Item, TermRegime
from guiji.catalog.vocabulary import ItemType
from guiji.core.errors import CatalogError
from guiji.engine.base import Engine
from guiji.engine.sql import literal, name
from guiji.publication import subjects
from guiji.warehouse.columns import FOREVER

RECORD_ID = "记录标识"
"""Heading of the last column: names a line from one publication to the next."""

FOR_EVER = "2099-12-31"
"""How a date without end is published (双公示数据标准: 2099/12/31 = 长期)."""

TERM_CLASS = pa.schema([("item_value", pa.string()), ("severity_class", pa.string())])
TERM_MONTH = pa.schema(
    [
        ("severity_class", pa.string()),
        ("months", pa.int64()),
        ("min_months", pa.int64()),
        ("effective_from", pa.date32()),
        ("effective_to", pa.date32()),
    ]
)


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


def bind_candidates(engine: Engine, catalog: Catalog, dataset: Dataset) -> None:
    """Create `candidate`: every record with its line's texts and what ends its term."""
    texts = "".join(
        f", {text_of(catalog, dataset, item)} as {name(item.title)}"
        for item in public_items(dataset)
    )
    term = dataset.publication_term
    values = "[null::varchar]"
    if term and term.class_item:
        held = name(term.class_item)
        values = f"coalesce(string_split({held}, '；'), [null::varchar])"
    engine.keep(
        "candidate",
        f"""
        select record_id, version_id, owner, operation,
            {name(term.start) if term else "null::date"} as term_start,
            {_earliest(term.end_items if term else ())} as ends_on,
            {values} as class_values,
            {subjects.class_of_record(catalog, dataset)} as subject_class
            {texts}
        from {name(dataset.id)}
        """,
    )


def _earliest(items: Sequence[str]) -> str:
    """Write the earliest of some dates; null where there is none."""
    if len(items) > 1:
        return f"least({', '.join(name(item) for item in items)})"
    return name(items[0]) if items else "null::date"


def bind_shown_classes(engine: Engine, catalog: Catalog, dataset: Dataset) -> None:
    """Create `shown_class`: the classes of subjects that any channel shows."""
    shown = {
        subject_class.value
        for channel in catalog.jurisdiction.channels
        if dataset.id in channel.datasets
        for subject_class in channel.subject_classes
    }
    table = pa.table({"subject_class": pa.array(sorted(shown), pa.string())})
    engine.rows("shown_class", table)


def bind_terms(engine: Engine, catalog: Catalog, dataset: Dataset) -> dict[str, object]:
    """Create `term_class` and `term_month`; return the parameters that go with them."""
    term = dataset.publication_term
    classes = term.classes if term else {}
    regimes = _regimes(catalog, dataset)
    rows: list[dict[str, Any]] = [
        {"item_value": value, "severity_class": severity}
        for severity, values in classes.items()
        for value in values
    ]
    engine.rows("term_class", pa.Table.from_pylist(rows, TERM_CLASS))
    rows = [
        {
            "severity_class": severity,
            "months": months,
            "min_months": regime.min_months.get(severity, 0),
            "effective_from": regime.effective_from,
            "effective_to": regime.effective_to or date.max,
        }
        for regime in regimes
        for severity, months in sorted(regime.months.items())
    ]
    engine.rows("term_month", pa.Table.from_pylist(rows, TERM_MONTH))
    return {
        "unnamed_class": term.default_class if term else None,
        "has_regime": bool(regimes),
    }


def _regimes(catalog: Catalog, dataset: Dataset) -> tuple[TermRegime, ...]:
    term = dataset.publication_term
    if term is None or term.regime is None:
        return ()
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
    return term_regimes
