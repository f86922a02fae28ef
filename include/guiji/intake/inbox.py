"""Looking into the inboxes: what lies there, what is ready, and taking it out.

An SFTP client does not say when it is done, so a file is ready when two looks some
seconds apart find the same size and time, or when a companion (`<name>.ok`, `.md5`,
`.sha256`) stands beside it. Names are bytes that somebody else chose: they are shown
in a readable form and never become a path of ours.
"""

import os
import re
import stat
import time
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from guiji.errors import GuijiError
from guiji.settings import Settings

TRIAL = "试报"
"""The folder of a department whose files are checked and never merged."""

COMPANION = (".ok", ".md5", ".sha256")
LEAVING = ".leaving"
IDEOGRAPHIC_SPACE = "\u3000"
_UNFINISHED = re.compile(
    r"^[.~]|\.(part|filepart|tmp|crdownload|swp)$|^(thumbs\.db|desktop\.ini)$", re.I
)


class Moved(GuijiError):
    """A file changed or went away while it was being read; look again later."""


class Unreadable(GuijiError):
    """A file may not be opened, or has become something that is no file."""


@dataclass(frozen=True)
class Stamp:
    """What changes when a file is written to or put in another's place."""

    inode: int
    size: int
    modified: int
    changed: int

    def same_bytes(self, other: "Stamp") -> bool:
        """Compare without the time of change, which a rename moves."""
        mine = (self.inode, self.size, self.modified)
        return mine == (other.inode, other.size, other.modified)


@dataclass(frozen=True)
class Drop:
    """A file in a department's inbox.

    Attributes:
        path: where it lies.
        department: whose inbox.
        source_file: readable name, with the folders below the department's.
        trial: it lies in 试报/.
        stamp: as it was at the last look.
        companions: files that vouch for it.
    """

    path: Path
    department: str
    source_file: str
    trial: bool
    stamp: Stamp
    companions: tuple[Path, ...]

    @property
    def mark(self) -> str:
        """Tell this act of dropping from any other, however alike."""
        return f"{self.stamp.inode}:{self.stamp.changed}:{self.source_file}"[:300]


@dataclass
class Look:
    """What one look into all inboxes finds.

    Attributes:
        drops: files, by department, trial deliveries last, then by name.
        strangers: names in the inbox that are no department's folder.
        odd: names, with department, of what is no ordinary file.
    """

    drops: list[Drop] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)


def readable(name: str) -> str:
    """Write a file name so that it can be stored and shown.

    Names come as UTF-8 or, from older clients, as gb18030; what cannot be shown, or
    would show other text backwards, is written as its code point.
    """
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030", "latin-1"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    return "".join(
        c if c.isprintable() or c == IDEOGRAPHIC_SPACE else f"\\u{ord(c):04x}"
        for c in text
    )


def stamp(path: Path) -> Stamp:
    """Look at a file itself, not at what a link points to."""
    return _stamp(path.lstat())


def look(settings: Settings, departments: Set[str]) -> Look:
    """Look once into all inboxes; nothing is opened."""
    found = Look()
    if not settings.inbox.is_dir():
        return found
    for entry in sorted(settings.inbox.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.name in departments and entry.is_dir() and not entry.is_symlink():
            _look_into(entry, found)
        else:
            found.strangers.append(readable(entry.name))
    found.drops.sort(key=lambda d: (d.department, d.trial, d.source_file))
    return found


def settled(
    settings: Settings,
    departments: Set[str],
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
) -> Look:
    """Look twice, `seconds` apart, and keep the files that are ready."""
    first = look(settings, departments)
    if all(drop.companions for drop in first.drops):
        return first
    sleep(seconds)
    before = {drop.path: drop.stamp for drop in first.drops}
    second = look(settings, departments)
    second.drops = [
        d for d in second.drops if d.companions or before.get(d.path) == d.stamp
    ]
    return second


def copy(drop: Drop, target: Path) -> None:
    """Copy a file as it was at the last look.

    Raises:
        Moved: it is not any more what it was.
        Unreadable: it may not be opened.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        handle = os.open(drop.path, flags)
    except FileNotFoundError as error:
        raise Moved(f"{drop.department}: a file went away") from error
    except OSError as error:
        raise Unreadable(f"{drop.department}: {error.strerror}") from error
    with os.fdopen(handle, "rb") as source, target.open("wb") as copied:
        while block := source.read(1 << 20):
            copied.write(block)
        if _stamp(os.fstat(source.fileno())) != drop.stamp:
            raise Moved(f"{drop.department}: a file is still being written")


def remove(drop: Drop) -> None:
    """Take a file out whose bytes are safe, and its companions.

    It is set aside first and compared: what was written over it in the meantime is
    put back and will be claimed as a delivery of its own.
    """
    aside = drop.path.with_name(f".{drop.path.name}{LEAVING}")
    try:
        drop.path.rename(aside)
        same = stamp(aside).same_bytes(drop.stamp)
    except FileNotFoundError:  # another claim has just done it
        return
    if not same:
        put_back(aside)
        return
    for companion in drop.companions:
        companion.unlink(missing_ok=True)
    aside.unlink(missing_ok=True)


def set_aside(settings: Settings, departments: Set[str]) -> Iterator[tuple[str, Path]]:
    """Find the files that a killed claim had set aside: department and path."""
    for department in sorted(departments):
        for path in sorted((settings.inbox / department).rglob(f".*{LEAVING}")):
            yield department, path


def forget(aside: Path) -> None:
    """End the removal of a file that was set aside: its companions, then itself."""
    name = aside.name[1:].removesuffix(LEAVING)
    if not aside.with_name(name).exists():  # else they vouch for a newer file
        for suffix in COMPANION:
            aside.with_name(name + suffix).unlink(missing_ok=True)
    aside.unlink(missing_ok=True)


def put_back(aside: Path) -> None:
    """Give a file that was set aside its name back, beside any newer one."""
    name = PurePosixPath(aside.name[1:].removesuffix(LEAVING))
    number = 1
    target = aside.with_name(name.name)
    while True:
        try:
            target.hardlink_to(aside)
        except FileExistsError:
            number += 1
            target = aside.with_name(f"{name.stem}-{number}{name.suffix}")
        except FileNotFoundError:  # another claim has just done it
            return
        else:
            aside.unlink(missing_ok=True)
            return


def _stamp(seen: os.stat_result) -> Stamp:
    return Stamp(seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


def _look_into(department: Path, found: Look) -> None:
    for folder, below, names in os.walk(department):
        below[:] = sorted(name for name in below if not name.startswith("."))
        here = Path(folder)
        present = {name.lower(): name for name in names}
        for name in sorted(names):
            if _UNFINISHED.search(name) or name.lower().endswith(COMPANION):
                continue
            beside = [present.get(name.lower() + suffix) for suffix in COMPANION]
            companions = tuple(here / other for other in beside if other)
            _add(here / name, department, companions, found)


def _add(
    path: Path, department: Path, companions: tuple[Path, ...], found: Look
) -> None:
    relative = path.relative_to(department)
    shown = "/".join(readable(part) for part in relative.parts)
    try:
        seen = path.lstat()
    except FileNotFoundError:  # it went away since the folder was read
        return
    if not stat.S_ISREG(seen.st_mode):
        found.odd.append(f"{department.name}/{shown}")
        return
    found.drops.append(
        Drop(
            path=path,
            department=department.name,
            source_file=shown,
            trial=relative.parts[0] == TRIAL and len(relative.parts) > 1,
            stamp=_stamp(seen),
            companions=companions,
        )
    )
