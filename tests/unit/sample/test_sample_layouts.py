"""The same records in the different but lawful hands of departments."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from guiji.sample.layouts import Layout, _item, heading

CASES = [
    ("decided_on", date(2026, 11, 9), Layout(".csv"), "2026/11/09"),
    ("decided_on", date(2026, 11, 9), Layout(".csv", dates="%Y%m%d"), "20261109"),
    ("decided_on", date(2026, 11, 9), Layout(".xlsx", dates="cell"), "2026-11-09"),
    ("valid_until", date(2099, 12, 31), Layout(".csv"), "2099/12/31"),
    ("valid_until", date(2099, 12, 31), Layout(".csv", dates="%Y-%m-%d"), "长期"),
    ("fine_amount", Decimal("0.200000"), Layout(".csv"), "0.2"),
    ("fine_amount", Decimal("0.200000"), Layout(".csv", amounts="yuan"), "2000元"),
    ("penalty_category", "警告；没收非法财物", Layout(".csv"), "警告；没收非法财物"),
    (
        "penalty_category",
        "警告；没收非法财物",
        Layout(".csv", codes="alias"),
        "警告；没收非法财务",
    ),
]


@pytest.mark.parametrize(("item", "value", "layout", "written"), CASES)
def test_values_are_written_in_the_layouts_form(
    sample, item, value, layout, written
) -> None:
    dataset = sample.catalog.datasets["administrative_penalty"]
    kind = pa.decimal128(18, 6) if isinstance(value, Decimal) else None
    column = pa.array([value, None], kind)
    made = _item(column, dataset.item(item), dataset, sample.catalog, layout)
    assert made.to_pylist() == [written, None]


def test_capital_may_stand_with_its_currency(sample) -> None:
    dataset = sample.catalog.datasets["enterprise_registration"]
    item = dataset.item("registered_capital")
    layout = Layout(".xlsx", amounts="beside")
    column = pa.array([Decimal(1200)], pa.decimal128(18, 6))
    made = _item(column, item, dataset, sample.catalog, layout)
    assert made.to_pylist() == ["1,200(万元人民币)"]


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        ("title", "统一社会信用代码"),
        ("code", "UNISCID"),
        ("alias", "社会信用代码"),
        ("starred", "*统一社会信用代码"),
    ],
)
def test_headings(sample, headings, expected) -> None:
    item = sample.catalog.datasets["spot_check"].item("uscc")
    assert heading(item, Layout(".csv", headings=headings)) == expected
