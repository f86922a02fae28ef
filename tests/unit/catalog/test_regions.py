"""The table of region codes, as credit codes use them."""

import csv
import re
import sys

import pytest
from settings_builders import REPOSITORY

from guiji.catalog.model import Catalog

TABLE = REPOSITORY / "catalog" / "regions.csv"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_columns_and_order(rows: list[dict[str, str]]) -> None:
    assert list(rows[0]) == ["code", "name", "from", "to"]
    assert [r["code"] for r in rows] == sorted(r["code"] for r in rows)
    for row in rows:
        assert re.fullmatch(r"\d{6}", row["code"])
        assert row["name"]
        assert re.fullmatch(r"(\d{4})?", row["from"])
        assert re.fullmatch(r"(\d{4})?", row["to"])


@pytest.mark.parametrize(
    ("code", "name", "begin", "end"),
    [
        ("520100", "贵阳市", "", ""),
        ("520115", "观山湖区", "2012", ""),
        ("520114", "小河区", "2000", "2012"),  # abolished, lives on in credit codes
        ("100000", "国家", "", ""),  # no region: registered with a national body
        ("320594", "苏州工业园区", "", ""),  # a zone that GB/T 2260 lacks
        ("520900", "贵安新区", "", ""),
        ("120111", "西郊区", "", "1991"),
        ("120111", "西青区", "1992", ""),  # the same code under another name
    ],
)
def test_codes(
    rows: list[dict[str, str]], code: str, name: str, begin: str, end: str
) -> None:
    expected = {"code": code, "name": name, "from": begin, "to": end}
    assert expected in [r for r in rows if r["code"] == code]


def test_table_is_what_the_script_makes(
    rows: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(REPOSITORY / "scripts"))
    import make_regions
    from stdnum import numdb

    assert "make_regions" in sys.modules
    supplement = set(make_regions.SUPPLEMENT)
    oracle = numdb.get("cn/loc")
    for code in {r["code"] for r in rows}:
        known = len(oracle.split(code)) == 3 or bool(oracle.info(code)[-1][1])
        assert known or code in supplement, code


def test_jurisdictions_regions_are_in_the_table(
    rows: list[dict[str, str]], guiyang: Catalog
) -> None:
    assert set(guiyang.jurisdiction.region_codes) <= {r["code"] for r in rows}
    assert all(c.startswith("5201") for c in guiyang.jurisdiction.region_codes)
