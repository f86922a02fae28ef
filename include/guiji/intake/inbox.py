"""The inboxes that are folders of this machine.

A file is ready when two looks some seconds apart find it the same. It is taken out
once the ledger has it: set aside first, compared, then removed, so that what was
written over it in the meantime is kept.
"""

import hashlib
import logging
import os
import stat
from collections.abc import Iterator, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from guiji.connections.errors import Crowded, Moved, Unreadable
from guiji.core import files
from guiji.core.settings import Settings
from guiji.intake import arrivals, setting_aside
from guiji.intake.inbox_listing import (
    COMPANION_BYTES,
    Drop,
    Immovable,
    Listing,
    is_trial,
    odd,
    pair,
    readable,
    shown,
)
from guiji.ledger.ledger import Ledger

log = logging.getLogger(__name__)

SETTLE_SECONDS = 2.0
"""Between two looks: programs of this machine write without long pauses."""

MARK_CHARACTERS = 300
"""Longest mark: the ledger's column."""

NOTE_KEPT = timedelta(days=1)
"""Age above which the note of an arrival has lost its file for good."""


@dataclass(frozen=True)
class Stamp:
    """What changes when a file is written to or put in another's place."""

    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, seen: os.stat_result) -> "Stamp":
        """Build it from the system's file status."""
        return cls(seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)

    def same_bytes(self, other: "Stamp") -> bool:
        """Compare without the time of change, which a rename moves."""
        mine = (self.inode, self.size, self.modified)
        return mine == (other.inode, other.size, other.modified)


class FolderInbox:
    """The inbox folder of the settings, one folder per department; an `Inbox`."""

    name = "inbox"

    def __init__(
        self, settings: Settings, departments: Set[str], seconds: float | None = None
    ) -> None:
        """Name the folders; `seconds` must pass between two looks at a file."""
        chosen = settings.settle_seconds if seconds is None else seconds
        self._seconds = SETTLE_SECONDS if chosen is None else chosen
        self._settings, self._departments = settings, departments
        self._stamps: dict[bytes, Stamp] = {}
        self._arrivals: arrivals.Arrivals = {}

    def finish(self, ledger: Ledger) -> None:
        """End the removals in whose midst a claim was killed."""
        arrivals.sweep(self._settings.inbox, ledger.now() - NOTE_KEPT)
        for department, aside in self._set_aside():
            try:
                self._end(ledger, department, aside)
            except FileNotFoundError:  # a claim beside this one has just ended it
                continue
            except OSError as error:  # of this file alone
                log.warning("inbox of %s: %s", department, error.strerror)

    def _end(self, ledger: Ledger, department: str, aside: Path) -> None:
        root = self._settings.inbox
        if ledger.holds(department, files.sha256_of(aside)):
            setting_aside.forget(root, aside)
            setting_aside.remove_emptied(root / department, aside.parent)
        else:
            setting_aside.put_back(root, aside)

    def look(self) -> Listing:
        """List all folders once; see `Inbox`."""
        listing, before, self._stamps = Listing(), self._stamps, {}
        if not self._settings.inbox.is_dir():
            return listing
        self._arrivals = arrivals.noted(self._settings.inbox)
        for entry in sorted(self._settings.inbox.iterdir()):
            if entry.name.startswith("."):
                continue
            is_department = entry.name in self._departments
            if is_department and entry.is_dir() and not entry.is_symlink():
                self._look_into(entry, before, listing)
            else:
                listing.strangers.append(readable(os.fsencode(entry.name)))
        listing.sort()
        return listing

    def copy(self, drop: Drop, target: Path) -> None:
        """Copy a file as it was at the last look; see `Inbox`."""
        with (
            os.fdopen(_open(drop.path, drop.department), "rb") as source,
            target.open("wb") as copied,
        ):
            while block := _block(source, drop.department):
                copied.write(block)
            if Stamp.of(os.fstat(source.fileno())) != self._stamps[drop.path]:
                raise Moved(f"{drop.department}: a file is still being written")

    def words(self, companion: bytes) -> str:
        """Read the beginning of a companion; see `Inbox`."""
        with os.fdopen(_open(companion, "a companion"), "rb") as source:
            return _block(source, "a companion", COMPANION_BYTES).decode(
                "utf-8", "replace"
            )

    def done(self, drop: Drop) -> None:
        """Remove a file whose bytes are landed, and its companions.

        It is set aside first and compared: what was written over it in the meantime
        is put back and will be claimed as a delivery of its own.
        """
        path, root = Path(os.fsdecode(drop.path)), self._settings.inbox
        try:
            if not Stamp.of(path.lstat()).same_bytes(self._stamps[drop.path]):
                return  # a newer file has its place
            aside = setting_aside.move(root, path)
            if not Stamp.of(aside.lstat()).same_bytes(self._stamps[drop.path]):
                setting_aside.put_back(root, aside)
                return
            arrivals.forget(root, path)
            for companion in map(Path, map(os.fsdecode, drop.companions)):
                arrivals.forget(root, companion)
                companion.unlink(missing_ok=True)
            setting_aside.remove(root, aside)
        except FileNotFoundError:  # another claim has just done it
            return
        except OSError as error:
            what = f"{drop.department}: a file cannot be taken out"
            raise Immovable(f"{what}: {error.strerror}") from error
        setting_aside.remove_emptied(root / drop.department, path.parent)

    def disown(self, drop: Drop, companion: str) -> None:
        """Nothing to remember: a file that stays is looked at again."""

    def close(self) -> None:
        """Nothing is open."""

    def _set_aside(self) -> Iterator[tuple[str, Path]]:
        """Find the files that a killed claim had set aside: department and path."""
        for department in sorted(self._departments):
            inbox = self._settings.inbox / department
            paths: list[Path] = []
            with suppress(Crowded):  # told by the look that follows
                for folder, entries in _walk(inbox, self._settings.inbox_entries, []):
                    names = [os.fsdecode(name) for name in entries]
                    paths += [
                        Path(os.fsdecode(folder)) / name
                        for name in names
                        if setting_aside.is_aside(name)
                    ]
            yield from ((department, path) for path in sorted(paths))

    def _look_into(
        self, department: Path, before: dict[bytes, Stamp], listing: Listing
    ) -> None:
        seen = Listing()
        stamps: dict[bytes, Stamp] = {}
        limit = self._settings.inbox_entries
        try:
            for folder, entries in _walk(department, limit, listing.unreadable):
                stamps |= self._sort_out(department, folder, entries, before, seen)
        except Crowded:
            listing.crowded.append(department.name)
            return
        self._stamps |= stamps
        for name in ("drops", "too_big", "odd"):
            getattr(listing, name).extend(getattr(seen, name))
        listing.wait = max(listing.wait, seen.wait)

    def _sort_out(
        self,
        department: Path,
        folder: bytes,
        entries: dict[bytes, os.stat_result],
        before: dict[bytes, Stamp],
        listing: Listing,
    ) -> dict[bytes, Stamp]:
        """Return the stamps of a folder's deliveries; the rest is left out."""
        below = folder[len(os.fsencode(department)) + 1 :]
        above = below.split(b"/") if below else []
        stamps = {}
        others = [n for n, seen in entries.items() if not stat.S_ISREG(seen.st_mode)]
        listing.odd += odd(department.name, above, others)
        ordinary = [n for n, seen in entries.items() if stat.S_ISREG(seen.st_mode)]
        for name, companions in pair(ordinary).items():
            path, stamp = folder + b"/" + name, Stamp.of(entries[name])
            stamps[path] = stamp
            source_file = shown([*above, name])
            below_root = path[len(os.fsencode(self._settings.inbox)) + 1 :]
            drop = Drop(
                path=path,
                department=department.name,
                source_file=source_file,
                trial=is_trial([*above, name]),
                size=stamp.size,
                mark=_mark(stamp, source_file),
                received_at=arrivals.of(self._arrivals, below_root, entries[name]),
                modified_at=arrivals.instant(stamp.modified),
                companions=tuple(folder + b"/" + other for other in companions),
            )
            if drop.size > self._settings.file_bytes:
                listing.too_big.append(drop)
            elif companions or not self._seconds or before.get(path) == stamp:
                listing.drops.append(drop)
            else:
                listing.wait = self._seconds
        return stamps


def _mark(stamp: Stamp, source_file: str) -> str:
    """Return the stamp of one drop of a file; one file may have several names."""
    mark = f"{stamp.inode}:{stamp.changed}:{source_file}"
    if len(mark) <= MARK_CHARACTERS:
        return mark
    digest = hashlib.sha256(source_file.encode()).hexdigest()
    return f"{stamp.inode}:{stamp.changed}:{digest}"


def _open(path: bytes, what: str) -> int:
    """Open a file that may have become a link or a pipe: neither is followed."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise Moved(f"{what}: a file went away") from error
    except OSError as error:
        raise Unreadable(f"{what}: {error.strerror}") from error
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise Unreadable(f"{what}: no ordinary file")


def _block(source: BinaryIO, what: str, size: int = files.BLOCK) -> bytes:
    """Read a block of a file that may be on a broken disk."""
    try:
        return source.read(size)
    except OSError as error:
        raise Unreadable(f"{what}: {error.strerror}") from error


def _walk(
    department: Path, limit: int, unreadable: list[str]
) -> Iterator[tuple[bytes, dict[bytes, os.stat_result]]]:
    """Yield each folder of an inbox with what is in it but folders.

    Args:
        department: its inbox.
        limit: entries, folders included, that are looked at.
        unreadable: takes the folders that may not be listed.

    Raises:
        Crowded: there are more entries.
    """
    waiting, left = [os.fsencode(department)], limit
    while waiting:
        folder = waiting.pop()
        try:
            errors: list[str] = []
            listed = _listing(folder, left, errors)
        except FileNotFoundError:  # it went away since the folder above was read
            continue
        except OSError as error:
            unreadable.append(f"{department.name}: {error.strerror}")
            continue
        left -= len(listed)
        unreadable += [f"{department.name}: {error}" for error in dict.fromkeys(errors)]
        entries = {}
        for name, seen in listed.items():
            if not stat.S_ISDIR(seen.st_mode):
                entries[name] = seen
            elif not name.startswith(b"."):
                waiting.append(folder + b"/" + name)
        yield folder, entries


def _listing(
    folder: bytes, limit: int, unreadable: list[str]
) -> dict[bytes, os.stat_result]:
    """Read a folder, at most so many entries."""
    entries: dict[bytes, os.stat_result] = {}
    with os.scandir(folder) as listed:
        for entry in listed:
            if len(entries) == limit:
                raise Crowded(f"more than {limit} entries")
            try:
                entries[entry.name] = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # it went away since the folder was read
                continue
            except OSError as error:  # of this file alone: its path is too long
                unreadable.append(error.strerror or "")
    return entries
