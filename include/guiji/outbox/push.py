"""Pushing the answers: `outbox/<department>/<night>/` onto the departments' server.

Every file is written under another name, goes on where an earlier push was cut off,
and takes its own name when it is whole. `<night>.ok`, empty, comes last: while it is
there, the folder is as it is here. A file is sent again only if size or time differ.
"""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from guiji.connections import sftp as sftp_connection
from guiji.connections.errors import Moved, Unreadable
from guiji.connections.sftp_line import Line
from guiji.connections.sftp_session import BLOCK, OVERLAP, Entry, RemoteFile, Session
from guiji.context import NightContext
from guiji.core import files, platform_faults
from guiji.core.errors import SourceUnavailable
from guiji.outbox import receipts

log = logging.getLogger(__name__)

OUTBOX = b"outbox"
PART = b".part"

LOOK_BACK = 8
"""Nights whose answers are sent, this one and those before it that are not whole."""

ENTRIES = 1_000_000
"""More than a night's answers ever are; a server that tells of more is broken."""


@dataclass
class PushCounts:
    """Counts of a push.

    Attributes:
        sent: files that were written.
        unchanged: files that were there already.
        failed: connections, or departments of one, to which not all was sent.
    """

    sent: int = 0
    unchanged: int = 0
    failed: list[str] = field(default_factory=list)


def push(
    context: NightContext, sleep: Callable[[float], None] = time.sleep
) -> PushCounts:
    """Send a night's answers, and those of the nights before that were not sent.

    A server out of reach is traced; the next push sends what is missing. Without a
    connection nothing is sent: departments are served from the local folders.

    Args:
        context: settings, where the outbox is; catalogue, whose departments are
            answered; ledger, keeps what was sent whole; night, the night.
        sleep: between attempts to connect.
    """
    whole = frozenset(entry.subject for entry in context.ledger.entries("pushed"))
    tonight = _Push(context, whole, PushCounts())
    for connection_id, departments in sftp_connection.pushing(context.catalog).items():
        try:
            connection = sftp_connection.of(connection_id)
            with closing(Line(connection, sleep)) as line:
                for department in departments:
                    with tonight.contained(f"{connection_id}/{department}"):
                        tonight.answer(line, connection.root, department)
        except SourceUnavailable as error:
            tonight.failed(connection_id, error)
    return tonight.pushed


@dataclass(frozen=True)
class _Push:
    """One push, to whichever servers."""

    context: NightContext
    whole: frozenset[str]
    pushed: PushCounts

    def answer(self, line: Line, root: bytes, department: str) -> None:
        """Synchronise a department's folders, the oldest night first."""
        above = root + b"/" if root else b""
        outbox = above + department.encode() + b"/" + OUTBOX
        for ago in reversed(range(LOOK_BACK)):
            day = self.context.night - timedelta(days=ago)
            subject = f"{day}:{department}"
            local = receipts.outbox(self.context.settings, department, day)
            if not local.is_dir() or (
                day != self.context.night and subject in self.whole
            ):
                continue
            folder = _Folder(local, outbox + b"/" + str(day).encode())
            try:
                line.patiently(folder.send, folder.gained)
            except (Moved, Unreadable) as error:
                self.failed(f"{line.id}/{department}", error)
                return
            finally:
                self.pushed.sent += folder.sent
                self.pushed.unchanged += folder.unchanged
            self.context.ledger.append_once("pushed", subject, {})

    @contextmanager
    def contained(self, what: str) -> Iterator[None]:
        """Contain a fault of ours about one department, so that the others go on."""
        is_done = False
        with platform_faults.contained(
            self.context.ledger, self.context.night, "push", what
        ):
            yield
            is_done = True
        if not is_done:
            self.pushed.failed.append(what)

    def failed(self, what: str, error: Exception) -> None:
        """Record that something was not sent; the next push sends it."""
        log.warning("not pushed to %s: %s", what, error)
        subject = f"{self.context.night}:{what}"[:300]
        self.context.ledger.append_once(
            "not_pushed", subject, {"reason": str(error)[:200]}
        )
        self.pushed.failed.append(what)


class _Folder:
    """One night's folder of one department, on its way to a server."""

    def __init__(self, local: Path, target: bytes) -> None:
        """Name both; files in sub-folders are sent too, hidden ones are not."""
        self.sent = self.unchanged = self._written = 0
        self._target = target
        self._ok = f"{local.name}.ok".encode()
        below = {path: path.relative_to(local) for path in sorted(local.rglob("*"))}
        self._files = {
            os.fsencode(name): path
            for path, name in below.items()
            if path.is_file() and not any(p.startswith(".") for p in name.parts)
        }
        above = {folder for name in self._files for folder in _above(name)}
        self._folders = [b"", *sorted(above)]

    def gained(self) -> int:
        """Return how many bytes were written so far."""
        return self._written

    def send(self, session: Session) -> None:
        """Send what is missing or differs; begun again, it goes on."""
        for folder in self._folders:
            session.make_folder(self._path(folder))
        there = self._there(session)
        changed = {
            name: path
            for name, path in self._files.items()
            if there.get(name) != _as_told(path)
        }
        self.unchanged = len(self._files) - len(changed)
        if not changed and self._ok in there:
            return
        if self._ok in there:
            session.remove(self._path(self._ok))
        for name, path in changed.items():
            self._put(session, name, path)
            self.sent += 1
        for left in self._there(session):
            own = left.rpartition(b"/")[2]
            if own.startswith(b".") and own.endswith(PART):  # of what is no more
                session.remove(self._path(left))
        with session.writing(self._path(self._ok)):
            log.debug("whole: %s", self._ok)

    def _there(self, session: Session) -> dict[bytes, Entry]:
        """List what lies on the server in the folders that are sent."""
        return {
            _joined(folder, name): entry
            for folder in self._folders
            for name, entry in session.listing(self._path(folder), ENTRIES).items()
        }

    def _path(self, name: bytes) -> bytes:
        return _joined(self._target, name)

    def _put(self, session: Session, name: bytes, path: Path) -> None:
        """Write one file under another name, then give it its own."""
        hidden = b"." + files.sha256_of(path).encode() + PART
        part = self._path(_joined(name.rpartition(b"/")[0], hidden))
        with path.open("rb") as source, session.writing(part) as remote:
            have = _goes_on(source, remote)
            while block := source.read(BLOCK):
                remote.write(have, block)
                have += len(block)
                self._written += len(block)
        if session.lstat(part).size != have:
            raise Unreadable("a file does not arrive whole")
        with suppress(Unreadable):  # a server that keeps its own times is sent it again
            session.set_modified(part, _as_told(path).modified)
        session.rename_over(part, self._path(name))


def _joined(folder: bytes, name: bytes) -> bytes:
    return b"/".join(part for part in (folder, name) if part)


def _above(name: bytes) -> list[bytes]:
    """Return the folders that lead to a file, the outermost first."""
    parts = name.split(b"/")[:-1]
    return [b"/".join(parts[: depth + 1]) for depth in range(len(parts))]


def _goes_on(source: BinaryIO, remote: RemoteFile) -> int:
    """Find where to go on, and bring both files there."""
    have, size = remote.stat().size, source.seek(0, os.SEEK_END)
    if 0 < have <= size:
        begin = source.seek(max(0, have - OVERLAP))
        if remote.read(begin, have - begin) == source.read(have - begin):
            return have
    if have:
        remote.truncate(0)
    return source.seek(0)


def _as_told(path: Path) -> Entry:
    """Describe a file of ours as its server would, once it is there."""
    seen = path.stat()
    return Entry("file", seen.st_size, int(seen.st_mtime))
