"""A catalogue becomes a workbook in the layout of the guide, and is read back whole."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from drawn_catalogues import drawn
from governments import government
from settings_builders import REPOSITORY
from small_catalogue import Small

from guiji.catalog import load, vocabulary
from guiji.catalog.limits import BatchLimits
from guiji.catalog.model import Catalog
from guiji.catalog.rules import RuleKind
from guiji.catalog.words import say
from guiji.catalog.workbook import layout, models, read, write
from guiji.core.errors import CatalogError, UsageError

CATALOG, EXPECTATIONS = REPOSITORY / "catalog", REPOSITORY / "expectations"
GOVERNMENTS = sorted(p.parent.name for p in CATALOG.glob("*/jurisdiction.yml"))
SEEDS = 25


def unchecked(path: Path) -> Catalog:
    """The catalogue of a workbook; drawn values break rules between the entries."""
    sheets = read.read(path)
    catalog = load.made(models.folder_of(sheets))
    return catalog.model_copy(update={"version": sheets.front["catalogue_version"]})


@pytest.mark.duty("CQ7")
@pytest.mark.parametrize("name", GOVERNMENTS)
def test_nothing_is_lost_on_the_way_there_and_back(
    name: str, tmp_path: Path, complete: bool
) -> None:
    if not complete and name not in ("guiyang", "yangjiang"):
        pytest.skip("only Guiyang and Yangjiang without --complete")
    catalog = government(name)
    write.write(catalog, tmp_path / "c.xlsx")
    back = models.read_catalog(tmp_path / "c.xlsx")
    assert back == catalog
    models.write_files(back, tmp_path)
    folders = tmp_path / "catalog", tmp_path / "expectations"
    loaded = load.load_folder(*folders, name)
    assert loaded.model_copy(update={"version": catalog.version}) == catalog
    with pytest.raises(UsageError, match="is there already"):
        models.write_files(back, tmp_path)


def test_nothing_is_lost_of_drawn_catalogues(small: Small, tmp_path: Path) -> None:
    catalog, changed = small.load(), 0
    for seed in range(SEEDS):
        other = drawn(catalog, seed)
        write.write(other, tmp_path / "c.xlsx")
        back = unchecked(tmp_path / "c.xlsx")
        assert back == other, seed
        limits = [d.batch_limits for c in (other, back) for d in c.datasets.values()]
        assert limits[0].model_fields_set == limits[1].model_fields_set, seed
        changed += other != catalog
    assert changed == SEEDS


def test_a_limit_that_is_switched_off_stays_off(small: Small, tmp_path: Path) -> None:
    catalog = small.load()
    penalty = catalog.datasets["penalty"]
    off = penalty.model_copy(update={"batch_limits": BatchLimits(row_count=None)})
    write.write(
        catalog.model_copy(update={"datasets": {"penalty": off}}), tmp_path / "c.xlsx"
    )
    (back,) = models.read_catalog(tmp_path / "c.xlsx").datasets.values()
    assert back.batch_limits.model_fields_set == {"row_count"}


def test_the_first_columns_are_those_of_the_guide(small: Small, tmp_path: Path) -> None:
    write.write(small.load(), tmp_path / "c.xlsx")
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    titles = [str(cell.value).partition(" [")[0] for cell in book["目录"][1]]
    assert titles[:15] == [
        *(
            "信息资源分类",
            "信息资源名称",
            "信息资源代码",
            "信息资源提供方",
            "信息资源摘要",
        ),
        *("共享类型", "共享条件", "共享方式", "开放类型", "更新周期", "发布日期"),
        *("提供方名称(参考)", "提供方代码(参考)", "信息项(参考)", "开放条件(参考)"),
    ]
    assert [c.value for c in book["信息项"][2]][:4] == [
        "penalty",
        "名称",
        "文本",
        "name",
    ]
    assert book["目录"]["L2"].value == "小市市场监督管理局\n小市税务局"
    assert book["字典"].sheet_state == "hidden"
    write.write(small.load(), tmp_path / "again.xlsx")
    again = (tmp_path / "again.xlsx").read_bytes()
    assert again == (tmp_path / "c.xlsx").read_bytes()


def test_every_column_has_a_chinese_name() -> None:
    for sheet in layout.SHEETS:
        for column in sheet.columns:
            parts = column.heading.partition(" [")[0].split("-")
            assert not any(part.isascii() for part in parts), column


def test_every_word_of_a_vocabulary_means_one_value() -> None:
    kinds = [k for k in vars(vocabulary).values() if isinstance(k, type)]
    for kind in (*(k for k in kinds if issubclass(k, StrEnum)), RuleKind):
        assert len({say(value) for value in kind}) == len([*kind]), kind


def edit(path: Path, sheet: str, key: str, row: int, value: Any) -> str:
    """Write a cell of a column; return its address as messages give it."""
    book = openpyxl.load_workbook(path)
    target = book[sheet]
    if sheet in (layout.FRONT, layout.GOVERNMENT.title):
        named = [c for (c,) in target.iter_rows(max_col=1)]
        (cell,) = [target.cell(c.row, 2) for c in named if f"[{key}]" in str(c.value)]
    else:
        (head,) = [c for c in target[1] if str(c.value).endswith(f"[{key}]")]
        cell = target.cell(row, head.column)
    cell.value = value
    book.save(path)
    return f"{path.name}[{sheet}!{cell.column_letter}]:{cell.row}"


WRONG: dict[str, tuple[str, str, int, Any, str]] = {
    "a word": ("信息项", "type", 4, "文字", "no such value '文字'"),
    "a number": ("时限", "working_days", 2, "七", "unable to parse"),
    "a place": ("信息项", "dataset", 3, "penalti", "did you mean 'penalty'?"),
    "a name": ("渠道", "datasets", 2, "penalt", "penalt"),
    "a formula": ("单位", "title", 3, "=A1", "write its value as text"),
    "a mapping": ("公示期限", "months", 2, "{一般", "not YAML"),
    "a repeated entry": ("信息项", "id", 3, "name", "item ids are repeated: name"),
    "a unit": ("目录", "providers", 2, "market\ntaxes", "'taxes'"),
    "a rule": ("规则", "items", 3, "decided", "decided"),
    "a government": ("政府", "cycles", 0, "{daily: 一}", "daily"),
    "a list": ("代码表", "list", 2, None, "names no code list"),
    "nothing": ("信息项", "dataset", 5, None, "does not say to what it belongs"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_fault_names_sheet_column_row_and_remedy(
    small: Small, tmp_path: Path, what: str
) -> None:
    sheet, key, row, value, message = WRONG[what]
    path = tmp_path / "c.xlsx"
    write.write(small.load(), path)
    address = edit(path, sheet, key, row, value)
    with pytest.raises(CatalogError) as caught:
        models.read_catalog(path)
    lines = [line for line in str(caught.value).splitlines() if message in line]
    row_of_it = f"]:{address.rpartition(':')[2]}: "
    where = f"{address}: " if value is not None else row_of_it
    assert any(where in line and "; " in line for line in lines), str(caught.value)


def test_what_is_no_catalogue_is_refused(tmp_path: Path, small: Small) -> None:
    (tmp_path / "c.xlsx").write_bytes(b"PK nothing")
    with pytest.raises(CatalogError, match=r"is no workbook .*write it anew"):
        models.read_catalog(tmp_path / "c.xlsx")
    openpyxl.Workbook().save(tmp_path / "c.xlsx")
    with pytest.raises(CatalogError, match="has no sheet 目录"):
        models.read_catalog(tmp_path / "c.xlsx")


def test_numbers_and_dates_of_a_spreadsheet_are_read(
    small: Small, tmp_path: Path
) -> None:
    path = tmp_path / "c.xlsx"
    write.write(small.load(), path)
    edit(path, "时限", "working_days", 2, 5)
    edit(path, "目录", "valid_from", 2, small.load().datasets["penalty"].valid_from)
    penalty = models.read_catalog(path).datasets["penalty"]
    assert penalty.clocks[0].working_days == 5
    assert penalty.valid_from == small.load().datasets["penalty"].valid_from


def test_libreoffice_keeps_a_catalogue(
    six: Catalog,
    tmp_path: Path,
    soffice: Callable[[Sequence[Path], str], list[Path]],
) -> None:
    write.write(six, tmp_path / "c.xlsx")
    (saved,) = soffice([tmp_path / "c.xlsx"], "xlsx")
    assert models.read_catalog(saved) == six
