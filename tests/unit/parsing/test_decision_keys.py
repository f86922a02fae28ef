"""A decision is one record whatever is corrected of it: its key holds no day.

Source: 双公示数据标准(2018); 贵州省企业公共信用信息平台运行管理规则(试行) 第十六条.
"""

import pyarrow as pa
import pytest
from settings_builders import REPOSITORY

from guiji.catalog import load
from guiji.catalog.model import Catalog
from guiji.core.schemas import TEXT_COLUMNS
from guiji.parsing.parse import parse
from guiji.sample import corrupt

FIRST, SECOND = (corrupt.closed(f"91520102MA000001{n}") for n in (3, 5))
DECISION = {
    "counterpart_name": "贵阳示范商贸有限公司",
    "counterpart_category": "法人及非法人组织",
    "uscc": FIRST,
    "decision_no": "筑建罚〔2026〕7号",
    "penalty_category": "罚款",
    "decided_on": "2026-11-18",
    "authority_name": "贵阳市住房和城乡建设局",
    "authority_uscc": "11520100MB0E10025D",
}


@pytest.fixture(scope="module")
def guiyang() -> Catalog:
    folders = REPOSITORY / "catalog", REPOSITORY / "expectations"
    return load.load_folder(*folders, "guiyang")


def parsed(catalog: Catalog, *changes: dict[str, str]) -> pa.Table:
    dataset = catalog.datasets["administrative_penalty"]
    rows = [
        {"source_row": n + 2, **DECISION, **changed}
        for n, changed in enumerate(changes)
    ]
    names = [pa.field(item.id, pa.string()) for item in dataset.items]
    text = pa.Table.from_pylist(rows, pa.schema([*TEXT_COLUMNS, *names]))
    return parse(text, dataset, catalog, "housing_urban_rural", b"key" * 9)


@pytest.mark.parametrize(
    "dataset", ["administrative_penalty", "administrative_licence"]
)
def test_no_key_of_a_decision_holds_a_day(guiyang: Catalog, dataset: str) -> None:
    entry = guiyang.datasets[dataset]
    assert entry.key == ("decision_no", "authority_uscc")
    assert not {*entry.key} & {*entry.event, *entry.produced}


@pytest.mark.parametrize(
    ("corrected", "is_same"),
    [
        ({"decided_on": "2026-11-10"}, True),
        ({"decision_no": "筑建罚[2026]7 号"}, True),
        ({"penalty_category": "警告"}, True),
        ({"uscc": SECOND}, False),  # a joint decision: a record per counterpart
        ({"authority_uscc": "11520100MB0E100338"}, False),
        ({"decision_no": "筑建罚〔2025〕7号"}, False),
    ],
)
def test_a_decision_stays_one_record_when_it_is_corrected(
    guiyang: Catalog, corrected: dict[str, str], is_same: bool
) -> None:
    ids = parsed(guiyang, {}, corrected)["record_id"].to_pylist()
    assert (ids[0] == ids[1]) == is_same


def test_a_decision_split_by_kinds_contradicts_itself_a_joint_one_does_not(
    guiyang: Catalog,
) -> None:
    joint = {"decision_no": "筑建罚〔2026〕8号"}
    rows = ({}, {"penalty_category": "警告"}, joint, joint | {"uscc": SECOND})
    repeats = parsed(guiyang, *rows)["key_repeats"].to_pylist()
    assert repeats == [True, True, False, False]


@pytest.mark.parametrize(
    "written",
    [
        {"decision_no": "筑建罚[2026]第07 号"},
        {"decision_no": "筑建罚﹝2026﹞７号。"},
        {"counterpart_name": "贵阳⽰范商贸有限公司"},  # a Kangxi radical
        {"counterpart_name": "贵阳示范商贸有限公司\u200b"},
        {"authority_name": "贵阳市住房和城乡建设局\u3000"},
        {"penalty_category": "罚款 "},
    ],
)
def test_a_row_that_only_looks_alike_is_a_copy(
    guiyang: Catalog, written: dict[str, str]
) -> None:
    found = parsed(guiyang, {}, written)
    assert found["key_repeats"].to_pylist() == [False, False]
    assert found["key_copies"].to_pylist() == [False, True]
    assert len(found["content_hash"].unique()) == 1  # the merge takes one of them
    (item,) = written
    if item != "penalty_category":  # a code is stored as the list has it
        assert found[item].to_pylist()[1] == written[item].strip("\u200b\u3000")


def test_a_corrected_bracket_is_a_change_for_the_night_after(guiyang: Catalog) -> None:
    one, other = (
        parsed(guiyang, {"decision_no": number})["content_hash"].to_pylist()
        for number in ("筑建罚[2026]7号", "筑建罚〔2026〕7号")
    )
    assert one != other
