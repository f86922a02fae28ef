"""Files in an object store: the one way in which this process reaches them.

delta-rs reads, writes and commits; it finds address, region and credentials in the
usual AWS_* variables of the environment, and nothing here sees them. DuckDB reads
through the same door, but only the files that it was told of, and it writes none.
"""

import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from io import RawIOBase
from typing import Any

import duckdb
import pyarrow as pa
from deltalake.fs import DeltaStorageHandler
from fsspec import AbstractFileSystem
from pyarrow.fs import FileSystem, PyFileSystem

from guiji.engine.address import SCHEME, is_remote

OPTIONS = {
    "aws_conditional_put": "etag",  # of two commits of one version, one is refused
    "allow_unsafe_rename": "false",
}
NEVER_CHANGED = datetime(2000, 1, 1, tzinfo=UTC)
"""When any file was changed: what has a name keeps its bytes."""


def open_store(url: str) -> FileSystem:
    """Open an object store; its paths are relative to the URL."""
    return PyFileSystem(DeltaStorageHandler(url, OPTIONS))


def reveal(connection: duckdb.DuckDBPyConnection, addresses: Iterable[str]) -> None:
    """Make these files readable for a new DuckDB connection, wherever they are."""
    urls = [a for a in addresses if is_remote(a)]
    if urls:
        remote_files = RemoteFiles()
        connection.register_filesystem(remote_files)
        remote_files.reveal(urls)


class RemoteFiles(AbstractFileSystem):  # type: ignore[misc]
    """The files of object stores that one DuckDB connection may read."""

    protocol = SCHEME
    cachable = False  # each connection has its own

    def __init__(self) -> None:
        super().__init__()
        self._stores: dict[str, FileSystem] = {}  # bucket -> its store
        self._files: dict[str, Streams] = {}  # address -> what reads it

    def reveal(self, addresses: Iterable[str]) -> None:
        """Add these files to those that may be read."""
        for address in addresses:
            bucket, _, path = address.removeprefix(f"{SCHEME}://").partition("/")
            if bucket not in self._stores:
                self._stores[bucket] = open_store(f"{SCHEME}://{bucket}")
            self._files.setdefault(address, Streams(self._stores[bucket], path))

    def glob(self, path: str, **_: Any) -> list[str]:
        """Find a file by its address; there are no patterns."""
        return [path] if path in self._files else []

    def exists(self, path: str, **_: Any) -> bool:
        """Return whether a file may be read."""
        return path in self._files

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Describe a file as DuckDB asks for it."""
        size = self._streams(path).size
        return {"name": path, "size": size, "type": "file", "mtime": NEVER_CHANGED}

    def modified(self, path: str) -> datetime:
        """Return when a file was changed: never."""
        self._streams(path)
        return NEVER_CHANGED

    def open(self, path: str, mode: str = "rb", **_: Any) -> "RemoteFile":
        """Open a file for reading.

        Raises:
            PermissionError: it is to be written.
            FileNotFoundError: it was not revealed.
        """
        if mode != "rb":
            raise PermissionError(f"{path} is only read")
        return RemoteFile(self._streams(path))

    def _streams(self, path: str) -> "Streams":
        if path not in self._files:
            raise FileNotFoundError(path)
        return self._files[path]


class Streams:
    """The open streams of one file: as many as read it at the same time."""

    def __init__(self, store: FileSystem, path: str) -> None:
        self._store = store
        self._path = path
        self._idle: list[pa.NativeFile] = []
        self._size: int | None = None

    @property
    def size(self) -> int:
        """Bytes of the file."""
        if self._size is None:
            stream = self._taken()
            self._size = int(stream.size())
            self._idle.append(stream)
        return self._size

    def read(self, position: int, number: int) -> bytes:
        """Read up to a number of bytes from a position."""
        stream = self._taken()
        stream.seek(position)
        content: bytes = stream.read(number)
        self._idle.append(stream)
        return content

    def _taken(self) -> pa.NativeFile:
        """Borrow an idle stream; it is returned unless reading fails."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._store.open_input_file(self._path)


class RemoteFile(RawIOBase):
    """A file as DuckDB reads it: several threads share it, each at its own position."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._positions: dict[int, int] = {}  # thread -> where it reads next

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Return where this thread reads next."""
        return self._positions.get(threading.get_ident(), 0)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move this thread's reading position."""
        start = (0, self.tell(), self._streams.size)[whence]
        self._positions[threading.get_ident()] = start + offset
        return start + offset

    def read(self, size: int = -1) -> bytes:
        """Read what follows; less than asked for only at the end."""
        position = self.tell()
        left = self._streams.size - position
        content = self._streams.read(position, left if size < 0 else min(size, left))
        self.seek(position + len(content))
        return content
