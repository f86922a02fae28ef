"""SQL over the typed table for rules across items: true where the rule is kept.

What is null, because it is empty or was not understood, breaks nothing here.
"""

from collections.abc import Mapping, Sequence

from guiji.catalog.items import Item
from guiji.checking.suite.conditions import given, holds
from guiji.engine.sql import literal
from guiji.engine.sql import name as quoted

__all__ = [
    "division", "ends", "fits", "given", "given_with", "holds", "not_zero",
    "only", "pair_in", "pair_not_in", "positive", "same_characters",
]  # fmt: skip


def ends(day: Item) -> str:
    """Build the SQL condition that a day is a day and not for ever."""
    return f"{quoted(day.id + '__forever')} is not true"


def not_zero(amount: Item, when: str | None) -> str:
    """Say that an amount is not 0 where a condition holds; below 0 is out of range."""
    return _unless(when, f"coalesce({quoted(amount.id)} <> 0, true)")


def positive(amount: Item) -> str:
    """Build the SQL condition that an amount is above 0."""
    return f"coalesce({quoted(amount.id)} > 0, false)"


def only(fact: str, asked: Item | None, when: str | None) -> str:
    """Say that a fact is true only where a condition on an item holds."""
    unknown = f"{quoted(asked.id)} is null" if asked else "true"
    return f"not {fact} or {unknown} or {when}"


def given_with(other: Item, item: Item) -> str:
    """Build the SQL condition that an item is filled in where another one is."""
    return f"not {given(other)} or {given(item)}"


def pair_in(code: Item, pairs: Sequence[str], when: str | None) -> str:
    """Build the SQL condition that a credit code begins with one of some pairs.

    Pairs that the standard lacks are left to the warning about them.
    """
    return _unless(when, _pair(code, pairs, "in"))


def pair_not_in(code: Item, pairs: Sequence[str], when: str | None) -> str:
    """Build the SQL condition that a credit code begins with none of some pairs."""
    return _unless(when, _pair(code, pairs, "not in"))


def _pair(code: Item, pairs: Sequence[str], verb: str) -> str:
    listed = ", ".join(literal(pair) for pair in pairs)
    unknown = f"{quoted(code.id + '__unknown_pair')} is true"
    return f"coalesce(left({quoted(code.id)}, 2) {verb} ({listed}), true) or {unknown}"


def same_characters(code: Item, part: Item, start: int) -> str:
    """Build the SQL condition that a credit code holds another code from a place on.

    An organisation code that fails its own check is left to the warning about it.
    """
    whole, piece = quoted(code.id), quoted(part.id)
    same = f"substr({whole}, {start}, length({piece})) = {piece}"
    told = f"{quoted(code.id + '__inner_ok')} is false"
    return f"coalesce({same}, true) or {told}"


def fits(text: Item, pattern: str, same: Item | None) -> str:
    """Say that a text has a form, or is what another item holds; too long is told."""
    name = quoted(text.id)
    parts = [f"{name} is null", f"regexp_matches({name}, {literal(pattern)})"]
    if same is not None:
        parts.append(f"coalesce({name} = {quoted(same.id)}, false)")
    if text.length is not None:
        parts.append(f"length({name}) > {text.length}")
    return " or ".join(parts)


def division(category: Item, code: Item, ranges: Mapping[str, tuple[int, int]]) -> str:
    """Say that the first two digits of a code lie in the range of its category.

    A letter before the digits is a category too, and counts like that of the item.
    """
    name = quoted(code.id)
    digits = f"try_cast(regexp_extract({name}, '^[A-Z]?([0-9]{{2}})', 1) as integer)"
    letter = f"nullif(regexp_extract({name}, '^([A-Z])', 1), '')"

    def within(which: str) -> str:
        cases = " ".join(
            f"when {literal(value)} then {digits} between {first} and {last}"
            for value, (first, last) in ranges.items()
        )
        return f"coalesce(case {which} {cases} end, true)"

    agree = f"coalesce({letter} = {quoted(category.id)}, true)"
    return f"{within(quoted(category.id))} and {within(letter)} and {agree}"


def _unless(when: str | None, fact: str) -> str:
    return f"({fact})" if when is None else f"not {when} or {fact}"
