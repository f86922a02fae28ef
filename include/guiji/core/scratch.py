"""Folders for files that are being written, each held by a lock as long as it lives.

Beside every folder lies a lock file of its name; it is taken before the folder is made
and freed by the system when its process ends, however that happens. Whoever can take
the lock knows that nobody needs the folder any more. Names alone would not tell: of two
containers on one volume each may have process 7.
"""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guiji.core import locking

LOCK = ".lock"


@contextmanager
def folder(root: Path) -> Iterator[Path]:
    """Yield a new, empty folder below `root`; it is gone at the end.

    What dead processes left below `root` is removed first.
    """
    sweep(root)
    with named(root, f"{locking.this_process().mark}~{uuid.uuid4().hex[:8]}") as path:
        yield path


@contextmanager
def named(root: Path, name: str, wait: float = locking.FOR_EVER) -> Iterator[Path]:
    """Yield the empty folder of a name, to one process at a time.

    Args:
        root: where it is made.
        name: of the folder; what is left of an earlier one goes.
        wait: seconds to wait for the process that has it.

    Raises:
        LockHeld: another process had it all that time.
    """
    path = root / name
    with exclusive(root, name, wait):
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def exclusive(root: Path, name: str, wait: float = locking.FOR_EVER) -> Iterator[None]:
    """Reserve a name for one process at a time; its lock file is removed at the end.

    Raises:
        LockHeld: another process had the name for `wait` seconds.
    """
    path = root / f"{name}{LOCK}"
    with locking.held(path, name, wait):
        try:
            yield
        finally:
            path.unlink(missing_ok=True)  # who waits for it notices, and makes it anew


def sweep(root: Path, begin: str = "") -> list[str]:
    """Remove the folders and lock files that no living process holds.

    Args:
        root: where they lie.
        begin: only those whose names begin so.

    Returns:
        Names of the folders removed, sorted.
    """
    if not root.exists():
        return []
    paths = [p for p in root.iterdir() if p.name.startswith(begin)]
    names = {p.name for p in paths if p.is_dir()}
    names |= {p.name.removesuffix(LOCK) for p in paths if p.name.endswith(LOCK)}
    removed = []
    for name in sorted(names):
        path, lock = root / name, locking.file_lock(root / f"{name}{LOCK}")
        if not locking.try_to_take(lock):
            continue
        try:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
                removed.append(name)
            (root / f"{name}{LOCK}").unlink(missing_ok=True)
        finally:
            lock.release()
    return removed
