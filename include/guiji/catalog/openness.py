"""Which items of a dataset go out, and what they may hold (开放属性)."""

from guiji.catalog.items import Item
from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import ItemType, Masking, OpenLevel, Sensitivity
from guiji.domain import personal_data

PERSONAL = (ItemType.PERSON_ID, ItemType.PHONE)
"""Types of items that are personal whatever they hold."""


def is_personal(item: Item) -> bool:
    """Return whether an item holds personal information (个人信息)."""
    return item.type in PERSONAL or item.sensitivity is Sensitivity.PERSONAL


def public_items(dataset: Dataset) -> tuple[Item, ...]:
    """Return the items of a dataset that are published, in the catalogue's order.

    Source:
        筑府办发〔2016〕39号 三(三)7: undecided (pending) items are not published.
    """
    return tuple(
        item
        for item in dataset.items
        if dataset.open_level is OpenLevel.PUBLIC
        and item.open_level is OpenLevel.PUBLIC
        and item.sensitivity is Sensitivity.OPEN
        and item.masking is Masking.NONE
        and item.type not in PERSONAL
    )


def free_texts(catalog: Catalog, dataset: Dataset) -> tuple[Item, ...]:
    """Return the public items whose value may be any text."""
    return tuple(i for i in public_items(dataset) if _is_free(catalog, dataset, i))


def is_number(item: Item) -> bool:
    """Return whether an item holds numbers of documents, amounts or days."""
    is_text = item.type in (ItemType.TEXT, ItemType.CODE, ItemType.CODES)
    return not is_text or personal_data.names_numbers(item.title)


def is_published(catalog: Catalog, dataset: Dataset) -> bool:
    """Return whether any channel shows a dataset."""
    channels = catalog.jurisdiction.channels
    return any(dataset.id in channel.datasets for channel in channels)


def _is_free(catalog: Catalog, dataset: Dataset, item: Item) -> bool:
    if item.type in (ItemType.CODE, ItemType.CODES):
        return catalog.code_list(dataset, item.code_list or "").other_prefix is not None
    return item.type is ItemType.TEXT
