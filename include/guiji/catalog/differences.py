"""What differs between two catalogues, entry by entry and key by key."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from guiji.catalog.model import Catalog, Dataset, Jurisdiction

IDS = ("id", "code", "title")
"""Keys by which entries of a list are told apart, the first that all of them have."""

Path = tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same in both.

    Attributes:
        place: keys and ids that lead to it, from the catalogue down, such as
            ("datasets", ID, "clocks", "delivery", "working_days").
        before: its value in the first catalogue as JSON has it; None: not there.
        after: its value in the second one.
        is_value: both have it, and the values differ.
    """

    place: Path
    before: Any
    after: Any
    is_value: bool


def differences(before: Catalog, after: Catalog) -> list[Difference]:
    """List what differs between two catalogues, in the order of their parts.

    Entries of lists are compared by their ids, so a new item is one difference, and a
    change of order alone is one of the list.
    """
    left, right = (_content(catalog) for catalog in (before, after))
    return [*_compare((), left, right)]


def _content(catalog: Catalog) -> dict[str, Any]:
    """Return a catalogue as JSON; limits that are left out are not there, null is."""
    content = catalog.model_dump(mode="json", exclude={"version"})
    parts: list[tuple[Jurisdiction | Dataset, dict[str, Any]]] = [
        (catalog.jurisdiction, content["jurisdiction"]),
        *((d, content["datasets"][d.id]) for d in catalog.datasets.values()),
    ]
    for model, part in parts:
        limits = model.batch_limits.model_dump(mode="json", exclude_unset=True)
        part["batch_limits"] = limits
    return content


def _compare(place: Path, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _keys(place, before, after)
    elif key := _id_of(before, after):
        left, right = ({str(e[key]): e for e in side} for side in (before, after))
        common = [name for name in left if name in right]
        if common != [name for name in right if name in left]:
            yield Difference((*place, "order"), [*left], [*right], is_value=True)
        yield from _keys(place, left, right)
    else:
        yield Difference(place, before, after, is_value=True)


def _keys(
    place: Path, before: dict[str, Any], after: dict[str, Any]
) -> Iterator[Difference]:
    for name in [*before, *(n for n in after if n not in before)]:
        at = (*place, name)
        if name not in after:
            yield Difference(at, before[name], None, is_value=False)
        elif name not in before:
            yield Difference(at, None, after[name], is_value=False)
        else:
            yield from _compare(at, before[name], after[name])


def _id_of(before: Any, after: Any) -> str | None:
    """Return the key that tells the entries of two lists apart; None: none does."""
    if not isinstance(before, list) or not isinstance(after, list):
        return None
    if not all(isinstance(entry, dict) for entry in (*before, *after)):
        return None
    for key in IDS:
        names = [[entry.get(key) for entry in side] for side in (before, after)]
        if all(None not in n and len(set(n)) == len(n) for n in names):
            return key if before or after else None
    return None
