"""Values of one item for n records: by what the item is, its type and its title."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guiji.catalog import bodies, categories
from guiji.catalog.model import CodeList, Dataset, Item
from guiji.catalog.rules import Rule
from guiji.catalog.vocabulary import IdentifierKind, ItemType, RegisterItem
from guiji.catalog.vocabulary import SubjectClass as Class
from guiji.sample import codes, forms, names, words
from guiji.sample.subjects import Columns, Part

Flags = NDArray[np.bool_]

MONEY = pa.decimal128(18, 6)
AMOUNTS = (1, 2, 5, 8, 10, 30, 50, 60, 100, 200, 500, 1200)
COUNTS = (1, 2, 3, 5, 8, 12, 20)
RMB, RESIDENT_ID = "人民币", "身份证"
USUAL = 40
"""How many registrations are in their usual state, for one of each state."""

PARTIES = ("出质", "质权", "抵押", "股东", "投资", "债权", "隶属", "生产企业")
"""Words in titles of codes that are those of another party than the subject."""

_NUMBERS = {
    IdentifierKind.REGISTRATION_NUMBER: names.IN_BUSINESS,
    IdentifierKind.TAX_NUMBER: names.IN_BUSINESS,
    IdentifierKind.INSTITUTION_NUMBER: (Class.INSTITUTION,),
    IdentifierKind.SOCIAL_ORGANISATION_NUMBER: (Class.SOCIAL_ORGANISATION,),
}
"""Kind of older number -> the classes that have such numbers; others: all."""


def of_organisations(dataset: Dataset) -> frozenset[str]:
    """Name the items that no record about a natural person fills in."""
    return frozenset({dataset.subject.uscc, *dataset.identifiers.values()})


def draw(
    part: Part, item: Item, rules: Sequence[Rule], filled: Columns, natural: Flags
) -> pa.Array:
    """Draw n values of an item that is no date, to be shown where it is filled in.

    Args:
        part: what the records are about.
        item: the item.
        rules: of the dataset.
        filled: the items on which this one depends, among others.
        natural: which records are about natural persons.
    """
    column = _as_subject(part, item, natural)
    if column is None:
        column = _as_role(part, item)
    if column is None:
        column = _by_type(part, item)
    for rule in rules:
        if rule.items[-1] == item.id:
            column = forms.kept(part, item, rule, column, filled)
    if item.type is ItemType.TEXT and item.length is not None:
        column = pc.utf8_slice_codeunits(column, 0, item.length)
    return column


def _as_subject(part: Part, item: Item, natural: Flags) -> pa.Array | None:
    """Return what names the subject; None = the item does not."""
    subject = part.dataset.subject
    if item.id == subject.name:
        persons = names.persons(part.rng, len(part))
        return pc.if_else(pa.array(natural), persons, part.column("enterprise_name"))
    if item.id == subject.uscc:
        return part.column("uscc")
    if item.id == subject.category:
        return _category(part, natural)
    for kind, name in part.dataset.identifiers.items():
        if name == item.id:
            return _identifier(part, item, kind)
    return None


def _category(part: Part, natural: Flags) -> pa.Array:
    """Return what kind of subject each record is about, as its code list says."""

    def stored(title: str) -> str | None:
        return categories.stored(part.catalog, part.dataset, title)

    item = part.dataset.item(part.dataset.subject.category or "")
    listed = part.catalog.code_list(part.dataset, item.code_list or "").values
    person = stored(categories.PERSON)
    individual = stored(categories.INDIVIDUAL_BUSINESS)
    others = [v.code for v in listed if v.code not in (person, individual)]
    organisation = (*others, listed[0].code)[0]
    is_individual = pc.equal(
        part.column("subject_class"), Class.INDIVIDUAL_BUSINESS.value
    )
    kind = pc.if_else(is_individual, individual or organisation, organisation)
    return pc.if_else(pa.array(natural), person or organisation, kind)


def _identifier(part: Part, item: Item, kind: IdentifierKind) -> pa.Array:
    if kind is IdentifierKind.ORGANISATION_CODE:
        return part.column("org_code")
    number = part.column("registration_no")
    if kind is IdentifierKind.TAX_NUMBER:
        number = names.join(part.column("region"), part.column("org_code"))
    elif kind is IdentifierKind.INSTITUTION_NUMBER:
        number = names.join("1", pc.utf8_slice_codeunits(number, 0, 11))
    if item.required:
        return number
    having = pa.array([c.value for c in _NUMBERS[kind]])
    has = pc.is_in(part.column("subject_class"), having)
    return pc.if_else(has, number, part.constant(None))


def _as_role(part: Part, item: Item) -> pa.Array | None:
    """Return what the catalogue's entry says of the item; None = nothing."""
    dataset = part.dataset
    if item.id in bodies.body_items(dataset):
        is_code = item.type is ItemType.USCC
        department = part.department
        return part.constant(department.uscc if is_code else department.title)
    if dataset.status and item.id == dataset.status.item:
        values = [v.code for v in _listed(part, item).values]
        usual = [v for v in values if v not in dataset.status.revoked]
        return part.constant((*usual, *values)[0])
    roles = {name: role for role, name in dataset.register_items.items()}
    role = roles.get(item.id)
    if role is RegisterItem.REGION:
        return part.column("region")
    if role is RegisterItem.STATUS and item.code_list:
        values = [v.code for v in _listed(part, item).values]
        return names.pick(part.rng, [values[0]] * USUAL + values, len(part))
    if role in (RegisterItem.INDUSTRY, RegisterItem.INDUSTRY_CODE):
        return words.of_trade(part, 1 if role is RegisterItem.INDUSTRY else 2)
    return None


def _listed(part: Part, item: Item) -> CodeList:
    return part.catalog.code_list(part.dataset, item.code_list or "")


def _by_type(part: Part, item: Item) -> pa.Array:
    match item.type:
        case ItemType.AMOUNT:
            return _amounts(part, item)
        case ItemType.INTEGER:
            return words.number(part, item, _within(item, COUNTS))
        case ItemType.CODE | ItemType.CODES:
            return _codes(part, item)
        case ItemType.USCC:
            return _uscc(part, item)
        case ItemType.ORG_CODE:
            return part.column("org_code")
        case ItemType.PERSON_ID:
            return _person_ids(part)
        case ItemType.PHONE:
            number = codes.to_arrow(codes.digits(part.serials % 1000, 7))
            return names.join("400", number)
        case _:
            return words.text(part, item)


def _within(item: Item, numbers: Sequence[int]) -> list[int]:
    """Return those of some numbers that an item may hold; its least if none may."""
    least = -np.inf if item.minimum is None else item.minimum
    most = np.inf if item.maximum is None else item.maximum
    fit = [n for n in numbers if least <= n <= most]
    return fit or [int(np.ceil(least if np.isfinite(least) else most))]


def _amounts(part: Part, item: Item) -> pa.Array:
    times = 1 if item.unit == "万元" else 1000
    numbers = _within(item, [n * times for n in AMOUNTS])
    table = pa.array([Decimal(n) for n in numbers], MONEY)
    return table.take(pa.array(part.rng.integers(0, len(numbers), len(part))))


def _codes(part: Part, item: Item) -> pa.Array:
    """Draw codes of a list: RMB of currencies, resident IDs of documents."""
    values = _listed(part, item).values
    only = [v.code for v in values if v.title in (RMB, RESIDENT_ID)]
    return names.pick(part.rng, only or [v.code for v in values], len(part))


def _uscc(part: Part, item: Item) -> pa.Array:
    """Return another party's code where the title speaks of one, else the sender's."""
    if any(word in item.title for word in PARTIES):
        return pa.array(np.roll(part.column("uscc").to_numpy(False), 1), pa.string())
    return part.constant(part.department.uscc)


def _person_ids(part: Part) -> pa.Array:
    born = np.datetime64("1958-01-01") + part.rng.integers(0, 17_000, len(part))
    order = part.rng.integers(1, 999, len(part))
    return codes.to_arrow(codes.person_ids(born, order))
