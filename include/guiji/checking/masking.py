"""What findings and quarantine show of a value.

Items say themselves whether they are personal. Beyond that every text is searched by
`domain.personal_data`: departments write identity numbers and mobile phones into
columns where they do not belong, and a finding about such a cell must not spread them.
"""

from collections.abc import Callable

import pyarrow as pa

from guiji.catalog.model import Item
from guiji.catalog.vocabulary import ItemType, Masking, Sensitivity
from guiji.domain import personal_data, resident_ids

_NUMBERS = (
    ItemType.AMOUNT,
    ItemType.INTEGER,
    ItemType.DATE,
    ItemType.USCC,
    ItemType.ORG_CODE,
)
"""Types of items in which a number without a check character is no person's."""


def of_item(values: pa.Array, item: Item | None) -> pa.Array:
    """Mask an item's values as far as they must not be shown.

    Args:
        values: n texts; masked ones stay as they are.
        item: whose they are; None = of a whole row.

    Returns:
        n texts; null stays null.
    """
    if item is None:
        return scrub(values)
    how = _masking(item)
    if how is not Masking.NONE:
        return _each(values, lambda text: _masked(text, how))
    is_number = item.type in _NUMBERS or personal_data.names_numbers(item.title)
    return personal_data.mask_column(
        values, is_number=is_number, doubtful=item.type is ItemType.USCC
    )


def scrub(values: pa.Array, doubtful: bool = False) -> pa.Array:
    """Mask personal data wherever it stands in texts, see `personal_data`.

    Args:
        values: n texts.
        doubtful: mask also what has the form of a resident id with a wrong check
            character.
    """
    return personal_data.mask_column(values, doubtful=doubtful)


def _masking(item: Item) -> Masking:
    if item.masking is not Masking.NONE:
        return item.masking
    if item.type is ItemType.PERSON_ID:
        return Masking.PERSON_ID
    if item.type is ItemType.PHONE:
        return Masking.PHONE
    return Masking.NONE if item.sensitivity is Sensitivity.OPEN else Masking.HIDE


def _each(values: pa.Array, change: Callable[[str], str]) -> pa.Array:
    coded = values.dictionary_encode()
    changed = [None if v is None else change(v) for v in coded.dictionary.to_pylist()]
    return pa.array(changed, pa.string()).take(coded.indices)


def _masked(text: str, how: Masking) -> str:
    match how:
        case Masking.PERSON_ID:
            return resident_ids.masked(text)
        case Masking.PHONE:
            return text[:3] + "****" + text[-4:] if len(text) > 7 else "*" * 8
        case Masking.NAME:
            return text[:1] + "*"
        case _:
            return "***"
