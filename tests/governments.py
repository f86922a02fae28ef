"""Catalogues of all governments of the repository and of the tests, loaded once."""

from functools import cache
from pathlib import Path

from settings_builders import CITY, REPOSITORY

from guiji.catalog import load
from guiji.catalog.model import Catalog

CATALOG = REPOSITORY / "catalog"
ALL = sorted(path.parent.name for path in CATALOG.glob("*/jurisdiction.yml"))


@cache
def government(name: str) -> Catalog:
    """Load the catalogue of a government."""
    return _loaded(CATALOG, name)


@cache
def city() -> Catalog:
    """Load the catalogue of six datasets that `settings_in` names."""
    return _loaded(CITY, "guiyang")


def _loaded(root: Path, name: str) -> Catalog:
    roots = root, REPOSITORY / "expectations"
    return load.load_folder(*roots, name, REPOSITORY / "sql" / "extracts")
