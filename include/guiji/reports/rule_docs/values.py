"""Values that an item may have and values that it may not, made from the catalogue.

None of them is anybody's: names say that they are to be filled in, codes are made so
that they pass the checks that they are meant to pass, and the one identity number is
the example that its standard prints.
"""

from dataclasses import dataclass
from functools import cache

import pyarrow as pa

from guiji.catalog.model import Catalog, Code, CodeList, Condition, Dataset, Item
from guiji.catalog.vocabulary import ItemType
from guiji.domain import org_codes, uscc

FILLER = "据实填写"
NAME = "某某有限公司"
RESIDENT = "11010519491231002X"
"""The example of GB 11643-1999; nobody has this number."""

HOTLINE = "12345"
DAY = "2026-03-02"
SEPARATOR = "；"
NOWHERE = "999999"
"""A region code that no table holds."""

_LAST_OF_ORG_CODES = "0123456789X"


@dataclass(frozen=True)
class Values:
    """Makes values for the items of one dataset."""

    catalog: Catalog
    dataset: Dataset

    def right(self, item: Item, number: int = 0) -> str:
        """Return a value that an item may have; another one for another number."""
        match item.type:
            case ItemType.USCC:
                return self.credit_code(number)
            case ItemType.ORG_CODE:
                return org_code(number)
            case ItemType.DATE:
                return DAY
            case ItemType.AMOUNT | ItemType.INTEGER:
                return self._number(item)
            case ItemType.CODE | ItemType.CODES:
                return self.codes(item).values[0].title
            case ItemType.PERSON_ID:
                return RESIDENT
            case ItemType.PHONE:
                return HOTLINE
            case _:
                return self._text(item, number)

    def codes(self, item: Item) -> CodeList:
        """Find the code list of an item that has one.

        Raises:
            ValueError: it has none.
        """
        if item.code_list is None:
            raise ValueError(f"item {item.id} has no code list")
        return self.catalog.code_list(self.dataset, item.code_list)

    def meeting(self, condition: Condition) -> str:
        """Return a value for which a condition holds."""
        item = self.dataset.item(condition.item)
        words = condition.values or condition.contains
        if item.type not in (ItemType.CODE, ItemType.CODES):
            return words[0]
        listed = self.codes(item)
        for code in listed.values:
            if _is_meant(code, condition):
                return code.title
        return f"{listed.other_prefix or ''}{FILLER}"

    def missing(self, condition: Condition) -> str:
        """Return a value for which a condition does not hold."""
        item = self.dataset.item(condition.item)
        if item.type not in (ItemType.CODE, ItemType.CODES):
            return FILLER
        listed = self.codes(item).values
        return next(c.title for c in listed if not _is_meant(c, condition))

    def credit_code(self, number: int = 0, **parts: str) -> str:
        """Make a credit code that is right but for the parts that are given.

        Args:
            number: makes different codes.
            parts: `pair`, `region` or `inner` (nine characters) to use instead.
        """
        region = self.catalog.jurisdiction.region_codes[0]
        inner = parts.get("inner") or org_code(number)
        body = parts.get("pair", "91") + parts.get("region", region) + inner
        return _checked(body)

    def unknown_pair(self) -> str:
        """Make a credit code that begins as none of the standard's does."""
        pairs = {c.code for c in self._extra_pairs()} | uscc.PAIRS
        return next(
            self.credit_code(pair=f"9{second}")
            for second in "987654321"
            if f"9{second}" not in pairs
        )

    def wrong_inner(self) -> str:
        """Make a credit code whose organisation code fails its own check."""
        inner = org_code(0)
        return self.credit_code(inner=inner[:-1] + other(inner[-1], "01"))

    def _extra_pairs(self) -> tuple[Code, ...]:
        listed = self.catalog.jurisdiction.codes.get("uscc_pairs")
        return listed.values if listed else ()

    def _number(self, item: Item) -> str:
        low = 0.0 if item.minimum is None else item.minimum
        high = low + 2 if item.maximum is None else item.maximum
        return f"{min(low + 1, (low + high) / 2):g}"

    def _text(self, item: Item, number: int) -> str:
        word = NAME if item.id == self.dataset.subject.name else FILLER
        text = f"{word}{number or ''}"
        return text[: item.length] if item.length else text


@cache
def _checked(body: str) -> str:
    """Add the check character to seventeen characters of a credit code."""
    tried = [body + last for last in uscc.ALPHABET]
    levels: list[str] = uscc.classify(pa.array(tried)).to_pylist()
    return tried[levels.index(uscc.Level.VALID)]


@cache
def org_code(number: int) -> str:
    """Make an organisation code that passes its check; another for each number."""
    tried = [f"MA{number:06d}{last}" for last in _LAST_OF_ORG_CODES]
    valid: list[bool] = org_codes.valid(pa.array(tried)).to_pylist()
    return tried[valid.index(True)]


def other(character: str, choice: str) -> str:
    """Return the first character of a choice that is another one."""
    return next(c for c in choice if c != character)


def _is_meant(code: Code, condition: Condition) -> bool:
    names = {code.code, code.title, *code.aliases}
    is_contained = any(word in name for word in condition.contains for name in names)
    return is_contained or bool(names & {*condition.values})
