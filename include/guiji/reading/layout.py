"""The part of a catalogue entry that reading needs: which heading is which item.

A `Layout` is plain data, so that the child process gets it as JSON and starts without
loading the catalogue's models.
"""

import re
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from guiji.catalog.headings import normal, of_item

if TYPE_CHECKING:
    from guiji.catalog.model import Dataset, ExcludedData

REMARK = re.compile(r"[(\[【〔].*?[)\]】〕]")
NUMBER = re.compile(r"^(?:第?\d{1,2}[.\u3001:)\]\-]|\d{1,2}(?=[\u4e00-\u9fff]))")
AROUND = "()[]【】〔〕《》<>“”‘’「」『』。.;,\u3001"
OPERATION = "_operation"
OPERATION_HEADINGS = ("操作", "操作类型")

DATE = "date"
VALUES = (DATE, "amount", "integer")
"""Types of items that spreadsheets have, too; see `catalog.vocabulary.ItemType`."""

_normal = lru_cache(10_000)(normal)
"""Kept, because every file of a night asks for the same headings."""


def without_remark(heading: str) -> str:
    """Drop remarks in brackets, a number and marks around from a normal heading.

    Nothing is dropped if nothing would be left.
    """
    bare = REMARK.sub("", heading) or heading
    return NUMBER.sub("", bare.strip(AROUND)) or heading


_bare = lru_cache(10_000)(without_remark)


@dataclass(frozen=True)
class Layout:
    """Names and headings of one dataset.

    Attributes:
        dataset: its id.
        title: its title.
        version: of its entry in the catalogue.
        names: normal forms of id, title and aliases, for file and sheet names.
        items: item id -> title, in catalogue order.
        required: items whose heading must be there.
        anchors: items that every record fills in: subject, key and required ones.
        subjects: items that say whom a record is about: name, codes, other numbers.
        bodies: items that name the authority and the source, with their codes.
        keys: items that tell the dataset's records apart.
        exact: normal heading -> item.
        loose: normal heading without remarks -> item, where only one item fits.
        units: amount item -> unit of its bare numbers.
        dates: items that are days.
        choices: items of which the value is chosen from a list.
        excluded: the clause by which such data is not collected; it has no items then.
        texts: items of which a number is no value but what it looks like: texts,
            codes, numbers of certificates.
    """

    dataset: str
    title: str
    names: tuple[str, ...]
    items: dict[str, str]
    required: tuple[str, ...]
    anchors: tuple[str, ...]
    subjects: tuple[str, ...]
    bodies: tuple[str, ...]
    keys: tuple[str, ...]
    exact: dict[str, str]
    loose: dict[str, str]
    units: dict[str, str]
    dates: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    version: str = ""
    excluded: str = ""

    @classmethod
    def of(cls, dataset: "Dataset") -> Self:
        """Build the layout of a catalogue entry."""
        exact: dict[str, str] = {_normal(h): OPERATION for h in OPERATION_HEADINGS}
        for item in dataset.items:
            for heading in of_item(item):
                exact.setdefault(_normal(heading), item.id)
        required = tuple(i.id for i in dataset.items if i.required)
        anchors = {dataset.subject.name, dataset.subject.uscc, *dataset.key, *required}
        return cls(
            dataset=dataset.id,
            title=dataset.title,
            names=tuple(
                _normal(n) for n in (dataset.id, dataset.title, *dataset.aliases)
            ),
            items={i.id: i.title for i in dataset.items} | {OPERATION: "操作"},
            required=required,
            anchors=tuple(i.id for i in dataset.items if i.id in anchors),
            subjects=_subjects(dataset),
            bodies=_bodies(dataset),
            keys=tuple(dataset.key),
            exact=exact,
            loose=_loose(exact),
            units={i.id: i.unit for i in dataset.items if i.unit is not None},
            dates=tuple(i.id for i in dataset.items if i.type == DATE),
            texts=tuple(i.id for i in dataset.items if i.type not in VALUES),
            version=dataset.version,
            choices=tuple(i.id for i in dataset.items if i.code_list is not None),
        )

    @classmethod
    def of_excluded(cls, data: "ExcludedData") -> Self:
        """Build the layout of data that is not collected: names, and no heading."""
        return cls(
            dataset="",
            title=data.title,
            names=tuple(normal(name) for name in (data.title, *data.aliases)),
            items={},
            required=(),
            anchors=(),
            subjects=(),
            bodies=(),
            keys=(),
            exact={},
            loose={},
            units={},
            excluded=data.clause,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the layout as plain JSON values."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """Make a layout of what `to_json` gave."""
        tuples = {name: tuple(content[name]) for name in _TUPLES}
        return cls(**{**content, **tuples})


_TUPLES = (
    *("names", "required", "anchors", "subjects", "bodies", "keys"),
    *("dates", "texts", "choices"),
)


def _subjects(dataset: "Dataset") -> tuple[str, ...]:
    about = dataset.subject
    named = {about.name, about.uscc, about.person_id, *dataset.identifiers.values()}
    return tuple(i.id for i in dataset.items if i.id in named)


def _bodies(dataset: "Dataset") -> tuple[str, ...]:
    bodies = (body for body in (dataset.authority, dataset.source) if body)
    return tuple(item for body in bodies for item in body.items())


def _loose(exact: dict[str, str]) -> dict[str, str]:
    items_by_heading: dict[str, set[str]] = {}
    for heading, item in exact.items():
        items_by_heading.setdefault(_bare(heading), set()).add(item)
    return {
        heading: min(items)
        for heading, items in items_by_heading.items()
        if len(items) == 1 and exact.get(heading, min(items)) in items
    }
