"""Every way in which a row can break one rule of its dataset, and no other.

The ways follow from the catalogue: each attribute of an item that brings a rule brings
a way to break it, so a new dataset gets its faults without a line of code here.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from guiji.catalog import bodies
from guiji.catalog.model import Catalog, Dataset, Department, Item
from guiji.catalog.rules import Rule
from guiji.catalog.vocabulary import ItemType
from guiji.sample import corrupt, faults_across, keys, truth
from guiji.sample.draft import (
    LINE,
    LOST,
    OPERATION,
    UNDECODABLE,
    Draft,
    Flags,
    allowed,
    count,
    everywhere,
    given,
    has_mark,
    held,
    holds,
    is_text,
)
from guiji.sample.ways import KINDS, Edits, Way, always


def ways(dataset: Dataset, catalog: Catalog) -> tuple[Way, ...]:
    """List every way to break a row of a dataset, in catalogue order."""
    rules = catalog.rules.get(dataset.id, ())
    return (
        *(way for item in dataset.items for way in _of_item(dataset, catalog, item)),
        *(faults_across.of_rule(dataset, rule, rules) for rule in rules),
        *_of_row(dataset, rules),
    )


def _of_item(dataset: Dataset, catalog: Catalog, item: Item) -> Iterator[Way]:
    if item.required:
        yield _way(
            dataset, item, "required", truth.QUARANTINE, given(item), _write(item, "")
        )
    if item.required and item.type is ItemType.USCC and item.placeholder is None:
        write = _write(item, corrupt.NO_CODE_YET)
        yield _way(dataset, item, "required", truth.QUARANTINE, given(item), write)
    if item.required_when is not None:
        rows = held(item, item.required_when, given=True)
        yield _way(
            dataset, item, "required_when", truth.QUARANTINE, rows, _write(item, "")
        )
    if item.empty_when is not None:
        rows = held(item, item.empty_when, given=False)
        kind = KINDS[item.severity]
        yield _way(dataset, item, "empty_when", kind, rows, _fill(item))
    yield from _of_form(dataset, item)
    yield from _of_size(dataset, catalog, item)
    if item.id in bodies.body_items(dataset):
        write = _another_department(dataset, item)
        yield _way(
            dataset, item, "another_department", truth.QUARANTINE, given(item), write
        )


def _of_form(dataset: Dataset, item: Item) -> Iterator[Way]:
    kind = KINDS[item.severity]
    if item.type in corrupt.FORMS:
        write = _write(item, corrupt.FORMS[item.type])
        yield _way(dataset, item, "form", kind, given(item), write)
    if item.type is ItemType.ORG_CODE:
        yield _way(
            dataset, item, "form", kind, given(item), _spoil(item, corrupt.org_code)
        )
    if item.type is ItemType.PERSON_ID:
        yield _way(
            dataset, item, "form", kind, given(item), _spoil(item, corrupt.person_id)
        )
    if item.type is not ItemType.USCC:
        return
    changes = [corrupt.bad_check]
    if item.id == dataset.subject.uscc:
        changes += [corrupt.too_short, corrupt.bad_character]
        write = _spoil(item, corrupt.as_number)
        yield _way(dataset, item, "digits_lost", kind, given(item), write)
        yield _way(dataset, item, "form", kind, given(item), _person(item))
    for change in changes:
        yield _way(dataset, item, "form", kind, given(item), _spoil(item, change))
    for change in (corrupt.unknown_pair, corrupt.unknown_region, corrupt.inner_check):
        name = change.__name__
        yield _way(
            dataset, item, name, truth.WARNING, given(item), _spoil(item, change)
        )


def _of_size(dataset: Dataset, catalog: Catalog, item: Item) -> Iterator[Way]:
    kind = KINDS[item.severity]
    if item.length is not None and item.type is ItemType.TEXT:
        write = _write(item, "长" * (item.length + 1))
        if item.id == dataset.subject.name:  # else it is not the code's name besides
            write = _spoil(item, partial(corrupt.stretched, most=item.length))
        across = catalog.rules.get(dataset.id, ())
        is_tied = any(item.id in rule.items for rule in across)
        rows = given(item) if is_tied else allowed(item)  # else it may not be due
        yield _way(dataset, item, "length", kind, rows, write)
    if item.length is not None and item.code_list is not None:
        prefix = catalog.code_list(dataset, item.code_list).other_prefix
        if prefix is not None:
            write = _write_freed(dataset, item, prefix + "长" * item.length)
            yield _way(dataset, item, "length", kind, given(item), write)
    if item.type not in (ItemType.AMOUNT, ItemType.INTEGER):
        return
    if item.minimum is not None:
        write = _write(item, f"{item.minimum - 1:.0f}")
        yield _way(dataset, item, "range", kind, given(item), write)
    if item.maximum is not None:
        write = _write(item, f"{item.maximum + 1:.0f}")
        yield _way(dataset, item, "range", kind, given(item), write)


def _of_row(dataset: Dataset, rules: tuple[Rule, ...]) -> Iterator[Way]:
    yield Way(
        f"{dataset.id}.operation.form",
        OPERATION,
        truth.QUARANTINE,
        lambda draft: np.full(count(draft), OPERATION in draft.text),
        lambda draft, row: {OPERATION: "删掉"},
    )
    copies, repeats = (f"{dataset.id}.{kind}" for kind in ("key_copies", "key_repeats"))
    for item in keys.free_texts(dataset, rules)[:1]:
        other = always({item.id: "内容与前一行不同"[: item.length]})
        yield Way(
            repeats, None, truth.QUARANTINE, everywhere, other, twin=True, both=True
        )
    yield Way(copies, None, truth.WARNING, everywhere, always({}), twin=True)
    yield from _unread(dataset)


def _unread(dataset: Dataset) -> Iterator[Way]:
    """Damage a row so that it is not read at all."""
    name = dataset.subject.name
    for fault, item, rows, edits in (
        ("chars_lost", name, everywhere, {name: f"{LOST}{LOST}有限公司"}),
        ("ragged_long", LINE, is_text, {LINE: "long"}),
        ("ragged_short", LINE, is_text, {LINE: "short"}),
        ("bad_encoding", name, has_mark, {name: f"{UNDECODABLE}有限公司"}),
    ):
        rule = f"{dataset.id}.row.{fault}"
        yield Way(rule, item, truth.QUARANTINE, rows, always(edits))


def _way(
    dataset: Dataset,
    item: Item,
    rule: str,
    kind: str,
    rows: Callable[[Draft], Flags],
    edits: Callable[[Draft, int], Edits],
) -> Way:
    return Way(f"{dataset.id}.{item.id}.{rule}", item.id, kind, rows, edits)


def _write(item: Item, content: str) -> Callable[[Draft, int], Edits]:
    return always({item.id: content})


def _write_freed(
    dataset: Dataset, item: Item, content: str
) -> Callable[[Draft, int], Edits]:
    """Write a value that no longer asks for other items, and leave those out."""
    asked = [i.id for i in dataset.items if _asks(item, i, content)]
    return always({**dict.fromkeys(asked, ""), item.id: content})


def _asks(item: Item, other: Item, content: str) -> bool:
    condition = other.required_when
    if condition is None or condition.item != item.id:
        return False
    return not any(word in content for word in condition.contains)


def _another_department(dataset: Dataset, item: Item) -> Callable[[Draft, int], Edits]:
    """Name a department that does not deliver the dataset, else not this row."""

    def edits(draft: Draft, row: int) -> Edits:
        own = draft.records[item.id][row].as_py()
        every = draft.catalog.departments.values()
        others = [d for d in every if own not in (d.title, d.uscc)]
        others.sort(key=lambda d: d.id in dataset.providers)
        return {item.id: _named_in(item, others[0])} if others else {}

    return edits


def _named_in(item: Item, department: Department) -> str:
    return department.uscc if item.type is ItemType.USCC else department.title


def _spoil(item: Item, change: Callable[[str], str]) -> Callable[[Draft, int], Edits]:
    return lambda draft, row: {item.id: change(draft.records[item.id][row].as_py())}


def _person(item: Item) -> Callable[[Draft, int], Edits]:
    return lambda draft, row: {item.id: corrupt.a_person_id(row)}


def _fill(item: Item) -> Callable[[Draft, int], Edits]:
    """Fill an item that should be empty, and what it makes necessary."""

    def edits(draft: Draft, row: int) -> Edits:
        content = corrupt.lawful(item, draft.dataset, draft.catalog, row)
        filled = {item.id: content}
        for other in draft.dataset.items:
            asked = other.required_when
            if asked is None or asked.item != item.id:
                continue
            if holds(asked, content, draft.dataset, draft.catalog):
                filled[other.id] = corrupt.lawful(
                    other, draft.dataset, draft.catalog, row
                )
        return filled

    return edits
