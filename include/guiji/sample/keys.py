"""Which item of a dataset's key the generator counts up, so that no key repeats."""

from guiji.catalog.bodies import body_items
from guiji.catalog.model import Dataset
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
