"""Which item of a key the generator counts up, and which text may be any other."""

from collections.abc import Sequence

from guiji.catalog.bodies import body_items
from guiji.catalog.model import Dataset, Item
from guiji.catalog.rules import Rule
from guiji.catalog.vocabulary import ItemType

WORDS = ("号", "标识", "域名", "ID")
"""Titles of numbers that an authority gives once have one of them."""


def numbered(dataset: Dataset) -> str | None:
    """Return the item of the key that holds a number of the record's own.

    None where the key consists of its subject, days, kinds and the like: a subject
    then has at most one record.
    """
    subject = dataset.subject
    others = {subject.name, subject.uscc, subject.person_id, subject.category}
    others |= {*dataset.identifiers.values(), *body_items(dataset)}
    for name in dataset.key:
        item = dataset.item(name)
        is_countable = item.type in (ItemType.TEXT, ItemType.INTEGER)
        if is_countable and name not in others and any(w in item.title for w in WORDS):
            return name
    return None


def free_texts(dataset: Dataset, rules: Sequence[Rule]) -> tuple[Item, ...]:
    """Return the texts whose content nothing depends on, the required ones first.

    They neither identify a record, its subject or a body, nor has a condition or a
    rule across items to do with them.
    """
    tied = {*dataset.key, dataset.subject.name, *dataset.identifiers.values()}
    tied |= {*body_items(dataset), *(name for r in rules for name in r.mentioned())}
    items = [
        i
        for i in dataset.items
        if i.type is ItemType.TEXT
        and i.id not in tied
        and i.empty_when is None
        and i.required_when is None
    ]
    return tuple(sorted(items, key=lambda i: not i.required))
