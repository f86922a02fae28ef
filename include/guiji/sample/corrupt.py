"""Values that break one rule and no other.

Credit codes are spoilt so that every other check on them still holds: a code of an
unknown region is right in its check characters, one with a wrong inner check digit is
right in the last character.
"""

import numpy as np

from guiji.catalog.model import Catalog, Dataset, Item
from guiji.catalog.vocabulary import ItemType
from guiji.sample import codes

NO_REGION = "990101"
NO_CATEGORY = "5"
NO_CODE_YET = "00000000000000000X"
"""Stands for a credit code that is not issued yet: nothing, where one is required."""

DIGITS = "0123456789"

FORMS: dict[ItemType, str] = {
    ItemType.DATE: "2026-13-45",
    ItemType.AMOUNT: "约贰万左右",
    ItemType.INTEGER: "三点五",
    ItemType.CODE: "不在目录内的值",
    ItemType.CODES: "不在目录内的值",
    ItemType.PHONE: "123456",
}
"""What cannot be read as a value of its type."""


def _one(code: str) -> codes.Bytes:
    return codes.to_characters([code])


def _text(characters: codes.Bytes) -> str:
    return characters.tobytes().decode("ascii")


def closed(stem: str) -> str:
    """Append the check character to the first 17 of a credit code."""
    return stem + _text(codes.uscc_check(_one(stem)))


def bad_check(code: str) -> str:
    """Change the last character of a code to another one of its alphabet."""
    alphabet = codes.USCC_ALPHABET.tobytes().decode("ascii")
    return code[:-1] + alphabet[(alphabet.index(code[-1]) + 7) % len(alphabet)]


def too_short(code: str) -> str:
    """Lose the last character."""
    return code[:-1]


def bad_character(code: str) -> str:
    """Write a letter that no credit code has."""
    return code[:12] + "O" + code[13:]


def as_number(code: str) -> str:
    """Show a code as Excel keeps it when it was typed as a number."""
    digits = "".join(c if c in DIGITS else "0" for c in code)
    return f"{float(digits):.5E}"


def stretched(name: str, most: int) -> str:
    """Blow a name up with blanks to more than `most` characters; it stays that name."""
    return name[:1] + "　" * (most + 1) + name[1:]


def unknown_pair(code: str) -> str:
    """Name a category that the registering department does not have."""
    return closed(code[0] + NO_CATEGORY + code[2:17])


def unknown_region(code: str) -> str:
    """Name a region that never was."""
    return closed(code[:2] + NO_REGION + code[8:17])


def with_pair(code: str, pair: str) -> str:
    """Name another department and category, right in all its checks."""
    return closed(pair + code[2:17])


def inner_check(code: str) -> str:
    """Break the organisation code's check digit inside a valid credit code."""
    wrong = "0" if code[16] == "X" else DIGITS[(int(code[16]) + 1) % 10]
    return closed(code[:16] + wrong)


def org_code(code: str) -> str:
    """Break an organisation code's check digit."""
    return code[:8] + ("0" if code[8] == "X" else DIGITS[(int(code[8]) + 1) % 10])


def person_id(number: str) -> str:
    """Break a resident ID's check character."""
    return number[:17] + (
        "0" if number[17] == "X" else DIGITS[(int(number[17]) + 1) % 10]
    )


def a_person_id(row: int) -> str:
    """Make a valid resident ID, to stand where it must not."""
    born = np.array(["1971-03-09"], "datetime64[D]") + row % 9000
    return _text(codes.person_ids(born, np.array([row % 998 + 1])))


def lawful(item: Item, dataset: Dataset, catalog: Catalog, row: int) -> str:
    """Return a value in good form for an item that should be empty."""
    if item.type is ItemType.USCC:
        return closed("91520100" + lawful_org_code())
    if item.type is ItemType.ORG_CODE:
        return lawful_org_code()
    if item.type is ItemType.PERSON_ID:
        return a_person_id(row)
    if item.type in (ItemType.CODE, ItemType.CODES) and item.code_list:
        return catalog.code_list(dataset, item.code_list).values[0].title
    if item.type is ItemType.DATE:
        return "2020-01-02"
    if item.type in (ItemType.AMOUNT, ItemType.INTEGER):
        return "1"
    return "多填的内容"[: item.length]


def lawful_org_code() -> str:
    """Return one valid organisation code."""
    return _text(codes.org_codes(np.array([7]), np.array([False]), 0))
