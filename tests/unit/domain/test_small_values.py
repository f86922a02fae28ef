"""Whole numbers, telephone numbers, regions."""

from pathlib import Path

import pyarrow as pa
import pytest

from guiji.domain import integers, phones, regions

REGIONS = Path(__file__).parents[3] / "catalog" / "regions.csv"


@pytest.mark.parametrize(
    ("written", "number", "ok"),
    [
        ("12", 12, True),
        ("1,200", 1200, True),
        ("12.0", 12, True),
        ("１２", 12, True),
        ("+3", 3, True),
        ("-3", -3, True),
        ("12.5", None, False),
        ("1,20", None, False),
        ("十二", None, False),
        ("529901199003078636", None, False),  # rather a person
        ("无", None, True),
        (None, None, True),
    ],
)
def test_reads_whole_numbers(written: str | None, number: int | None, ok: bool) -> None:
    found, understood = integers.parse(pa.array([written], pa.string()))
    assert (found.to_pylist(), understood.to_pylist()) == ([number], [ok])


@pytest.mark.parametrize(
    ("written", "number", "ok"),
    [
        ("130 1234 8666", "13012348666", True),
        ("+86-13012348666", "+8613012348666", True),
        ("0851-85551234", "085185551234", True),
        ("（0851）85551234转8", "(0851)85551234转8", True),
        ("400-820-8820", "4008208820", True),
        ("12315", "12315", True),
        ("1301234", "1301234", False),
        ("张三", "张三", False),
        ("无", None, True),
    ],
)
def test_reads_telephone_numbers(written: str, number: str | None, ok: bool) -> None:
    found, understood = phones.parse(pa.array([written]))
    assert (found.to_pylist(), understood.to_pylist()) == ([number], [ok])


def test_regions_hold_abolished_counties_and_zones() -> None:
    known = regions.load(REGIONS)
    assert {"520100", "100000", "320594", "110302", "330103"} <= known


def test_a_broken_region_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "regions.csv"
    path.write_text("code,name\n5201,贵阳\n", encoding="utf-8")
    with pytest.raises(ValueError, match="5201"):
        regions.load(path)
