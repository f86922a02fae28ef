"""An SFTP session, for code that is not asynchronous.

Names are bytes throughout: one name in an old encoding must not hide a whole folder.
What a server answers is sorted into three: it is out of reach (`SourceUnavailable`),
the file is not there any more (`Moved`), the file may not be used (`Unreadable`).
Nothing is waited for longer than `PATIENCE`.
"""

import asyncio
import stat
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import asyncssh

from guiji.connections.errors import Crowded, Moved, Unreadable
from guiji.connections.sftp import SftpConnection
from guiji.core.errors import SourceUnavailable

CONNECTING = 15
"""Seconds until a server must have answered."""

CLOSING = 2
"""Seconds for a goodbye."""

PATIENCE = 120
"""Seconds for one block of a file, or one folder's list."""

BLOCK = 4 << 20
"""Bytes of one read or write; the library asks for its parts at the same time."""

OVERLAP = 1 << 16
"""Bytes at the end of a part that are read again and compared before it grows."""

LARGEST = (1 << 63) - 1
"""A size that a server makes up must still fit into the ledger."""

T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
    """What a server tells of a file: size in bytes, change in seconds since 1970."""

    kind: str
    size: int
    modified: int

    @property
    def is_file(self) -> bool:
        """It is an ordinary file."""
        return self.kind == "file"

    @property
    def is_folder(self) -> bool:
        """It is a folder itself, not a link to one."""
        return self.kind == "folder"


class RemoteFile:
    """An open file of a session."""

    def __init__(self, session: "Session", file: asyncssh.SFTPClientFile) -> None:
        self._session, self._file = session, file

    def stat(self) -> Entry:
        """Return the state of the open file itself, whatever its name is now."""
        return _entry(self._session.run(self._file.stat()))

    def read(self, offset: int, size: int) -> bytes:
        """Read a block; empty at the end of the file."""
        return cast(bytes, self._session.run(self._file.read(size, offset)))

    def write(self, offset: int, block: bytes) -> None:
        """Write a block."""
        self._session.run(self._file.write(block, offset))

    def truncate(self, size: int) -> None:
        """Cut off what lies beyond."""
        self._session.run(self._file.truncate(size))

    def close(self) -> None:
        """Close it, and wait for the server to say so."""
        self._session.run(self._file.close())


class Session:
    """A connection with one SFTP channel; `close` it."""

    def __init__(self, connection: SftpConnection) -> None:
        """Connect.

        Raises:
            SourceUnavailable: it cannot be reached, shows another host key than the
                pinned one, or does not take the account's key.
        """
        self.id = connection.id
        options = _options(connection)
        self._runner = asyncio.Runner()
        self._open: asyncssh.SSHClientConnection | None = None
        try:
            self._sftp = self.run(self._connect(options))
        except BaseException:
            self.close()
            raise

    async def _connect(self, options: dict[str, Any]) -> asyncssh.SFTPClient:
        asyncssh.set_log_level("WARNING")  # a line per connection says nothing
        self._open = await asyncssh.connect(**options)
        return await self._open.start_sftp_client(path_encoding=None)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for the server; sort what it answers."""
        with _sorted(self.id):
            return self._runner.get_loop().run_until_complete(_at_most(work))

    def close(self) -> None:
        """Release the connection, whatever state it is in."""
        if self._open is not None:
            with suppress(SourceUnavailable):
                self.run(_end(self._open))
            self._open = None
        self._runner.close()

    def lstat(self, path: bytes) -> Entry:
        """Return the state of a path; links are not followed."""
        return _entry(self.run(self._sftp.lstat(path)))

    def listing(self, folder: bytes, limit: int) -> dict[bytes, Entry]:
        """Read a folder; links are told as what they are.

        Raises:
            Crowded: it holds more than `limit` entries.
        """
        return self.run(self._listing(folder, limit))

    @contextmanager
    def opened(self, path: bytes) -> Iterator[RemoteFile]:
        """Open a file to read it."""
        with self._opened(path, asyncssh.FXF_READ) as file:
            yield file

    @contextmanager
    def writing(self, path: bytes) -> Iterator[RemoteFile]:
        """Open a file to write it; what is there already stays."""
        flags = asyncssh.FXF_READ | asyncssh.FXF_WRITE | asyncssh.FXF_CREAT
        with self._opened(path, flags) as file:
            yield file

    def make_folder(self, path: bytes) -> None:
        """Make a folder, unless it is there."""
        try:
            self.run(self._sftp.mkdir(path))
        except Unreadable:
            if not self.lstat(path).is_folder:
                raise

    def rename_over(self, path: bytes, target: bytes) -> None:
        """Rename a file in one step, in the place of any other."""
        self.run(self._sftp.posix_rename(path, target))

    def set_modified(self, path: bytes, seconds: int) -> None:
        """Set a file's time of last change."""
        self.run(self._sftp.utime(path, (seconds, seconds)))

    def remove(self, path: bytes) -> None:
        """Remove a file."""
        self.run(self._sftp.remove(path))

    @contextmanager
    def _opened(self, path: bytes, flags: int) -> Iterator[RemoteFile]:
        file = RemoteFile(self, self.run(self._opening(path, flags)))
        try:
            yield file
        except BaseException:
            with suppress(SourceUnavailable, Moved, Unreadable):
                file.close()
            raise
        file.close()

    async def _opening(self, path: bytes, flags: int) -> asyncssh.SFTPClientFile:
        return await self._sftp.open(path, flags, encoding=None)

    async def _listing(self, folder: bytes, limit: int) -> dict[bytes, Entry]:
        entries: dict[bytes, Entry] = {}
        async for entry in self._sftp.scandir(folder):
            name = entry.filename
            if not isinstance(name, bytes) or name in (b".", b".."):
                continue
            if len(entries) == limit:
                raise Crowded(f"more than {limit} entries")
            absurd = b"/" in name or b"\0" in name or not name
            entries[name] = _entry(entry.attrs, "absurd" if absurd else None)
        return entries


def _options(connection: SftpConnection) -> dict[str, Any]:
    """Describe how to connect: pinned host keys, one key, nothing of this machine's."""
    return {
        "host": connection.host,
        "port": connection.port,
        "username": connection.user,
        "known_hosts": _pinned(connection),
        "client_keys": [_client_key(connection)],
        "config": None,
        "agent_path": None,
        "preferred_auth": "publickey",
        "connect_timeout": CONNECTING,
        "login_timeout": CONNECTING,
        "keepalive_interval": CONNECTING,
        "keepalive_count_max": 3,
    }


def _pinned(connection: SftpConnection) -> Any:
    """Read the pinned keys; never None, which would let every server pass."""
    try:
        if connection.known_hosts is not None:
            return asyncssh.read_known_hosts(str(connection.known_hosts))
        keys = [asyncssh.import_public_key(key) for key in connection.host_keys]
    except (OSError, ValueError) as error:
        raise SourceUnavailable(
            f"connection {connection.id!r} is refused: its host_key or known_hosts "
            "cannot be read"
        ) from error
    return keys, [], []


def _client_key(connection: SftpConnection) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_private_key(
            connection.private_key, connection.passphrase
        )
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        raise SourceUnavailable(
            f"connection {connection.id!r} is refused: its private key cannot be read"
        ) from None


async def _end(connection: asyncssh.SSHClientConnection) -> None:
    """Close the session; a server that does not answer is left."""
    connection.close()
    try:
        async with asyncio.timeout(CLOSING):
            await connection.wait_closed()
    except TimeoutError:
        connection.abort()
        await asyncio.sleep(0)


async def _at_most(work: Coroutine[Any, Any, T]) -> T:
    async with asyncio.timeout(PATIENCE):
        return await work


@contextmanager
def _sorted(connection_id: str) -> Iterator[None]:
    """Sort what goes wrong; the text of a server never reaches the log."""
    try:
        yield
    except (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost) as error:
        raise _silent(connection_id, error) from error
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath) as error:
        raise Moved(f"{connection_id}: a file went away") from error
    except asyncssh.SFTPError as error:
        raise Unreadable(f"{connection_id}: {type(error).__name__}") from error
    except (asyncssh.Error, OSError) as error:
        raise _silent(connection_id, error) from error


def _silent(connection_id: str, error: Exception) -> SourceUnavailable:
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        reason = "the server shows another host key than the pinned one"
    elif isinstance(error, asyncssh.PermissionDenied):
        reason = "the server does not take the account's key"
    else:
        reason = type(error).__name__
    return SourceUnavailable(f"connection {connection_id!r}: {reason}")


def _entry(attrs: asyncssh.SFTPAttrs, kind: str | None = None) -> Entry:
    """Read what a server tells; what it leaves out is no ordinary file."""
    is_stated = attrs.size is not None and attrs.mtime is not None
    mode = attrs.permissions or 0
    if kind is None and attrs.type == asyncssh.FILEXFER_TYPE_DIRECTORY:
        kind = "folder"
    elif kind is None and attrs.type == asyncssh.FILEXFER_TYPE_REGULAR and is_stated:
        kind = "file" if not mode or stat.S_ISREG(mode) else "other"
    return Entry(
        kind=kind or "other",
        size=min(attrs.size or 0, LARGEST),
        modified=int(attrs.mtime or 0),
    )
