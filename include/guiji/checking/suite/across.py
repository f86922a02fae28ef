"""Rules across items, written by hand in `expectations/<jurisdiction>/`.

A rule judges only values that stand up alone: what is empty, not understood or out of
its range is told by the rules of its item, and not once more by those across items.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from guiji.catalog.model import Catalog, Dataset, Item
from guiji.catalog.rules import SIGNATURES, Rule, RuleKind
from guiji.checking.suite import across_facts as facts
from guiji.checking.suite import across_requirements as demands
from guiji.checking.suite.amount_in_text import AmountInText
from guiji.checking.suite.conditions import said
from guiji.checking.suite.items import about, raw
from guiji.checking.suite.one_value import OneValue
from guiji.checking.suite.requirements import Requirement
from guiji.checking.suite.rules import Compute, Judgement, RuleExpectation, Wording

NIGHT = "check_night"
"""Column of the staged table: the night of the check, the same in every row."""


@dataclass(frozen=True)
class _Frame:
    """What making an expectation needs.

    Attributes:
        dataset: the dataset.
        catalog: its catalogue, for code lists.
        rule: the rule as written.
        night: the night of the check.
    """

    dataset: Dataset
    catalog: Catalog
    rule: Rule
    night: date

    @property
    def items(self) -> tuple[Item, ...]:
        """The rule's items, in its order."""
        return tuple(self.dataset.item(name) for name in self.rule.items)

    @property
    def item(self) -> Item:
        """The last of them, at which findings point."""
        return self.items[-1]

    @property
    def flag(self) -> str:
        """Name the column of the staged table that says that the rule is kept."""
        return f"{self.rule.id}__kept"

    def when(self) -> tuple[str, str] | None:
        """Say the condition in Chinese and English."""
        when = self.rule.when
        return said(self.dataset, self.catalog, when) if when else None


def of_rule(
    dataset: Dataset, catalog: Catalog, rule: Rule, night: date
) -> RuleExpectation:
    """Make a rule of `expectations/`; its finding points at its last item.

    The night is a column and no literal of a condition, so that conditions are the
    same every night.
    """
    frame = _Frame(dataset, catalog, rule, night)
    judged, demand = _KINDS[rule.kind](frame)
    return about(
        dataset,
        frame.item,
        rule.id,
        rule_id=f"{dataset.id}.{rule.id}",
        wording=Wording(rule.message, rule.message_en, rule.remedy),
        severity=rule.severity,
        dimension=rule.dimension or SIGNATURES[rule.kind].dimension,
        responsibility=rule.responsibility,
        mostly=rule.mostly,
        clause=rule.clause,
        description=rule.description or demand.description,
        description_en=rule.description_en or demand.description_en,
        **judged,
    )


_Made = tuple[dict[str, Any], Requirement]


def _flag(frame: _Frame, fact: str, demand: Requirement) -> _Made:
    """Judge by a fact in SQL over the typed table."""
    judged = {
        "judgement": Judgement.FLAG,
        "columns": (raw(frame.item), frame.flag),
        "facts": ((frame.flag, fact),),
    }
    return judged, demand


def _computed(frame: _Frame, compute: Compute, demand: Requirement) -> _Made:
    """Judge by a fact that is worked out beside the typed table."""
    judged = {
        "judgement": Judgement.FLAG,
        "columns": (raw(frame.item), frame.flag),
        "computed": ((frame.flag, compute),),
    }
    return judged, demand


def _date_order(frame: _Frame) -> _Made:
    judged = {"judgement": Judgement.ORDER, "columns": frame.rule.items}
    return judged, demands.in_order(frame.items[0], frame.item)


def _not_after_night(frame: _Frame) -> _Made:
    judged = {
        "judgement": Judgement.ORDER,
        "columns": (frame.rule.items[0], NIGHT),
        "facts": ((NIGHT, f"date '{frame.night}'"),),
    }
    return judged, demands.by_night(frame.item)


def _not_before(frame: _Frame) -> _Made:
    day = frame.rule.day or date.min
    judged = {"judgement": Judgement.RANGE, "columns": frame.rule.items, "minimum": day}
    return judged, demands.since(frame.item, day)


def _not_forever(frame: _Frame) -> _Made:
    return _flag(frame, facts.ends(frame.item), demands.not_forever(frame.item))


def _not_zero_when(frame: _Frame) -> _Made:
    fact = facts.not_zero(frame.item, _when(frame))
    return _flag(frame, fact, demands.not_zero(frame.item, _said(frame)))


def _positive_only_when(frame: _Frame) -> _Made:
    fact = facts.only(facts.positive(frame.item), _asked(frame), _when(frame))
    return _flag(frame, fact, demands.positive_only(frame.item, _said(frame)))


def _given_only_when(frame: _Frame) -> _Made:
    fact = facts.only(facts.given(frame.item), _asked(frame), _when(frame))
    return _flag(frame, fact, demands.given_only(frame.item, _said(frame)))


def _given_with(frame: _Frame) -> _Made:
    return _flag(
        frame,
        facts.given_with(frame.items[0], frame.item),
        demands.given_with(frame.items[0], frame.item),
    )


def _pair_in(frame: _Frame) -> _Made:
    pairs = frame.rule.pairs
    fact = facts.pair_in(frame.item, pairs, _when(frame))
    return _flag(frame, fact, demands.pair(frame.item, pairs, frame.when(), True))


def _pair_not_in(frame: _Frame) -> _Made:
    pairs = frame.rule.pairs
    fact = facts.pair_not_in(frame.item, pairs, _when(frame))
    return _flag(frame, fact, demands.pair(frame.item, pairs, frame.when(), False))


def _same_characters(frame: _Frame) -> _Made:
    start = frame.rule.start or 1
    fact = facts.same_characters(frame.items[0], frame.item, start)
    return _flag(
        frame, fact, demands.same_characters(frame.items[0], frame.item, start)
    )


def _amount_in_text(frame: _Frame) -> _Made:
    text, amount = frame.items
    compute = AmountInText(text.id, amount.id, amount.unit or "元", amount.maximum)
    return _computed(frame, compute, demands.amount_in_text(text, amount))


def _pattern(frame: _Frame) -> _Made:
    other, form = frame.rule.or_same_as, frame.rule.pattern or ""
    same = frame.dataset.item(other) if other else None
    fact = facts.fits(frame.item, form, same)
    return _flag(frame, fact, demands.pattern(frame.item, form, same))


def _division(frame: _Frame) -> _Made:
    fact = facts.division(frame.items[0], frame.item, frame.rule.ranges)
    return _flag(frame, fact, demands.division(frame.items[0], frame.item))


def _one_value(frame: _Frame) -> _Made:
    *same, last = frame.rule.items
    compute = OneValue(tuple(same), last)
    return _computed(frame, compute, demands.one_value(frame.items))


def _when(frame: _Frame) -> str | None:
    """Return the condition in SQL."""
    when = frame.rule.when
    return facts.holds(frame.dataset, frame.catalog, when) if when else None


def _asked(frame: _Frame) -> Item | None:
    """Return the item that the condition is about."""
    when = frame.rule.when
    return frame.dataset.item(when.item) if when else None


def _said(frame: _Frame) -> tuple[str, str]:
    return frame.when() or ("", "")


_KINDS: Mapping[RuleKind, Callable[[_Frame], _Made]] = {
    RuleKind.DATE_ORDER: _date_order,
    RuleKind.NOT_AFTER_NIGHT: _not_after_night,
    RuleKind.NOT_BEFORE: _not_before,
    RuleKind.NOT_FOREVER: _not_forever,
    RuleKind.NOT_ZERO_WHEN: _not_zero_when,
    RuleKind.POSITIVE_ONLY_WHEN: _positive_only_when,
    RuleKind.GIVEN_ONLY_WHEN: _given_only_when,
    RuleKind.GIVEN_WITH: _given_with,
    RuleKind.PAIR_IN: _pair_in,
    RuleKind.PAIR_NOT_IN: _pair_not_in,
    RuleKind.SAME_CHARACTERS: _same_characters,
    RuleKind.AMOUNT_IN_TEXT: _amount_in_text,
    RuleKind.PATTERN: _pattern,
    RuleKind.DIVISION: _division,
    RuleKind.ONE_VALUE: _one_value,
}
