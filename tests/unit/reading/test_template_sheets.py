"""A template of ours comes back filled in: its own sheets are no reproach."""

from pathlib import Path

import openpyxl
import pytest
from governments import city
from reading_samples import Drop

from guiji.catalog.model import Catalog
from guiji.core.errors import BatchRefused
from guiji.outbox import reading_summary
from guiji.reports import catalog_template

RECORD = (
    "CC1",
    "甲",
    "91520100713612300X",
    "贵阳市生态环境局",
    "抽查",
    "2026-11-02",
    "正常",
)
TITLES = (
    *("抽查检查编号", "企业名称", "统一社会信用代码", "检查实施机关", "检查类型"),
    *("检查日期", "检查结果"),
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return city()


@pytest.fixture
def filled(catalog: Catalog, tmp_path: Path) -> openpyxl.Workbook:
    catalog_template.write(catalog, "spot_check", tmp_path / "template.xlsx")
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    tab = book.worksheets[0]
    tab.delete_rows(2)  # the example
    columns = {cell.value: cell.column for cell in tab[1]}
    for title, text in zip(TITLES, RECORD, strict=True):
        tab.cell(2, columns[title], text)
    return book


def read(drop: Drop, path: Path, catalog: Catalog) -> list[str]:
    reading, rows = drop.read(path, candidates=tuple(catalog.datasets.values()))
    assert [row["check_id"] for row in rows] == ["CC1"]
    return [omission.message for omission in reading_summary.omissions(reading)]


@pytest.mark.parametrize("removed", [None, "填报说明"])
def test_the_sheets_of_a_template_are_known(
    drop: Drop, filled: openpyxl.Workbook, catalog: Catalog, removed: str | None
) -> None:
    if removed:
        del filled[removed]
    filled.save(drop.folder / "a")
    assert read(drop, drop.folder / "a", catalog) == []


def test_a_template_with_nothing_but_its_example_is_a_zero_report(
    drop: Drop, catalog: Catalog
) -> None:
    catalog_template.write(catalog, "spot_check", drop.folder / "a")
    candidates = tuple(catalog.datasets.values())
    reading, rows = drop.read(drop.folder / "a", candidates=candidates)
    assert (reading.dataset, rows) == ("spot_check", [])
    (omission,) = reading_summary.omissions(reading)
    assert (
        omission.message
        == "工作表“抽查检查结果信息”第 2 行不是数据行（填写示例行），未读取"
    )
    assert "将示例的名称改为实际名称" in omission.remedy


@pytest.mark.parametrize("stated_by", ["properties", "notes"])
def test_a_template_of_an_earlier_entry_is_read_and_told(
    drop: Drop, filled: openpyxl.Workbook, catalog: Catalog, stated_by: str
) -> None:
    """Document properties are not read in xls; there the sheet of notes says it."""
    now = catalog.datasets["spot_check"].version
    if stated_by == "properties":
        filled.custom_doc_props["dataset_version"].value = "2009.1"
    else:
        filled.custom_doc_props.props.clear()
        lines = [cell for (cell,) in filled["填报说明"]["A1:A9"]]
        (line,) = [c for c in lines if c.value == f"模板版本: {now}"]
        line.value = "模板版本: 2009.1"
    filled.save(drop.folder / "a")
    (said,) = read(drop, drop.folder / "a", catalog)
    assert said == f"填报模板的版本为 2009.1，现行版本为 {now}；本次照常读取和检查。"


@pytest.mark.parametrize(("version", "is_told"), [("2009.1", True), (None, False)])
def test_a_template_of_an_earlier_catalogue_is_told(
    drop: Drop,
    filled: openpyxl.Workbook,
    catalog: Catalog,
    version: str | None,
    is_told: bool,
) -> None:
    now = catalog.datasets["spot_check"].version
    tab = filled.worksheets[0]
    tab["A1"] = "旧编号"
    filled.custom_doc_props["dataset_version"].value = version or now
    filled.save(drop.folder / "a")
    with pytest.raises(BatchRefused, match="HEADINGS") as caught:
        drop.read(drop.folder / "a", candidates=tuple(catalog.datasets.values()))
    said = f"按目录版本 2009.1 的填报模板填写的，现行版本为 {now}"
    assert (said in caught.value.notice) is is_told
    assert ("现行版本的填报模板" in caught.value.remedy) is is_told
    assert "未识别：旧编号" in caught.value.notice


def test_a_sheet_of_that_name_in_another_workbook_is_told(
    drop: Drop, filled: openpyxl.Workbook, catalog: Catalog
) -> None:
    filled["填报说明"]["A1"] = "本单位的说明"
    filled.save(drop.folder / "a")
    (told,) = read(drop, drop.folder / "a", catalog)
    assert told.startswith("工作表“填报说明”：没有与采集目录相符的表头")
