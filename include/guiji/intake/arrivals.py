"""When a file arrived, where its change time does not say so any more.

The change time of a file (`st_ctime`) is its arrival: the system sets it, its sender
cannot. But it moves whenever the file is renamed, linked or copied. So an arrival that
is known is noted before that: of a file that was set aside and is put back, and of
generated drops, which arrive on the night they were made for. Whoever moves an inbox
to another machine may note arrivals likewise.

A note is a small JSON file in `.arrivals/` at the root of the inbox, outside of every
department's folder, so that no sender can write one. It holds for a file of its path,
size and modification time, and goes with it.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from guiji.core import files

FOLDER = ".arrivals"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Arrival:
    """A noted arrival.

    Attributes:
        path: of the file below the root, as its system names it.
        size: bytes.
        modified: modification time, nanoseconds since 1970.
        arrived_at: aware instant.
    """

    path: bytes
    size: int
    modified: int
    arrived_at: datetime

    def is_of(self, seen: os.stat_result) -> bool:
        """Return whether the file is still the one that the note is about."""
        return (self.size, self.modified) == (seen.st_size, seen.st_mtime_ns)


Arrivals = Mapping[bytes, Arrival]
"""Path below the root -> its noted arrival."""


def instant(nanoseconds: int) -> datetime:
    """Turn a system's time into an instant; one that no date can say into the end."""
    first, last = ((end - _EPOCH) // _TICK for end in (_FIRST, _LAST))
    return _EPOCH + min(max(nanoseconds // 1000, first), last) * _TICK


def note(root: Path, path: Path, arrived_at: datetime) -> None:
    """Note when a file arrived.

    Args:
        root: of the inbox.
        path: the file, which lies below.
        arrived_at: aware instant.
    """
    below = os.fsencode(path.relative_to(root))
    _write(root, below, path.lstat(), arrived_at)


def _write(
    root: Path, below: bytes, seen: os.stat_result, arrived_at: datetime
) -> None:
    files.write_json(
        _file(root, below),
        {
            "path": below.hex(),
            "size": seen.st_size,
            "modified": seen.st_mtime_ns,
            "arrived_at": arrived_at.astimezone(UTC).isoformat(),
        },
    )


def pass_on(root: Path, path: Path, name: Path) -> None:
    """Note the arrival of a file for the name that it is about to be given.

    Raises:
        FileNotFoundError: the file is gone.
    """
    seen = path.lstat()
    below = os.fsencode(name.relative_to(root))
    standing = _read(_file(root, below))
    if standing is None or not standing.is_of(seen):
        _write(root, below, seen, instant(seen.st_ctime_ns))


def noted(root: Path) -> dict[bytes, Arrival]:
    """Read all notes of an inbox."""
    read = map(_read, sorted((root / FOLDER).glob("*.json")))
    return {arrival.path: arrival for arrival in read if arrival is not None}


def sweep(root: Path, before: datetime) -> None:
    """Remove the notes of files that are gone, if they are older than an instant.

    A note is written a moment before its file gets its name.
    """
    for file in sorted((root / FOLDER).glob("*.json")):
        arrival = _read(file)
        if arrival is None or os.path.lexists(root / os.fsdecode(arrival.path)):
            continue
        with suppress(FileNotFoundError):
            if instant(file.lstat().st_mtime_ns) < before:
                file.unlink()


def of(arrivals: Arrivals, path: bytes, seen: os.stat_result) -> datetime:
    """Return when a file arrived: as noted, else when it changed last.

    Args:
        arrivals: of `noted`.
        path: of the file below the root.
        seen: what the system tells of it.
    """
    arrival = arrivals.get(path)
    if arrival is not None and arrival.is_of(seen):
        return arrival.arrived_at
    return instant(seen.st_ctime_ns)


def forget(root: Path, path: Path) -> None:
    """Remove the note of a file that was taken out."""
    _file(root, os.fsencode(path.relative_to(root))).unlink(missing_ok=True)


def _file(root: Path, path: bytes) -> Path:
    return root / FOLDER / f"{hashlib.sha256(path).hexdigest()[:32]}.json"


def _read(file: Path) -> Arrival | None:
    """Read a note; None = it is none."""
    try:
        entry = files.read_json(file)
        return Arrival(
            bytes.fromhex(entry["path"]),
            entry["size"],
            entry["modified"],
            datetime.fromisoformat(entry["arrived_at"]),
        )
    except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError, ValueError):
        return None
