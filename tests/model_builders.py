"""Builders of catalogue models; what a test does not state has a default.

Attributes are given as the catalogue's files write them (`type="date"`).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from guiji.catalog.items import Item
from guiji.catalog.model import Catalog, Channel, Dataset, Department, Jurisdiction

CLAUSE = "筑府办发〔2016〕39号"


def item(name: str, title: str | None = None, **attributes: Any) -> Item:
    """Return an item; its id serves as title and, in capitals, as code."""
    given = {"id": name, "title": title or name, "code": name.upper()}
    return Item.model_validate(given | attributes)


def dataset(**attributes: Any) -> Dataset:
    """Return a dataset of penalties or licences; `id`, `title`, `subject`, `key`,
    `event` and `items` have no default."""
    given = {
        "summary": attributes["title"],
        "legal_basis": CLAUSE,
        "standard": "双公示数据标准(2018)",
        "version": "1",
        "valid_from": date(2016, 1, 1),
        "providers": ("market_regulation",),
        "coverage": "whole_city",
        "update_cycle": "daily",
        "share_type": "unconditional",
        "share_method": "platform",
        "open_level": "public",
        "subject_classes": ("enterprise",),
        "info_class": "licence_penalty",
        "clocks": (),
    }
    return Dataset.model_validate(given | attributes)


def channel(*datasets: str, **attributes: Any) -> Channel:
    """Return a channel that publishes datasets, by id."""
    given = {"id": "site", "title": "公示系统", "datasets": datasets, "clause": CLAUSE}
    return Channel.model_validate(given | attributes)


def circular(**attributes: Any) -> dict[str, Any]:
    """Return the rules of a circular that counts no dataset, unless stated."""
    return {
        "title": "通报",
        "licence_datasets": (),
        "penalty_datasets": (),
        "late_rate_above": 0.1,
        "conformity_below": 0.9,
        "clause": CLAUSE,
    } | attributes


def jurisdiction(**attributes: Any) -> Jurisdiction:
    """Return a city; `channels` has no default."""
    given = {
        "id": "guiyang",
        "title": "贵阳市",
        "title_en": "Guiyang",
        "document": CLAUSE,
        "platform": "贵阳市企业信用信息归集平台",
        "contact": "信用办",
        "region_codes": ("520100",),
        "grades": ("一般",),
        "opening_ways": {},
        "cycles": {},
        "circular": circular(),
    }
    return Jurisdiction.model_validate(given | attributes)


def department(name: str, title: str | None = None, **attributes: Any) -> Department:
    """Return a department; its id serves as title."""
    given = {"id": name, "title": title or name, "uscc": "11520100009390217F"}
    return Department.model_validate(given | attributes)


def catalog(
    city: Jurisdiction,
    departments: Mapping[str, str],
    *datasets: Dataset,
    version: str = "1",
    **attributes: Any,
) -> Catalog:
    """Return a catalogue.

    Args:
        city: the jurisdiction.
        departments: id -> title.
        datasets: in the order of the catalogue.
        version: of the catalogue.
        attributes: further ones of the catalogue.
    """
    return Catalog(
        jurisdiction=city,
        departments={n: department(n, title) for n, title in departments.items()},
        datasets={d.id: d for d in datasets},
        version=version,
        **attributes,
    )
