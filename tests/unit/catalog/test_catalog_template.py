"""The workbook that departments fill in."""

import time
from pathlib import Path

import openpyxl
import pytest
import python_calamine
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from guiji import pipeline
from guiji.catalog import load
from guiji.catalog.headings import normal, of_item
from guiji.catalog.model import Catalog
from guiji.core.errors import UsageError
from guiji.core.settings import Settings
from guiji.reports import catalog_template

PENALTY = "administrative_penalty"
ALL = [
    "abnormal_operation_list",
    "administrative_licence",
    PENALTY,
    "enterprise_registration",
    "serious_dishonesty_list",
    "spot_check",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, six: Catalog) -> Path:
    folder = tmp_path_factory.mktemp("templates")
    for name in ALL:
        catalog_template.write(six, name, folder / f"{name}.xlsx")
    return folder


@pytest.fixture
def book(folder: Path) -> Workbook:
    return openpyxl.load_workbook(folder / f"{PENALTY}.xlsx")


def validations(book: Workbook) -> dict[str, DataValidation]:
    """The validation of each column, by its heading."""
    sheet = book.worksheets[0]
    found = {str(v.sqref): v for v in sheet.data_validations.dataValidation}
    return {
        str(cell.value): found[f"{cell.column_letter}2:{cell.column_letter}1048576"]
        for cell in sheet[1]
    }


@pytest.mark.parametrize("name", ALL)
def test_headings_are_the_titles(folder: Path, six: Catalog, name: str) -> None:
    sheet = openpyxl.load_workbook(folder / f"{name}.xlsx").worksheets[0]
    dataset = six.datasets[name]
    assert sheet.title == dataset.title
    assert [c.value for c in sheet[1]] == [*(i.title for i in dataset.items), "操作"]


@pytest.mark.parametrize("name", ALL)
def test_every_column_is_text(folder: Path, name: str) -> None:
    sheet = openpyxl.load_workbook(folder / f"{name}.xlsx").worksheets[0]
    for cell in sheet[1]:
        assert sheet.column_dimensions[cell.column_letter].number_format == "@"


def test_text_columns_have_no_cells(folder: Path) -> None:
    """Formats of columns make no rows: below the example there is nothing."""
    book = python_calamine.load_workbook(str(folder / f"{PENALTY}.xlsx"))
    assert book.get_sheet_by_index(0).height == 2


def test_drop_downs_hold_the_code_lists(book: Workbook, six: Catalog) -> None:
    entry = six.datasets[PENALTY]
    checks = validations(book)
    for item in entry.items:
        check = checks[item.title]
        if item.code_list:
            codes = six.code_list(entry, item.code_list).values
            assert check.type == "list"
            assert listed(book, check.formula1) == [v.code for v in codes]
        else:
            assert check.type != "list"
    words = ["新增", "变更", "撤销", "恢复", "再次撤销"]
    assert listed(book, checks["操作"].formula1) == words


def listed(book: Workbook, formula: str) -> list[str]:
    sheet, _, cells = formula.partition("!")
    return [c.value for (c,) in book[sheet.strip("'")][cells.replace("$", "")]]


def test_drop_down_is_strict_only_where_nothing_else_is_allowed(book: Workbook) -> None:
    checks = validations(book)
    assert checks["行政相对人类别"].showErrorMessage
    assert not checks["处罚类别"].showErrorMessage  # several, and 其他-…
    assert not checks["证件类型"].showErrorMessage  # 其他-…


def test_lengths_and_prompts(book: Workbook) -> None:
    checks = validations(book)
    code = checks["行政相对人代码_1(统一社会信用代码)"]
    assert (code.type, code.operator, code.formula1) == ("textLength", "equal", "18")
    name = checks["行政相对人名称"]
    assert (name.operator, name.formula1) == ("lessThanOrEqual", "200")
    assert name.prompt.startswith("必填。")
    assert "单位万元" in checks["罚款金额（万元）"].prompt
    assert all(len(c.prompt) <= 255 for c in checks.values())
    assert all(len(c.promptTitle) <= 32 for c in checks.values())


def test_notes_explain_every_item(book: Workbook, six: Catalog) -> None:
    rows = [[c.value for c in row] for row in book["填报说明"].iter_rows()]
    entry = six.datasets[PENALTY]
    assert [r[0] for r in rows[-len(entry.items) :]] == [
        f"{n}. {i.title} [{i.code}]" for n, i in enumerate(entry.items, start=1)
    ]
    text = "\n".join(str(r[0]) for r in rows)
    assert six.version in text
    assert "零报告" in text
    assert "之后 1000 行" in text
    assert f"模板版本: {entry.version}" in text
    assert "第 2 行是填写示例" in text
    assert "仍带“（例）”的单元格不合格" in text
    rules = six.rules[PENALTY]
    assert rules
    assert all(rule.clause in text for rule in rules)


@pytest.mark.parametrize("name", ALL)
def test_no_other_sheet_looks_like_data(folder: Path, six: Catalog, name: str) -> None:
    known = {
        normal(h) for d in six.datasets.values() for i in d.items for h in of_item(i)
    }
    for sheet in openpyxl.load_workbook(folder / f"{name}.xlsx").worksheets[1:]:
        for row in sheet.iter_rows(values_only=True):
            headings = [normal(str(v)) for v in row if v is not None]
            assert sum(h in known for h in headings) <= 1


def test_dictionary_is_hidden(book: Workbook) -> None:
    assert [(s.title, s.sheet_state) for s in book.worksheets] == [
        ("行政处罚信息", "visible"),
        ("填报说明", "visible"),
        ("字典", "hidden"),
    ]


def test_properties_say_what_the_file_is(book: Workbook, six: Catalog) -> None:
    properties = {p.name: p.value for p in book.custom_doc_props.props}
    assert properties == {
        "jurisdiction": "guiyang",
        "dataset": PENALTY,
        "dataset_version": "2018.2",
        "catalogue_version": six.version,
    }
    assert book.properties.version == six.version
    assert book.properties.modified == book.properties.created


def test_bytes_are_the_same_at_any_hour(
    folder: Path, tmp_path: Path, six: Catalog
) -> None:
    time.sleep(2.1)  # entries of a zip are stamped to two seconds
    catalog_template.write(six, PENALTY, tmp_path / "later.xlsx")
    first = (folder / f"{PENALTY}.xlsx").read_bytes()
    assert (tmp_path / "later.xlsx").read_bytes() == first


def test_all_templates_at_once(tmp_path: Path, settings: Settings) -> None:
    paths = [Path(p) for p in pipeline.catalogue_templates(tmp_path / "all")]
    catalog = load.load(settings)
    assert [p.stem for p in paths] == [*catalog.datasets]
    assert {*(tmp_path / "all").iterdir()} == {*paths}
    catalog_template.write(catalog, PENALTY, tmp_path / "one.xlsx")
    same = tmp_path / "all" / f"{PENALTY}.xlsx"
    assert same.read_bytes() == (tmp_path / "one.xlsx").read_bytes()


def test_no_such_dataset(tmp_path: Path, six: Catalog) -> None:
    with pytest.raises(UsageError, match="did you mean 'spot_check'"):
        catalog_template.write(six, "spot_chek", tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []
