"""The dates of records: each about what its title says, all of them in order."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from guiji.catalog.model import Dataset, Item
from guiji.catalog.rules import Rule, RuleKind
from guiji.catalog.vocabulary import ItemType, RegisterItem
from guiji.sample.subjects import Columns, Part, dates

Days = NDArray[np.datetime64]

ENDS = ("至", "止", "截止", "届满", "到期", "期限")
"""Words in titles of days that lie ahead."""

BEGINS = ("自", "起", "开始", "开始日期", "起始日期")
PAST_ENDS = (
    *("移出", "注销", "解除", "撤销", "恢复", "修复", "退出", "缴清", "终止"),
    *("删除", "撤下", "离任", "免职", "废止", "停止"),
)
"""Words in titles of what tells the end of a record, and only then."""

FOUNDED = ("成立", "设立")
TERMS = (365, 1095, 1826)
"""Days from the event to a day that lies ahead."""

LAST = np.datetime64("2099-12-30")
FIRST = np.datetime64("1000-01-01")


def anchor(dataset: Dataset) -> str:
    """Return the item that holds the day of the event.

    That is the first one of `event`, unless it dates the end that few records have.
    """
    first = dataset.item(dataset.event[0])
    is_end = any(word in first.title for word in PAST_ENDS)
    if first.required or not is_end:
        return first.id
    required = [i for i in dataset.event if dataset.item(i).required]
    return (*required, first.id)[0]


def draw(part: Part, rules: Sequence[Rule], fixed: Columns) -> Columns:
    """Draw the days of every item of type date, whether it is filled in or not.

    Args:
        part: with the days of the events.
        rules: of the dataset; those on dates hold in what is drawn.
        fixed: items whose values are there already.
    """
    days = {
        i.id: _given(part, fixed[i.id]) if i.id in fixed else _about(part, i)
        for i in part.dataset.items
        if i.type is ItemType.DATE
    }
    settled = {anchor(part.dataset), *fixed}
    pairs = [r.items for r in rules if r.kind is RuleKind.DATE_ORDER]
    first, last = _bounds(part, rules, days)
    for _ in days:  # once per link of the longest chain
        for earlier, later in pairs:
            upto = days[later] if later in settled else last[later]
            last[earlier] = np.minimum(last[earlier], upto)
    for _ in days:
        for name in days.keys() - settled:
            before = [days[earlier] for earlier, later in pairs if later == name]
            least = np.maximum.reduce([first[name], *before])
            days[name] = np.minimum(np.maximum(days[name], least), last[name])
    return {name: dates(each) for name, each in days.items()}


def _bounds(
    part: Part, rules: Sequence[Rule], days: dict[str, Days]
) -> tuple[dict[str, Days], dict[str, Days]]:
    """Return the first and the last day of each item by the rules on it alone."""
    first = {name: np.full(len(part), FIRST) for name in days}
    last = {name: np.full(len(part), LAST) for name in days}
    for rule in rules:
        name = rule.items[-1]
        if rule.kind is RuleKind.NOT_AFTER_NIGHT:
            last[name] = np.full(len(part), np.datetime64(part.night))
        elif rule.kind is RuleKind.NOT_BEFORE and rule.day is not None:
            first[name] = np.full(len(part), np.datetime64(rule.day))
    return first, last


def _given(part: Part, column: pa.Array) -> Days:
    filled = column.fill_null(part.night)
    days: Days = np.asarray(filled).astype("datetime64[D]")
    return days


def _about(part: Part, item: Item) -> Days:
    """Draw the days of an item by what its title says, from the days of the events."""
    if item.id == anchor(part.dataset):
        return part.events
    register = part.dataset.register_items.get(RegisterItem.ESTABLISHED_ON)
    if item.id == register or any(word in item.title for word in FOUNDED):
        return _given(part, part.column("established_on"))
    soon = part.events + part.rng.integers(0, 5, len(part))
    if any(word in item.title for word in PAST_ENDS):
        return np.minimum(soon, np.datetime64(part.night))
    term = part.dataset.publication_term
    is_end = any(word in item.title for word in ENDS)
    is_end = is_end or bool(term and item.id in term.end_items)
    if is_end and not item.title.endswith(BEGINS):
        ahead: Days = part.events + part.rng.choice(TERMS, len(part))
        return ahead
    return part.events
