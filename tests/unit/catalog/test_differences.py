"""Differences of two catalogues name the place and both values."""

import random
from typing import Any

import pytest
from small_catalogue import Small

from guiji.catalog.differences import Difference, differences
from guiji.catalog.model import Catalog

PENALTY = "catalog/small/datasets/penalty.yml"
AT = ("datasets", "penalty")

CHANGES = {
    "a value": (
        PENALTY, "working_days: 7", "working_days: 5",
        Difference((*AT, "clocks", "delivery", "working_days"), 7, 5, is_value=True)),
    "a text": (
        PENALTY, "summary: 处罚决定", "summary: 处罚",
        Difference((*AT, "summary"), "处罚决定", "处罚", is_value=True)),
    "a list of words": (
        PENALTY, "providers: [market, tax]", "providers: [tax, market]",
        Difference(
            (*AT, "providers"), ["market", "tax"], ["tax", "market"], is_value=True)),
    "a code": (
        "catalog/small/jurisdiction.yml", "aliases: [企业]", "aliases: [单位]",
        Difference(
            ("jurisdiction", "codes", "kind", "values", "法人", "aliases"), ["企业"],
            ["单位"], is_value=True)),
    "a rule": (
        "expectations/small/penalty.yml", "day: 1949-10-01", "day: 1979-01-01",
        Difference(
            ("rules", "penalty", "not_before", "day"), "1949-10-01", "1979-01-01",
            is_value=True)),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_one_change_is_one_difference(small: Small, what: str) -> None:
    file, old, new, expected = CHANGES[what]
    before = small.load()
    small.replace(file, old, new)
    assert differences(before, small.load()) == [expected]
    assert differences(before, before) == []


def test_a_limit_that_is_switched_off_is_a_difference(small: Small) -> None:
    before = small.load()
    small.replace(
        PENALTY, "key: [number]", "key: [number]\nbatch_limits: { columns: null }"
    )
    (off,) = differences(before, small.load())
    assert off == Difference(
        (*AT, "batch_limits", "columns"), None, None, is_value=False
    )


def test_what_is_added_or_left_out_is_one_difference(small: Small) -> None:
    before = small.load()
    line = "  - { id: ends_on, title: 截止日期, code: JZ, type: date }\n"
    item = "  - { id: note, title: 备注, code: BZ }\n"
    small.replace(PENALTY, line, line + item)
    after = small.load()
    (added,) = differences(before, after)
    assert added.place == (*AT, "items", "note")
    assert (added.before, added.after["title"]) == (None, "备注")
    (gone,) = differences(after, before)
    assert (gone.before["title"], gone.after, gone.is_value) == ("备注", None, False)


def test_another_order_of_items_is_told(small: Small) -> None:
    before = small.load()
    first = "  - { id: name, title: 名称, code: MC, required: true }\n"
    second = "  - { id: uscc, title: 统一社会信用代码, code: DM, type: uscc }\n"
    small.replace(PENALTY, first + second, second + first)
    (moved,) = differences(before, small.load())
    assert moved.place == (*AT, "items", "order")
    assert [moved.before[:2], moved.after[:2]] == [["name", "uscc"], ["uscc", "name"]]


def applied(content: Any, difference: Difference) -> None:
    """Make a difference in the content of the first catalogue."""
    *around, last = difference.place
    for step in around:
        content = content[step]
    if difference.is_value or difference.before is None:
        content[last] = difference.after
    else:
        del content[last]


def test_the_differences_make_the_second_of_the_first(small: Small) -> None:
    """A seeded walk over values of the catalogue, without lists by id."""
    rng = random.Random(5)
    before = small.load()
    content = before.model_dump(mode="json")
    words = [k for k, v in content["jurisdiction"].items() if isinstance(v, str)]
    for word in rng.sample(words, 3):
        if word not in ("id", "document_status", "transition"):
            content["jurisdiction"][word] += "改"
    content["departments"].pop("tax")
    after = Catalog.model_validate(content)
    listed = differences(before, after)
    assert len(listed) >= 2
    start = before.model_dump(mode="json")
    for difference in listed:
        applied(start, difference)
    assert Catalog.model_validate(start) == after
