"""What lies in an inbox, and the one interface by which a claim reaches it.

An inbox is a folder of this machine or one on an SFTP server. Neither says when a
client has done writing, so a file is ready when the same size and time were seen long
enough ago, or when a companion (`<name>.ok`, `.md5`, `.sha256`) stands beside it.
Names are bytes that somebody else chose: they are shown in a readable form and never
become a path of ours.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from guiji.core.errors import GuijiError
from guiji.ledger.ledger import Ledger
from guiji.ledger.remote_file_state import RemoteFileState

TRIAL = "试报"
"""The folder of a department whose files are checked and never merged."""

COMPANION = (".ok", ".md5", ".sha256")
COMPANION_BYTES = 4096
"""How much of a companion is read: a hash and a name."""

IDEOGRAPHIC_SPACE = "\u3000"
_UNFINISHED = re.compile(
    r"^[.~]|\.(part|filepart|tmp|crdownload|swp)$|^(thumbs\.db|desktop\.ini)$", re.I
)


class Immovable(GuijiError):
    """A file whose delivery the ledger has cannot be taken out of its inbox."""


@dataclass(frozen=True)
class Drop:
    """A file in a department's inbox.

    Attributes:
        path: where it lies, as its inbox names it.
        department: whose inbox.
        source_file: readable name, with the folders below the department's.
        trial: it lies in 试报/.
        size: its bytes at the last look.
        mark: tells this act of dropping from any other, however alike.
        received_at: instant of its arrival.
        modified_at: when it was last written to, as its sender claims.
        companions: files that vouch for it, as their inbox names them.
        settled: it has not changed for as long as is asked of it.
        sighting: what the ledger remembers of it, where a file stays after its claim.
        vouching: changes whenever one of the companions does.
    """

    path: bytes
    department: str
    source_file: str
    trial: bool
    size: int
    mark: str
    received_at: datetime
    modified_at: datetime
    companions: tuple[bytes, ...]
    settled: bool = True
    sighting: RemoteFileState | None = None
    vouching: str = ""


@dataclass
class Listing:
    """What one look into an inbox finds.

    Attributes:
        drops: files that are ready, by department, trial deliveries last, then name.
        disowned: files known not to be what their companion says, and its name.
        too_big: files larger than is taken.
        strangers: names beside the departments' folders.
        odd: names, with department, of what is no ordinary file.
        unreadable: folders, with department, that may not be listed.
        crowded: departments whose inbox holds too many entries; nothing is taken.
        wait: seconds after which another look may find more ready.
    """

    drops: list[Drop] = field(default_factory=list)
    disowned: list[tuple[Drop, str]] = field(default_factory=list)
    too_big: list[Drop] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    crowded: list[str] = field(default_factory=list)
    wait: float = 0.0

    def sort(self) -> None:
        """Return the files in the order in which they are claimed."""
        for drops in (self.drops, self.too_big):
            drops.sort(key=lambda d: (d.department, d.trial, d.source_file, d.path))


class Inbox(Protocol):
    """Where departments drop files.

    Every method may raise `SourceUnavailable`: the inbox is out of reach, and the
    night goes on without it.
    """

    @property
    def name(self) -> str:
        """What the inbox is called in the trace."""

    def finish(self, ledger: Ledger) -> None:
        """End what a killed claim left half done."""

    def look(self) -> Listing:
        """List once; no file is opened."""

    def copy(self, drop: Drop, target: Path) -> None:
        """Fetch a file's bytes, as they were at the last listing.

        Raises:
            Moved: it is not any more what it was, or another claim has it.
            Unreadable: it may not be opened.
        """

    def words(self, companion: bytes) -> str:
        """Read the beginning of a companion.

        Raises:
            Moved: it went away.
            Unreadable: it may not be opened.
        """

    def done(self, drop: Drop) -> None:
        """The ledger has the delivery: the file is not wanted any more.

        Raises:
            Immovable: it cannot be taken out; the next claim finds it known.
        """

    def disown(self, drop: Drop, companion: str) -> None:
        """Remember that a file is not what its companion says."""

    def close(self) -> None:
        """Release whatever is open."""


def readable(name: bytes) -> str:
    """Write a file name so that it can be stored and shown.

    Names come as UTF-8 or, from older clients, as gb18030; what cannot be shown, or
    would show other text backwards, is written as its code point.
    """
    for encoding in ("utf-8", "gb18030", "latin-1"):
        try:
            text = name.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    return "".join(
        c if c.isprintable() or c == IDEOGRAPHIC_SPACE else f"\\u{ord(c):04x}"
        for c in text
    )


def shown(parts: Collection[bytes]) -> str:
    """Write the folders and the name of a file below its department's inbox."""
    return "/".join(readable(part) for part in parts)


def is_trial(parts: Collection[bytes]) -> bool:
    """Return whether a file below a department's inbox is only to be tried."""
    return len(parts) > 1 and readable(next(iter(parts))) == TRIAL


def is_unfinished(name: bytes) -> bool:
    """Return whether a name is that of an unfinished upload, or of no delivery."""
    return _UNFINISHED.search(readable(name)) is not None


def is_companion(name: bytes) -> bool:
    """Return whether a file only vouches for another."""
    return readable(name).lower().endswith(COMPANION)


def odd(
    department: str, above: Collection[bytes], names: Collection[bytes]
) -> list[str]:
    """Show what lies among the deliveries and is no ordinary file.

    Args:
        department: whose inbox.
        above: the folders below it that lead there.
        names: of what is neither a folder nor an ordinary file.

    Returns:
        The names, with department, in order; what would be no delivery anyway is left
        out.
    """
    return [
        f"{department}/{shown([*above, name])}"
        for name in sorted(names)
        if not is_unfinished(name) and not is_companion(name)
    ]


def pair(names: Collection[bytes]) -> dict[bytes, tuple[bytes, ...]]:
    """Find a folder's deliveries and what vouches for each.

    Args:
        names: of the folder's ordinary files.

    Returns:
        File -> its companions, in the order of `COMPANION`; by name.
    """
    by_text = {readable(name).lower(): name for name in names}
    return {
        name: tuple(
            by_text[text]
            for suffix in COMPANION
            if (text := readable(name).lower() + suffix) in by_text
        )
        for name in sorted(names)
        if not is_unfinished(name) and not is_companion(name)
    }
