"""Every item of a record from its catalogue entry, so that no rule is broken.

Items on which others depend are filled first. An item is filled in where it is
required, or a condition demands it, and nowhere where one forbids it; items that are
given together, such as those of a removal, share their rows.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guiji.catalog import categories
from guiji.catalog.model import Condition, Dataset, Item
from guiji.catalog.rules import Rule, RuleKind
from guiji.catalog.vocabulary import ItemType, SubjectClass
from guiji.sample import days, values
from guiji.sample.draft import rows_holding
from guiji.sample.subjects import Columns, Part

Flags = NDArray[np.bool_]

OPTIONAL_SHARE = 0.7
PERSONS_SHARE = 0.1
ENDED_SHARE = 0.15
"""Records that a removal, a repair or the like has ended already."""

_WHEN_ONLY = (RuleKind.GIVEN_ONLY_WHEN, RuleKind.POSITIVE_ONLY_WHEN)


def fill(part: Part, hints: Columns, *, sparse: bool) -> Columns:
    """Fill every item of a dataset.

    Args:
        part: what the records are about.
        hints: item -> n values that are taken as they are.
        sparse: whether items that nothing demands stay empty.

    Returns:
        Item -> n values, in catalogue order.
    """
    dataset, rules = part.dataset, part.catalog.rules.get(part.dataset.id, ())
    filled = {i: hints[i] for i in hints if i in {x.id for x in dataset.items}}
    natural = _natural(part)
    presence = _Presence(part, rules, sparse=sparse)
    dated = days.draw(part, rules, filled)
    for item in _in_order(dataset.items, rules):
        if item.id in filled:
            continue
        rows = presence.rows(item, filled)
        if item.id in values.of_organisations(dataset):
            rows &= ~natural
        if item.id == dataset.subject.person_id and item.required_when is None:
            rows &= natural
        if item.type is ItemType.DATE:
            column = dated[item.id]
        else:
            column = values.draw(part, item, rules, filled, natural)
        none = pa.scalar(None, column.type)
        filled[item.id] = pc.if_else(pa.array(rows), column, none)
    return {item.id: filled[item.id] for item in dataset.items}


def _natural(part: Part) -> Flags:
    """Draw which records are about natural persons; none where no item could say so."""
    dataset = part.dataset
    nobody = np.zeros(len(part), dtype=bool)
    if SubjectClass.PERSON not in dataset.subject_classes:
        return nobody
    if dataset.item(dataset.subject.uscc).required:
        return nobody
    if set(dataset.subject_classes) == {SubjectClass.PERSON}:
        return ~nobody
    is_told = categories.stored(part.catalog, dataset, categories.PERSON)
    return part.chance(PERSONS_SHARE) if is_told else nobody


def _in_order(items: Sequence[Item], rules: Sequence[Rule]) -> Iterator[Item]:
    """Yield items after those on which they depend; the catalogue's order else."""
    needs = {i.id: {c.item for c in _conditions(i, rules)} for i in items}
    for rule in rules:
        if rule.kind in (RuleKind.SAME_CHARACTERS, RuleKind.PATTERN):
            others = {*rule.items[:-1], rule.or_same_as} - {None, rule.items[-1]}
            needs[rule.items[-1]] |= {name for name in others if name}
    left = list(items)
    while left:
        ready = [i for i in left if not needs[i.id] & {x.id for x in left} - {i.id}]
        yield from ready or left[:1]
        left = [i for i in left if i not in (ready or left[:1])]


def _conditions(item: Item, rules: Sequence[Rule]) -> Iterator[Condition]:
    yield from (c for c in (item.required_when, item.empty_when) if c)
    yield from (
        r.when
        for r in rules
        if r.when and r.items[-1] == item.id and r.kind in _WHEN_ONLY
    )


class _Presence:
    """In which rows items are filled in."""

    def __init__(self, part: Part, rules: Sequence[Rule], *, sparse: bool) -> None:
        self._part, self._rules, self._sparse = part, rules, sparse
        self._groups = _groups(part.dataset, rules)
        self._drawn: dict[frozenset[str], Flags] = {}

    def rows(self, item: Item, filled: Columns) -> Flags:
        """Return in which rows an item is filled in, by what is filled already."""
        rows = self._wanted(item)
        if item.required_when is not None:
            rows = rows | self._holding(item.required_when, filled)
        if item.empty_when is not None:
            rows = rows & ~self._holding(item.empty_when, filled)
        for rule in self._rules:
            if rule.kind in _WHEN_ONLY and rule.items[-1] == item.id and rule.when:
                rows = rows & self._holding(rule.when, filled)
        return rows

    def _holding(self, condition: Condition, filled: Columns) -> Flags:
        part = self._part
        column = filled[condition.item]
        return rows_holding(column, condition, part.dataset, part.catalog)

    def _wanted(self, item: Item) -> Flags:
        dataset = self._part.dataset
        every = np.ones(len(self._part), dtype=bool)
        always = {dataset.subject.name, dataset.subject.uscc, *dataset.key}
        always |= {*dataset.register_items.values()}
        if item.required or item.id in always or item.id == days.anchor(dataset):
            return every
        if self._sparse or item.required_when is not None:
            return ~every
        group = next((g for g in self._groups if item.id in g), frozenset({item.id}))
        if group not in self._drawn:
            titles = [dataset.item(name).title for name in group]
            is_end = any(word in title for word in days.PAST_ENDS for title in titles)
            share = ENDED_SHARE if is_end else OPTIONAL_SHARE
            if is_end and dataset.status is not None:
                share = 0.0  # what is in force has not ended
            self._drawn[group] = self._part.chance(share)
        return self._drawn[group].copy()


def _groups(dataset: Dataset, rules: Sequence[Rule]) -> list[frozenset[str]]:
    """Return the sets of optional items that are given together."""
    optional = {i.id: i for i in dataset.items if not i.required}
    pairs = [set(r.items) for r in rules if r.kind is RuleKind.GIVEN_WITH]
    pairs += [
        {n for n, i in optional.items() if word in i.title} for word in days.PAST_ENDS
    ]
    groups: list[set[str]] = []
    for pair in pairs:
        joined = pair & set(optional)
        for group in [g for g in groups if g & joined]:
            joined |= group
            groups.remove(group)
        if joined:
            groups.append(joined)
    return [frozenset(group) for group in groups]
