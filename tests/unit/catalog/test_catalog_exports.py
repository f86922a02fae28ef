"""Exports of the catalogue, each judged by the library of its format."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import frictionless
import jsonschema
import pytest
import rdflib
import yaml
from drawn import examples
from governments import ALL, government
from hypothesis import given, settings
from hypothesis import strategies as st
from open_data_contract_standard.model import OpenDataContractStandard
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF

from guiji.catalog.model import Catalog, Dataset, Item
from guiji.catalog.openness import is_personal
from guiji.catalog.vocabulary import ItemType
from guiji.core.errors import UsageError
from guiji.domain import uscc
from guiji.reports.catalog_exports import json_schema, table_schema, write

ODCS = json.loads(
    (files("open_data_contract_standard") / "schema.json").read_text(encoding="utf-8")
)
DPV = rdflib.Namespace("https://w3id.org/dpv#")
VALIDATOR = jsonschema.Draft202012Validator
Row = dict[str, Any]


@cache
def exported(name: str, entry: str) -> dict[str, str]:
    catalog = government(name)
    return write.texts(catalog, [catalog.datasets[entry]])


def some(name: str, complete: bool) -> Iterator[Dataset]:
    """Return entries of a government, from the whole of its catalogue."""
    entries = [*government(name).datasets.values()]
    yield from entries if complete else entries[:: max(1, len(entries) // 4)]


@pytest.mark.parametrize("name", ALL)
def test_table_schemas_are_descriptors(name: str, complete: bool) -> None:
    for dataset in some(name, complete):
        descriptor = json.loads(
            exported(name, dataset.id)[f"{dataset.id}.tableschema.json"]
        )
        schema = frictionless.Schema.from_descriptor(descriptor)
        assert schema.field_names == [item.id for item in dataset.items]
        for item, field in zip(dataset.items, schema.fields, strict=True):
            assert field.custom["personal"] == is_personal(item)
            assert field.custom["openLevel"] == item.open_level
            assert field.required == item.required


@pytest.mark.parametrize("name", ALL)
def test_json_schemas_are_of_2020_12(name: str, complete: bool) -> None:
    for dataset in some(name, complete):
        schema = json.loads(exported(name, dataset.id)[f"{dataset.id}.schema.json"])
        VALIDATOR.check_schema(schema)
        assert schema["x-openLevel"] == dataset.open_level
        for item in dataset.items:
            assert schema["properties"][item.id]["x-personal"] == is_personal(item)
            assert schema["properties"][item.id]["x-openLevel"] == item.open_level


@pytest.mark.parametrize("name", ALL)
def test_contracts_are_of_the_standard(name: str, complete: bool) -> None:
    validator = jsonschema.Draft201909Validator(ODCS)
    for dataset in some(name, complete):
        contract = yaml.safe_load(exported(name, dataset.id)[f"{dataset.id}.odcs.yaml"])
        assert [e.message for e in validator.iter_errors(contract)] == []
        assert OpenDataContractStandard.model_validate(contract)
        clauses = [level["description"] for level in contract["slaProperties"]]
        for clock in dataset.clocks:
            assert any(clock.clause in clause for clause in clauses)
        properties = contract["schema"][0]["properties"]
        personal = [p["name"] for p in properties if "personal" in p.get("tags", ())]
        assert personal == [item.id for item in dataset.items if is_personal(item)]


def test_a_contract_that_breaks_the_standard_is_seen() -> None:
    contract = yaml.safe_load(exported("guiyang", "spot_check")["spot_check.odcs.yaml"])
    validator = jsonschema.Draft201909Validator(ODCS)
    assert not validator.is_valid(contract | {"clocks": []})
    del contract["version"]
    assert not validator.is_valid(contract)


@pytest.mark.duty("CQ7")
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # rdflib's
@pytest.mark.parametrize("name", ALL)
def test_dcat_has_what_the_profile_demands(name: str) -> None:
    """The mandatory properties of DCAT-AP 3.0, and its values from the authority."""
    catalog = government(name)
    graph = rdflib.Graph()
    base = "https://example.org/catalogue.jsonld"
    (text,) = write.texts(catalog, [*catalog.datasets.values()], ["dcat"]).values()
    graph.parse(data=text, format="json-ld", publicID=base)
    (whole,) = graph.subjects(RDF.type, DCAT.Catalog)
    assert {str(o) for o in graph.objects(whole, DCAT.dataset)} == {
        f"{base}#{dataset}" for dataset in catalog.datasets
    }
    for node in (whole, *graph.objects(whole, DCAT.dataset)):
        for needed in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher):
            assert [*graph.objects(node, needed)]
    for agent in graph.subjects(RDF.type, FOAF.Agent):
        assert len([*graph.objects(agent, FOAF.name)]) == 1
    for dataset in catalog.datasets.values():
        node = rdflib.URIRef(f"{base}#{dataset.id}")
        assert len([*graph.objects(node, DCTERMS.accessRights)]) == 1
        assert len([*graph.objects(node, DCTERMS.accrualPeriodicity)]) == 1
        personal = {str(o) for o in graph.objects(node, DPV.hasPersonalData)}
        items = [item.id for item in dataset.items if is_personal(item)]
        assert personal == {f"{base}#{dataset.id}.{item}" for item in items}


def _texts(item: Item, catalog: Catalog, dataset: Dataset) -> st.SearchStrategy[Any]:
    """Draw values of an item, from the words of the catalogue."""
    if item.type in (ItemType.CODE, ItemType.CODES):
        listed = catalog.code_list(dataset, item.code_list or "")
        one = st.sampled_from([value.code for value in listed.values])
        if listed.other_prefix:
            one |= st.just(f"{listed.other_prefix}另有规定")
        several = st.lists(one, min_size=1, max_size=3, unique=True).map("；".join)
        return one if item.type is ItemType.CODE else several
    numbers = {"min_value": item.minimum, "max_value": item.maximum}
    if item.type is ItemType.AMOUNT:
        return st.floats(**numbers, allow_nan=False, allow_infinity=False)
    if item.type is ItemType.INTEGER:
        low, high = (None if n is None else int(n) for n in numbers.values())
        return st.integers(low, high)
    if item.type is ItemType.DATE:
        return st.dates().map(str)
    if item.type is ItemType.USCC:
        return st.text(uscc.ALPHABET, min_size=18, max_size=18)
    if item.type is ItemType.PERSON_ID:
        return st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True)
    if item.type is ItemType.ORG_CODE:
        return st.from_regex(r"[0-9A-Z]{8}[0-9X]", fullmatch=True)
    return st.text("归集信息A1", min_size=1, max_size=item.length or 40)


def _holds(condition: Any, row: Row) -> bool:
    value = row.get(condition.item)
    if condition.values:
        return value in condition.values
    return value is not None and any(word in value for word in condition.contains)


@cache
def json_schema_of(name: str, entry: str) -> jsonschema.protocols.Validator:
    catalog = government(name)
    return VALIDATOR(json_schema.render(catalog, catalog.datasets[entry]))


@st.composite
def rows(draw: st.DrawFn, catalog: Catalog, dataset: Dataset) -> Row:
    """Draw a record that the catalogue allows."""
    values = {i.id: _texts(i, catalog, dataset) for i in dataset.items}
    row = {
        item.id: draw(values[item.id])
        for item in dataset.items
        if item.required or draw(st.booleans())
    }
    for item in dataset.items:
        if item.required_when and _holds(item.required_when, row):
            row.setdefault(item.id, draw(values[item.id]))
    for item in dataset.items:
        if item.empty_when and _holds(item.empty_when, row):
            row[item.id] = None
    return row


ENTRIES = [(name, entry) for name in ALL for entry in government(name).datasets]
WRONG: dict[ItemType, Any] = {
    ItemType.DATE: "2026/11/30",
    ItemType.AMOUNT: "壹元",
    ItemType.INTEGER: 1.5,
    ItemType.USCC: "9152",
    ItemType.ORG_CODE: "I-",
    ItemType.PERSON_ID: "未知",
    ItemType.PHONE: 13_000_000_000,
    ItemType.CODE: "\t",
    ItemType.CODES: "；",
}


@given(st.data())
def test_good_rows_pass_and_bad_ones_fail(data: st.DataObject) -> None:
    name, entry = data.draw(st.sampled_from(ENTRIES))
    catalog = government(name)
    dataset = catalog.datasets[entry]
    validator = json_schema_of(name, entry)
    row = data.draw(rows(catalog, dataset))
    assert [e.message for e in validator.iter_errors(row)] == []
    item = data.draw(st.sampled_from(dataset.items))
    wrong = WRONG.get(item.type, "字" * (item.length + 1) if item.length else 1)
    assert not validator.is_valid({**row, item.id: wrong})
    missing = data.draw(st.sampled_from([i.id for i in dataset.items if i.required]))
    assert not validator.is_valid({k: v for k, v in row.items() if k != missing})
    assert not validator.is_valid({**row, missing: None})
    assert not validator.is_valid({**row, "no_such_item": "1"})


@pytest.mark.parametrize(
    ("category", "code", "is_good"),
    [("自然人", None, True), ("自然人", "9" * 18, False)]
    + [("个体工商户", "9" * 18, True), ("个体工商户", None, False)],
)
def test_conditions_are_in_the_json_schema(
    category: str, code: str | None, is_good: bool
) -> None:
    catalog = government("guiyang")
    schema = json_schema.render(catalog, catalog.datasets["administrative_penalty"])
    of_code = [r for r in schema["allOf"] if "uscc" in r["then"]["properties"]]
    row = {"counterpart_category": category, "uscc": code}
    assert VALIDATOR({"allOf": of_code}).is_valid(row) is is_good


@settings(max_examples=examples(30))
@given(st.data())
def test_good_rows_pass_the_table_schema(data: st.DataObject) -> None:
    name, entry = data.draw(st.sampled_from(ENTRIES))
    catalog = government(name)
    dataset = catalog.datasets[entry]
    row = data.draw(rows(catalog, dataset))
    schema = frictionless.Schema.from_descriptor(table_schema.render(catalog, dataset))
    heads = [item.id for item in dataset.items]
    lines = [heads, ["" if row.get(h) is None else str(row[h]) for h in heads]]
    report = frictionless.Resource(data=lines, schema=schema).validate()
    assert report.flatten(["message"]) == []


def test_exports_are_the_same_every_time() -> None:
    catalog = government("guiyang")
    entries = [*catalog.datasets.values()]
    assert write.texts(catalog, entries) == write.texts(catalog, entries)


def test_chosen_formats_and_entries() -> None:
    catalog = government("guiyang")
    entry = catalog.datasets["spot_check"]
    assert [*write.texts(catalog, [entry], ["json-schema", "dcat"])] == [
        "spot_check.schema.json",
        "catalogue.jsonld",
    ]
    with pytest.raises(UsageError, match="no exports in the format 'xml'"):
        write.texts(catalog, [entry], ["xml"])
