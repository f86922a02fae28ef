"""Turns: one process after the other, by a lock file that a kill gives back.

The file is removed when the turn ends, so whoever waited for it looks whether what it
locked is still the file of that name.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def begin(path: Path, wait: bool = True) -> int:
    """Begin a turn; give the handle that ends it.

    Raises:
        BlockingIOError: it is another's turn, and nobody wants to wait.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(path, flags, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            if path.lstat().st_ino == os.fstat(handle).st_ino:
                return handle
        except FileNotFoundError:
            pass  # the turn before this one has just ended
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def end(path: Path, handle: int) -> None:
    """End a turn."""
    path.unlink(missing_ok=True)
    os.close(handle)


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Wait for a turn, and end it with the block."""
    handle = begin(path)
    try:
        yield
    finally:
        end(path, handle)
