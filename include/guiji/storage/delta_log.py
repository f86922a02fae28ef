"""The log of a Delta table: what each version says of itself, and the chain of hashes.

A commit of ours holds a hash over all log entries before it, so that no entry can be
changed or taken out unnoticed.
"""

import hashlib
import json
from typing import Any

from guiji.storage.table_store import TableStore

CHAIN = "guiji.chain"
START = "0" * 64


def log_entry(version: int) -> str:
    """Return the path of a version's log entry within its table."""
    return f"_delta_log/{version:020d}.json"


def chain(place: TableStore, table: str, version: int) -> str:
    """Hash all log entries up to a version; each link holds the one before it.

    A commit of ours holds the hash of everything before it; entries that delta-rs
    made by itself in between are hashed with the next one.
    """
    entries: list[bytes] = []
    before = START
    for number in range(version, -1, -1):
        entry = place.read(table, log_entry(number))
        entries.append(entry)
        noted = commit_info(entry).get(CHAIN)
        if noted is not None:
            before = noted
            break
    digest = hashlib.sha256(before.encode())
    for entry in reversed(entries):
        digest.update(entry)
    return digest.hexdigest()


def commit_info(entry: bytes) -> dict[str, Any]:
    """Read what a log entry says of itself."""
    for line in entry.splitlines():
        action = json.loads(line)
        if "commitInfo" in action:
            return dict(action["commitInfo"])
    return {}


def notes(
    place: TableStore, table: str, version: int
) -> list[tuple[int, dict[str, Any]]]:
    """List (version, what its commit says of itself) up to a version, oldest first."""
    return [
        (number, commit_info(place.read(table, log_entry(number))))
        for number in range(version + 1)
    ]
