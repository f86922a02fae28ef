"""Examples of rules across items: their own, else made from their kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from guiji.catalog.model import Item
from guiji.catalog.rules import Rule, RuleKind
from guiji.catalog.vocabulary import ItemType
from guiji.domain import org_codes, uscc
from guiji.reports.rule_docs.examples import Case, Row
from guiji.reports.rule_docs.values import DAY, Values, org_code

FAR_FUTURE = "2099-01-01"
FOR_EVER = "长期"
NEXT_DAY = f"{date.fromisoformat(DAY) + timedelta(days=1)}"


@dataclass(frozen=True)
class _Made:
    """What an example is made from."""

    values: Values
    rule: Rule

    @property
    def item(self) -> Item:
        """The item at which the finding points."""
        return self.values.dataset.item(self.rule.items[-1])

    def held(self) -> dict[str, str]:
        """Return the cell for which the rule's condition holds."""
        when = self.rule.when
        return {when.item: self.values.meeting(when)} if when else {}

    def not_held(self) -> dict[str, str]:
        """Return the cell for which it does not."""
        when = self.rule.when
        return {when.item: self.values.missing(when)} if when else {}


def across(values: Values, rule: Rule) -> tuple[Case, ...]:
    """Return the examples of a rule across items.

    Returns:
        One example; none where the kind gives none and the rule brings none.
    """
    if rule.example is not None:
        return (Case((rule.example.wrong,), (rule.example.right,)),)
    make = _MAKERS.get(rule.kind)
    return (make(_Made(values, rule)),) if make else ()


def _pair(wrong: Row, right: Row) -> Case:
    return Case((wrong,), (right,))


def _in_order(made: _Made) -> Case:
    first, last = made.rule.items
    return _pair({first: NEXT_DAY, last: DAY}, {first: DAY, last: NEXT_DAY})


def _by_night(made: _Made) -> Case:
    return _pair({made.item.id: FAR_FUTURE}, {made.item.id: DAY})


def _since(made: _Made) -> Case:
    first = made.rule.day or date.min
    before = first - timedelta(days=1)
    return _pair({made.item.id: f"{before}"}, {made.item.id: f"{first}"})


def _a_day(made: _Made) -> Case:
    return _pair({made.item.id: FOR_EVER}, {made.item.id: DAY})


def _not_zero(made: _Made) -> Case:
    held, item = made.held(), made.item
    return _pair({**held, item.id: "0"}, {**held, item.id: made.values.right(item)})


def _only_when(made: _Made) -> Case:
    given = {made.item.id: made.values.right(made.item)}
    return _pair({**made.not_held(), **given}, {**made.held(), **given})


def _given_with(made: _Made) -> Case:
    other = made.values.dataset.item(made.rule.items[0])
    given = {other.id: made.values.right(other)}
    right = {**given, made.item.id: made.values.right(made.item)}
    return _pair({**given, made.item.id: ""}, right)


def _pair_in(made: _Made) -> Case:
    among, outside = _codes(made)
    held = made.held()
    return _pair({**held, made.item.id: outside}, {**held, made.item.id: among})


def _pair_not_in(made: _Made) -> Case:
    among, outside = _codes(made)
    held = made.held()
    return _pair({**held, made.item.id: among}, {**held, made.item.id: outside})


def _codes(made: _Made) -> tuple[str, str]:
    """Make a credit code with one of the rule's pairs, and one with another."""
    pairs = made.rule.pairs
    other = next(p for p in ("91", *sorted(uscc.PAIRS)) if p not in pairs)
    code = made.values.credit_code
    return code(pair=pairs[0]), code(pair=other)


def _same_characters(made: _Made) -> Case:
    whole = made.values.credit_code()
    first = (made.rule.start or 1) - 1
    part = whole[first : first + org_codes.LENGTH]
    given = {made.rule.items[0]: whole}
    return _pair({**given, made.item.id: org_code(5)}, {**given, made.item.id: part})


def _division(made: _Made) -> Case:
    category = made.values.dataset.item(made.rule.items[0])
    value, (first, last) = next(iter(made.rule.ranges.items()))
    titles = {c.code: c.title for c in made.values.codes(category).values}
    given = {category.id: titles.get(value, value)}
    outside = last + 1 if last < 99 else first - 1
    wrong = {**given, made.item.id: f"{outside:02d}"}
    return _pair(wrong, {**given, made.item.id: f"{first:02d}"})


def _one_value(made: _Made) -> Case:
    values, last = made.values, made.item
    subject = values.dataset.subject.uscc
    items = [values.dataset.item(name) for name in made.rule.items[:-1]]
    same = {subject: values.credit_code(4)}
    same |= {item.id: values.right(item, 4) for item in items}
    dated = last.type is ItemType.DATE
    other = NEXT_DAY if dated else values.right(last, 5)
    first = {**same, last.id: values.right(last, 4)}
    return Case((first, {**same, last.id: other}), (first,))


_MAKERS: Mapping[RuleKind, Callable[[_Made], Case]] = {
    RuleKind.DATE_ORDER: _in_order,
    RuleKind.NOT_AFTER_NIGHT: _by_night,
    RuleKind.NOT_BEFORE: _since,
    RuleKind.NOT_FOREVER: _a_day,
    RuleKind.NOT_ZERO_WHEN: _not_zero,
    RuleKind.POSITIVE_ONLY_WHEN: _only_when,
    RuleKind.GIVEN_ONLY_WHEN: _only_when,
    RuleKind.GIVEN_WITH: _given_with,
    RuleKind.PAIR_IN: _pair_in,
    RuleKind.PAIR_NOT_IN: _pair_not_in,
    RuleKind.SAME_CHARACTERS: _same_characters,
    RuleKind.DIVISION: _division,
    RuleKind.ONE_VALUE: _one_value,
}
"""Kinds whose examples need no words of their own; a pattern and a text do."""
