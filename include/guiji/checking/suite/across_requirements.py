"""What rules across items demand, by kind: Chinese for departments, English beside."""

from collections.abc import Sequence
from datetime import date

from guiji.catalog.items import Item
from guiji.checking.suite.requirements import Requirement

When = tuple[str, str]
"""A condition in Chinese and in English."""


def in_order(first: Item, then: Item) -> Requirement:
    """A date is not before another."""
    return Requirement(
        f"“{then.title}”不早于“{first.title}”。", f"{then.id} is not before {first.id}."
    )


def by_night(day: Item) -> Requirement:
    """A date does not lie in the future."""
    return Requirement(
        f"“{day.title}”不晚于报送当日。",
        f"{day.id} is not after the night of delivery.",
    )


def since(day: Item, first: date) -> Requirement:
    """A date is not before a certain day."""
    return Requirement(
        f"“{day.title}”不早于{first.year}年{first.month}月{first.day}日。",
        f"{day.id} is not before {first}.",
    )


def not_forever(day: Item) -> Requirement:
    """A date is a certain day."""
    return Requirement(
        f"“{day.title}”填写确定的日期，不填长期（2099/12/31）。",
        f"{day.id} is a certain day, not for ever (2099/12/31).",
    )


def not_zero(amount: Item, when: When) -> Requirement:
    """An amount is above 0 where a condition holds."""
    return Requirement(
        f"{when[0]}时，“{amount.title}”大于0。",
        f"{amount.id} is above 0 where {when[1]}.",
    )


def positive_only(amount: Item, when: When) -> Requirement:
    """An amount is above 0 only where a condition holds."""
    return Requirement(
        f"“{amount.title}”大于0时，{when[0]}。",
        f"{amount.id} is above 0 only where {when[1]}.",
    )


def given_only(item: Item, when: When) -> Requirement:
    """An item is filled in only where a condition holds."""
    return Requirement(
        f"填写了“{item.title}”时，{when[0]}。",
        f"{item.id} is given only where {when[1]}.",
    )


def given_with(other: Item, item: Item) -> Requirement:
    """An item is filled in where another one is."""
    return Requirement(
        f"填写了“{other.title}”时，“{item.title}”也必须填写。",
        f"{item.id} is filled in where {other.id} is.",
    )


def pair(
    code: Item, pairs: Sequence[str], when: When | None, among: bool
) -> Requirement:
    """A credit code begins with one, or with none, of some pairs."""
    where, where_en = (f"{when[0]}时，", f" where {when[1]}") if when else ("", "")
    verb, verb_en = ("是", "one of") if among else ("不是", "none of")
    return Requirement(
        f"{where}“{code.title}”的前两位{verb}{'、'.join(pairs)}。",
        f"{code.id} begins with {verb_en} {', '.join(pairs)}{where_en}.",
    )


def same_characters(code: Item, part: Item, start: int) -> Requirement:
    """A credit code holds another code from a place on."""
    return Requirement(
        f"“{part.title}”与“{code.title}”自第{start}位起的相应各位相同。",
        f"{part.id} is what {code.id} has from character {start} on.",
    )


def amount_in_text(text: Item, amount: Item) -> Requirement:
    """A text that names amounts names the one that another item holds."""
    return Requirement(
        f"“{text.title}”中写有金额的，其中一个金额（或各金额之和）与“{amount.title}”相等。",
        f"Where {text.id} names amounts, one of them or their sum is {amount.id}.",
    )


def pattern(text: Item, form: str, same: Item | None) -> Requirement:
    """A text has a form."""
    other, other_en = (
        (f"，或与“{same.title}”相同", f" or is what {same.id} holds")
        if same
        else ("", "")
    )
    return Requirement(
        f"“{text.title}”的格式符合 {form}{other}。",
        f"{text.id} fits {form}{other_en}.",
    )


def division(category: Item, code: Item) -> Requirement:
    """A code belongs to its category."""
    return Requirement(
        f"“{code.title}”的大类在“{category.title}”所含的大类之内。",
        f"{code.id} belongs to a division of {category.id}.",
    )


def one_value(items: Sequence[Item]) -> Requirement:
    """Rows of one subject with the same items have the same last item."""
    *same, last = items
    return Requirement(
        f"同一批中主体、{'、'.join(f'“{i.title}”' for i in same)}都相同的各行，"
        f"“{last.title}”也相同。",
        f"Rows of one subject with the same {', '.join(i.id for i in same)} "
        f"have the same {last.id}.",
    )
