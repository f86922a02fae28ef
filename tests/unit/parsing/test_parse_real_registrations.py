"""Real registrations of Guizhou and Fujian: every good row is understood whole."""

import csv

import pyarrow as pa
import pytest
from model_builders import item
from settings_builders import REPOSITORY
from small_dataset import KEY, OWNER, catalog, dataset, text_of

from guiji.catalog.model import Subject
from guiji.domain import regions
from guiji.parsing.parse import parse

FOLDER = REPOSITORY.parent / "shared" / "data" / "real"
FILES = {
    "registration-fujian-2004": 8897,
    "registration-guizhou-2002": 2417,
    "registration-guizhou-2003": 3075,
    "registration-guizhou-2004": 3885,
}
HEADINGS = {
    "企业名称": "name",
    "统一社会信用代码": "uscc",
    "注册日期": "decided_on",
    "注册资金": "fine",
    "经营范围": "scope",
}


def read(name: str) -> pa.Table:
    path = FOLDER / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        lines = [
            {item_id: line[heading] for heading, item_id in HEADINGS.items()}
            for line in csv.DictReader(file)
            if "\ufffd" not in str(line)
        ]
    entry = dataset(
        items=(
            item("name"),
            item("uscc", type="uscc"),
            item("decided_on", type="date"),
            item("fine", type="amount", unit="万元", currency_item="currency"),
            item("currency"),
            item("scope"),
        ),
        key=("uscc",),
        subject=Subject(name="name", uscc="uscc"),
        identifiers={},
        status=None,
        produced=(),
        codes={},
    )
    known = regions.load(REPOSITORY / "catalog" / "regions.csv")
    return parse(text_of(lines), entry, catalog(), OWNER, KEY, known)


@pytest.mark.parametrize("name", FILES)
def test_every_good_row_is_understood(name: str) -> None:
    table = read(name)
    assert len(table) == FILES[name]
    for flag in (n for n in table.column_names if n.endswith(("__ok", "__inner_ok"))):
        assert all(table[flag].to_pylist()), flag
    assert set(table["uscc__level"].to_pylist()) <= {"valid", "valid_fujian_2015"}
    for warning in ("uscc__unknown_pair", "uscc__unknown_region", "key_repeats"):
        assert not any(table[warning].to_pylist()), warning
    assert table["uscc"].to_pylist() == table["subject"].to_pylist()
    assert table["decided_on"].null_count == 0
