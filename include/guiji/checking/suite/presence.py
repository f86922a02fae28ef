"""Rules on whether an item is filled in: always, under a condition, or not at all."""

from collections.abc import Iterator

from guiji.catalog.items import Condition
from guiji.catalog.vocabulary import Dimension, ItemType, Severity
from guiji.checking.suite import conditions
from guiji.checking.suite.excel_steps import ORIGINAL
from guiji.checking.suite.items import ItemContext
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording


def required(of: ItemContext) -> Iterator[RuleExpectation]:
    """An item is filled in."""
    item, title, name = of.item, of.title, of.name
    if not item.required:
        return
    is_text = item.type is ItemType.TEXT
    given = f"{name}__given"
    yield of.rule(
        "required",
        judgement=Judgement.GIVEN if is_text else Judgement.FLAG,
        columns=(name,) if is_text else (of.raw, given),
        facts=() if is_text else ((given, conditions.answered(item)),),
        description=f"“{title}”必须填写。",
        description_en=f"{name} is filled in.",
        wording=Wording(
            f"“{title}”未填写。",
            f"{name} is required and empty.",
            f"请补填“{title}”后重新报送该行。",
        ),
        steps=(_blanks(title), ORIGINAL),
        severity=Severity.CRITICAL,
        dimension=Dimension.COMPLETE,
    )


def required_when(of: ItemContext) -> Iterator[RuleExpectation]:
    """An item is filled in where another one's value asks for it."""
    item, title, name = of.item, of.title, of.name
    if item.required_when is None:
        return
    when, met = of.condition(item.required_when), f"{name}__met"
    yield of.rule(
        "required_when",
        judgement=Judgement.FLAG,
        columns=(of.raw, met),
        facts=((met, f"not {when.sql} or {conditions.answered(item)}"),),
        description=f"{when.words}时，“{title}”必须填写。",
        description_en=f"{name} is filled in where {when.words_en}.",
        wording=Wording(
            f"{when.words}时，“{title}”未填写。",
            f"{name} is required where {when.words_en}, and empty.",
            f"请补填“{title}”后重新报送该行。",
        ),
        steps=(
            _filtered(when.item.title, item.required_when),
            _blanks(title),
            ORIGINAL,
        ),
        severity=Severity.CRITICAL,
        dimension=Dimension.COMPLETE,
    )


def empty_when(of: ItemContext) -> Iterator[RuleExpectation]:
    """An item is left empty where another one's value asks for that."""
    item, title, name = of.item, of.title, of.name
    if item.empty_when is None:
        return
    when, void = of.condition(item.empty_when), f"{name}__void"
    other = when.item.title
    yield of.rule(
        "empty_when",
        judgement=Judgement.FLAG,
        columns=(of.raw, void),
        facts=((void, f"not ({when.sql} and {conditions.given(item)})"),),
        description=f"{when.words}时，“{title}”应当为空。",
        description_en=f"{name} is empty where {when.words_en}.",
        wording=Wording(
            f"{when.words}时“{title}”应为空，但已填写。",
            f"{name} must be empty where {when.words_en}.",
            f"请核对后清空“{title}”，或更正相应的类别，再重新报送该行。",
        ),
        steps=(
            _filtered(other, item.empty_when),
            f"“{other}”填对了的：选中筛选出的“{title}”各单元格，按 Delete 清空"
            "（不要填“无”或“/”）。",
            f"“{other}”填错了的：更正“{other}”。",
        ),
        dimension=Dimension.ACCURATE,
    )


def _blanks(title: str) -> str:
    return f"在“{title}”的表头上点筛选箭头，只勾“(空白)”，就是没有填写的行。"


def _filtered(title: str, condition: Condition) -> str:
    words = "、".join(condition.values or condition.contains)
    how = "选中" if condition.values else "搜索含有下列字样的"
    return f"在“{title}”的表头上点筛选箭头，{how}：{words}。"
