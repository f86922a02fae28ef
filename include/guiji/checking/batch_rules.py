"""What rules say of a delivery as a whole: too few good rows, or unlike those before.

Great Expectations decides; here its decision becomes a finding without a row and, for
a critical rule, the refusal of the delivery. A refusal of this kind can be lifted: a
named person releases the delivery (`Waiver`), and the rule is then told, not applied.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from guiji.catalog.vocabulary import Severity
from guiji.checking import findings, refusals
from guiji.checking.findings import Source
from guiji.checking.pass_rate import PassRate
from guiji.checking.suite.history import BatchFacts
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording
from guiji.checking.verdict import Verdict
from guiji.core.errors import BatchRefused


@dataclass(frozen=True)
class Waiver:
    """Who released a delivery from which rules, and why.

    Attributes:
        by: the person's name.
        why: the explanation.
        rules: ids of rules that do not refuse the delivery.
    """

    by: str
    why: str
    rules: frozenset[str]

    def worded(self, words: Wording) -> Wording:
        """Add to what a rule says that the delivery was released, by whom and why."""
        return Wording(
            f"{words.message}本批已由{self.by}核准放行，理由：{self.why}",
            f"{words.message_en} Released by a named person.",
            "无需处理。",
        )


@dataclass(frozen=True)
class BatchRuleResult:
    """What follows from rules on the delivery as a whole.

    Attributes:
        findings: columns of `schemas.FINDINGS`, without a row.
        refusal: set if a critical rule is broken and not waived.
        refused_by: ids of the rules that refuse the delivery.
    """

    findings: list[pa.Table]
    refusal: BatchRefused | None
    refused_by: tuple[str, ...]


def evaluate(
    source: Source,
    rules: tuple[RuleExpectation, ...],
    verdict: Verdict,
    facts: BatchFacts | None = None,
    waiver: Waiver | None = None,
) -> BatchRuleResult:
    """Return what rules say of a delivery as a whole.

    Args:
        source: the delivery.
        rules: the suite, and the rules on the facts of the delivery.
        verdict: on all of them.
        facts: what was measured of the delivery.
        waiver: its release.
    """
    tables, refusing = [], []
    for rule, words in _broken(rules, verdict, facts or BatchFacts()):
        severity = rule.severity
        if waiver is not None and rule.rule_id in waiver.rules:
            severity, words = Severity.INFO, waiver.worded(words)
        elif severity is Severity.CRITICAL:
            refusing.append((rule, words))
        tables.append(findings.of_whole(source, rule, words, severity))
    refusal = refusals.broken_as_a_whole(source, refusing) if refusing else None
    return BatchRuleResult(tables, refusal, tuple(rule.rule_id for rule, _ in refusing))


def _broken(
    rules: tuple[RuleExpectation, ...], verdict: Verdict, facts: BatchFacts
) -> Iterator[tuple[RuleExpectation, Wording]]:
    """Find the rules that the delivery as a whole breaks; facts come first."""
    for rule in rules:
        is_fact = rule.judgement is Judgement.FACT
        if is_fact and verdict.counts.get(rule.rule_id):
            yield rule, facts.worded(rule)
    for rule in rules:
        share = verdict.shares.get(rule.rule_id)
        if share is not None and not share.is_enough:
            yield rule, _too_few(rule, share)


def _too_few(rule: RuleExpectation, rate: PassRate) -> Wording:
    """Word that a tolerant rule is broken by too many rows of the delivery."""
    kept = max(0, rate.about - rate.faults) / rate.about
    return Wording(
        f"规则“{rule.description}”涉及{rate.about}行，{rate.faults}行不符，"
        f"合格率{kept:.1%}，低于规定的{rule.mostly:.0%}，疑为整批性问题"
        "（列错位或导出有误）。",
        f"{rule.rule_id}: {rate.faults} of {rate.about} rows break it; {kept:.1%} keep "
        f"it, fewer than {rule.mostly:.0%}.",
        "请检查导出的文件：列是否错位、是否导错表。",
    )
