"""The trace (交换留痕): every exchange leaves a line that nobody can change unseen.

A line is sealed with SHA-256 over its own content and the seal of the line before it.
Triggers refuse to change or delete a line; if someone with the database's own rights
does it all the same, every later seal is wrong and `problems` names the first line.
Details never hold personal data: ids, counts and hashes only.

Source: 贵州省企业公共信用信息平台运行管理规则(试行) 第十四条 (GZ10).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from guiji.ledger.tables import TRACE

ORIGIN = "0" * 64
"""What stands for the line before the first."""

OBJECTION = "objection_"
"""Begins the kinds of lines about objections: `objection_open`, `objection_accept` …"""


@dataclass(frozen=True)
class Entry:
    """One line of the trace.

    Attributes:
        seq: number, 1, 2, 3 … without a gap.
        at: when the machine wrote it, UTC, ISO 8601.
        kind: what happened, e.g. claimed.
        subject: to whom or what, e.g. a delivery id.
        details: more of it, JSON values.
        hash: the seal, 64 hexadecimal digits.
    """

    seq: int
    at: str
    kind: str
    subject: str
    details: dict[str, Any]
    hash: str


def canonical(value: Mapping[str, Any]) -> str:
    """Write JSON in the one way that is hashed."""
    return json.dumps(
        value,
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )


def seal(previous: str, line: Mapping[str, Any]) -> str:
    """Hash a line together with the seal of the line before it."""
    return hashlib.sha256((previous + canonical(line)).encode()).hexdigest()


def append(
    connection: sa.Connection,
    at: str,
    kind: str,
    subject: str,
    details: Mapping[str, Any],
) -> str:
    """Add a line in a writing transaction; return its seal."""
    last = connection.execute(
        sa.select(TRACE.c.seq, TRACE.c.hash).order_by(TRACE.c.seq.desc()).limit(1)
    ).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, ORIGIN)
    line = {
        "seq": seq,
        "at": at,
        "kind": kind,
        "subject": subject,
        "details": canonical(details),
    }
    sealed = seal(previous, line)
    connection.execute(sa.insert(TRACE).values(**line, previous=previous, hash=sealed))
    return sealed


def exists(connection: sa.Connection, kind: str, subject: str) -> bool:
    """Return whether a kind of thing was ever traced about a subject."""
    query = sa.select(TRACE.c.seq).where(
        TRACE.c.kind == kind, TRACE.c.subject == subject
    )
    return connection.execute(query.limit(1)).first() is not None


def entries(
    connection: sa.Connection, kind: str | None = None, subject: str | None = None
) -> list[Entry]:
    """Read the trace, or its lines of one kind or about one subject, oldest first."""
    query = sa.select(TRACE).order_by(TRACE.c.seq)
    if kind is not None:
        query = query.where(TRACE.c.kind == kind)
    if subject is not None:
        query = query.where(TRACE.c.subject == subject)
    return [
        Entry(r.seq, r.at, r.kind, r.subject, json.loads(r.details), r.hash)
        for r in connection.execute(query)
    ]


def problems(connection: sa.Connection) -> Iterator[str]:
    """Check every seal from the first line to the last; name what does not hold."""
    previous, expected = ORIGIN, 1
    query = sa.select(TRACE).order_by(TRACE.c.seq).execution_options(yield_per=5000)
    for row in connection.execute(query):
        if row.seq != expected:
            yield f"trace: lines {expected} to {row.seq - 1} are gone"
        line = {
            name: row._mapping[name]
            for name in ("seq", "at", "kind", "subject", "details")
        }
        if row.previous != previous:
            yield f"trace line {row.seq}: does not follow the line before it"
        if seal(row.previous, line) != row.hash:
            yield f"trace line {row.seq}: was altered"
        previous, expected = row.hash, row.seq + 1
