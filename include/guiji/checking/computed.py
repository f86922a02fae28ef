"""Facts that no expression gives, worked out beside the typed table."""

import logging

import pyarrow as pa

from guiji.checking.suite.rules import RuleExpectation

log = logging.getLogger(__name__)


def added(typed: pa.Table, rules: tuple[RuleExpectation, ...]) -> pa.Table:
    """Add the columns that rules have computed for them.

    Args:
        typed: n rows.
        rules: the suite; a fact that several rules name is worked out once.

    Returns:
        The table with a column per fact. One that cannot be worked out is left out;
        the rules that need it then fail to be computed, and only they.
    """
    wanted = dict(fact for rule in rules for fact in rule.computed)
    for name, compute in wanted.items():
        try:
            column = compute(typed)
        except Exception as error:  # whatever it is, no rule may pass for it
            log.error("fact not computed: %s: %s", name, type(error).__name__)
            continue
        typed = typed.append_column(name, column)
    return typed
