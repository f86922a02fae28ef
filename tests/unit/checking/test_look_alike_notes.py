"""A message about a value names the characters that only look right."""

import pyarrow as pa
import pytest

from guiji.catalog import headings
from guiji.checking import look_alike_notes
from guiji.core.schemas import FINDINGS
from guiji.domain import codes, look_alikes


def message(value: str | None, severity: str = "critical") -> str:
    row = {"value": value, "severity": severity, "message": "不在代码表内。"}
    (found,) = look_alike_notes.added(pa.Table.from_pylist([row], FINDINGS)).to_pylist()
    return str(found["message"])


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("⾏政处罚", "第1个字符“⾏”（U+2F8F）不是“行”（U+884C）"),
        ("罚﹝2026﹞1号", "第2个字符“﹝”（U+FE5D）不是“〔”（U+3014）"),
        ("9152010АMA", "第8个字符“А”（U+0410）不是“A”（U+0041）"),
        ("甲―乙", "第2个字符“―”（U+2015）不是“-”（U+002D）"),
    ],
)
def test_the_difference_is_named(value: str, named: str) -> None:
    assert message(value).startswith("不在代码表内。（字形相近而编码不同：")
    assert named in message(value)


def test_a_message_names_the_difference_once() -> None:
    row = {"value": "⾏政处罚", "severity": "critical", "message": "不在代码表内。"}
    once = look_alike_notes.added(pa.Table.from_pylist([row], FINDINGS))
    assert look_alike_notes.added(once).equals(once)


@pytest.mark.parametrize(
    "value", ["行政处罚", "罚〔2026〕1号", "甲—乙", "（甲）", None]
)
def test_usual_characters_are_not_named(value: str | None) -> None:
    assert message(value) == "不在代码表内。"


def test_a_finding_of_severity_info_stays_as_it_is() -> None:
    assert message("⾏政处罚", "info") == "不在代码表内。"


def test_many_such_characters_are_counted() -> None:
    assert "等4种字符" in look_alikes.note("⾏⻓⻋⻢⾏")


@pytest.mark.parametrize("written", ["⾃然⼈", "自然人", "自然人 "])
def test_a_value_of_a_code_list_is_found_by_its_looks(written: str) -> None:
    names = codes.code_names([("1", ["自然人"])])
    assert codes.parse(pa.array([written]), names)[0].to_pylist() == ["1"]


@pytest.mark.parametrize("heading", ["法定代表⼈", "法定代表人", "法定代表人："])
def test_a_heading_is_found_by_its_looks(heading: str) -> None:
    assert headings.normal(heading) == "法定代表人"


def test_radicals_in_headings_are_usual_characters() -> None:
    assert headings.normal("⻓⻋牌照") == headings.normal("长车牌照")
