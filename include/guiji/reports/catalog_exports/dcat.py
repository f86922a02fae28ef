"""The catalogue of a jurisdiction as DCAT-AP, in JSON-LD."""

from collections.abc import Iterable
from typing import Any

from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.openness import is_personal
from guiji.catalog.vocabulary import OpenLevel, UpdateCycle
from guiji.catalog.words import say

AUTHORITY = "http://publications.europa.eu/resource/authority"

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_ACCESS = {
    OpenLevel.PUBLIC: "PUBLIC",
    OpenLevel.AUTHORISED: "RESTRICTED",
    OpenLevel.GOV_ONLY: "NON_PUBLIC",
    OpenLevel.NONE: "NON_PUBLIC",
    OpenLevel.PENDING: "NON_PUBLIC",
}
_FREQUENCIES = {
    UpdateCycle.REALTIME: "UPDATE_CONT",
    UpdateCycle.DAILY: "DAILY",
    UpdateCycle.WEEKLY: "WEEKLY",
    UpdateCycle.MONTHLY: "MONTHLY",
    UpdateCycle.QUARTERLY: "QUARTERLY",
    UpdateCycle.HALF_YEARLY: "ANNUAL_2",
    UpdateCycle.YEARLY: "ANNUAL",
    UpdateCycle.ON_DEMAND: "IRREG",
}


def render(
    catalog: Catalog, datasets: Iterable[Dataset], schemas: Iterable[str] = ()
) -> dict[str, Any]:
    """Describe a jurisdiction's catalogue and its datasets.

    Args:
        catalog: the catalogue in use.
        datasets: the entries that are in it, in order.
        schemas: what follows an entry's id in the names of the files that describe its
            records and lie beside this one, e.g. `.schema.json`.

    Returns:
        JSON-LD whose addresses are relative: they become those of the place where the
        file is published. `dct:identifier` stays the same everywhere. No distribution
        is stated, because the catalogue knows no addresses of files.

    Source:
        DCAT-AP 3.0; personal items by the W3C Data Privacy Vocabulary (dpv).
    """
    here = catalog.jurisdiction
    return {
        "@context": _CONTEXT,
        "@id": "#catalogue",
        "@type": "dcat:Catalog",
        "dct:identifier": here.id,
        "dct:title": [
            _zh(f"{here.title}企业信用信息采集目录"),
            _en(f"{here.title_en}: catalogue of enterprise credit information"),
        ],
        "dct:description": [_zh(f"依据: {here.document}")],
        "dct:publisher": {
            "@id": "#platform",
            "@type": "foaf:Agent",
            "foaf:name": _zh(here.platform),
        },
        "dct:language": {"@id": f"{AUTHORITY}/language/ZHO"},
        "dct:spatial": [_place(code) for code in here.region_codes],
        "owl:versionInfo": catalog.version,
        "dcat:dataset": [_dataset(catalog, d, [*schemas]) for d in datasets],
    }


def _dataset(catalog: Catalog, dataset: Dataset, schemas: list[str]) -> dict[str, Any]:
    here = catalog.jurisdiction
    providers = [catalog.departments[name] for name in dataset.providers]
    source = dataset.source_department
    publisher = catalog.departments[source] if source else providers[0]
    described = {
        "@id": f"#{dataset.id}",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{here.id}.{dataset.id}",
        "dct:title": _zh(dataset.title),
        "dct:description": _zh(dataset.summary),
        "dct:publisher": _agent(publisher.id, publisher.title),
        "dct:creator": [_agent(each.id, each.title) for each in providers],
        "dcat:contactPoint": {"@type": "vcard:Organization", "vcard:fn": here.contact},
        "dcat:keyword": [_zh(word) for word in _keywords(dataset)],
        "dcat:theme": {"@id": f"{AUTHORITY}/data-theme/GOVE"},
        "dct:accessRights": _access(dataset.open_level),
        "dct:rights": _statement("dct:RightsStatement", _opening(catalog, dataset)),
        "dct:provenance": _statement("dct:ProvenanceStatement", dataset.legal_basis),
        "dct:accrualPeriodicity": {
            "@id": f"{AUTHORITY}/frequency/{_FREQUENCIES[dataset.update_cycle]}"
        },
        "dct:temporal": _period(dataset),
        "dct:conformsTo": [
            *(
                {"@id": f"{dataset.id}{end}", "@type": "dct:Standard"}
                for end in schemas
            ),
            {"@type": "dct:Standard", "dct:title": _zh(dataset.standard)},
        ],
        "dcat:version": dataset.version,
        "dpv:hasPersonalData": _personal_data(dataset),
    }
    return {name: value for name, value in described.items() if value != []}


def _keywords(dataset: Dataset) -> list[str]:
    return [say(dataset.info_class), *(say(c) for c in dataset.subject_classes)]


def _opening(catalog: Catalog, dataset: Dataset) -> str:
    """Say the level of the entry, and which of its items have another."""
    ways = catalog.jurisdiction.opening_ways
    others = {item.open_level for item in dataset.items} - {dataset.open_level}
    parts = [ways[dataset.open_level]]
    for level in sorted(others):
        titles = [i.title for i in dataset.items if i.open_level is level]
        parts.append(f"{ways[level]}: {'、'.join(titles)}")
    return "; ".join(parts)


def _personal_data(dataset: Dataset) -> list[dict[str, Any]]:
    return [
        {
            "@id": f"#{dataset.id}.{item.id}",
            "@type": "dpv:PersonalData",
            "dct:identifier": item.id,
            "rdfs:label": _zh(item.title),
            "dct:accessRights": _access(item.open_level),
        }
        for item in dataset.items
        if is_personal(item)
    ]


def _access(level: OpenLevel) -> dict[str, Any]:
    return {"@id": f"{AUTHORITY}/access-right/{_ACCESS[level]}"}


def _agent(identifier: str, title: str) -> dict[str, Any]:
    return {
        "@id": f"#department.{identifier}",
        "@type": "foaf:Agent",
        "foaf:name": _zh(title),
    }


def _place(code: str) -> dict[str, Any]:
    return {"@type": "dct:Location", "dct:identifier": f"GB/T 2260 {code}"}


def _period(dataset: Dataset) -> dict[str, Any]:
    period: dict[str, Any] = {"@type": "dct:PeriodOfTime"}
    for name, day in (("start", dataset.valid_from), ("end", dataset.valid_to)):
        if day:
            period[f"dcat:{name}Date"] = {"@type": "xsd:date", "@value": str(day)}
    return period


def _statement(kind: str, text: str) -> dict[str, Any]:
    return {"@type": kind, "rdfs:label": _zh(text)}


def _zh(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "zh"}


def _en(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "en"}
