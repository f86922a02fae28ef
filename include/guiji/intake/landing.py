"""The landing: the original bytes of every delivery under their SHA-256.

Bytes and `meta.json` are made ready in a private folder that then becomes
`landing/<first 2>/<sha256>/` in one rename, so a landed folder is always whole. A
killed process leaves a private folder behind, which the next claim removes.
"""

import errno
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guiji.core import files, scratch
from guiji.core.settings import Settings

ORIGINAL = "original"
META = "meta.json"
INCOMING = ".incoming"


@dataclass(frozen=True)
class LandedFile:
    """What lies in the landing: hash and number of bytes."""

    sha256: str
    bytes: int


def original(settings: Settings, sha256: str) -> Path:
    """Return where the original bytes are."""
    return settings.landing / sha256[:2] / sha256 / ORIGINAL


@contextmanager
def workplace(settings: Settings) -> Iterator[Path]:
    """Yield a private folder beside the landed ones; gone at the end."""
    with scratch.folder(settings.landing / INCOMING) as folder:
        yield folder


def sweep(settings: Settings) -> None:
    """Remove the private folders of dead processes."""
    scratch.sweep(settings.landing / INCOMING)


def measure(folder: Path) -> LandedFile:
    """Hash the bytes that were made ready in a private folder."""
    ready = folder / ORIGINAL
    return LandedFile(files.sha256_of(ready), ready.stat().st_size)


def land(
    settings: Settings,
    folder: Path,
    landed: LandedFile,
    meta: dict[str, Any],
    act: Sequence[str] = ("from", "received_at"),
) -> dict[str, Any]:
    """Rename a private folder to the landed one; bytes that are there stay.

    Several acts of dropping may bring the same bytes. What is told of the first stands
    in `meta.json`, of each other in `meta-<hash>.json` beside it; neither is written
    twice, so that what a killed claim wrote stands.

    Args:
        settings: where the landing is.
        folder: of `workplace`, with the bytes in the file `original`.
        landed: what `measure` said about them.
        meta: where they come from, when, name.
        act: keys of `meta` whose values tell one act of dropping from any other.

    Returns:
        What is now told of this act.
    """
    ready = original(settings, landed.sha256)
    target = ready.parent
    full_meta = {"sha256": landed.sha256, "bytes": landed.bytes, **meta}
    if target.exists():
        _bring_back(folder / ORIGINAL, ready)
        return _told_beside(folder, target, full_meta, act)
    files.write_json(folder / META, full_meta)
    for file in (folder / ORIGINAL, folder / META):
        file.chmod(0o440)
    folder.chmod(0o750)
    files.sync(folder / ORIGINAL)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.rename(target)
    except OSError as error:  # another process landed the same bytes just now
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        return _told_beside(folder, target, full_meta, act)
    files.sync(target.parent)
    return full_meta


def _told_beside(
    folder: Path, target: Path, meta: dict[str, Any], act: Sequence[str]
) -> dict[str, Any]:
    """Write what is told of one more act, unless it stands there; give what does."""
    mine = [meta.get(key) for key in act]
    name = hashlib.sha256(repr(mine).encode()).hexdigest()[:16]
    for path in (target / META, target / f"meta-{name}.json"):
        if path.exists():
            standing: dict[str, Any] = files.read_json(path)
            if [standing.get(key) for key in act] == mine:
                return standing
    ready = folder / META
    files.write_json(ready, meta)
    ready.chmod(0o440)
    ready.replace(path)
    files.sync(target)
    return meta


def forget(settings: Settings, sha256: str) -> bool:
    """Remove original bytes, keep what meta.json tells of them; tell whether any were.

    `retention` decides when and traces it.
    """
    path = original(settings, sha256)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    files.sync(path.parent)
    return True


def _bring_back(copied: Path, ready: Path) -> None:
    """Restore bytes that had expired and came once more."""
    if not ready.exists():
        copied.chmod(0o440)
        files.sync(copied)
        copied.rename(ready)
        files.sync(ready.parent)
