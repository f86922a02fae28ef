"""Roles of datasets and items stand in the catalogue; the code names neither."""

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from governments import ALL, government
from settings_builders import REPOSITORY

from guiji.catalog import load
from guiji.catalog.folder import Folder
from guiji.catalog.model import Catalog
from guiji.catalog.vocabulary import ItemType, RegisterItem
from guiji.core.schemas import VERSION_COLUMNS

PACKAGE = REPOSITORY / "include" / "guiji"
CATALOG = REPOSITORY / "catalog"
SQL = REPOSITORY / "sql"
EXTRACTS = SQL / "extracts"
OTHER_MEANING = {
    "city",  # "whole city", the English title of a coverage
    "province",  # a tier of government, and "whole province"
    "remark",  # 备注, a column of a catalogue as a workbook
    "result",  # a key of Great Expectations' results
    "valid_from",  # a column of the table `enterprises`
}
"""Item ids of a jurisdiction that are words of the platform, too."""

CLASSES = {"qualification"}
"""Dataset ids that are classes of information of 阳府〔2018〕60号 第十三条, too."""


def product_files(suffix: str) -> list[Path]:
    """The product's files: sample deliveries and a jurisdiction's extracts are none."""
    roots = (PACKAGE, REPOSITORY / "dags", REPOSITORY / "plugins", SQL)
    found = [p for root in roots for p in root.rglob(f"*{suffix}")]
    aside = (PACKAGE / "sample", EXTRACTS)
    return [p for p in found if not any(p.is_relative_to(a) for a in aside)]


def texts(path: Path) -> Iterator[str]:
    """Every text of a module but docstrings, the parts of f-strings among them."""
    tree = ast.parse(path.read_text("utf-8"))
    prose = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in prose
        ):
            yield node.value


def catalogues() -> list[Catalog]:
    return [government(name) for name in ALL]


def test_no_dataset_is_named_in_the_product() -> None:
    ids = {d for catalog in catalogues() for d in catalog.datasets} - CLASSES
    assert len(ids) >= 6
    word = re.compile(rf"\b({'|'.join(sorted(ids))})\b")
    files = [*product_files(".py"), *product_files(".sql")]
    assert len(files) > 300
    assert [
        (str(p), found) for p in files for found in word.findall(p.read_text("utf-8"))
    ] == []


def test_no_item_is_named_in_the_product() -> None:
    """Ids that are columns, types or roles of the platform stand for these."""
    ids = {
        item.id
        for catalog in catalogues()
        for dataset in catalog.datasets.values()
        for item in dataset.items
    }
    own = {*VERSION_COLUMNS.names, *RegisterItem, *ItemType, *OTHER_MEANING}
    ids -= own
    assert len(ids) > 60
    word = re.compile(rf"\b({'|'.join(sorted(ids))})\b")
    assert {
        (str(p), found)
        for p in product_files(".py")
        for text in texts(p)
        for found in word.findall(text)
    } == set()


def test_the_register_of_guiyang_names_its_items() -> None:
    (guiyang,) = [c for c in catalogues() if c.jurisdiction.id == "guiyang"]
    registers = {register.id: register for register in guiyang.registers()}
    register = registers["enterprise_registration"]
    assert register.title == "企业登记基本信息"
    assert {*register.register_items} == {*RegisterItem}


@pytest.mark.parametrize(
    ("info_class", "is_register"), [("basic", True), ("evaluation", False)]
)
def test_an_entry_from_before_there_were_roles_is_read_by_its_class(
    tmp_path: Path, info_class: str, is_register: bool
) -> None:
    """So a catalogue that an earlier night used is read from the archive as it was."""
    for folder in ("catalog", "expectations"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    entry = tmp_path / "catalog/common/datasets/enterprise_registration.yml"
    text = entry.read_text("utf-8")
    before = re.sub(
        r"^role: register\nregister_items:\n(  .*\n)+", "", text, flags=re.M
    )
    assert before != text
    assert before.count("info_class: basic") == 1
    entry.write_text(before.replace("info_class: basic", f"info_class: {info_class}"))
    roots = tmp_path / "catalog", tmp_path / "expectations", EXTRACTS
    folder = Folder(*roots, "guiyang")
    read = load.load_archived(folder).datasets["enterprise_registration"]
    assert read.is_register is is_register
    assert read.register_items == {}
