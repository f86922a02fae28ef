"""Checks of the rules across items against their dataset and their kind."""

import re
from collections.abc import Iterable, Iterator

from guiji.catalog.faults import nearest
from guiji.catalog.model import CodeList, Dataset, Jurisdiction
from guiji.catalog.rules import PARAMETERS, SIGNATURES, Rule, RuleKind
from guiji.catalog.source import Place, Problem, Source
from guiji.catalog.vocabulary import ItemType

_NOT_RE2 = re.compile(r"\(\?<?[=!]|\\[1-9]")


def check_rules(
    rules: Iterable[Rule],
    dataset: Dataset,
    source: Source,
    jurisdiction: Jurisdiction | None = None,
) -> Iterator[Problem]:
    """Check that a file's rules name what exists and take what their kind takes.

    Args:
        rules: as they stand in the file.
        dataset: the dataset that they are about.
        source: the file.
        jurisdiction: holds further code lists; None = it could not be read.
    """
    seen: set[str] = set()
    lists = {**(jurisdiction.codes if jurisdiction else {}), **dataset.codes}
    for number, rule in enumerate(rules):
        place = ("rules", number)
        if rule.id in seen:
            what = f"the rule {rule.id!r} is there twice"
            yield source.problem((*place, "id"), what, "rename one of them")
        seen.add(rule.id)
        yield from _names(rule, dataset, source, place)
        yield from _items(rule, dataset, source, place)
        yield from _parameters(rule, source, place)
        yield from _codes(rule, dataset, lists, source, place)
        yield from _pattern(rule, source, place)


def _names(
    rule: Rule, dataset: Dataset, source: Source, place: Place
) -> Iterator[Problem]:
    """Check that every item named exists."""
    item_ids = [item.id for item in dataset.items]
    named: list[tuple[Place, str]] = [
        ((*place, "items", n), name) for n, name in enumerate(rule.items)
    ]
    if rule.when:
        named.append(((*place, "when", "item"), rule.when.item))
    if rule.or_same_as:
        named.append(((*place, "or_same_as"), rule.or_same_as))
    if rule.example:
        for side in ("wrong", "right"):
            cells = getattr(rule.example, side)
            named += [((*place, "example", side, name), name) for name in cells]
    for there, name in named:
        if name not in item_ids:
            what = f"{dataset.id} has no item {name!r}"
            yield source.problem(there, what, nearest(name, item_ids))


def _items(
    rule: Rule, dataset: Dataset, source: Source, place: Place
) -> Iterator[Problem]:
    """Check number and types of the items."""
    signature = SIGNATURES[rule.kind]
    wanted = signature.types
    if signature.more and len(rule.items) > len(wanted):
        wanted = (*[wanted[0]] * (len(rule.items) - len(wanted)), *wanted)
    if len(rule.items) != len(wanted):
        least = "at least " if signature.more else ""
        what = f"{rule.kind} takes {least}{len(wanted)} item(s), not {len(rule.items)}"
        yield source.problem((*place, "items"), what, "name as many items")
        return
    types = {item.id: item.type for item in dataset.items}
    for index, (name, allowed) in enumerate(zip(rule.items, wanted, strict=True)):
        if name in types and allowed and types[name] not in allowed:
            fits = [other for other, kind in types.items() if kind in allowed]
            kinds = " or ".join(sorted(allowed))
            what = f"{rule.kind} needs {kinds} here, {name!r} is {types[name]}"
            there = (*place, "items", index)
            yield source.problem(there, what, nearest(name, fits))


def _parameters(rule: Rule, source: Source, place: Place) -> Iterator[Problem]:
    """Check that the rule has the keys of its kind, and no others."""
    signature = SIGNATURES[rule.kind]
    for name in PARAMETERS:
        given = name in rule.model_fields_set
        if name in signature.needs and not getattr(rule, name):
            there = (*place, name) if given else (*place, "kind")
            what = f"{rule.kind} needs `{name}`"
            yield source.problem(there, what, f"add `{name}: …`")
        elif given and name not in signature.needs | signature.may:
            takes = sorted(signature.needs | signature.may)
            what = f"{rule.kind} takes no `{name}`"
            remedy = nearest(name, takes) if takes else "leave it out"
            yield source.problem((*place, name), what, remedy)


def _codes(
    rule: Rule,
    dataset: Dataset,
    lists: dict[str, CodeList],
    source: Source,
    place: Place,
) -> Iterator[Problem]:
    """Check that values of conditions and ranges are values of their code lists."""
    types = {item.id: item for item in dataset.items}
    named: list[tuple[Place, str, str]] = []
    if rule.when and rule.when.item in types:
        there = (*place, "when", "values")
        named += [
            ((*there, n), rule.when.item, value)
            for n, value in enumerate(rule.when.values)
        ]
    if rule.kind is RuleKind.DIVISION and rule.items[0] in types:
        there = (*place, "ranges")
        named += [((*there, value), rule.items[0], value) for value in rule.ranges]
    for there, name, value in named:
        item = types[name]
        if item.type in (ItemType.CODE, ItemType.CODES) and item.code_list in lists:
            codes = [code.code for code in lists[item.code_list].values]
            if value not in codes:
                what = f"{value!r} is no code of {item.code_list}"
                yield source.problem(there, what, nearest(value, codes))


def _pattern(rule: Rule, source: Source, place: Place) -> Iterator[Problem]:
    """Check what patterns, pairs and ranges are made of."""
    if rule.pattern is not None:
        try:
            re.compile(rule.pattern)
        except re.error as error:
            what = f"`pattern` is no regular expression: {error}"
            yield source.problem((*place, "pattern"), what, "correct it")
        if _NOT_RE2.search(rule.pattern):
            what = "`pattern` looks around or back, which RE2 cannot"
            yield source.problem((*place, "pattern"), what, "write it without that")
    for number, pair in enumerate(rule.pairs):
        if not re.fullmatch("[0-9A-Z]{2}", pair):
            what = f"{pair!r} is no pair of department and category"
            there = (*place, "pairs", number)
            yield source.problem(there, what, 'write two characters, e.g. "11"')
    for name, (first, last) in rule.ranges.items():
        if first > last:
            what = f"the range of {name} ends before it begins"
            yield source.problem((*place, "ranges", name), what, "correct it")
