"""Places for reading processes: so many files of this machine are read at a time.

A place is a lock on a small file. Whoever reads holds it open; the kernel gives it
back with the last process that has it, however that ends.
"""

import fcntl
import os
import tempfile
import time
from pathlib import Path

PAUSE = 0.02
"""Seconds between two looks for a free place."""


def folder(chosen: Path | None) -> Path:
    """Choose the folder of places; who may not write in the one asked for has own.

    Args:
        chosen: the same for all processes of a machine that share its places; None =
            one of this user in the system's folder for temporary files.
    """
    if chosen is None or not _usable(chosen):
        return Path(tempfile.gettempdir()) / f"guiji-reading-{os.getuid()}"
    return chosen


def _usable(chosen: Path) -> bool:
    existing = chosen if chosen.exists() else chosen.parent
    return chosen.parent.is_dir() and os.access(existing, os.W_OK)


def take(folder: Path, places: int) -> int:
    """Wait for a place and take it.

    Args:
        folder: where the places are; the same for all who share them.
        places: how many there are.

    Returns:
        A descriptor; the place is held as long as a process has it open.
    """
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        for number in range(places):
            place = os.open(folder / f"{number}.lock", os.O_RDONLY | os.O_CREAT, 0o666)
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(place)
            else:
                return place
        time.sleep(PAUSE)
