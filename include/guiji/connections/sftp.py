"""Connections to SFTP servers, configured as Airflow's.

Only a server whose host key is pinned, and only an account with a key, is ever
connected to: a connection that says otherwise is refused, and the reason never quotes a
secret.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guiji.catalog.model import Catalog
from guiji.connections import airflow
from guiji.core.errors import SourceUnavailable

PULL = "guiji_sftp_pull"
"""Reads the inboxes: an account that may not write."""

PUSH = "guiji_sftp_push"
"""Writes the outboxes."""

TYPES = ("sftp", "ssh")


@dataclass(frozen=True)
class SftpConnection:
    """How one SFTP server is reached; nothing of it is printed but its id.

    Attributes:
        id: Airflow's connection id.
        host: name or address.
        port: TCP port.
        user: account.
        host_keys: the server's public keys, OpenSSH's text, one each.
        known_hosts: a file in OpenSSH's format that holds them instead.
        private_key: the account's key, OpenSSH's text.
        passphrase: of the private key.
        root: folder that holds one folder per department; empty = the account's home.
    """

    id: str
    host: str = field(repr=False)
    port: int = field(repr=False)
    user: str = field(repr=False)
    host_keys: tuple[str, ...] = field(repr=False)
    known_hosts: Path | None = field(repr=False)
    private_key: str = field(repr=False)
    passphrase: str | None = field(repr=False)
    root: bytes = field(repr=False)


def names(catalog: Catalog) -> list[str]:
    """Name every connection that may be configured."""
    return sorted({PULL, PUSH, *_own(catalog)})


def pulling(catalog: Catalog) -> dict[str, list[str]]:
    """Return which departments are read by which connection that is configured."""
    return _departments(catalog, PULL)


def pushing(catalog: Catalog) -> dict[str, list[str]]:
    """Return which departments are written to by which connection."""
    return _departments(catalog, PUSH)


def of(connection_id: str) -> SftpConnection:
    """Read how a server is reached.

    Raises:
        SourceUnavailable: it is not configured, not as Airflow would have it, pins no
            host key, or gives a password in place of a key.
    """
    try:
        connection = airflow.read(connection_id)
        if connection.type not in TYPES or not connection.host or not connection.login:
            raise ValueError
    except (ValueError, TypeError):
        # `from None`: what was wrong may quote a secret
        kind = "type sftp with a host and a login"
        raise airflow.unreadable(connection_id, kind) from None
    if connection.password:
        raise _refused(
            connection_id, "it gives a password; give the account a key and name it"
        )
    extra = connection.extra
    return SftpConnection(
        id=connection_id,
        host=connection.host,
        port=connection.port or 22,
        user=connection.login,
        host_keys=_host_keys(connection_id, extra),
        known_hosts=Path(extra["known_hosts"]) if extra.get("known_hosts") else None,
        private_key=_private_key(connection_id, extra),
        passphrase=extra.get("private_key_passphrase") or None,
        root=str(extra.get("root") or "").rstrip("/").encode(),
    )


def _own(catalog: Catalog) -> set[str]:
    return {d.sftp for d in catalog.departments.values() if d.sftp}


def _departments(catalog: Catalog, shared: str) -> dict[str, list[str]]:
    by_connection: dict[str, list[str]] = {}
    for department in sorted(catalog.departments.values(), key=lambda d: d.id):
        connection_id = department.sftp or shared
        if airflow.is_configured(connection_id):
            by_connection.setdefault(connection_id, []).append(department.id)
    return by_connection


def _refused(connection_id: str, why: str) -> SourceUnavailable:
    return SourceUnavailable(f"connection {connection_id!r} is refused: {why}")


def _host_keys(connection_id: str, extra: dict[str, Any]) -> tuple[str, ...]:
    """Read the pinned keys, one to a line."""
    if str(extra.get("no_host_key_check") or "false").lower() != "false":
        raise _refused(connection_id, "it asks not to check the host key")
    text = str(extra.get("host_key") or "")
    keys = tuple(line.strip() for line in text.splitlines() if line.strip())
    if not keys and not extra.get("known_hosts"):
        raise _refused(
            connection_id,
            "it pins no host key; give the extra `host_key` (as `ssh-keyscan` prints "
            "it, without the host) or `known_hosts` (a file)",
        )
    return keys


def _private_key(connection_id: str, extra: dict[str, Any]) -> str:
    """Read the account's key, from the connection itself or the file it names."""
    if extra.get("private_key"):
        return str(extra["private_key"])
    if not extra.get("key_file"):
        raise _refused(
            connection_id, "it has no key; give the extra `private_key` or `key_file`"
        )
    try:
        return Path(extra["key_file"]).read_text("ascii")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no key"
        raise _refused(
            connection_id, f"its key_file cannot be read: {reason}"
        ) from None
