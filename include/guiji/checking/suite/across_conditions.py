"""Rules on an item that depend on another one's value.

Below, `fact` is SQL that is true where the rule is kept.
"""

from guiji.checking.suite.across_context import AcrossContext
from guiji.checking.suite.conditions import RowCondition, given
from guiji.checking.suite.rules import RuleExpectation
from guiji.engine.sql import name as quoted


def not_zero_when(of: AcrossContext) -> RuleExpectation:
    """An amount is not 0 where a condition holds; below 0 is out of its range."""
    amount, when = of.item, of.needed_when()
    return of.by_fact(
        f"not {when.sql} or coalesce({quoted(amount.id)} <> 0, true)",
        f"{when.words}时，“{amount.title}”大于0。",
        f"{amount.id} is above 0 where {when.words_en}.",
    )


def positive_only_when(of: AcrossContext) -> RuleExpectation:
    """An amount is above 0 only where a condition holds."""
    amount, when = of.item, of.needed_when()
    return of.by_fact(
        _only(f"coalesce({quoted(amount.id)} > 0, false)", when),
        f"“{amount.title}”大于0时，{when.words}。",
        f"{amount.id} is above 0 only where {when.words_en}.",
    )


def given_only_when(of: AcrossContext) -> RuleExpectation:
    """An item is filled in only where a condition holds."""
    item, when = of.item, of.needed_when()
    return of.by_fact(
        _only(given(item), when),
        f"填写了“{item.title}”时，{when.words}。",
        f"{item.id} is given only where {when.words_en}.",
    )


def given_with(of: AcrossContext) -> RuleExpectation:
    """An item is filled in where another one is."""
    other, item = of.items
    return of.by_fact(
        f"not {given(other)} or {given(item)}",
        f"填写了“{other.title}”时，“{item.title}”也必须填写。",
        f"{item.id} is filled in where {other.id} is.",
    )


def _only(fact: str, when: RowCondition) -> str:
    """Say that a fact is true only where a condition holds; an empty item may hold."""
    return f"not {fact} or {quoted(when.item.id)} is null or {when.sql}"
