"""Examples of a rule: rows that break it beside rows that do not.

They are made from what the rule is made of, or stand with the rule in its file; a test
judges every one of them, so that none tells a clerk what is not so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from guiji.catalog.bodies import delivered_by
from guiji.catalog.model import Condition, Item
from guiji.catalog.vocabulary import ItemType
from guiji.domain.uscc import Level
from guiji.reading.layout import OPERATION
from guiji.reports.rule_docs.values import (
    FILLER,
    NOWHERE,
    RESIDENT,
    SEPARATOR,
    Values,
    org_code,
    other,
)

Row = Mapping[str, str]
"""Item -> its cell; what is left out is empty or does not matter."""

ELSEWHERE = "另一家有限公司"
NOT_LISTED = "见附件"


@dataclass(frozen=True)
class Case:
    """One example.

    Attributes:
        wrong: rows that together break the rule.
        right: the same rows as they should be.
        level: which of the rule's wordings the wrong row gets, if it has several.
    """

    wrong: tuple[Row, ...]
    right: tuple[Row, ...]
    level: str | None = None


def of_item(values: Values, item: Item, kind: str) -> tuple[Case, ...]:
    """Return the examples of a rule that an item's attribute asked for.

    Args:
        values: makes values of the dataset.
        item: the rule's item.
        kind: the last part of the rule's id.

    Returns:
        Examples; none where a row cannot break the rule.
    """
    make = _OF_ITEM.get(kind)
    return make(values, item) if make else ()


def of_row(values: Values, kind: str) -> tuple[Case, ...]:
    """Return the examples of a rule about whole rows; `kind` is as in its id."""
    dataset = values.dataset
    if kind == "operation.form":
        return (_pair({OPERATION: "修改"}, {OPERATION: "变更"}),)
    number = 1 if kind == "key_repeats" else 2
    key = {n: values.right(dataset.item(n), number) for n in dataset.key}
    first = {dataset.subject.uscc: values.credit_code(number), **key}
    if kind == "key_copies":
        return (Case((first, first), (first,)),)
    free = [i.id for i in dataset.items if i.id not in key and i.type is ItemType.TEXT]
    free.sort(key=lambda name: name == dataset.subject.name)  # a name is no detail
    if not free:
        return ()
    states = [{**first, free[0]: f"{FILLER}{word}"} for word in ("一", "二")]
    return (Case(tuple(states), (states[0],)),)


def known_name(values: Values) -> Case:
    """Return the example of a name that is not the credit code's."""
    subject = values.dataset.subject
    code = values.credit_code(3)
    name = values.right(values.dataset.item(subject.name))
    return _pair(
        {subject.uscc: code, subject.name: ELSEWHERE},
        {subject.uscc: code, subject.name: name},
    )


def _pair(wrong: Row, right: Row, level: str | None = None) -> Case:
    return Case((wrong,), (right,), level)


def _required(values: Values, item: Item) -> tuple[Case, ...]:
    return (_pair({item.id: ""}, {item.id: values.right(item)}),)


def _required_when(values: Values, item: Item) -> tuple[Case, ...]:
    cells = _held(values, item.required_when)
    return (_pair({**cells, item.id: ""}, {**cells, item.id: values.right(item)}),)


def _empty_when(values: Values, item: Item) -> tuple[Case, ...]:
    cells = _held(values, item.empty_when)
    return (_pair({**cells, item.id: values.right(item)}, {**cells, item.id: ""}),)


def _held(values: Values, condition: Condition | None) -> dict[str, str]:
    return {condition.item: values.meeting(condition)} if condition else {}


def _form(values: Values, item: Item) -> tuple[Case, ...]:
    right = values.right(item)
    if item.type is ItemType.USCC:
        return tuple(
            _pair({item.id: wrong}, {item.id: right}, level)
            for level, wrong in _spoilt(right).items()
        )
    if item.type is ItemType.AMOUNT and item.currency_item is None:
        return (
            _pair({item.id: "约五千"}, {item.id: right}),
            _pair({item.id: "1000万美元"}, {item.id: right}, "美元"),
        )
    wrong = {
        ItemType.DATE: "2026-02-30",
        ItemType.AMOUNT: "约五千",
        ItemType.INTEGER: "三人左右",
        ItemType.CODES: f"{right}{SEPARATOR}{NOT_LISTED}",
        ItemType.ORG_CODE: org_code(0)[:-1] + other(org_code(0)[-1], "01"),
        ItemType.PERSON_ID: RESIDENT[:17],
    }.get(item.type, NOT_LISTED)
    return (_pair({item.id: wrong}, {item.id: right}),)


def _spoilt(code: str) -> dict[str, str]:
    """Spoil a credit code in every way that has a wording of its own."""
    return {
        Level.BAD_LENGTH: code[:-1],
        Level.BAD_CHAR: code[:10] + "O" + code[11:],
        Level.BAD_CHECK: code[:-1] + other(code[-1], "01"),
        Level.TRUNCATED_BY_EXCEL: "9.15201E+17",
        Level.LOOKS_LIKE_PERSON_ID: RESIDENT,
    }


def _length(values: Values, item: Item) -> tuple[Case, ...]:
    most = item.length or 0
    wrong = (FILLER * (most // len(FILLER) + 1))[: most + 1]
    if item.type is not ItemType.TEXT:
        listed = values.codes(item)
        wrong = f"{listed.other_prefix}{wrong}"
        if listed.other_prefix is None:
            taken = 1 if item.type is ItemType.CODE else len(listed.values)
            longest = sorted(listed.values, key=lambda c: -len(c.code))[:taken]
            wrong = SEPARATOR.join(code.code for code in longest)
        if len(wrong) <= most:
            return ()
    return (_pair({item.id: wrong}, {item.id: values.right(item)}),)


def _range(values: Values, item: Item) -> tuple[Case, ...]:
    right = {item.id: values.right(item)}
    beyond = [] if item.minimum is None else [item.minimum - 1]
    beyond += [] if item.maximum is None else [item.maximum + 1]
    return tuple(_pair({item.id: f"{wrong:.12g}"}, right) for wrong in beyond)


def _unknown_pair(values: Values, item: Item) -> tuple[Case, ...]:
    return (_pair({item.id: values.unknown_pair()}, {item.id: values.right(item)}),)


def _unknown_region(values: Values, item: Item) -> tuple[Case, ...]:
    wrong = values.credit_code(region=NOWHERE)
    return (_pair({item.id: wrong}, {item.id: values.right(item)}),)


def _inner_check(values: Values, item: Item) -> tuple[Case, ...]:
    return (_pair({item.id: values.wrong_inner()}, {item.id: values.right(item)}),)


def _known_name(values: Values, item: Item) -> tuple[Case, ...]:
    return (known_name(values),)


def _another_department(values: Values, item: Item) -> tuple[Case, ...]:
    """Name a department that does not deliver in the place of one that does."""
    departments, providers = values.catalog.departments, values.dataset.providers
    sender = departments[providers[0]]
    allowed = delivered_by(values.catalog, sender.id)
    others = [d for d in departments.values() if d.id not in allowed]
    if not others:
        return ()
    own, other = (
        d.uscc if item.type is ItemType.USCC else d.title for d in (sender, others[-1])
    )
    return (_pair({item.id: other}, {item.id: own}),)


_OF_ITEM: Mapping[str, Callable[[Values, Item], tuple[Case, ...]]] = {
    "required": _required,
    "required_when": _required_when,
    "empty_when": _empty_when,
    "form": _form,
    "length": _length,
    "range": _range,
    "unknown_pair": _unknown_pair,
    "unknown_region": _unknown_region,
    "inner_check": _inner_check,
    "known_name": _known_name,
    "another_department": _another_department,
}
