"""The share of rows that keep a rule: whether enough of them do.

A rule that is tolerant (`mostly`) says two things. Every row that breaks it is a
fault of its own, as of any rule. And where too few of the rows that it is about keep
it, the delivery as a whole is at fault: a column was shifted, the wrong table was
exported. Great Expectations judges the share at night; here the same arithmetic serves
those who judge by its conditions alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from guiji.checking.suite.rules import Judgement, RuleExpectation


@dataclass(frozen=True)
class PassRate:
    """How many rows keep a tolerant rule.

    Attributes:
        about: rows that it is about: those whose column is filled in.
        faults: those that break it.
        is_enough: whether so many keep it that the delivery is not at fault.
    """

    about: int
    faults: int
    is_enough: bool

    @property
    def kept(self) -> float:
        """Share of the rows that keep the rule, 0 to 1."""
        return max(0.0, 1 - self.faults / self.about) if self.about else 1.0


def is_enough(rule: RuleExpectation, about: int, faults: int) -> bool:
    """Return whether enough rows keep a tolerant rule; too few rows always do."""
    return is_share_enough(about, faults, rule.mostly, rule.from_rows)


def is_share_enough(about: int, faults: int, mostly: float, from_rows: int) -> bool:
    """Return whether a share of rows is enough, as Great Expectations decides it."""
    if about == 0 or about < from_rows:
        return True
    return (about - faults) / about >= mostly


def measure(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    rules: tuple[RuleExpectation, ...],
    counts: Mapping[str, int],
) -> dict[str, PassRate]:
    """Count the rows that tolerant rules are about, in one pass.

    Args:
        connection: holds the staged table.
        view: its name.
        rules: the suite.
        counts: rule id -> faults.

    Returns:
        Rule id -> share, of the tolerant rules.
    """
    tolerant = [rule for rule in rules if rule.is_tolerant]
    if not tolerant:
        return {}
    shown = ", ".join(counted(rule) for rule in tolerant)
    (row,) = connection.execute(f"select {shown} from {view}").fetchall()
    shares = {}
    for rule, about in zip(tolerant, row, strict=True):
        faults = counts[rule.rule_id]
        shares[rule.rule_id] = PassRate(about, faults, is_enough(rule, about, faults))
    return shares


def counted(rule: RuleExpectation) -> str:
    """Return SQL that counts the rows that a rule is about.

    A missing value is what `GIVEN` is about.
    """
    if rule.judgement is Judgement.GIVEN:
        return "count(*)"
    judged = rule.columns[1 if rule.judgement is Judgement.ORDER else 0]
    return f'count("{judged}")'
