"""Connections as Airflow's environment tells them, read as Airflow reads them.

`AIRFLOW_CONN_<ID>` holds a URI or JSON. Both may hold secrets: what reads them says
that something is wrong, and never what it was.
"""

import json
import os
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from guiji.core.errors import SourceUnavailable

EXTRA = "__extra__"
"""Parameter of a URI that holds all extras as JSON."""


@dataclass(frozen=True)
class AirflowConnection:
    """What is told of a connection; nothing of it is printed but its type.

    Attributes:
        type: Airflow's type of connection; in a URI its scheme.
        host: name, address or path; empty = none, as the next four.
        port: TCP port; None = none.
        login: account.
        password: its password.
        schema: database.
        extra: everything else, as JSON has it; in a URI its parameters.
        uri: all of it, where it is told so.
    """

    type: str
    host: str = field(repr=False)
    port: int | None = field(repr=False)
    login: str = field(repr=False)
    password: str = field(repr=False)
    schema: str = field(repr=False)
    extra: dict[str, Any] = field(repr=False)
    uri: str | None = field(repr=False)

    @classmethod
    def of_json(cls, text: str) -> Self:
        """Read JSON; its extras may be JSON in a text once more."""
        fields: dict[str, Any] = json.loads(text)
        host, login, password, schema = (
            str(fields.get(name) or "")
            for name in ("host", "login", "password", "schema")
        )
        return cls(
            type=str(fields.get("conn_type") or "").replace("-", "_"),
            host=host,
            port=int(fields["port"]) if fields.get("port") else None,
            login=login,
            password=password,
            schema=schema,
            extra=_extra(fields.get("extra")),
            uri=None,
        )

    @classmethod
    def of_uri(cls, text: str) -> Self:
        """Read a URI; what is not a letter or digit in its parts is written as %XX."""
        parts = urlsplit(text)
        parameters = dict(parse_qsl(parts.query))
        return cls(
            type=parts.scheme.replace("-", "_"),
            host=_host(parts),
            port=parts.port,
            login=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            schema=unquote(parts.path[1:]),
            extra=_extra(parameters[EXTRA]) if EXTRA in parameters else parameters,
            uri=text,
        )


def is_configured(connection_id: str) -> bool:
    """Return whether a connection is configured."""
    return bool(os.environ.get(_variable(connection_id)))


def read(connection_id: str) -> AirflowConnection:
    """Read what is told of a connection.

    Raises:
        SourceUnavailable: it is not configured.
        ValueError: what is told is neither a URI nor JSON. It may quote a secret:
            raise `unreadable` from None in its place; TypeError: likewise.
    """
    text = os.environ.get(_variable(connection_id))
    if not text:
        raise missing(connection_id)
    return (
        AirflowConnection.of_json(text)
        if text.lstrip().startswith("{")
        else AirflowConnection.of_uri(text)
    )


def missing(connection_id: str) -> SourceUnavailable:
    """Make the error that says how to configure a connection."""
    return SourceUnavailable(
        f"connection {connection_id!r} is not configured: set "
        f"{_variable(connection_id)} as for Airflow"
    )


def unreadable(connection_id: str, kind: str) -> SourceUnavailable:
    """Make the error that says what kind of connection should have been told."""
    return SourceUnavailable(
        f"connection {connection_id!r}: {_variable(connection_id)} is neither a URI "
        f"nor JSON of {kind}"
    )


def _variable(connection_id: str) -> str:
    return f"AIRFLOW_CONN_{connection_id.upper()}"


def _extra(value: object) -> dict[str, Any]:
    extra = json.loads(value) if isinstance(value, str) and value else value or {}
    if not isinstance(extra, dict):
        raise ValueError
    return extra


def _host(parts: SplitResult) -> str:
    host = unquote(parts.hostname or "")
    if "/" not in host:
        return host
    # the path of a socket or a file, of which `hostname` changes the case
    return unquote(parts.netloc.rpartition("@")[2].partition(":")[0])
