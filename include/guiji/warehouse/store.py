"""The warehouse's files and commits: the one place that knows where they lie.

A night adds files and then one commit that names them with their hashes. What no
commit names does not exist for a reader, so a kill before the commit leaves the
state of yesterday; the next writer sweeps the rest away. Each commit holds the hash
of the one before it: history cannot be changed in the middle without notice.
A release is the commit of a publication's index.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from guiji import files
from guiji.errors import LedgerBroken, NightClosed
from guiji.settings import Settings

COMMIT = re.compile(r"(\d{4}-\d\d-\d\d)\.json")
RELEASE = re.compile(r"(\d{4}-\d\d-\d\d)\.publication\.json")
NIGHT_FILE = re.compile(r"\d{4}-\d\d-\d\d\.parquet")
LEFTOVER = re.compile(r"\..*\.tmp")


@dataclass(frozen=True)
class StoredFile:
    """A file that a commit vouches for.

    Attributes:
        path: relative to the data root, with slashes.
        rows: of the Parquet file.
        sha256: of its bytes.
    """

    path: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Commit:
    """One night's step of the warehouse.

    Attributes:
        night: the night merged.
        parent: night of the commit before; None = the first.
        parent_sha256: of that commit's file.
        files: what the night added, sorted by path.
        batches: what became of each batch's rows: batch id -> outcome -> rows.
    """

    night: date
    parent: date | None
    parent_sha256: str | None
    files: tuple[StoredFile, ...]
    batches: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Release:
    """One released publication.

    Attributes:
        night: the night published.
        manifest_sha256: of publication/<night>/manifest.json.
        files: the index of what is on show, and what was withheld.
    """

    night: date
    manifest_sha256: str
    files: tuple[StoredFile, ...]


def versions_folder(settings: Settings, dataset: str) -> Path:
    """Give the folder of a dataset's versions, one file per night."""
    return settings.warehouse / "versions" / dataset


def table_folder(settings: Settings, table: str) -> Path:
    """Give the folder of a nightly table, such as deliveries."""
    return settings.warehouse / table


def commit_path(settings: Settings, night: date) -> Path:
    """Give the file that makes a night's merge exist."""
    return settings.warehouse / "commits" / f"{night}.json"


def release_path(settings: Settings, night: date) -> Path:
    """Give the file that makes a night's publication exist."""
    return settings.warehouse / "commits" / f"{night}.publication.json"


def commits(settings: Settings, as_of: date | None = None) -> list[Commit]:
    """Read the commits of all nights up to `as_of`, in order of nights."""
    return [
        _commit(files.read_json(path))
        for path in _matching(settings.warehouse / "commits", COMMIT)
        if as_of is None or path.stem <= as_of.isoformat()
    ]


def commit_of(settings: Settings, night: date) -> Commit | None:
    """Read a night's commit, if the night was merged."""
    path = commit_path(settings, night)
    return _commit(files.read_json(path)) if path.exists() else None


def releases(settings: Settings, as_of: date | None = None) -> list[Release]:
    """Read the releases of all nights up to `as_of`, in order of nights."""
    found = [
        _release(files.read_json(path))
        for path in _matching(settings.warehouse / "commits", RELEASE)
    ]
    return [r for r in found if as_of is None or r.night <= as_of]


def _matching(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    found = folder.iterdir() if folder.exists() else ()
    return sorted(p for p in found if pattern.fullmatch(p.name))


def _commit(content: dict[str, Any]) -> Commit:
    parent = content["parent"]
    return Commit(
        night=date.fromisoformat(content["night"]),
        parent=date.fromisoformat(parent) if parent else None,
        parent_sha256=content["parent_sha256"],
        files=tuple(StoredFile(**f) for f in content["files"]),
        batches=content["batches"],
    )


def _release(content: dict[str, Any]) -> Release:
    return Release(
        night=date.fromisoformat(content["night"]),
        manifest_sha256=content["manifest_sha256"],
        files=tuple(StoredFile(**f) for f in content["files"]),
    )


def head(settings: Settings) -> tuple[date, str] | None:
    """Tell the night and file hash of the last commit made; None = there is none.

    Raises:
        LedgerBroken: the commits are not one chain.
    """
    made = commits(settings)
    parents = {c.parent for c in made}
    last = [c.night for c in made if c.night not in parents]
    if not made:
        return None
    if len(last) != 1:
        raise LedgerBroken(f"the warehouse has {len(last)} last commits, not one")
    return last[0], files.sha256_of(commit_path(settings, last[0]))


def paths_of(settings: Settings, folder: Path, as_of: date | None) -> list[Path]:
    """List the committed files of one folder up to `as_of`, in order of nights."""
    found = [settings.data / f.path for c in commits(settings, as_of) for f in c.files]
    return [p for p in found if p.parent == folder]


def stored(settings: Settings, path: Path) -> StoredFile:
    """Describe a Parquet file for a commit."""
    return StoredFile(
        path=path.relative_to(settings.data).as_posix(),
        rows=pq.read_metadata(path).num_rows,
        sha256=files.sha256_of(path),
    )


def write_table(settings: Settings, path: Path, table: pa.Table) -> StoredFile:
    """Write a Parquet file that a commit will name."""
    files.write_parquet(path, table)
    return stored(settings, path)


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Wait until no other process of this machine writes; a kill frees the lock."""
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    with (settings.warehouse / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_commit(settings: Settings, commit: Commit) -> None:
    """Make a night exist, in one step; never over another commit.

    Raises:
        NightClosed: another process committed this night, or another one, meanwhile.
    """
    parent = (commit.parent, commit.parent_sha256)
    if (head(settings) or (None, None)) != parent:
        raise NightClosed(
            f"another night was merged while {commit.night} was; nothing is "
            f"overwritten, run `guiji merge --date {commit.night}` again"
        )
    _write_once(commit_path(settings, commit.night), commit.night, asdict(commit))


def write_release(settings: Settings, release: Release) -> None:
    """Make a publication exist, in one step; never over another release.

    Raises:
        NightClosed: another process released this night meanwhile.
    """
    _write_once(release_path(settings, release.night), release.night, asdict(release))


def _write_once(path: Path, night: date, content: dict[str, Any]) -> None:
    as_text = {k: str(v) if isinstance(v, date) else v for k, v in content.items()}
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft.tmp")
    try:
        files.write_json(draft, as_text)
        os.link(draft, path)  # unlike a rename, this never replaces
    except FileExistsError as error:
        raise NightClosed(f"{night} was committed by another process") from error
    finally:
        draft.unlink(missing_ok=True)
    files.sync(path.parent)


def sweep(settings: Settings) -> None:
    """Remove what a killed merge left: files that no commit names. Needs the lock."""
    named = {settings.data / f.path for c in commits(settings) for f in c.files}
    tables = ("deliveries", "findings", "quarantine", "commits")
    folders = [table_folder(settings, table) for table in tables]
    folders += sorted((settings.warehouse / "versions").glob("*"))
    for folder in folders:
        _sweep_folder(folder, named)
    shutil.rmtree(spill_folder(settings), ignore_errors=True)


def register_path(settings: Settings, last: tuple[date, str]) -> Path:
    """Give the file of the register that was made from the state after a commit."""
    return settings.warehouse / "register" / f"{last[0]}-{last[1][:8]}.parquet"


def sweep_registers(settings: Settings) -> None:
    """Remove the registers of states before the present one. Needs the lock."""
    last = head(settings)
    kept = register_path(settings, last) if last else None
    for path in sorted((settings.warehouse / "register").glob("*.parquet")):
        if path != kept:
            path.unlink()


def sweep_releases(settings: Settings) -> None:
    """Remove the indexes that a killed publication left. Needs the lock."""
    named = {settings.data / f.path for r in releases(settings) for f in r.files}
    folders = [table_folder(settings, t) for t in ("published", "withheld")]
    for folder in (*folders, settings.warehouse / "commits"):
        _sweep_folder(folder, named)


def _sweep_folder(folder: Path, named: set[Path]) -> None:
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        is_ours = NIGHT_FILE.fullmatch(path.name) and path not in named
        if is_ours or LEFTOVER.fullmatch(path.name):
            path.unlink()


def spill_folder(settings: Settings) -> Path:
    """Give the folder for what a running merge cannot hold in memory."""
    return settings.warehouse / ".spill"
