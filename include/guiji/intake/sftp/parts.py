"""Parts of files that are being fetched: what a cut or a kill leaves to go on from.

A part is named after what it will be (server, path, size, time of change), so only
the same file goes on from it, and it is locked while a claim works on it. It lies
outside the private folders of `landing`, which die with their process.
"""

import hashlib
import os
from collections.abc import Collection
from pathlib import Path

from guiji.connections.errors import Moved
from guiji.connections.sftp_session import BLOCK, OVERLAP, Entry, RemoteFile, Session
from guiji.core import file_lock
from guiji.core.errors import LockHeld
from guiji.core.settings import Settings
from guiji.ledger.remote_file_state import RemoteFileState

PARTS = ".parts"
PART, LOCK = ".part", ".lock"


class Part:
    """A file on its way; nobody else works on it until `close`.

    The lock has a file of its own, because the part takes another name while its
    claim is still going on.
    """

    def __init__(self, path: Path) -> None:
        """Lock a part, after the claim that works on it just now, and open it."""
        self._path = path
        self._lock_path = path.with_suffix(LOCK)
        self._lock = file_lock.begin(self._lock_path)
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.fdopen(os.open(path, flags, 0o600), "r+b")

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
        """Return the last bytes, and where they begin."""
        begin = max(0, self.size - OVERLAP)
        self._file.seek(begin)
        return begin, self._file.read()

    def empty(self) -> None:
        """Begin anew."""
        self._file.truncate(0)

    def become(self, target: Path) -> None:
        """Rename the part; the lock stays until `close`."""
        self._path.rename(target)

    def discard(self) -> None:
        """Remove it: nobody needs it any more."""
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Release the lock for another claim."""
        self._file.close()
        file_lock.end(self._lock_path, self._lock)


def part_of(settings: Settings, sighting: RemoteFileState) -> Path:
    """Return where the part of a file is."""
    return folder(settings, sighting.source) / f"{_key(sighting)}{PART}"


def folder(settings: Settings, source: str) -> Path:
    """Return where the parts of one server's files are."""
    return settings.landing / PARTS / source


def sweep(settings: Settings, source: str, wanted: Collection[RemoteFileState]) -> None:
    """Remove the parts of files that nobody waits for, unless a claim works on one."""
    keep = {part_of(settings, sighting) for sighting in wanted}
    here = folder(settings, source)
    for path in sorted([*here.glob("*.part"), *here.glob("*.lock")]):
        if path.with_suffix(PART) in keep:
            continue
        lock_path = path.with_suffix(LOCK)
        try:
            lock = file_lock.begin(lock_path, wait=False)
        except LockHeld:
            continue
        path.with_suffix(PART).unlink(missing_ok=True)
        file_lock.end(lock_path, lock)


def fetch(session: Session, path: bytes, wanted: Entry, part: Part) -> None:
    """Fetch what a part still lacks.

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
    """Return whether the end of a part is what the server has there."""
    begin, end = part.end()
    return not end or remote.read(begin, len(end)) == end


def _same(seen: Entry, wanted: Entry) -> None:
    if seen != wanted:
        raise Moved("a file is still being written")


def _key(sighting: RemoteFileState) -> str:
    text = f"{sighting.path_key}:{sighting.size}:{sighting.modified}"
    return hashlib.sha256(text.encode()).hexdigest()
