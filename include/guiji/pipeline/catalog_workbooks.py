"""A whole catalogue as a workbook, and back to files."""

from datetime import date
from pathlib import Path

from guiji.core import business_date, settings
from guiji.core.errors import UsageError


def catalogue_workbook(path: Path, day: str | None = None) -> str:
    """Write the whole catalogue as a workbook in the layout of the national guide.

    Args:
        path: the file.
        day: YYYY-MM-DD, with the changes that are in force on it; None = today.

    Returns:
        The path of the file.
    """
    from guiji.catalog import load
    from guiji.catalog.workbook import write

    on: date | None = business_date.parse(day) if day else None
    write.write(load.load(settings.current(), day=on), path)
    return str(path)


def catalogue_import(path: Path, folder: Path) -> list[str]:
    """Write the catalogue of a workbook as YAML files that extend nothing.

    Args:
        path: the workbook.
        folder: gets `catalog/` and `expectations/`.

    Returns:
        The paths of the files.

    Raises:
        CatalogError: the workbook is wrong; names sheet, column, row and remedy.
        UsageError: no such file, or the folder has such a jurisdiction.
    """
    from guiji.catalog.workbook import models

    if not path.is_file():
        raise UsageError(f"no such file: {path}")
    return [str(p) for p in models.write_files(models.read_catalog(path), folder)]
