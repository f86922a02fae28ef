"""Rules on dates: their order, and the days on which they may lie."""

from datetime import date

from guiji.checking.suite.across_context import AcrossContext
from guiji.checking.suite.excel_steps import ORIGINAL, as_dates
from guiji.checking.suite.rules import Judgement, RuleExpectation
from guiji.engine.sql import name as quoted

NIGHT = "check_night"
"""Column of the staged table: the night of the check, the same in every row. It is no
literal of a condition, so that conditions are the same every night."""


def date_order(of: AcrossContext) -> RuleExpectation:
    """A date is not before another."""
    first, then = of.items
    compare = (
        f'在空列中输入 =IF(D2<C2,"错","")（C2 换成“{first.title}”、D2 换成'
        f"“{then.title}”的第一个单元格），向下填充，筛选“错”。"
    )
    return of.make(
        f"“{then.title}”不早于“{first.title}”。",
        f"{then.id} is not before {first.id}.",
        judgement=Judgement.ORDER,
        columns=of.rule.items,
        steps=(as_dates(then.title), compare, ORIGINAL),
    )


def not_after_night(of: AcrossContext) -> RuleExpectation:
    """A date does not lie in the future."""
    title = of.item.title
    return of.make(
        f"“{title}”不晚于报送当日。",
        f"{of.item.id} is not after the night of delivery.",
        judgement=Judgement.ORDER,
        columns=(of.rule.items[0], NIGHT),
        facts=((NIGHT, f"date '{of.night}'"),),
        steps=(
            as_dates(title),
            f"在“{title}”的筛选箭头中选“日期筛选”→“之后”，填今天的日期；多为年份录错。",
            ORIGINAL,
        ),
    )


def not_before(of: AcrossContext) -> RuleExpectation:
    """A date is not before a certain day."""
    title, day = of.item.title, of.rule.day or date.min
    return of.make(
        f"“{title}”不早于{day.year}年{day.month}月{day.day}日。",
        f"{of.item.id} is not before {day}.",
        judgement=Judgement.RANGE,
        columns=of.rule.items,
        minimum=day,
        steps=(
            as_dates(title),
            f"在“{title}”的筛选箭头中选“日期筛选”→“之前”，填 {day}；多为年份录错。",
            ORIGINAL,
        ),
    )


def not_forever(of: AcrossContext) -> RuleExpectation:
    """A date is a certain day."""
    return of.by_fact(
        f"{quoted(of.item.id + '__forever')} is not true",
        f"“{of.item.title}”填写确定的日期，不填长期（2099/12/31）。",
        f"{of.item.id} is a certain day, not for ever (2099/12/31).",
    )
