"""The canonical form of a record, which all exports of the catalogue describe.

Its names are the ids of items. A day is YYYY-MM-DD, 长期 is 2099-12-31; an amount is a
number in the item's unit; a code is the stored value of its list, several are joined by
；. An empty item is null or left out.
"""

import re
from collections.abc import Iterable
from typing import Any

from guiji.catalog.model import Catalog, Dataset, Item
from guiji.catalog.openness import is_personal
from guiji.catalog.vocabulary import ItemType
from guiji.catalog.words import say
from guiji.domain import codes, uscc

FORM = (
    "记录的规范形式: 列名为信息项标识; 日期写作 YYYY-MM-DD, 长期写作 2099-12-31; "
    "金额为数字, 单位见该项; 代码为代码表的存储值, 多个值以“；”相连; 空白为空值。"
)
"""The canonical form in words, for the descriptions of exports."""

_SPECIAL = re.compile(r"([\\^$.|?*+()\[\]{}/])")
_ALPHABET = "".join(sorted(uscc.ALPHABET))
_PATTERNS = {
    ItemType.DATE: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    ItemType.PERSON_ID: r"^[A-Z0-9\(\)]{5,30}$",
    ItemType.ORG_CODE: r"^[0-9A-Z]{8}-?[0-9X]$",
}


def words_of(catalog: Catalog, dataset: Dataset, item: Item) -> tuple[str, ...]:
    """Return the stored values of an item's code list; empty without a list."""
    if item.type not in (ItemType.CODE, ItemType.CODES):
        return ()
    listed = catalog.code_list(dataset, item.code_list or "")
    return tuple(value.code for value in listed.values)


def is_closed(catalog: Catalog, dataset: Dataset, item: Item) -> bool:
    """Return whether an item takes one value of its list and nothing else."""
    if item.type is not ItemType.CODE:
        return False
    return catalog.code_list(dataset, item.code_list or "").other_prefix is None


def pattern(catalog: Catalog, dataset: Dataset, item: Item) -> str | None:
    """Return the regular expression of an item's canonical text.

    It uses only what ECMA-262 and Python read alike. Check digits are not in it.
    """
    if item.type in (ItemType.CODE, ItemType.CODES):
        return _code_pattern(catalog, dataset, item)
    if item.type is ItemType.USCC:
        code = f"[{_ALPHABET}]{{18}}"
        spare = f"|{quoted(item.placeholder)}" if item.placeholder else ""
        return f"^(?:{code}{spare})$"
    return _PATTERNS.get(item.type)


def quoted(text: str) -> str:
    """Write a text as a regular expression that it alone matches."""
    return _SPECIAL.sub(r"\\\1", text)


def either(texts: Iterable[str]) -> str:
    """Write texts as a regular expression that matches any of them, nothing else."""
    return "|".join(quoted(text) for text in texts)


def _code_pattern(catalog: Catalog, dataset: Dataset, item: Item) -> str:
    prefix = catalog.code_list(dataset, item.code_list or "").other_prefix
    value = either(words_of(catalog, dataset, item))
    if prefix:
        value += f"|{quoted(prefix)}[^{codes.JOINT}]+"
    more = f"(?:{codes.JOINT}(?:{value}))*" if item.type is ItemType.CODES else ""
    return f"^(?:{value}){more}$"


def marks(catalog: Catalog, item: Item) -> dict[str, Any]:
    """Return what the catalogue says of an item beyond its form, as names and values.

    Returns:
        `code` of the standard, `openLevel` and the document's word for it, `personal`,
        `sensitivity`, `masking`, `confidence`, and where given `unit` and `aliases`.
    """
    given = {"unit": item.unit, "aliases": [*item.aliases]}
    return {
        "code": item.code,
        "openLevel": item.open_level.value,
        "opening": catalog.jurisdiction.opening_ways[item.open_level],
        "personal": is_personal(item),
        "sensitivity": item.sensitivity.value,
        "masking": item.masking.value,
        "confidence": item.confidence.value,
        **{name: value for name, value in given.items() if value},
    }


def entry_marks(catalog: Catalog, dataset: Dataset) -> dict[str, Any]:
    """Return what the catalogue says of an entry as a whole, as names and values.

    Returns:
        Beside opening, sharing, providers and law: `recordKey`, the items that tell
        the records of one department about one subject apart, and `catalogueVersion`.
    """
    departments = catalog.departments
    return {
        "jurisdiction": catalog.jurisdiction.id,
        "catalogueVersion": catalog.version,
        "openLevel": dataset.open_level.value,
        "opening": catalog.jurisdiction.opening_ways[dataset.open_level],
        "shareType": dataset.share_type.value,
        "shareCondition": dataset.share_condition,
        "personalItems": [item.id for item in dataset.items if is_personal(item)],
        "providers": [departments[name].title for name in dataset.providers],
        "subjects": [say(each) for each in dataset.subject_classes],
        "infoClass": dataset.info_class.value,
        "updateCycle": dataset.update_cycle.value,
        "coverage": dataset.coverage.value,
        "legalBasis": dataset.legal_basis,
        "standard": dataset.standard,
        "validFrom": dataset.valid_from.isoformat(),
        "validTo": dataset.valid_to.isoformat() if dataset.valid_to else None,
        "recordKey": [*dataset.key],
        "confidence": dataset.confidence.value,
    }
