"""Catalogues that were read and checked once, kept by what their files say.

Reading YAML with the place of every word, and checking it, is the cost of a catalogue;
a process that finds the same files under the same code reads the result instead. A
kept catalogue that cannot be read is as one that is not there.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files as package_files
from pathlib import Path

import pydantic

from guiji.catalog.model import Catalog
from guiji.core import files

KEPT = 8
"""Catalogues that are kept, the latest written ones."""


def read_through(folder: Path, key: str, read: Callable[[], Catalog]) -> Catalog:
    """Return a kept catalogue, or read and keep it.

    Args:
        folder: where catalogues are kept; nothing is kept while the data folder, two
            levels up, is not there.
        key: the version of the catalogue's files and what was checked.
        read: reads and checks it.
    """
    path = folder / f"{key}-{_code()}.json"
    try:
        return Catalog.model_validate_json(path.read_bytes())
    except (OSError, pydantic.ValidationError):
        catalog = read()
    if folder.parents[1].is_dir() and key.startswith(catalog.version):
        _keep(path, catalog)
    return catalog


def _keep(path: Path, catalog: Catalog) -> None:
    try:
        # a limit that is null switches another one off, one that is left out does not
        files.write_text(path, catalog.model_dump_json(exclude_unset=True))
        kept = sorted(path.parent.glob("*.json"), key=lambda p: p.stat().st_mtime_ns)
        for old in kept[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return  # a disk that is full or read only: the next process reads the files


@cache
def _code() -> str:
    """Return the hash of the code that reads and checks catalogues."""
    digest = hashlib.sha256(pydantic.VERSION.encode())
    modules = [m for m in package_files("guiji.catalog").iterdir() if _is_code(m.name)]
    for module in sorted(modules, key=lambda m: m.name):
        digest.update(module.name.encode() + module.read_bytes())
    return digest.hexdigest()[:12]


def _is_code(name: str) -> bool:
    return name.endswith(".py")
