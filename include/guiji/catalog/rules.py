"""Rules across items, of `expectations/<jurisdiction>/<dataset>.yml`.

What a rule of each kind takes stands in one table, `SIGNATURES`: the check of the files
and the suite of the checks both go by it. Numbers, lists and patterns are the files'.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pydantic

from guiji.catalog.base import Identifier, Model
from guiji.catalog.items import Condition
from guiji.catalog.vocabulary import Dimension, ItemType, Responsibility, Severity


class RuleKind(StrEnum):
    """What a rule across items demands; the items are named in this order."""

    DATE_ORDER = "date_order"  # earlier, later: the second is not before the first
    NOT_AFTER_NIGHT = "not_after_night"  # the day does not lie in the future
    NOT_BEFORE = "not_before"  # the day is not before `day`
    NOT_FOREVER = "not_forever"  # the day is not 长期 (2099/12/31)
    NOT_ZERO_WHEN = "not_zero_when"  # the amount is not 0 where `when` holds
    POSITIVE_ONLY_WHEN = "positive_only_when"  # it is above 0 only where `when` holds
    GIVEN_ONLY_WHEN = "given_only_when"  # it is filled in only where `when` holds
    GIVEN_WITH = "given_with"  # other, item: where one is filled in, so is the second
    PAIR_IN = "pair_in"  # the credit code begins with one of `pairs`
    PAIR_NOT_IN = "pair_not_in"  # it begins with none of `pairs`
    SAME_CHARACTERS = "same_characters"  # code, part: the code has it from `start` on
    AMOUNT_IN_TEXT = "amount_in_text"  # text, amount: the text's amounts have it
    PATTERN = "pattern"  # the text fits `pattern`, or is what `or_same_as` holds
    DIVISION = "division"  # category, code: digits within the category's `ranges`
    ONE_VALUE = "one_value"  # items, item: same subject and items, same last item


@dataclass(frozen=True)
class Signature:
    """What a rule of one kind takes.

    Attributes:
        types: allowed types of each item; an empty set allows every type.
        dimension: of quality, unless the rule says another.
        needs: keys that must be there.
        may: keys that may be there.
        more: the first type may be there any number of times.
    """

    types: tuple[frozenset[ItemType], ...]
    dimension: Dimension
    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    more: bool = False


_ANY: frozenset[ItemType] = frozenset()
_DATE = frozenset({ItemType.DATE})
_AMOUNT = frozenset({ItemType.AMOUNT, ItemType.INTEGER})
_MONEY = frozenset({ItemType.AMOUNT})
_TEXT = frozenset({ItemType.TEXT})
_USCC = frozenset({ItemType.USCC})
_PART = frozenset({ItemType.ORG_CODE, ItemType.TEXT})
_CODE = frozenset({ItemType.CODE})
_WHEN, _PAIRS = frozenset({"when"}), frozenset({"pairs"})

SIGNATURES: Mapping[RuleKind, Signature] = {
    RuleKind.DATE_ORDER: Signature((_DATE, _DATE), Dimension.ACCURATE),
    RuleKind.NOT_AFTER_NIGHT: Signature((_DATE,), Dimension.ACCURATE),
    RuleKind.NOT_BEFORE: Signature((_DATE,), Dimension.ACCURATE, frozenset({"day"})),
    RuleKind.NOT_FOREVER: Signature((_DATE,), Dimension.ACCURATE),
    RuleKind.NOT_ZERO_WHEN: Signature((_AMOUNT,), Dimension.ACCURATE, _WHEN),
    RuleKind.POSITIVE_ONLY_WHEN: Signature((_AMOUNT,), Dimension.ACCURATE, _WHEN),
    RuleKind.GIVEN_ONLY_WHEN: Signature((_ANY,), Dimension.ACCURATE, _WHEN),
    RuleKind.GIVEN_WITH: Signature((_ANY, _ANY), Dimension.COMPLETE),
    RuleKind.PAIR_IN: Signature((_USCC,), Dimension.ACCURATE, _PAIRS, _WHEN),
    RuleKind.PAIR_NOT_IN: Signature((_USCC,), Dimension.ACCURATE, _PAIRS, _WHEN),
    RuleKind.SAME_CHARACTERS: Signature(
        (_USCC, _PART), Dimension.LINKED, frozenset({"start"})
    ),
    RuleKind.AMOUNT_IN_TEXT: Signature((_TEXT, _MONEY), Dimension.ACCURATE),
    RuleKind.PATTERN: Signature(
        (_TEXT,),
        Dimension.CONFORMING,
        frozenset({"pattern"}),
        frozenset({"or_same_as"}),
    ),
    RuleKind.DIVISION: Signature(
        (_CODE, _TEXT), Dimension.ACCURATE, frozenset({"ranges"})
    ),
    RuleKind.ONE_VALUE: Signature((_ANY, _ANY), Dimension.UNIQUE, more=True),
}
PARAMETERS = ("when", "day", "pairs", "start", "pattern", "or_same_as", "ranges")
"""Keys of a rule that only some kinds take."""


class RuleExample(Model):
    """Cells of a row that breaks a rule and of one that keeps it: item -> text."""

    wrong: dict[Identifier, str]
    right: dict[Identifier, str]


class Rule(Model):
    """One rule across items."""

    id: Identifier
    kind: RuleKind
    items: tuple[Identifier, ...] = pydantic.Field(min_length=1)
    """In the order of the kind; a finding points at the last one."""

    when: Condition | None = None
    day: date | None = None
    """The first day allowed."""

    pairs: tuple[str, ...] = ()
    """First two characters of credit codes (登记管理部门, 机构类别)."""

    start: int | None = pydantic.Field(default=None, ge=1)
    """Place of the first character, counted from 1."""

    pattern: str | None = None
    """A regular expression (RE2); whoever means the whole text writes ^ and $."""

    or_same_as: Identifier | None = None
    """An item whose content is right here too, whatever its form."""

    ranges: dict[str, tuple[int, int]] = {}
    """Value of the category -> first and last of its two-digit divisions."""

    local: bool = False
    """It follows from this jurisdiction's documents: others need not have it."""

    severity: Severity = Severity.CRITICAL
    dimension: Dimension | None = None
    """None = as its kind."""

    responsibility: Responsibility = Responsibility.DEPARTMENT
    mostly: float = pydantic.Field(default=1.0, gt=0, le=1)
    """Share of rows that must keep it."""

    description: str | None = None
    """What it demands, where the sentence made from its kind would not do."""

    description_en: str | None = None
    message: str
    message_en: str
    remedy: str
    clause: str
    example: RuleExample | None = None
    """For the rule's page, where the one made from its kind would not do."""

    def mentioned(self) -> tuple[Identifier, ...]:
        """Name every item that the rule reads, those of conditions too."""
        others = (self.when and self.when.item, self.or_same_as)
        return (*self.items, *(name for name in others if name))
