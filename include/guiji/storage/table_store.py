"""Where the tables lie: a folder, or a bucket of an object store.

A data file is named by the SHA-256 of its bytes. It is written aside, hashed, and
given its name at last; what has a name is whole, and the name tells whether it still
is what it was.
"""

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pyarrow.parquet as pq
from pyarrow.fs import FileInfo, FileType

from guiji.core import files
from guiji.core import scratch as scratch_folders
from guiji.core.errors import StorageUnusable, UsageError
from guiji.core.settings import Settings
from guiji.engine.address import is_remote
from guiji.storage.known_versions import KnownVersions

HIDDEN = ".spill"
BLOCK = 8 << 20
"""Bytes that are sent to an object store, or read from it, at a time."""

NAMED = re.compile(r"\b[0-9a-f]{64}\.parquet$")
"""A file that is named by its bytes."""

IN_FLIGHT = timedelta(days=1)
"""How long another machine may take from storing a file until it commits it."""


class TableStore(Protocol):
    """The root of all tables.

    Attributes:
        options: what delta-rs needs to reach it beside the address.
        known: versions that were read; None = every question reads the log.
    """

    options: dict[str, str]
    known: KnownVersions | None

    def address(self, table: str, path: str = "") -> str:
        """Return the address of a table, or of a file in it, for readers."""

    def exists(self, table: str, path: str) -> bool:
        """Return whether a file is there."""

    def tag(self, table: str, path: str) -> str | None:
        """Return what changes whenever a file does; None = there is no file."""

    def read(self, table: str, path: str) -> bytes:
        """Read a small file."""

    def digest(self, table: str, path: str) -> str:
        """Hash a file's bytes; return 64 hexadecimal digits."""

    def rows(self, table: str, path: str) -> int:
        """Count a Parquet file's rows."""

    def get(self, table: str, path: str, local: Path) -> None:
        """Copy a file to this machine."""

    def put(self, local: Path, table: str, path: str) -> None:
        """Move a finished local file to its place, durably."""

    def settle(self, table: str, path: str) -> None:
        """Make a file that somebody else wrote there survive a power cut."""

    def remove(self, table: str, path: str) -> None:
        """Remove a file that no commit names."""

    def is_in_flight(self, table: str, path: str, within: timedelta) -> bool:
        """Return whether a writer elsewhere may be about to commit a file.

        Args:
            table: name of its table.
            path: of the file in it.
            within: time that a writer takes from storing a file until it commits it.
        """


class Folder:
    """Tables below a local folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.options: dict[str, str] = {}
        self.known: KnownVersions | None = None

    def address(self, table: str, path: str = "") -> str:
        """Return a path."""
        return str(self.root / table / path)

    def exists(self, table: str, path: str) -> bool:
        """Return whether the file exists."""
        return (self.root / table / path).exists()

    def tag(self, table: str, path: str) -> str | None:
        """Return the file's number, size and time of change."""
        try:
            state = (self.root / table / path).stat()
        except FileNotFoundError:
            return None
        return f"{state.st_ino} {state.st_size} {state.st_mtime_ns}"

    def read(self, table: str, path: str) -> bytes:
        """Read."""
        return (self.root / table / path).read_bytes()

    def digest(self, table: str, path: str) -> str:
        """Hash."""
        return files.sha256_of(self.root / table / path)

    def rows(self, table: str, path: str) -> int:
        """Read the footer."""
        return int(pq.read_metadata(self.root / table / path).num_rows)

    def get(self, table: str, path: str, local: Path) -> None:
        """Copy."""
        shutil.copyfile(self.root / table / path, local)

    def put(self, local: Path, table: str, path: str) -> None:
        """Rename; the bytes are on disk before the name is, and both after."""
        target = self.root / table / path
        target.parent.mkdir(parents=True, exist_ok=True)
        files.sync(local)
        local.replace(target)
        for folder in _up_to(target.parent, self.root):
            files.sync(folder)

    def settle(self, table: str, path: str) -> None:
        """Sync the file and its folder."""
        files.sync(self.root / table / path)
        files.sync((self.root / table / path).parent)

    def remove(self, table: str, path: str) -> None:
        """Unlink."""
        (self.root / table / path).unlink(missing_ok=True)

    def is_in_flight(self, table: str, path: str, within: timedelta) -> bool:
        """Deny it: the lock of this machine keeps other writers away."""
        return False


def _up_to(folder: Path, root: Path) -> Iterator[Path]:
    yield folder
    while folder != root:
        folder = folder.parent
        yield folder


class ObjectStore:
    """Tables below a URL of an S3-compatible store.

    What is stored there is whole: an upload that ends early leaves nothing.
    """

    def __init__(self, url: str) -> None:
        """Open the store.

        Args:
            url: `s3://bucket/prefix`, without a slash at the end.
        """
        self.url = url
        from guiji.engine import remote  # noqa: PLC0415 - loads fsspec

        self.options: dict[str, str] = dict(remote.OPTIONS)
        self.known: KnownVersions | None = None
        self._store = remote.open_store(url)

    def address(self, table: str, path: str = "") -> str:
        """Return a URL."""
        return "/".join(filter(None, (self.url, table, path)))

    def exists(self, table: str, path: str) -> bool:
        """Return whether the object exists, by its head."""
        return bool(self._head(table, path).type == FileType.File)

    def tag(self, table: str, path: str) -> str | None:
        """Return the object's size and time of change."""
        head = self._head(table, path)
        return f"{head.size} {head.mtime}" if head.type == FileType.File else None

    def read(self, table: str, path: str) -> bytes:
        """Get."""
        with self._store.open_input_file(f"{table}/{path}") as stream:
            return bytes(stream.read())

    def digest(self, table: str, path: str) -> str:
        """Get block by block and hash."""
        digest = hashlib.sha256()
        with self._store.open_input_file(f"{table}/{path}") as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
        return digest.hexdigest()

    def rows(self, table: str, path: str) -> int:
        """Get the footer."""
        with self._store.open_input_file(f"{table}/{path}") as stream:
            return int(pq.read_metadata(stream).num_rows)

    def get(self, table: str, path: str, local: Path) -> None:
        """Download."""
        with (
            self._store.open_input_file(f"{table}/{path}") as source,
            local.open("wb") as target,
        ):
            shutil.copyfileobj(source, target, BLOCK)

    def put(self, local: Path, table: str, path: str) -> None:
        """Upload; the object is there once all of it has arrived."""
        size = local.stat().st_size
        is_there = NAMED.search(path) and self._head(table, path).size == size
        if not is_there:  # or else it is the same, and may be in use
            self._send(local, table, path, size)
        local.unlink()

    def settle(self, table: str, path: str) -> None:
        """Do nothing: what a store has taken it keeps."""

    def remove(self, table: str, path: str) -> None:
        """Delete."""
        if self.exists(table, path):
            self._store.delete_file(f"{table}/{path}")

    def is_in_flight(self, table: str, path: str, within: timedelta) -> bool:
        """Recognise young files: the lock of this machine means nothing to others."""
        stored_at: datetime = self._head(table, path).mtime
        return datetime.now(UTC) - stored_at < within

    def _head(self, table: str, path: str) -> FileInfo:
        return self._store.get_file_info([f"{table}/{path}"])[0]

    def _send(self, local: Path, table: str, path: str, size: int) -> None:
        try:
            with (
                local.open("rb") as source,
                self._store.open_output_stream(
                    f"{table}/{path}", buffer_size=BLOCK
                ) as target,
            ):
                shutil.copyfileobj(source, target)
            if self._head(table, path).size != size:
                raise StorageUnusable(
                    f"{self.address(table, path)} arrived in part; run again"
                )
        except BaseException:
            self.remove(table, path)  # what was sent so far would pass for the file
            raise


def table_store(settings: Settings) -> TableStore:
    """Return the place that the settings name.

    Raises:
        UsageError: the URL is of no kind that is known.
    """
    url = settings.warehouse_url
    if url is None:
        return Folder(settings.warehouse)
    if not is_remote(url):
        raise UsageError(f"GUIJI_WAREHOUSE is {url!r}; give s3://bucket/prefix")
    return place_at(url)


def place_at(address: str) -> TableStore:
    """Return the place at a URL, or in a folder of this machine.

    Raises:
        UsageError: the URL is of no kind that is known.
    """
    if is_remote(address):
        return ObjectStore(address.rstrip("/"))
    if "://" in address:
        raise UsageError(f"{address!r} is of no known kind; give s3://bucket/prefix")
    return Folder(Path(address).resolve())


@contextmanager
def scratch(settings: Settings) -> Iterator[Path]:
    """Yield a folder for files that are being written; it is removed in the end."""
    with scratch_in(settings.warehouse) as folder:
        yield folder


@contextmanager
def scratch_in(root: Path) -> Iterator[Path]:
    """Yield a folder, on the disk of `root`, for files that are being written."""
    with scratch_folders.folder(root / HIDDEN) as folder:
        yield folder
