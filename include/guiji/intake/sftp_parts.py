"""Parts of files that are being fetched: what a cut or a kill leaves to go on from.

A part is named after what it will be (server, path, size, time of change), so only
the same file goes on from it, and it is locked while a claim works on it. It lies
outside the private folders of `landing`, which die with their process.
"""

import fcntl
import hashlib
import os
from collections.abc import Collection
from pathlib import Path

from guiji.intake.drops import Moved
from guiji.intake.sftp_session import BLOCK, Entry, RemoteFile, Session
from guiji.ledger.sightings import Sighting
from guiji.settings import Settings

PARTS = ".parts"

OVERLAP = 1 << 16
"""Bytes at the end of a part that are read again and compared before it grows."""


class Part:
    """A file on its way, locked; `close` it."""

    def __init__(self, path: Path) -> None:
        """Open and lock a part; wait for a claim that works on it just now."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        while True:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            handle = os.open(path, flags, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if _still_there(path, handle):
                break
            os.close(handle)  # the other claim took it away when it was whole
        self._file = os.fdopen(handle, "r+b")

    @property
    def size(self) -> int:
        """Bytes that are here already."""
        return self._file.seek(0, os.SEEK_END)

    def append(self, block: bytes) -> None:
        """Add to the end, so that a kill loses no more than one block."""
        self._file.seek(0, os.SEEK_END)
        self._file.write(block)
        self._file.flush()

    def end(self) -> tuple[int, bytes]:
        """Give the last bytes, and where they begin."""
        begin = max(0, self.size - OVERLAP)
        self._file.seek(begin)
        return begin, self._file.read()

    def empty(self) -> None:
        """Begin anew."""
        self._file.truncate(0)

    def become(self, target: Path) -> None:
        """Take another name; the lock stays until `close`."""
        self._path.rename(target)

    def discard(self) -> None:
        """Nobody needs it any more."""
        self._path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let another claim go on."""
        self._file.close()


def part_of(settings: Settings, sighting: Sighting) -> Path:
    """Tell where the part of a file is."""
    return folder(settings, sighting.source) / f"{_key(sighting)}.part"


def folder(settings: Settings, source: str) -> Path:
    """Tell where the parts of one server's files are."""
    return settings.landing / PARTS / source


def sweep(settings: Settings, source: str, wanted: Collection[Sighting]) -> None:
    """Remove the parts of files that nobody waits for, unless a claim works on one."""
    keep = {part_of(settings, sighting) for sighting in wanted}
    for path in sorted(folder(settings, source).glob("*.part")):
        if path in keep:
            continue
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
        except (BlockingIOError, FileNotFoundError):
            continue


def fetch(session: Session, path: bytes, wanted: Entry, part: Part) -> None:
    """Bring in what a part still lacks.

    The open file is looked at before and after, and its name once more, so that
    neither a file that grows nor one put in its place is taken for the one wanted.

    Raises:
        Moved: the file is not, or no more, the one wanted.
    """
    with session.opened(path) as remote:
        _same(remote.stat(), wanted)
        if part.size > wanted.size or not _goes_on(remote, part):
            part.empty()
        while (have := part.size) < wanted.size:
            block = remote.read(have, min(BLOCK, wanted.size - have))
            if not block:
                raise Moved("a file is shorter than its server tells")
            part.append(block)
        _same(remote.stat(), wanted)
    _same(session.lstat(path), wanted)


def _goes_on(remote: RemoteFile, part: Part) -> bool:
    """Tell whether the end of a part is what the server has there."""
    begin, end = part.end()
    return not end or remote.read(begin, len(end)) == end


def _same(seen: Entry, wanted: Entry) -> None:
    if seen != wanted:
        raise Moved("a file is still being written")


def _key(sighting: Sighting) -> str:
    told = f"{sighting.path_key}:{sighting.size}:{sighting.modified}"
    return hashlib.sha256(told.encode()).hexdigest()


def _still_there(path: Path, handle: int) -> bool:
    try:
        return path.lstat().st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False
