"""Rules on how long a text and how large a number may be."""

from collections.abc import Iterator

from guiji.catalog.vocabulary import Dimension, ItemType
from guiji.checking.suite.excel_steps import ORIGINAL, Steps, count_characters
from guiji.checking.suite.items import ItemContext
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording
from guiji.domain.amounts import written


def length(of: ItemContext) -> Iterator[RuleExpectation]:
    """A text is not too long."""
    most, title, name = of.item.length, of.title, of.name
    if most is None or not _may_be_longer(of):
        return
    yield of.rule(
        "length",
        judgement=Judgement.LENGTH,
        columns=(name,),
        maximum=most,
        description=f"“{title}”不超过{most}个字符。",
        description_en=f"{name} has at most {most} characters.",
        wording=Wording(
            f"“{title}”超过{most}个字符。",
            f"{name} has more than {most} characters.",
            f"请将“{title}”缩短至{most}个字符以内后重新报送该行。",
        ),
        steps=(
            count_characters(title) + f"筛选大于 {most} 的行。",
            f"缩短到 {most} 个字符以内；常见原因是两栏内容写在一格，或列错位。",
        ),
        dimension=Dimension.CONFORMING,
    )


def _may_be_longer(of: ItemContext) -> bool:
    """Return whether a value can be longer than its item allows; a listed may not."""
    item = of.item
    if item.type is ItemType.CODE and item.code_list is not None:
        codes = of.catalog.code_list(of.dataset, item.code_list)
        longest = max(len(value.code) for value in codes.values)
        return codes.other_prefix is not None or longest > (item.length or longest)
    return item.type in (ItemType.TEXT, ItemType.CODES)


def value_range(of: ItemContext) -> Iterator[RuleExpectation]:
    """A number lies in its range."""
    item, title, name = of.item, of.title, of.name
    low, high = item.minimum, item.maximum
    is_number = item.type in (ItemType.AMOUNT, ItemType.INTEGER)
    if not is_number or (low, high) == (None, None):
        return
    bounds = _each("不小于{}", low, "不大于{}", high)
    bounds_en = _each("at least {}", low, "at most {}", high)
    beyond = _each("小于{}", low, "大于{}", high)
    beyond_en = _each("below {}", low, "above {}", high)
    yield of.rule(
        "range",
        judgement=Judgement.RANGE,
        columns=(name,),
        minimum=low,
        maximum=high,
        description=f"“{title}”{'、'.join(bounds)}。",
        description_en=f"{name} is {' and '.join(bounds_en)}.",
        wording=Wording(
            f"“{title}”{'或'.join(beyond)}。",
            f"{name} is {' or '.join(beyond_en)}.",
            f"请核对“{title}”的数值与计量单位后重新报送该行。",
        ),
        steps=_range_steps(of),
        dimension=Dimension.ACCURATE,
    )


def _range_steps(of: ItemContext) -> Steps:
    item = of.item
    bounds = _each("不小于 {}", item.minimum, "不大于 {}", item.maximum)
    unit = f"（单位：{item.unit}）" if item.unit else ""
    return (
        f"在“{item.title}”的筛选箭头中选“数字筛选”，找出超出范围的："
        f"应{'、'.join(bounds)}{unit}。",
        "多为单位填错：按元填写的换算为万元，在空列中输入 =C2/10000，向下填充，复制，"
        "“选择性粘贴”→“数值”。"
        if item.unit == "万元"
        else ORIGINAL,
    )


def _each(
    lower: str, low: float | None, upper: str, high: float | None
) -> tuple[str, ...]:
    """Write the bounds that there are."""
    bounds = ((lower, low), (upper, high))
    return tuple(t.format(written(b)) for t, b in bounds if b is not None)
