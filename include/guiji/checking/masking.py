"""What findings and quarantine show of a value.

Items say themselves whether they are personal. Beyond that every text is searched:
departments write identity numbers and mobile phones into columns where they do not
belong, and a finding about such a cell must not spread them.
"""

import re
from collections.abc import Callable
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Item
from guiji.catalog.vocabulary import ItemType, Masking, Sensitivity

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_HALF_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20}
_LONG_NUMBER = r"[0-9０-９](?:[- －　]?[0-9０-９]){10}"
_PERSON = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}[- ]?[0-9]{8}[- ]?[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_PHONE = re.compile(
    r"(?<![0-9])(?:(?:\+?86|0086)[- ]?)?"
    r"(1[3-9][0-9])[- ]?[0-9]{4}[- ]?([0-9]{4})(?![0-9])"
)
_BARE = (ItemType.AMOUNT, ItemType.INTEGER, ItemType.DATE)


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
    if item.type in _BARE and item.sensitivity is Sensitivity.OPEN:
        return values
    how = _masking(item)
    if how is not Masking.NONE:
        return _each(values, lambda text: _masked(text, how))
    return scrub(values, doubtful=item.type is ItemType.USCC)


def scrub(values: pa.Array, doubtful: bool = False) -> pa.Array:
    """Mask identity numbers and mobile phones wherever they stand in a text.

    They are found in groups, too: 138 1234 5678, 110105-19491231-002X.

    Args:
        values: n texts.
        doubtful: mask also what has the form of an identity number with a wrong
            check character.
    """
    suspects = pc.fill_null(pc.match_substring_regex(values, _LONG_NUMBER), False)
    if not pc.any(suspects).as_py():
        return values
    shown = [_scrubbed(text, doubtful) for text in values.filter(suspects).to_pylist()]
    return pc.replace_with_mask(values, suspects, pa.array(shown, pa.string()))


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
            return text[:6] + "*" * 12
        case Masking.PHONE:
            return text[:3] + "****" + text[-4:] if len(text) > 7 else "*" * 8
        case Masking.NAME:
            return text[:1] + "*"
        case _:
            return "***"


def _scrubbed(text: str, doubtful: bool) -> str:
    for found in reversed([*_PERSON.finditer(text.translate(_HALF_WIDTH))]):
        number = re.sub("[- ]", "", found[0])
        if _dated(number) and (doubtful or _checked(number)):
            text = text[: found.start() + 6] + "*" * 12 + text[found.end() :]
    for found in reversed([*_PHONE.finditer(text.translate(_HALF_WIDTH))]):
        text = text[: found.end(1)] + "****" + text[found.start(2) :]
    return text


def _dated(number: str) -> bool:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return born.year >= 1850  # no one older is in any register


def _checked(number: str) -> bool:
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, number, strict=False))
    return _CHECKS[total % 11] == number[17].upper()
