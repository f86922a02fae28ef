"""SQL over the typed table for what Great Expectations cannot say of one column."""

from guiji.catalog.model import Catalog, Code, Condition, Dataset, Item
from guiji.catalog.vocabulary import ItemType
from guiji.domain import uscc
from guiji.domain.codes import JOINT
from guiji.engine.sql import literal
from guiji.engine.sql import name as quoted


def answered(item: Item) -> str:
    """Say that an item is filled in: with a value, or with a placeholder it admits."""
    if item.placeholder is None:
        return given(item)
    level = quoted(item.id + "__level")
    return f"({given(item)} or {level} = {literal(uscc.Level.PLACEHOLDER)})"


def given(item: Item) -> str:
    """Say that an item holds something, which a placeholder for no code does not."""
    name = quoted(item.id)
    if item.type is ItemType.TEXT:
        return f"({name} is not null)"
    something = f"{name} is not null or not {quoted(item.id + '__ok')}"
    if item.type is ItemType.DATE:
        something += f" or {quoted(item.id + '__forever')}"
    return f"({something})"


def holds(dataset: Dataset, catalog: Catalog, condition: Condition) -> str:
    """Say that a condition holds in the row; false where its item is empty."""
    item = dataset.item(condition.item)
    name = quoted(item.id)
    values = {*condition.values, *(c.code for c in _codes(dataset, catalog, condition))}
    parts = [f"contains({name}, {literal(word)})" for word in condition.contains]
    told = [v for v in values if any(word in v for word in condition.contains)]
    values -= {*told}  # what contains a word of the condition is found by it
    if values and item.type is ItemType.CODES:
        whole = f"concat({literal(JOINT)}, {name}, {literal(JOINT)})"
        joined = [literal(f"{JOINT}{value}{JOINT}") for value in sorted(values)]
        parts += [f"contains({whole}, {value})" for value in joined]
    elif values:
        listed = ", ".join(literal(value) for value in sorted(values))
        parts.append(f"{name}::varchar in ({listed})")
    return f"coalesce({' or '.join(parts)}, false)"


def said(dataset: Dataset, catalog: Catalog, condition: Condition) -> tuple[str, str]:
    """Say a condition in Chinese and in English."""
    item = dataset.item(condition.item)
    titles = {c.code: c.title for c in _list(dataset, catalog, item)}
    words = condition.values or condition.contains
    shown = [titles.get(word, word) for word in words]
    verb, verb_en = ("为", "is") if condition.values else ("含", "contains")
    return (
        f"“{item.title}”{verb}{'、'.join(shown)}",
        f"{item.id} {verb_en} {' or '.join(shown)}",
    )


def _list(dataset: Dataset, catalog: Catalog, item: Item) -> tuple[Code, ...]:
    if item.code_list is None:
        return ()
    return catalog.code_list(dataset, item.code_list).values


def _codes(dataset: Dataset, catalog: Catalog, condition: Condition) -> list[Code]:
    """Find the codes that a condition means by their titles: codes are what is kept."""
    found = []
    for code in _list(dataset, catalog, dataset.item(condition.item)):
        names = (code.title, *code.aliases)
        alike = any(word in name for word in condition.contains for name in names)
        if alike or {*names} & {*condition.values}:
            found.append(code)
    return found
