"""Rules across items, written by hand in `expectations/<jurisdiction>/`.

A rule judges only values that stand up alone: what is empty, not understood or out of
its range is told by the rules of its item, and not once more by those across items.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.rules import Rule, RuleKind
from guiji.checking.suite import across_codes, across_conditions, across_dates
from guiji.checking.suite.across_context import AcrossContext
from guiji.checking.suite.amount_in_text import amount_in_text
from guiji.checking.suite.one_value import one_value
from guiji.checking.suite.rules import RuleExpectation

_KINDS: Mapping[RuleKind, Callable[[AcrossContext], RuleExpectation]] = {
    RuleKind.DATE_ORDER: across_dates.date_order,
    RuleKind.NOT_AFTER_NIGHT: across_dates.not_after_night,
    RuleKind.NOT_BEFORE: across_dates.not_before,
    RuleKind.NOT_FOREVER: across_dates.not_forever,
    RuleKind.NOT_ZERO_WHEN: across_conditions.not_zero_when,
    RuleKind.POSITIVE_ONLY_WHEN: across_conditions.positive_only_when,
    RuleKind.GIVEN_ONLY_WHEN: across_conditions.given_only_when,
    RuleKind.GIVEN_WITH: across_conditions.given_with,
    RuleKind.PAIR_IN: across_codes.pair_in,
    RuleKind.PAIR_NOT_IN: across_codes.pair_not_in,
    RuleKind.SAME_CHARACTERS: across_codes.same_characters,
    RuleKind.AMOUNT_IN_TEXT: amount_in_text,
    RuleKind.PATTERN: across_codes.pattern,
    RuleKind.DIVISION: across_codes.division,
    RuleKind.ONE_VALUE: one_value,
}


def of_dataset(
    dataset: Dataset, catalog: Catalog, night: date
) -> Iterator[RuleExpectation]:
    """Make the rules across items that a dataset has, in the order of their file."""
    for rule in catalog.rules.get(dataset.id, ()):
        yield of_rule(dataset, catalog, rule, night)


def of_rule(
    dataset: Dataset, catalog: Catalog, rule: Rule, night: date
) -> RuleExpectation:
    """Make a rule of `expectations/`."""
    return _KINDS[rule.kind](AcrossContext(dataset, catalog, rule, night))
