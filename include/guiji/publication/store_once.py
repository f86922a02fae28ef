"""Store files of the same bytes once: those of several channels, and of two nights.

Most nights change few datasets, and channels that show the same items have the same
files. A released file is never written to, so its other names may be hard links to it.
"""

from collections.abc import Mapping
from pathlib import Path

from guiji.core import files
from guiji.publication import manifest
from guiji.publication.manifest import Entry


def share(
    staging: Path, channels: Mapping[str, tuple[Entry, ...]], before: Path | None
) -> int:
    """Replace files that are there already by links to them.

    A file of the last release is linked only if its bytes are what its manifest says.

    Args:
        staging: folder of a publication that is being built.
        channels: its files, with their hashes.
        before: folder of the last release; None = there was none.

    Returns:
        Bytes that are not stored a second time.
    """
    earlier = _listed(before) if before else {}
    seen: dict[str, Path] = {}
    saved = 0
    for entry in (e for entries in channels.values() for e in entries):
        path = staging / entry.file
        twin = seen.get(entry.sha256) or _proven(earlier, entry.sha256, path)
        if twin is not None and not twin.samefile(path):
            saved += path.stat().st_size
            files.link_or_copy(twin, path)
        seen[entry.sha256] = twin or path
    return saved


def _listed(folder: Path) -> dict[str, Path]:
    """Index the files of a release: hash -> path."""
    channels = manifest.read(folder / "manifest.json").channels
    return {
        entry.sha256: folder / entry.file
        for entries in channels.values()
        for entry in entries
    }


def _proven(earlier: Mapping[str, Path], sha256: str, written: Path) -> Path | None:
    path = earlier.get(sha256)
    if path is None or not path.is_file():
        return None
    is_linked = path.samefile(written)
    return path if is_linked or files.sha256_of(path) == sha256 else None
