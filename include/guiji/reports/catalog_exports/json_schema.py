"""An entry as a JSON Schema of one record."""

from typing import Any

from guiji.catalog.model import Catalog, Condition, Dataset, Item
from guiji.catalog.vocabulary import ItemType
from guiji.reports.catalog_exports import canonical

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TYPES = {ItemType.AMOUNT: "number", ItemType.INTEGER: "integer"}


def render(catalog: Catalog, dataset: Dataset) -> dict[str, Any]:
    """Describe one record of an entry in canonical form.

    What is told beside the form has names that begin with `x-`. Rules across items and
    check digits are not in it; `guiji check` judges them.

    Source:
        JSON Schema 2020-12.
    """
    conditions = [
        rule
        for item in dataset.items
        for rule in (
            _rule(item, item.required_when, _REQUIRED),
            _rule(item, item.empty_when, _EMPTY),
        )
        if rule
    ]
    schema = {
        "$schema": DIALECT,
        "$id": f"urn:guiji:{catalog.jurisdiction.id}:{dataset.id}:{dataset.version}",
        "title": dataset.title,
        "description": f"{dataset.summary} {canonical.FORM}",
        **_prefixed(canonical.entry_marks(catalog, dataset)),
        "type": "object",
        "properties": {i.id: _property(catalog, dataset, i) for i in dataset.items},
        "required": [item.id for item in dataset.items if item.required],
        "additionalProperties": False,
    }
    return schema | ({"allOf": conditions} if conditions else {})


def _property(catalog: Catalog, dataset: Dataset, item: Item) -> dict[str, Any]:
    kind = _TYPES.get(item.type, "string")
    closed = canonical.is_closed(catalog, dataset, item)
    values = [*canonical.words_of(catalog, dataset, item)] if closed else None
    if values and not item.required:
        values.append(None)  # type: ignore[arg-type]
    form = {
        "title": item.title,
        "description": item.remark,
        "type": kind if item.required else [kind, "null"],
        "minLength": 1 if kind == "string" else None,
        "maxLength": item.length if item.type is ItemType.TEXT else None,
        "format": "date" if item.type is ItemType.DATE else None,
        "pattern": None if closed else canonical.pattern(catalog, dataset, item),
        "enum": values,
        "minimum": item.minimum,
        "maximum": item.maximum,
        **_prefixed(canonical.marks(catalog, item)),
    }
    return {name: value for name, value in form.items() if value is not None}


_REQUIRED: dict[str, Any] = {"not": {"type": "null"}}
_EMPTY: dict[str, Any] = {"type": "null"}


def _rule(
    item: Item, condition: Condition | None, form: dict[str, Any]
) -> dict[str, Any] | None:
    """Return what an item must be where a condition holds."""
    if condition is None:
        return None
    if condition.values:
        holds: dict[str, Any] = {"enum": [*condition.values]}
    else:
        holds = {"type": "string", "pattern": canonical.either(condition.contains)}
    then: dict[str, Any] = {"properties": {item.id: form}}
    if form is _REQUIRED:
        then["required"] = [item.id]
    return {
        "if": {"properties": {condition.item: holds}, "required": [condition.item]},
        "then": then,
    }


def _prefixed(marks: dict[str, Any]) -> dict[str, Any]:
    return {f"x-{name}": value for name, value in marks.items()}
