"""Rules across items, written by hand in `expectations/<jurisdiction>/`."""

from datetime import date
from typing import Any

from guiji.catalog.model import Dataset, Rule
from guiji.catalog.vocabulary import Dimension
from guiji.checking.suite import demands
from guiji.checking.suite.demands import Demand
from guiji.checking.suite.items import about
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording

NIGHT = "check_night"
"""Column of the staged table: the night of the check, the same in every row."""


def of_rule(dataset: Dataset, rule: Rule, night: date) -> RuleExpectation:
    """Make a rule of `expectations/`; its finding points at its last item.

    The night is a column and no literal of a condition, so that conditions are the
    same every night.
    """
    item = dataset.item(rule.items[-1])
    judged: dict[str, Any] = {"judgement": Judgement.ORDER, "columns": rule.items}
    if rule.kind == "not_after_night":
        judged["columns"] = (item.id, NIGHT)
        judged["facts"] = ((NIGHT, f"date '{night}'"),)
    if rule.kind == "not_before":
        judged = {"judgement": Judgement.RANGE, "columns": (item.id,)}
        judged["minimum"] = rule.day
    return about(
        dataset,
        item,
        rule.id,
        rule_id=f"{dataset.id}.{rule.id}",
        wording=Wording(rule.message, rule.message_en, rule.remedy),
        severity=rule.severity,
        dimension=Dimension.ACCURATE,
        clause=rule.clause,
        mostly=rule.mostly,
        **_demand(dataset, rule)._asdict(),
        **judged,
    )


def _demand(dataset: Dataset, rule: Rule) -> Demand:
    said = [(dataset.item(name).title, name) for name in rule.items]
    if rule.kind == "not_after_night":
        return demands.by_night(*said[0])
    if rule.kind == "not_before" and rule.day is not None:
        return demands.since(*said[0], rule.day)
    return demands.in_order(*said)
