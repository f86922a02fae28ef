"""The rules of a dataset, made from its catalogue entry and its rules across items.

Every item brings the rules that its attributes ask for. The typed table's naming is
the only thing assumed: `<item>`, and beside it `<item>__raw` and `<item>__ok` for
everything that is not free text.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import Dimension, ItemType, Responsibility, Severity
from guiji.checking import links
from guiji.checking.suite import across, items, requirements, wording
from guiji.checking.suite.rules import Judgement, RuleExpectation
from guiji.reading.layout import OPERATION


def build(
    dataset: Dataset,
    catalog: Catalog,
    night: date,
    rows: int | None = None,
    linked: bool = False,
    sender: str | None = None,
) -> tuple[RuleExpectation, ...]:
    """Make the suite of a dataset.

    Args:
        dataset: the catalogue entry.
        catalog: the catalogue it belongs to.
        night: the night of the check; no event lies after it.
        rows: rows that the typed table must have; None = any number.
        linked: whether there is a register to compare names with.
        sender: the department that delivers; None = nobody, the rules are listed only.

    Returns:
        Rules in the order of the catalogue, rules of the table first; ids are unique.

    Raises:
        ValueError: two rules have the same id.
    """
    rules = [
        *_table(dataset, rows),
        *(
            rule
            for item in dataset.items
            for rule in items.of_item(dataset, catalog, item, sender)
        ),
        *_of_row(dataset),
        *([items.named(dataset)] if linked and links.applies(dataset) else []),
        *(
            across.of_rule(dataset, catalog, rule, night)
            for rule in catalog.rules.get(dataset.id, ())
        ),
    ]
    ids = [rule.rule_id for rule in rules]
    repeated = sorted({x for x in ids if ids.count(x) > 1})
    if repeated:
        raise ValueError(f"rule ids are repeated: {', '.join(repeated)}")
    least = catalog.jurisdiction.tolerance.from_rows
    return tuple(replace(r, from_rows=least) if r.is_tolerant else r for r in rules)


def typed_columns(dataset: Dataset) -> tuple[str, ...]:
    """Name the columns of the typed table that rules and addresses rely on."""
    names = ["row_id", "source_sheet", "source_row", "operation", "operation__ok"]
    for item in dataset.items:
        names.append(item.id)
        if item.type is not ItemType.TEXT:
            names += [items.raw(item), f"{item.id}__ok"]
        if item.type is ItemType.USCC:
            parts = ("level", "unknown_pair", "unknown_region", "inner_ok")
            names += [f"{item.id}__{part}" for part in parts]
        if item.type is ItemType.AMOUNT:
            names.append(f"{item.id}__level")
        if item.type is ItemType.DATE:
            names.append(f"{item.id}__forever")
    return (*names, "record_key", "key_repeats", "key_copies")


def _table(dataset: Dataset, rows: int | None) -> Iterator[RuleExpectation]:
    yield RuleExpectation(
        rule_id=f"{dataset.id}.table.columns",
        judgement=Judgement.COLUMNS,
        columns=typed_columns(dataset),
        wording=wording.COLUMNS,
        **requirements.COLUMNS._asdict(),
        severity=Severity.CRITICAL,
        dimension=Dimension.WHOLE,
        responsibility=Responsibility.PLATFORM,
        clause=dataset.standard,
    )
    if rows is not None:
        yield RuleExpectation(
            rule_id=f"{dataset.id}.table.rows",
            judgement=Judgement.ROWS,
            columns=(),
            minimum=rows,
            wording=wording.ROWS,
            **requirements.ROWS._asdict(),
            severity=Severity.CRITICAL,
            dimension=Dimension.WHOLE,
            responsibility=Responsibility.PLATFORM,
            clause=dataset.standard,
        )


def _of_row(dataset: Dataset) -> Iterator[RuleExpectation]:
    yield RuleExpectation(
        rule_id=f"{dataset.id}.operation.form",
        judgement=Judgement.FLAG,
        columns=("row_id", "operation__ok"),
        item=OPERATION,
        title="操作",
        shows=OPERATION,
        wording=wording.OPERATION,
        **requirements.OPERATION._asdict(),
        severity=Severity.CRITICAL,
        dimension=Dimension.CONFORMING,
        clause=dataset.standard,
    )
    kinds = (
        ("key_repeats", wording.REPEATED, requirements.NOT_REPEATED, Severity.CRITICAL),
        ("key_copies", wording.COPIED, requirements.NOT_COPIED, Severity.WARNING),
    )
    for kind, words, demand, severity in kinds:
        flag = f"{kind}__not"
        yield RuleExpectation(
            rule_id=f"{dataset.id}.{kind}",
            judgement=Judgement.FLAG,
            columns=("row_id", flag),
            facts=((flag, f"{kind} is false"),),
            title="、".join(dataset.item(name).title for name in dataset.key),
            shows="record_key",
            wording=words,
            **demand._asdict(),
            severity=severity,
            dimension=Dimension.UNIQUE,
            clause=dataset.standard,
        )
