"""Leaving libraries unloaded that are imported by others and never used here.

Great Expectations imports scipy and altair for distributions and their charts, which
cost a quarter of its loading time and 80 MB. They are real all the same: the first
use of one loads it.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class _Finder(importlib.abc.MetaPathFinder):
    """Finds some modules as everybody does, and puts their loading off."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._names:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec


@contextmanager
def deferred(*names: str) -> Iterator[None]:
    """Within the block, importing one of these modules does not load it yet."""
    finder = _Finder(frozenset(names))
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Within the block, a module that is not loaded yet cannot be imported.

    For what a library would load only because it is installed for another reason.
    """
    hidden = [name for name in names if name not in sys.modules]
    modules: dict[str, Any] = sys.modules  # None in it means: not to be found
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            modules.pop(name, None)
