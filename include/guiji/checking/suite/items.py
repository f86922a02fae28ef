"""Rules about one item: each attribute of the catalogue brings its own."""

from collections.abc import Iterator
from typing import Any

from guiji.catalog import bodies
from guiji.catalog.model import Catalog, Condition, Dataset, Item
from guiji.catalog.vocabulary import Dimension, ItemType, Severity
from guiji.checking import links
from guiji.checking.suite import conditions as facts
from guiji.checking.suite import requirements, wording
from guiji.checking.suite.rules import Judgement, RuleExpectation
from guiji.checking.suite.sender import OfSender
from guiji.engine.sql import name as quoted

CODE_STANDARD = "GB 32100-2015"
BODY_CLAUSE = (
    "贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条 "
    "(非本部门传送的信息不得进行修改或删除)"
)
_RANGED = (ItemType.AMOUNT, ItemType.INTEGER)


def raw(item: Item) -> str:
    """Name the column that holds an item as delivered, cleaned."""
    return item.id if item.type is ItemType.TEXT else f"{item.id}__raw"


def of_item(
    dataset: Dataset, catalog: Catalog, item: Item, sender: str | None = None
) -> Iterator[RuleExpectation]:
    """Make the rules that an item's attributes ask for.

    Args:
        dataset: the item's dataset.
        catalog: its catalogue.
        item: the item.
        sender: the department that delivers; None = nobody, the rules are listed.
    """
    if item.required:
        yield _required(dataset, item)
    if item.required_when is not None:
        yield _required_when(dataset, catalog, item, item.required_when)
    if item.empty_when is not None:
        yield _empty_when(dataset, catalog, item, item.empty_when)
    if item.type is not ItemType.TEXT:
        yield _form(dataset, item)
    if item.length is not None and _may_be_longer(dataset, catalog, item):
        yield _length(dataset, item, item.length)
    if item.type in _RANGED and (item.minimum, item.maximum) != (None, None):
        yield _range(dataset, item)
    if item.type is ItemType.USCC:
        yield from _warnings(dataset, item)
    if item.id in bodies.body_items(dataset):
        yield _of_sender(dataset, catalog, item, sender)


def about(dataset: Dataset, item: Item, kind: str, **rest: Any) -> RuleExpectation:
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
    return about(
        dataset,
        item,
        "required",
        judgement=Judgement.GIVEN if free else Judgement.FLAG,
        columns=(item.id,) if free else (raw(item), given),
        facts=() if free else ((given, facts.answered(item)),),
        wording=wording.required(item.title, item.id),
        **requirements.required(item.title, item.id)._asdict(),
        severity=Severity.CRITICAL,
        dimension=Dimension.COMPLETE,
    )


def _required_when(
    dataset: Dataset, catalog: Catalog, item: Item, condition: Condition
) -> RuleExpectation:
    asked, met = facts.holds(dataset, catalog, condition), f"{item.id}__met"
    when = facts.said(dataset, catalog, condition)
    return about(
        dataset,
        item,
        "required_when",
        judgement=Judgement.FLAG,
        columns=(raw(item), met),
        facts=((met, f"not {asked} or {facts.answered(item)}"),),
        wording=wording.required_when(item.title, item.id, *when),
        **requirements.required_when(item.title, item.id, *when)._asdict(),
        severity=Severity.CRITICAL,
        dimension=Dimension.COMPLETE,
    )


def _empty_when(
    dataset: Dataset, catalog: Catalog, item: Item, condition: Condition
) -> RuleExpectation:
    held = facts.holds(dataset, catalog, condition)
    void = f"{item.id}__void"
    when = facts.said(dataset, catalog, condition)
    return about(
        dataset,
        item,
        "empty_when",
        judgement=Judgement.FLAG,
        columns=(raw(item), void),
        facts=((void, f"not ({held} and {facts.given(item)})"),),
        wording=wording.empty_when(item.title, item.id, *when),
        **requirements.empty_when(item.title, item.id, *when)._asdict(),
        dimension=Dimension.ACCURATE,
    )


def _form(dataset: Dataset, item: Item) -> RuleExpectation:
    flag = {
        "judgement": Judgement.FLAG,
        "columns": (raw(item), f"{item.id}__ok"),
        "wording": wording.form(item.title, item.id, item.type),
        "dimension": Dimension.CONFORMING,
        "mostly": item.mostly,
        **requirements.form(item)._asdict(),
    }
    if item.type is ItemType.USCC:
        flag["wordings"] = wording.levels(item.title, item.id)
        flag["level"] = f"{item.id}__level"
        flag["clause"] = CODE_STANDARD
    if item.type is ItemType.AMOUNT:
        flag["wordings"] = wording.currencies(item.title, item.id, item.currency_item)
        flag["level"] = f"{item.id}__level"
    return about(dataset, item, "form", **flag)


def _may_be_longer(dataset: Dataset, catalog: Catalog, item: Item) -> bool:
    """Tell whether a value can be longer than its item allows; a listed one may not."""
    if item.type is ItemType.CODE and item.code_list is not None:
        codes = catalog.code_list(dataset, item.code_list)
        longest = max(len(value.code) for value in codes.values)
        return codes.other_prefix is not None or longest > (item.length or longest)
    return item.type in (ItemType.TEXT, ItemType.CODES)


def _length(dataset: Dataset, item: Item, most: int) -> RuleExpectation:
    return about(
        dataset,
        item,
        "length",
        judgement=Judgement.LENGTH,
        columns=(item.id,),
        maximum=most,
        wording=wording.length(item.title, item.id, most),
        **requirements.length(item.title, item.id, most)._asdict(),
        dimension=Dimension.CONFORMING,
    )


def _range(dataset: Dataset, item: Item) -> RuleExpectation:
    return about(
        dataset,
        item,
        "range",
        judgement=Judgement.RANGE,
        columns=(item.id,),
        minimum=item.minimum,
        maximum=item.maximum,
        wording=wording.outside(item.title, item.id, item.minimum, item.maximum),
        **requirements.within(
            item.title, item.id, item.minimum, item.maximum
        )._asdict(),
        dimension=Dimension.ACCURATE,
    )


def _warnings(dataset: Dataset, item: Item) -> Iterator[RuleExpectation]:
    flags = {
        "unknown_pair": f"{quoted(item.id + '__unknown_pair')} is not true",
        "unknown_region": f"{quoted(item.id + '__unknown_region')} is not true",
        "inner_check": f"{quoted(item.id + '__inner_ok')} is not false",
    }
    for kind, fact in flags.items():
        flag = f"{item.id}__no_{kind}"
        yield about(
            dataset,
            item,
            kind,
            judgement=Judgement.FLAG,
            columns=(item.id, flag),
            facts=((flag, fact),),
            wording=wording.warning(item.title, item.id, kind),
            **requirements.usual(item.title, item.id, kind)._asdict(),
            severity=Severity.WARNING,
            dimension=Dimension.ACCURATE,
            clause=CODE_STANDARD,
        )


def _of_sender(
    dataset: Dataset, catalog: Catalog, item: Item, sender: str | None
) -> RuleExpectation:
    """Make the rule that a body is the sender or one for which it delivers."""
    flag = f"{item.id}__of_sender"
    return about(
        dataset,
        item,
        "another_department",
        judgement=Judgement.FLAG,
        columns=("row_id", flag),
        computed=((flag, OfSender.of(dataset, catalog, item.id, sender)),),
        wording=wording.another_department(item.title, item.id),
        **requirements.of_sender(item.title, item.id)._asdict(),
        severity=Severity.CRITICAL,
        dimension=Dimension.ACCURATE,
        clause=BODY_CLAUSE,
    )


def named(dataset: Dataset) -> RuleExpectation:
    """Make the rule that a known credit code has a known name."""
    item = dataset.item(dataset.subject.name)
    return about(
        dataset,
        item,
        "known_name",
        judgement=Judgement.FLAG,
        columns=(item.id, links.NAMED),
        wording=wording.other_name(item.title, item.id),
        **requirements.known_name(item.title, item.id)._asdict(),
        severity=Severity.WARNING,
        dimension=Dimension.LINKED,
    )
