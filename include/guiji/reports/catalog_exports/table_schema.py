"""An entry as a Frictionless Table Schema."""

from typing import Any

from guiji.catalog.model import Catalog, Dataset, Item
from guiji.catalog.vocabulary import ItemType
from guiji.reports.catalog_exports import canonical

PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"

_TYPES = {
    ItemType.DATE: "date",
    ItemType.AMOUNT: "number",
    ItemType.INTEGER: "integer",
}


def render(catalog: Catalog, dataset: Dataset) -> dict[str, Any]:
    """Describe a table of an entry's records in canonical form.

    Conditions between items (条件必填) are no part of a Table Schema; the JSON
    Schema has them. The descriptor has no `primaryKey`: a record is identified by its
    department and its subject, too; `recordKey` names the items beside them.

    Source:
        Data Package 2.0, Table Schema.
    """
    return {
        "$schema": PROFILE,
        "name": dataset.id,
        "title": dataset.title,
        "description": f"{dataset.summary} {canonical.FORM}",
        "version": dataset.version,
        "missingValues": [""],
        "fields": [_field(catalog, dataset, item) for item in dataset.items],
        **canonical.entry_marks(catalog, dataset),
    }


def _field(catalog: Catalog, dataset: Dataset, item: Item) -> dict[str, Any]:
    kind = _TYPES.get(item.type, "string")
    field = {
        "name": item.id,
        "title": item.title,
        "type": kind,
        "description": item.remark,
        "constraints": _constraints(catalog, dataset, item),
        **canonical.marks(catalog, item),
    }
    return {name: value for name, value in field.items() if value not in (None, {})}


def _constraints(catalog: Catalog, dataset: Dataset, item: Item) -> dict[str, Any]:
    limits: dict[str, Any] = {"required": True} if item.required else {}
    if canonical.is_closed(catalog, dataset, item):
        limits["enum"] = [*canonical.words_of(catalog, dataset, item)]
    elif item.type is not ItemType.DATE:
        limits["pattern"] = canonical.pattern(catalog, dataset, item)
    if item.type is ItemType.TEXT:
        limits["maxLength"] = item.length
    limits |= {"minimum": item.minimum, "maximum": item.maximum}
    return {name: value for name, value in limits.items() if value is not None}
