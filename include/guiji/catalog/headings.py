"""Under which headings an item is delivered, and when two headings are the same."""

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from guiji.domain import look_alikes

if TYPE_CHECKING:  # the worker that reads workbooks starts without pydantic
    from guiji.catalog.model import Dataset, Item

_NOISE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff*\u203b]+")


def normal(heading: str) -> str:
    """Return the form in which headings are compared.

    Width, blanks, line breaks, asterisks, case, closing colons and second codes of
    ideographs do not count.
    """
    text = _NOISE.sub("", unicodedata.normalize("NFKC", heading))
    if not text.isascii():
        text = text.translate(look_alikes.IDEOGRAPHS)
    return text.strip("\"'=:").casefold()


def of_item(item: "Item") -> tuple[str, ...]:
    """Return all headings under which an item may be delivered."""
    return (item.title, item.code, *item.aliases)


def clashes(dataset: "Dataset") -> Iterator[tuple[str, "Item", "Item"]]:
    """Find headings that could mean either of two items: heading, first, second."""
    owners: dict[str, Item] = {}
    for item in dataset.items:
        for heading in of_item(item):
            owner = owners.setdefault(normal(heading), item)
            if owner.id != item.id:
                yield heading, owner, item
