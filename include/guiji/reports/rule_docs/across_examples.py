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
class _ExampleContext:
    """What an example is built from."""

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
    return (make(_ExampleContext(values, rule)),) if make else ()


def _pair(wrong: Row, right: Row) -> Case:
    return Case((wrong,), (right,))


def _in_order(context: _ExampleContext) -> Case:
    first, last = context.rule.items
    return _pair({first: NEXT_DAY, last: DAY}, {first: DAY, last: NEXT_DAY})


def _by_night(context: _ExampleContext) -> Case:
    return _pair({context.item.id: FAR_FUTURE}, {context.item.id: DAY})


def _since(context: _ExampleContext) -> Case:
    first = context.rule.day or date.min
    before = first - timedelta(days=1)
    return _pair({context.item.id: f"{before}"}, {context.item.id: f"{first}"})


def _a_day(context: _ExampleContext) -> Case:
    return _pair({context.item.id: FOR_EVER}, {context.item.id: DAY})


def _not_zero(context: _ExampleContext) -> Case:
    cells, item = context.held(), context.item
    return _pair(
        {**cells, item.id: "0"}, {**cells, item.id: context.values.right(item)}
    )


def _only_when(context: _ExampleContext) -> Case:
    given = {context.item.id: context.values.right(context.item)}
    return _pair({**context.not_held(), **given}, {**context.held(), **given})


def _given_with(context: _ExampleContext) -> Case:
    other = context.values.dataset.item(context.rule.items[0])
    given = {other.id: context.values.right(other)}
    right = {**given, context.item.id: context.values.right(context.item)}
    return _pair({**given, context.item.id: ""}, right)


def _pair_in(context: _ExampleContext) -> Case:
    among, outside = _codes(context)
    cells = context.held()
    return _pair({**cells, context.item.id: outside}, {**cells, context.item.id: among})


def _pair_not_in(context: _ExampleContext) -> Case:
    among, outside = _codes(context)
    cells = context.held()
    return _pair({**cells, context.item.id: among}, {**cells, context.item.id: outside})


def _codes(context: _ExampleContext) -> tuple[str, str]:
    """Make a credit code with one of the rule's pairs, and one with another."""
    pairs = context.rule.pairs
    other = next(p for p in ("91", *sorted(uscc.PAIRS)) if p not in pairs)
    code = context.values.credit_code
    return code(pair=pairs[0]), code(pair=other)


def _same_characters(context: _ExampleContext) -> Case:
    whole = context.values.credit_code()
    first = (context.rule.start or 1) - 1
    part = whole[first : first + org_codes.LENGTH]
    given = {context.rule.items[0]: whole}
    return _pair(
        {**given, context.item.id: org_code(5)}, {**given, context.item.id: part}
    )


def _division(context: _ExampleContext) -> Case:
    category = context.values.dataset.item(context.rule.items[0])
    value, (first, last) = next(iter(context.rule.ranges.items()))
    titles = {c.code: c.title for c in context.values.codes(category).values}
    given = {category.id: titles.get(value, value)}
    outside = last + 1 if last < 99 else first - 1
    wrong = {**given, context.item.id: f"{outside:02d}"}
    return _pair(wrong, {**given, context.item.id: f"{first:02d}"})


def _one_value(context: _ExampleContext) -> Case:
    values, last = context.values, context.item
    subject = values.dataset.subject.uscc
    items = [values.dataset.item(name) for name in context.rule.items[:-1]]
    same = {subject: values.credit_code(4)}
    same |= {item.id: values.right(item, 4) for item in items}
    dated = last.type is ItemType.DATE
    other = NEXT_DAY if dated else values.right(last, 5)
    first = {**same, last.id: values.right(last, 4)}
    return Case((first, {**same, last.id: other}), (first,))


_MAKERS: Mapping[RuleKind, Callable[[_ExampleContext], Case]] = {
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
