"""The inboxes on an SFTP server that is only read.

`<root>/<department>/inbox/` is looked at, never written to: a file stays there after
its claim, and the ledger remembers that it was taken. Settling is the ledger's too: a
file is ready once an earlier look, by whichever process, saw the same size and time
long enough ago. The server's clock is never compared with ours, because clients set
the times of files themselves.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from guiji.connections.errors import Crowded, Moved, Unreadable
from guiji.connections.sftp import SftpConnection
from guiji.connections.sftp_line import Line
from guiji.connections.sftp_session import Entry, Session
from guiji.context import Context
from guiji.core.errors import SourceUnavailable
from guiji.intake import arrivals
from guiji.intake.inbox_listing import (
    COMPANION_BYTES,
    Drop,
    Listing,
    is_trial,
    odd,
    pair,
    readable,
    shown,
)
from guiji.intake.sftp import parts as sftp_parts
from guiji.intake.sftp.parts import Part
from guiji.ledger.ledger import Ledger
from guiji.ledger.remote_file_state import HELD, RemoteFileState

log = logging.getLogger(__name__)

SETTLE_SECONDS = 120.0
"""Longest pause that an upload over a bad line is expected to make."""

INBOX = b"inbox"

Files = dict[tuple[bytes, ...], tuple[Entry, dict[bytes, Entry]]]
"""Folders and name below an inbox -> the file, and its companions by path."""


class SftpInbox:
    """The inboxes that one connection reaches; an `Inbox`."""

    def __init__(
        self,
        connection: SftpConnection,
        departments: Sequence[str],
        context: Context,
        seconds: float | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Name what is reached; it is connected to when it is first needed.

        Args:
            connection: how the server is reached.
            departments: whose inboxes are there.
            context: settings, caps, and where parts of files wait; ledger, remembers
                what was seen.
            seconds: for which a file must not change; None = as the settings say.
            sleep: between attempts to connect.
        """
        chosen = context.settings.settle_seconds if seconds is None else seconds
        self._seconds = SETTLE_SECONDS if chosen is None else chosen
        self._root = connection.root + b"/" if connection.root else b""
        self._id, self._departments = connection.id, departments
        self._context = context
        self._line = Line(connection, sleep)
        self._part: Part | None = None

    @property
    def name(self) -> str:
        """What the inbox is called in the trace."""
        return f"sftp:{self._id}"

    def finish(self, ledger: Ledger) -> None:
        """Nothing to end: the ledger marks a file as it claims it."""

    def look(self) -> Listing:
        """List every department's inbox once; see `Inbox`."""
        try:
            listing, waiting = self._line.patiently(self._look)
        finally:
            self._line.close()  # nobody would answer the server while a claim waits
        sftp_parts.sweep(self._context.settings, self._id, waiting)
        return listing

    def copy(self, drop: Drop, target: Path) -> None:
        """Fetch a file, or the rest of it; see `Inbox`.

        The part stays locked until the claim is through with the file, so that a
        claim beside this one does not fetch it again.
        """
        sighting = drop.sighting
        if sighting is None:
            raise Moved(f"{drop.department}: a file was not seen")
        self._let_go()
        part = Part(sftp_parts.part_of(self._context.settings, sighting))
        self._part = part
        if not self._context.ledger.is_unclaimed(sighting):
            part.discard()
            self._let_go()
            raise Moved(f"{drop.department}: another claim has taken a file")
        wanted = Entry("file", sighting.size, sighting.modified)
        self._line.patiently(
            lambda session: sftp_parts.fetch(session, drop.path, wanted, part),
            lambda: part.size,
        )
        part.become(target)

    def words(self, companion: bytes) -> str:
        """Read the beginning of a companion; see `Inbox`."""

        def read(session: Session) -> bytes:
            with session.opened(companion) as file:
                if not file.stat().is_file:
                    raise Unreadable("a companion is no ordinary file")
                return file.read(0, COMPANION_BYTES)

        return self._line.patiently(read).decode("utf-8", "replace")

    def done(self, drop: Drop) -> None:
        """Release the part: the ledger remembers the rest."""
        self._let_go()

    def disown(self, drop: Drop, companion: str) -> None:
        """Remember not to fetch a file again until it or its companion changes."""
        self._let_go()
        if drop.sighting is not None:
            self._context.ledger.hold(drop.sighting, f"{drop.vouching} {companion}")

    def close(self) -> None:
        """Disconnect."""
        self._let_go()
        self._line.close()

    def _let_go(self) -> None:
        if self._part is not None:
            self._part.close()
            self._part = None

    def _look(self, session: Session) -> tuple[Listing, list[RemoteFileState]]:
        listing, waiting = Listing(), list[RemoteFileState]()
        self._find_strangers(session, listing)
        for department in self._departments:
            since, unread = self._context.ledger.now(), len(listing.unreadable)
            try:
                if not self._has_inbox(session, department, listing):
                    continue
                files = self._files(session, department, listing)
            except Crowded:
                listing.crowded.append(department)
                continue
            whole = len(listing.unreadable) == unread
            seen = {
                self._path(department, parts): (entry.size, entry.modified)
                for parts, (entry, _) in files.items()
            }
            states = self._context.ledger.see(self._id, department, seen, since, whole)
            waiting += [sighting for sighting in states.values() if sighting.is_open]
            for parts, (entry, companions) in files.items():
                sighting = states[self._path(department, parts)]
                if sighting.is_open and sighting.size == entry.size:
                    self._judge(department, parts, sighting, companions, listing)
        listing.sort()
        return listing, waiting

    def _find_strangers(self, session: Session, listing: Listing) -> None:
        """Find what lies beside the departments' folders."""
        root = self._root or b"."
        try:
            names = session.listing(root, self._context.settings.inbox_entries)
        except Moved:
            raise SourceUnavailable(
                f"connection {self._id!r}: its root is not there"
            ) from None
        except (Crowded, Unreadable) as error:
            listing.unreadable.append(f"root: {error}")
            return
        listing.strangers += [
            readable(name)
            for name in sorted(names)
            if not name.startswith(b".") and readable(name) not in self._departments
        ]

    def _path(self, department: str, parts: Sequence[bytes]) -> bytes:
        return self._root + b"/".join([department.encode(), INBOX, *parts])

    def _files(self, session: Session, department: str, listing: Listing) -> Files:
        """Find a department's deliveries; a folder that is a link is not entered."""
        files: Files = {}
        for above, entries in self._walk(session, department, listing):
            others = [name for name, entry in entries.items() if not entry.is_file]
            listing.odd += odd(department, above, others)
            ordinary = [name for name, entry in entries.items() if entry.is_file]
            for name, companions in pair(ordinary).items():
                files[(*above, name)] = (
                    entries[name],
                    {
                        self._path(department, [*above, other]): entries[other]
                        for other in companions
                    },
                )
        return files

    def _walk(
        self, session: Session, department: str, listing: Listing
    ) -> Iterator[tuple[tuple[bytes, ...], dict[bytes, Entry]]]:
        """Yield each folder of an inbox with what is in it but folders.

        Raises:
            Crowded: there are more entries than the settings allow.
        """
        waiting: list[tuple[bytes, ...]] = [()]
        left = self._context.settings.inbox_entries
        while waiting:
            above = waiting.pop()
            try:
                listed = session.listing(self._path(department, above), left)
            except Moved:  # it went away since the folder above was read
                continue
            except Unreadable as error:
                listing.unreadable.append(f"{department}/{shown(above)}: {error}")
                continue
            left -= len(listed)
            entries = {}
            for name, entry in listed.items():
                if not entry.is_folder:
                    entries[name] = entry
                elif not name.startswith(b"."):
                    waiting.append((*above, name))
            yield above, entries

    def _has_inbox(self, session: Session, department: str, listing: Listing) -> bool:
        """Return whether a department has an inbox that is a folder and no link."""
        inbox = self._path(department, ())
        try:
            for path in (inbox.removesuffix(b"/" + INBOX), inbox):
                if not session.lstat(path).is_folder:
                    listing.odd.append(f"{department}: its inbox is no folder")
                    return False
        except Moved:
            return False
        except Unreadable as error:
            listing.unreadable.append(f"{department}: {error}")
            return False
        return True

    def _judge(
        self,
        department: str,
        parts: Sequence[bytes],
        sighting: RemoteFileState,
        companions: dict[bytes, Entry],
        listing: Listing,
    ) -> None:
        """Return whether a file is ready, must wait or is left."""
        age = (self._context.ledger.now() - sighting.first_seen).total_seconds()
        drop = Drop(
            path=sighting.path,
            department=department,
            source_file=shown(parts),
            trial=is_trial(parts),
            size=sighting.size,
            mark=sighting.mark,
            received_at=sighting.first_seen,
            modified_at=arrivals.instant(sighting.modified * 1_000_000_000),
            companions=tuple(companions),
            settled=age >= self._seconds,
            sighting=sighting,
            vouching=_vouching(companions),
        )
        judged, _, companion = sighting.reason.partition(" ")
        if drop.size > self._context.settings.file_bytes:
            listing.too_big.append(drop)
        elif sighting.state == HELD and judged == drop.vouching:
            listing.disowned.append((drop, companion))
        elif companions or drop.settled:
            listing.drops.append(drop)
        else:
            listing.wait = max(listing.wait, self._seconds - age)


def _vouching(companions: dict[bytes, Entry]) -> str:
    """Hash what is told of the companions."""
    entries = sorted((p.hex(), e.size, e.modified) for p, e in companions.items())
    return hashlib.sha256(repr(entries).encode()).hexdigest()
