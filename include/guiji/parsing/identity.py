"""Whom a row is about and which record it states: subject, key and fingerprints.

A record belongs to an enterprise by credit code. Where there is none, a subject is
known by a hash of what identifies it, so that rows of one subject still meet; of a
natural person the hash is keyed and the number itself is gone.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import IdentifierKind, ItemType
from guiji.domain import columns, persons, text
from guiji.parsing import digests
from guiji.parsing.items import Context, Parsed

BETWEEN_PARTS = "|"
BETWEEN_ITEMS = "\x1f"
"""A control character: cleaning leaves none in any value."""

SUBJECT_DIGITS = 24
RECORD_DIGITS = 20
CONTENT_DIGITS = 32
NATURAL_PERSON = "自然人"
OTHER_IDENTIFIERS = (
    IdentifierKind.ORGANISATION_CODE,
    IdentifierKind.REGISTRATION_NUMBER,
)
"""What identifies an organisation besides its name, where a dataset has it."""

_USCC, _PERSON, _NAME = range(3)
_MATCHED_BY = ("uscc", "person_hash", "name_hash")


def identify(
    context: Context,
    parsed: Mapping[str, Parsed],
    operation: pa.Array,
    owner: pa.Array,
) -> dict[str, pa.Array]:
    """Return whom each row is about and which record it is.

    Args:
        context: dataset and key.
        parsed: item -> its columns, n rows each.
        operation: upsert or revoke.
        owner: the department whose record it is, n rows; see `owners`.

    Returns:
        owner, subject, matched_by, record_key, record_id, event_on, produced_on and
        content_hash, n rows each.
    """
    dataset = context.dataset
    subject, matched_by = _subjects(context, parsed)
    record_key = join([_key_part(dataset, parsed, i) for i in dataset.key])
    parts = dataset.id, owner, subject, record_key
    record = pc.binary_join_element_wise(*parts, BETWEEN_PARTS)
    content = join([*(p.content for p in parsed.values()), operation], BETWEEN_ITEMS)
    return {
        "owner": owner,
        "subject": subject,
        "matched_by": matched_by,
        "record_key": record_key,
        "record_id": digests.hexadecimal(record, RECORD_DIGITS),
        "event_on": _first_day(parsed, dataset.event),
        "produced_on": _first_day(parsed, dataset.produced or dataset.event),
        "content_hash": digests.hexadecimal(content, CONTENT_DIGITS),
    }


def items_of(dataset: Dataset) -> tuple[str, ...]:
    """Name the items on which subject and record depend, in catalogue order."""
    about = dataset.subject
    named = {about.uscc, about.name, about.person_id, about.category}
    named |= {*dataset.key, *_other_identifiers(dataset)}
    return tuple(item.id for item in dataset.items if item.id in named)


def _other_identifiers(dataset: Dataset) -> list[str]:
    identifiers = dataset.identifiers
    return [identifiers[kind] for kind in OTHER_IDENTIFIERS if kind in identifiers]


def join(parts: list[pa.Array], separator: str = BETWEEN_PARTS) -> pa.Array:
    """Join texts row by row; null is empty."""
    return pc.binary_join_element_wise(
        *parts, separator, null_handling="replace", null_replacement=""
    )


def _subjects(
    context: Context, parsed: Mapping[str, Parsed]
) -> tuple[pa.Array, pa.Array]:
    about = context.dataset.subject
    code = parsed[about.uscc].content
    way = np.full(len(code), _USCC, np.int8)
    rows = columns.true_rows(code.is_null())
    if not len(rows):
        return code, columns.lookup(_MATCHED_BY, way)
    at = pa.array(rows)
    name = text.name_norm(parsed[about.name].content.take(at))
    items = _other_identifiers(context.dataset)
    others = [parsed[i].content.take(at) for i in items if i in parsed]
    hashed = digests.hexadecimal(join([name, *others]), SUBJECT_DIGITS)
    subject = pc.binary_join_element_wise("N", hashed, "")
    way[rows] = _NAME
    person = _is_person(context, parsed, at)
    if person.any():
        number = parsed[about.person_id].content.take(at) if about.person_id else name
        pseudonym = persons.pseudonym(join([name, number]), context.person_key)
        short = pc.utf8_slice_codeunits(pseudonym, 0, SUBJECT_DIGITS)
        keyed = pc.binary_join_element_wise("P", short, "")
        subject = pc.if_else(pa.array(person), keyed, subject)
        way[rows[person]] = _PERSON
    return columns.put(code, rows, subject), columns.lookup(_MATCHED_BY, way)


def _is_person(
    context: Context, parsed: Mapping[str, Parsed], at: pa.Array
) -> columns.Flags:
    """Return which are natural persons: by category, else by their number."""
    about = context.dataset.subject
    numbered = (
        columns.flags(parsed[about.person_id].content.take(at).is_valid())
        if about.person_id
        else np.zeros(len(at), np.bool_)
    )
    if about.category is None:
        return numbered
    category = parsed[about.category].content.take(at)
    names = context.names.get(about.category)
    person = names.find(NATURAL_PERSON) if names else NATURAL_PERSON
    says_so = columns.flags(pc.equal(category, person or NATURAL_PERSON))
    return says_so | (numbered & columns.flags(category.is_null()))


def _key_part(dataset: Dataset, parsed: Mapping[str, Parsed], item: str) -> pa.Array:
    """Return a key item in the form in which document numbers are compared."""
    content = parsed[item].content
    is_text = dataset.item(item).type is ItemType.TEXT
    return text.document_no_norm(content) if is_text else content


def _first_day(parsed: Mapping[str, Parsed], items: tuple[str, ...]) -> pa.Array:
    """Return the first day that is filled in."""
    days = [parsed[item].columns[item] for item in items]
    return pc.coalesce(*days)
