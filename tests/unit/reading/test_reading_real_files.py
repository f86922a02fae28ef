"""The published registration data: every row read, the damaged ones told."""

import csv
from pathlib import Path

import pytest
from reading_samples import ALL, Drop

REAL = Path(__file__).parents[4] / "shared/data/real"
TEN = {
    "企业名称": "enterprise_name",
    "统一社会信用代码": "uscc",
    "注册日期": "established_on",
    "企业类型": "enterprise_type",
    "法人代表": "legal_representative",
    "注册资金": "capital",
    "经营范围": "business_scope",
    "所在省份": "province",
    "地区": "region",
    "注册地址": "domicile",
}
FILES = [
    ("registration-fujian-2004.csv", 8897, []),
    ("registration-guizhou-2002.csv", 2431, list(range(2419, 2433))),
    ("registration-guizhou-2003.csv", 3075, []),
    ("registration-guizhou-2004.csv", 3885, []),
]


def test_the_files_hold_18288_rows_of_which_14_are_damaged() -> None:
    assert sum(rows for _, rows, _ in FILES) == 18_288
    assert sum(len(damaged) for *_, damaged in FILES) == 14


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize(("name", "count", "damaged"), FILES)
def test_every_real_row_is_read(
    drop: Drop, name: str, count: int, damaged: list[int], encoding: str
) -> None:
    path = REAL / name
    if not path.exists():
        pytest.skip(f"the real data are not beside this checkout: {path}")
    content = path.read_bytes()
    reading, rows = drop.read(
        content.decode().encode(encoding), name=name, candidates=ALL
    )
    assert (reading.dataset, reading.encoding) == ("enterprise_registration", encoding)
    assert [(c.heading, c.item) for c in reading.sheets[0].columns] == [*TEN.items()]
    assert (reading.rows_read, reading.rows_faulty) == (count, len(damaged))
    assert [r["source_row"] for r in rows if r["fault"]] == damaged
    expected = list(csv.reader(content.decode().splitlines()))
    for row in rows:
        if row["fault"] is None:
            cells = [row[item] for item in TEN.values()]
            assert cells == expected[int(row["source_row"] or 0) - 1]
