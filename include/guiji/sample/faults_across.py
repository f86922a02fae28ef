"""Ways to break the rules across items, each by its kind, and no other rule."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow.compute as pc

from guiji.catalog.model import Dataset
from guiji.catalog.rules import Rule, RuleKind
from guiji.catalog.vocabulary import ItemType
from guiji.sample import corrupt
from guiji.sample.draft import Draft, Flags, everywhere, holding, valid
from guiji.sample.ways import KINDS, Edits, Way, always

CALENDAR_KNOWN = date(2006, 1, 1)
"""Accepted events lie after it, for their deadlines need the working days."""

FAR_AMOUNT = "7777.77"
"""An amount that no decision of the sample names, in any unit."""

DECADE = timedelta(days=3653)
"""A digit of the year mistyped; also after the day on which an old night is drawn."""

_DATES = (RuleKind.DATE_ORDER, RuleKind.NOT_AFTER_NIGHT, RuleKind.NOT_BEFORE)
_OTHER_PAIRS = ("91", "93", "12", "52")
"""Pairs that the standard has, to stand where another one must."""


def of_rule(dataset: Dataset, rule: Rule, rules: tuple[Rule, ...]) -> Way:
    """Return the way to break a rule across items of a dataset.

    Args:
        dataset: the dataset.
        rule: the rule.
        rules: all of the dataset, which the way must not break.
    """
    if rule.kind in _DATES:
        return _on_dates(dataset, rule, rules)
    if rule.kind is RuleKind.ONE_VALUE:
        return _way(dataset, rule, _all_given(rule), _day_before(rule), both=True)
    rows, edits = _MAKERS[rule.kind](dataset, rule, rules)
    return _way(dataset, rule, rows, edits)


def _way(
    dataset: Dataset,
    rule: Rule,
    rows: Callable[[Draft], Flags],
    edits: Callable[[Draft, int], Edits],
    *,
    both: bool = False,
) -> Way:
    return Way(
        f"{dataset.id}.{rule.id}",
        rule.items[-1],
        KINDS[rule.severity],
        rows,
        edits,
        twin=both,
        both=both,
    )


_Made = tuple[Callable[[Draft], Flags], Callable[[Draft, int], Edits]]
_Maker = Callable[[Dataset, Rule, tuple[Rule, ...]], _Made]


def _all_given(rule: Rule) -> Callable[[Draft], Flags]:
    """Choose rows where every item of a rule is filled in."""

    def rows(draft: Draft) -> Flags:
        fit = everywhere(draft)
        for name in rule.items:
            fit &= valid(draft.records[name])
        return fit

    return rows


def _where(rule: Rule, *, holds: bool, given: bool) -> Callable[[Draft], Flags]:
    """Choose rows where a rule's condition holds or not and its last item is given."""

    def rows(draft: Draft) -> Flags:
        filled = valid(draft.records[rule.items[-1]])
        fit = filled if given else ~filled
        if rule.when is None:
            return fit
        flags = holding(draft, rule.when)
        return fit & (flags if holds else ~flags)

    return rows


def _day_before(rule: Rule) -> Callable[[Draft, int], Edits]:
    last = rule.items[-1]

    def edits(draft: Draft, row: int) -> Edits:
        day: date = draft.records[last][row].as_py()
        return {last: (day - timedelta(days=1)).isoformat()}

    return edits


def _forever(dataset: Dataset, rule: Rule, rules: tuple[Rule, ...]) -> _Made:
    return _all_given(rule), always({rule.items[-1]: "长期"})


def _zero(dataset: Dataset, rule: Rule, rules: tuple[Rule, ...]) -> _Made:
    return _where(rule, holds=True, given=True), always({rule.items[-1]: "0"})


def _positive(dataset: Dataset, rule: Rule, rules: tuple[Rule, ...]) -> _Made:
    """Fill in an amount where none is due, and no text names another."""
    amount = rule.items[-1]
    texts = [
        other.items[0]
        for other in rules
        if other.kind is RuleKind.AMOUNT_IN_TEXT and other.items[-1] == amount
    ]
    undue = _where(rule, holds=False, given=False)

    def rows(draft: Draft) -> Flags:
        fit = undue(draft)
        for text in texts:
            fit &= ~_names_amount(draft, text)
        return fit

    return rows, always({amount: "1"})


def _filled(dataset: Dataset, rule: Rule, rules: tuple[Rule, ...]) -> _Made:
    item = dataset.item(rule.items[-1])

    def edits(draft: Draft, row: int) -> Edits:
        return {item.id: corrupt.lawful(item, dataset, draft.catalog, row)}

    return _where(rule, holds=False, given=False), edits


def _left_out(dataset: Dataset, rule: Rule, rules: tuple[Rule, ...]) -> _Made:
    return _all_given(rule), always({rule.items[-1]: ""})


def _other_pair(dataset: Dataset, rule: Rule, rules: tuple[Rule, ...]) -> _Made:
    code = rule.items[-1]
    among = rule.kind is RuleKind.PAIR_IN
    others = [pair for pair in _OTHER_PAIRS if pair not in rule.pairs]
    pair = others[0] if among else rule.pairs[0]

    def edits(draft: Draft, row: int) -> Edits:
        return {code: corrupt.with_pair(draft.records[code][row].as_py(), pair)}

    return _where(rule, holds=True, given=True), edits


def _other_part(dataset: Dataset, rule: Rule, rules: tuple[Rule, ...]) -> _Made:
    return _all_given(rule), always({rule.items[-1]: corrupt.lawful_org_code()})


def _other_amount(dataset: Dataset, rule: Rule, rules: tuple[Rule, ...]) -> _Made:
    text, amount = rule.items

    def rows(draft: Draft) -> Flags:
        return valid(draft.records[amount]) & _names_amount(draft, text)

    return rows, always({amount: FAR_AMOUNT})


def _out_of_form(dataset: Dataset, rule: Rule, rules: tuple[Rule, ...]) -> _Made:
    name, form = rule.items[-1], re.compile(rule.pattern or "")

    def edits(draft: Draft, row: int) -> Edits:
        content = draft.records[name][row].as_py()
        stripped = re.sub(r"[〔〕]", "", content)
        for candidate in (stripped, content[:-1], content[:1]):
            if candidate and not form.search(candidate):
                return {name: candidate}
        return {}

    return _all_given(rule), edits


def _other_division(dataset: Dataset, rule: Rule, rules: tuple[Rule, ...]) -> _Made:
    category, code = rule.items

    def edits(draft: Draft, row: int) -> Edits:
        own = rule.ranges.get(draft.records[category][row].as_py())
        for division in (96, 1):
            if own and not own[0] <= division <= own[1]:
                return {code: f"{division:02d}00"}
        return {}

    return _all_given(rule), edits


def _names_amount(draft: Draft, text: str) -> Flags:
    """Find the rows in which a text names an amount."""
    named = pc.fill_null(pc.match_substring(draft.records[text], "元"), False)
    flags: Flags = np.asarray(named)
    return flags


_MAKERS: dict[RuleKind, _Maker] = {
    RuleKind.NOT_FOREVER: _forever,
    RuleKind.NOT_ZERO_WHEN: _zero,
    RuleKind.POSITIVE_ONLY_WHEN: _positive,
    RuleKind.GIVEN_ONLY_WHEN: _filled,
    RuleKind.GIVEN_WITH: _left_out,
    RuleKind.PAIR_IN: _other_pair,
    RuleKind.PAIR_NOT_IN: _other_pair,
    RuleKind.SAME_CHARACTERS: _other_part,
    RuleKind.AMOUNT_IN_TEXT: _other_amount,
    RuleKind.PATTERN: _out_of_form,
    RuleKind.DIVISION: _other_division,
}


def _on_dates(dataset: Dataset, rule: Rule, rules: tuple[Rule, ...]) -> Way:
    """Break a rule on dates; other dates move out of the way or are left out."""
    last = rule.items[-1]
    term = dataset.publication_term
    stated = [dataset.item(i) for i in (term.end_items if term else ())]
    ends = {i.id: None for i in stated if not (i.required or i.required_when)}

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
        if rule.kind is RuleKind.DATE_ORDER and moved < CALENDAR_KNOWN:
            return {}
        optional = {
            i.id: None
            for i in dataset.items
            if i.id not in rule.items and not i.required
        }
        for kept in (ends, optional):
            changed = {**days, **{d: None for d in kept if d in days}, last: moved}
            if broken(rules, changed, draft.night) == {rule.id}:
                written = {
                    item: day.isoformat() if day else ""
                    for item, day in changed.items()
                    if day != days[item]
                }
                return written | dict.fromkeys(_alone(rules, written), "")
        return {}

    return Way(f"{dataset.id}.{rule.id}", last, KINDS[rule.severity], rows, edits)


def _alone(rules: tuple[Rule, ...], written: Edits) -> list[str]:
    """Name the items that must not be given without a day that is left out."""
    return [
        rule.items[0]
        for rule in rules
        if rule.kind is RuleKind.GIVEN_WITH and written.get(rule.items[-1]) == ""
    ]


def _moved(rule: Rule, days: dict[str, date | None], night: date) -> date:
    if rule.kind is RuleKind.NOT_AFTER_NIGHT:
        return night + DECADE
    if rule.kind is RuleKind.NOT_BEFORE and rule.day is not None:
        return rule.day - timedelta(days=200)
    return (days[rule.items[0]] or night) - timedelta(days=40)


def broken(
    rules: tuple[Rule, ...], days: dict[str, date | None], night: date
) -> set[str]:
    """Return which rules on dates a row breaks; a missing date breaks none."""
    rule_ids = set()
    for rule in (rule for rule in rules if rule.kind in _DATES):
        values: list[Any] = [days[item] for item in rule.items]
        if None in values:
            continue
        if (
            (rule.kind is RuleKind.DATE_ORDER and values[1] < values[0])
            or (rule.kind is RuleKind.NOT_AFTER_NIGHT and values[0] > night)
            or (rule.kind is RuleKind.NOT_BEFORE and rule.day and values[0] < rule.day)
        ):
            rule_ids.add(rule.id)
    return rule_ids
