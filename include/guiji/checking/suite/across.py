"""Rules across items, written by hand in `expectations/<jurisdiction>/`."""

from datetime import date

from guiji.catalog.model import Dataset, Rule
from guiji.checking.suite import wording
from guiji.checking.suite.items import about
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording


def of_rule(dataset: Dataset, rule: Rule, night: date) -> RuleExpectation:
    """Make a rule of `expectations/`; its finding points at its last item."""
    item = dataset.item(rule.items[-1])
    bounds: dict[str, date | None] = {}
    if rule.kind == "not_after_night":
        bounds["maximum"] = night
    if rule.kind == "not_before":
        bounds["minimum"] = rule.day
    order = rule.kind == "date_order"
    return about(
        dataset,
        item,
        rule.id,
        rule_id=f"{dataset.id}.{rule.id}",
        judgement=Judgement.ORDER if order else Judgement.RANGE,
        columns=rule.items if order else (item.id,),
        wording=Wording(rule.message, rule.message_en, rule.remedy),
        severity=rule.severity,
        dimension=wording.ACCURATE,
        clause=rule.clause,
        **bounds,
    )
