"""The catalogue that a workbook holds, checked as one that is read from files."""

from pathlib import Path
from typing import Any

import yaml

from guiji.catalog import faults, load
from guiji.catalog.folder import DepartmentsFile, Folder, RulesFile
from guiji.catalog.model import Catalog, Dataset, Jurisdiction
from guiji.catalog.workbook.drafts import drafts
from guiji.catalog.workbook.read import Sheets, read
from guiji.core import files
from guiji.core.errors import CatalogError, UsageError

LISTED = 20
"""Most faults that a message lists."""


def catalog_of(sheets: Sheets) -> Catalog:
    """Return the catalogue that a workbook holds; its version is that of the export.

    Raises:
        CatalogError: something is wrong; names sheet, column, row and remedy of each.
    """
    folder = folder_of(sheets)
    if not folder.problems:
        folder.problems += load.cross_checks(folder)
    errors = sorted({p for p in folder.problems if not p.is_warning})
    if errors:
        more = [f"… {len(errors) - LISTED} more"] if len(errors) > LISTED else []
        raise CatalogError("\n".join([*map(str, errors[:LISTED]), *more]))
    catalog = load.made(folder)
    version = sheets.front.get("catalogue_version", "")
    return catalog.model_copy(update={"version": version})


def write_files(catalog: Catalog, folder: Path) -> list[Path]:
    """Write a catalogue as YAML that extends nothing.

    Args:
        catalog: the catalogue.
        folder: gets `catalog/` and `expectations/`, as a checkout has them.

    Returns:
        The files.

    Raises:
        UsageError: there is such a jurisdiction in the folder.
    """
    base = folder / "catalog" / catalog.jurisdiction.id
    rules = folder / "expectations" / catalog.jurisdiction.id
    for taken in (base, rules):
        if taken.exists():
            raise UsageError(f"{taken} is there already; give another folder")
    units = [_said(unit) for unit in catalog.departments.values()]
    contents = {
        base / "jurisdiction.yml": _said(catalog.jurisdiction),
        base / "departments.yml": {"departments": units},
    }
    for name, dataset in catalog.datasets.items():
        content = _said(dataset)
        del content["id"]
        contents[base / "datasets" / f"{name}.yml"] = content
    for name, listed in catalog.rules.items():
        contents[rules / f"{name}.yml"] = {"rules": [_said(rule) for rule in listed]}
    for path, content in contents.items():
        files.write_text(path, as_yaml(content))
    return [*contents]


def read_catalog(path: Path) -> Catalog:
    """Read the catalogue of a workbook.

    Raises:
        CatalogError: as of `catalog_of`, or it is no workbook of a catalogue.
    """
    return catalog_of(read(path))


def as_yaml(content: dict[str, Any]) -> str:
    """Return a mapping as YAML, its keys in their order."""
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    if {"\x85", "\u2028", "\u2029"} & {
        *text
    }:  # line breaks, which YAML reads as blanks
        return yaml.safe_dump(content, sort_keys=False, width=100)
    return text


def _said(model: Any) -> dict[str, Any]:
    said: dict[str, Any] = model.model_dump(mode="json", exclude_unset=True)
    return said


def folder_of(sheets: Sheets) -> Folder:
    """Return the content of a workbook as that of a jurisdiction's files."""
    here = sheets.front.get("jurisdiction", "")
    folder = Folder(Path("catalog"), Path("expectations"), None, here)
    made = drafts(sheets)
    folder.problems = problems = sheets.problems
    source = made.government.source
    if jurisdiction := faults.model(Jurisdiction, source, problems):
        folder.jurisdiction = (jurisdiction, source)
    source = made.units.source
    if listed := faults.model(DepartmentsFile, source, problems):
        folder.departments = (listed.departments, source)
    for name, draft in sorted(made.datasets.items()):
        if dataset := faults.model(Dataset, draft.source, problems, id=name):
            folder.datasets[name] = (dataset, draft.source)
    for name, draft in sorted(made.rules.items()):
        if entry := faults.model(RulesFile, draft.source, problems):
            folder.rules[name] = (entry.rules, draft.source)
    return folder
