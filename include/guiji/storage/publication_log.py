"""Releases: the commits of publications, and the index of what each has on show.

A release names the files of its index with their hashes; it is made in one step and
never over another one.
"""

import os
import re
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from guiji.core import files
from guiji.core.errors import NightClosed
from guiji.core.settings import Settings

TABLES = ("published", "withheld")

NATURAL_PERSON, SUBJECT_CLASS = "natural_person", "subject_class"
"""Reasons of `withheld` beside kinds of personal data: whom the record is about."""

REPAIRED = "repaired"
"""Reason of `withheld`: a repair was granted (信用修复)."""

OBJECTION_UPHELD = "objection_upheld"
"""Reason of `withheld`: an objection is upheld, and the record is not corrected yet."""

REASON_PARAMETERS = {
    "person": NATURAL_PERSON,
    "subject_class": SUBJECT_CLASS,
    "objection": OBJECTION_UPHELD,
    "repaired": REPAIRED,
}
"""The reasons that are not personal data, as queries over `withheld` name them."""

RELEASE = re.compile(r"(\d{4}-\d\d-\d\d)\.json")
NIGHT_FILE = re.compile(r"\d{4}-\d\d-\d\d\.parquet")
LEFTOVER = re.compile(r"\..*\.tmp")


@dataclass(frozen=True)
class StoredFile:
    """A file that a release vouches for.

    Attributes:
        path: relative to the data root, with slashes.
        rows: of the Parquet file.
        sha256: of its bytes.
    """

    path: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Release:
    """One released publication.

    Attributes:
        night: the night published.
        manifest_sha256: of publication/<night>/manifest.json.
        files: the index of what is on show, and what was withheld; of each table first
            a base file, then what later nights changed of it.
        basis: digest of what every line was made with; None = an earlier build's
            release, whose index does not say when a line ends.
        records_version: of the table `records`, one without any later night.
    """

    night: date
    manifest_sha256: str
    files: tuple[StoredFile, ...]
    basis: str | None = None
    records_version: int | None = None

    def index(self, settings: Settings, table: str) -> list[StoredFile]:
        """Return the files of an index, `published` or `withheld`, base first."""
        folder = table_folder(settings, table)
        return [f for f in self.files if (settings.data / f.path).parent == folder]


def table_folder(settings: Settings, table: str) -> Path:
    """Return the folder of an index, `published` or `withheld`."""
    return settings.warehouse / table


def release_path(settings: Settings, night: date) -> Path:
    """Return the file that makes a night's publication exist."""
    return settings.warehouse / "releases" / f"{night}.json"


def nights(settings: Settings) -> list[date]:
    """Name the nights that were released, oldest first, without reading a release."""
    folder = settings.warehouse / "releases"
    paths = folder.iterdir() if folder.exists() else ()
    matches = (RELEASE.fullmatch(path.name) for path in paths)
    return sorted(date.fromisoformat(match[1]) for match in matches if match)


def releases(settings: Settings, as_of: date | None = None) -> list[Release]:
    """Read the releases of all nights up to `as_of`, in order of nights."""
    folder = settings.warehouse / "releases"
    paths = sorted(folder.iterdir()) if folder.exists() else ()
    every = [_release(files.read_json(p)) for p in paths if RELEASE.fullmatch(p.name)]
    return [r for r in every if as_of is None or r.night <= as_of]


def _release(content: dict[str, Any]) -> Release:
    return Release(
        night=date.fromisoformat(content["night"]),
        manifest_sha256=content["manifest_sha256"],
        files=tuple(StoredFile(**f) for f in content["files"]),
        basis=content.get("basis"),
        records_version=content.get("records_version"),
    )


def stored(settings: Settings, path: Path) -> StoredFile:
    """Describe a Parquet file for a release."""
    return StoredFile(
        path=path.relative_to(settings.data).as_posix(),
        rows=pq.read_metadata(path).num_rows,
        sha256=files.sha256_of(path),
    )


def write_release(settings: Settings, release: Release) -> None:
    """Make a publication exist, in one step; never over another release.

    Raises:
        NightClosed: another process released this night meanwhile.
    """
    path = release_path(settings, release.night)
    content = asdict(release) | {"night": release.night.isoformat()}
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft.tmp")
    try:
        files.write_json(draft, content)
        os.link(draft, path)  # unlike a rename, this never replaces
    except FileExistsError as error:
        raise NightClosed(f"{release.night} was released by another process") from error
    finally:
        draft.unlink(missing_ok=True)
    files.sync(path.parent)


def sweep(settings: Settings) -> None:
    """Remove the indexes that a killed publication left. Needs the lock."""
    named = {settings.data / f.path for r in releases(settings) for f in r.files}
    for table in TABLES:
        _sweep_folder(table_folder(settings, table), named)
    _sweep_folder(settings.warehouse / "releases", named)


def _sweep_folder(folder: Path, named: set[Path]) -> None:
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        is_ours = NIGHT_FILE.fullmatch(path.name) and path not in named
        if is_ours or LEFTOVER.fullmatch(path.name):
            path.unlink()
