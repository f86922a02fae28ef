"""Every way in which a row can break one rule of its dataset, and no other.

The ways follow from the catalogue: each attribute of an item that brings a rule brings
a way to break it, so a new dataset gets its faults without a line of code here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np

from guiji.catalog.model import Catalog, Dataset, Item, Rule
from guiji.catalog.vocabulary import ItemType, Severity
from guiji.sample import spoil, truth
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
    valid,
)

Edits = dict[str, str]
CALENDAR_KNOWN = date(2006, 1, 1)
"""Accepted events lie after it, for their deadlines need the working days."""

KINDS = {
    Severity.CRITICAL: truth.QUARANTINE,
    Severity.WARNING: truth.WARNING,
    Severity.INFO: truth.INFO,
}


@dataclass(frozen=True)
class Way:
    """One way to break one rule, and what reading says of the same cell.

    Attributes:
        rule_id: the rule.
        item: the item that the finding points at; None = the whole row.
        kind: what it does to the row: quarantine, warning or info.
        rows: tells the rows that can be broken so.
        edits: item -> what to write into a row; nothing if the row is not fit.
        twin: the row first becomes a copy of another one.
        both: and both of them break the rule.
        also: what is found in the cell before any rule looks at it.
    """

    rule_id: str
    item: str | None
    kind: str
    rows: Callable[[Draft], Flags]
    edits: Callable[[Draft, int], Edits]
    twin: bool = False
    both: bool = False
    also: str | None = None


def ways(dataset: Dataset, catalog: Catalog) -> tuple[Way, ...]:
    """List every way to break a row of a dataset, in catalogue order."""
    rules = catalog.rules.get(dataset.id, ())
    return (
        *(way for item in dataset.items for way in _of_item(dataset, catalog, item)),
        *(_of_rule(dataset, rule, rules) for rule in rules),
        *_of_row(dataset),
    )


def _of_item(dataset: Dataset, catalog: Catalog, item: Item) -> Iterator[Way]:
    if item.required:
        yield _way(
            dataset, item, "required", truth.QUARANTINE, given(item), _write(item, "")
        )
    if item.required and item.type is ItemType.USCC:
        write = _write(item, spoil.NO_CODE_YET)
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


def _of_form(dataset: Dataset, item: Item) -> Iterator[Way]:
    kind = KINDS[item.severity]
    if item.type in spoil.FORMS:
        write = _write(item, spoil.FORMS[item.type])
        yield _way(dataset, item, "form", kind, given(item), write)
    if item.type is ItemType.ORG_CODE:
        yield _way(
            dataset, item, "form", kind, given(item), _spoil(item, spoil.org_code)
        )
    if item.type is ItemType.PERSON_ID:
        yield _way(
            dataset, item, "form", kind, given(item), _spoil(item, spoil.person_id)
        )
    if item.type is not ItemType.USCC:
        return
    changes = [spoil.bad_check]
    if item.id == dataset.subject.uscc:
        changes += [spoil.too_short, spoil.bad_character]
        number = _way(
            dataset, item, "form", kind, given(item), _spoil(item, spoil.as_number)
        )
        yield replace(number, also=f"{dataset.id}.{item.id}.digits_lost")
        yield _way(dataset, item, "form", kind, given(item), _person(item))
    for change in changes:
        yield _way(dataset, item, "form", kind, given(item), _spoil(item, change))
    for change in (spoil.unknown_pair, spoil.unknown_region, spoil.inner_check):
        name = change.__name__
        yield _way(
            dataset, item, name, truth.WARNING, given(item), _spoil(item, change)
        )


def _of_size(dataset: Dataset, catalog: Catalog, item: Item) -> Iterator[Way]:
    kind = KINDS[item.severity]
    if item.length is not None and item.type is ItemType.TEXT:
        write = _write(item, "长" * (item.length + 1))
        if item.id == dataset.subject.name:  # else it is not the code's name besides
            write = _spoil(item, partial(spoil.stretched, most=item.length))
        yield _way(dataset, item, "length", kind, allowed(item), write)
    if item.length is not None and item.code_list is not None:
        prefix = catalog.code_list(dataset, item.code_list).other_prefix
        if prefix is not None:
            write = _write(item, prefix + "长" * item.length)
            yield _way(dataset, item, "length", kind, given(item), write)
    if item.type not in (ItemType.AMOUNT, ItemType.INTEGER):
        return
    if item.minimum is not None:
        write = _write(item, f"{item.minimum - 1:.0f}")
        yield _way(dataset, item, "range", kind, given(item), write)
    if item.maximum is not None:
        write = _write(item, f"{item.maximum + 1:.0f}")
        yield _way(dataset, item, "range", kind, given(item), write)


def _of_row(dataset: Dataset) -> Iterator[Way]:
    yield Way(
        f"{dataset.id}.operation.form",
        OPERATION,
        truth.QUARANTINE,
        lambda draft: np.full(count(draft), OPERATION in draft.text),
        lambda draft, row: {OPERATION: "删掉"},
    )
    free = _free(dataset)
    changed = {free.id: "内容与前一行不同"[: free.length]}
    repeats, copies = (f"{dataset.id}.{kind}" for kind in ("key_repeats", "key_copies"))
    for rule, kind, edits, both in (
        (repeats, truth.QUARANTINE, changed, True),
        (copies, truth.WARNING, {}, False),
    ):
        yield Way(rule, None, kind, everywhere, _always(edits), twin=True, both=both)
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
        yield Way(rule, item, truth.QUARANTINE, rows, _always(edits))


def _always(edits: Edits) -> Callable[[Draft, int], Edits]:
    return lambda draft, row: edits


def _way(
    dataset: Dataset,
    item: Item,
    rule: str,
    kind: str,
    rows: Callable[[Draft], Flags],
    edits: Callable[[Draft, int], Edits],
) -> Way:
    return Way(f"{dataset.id}.{item.id}.{rule}", item.id, kind, rows, edits)


def _free(dataset: Dataset) -> Item:
    """Find a text that neither identifies a record nor has a condition."""
    found = [
        item
        for item in dataset.items
        if item.type is ItemType.TEXT
        and item.id not in (*dataset.key, dataset.subject.name)
        and item.empty_when is None
    ]
    return next((item for item in found if item.required), found[0])


def _write(item: Item, content: str) -> Callable[[Draft, int], Edits]:
    return _always({item.id: content})


def _spoil(item: Item, change: Callable[[str], str]) -> Callable[[Draft, int], Edits]:
    return lambda draft, row: {item.id: change(draft.records[item.id][row].as_py())}


def _person(item: Item) -> Callable[[Draft, int], Edits]:
    return lambda draft, row: {item.id: spoil.a_person_id(row)}


def _fill(item: Item) -> Callable[[Draft, int], Edits]:
    """Fill an item that should be empty, and what it makes necessary."""

    def edits(draft: Draft, row: int) -> Edits:
        content = spoil.lawful(item, draft.dataset, draft.catalog, row)
        filled = {item.id: content}
        for other in draft.dataset.items:
            asked = other.required_when
            if asked is None or asked.item != item.id:
                continue
            if holds(asked, content, draft.dataset, draft.catalog):
                filled[other.id] = spoil.lawful(
                    other, draft.dataset, draft.catalog, row
                )
        return filled

    return edits


def _of_rule(dataset: Dataset, rule: Rule, rules: tuple[Rule, ...]) -> Way:
    """Break a rule on dates; other dates move out of the way or are left out."""
    last = rule.items[-1]

    def rows(draft: Draft) -> Flags:
        fit = everywhere(draft)
        for item in rule.items:
            fit &= valid(draft.records[item])
        return fit

    def edits(draft: Draft, row: int) -> Edits:
        days = {
            i.id: draft.records[i.id][row].as_py()
            for i in dataset.items
            if i.type is ItemType.DATE
        }
        moved = _moved(rule, days, draft.night)
        if rule.kind == "date_order" and moved < CALENDAR_KNOWN:
            return {}
        optional = {
            i.id: None
            for i in dataset.items
            if i.id not in rule.items and not i.required
        }
        for kept in ({}, optional):
            changed = {**days, **{d: None for d in kept if d in days}, last: moved}
            if broken(rules, changed, draft.night) == {rule.id}:
                return {
                    item: day.isoformat() if day else ""
                    for item, day in changed.items()
                    if day != days[item]
                }
        return {}

    return Way(f"{dataset.id}.{rule.id}", last, KINDS[rule.severity], rows, edits)


def _moved(rule: Rule, days: dict[str, date | None], night: date) -> date:
    if rule.kind == "not_after_night":
        return night + timedelta(days=20)
    if rule.kind == "not_before" and rule.day is not None:
        return rule.day - timedelta(days=200)
    return (days[rule.items[0]] or night) - timedelta(days=40)


def broken(
    rules: tuple[Rule, ...], days: dict[str, date | None], night: date
) -> set[str]:
    """Tell which rules on dates a row breaks; a missing date breaks none."""
    found = set()
    for rule in rules:
        values: list[Any] = [days[item] for item in rule.items]
        if None in values:
            continue
        if (
            (rule.kind == "date_order" and values[1] < values[0])
            or (rule.kind == "not_after_night" and values[0] > night)
            or (rule.kind == "not_before" and rule.day and values[0] < rule.day)
        ):
            found.add(rule.id)
    return found
