"""Conditions on an item of a row: SQL over the typed table, and their words."""

from dataclasses import dataclass
from typing import Self

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


@dataclass(frozen=True)
class RowCondition:
    """A condition of the catalogue, as rules use it.

    Attributes:
        item: what it is about.
        sql: true where it holds; false where its item is empty.
        words: the condition in Chinese.
        words_en: the same in English.
    """

    item: Item
    sql: str
    words: str
    words_en: str

    @classmethod
    def of(cls, dataset: Dataset, catalog: Catalog, condition: Condition) -> Self:
        """Return what a condition means for the rows of a dataset."""
        item = dataset.item(condition.item)
        codes: tuple[Code, ...] = ()
        if item.code_list is not None:
            codes = catalog.code_list(dataset, item.code_list).values
        titles = {code.code: code.title for code in codes}
        words = condition.values or condition.contains
        shown = [titles.get(word, word) for word in words]
        verb, verb_en = ("为", "is") if condition.values else ("含", "contains")
        return cls(
            item,
            _sql(item, condition, codes),
            f"“{item.title}”{verb}{'、'.join(shown)}",
            f"{item.id} {verb_en} {' or '.join(shown)}",
        )


def _sql(item: Item, condition: Condition, codes: tuple[Code, ...]) -> str:
    name = quoted(item.id)
    values = {*condition.values, *(c.code for c in codes if _is_meant(c, condition))}
    parts = [f"contains({name}, {literal(word)})" for word in condition.contains]
    values -= {v for v in values if any(word in v for word in condition.contains)}
    if values and item.type is ItemType.CODES:
        joined = f"concat({literal(JOINT)}, {name}, {literal(JOINT)})"
        codes_sql = [literal(f"{JOINT}{value}{JOINT}") for value in sorted(values)]
        parts += [f"contains({joined}, {code})" for code in codes_sql]
    elif values:
        listed = ", ".join(literal(value) for value in sorted(values))
        parts.append(f"{name}::varchar in ({listed})")
    return f"coalesce({' or '.join(parts)}, false)"


def _is_meant(code: Code, condition: Condition) -> bool:
    """Return whether a condition means a code by its titles: codes are what is kept."""
    names = (code.title, *code.aliases)
    alike = any(word in name for word in condition.contains for name in names)
    return alike or bool({*names} & {*condition.values})
