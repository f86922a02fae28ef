"""Turns: one process after the other, by a lock file that goes when the turn ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from guiji.core import locking

if TYPE_CHECKING:
    from filelock import FileLock


def begin(path: Path, wait: bool = True) -> "FileLock":
    """Begin a turn; return the lock that ends it.

    Raises:
        LockHeld: it is another's turn, and nobody wants to wait.
    """
    lock = locking.file_lock(path)
    locking.wait_for(
        lambda: locking.try_to_take(lock),
        locking.FOR_EVER if wait else 0,
        lambda: f"{path.name} is another process's turn",
    )
    return lock


def end(path: Path, lock: "FileLock") -> None:
    """End a turn."""
    path.unlink(missing_ok=True)
    lock.release()


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Wait for a turn, and end it with the block."""
    lock = begin(path)
    try:
        yield
    finally:
        end(path, lock)
