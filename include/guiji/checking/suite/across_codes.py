"""Rules on codes and forms of text, alone or beside another item.

What is null, because it is empty or was not understood, breaks nothing here.
"""

from guiji.checking.suite.across_context import AcrossContext
from guiji.checking.suite.rules import RuleExpectation
from guiji.engine.sql import literal
from guiji.engine.sql import name as quoted


def pair_in(of: AcrossContext) -> RuleExpectation:
    """A credit code begins with one of some pairs."""
    return _pair(of, "in", "是", "one of")


def pair_not_in(of: AcrossContext) -> RuleExpectation:
    """A credit code begins with none of some pairs."""
    return _pair(of, "not in", "不是", "none of")


def _pair(of: AcrossContext, verb: str, verb_zh: str, verb_en: str) -> RuleExpectation:
    """Pairs that the standard lacks are left to the warning about them."""
    code, pairs, when = of.item, of.rule.pairs, of.when()
    listed = ", ".join(literal(pair) for pair in pairs)
    begins = f"coalesce(left({quoted(code.id)}, 2) {verb} ({listed}), true)"
    fact = f"{begins} or {quoted(code.id + '__unknown_pair')} is true"
    where = f"{when.words}时，" if when else ""
    where_en = f" where {when.words_en}" if when else ""
    return of.by_fact(
        f"not {when.sql} or {fact}" if when else f"({fact})",
        f"{where}“{code.title}”的前两位{verb_zh}{'、'.join(pairs)}。",
        f"{code.id} begins with {verb_en} {', '.join(pairs)}{where_en}.",
    )


def same_characters(of: AcrossContext) -> RuleExpectation:
    """A credit code holds another code from a place on.

    An organisation code that fails its own check is left to the warning about it.
    """
    code, part = of.items
    start = of.rule.start or 1
    whole, piece = quoted(code.id), quoted(part.id)
    same = f"substr({whole}, {start}, length({piece})) = {piece}"
    return of.by_fact(
        f"coalesce({same}, true) or {quoted(code.id + '__inner_ok')} is false",
        f"“{part.title}”与“{code.title}”自第{start}位起的相应各位相同。",
        f"{part.id} is what {code.id} has from character {start} on.",
    )


def pattern(of: AcrossContext) -> RuleExpectation:
    """A text has a form, or is what another item holds; too long is told elsewhere."""
    text, form = of.item, of.rule.pattern or ""
    name, same_zh, same_en = quoted(text.id), "", ""
    facts = [f"{name} is null", f"regexp_matches({name}, {literal(form)})"]
    if of.rule.or_same_as is not None:
        same = of.dataset.item(of.rule.or_same_as)
        facts.append(f"coalesce({name} = {quoted(same.id)}, false)")
        same_zh = f"，或与“{same.title}”相同"
        same_en = f" or is what {same.id} holds"
    if text.length is not None:
        facts.append(f"length({name}) > {text.length}")
    return of.by_fact(
        " or ".join(facts),
        f"“{text.title}”的格式符合 {form}{same_zh}。",
        f"{text.id} fits {form}{same_en}.",
    )


def division(of: AcrossContext) -> RuleExpectation:
    """The first two digits of a code lie in the range of its category.

    A letter before the digits is a category too, and counts like that of the item.
    """
    category, code = of.items
    name = quoted(code.id)
    digits = f"try_cast(regexp_extract({name}, '^[A-Z]?([0-9]{{2}})', 1) as integer)"
    letter = f"nullif(regexp_extract({name}, '^([A-Z])', 1), '')"
    cases = " ".join(
        f"when {literal(value)} then {digits} between {first} and {last}"
        for value, (first, last) in of.rule.ranges.items()
    )

    def within(which: str) -> str:
        return f"coalesce(case {which} {cases} end, true)"

    agree = f"coalesce({letter} = {quoted(category.id)}, true)"
    return of.by_fact(
        f"{within(quoted(category.id))} and {within(letter)} and {agree}",
        f"“{code.title}”的大类在“{category.title}”所含的大类之内。",
        f"{code.id} belongs to a division of {category.id}.",
    )
