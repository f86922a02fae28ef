"""The catalogues of all governments of the repository, each loaded once."""

from functools import cache

from settings_builders import REPOSITORY

from guiji.catalog import load
from guiji.catalog.model import Catalog

CATALOG = REPOSITORY / "catalog"
ALL = sorted(path.parent.name for path in CATALOG.glob("*/jurisdiction.yml"))


@cache
def government(name: str) -> Catalog:
    """Load the catalogue of a government."""
    roots = CATALOG, REPOSITORY / "expectations"
    return load.load_folder(*roots, name, REPOSITORY / "sql" / "extracts")
