"""The rules of a dataset, made from its catalogue entry and its rules across items.

Every item brings the rules that its attributes ask for. The typed table's naming is
the only thing assumed: `<item>`, and beside it `<item>__raw` and `<item>__ok` for
everything that is not free text.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from guiji.catalog.model import Catalog, Condition, Dataset, Item, Rule
from guiji.catalog.vocabulary import ItemType, Severity
from guiji.checking import facts, links, wording
from guiji.checking.rules import Judgement, RuleExpectation, Wording
from guiji.reading.layout import OPERATION

CODE_STANDARD = "GB 32100-2015"
PLATFORM = "platform"
_MEASURED = (ItemType.TEXT, ItemType.CODE, ItemType.CODES)
_RANGED = (ItemType.AMOUNT, ItemType.INTEGER)


def build(
    dataset: Dataset,
    catalog: Catalog,
    night: date,
    rows: int | None = None,
    linked: bool = False,
) -> tuple[RuleExpectation, ...]:
    """Make the suite of a dataset.

    Args:
        dataset: the catalogue entry.
        catalog: the catalogue it belongs to.
        night: the night of the check; no event lies after it.
        rows: rows that the typed table must have; None = any number.
        linked: whether there is a register to compare names with.

    Returns:
        Rules in the order of the catalogue, rules of the table first; ids are unique.

    Raises:
        ValueError: two rules have the same id.
    """
    rules = [
        *_table(dataset, rows),
        *(r for item in dataset.items for r in _of_item(dataset, catalog, item)),
        *_of_row(dataset),
        *([_named(dataset)] if linked and links.applies(dataset) else []),
        *(_across(dataset, rule, night) for rule in catalog.rules.get(dataset.id, ())),
    ]
    ids = [rule.rule_id for rule in rules]
    repeated = sorted({x for x in ids if ids.count(x) > 1})
    if repeated:
        raise ValueError(f"rule ids are repeated: {', '.join(repeated)}")
    return tuple(rules)


def raw(item: Item) -> str:
    """Name the column that holds an item as delivered, cleaned."""
    return item.id if item.type is ItemType.TEXT else f"{item.id}__raw"


def typed_columns(dataset: Dataset) -> tuple[str, ...]:
    """Name the columns of the typed table that rules and addresses rely on."""
    names = ["row_id", "source_sheet", "source_row", "operation", "operation__ok"]
    for item in dataset.items:
        names.append(item.id)
        if item.type is not ItemType.TEXT:
            names += [raw(item), f"{item.id}__ok"]
        if item.type is ItemType.USCC:
            parts = ("level", "unknown_pair", "unknown_region", "inner_ok")
            names += [f"{item.id}__{part}" for part in parts]
        if item.type is ItemType.DATE:
            names.append(f"{item.id}__forever")
    return (*names, "record_key", "key_repeats", "key_copies")


def _table(dataset: Dataset, rows: int | None) -> Iterator[RuleExpectation]:
    yield RuleExpectation(
        rule_id=f"{dataset.id}.table.columns",
        judgement=Judgement.COLUMNS,
        columns=typed_columns(dataset),
        wording=wording.COLUMNS,
        severity=Severity.CRITICAL,
        dimension=wording.WHOLE,
        responsibility=PLATFORM,
        clause=dataset.standard,
    )
    if rows is not None:
        yield RuleExpectation(
            rule_id=f"{dataset.id}.table.rows",
            judgement=Judgement.ROWS,
            columns=(),
            minimum=rows,
            wording=wording.ROWS,
            severity=Severity.CRITICAL,
            dimension=wording.WHOLE,
            responsibility=PLATFORM,
            clause=dataset.standard,
        )


def _of_item(
    dataset: Dataset, catalog: Catalog, item: Item
) -> Iterator[RuleExpectation]:
    if item.required:
        yield _required(dataset, item)
    if item.required_when is not None:
        yield _required_when(dataset, catalog, item, item.required_when)
    if item.empty_when is not None:
        yield _empty_when(dataset, catalog, item, item.empty_when)
    if item.type is not ItemType.TEXT:
        yield _form(dataset, item)
    if item.length is not None and item.type in _MEASURED:
        yield _length(dataset, item, item.length)
    if item.type in _RANGED and (item.minimum, item.maximum) != (None, None):
        yield _range(dataset, item)
    if item.type is ItemType.USCC:
        yield from _warnings(dataset, item)


def _about(dataset: Dataset, item: Item, kind: str, **rest: Any) -> RuleExpectation:
    """Make a rule about one item; `rest` are the attributes peculiar to its kind."""
    standing = {
        "rule_id": f"{dataset.id}.{item.id}.{kind}",
        "item": item.id,
        "title": item.title,
        "shows": raw(item),
        "severity": item.severity,
        "clause": f"{dataset.standard} {item.code}",
    }
    return RuleExpectation(**{**standing, **rest})


def _required(dataset: Dataset, item: Item) -> RuleExpectation:
    free = item.type is ItemType.TEXT
    given = f"{item.id}__given"
    return _about(
        dataset,
        item,
        "required",
        judgement=Judgement.GIVEN if free else Judgement.FLAG,
        columns=(item.id,) if free else (raw(item), given),
        facts=() if free else ((given, facts.given(item)),),
        wording=wording.required(item.title, item.id),
        severity=Severity.CRITICAL,
        dimension=wording.COMPLETE,
    )


def _required_when(
    dataset: Dataset, catalog: Catalog, item: Item, condition: Condition
) -> RuleExpectation:
    asked, met = facts.holds(dataset, catalog, condition), f"{item.id}__met"
    when = facts.said(dataset, catalog, condition)
    return _about(
        dataset,
        item,
        "required_when",
        judgement=Judgement.FLAG,
        columns=(raw(item), met),
        facts=((met, f"not {asked} or {facts.given(item)}"),),
        wording=wording.required_when(item.title, item.id, *when),
        severity=Severity.CRITICAL,
        dimension=wording.COMPLETE,
    )


def _empty_when(
    dataset: Dataset, catalog: Catalog, item: Item, condition: Condition
) -> RuleExpectation:
    held = facts.holds(dataset, catalog, condition)
    void = f"{item.id}__void"
    when = facts.said(dataset, catalog, condition)
    return _about(
        dataset,
        item,
        "empty_when",
        judgement=Judgement.FLAG,
        columns=(raw(item), void),
        facts=((void, f"not ({held} and {facts.given(item)})"),),
        wording=wording.empty_when(item.title, item.id, *when),
        dimension=wording.ACCURATE,
    )


def _form(dataset: Dataset, item: Item) -> RuleExpectation:
    flag = {
        "judgement": Judgement.FLAG,
        "columns": (raw(item), f"{item.id}__ok"),
        "wording": wording.form(item.title, item.id, item.type),
        "dimension": wording.CONFORMING,
    }
    if item.type is ItemType.USCC:
        flag["wordings"] = wording.levels(item.title, item.id)
        flag["level"] = f"{item.id}__level"
        flag["clause"] = CODE_STANDARD
    return _about(dataset, item, "form", **flag)


def _length(dataset: Dataset, item: Item, most: int) -> RuleExpectation:
    return _about(
        dataset,
        item,
        "length",
        judgement=Judgement.LENGTH,
        columns=(item.id,),
        maximum=most,
        wording=wording.length(item.title, item.id, most),
        dimension=wording.CONFORMING,
    )


def _range(dataset: Dataset, item: Item) -> RuleExpectation:
    return _about(
        dataset,
        item,
        "range",
        judgement=Judgement.RANGE,
        columns=(item.id,),
        minimum=item.minimum,
        maximum=item.maximum,
        wording=wording.outside(item.title, item.id, item.minimum, item.maximum),
        dimension=wording.ACCURATE,
    )


def _warnings(dataset: Dataset, item: Item) -> Iterator[RuleExpectation]:
    flags = {
        "unknown_pair": f"{facts.quoted(item.id + '__unknown_pair')} is not true",
        "unknown_region": f"{facts.quoted(item.id + '__unknown_region')} is not true",
        "inner_check": f"{facts.quoted(item.id + '__inner_ok')} is not false",
    }
    for kind, fact in flags.items():
        flag = f"{item.id}__no_{kind}"
        yield _about(
            dataset,
            item,
            kind,
            judgement=Judgement.FLAG,
            columns=(item.id, flag),
            facts=((flag, fact),),
            wording=wording.warning(item.title, item.id, kind),
            severity=Severity.WARNING,
            dimension=wording.ACCURATE,
            clause=CODE_STANDARD,
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
        severity=Severity.CRITICAL,
        dimension=wording.CONFORMING,
        clause=dataset.standard,
    )
    kinds = (
        ("key_repeats", wording.REPEATED, Severity.CRITICAL),
        ("key_copies", wording.COPIED, Severity.WARNING),
    )
    for kind, words, severity in kinds:
        flag = f"{kind}__not"
        yield RuleExpectation(
            rule_id=f"{dataset.id}.{kind}",
            judgement=Judgement.FLAG,
            columns=("row_id", flag),
            facts=((flag, f"{kind} is false"),),
            title="、".join(dataset.item(name).title for name in dataset.key),
            shows="record_key",
            wording=words,
            severity=severity,
            dimension=wording.UNIQUE,
            clause=dataset.standard,
        )


def _named(dataset: Dataset) -> RuleExpectation:
    item = dataset.item(dataset.subject.name)
    return _about(
        dataset,
        item,
        "known_name",
        judgement=Judgement.FLAG,
        columns=(item.id, links.NAMED),
        wording=wording.other_name(item.title, item.id),
        severity=Severity.WARNING,
        dimension=wording.LINKED,
    )


def _across(dataset: Dataset, rule: Rule, night: date) -> RuleExpectation:
    """Make a rule of `expectations/`; its finding points at its last item."""
    item = dataset.item(rule.items[-1])
    bounds: dict[str, date | None] = {}
    if rule.kind == "not_after_night":
        bounds["maximum"] = night
    if rule.kind == "not_before":
        bounds["minimum"] = rule.day
    order = rule.kind == "date_order"
    return _about(
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
