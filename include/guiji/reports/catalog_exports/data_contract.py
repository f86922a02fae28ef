"""An entry as a contract of the Open Data Contract Standard, version 3."""

from collections.abc import Iterator
from typing import Any

from guiji.catalog.clocks import Clock
from guiji.catalog.model import Catalog, Dataset, Item
from guiji.catalog.vocabulary import ClockStart, ItemType
from guiji.catalog.words import say
from guiji.reports.catalog_exports import canonical

VERSION = "v3.1.0"

_TYPES = {
    ItemType.DATE: "date",
    ItemType.AMOUNT: "number",
    ItemType.INTEGER: "integer",
}


def render(catalog: Catalog, dataset: Dataset) -> dict[str, Any]:
    """Write the contract between the providers of an entry and those who use it.

    Clocks are its service levels: `latency` in the clock's own unit from the item that
    starts it, with the clause. Terms of publication are `retention`, in months.

    Source:
        Open Data Contract Standard 3.1.
    """
    here = catalog.jurisdiction
    return {
        "apiVersion": VERSION,
        "kind": "DataContract",
        "id": f"{here.id}.{dataset.id}",
        "name": dataset.title,
        "version": dataset.version,
        "status": "deprecated" if dataset.valid_to else "active",
        "tenant": here.title,
        "domain": dataset.info_class.value,
        "dataProduct": here.platform,
        "tags": [dataset.open_level.value],
        "description": {
            "purpose": f"{dataset.summary} {canonical.FORM}",
            "limitations": _limitations(catalog, dataset),
        },
        "schema": [_table(catalog, dataset)],
        "team": {"name": here.platform, "description": here.contact},
        "slaProperties": [*_service_levels(catalog, dataset)],
        "customProperties": _custom(canonical.entry_marks(catalog, dataset)),
    }


def _limitations(catalog: Catalog, dataset: Dataset) -> str:
    opening = catalog.jurisdiction.opening_ways[dataset.open_level]
    condition = f" ({dataset.share_condition})" if dataset.share_condition else ""
    return f"{opening}; {say(dataset.share_type)}{condition}"


def _table(catalog: Catalog, dataset: Dataset) -> dict[str, Any]:
    return {
        "name": dataset.id,
        "businessName": dataset.title,
        "logicalType": "object",
        "physicalType": "table",
        "dataGranularityDescription": "one record of one department about one subject",
        "properties": [_property(catalog, dataset, item) for item in dataset.items],
    }


def _property(catalog: Catalog, dataset: Dataset, item: Item) -> dict[str, Any]:
    marks = canonical.marks(catalog, item)
    of_item = {
        "name": item.id,
        "businessName": item.title,
        "physicalName": item.code,
        "logicalType": _TYPES.get(item.type, "string"),
        "logicalTypeOptions": _options(catalog, dataset, item),
        "physicalType": item.type.value,
        "description": item.remark,
        "required": item.required,
        "classification": item.open_level.value,
        "criticalDataElement": item.id in dataset.key,
        "tags": ["personal"] if marks["personal"] else None,
        "quality": _quality(catalog, dataset, item),
        "customProperties": _custom(marks),
    }
    return {k: value for k, value in of_item.items() if value not in (None, {}, [])}


def _options(catalog: Catalog, dataset: Dataset, item: Item) -> dict[str, Any]:
    options: dict[str, Any] = {"minimum": item.minimum, "maximum": item.maximum}
    if item.type is ItemType.TEXT:
        options["maxLength"] = item.length
    if item.type is not ItemType.DATE:
        options["pattern"] = canonical.pattern(catalog, dataset, item)
    return {name: value for name, value in options.items() if value is not None}


def _quality(catalog: Catalog, dataset: Dataset, item: Item) -> list[dict[str, Any]]:
    """Return the closed list of an item's values as a rule of quality."""
    if not canonical.is_closed(catalog, dataset, item):
        return []
    values = [*canonical.words_of(catalog, dataset, item)]
    rule = {"metric": "invalidValues", "arguments": {"validValues": values}}
    return [{**rule, "mustBe": 0, "unit": "rows", "severity": item.severity.value}]


def _service_levels(catalog: Catalog, dataset: Dataset) -> Iterator[dict[str, Any]]:
    for clock in dataset.clocks:
        yield {
            "property": "latency",
            "value": clock.length,
            "unit": clock.unit.value.replace("_", " "),
            "element": _start(dataset, clock),
            "driver": "operational" if clock.parameter else "regulatory",
            "description": f"{say(clock.kind)} ({say(clock.responsible)}): "
            f"{clock.clause}; 可信度{say(clock.confidence)}",
        }
    days = catalog.jurisdiction.cycles.get(dataset.update_cycle)
    if days is not None:
        what = f"{say(dataset.update_cycle)}: 超过{days}日未报送即为断报"
        unit = {"property": "frequency", "value": days, "unit": "d"}
        yield {**unit, "driver": "operational", "description": what}
    for regime in catalog.term_regimes(dataset):
        for severity, months in regime.months.items():
            yield {
                "property": "retention",
                "value": months,
                "unit": "months",
                "element": f"{dataset.id}.{_term_start(dataset)}",
                "driver": "regulatory",
                "description": f"最长公示期限, {severity}, "
                f"自{regime.effective_from.isoformat()}: {regime.clause}",
            }


def _term_start(dataset: Dataset) -> str:
    term = dataset.publication_term
    return term.start if term else dataset.event[0]


def _start(dataset: Dataset, clock: Clock) -> str:
    """Name what starts a clock: the items of the event, or the word for it."""
    if clock.starts is not ClockStart.EVENT:
        return clock.starts.value
    return ",".join(f"{dataset.id}.{item}" for item in dataset.event)


def _custom(marks: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"property": name, "value": value}
        for name, value in marks.items()
        if value is not None
    ]
