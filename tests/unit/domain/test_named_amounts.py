"""Amounts that a text names, and what is none."""

from decimal import Decimal

import pytest

from guiji.domain import named_amounts


@pytest.mark.parametrize(
    ("written", "amounts"),
    [
        ("罚款2000元", ["2000"]),
        ("处以罚款人民币2,000.50元", ["2000.5"]),
        ("处２０００元罚款", ["2000"]),  # full width
        ("罚款 2 000 元", ["2000"]),
        ("罚款0.2万元", ["2000"]),
        ("罚款2万5000元", ["25000"]),
        ("罚款3千元", ["3000"]),
        ("罚款¥1,234.56", ["1234.56"]),
        ("罚款人民币贰仟元整（￥2000.00）", ["2000"]),  # the same amount twice
        ("罚款壹佰元伍角整", ["100.5"]),
        ("罚款200元；没收违法所得伍佰元", ["200", "500"]),
        ("警告", []),
        ("依据2026年规定第12条", []),
        ("罚款2(万元(人民币))", ["20000"]),
        ("罚款100美元", []),  # another currency
        ("罚款100万元（美元）", []),
        ("罚款100(万元)(德国马克)", []),
        ("处罚对象为公元路12号", []),
    ],
)
def test_amounts_of_a_text(written: str, amounts: list[str]) -> None:
    assert list(named_amounts.find(written)) == [Decimal(a) for a in amounts]
