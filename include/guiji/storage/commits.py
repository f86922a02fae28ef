"""The nights that were merged, as the log of `records` tells them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from guiji.storage import delta_log
from guiji.storage.dataset_files import is_merged
from guiji.storage.delta import Snapshot
from guiji.storage.table_store import TableStore

NIGHT = "guiji.night"
BATCHES = "guiji.batches"
OPERATION = "guiji.operation"
MERGE, FOLD = "merge", "fold"


@dataclass(frozen=True)
class Commit:
    """One night's step of the warehouse.

    Attributes:
        night: the night merged.
        version: of the table `records` that the merge made.
        batches: what became of each batch's rows: batch id -> outcome -> rows.
    """

    night: date
    version: int
    batches: Mapping[str, Mapping[str, int]]


def note(night: date, batches: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    """Describe a merge for the log."""
    listed = {b: dict(sorted(batches[b].items())) for b in sorted(batches)}
    return {
        OPERATION: MERGE,
        NIGHT: night.isoformat(),
        BATCHES: json.dumps(listed, ensure_ascii=False),
    }


def commits(store: TableStore, snapshot: Snapshot) -> list[Commit]:
    """Read the merges of all nights, oldest first."""
    return [
        _commit(version, note)
        for version, note in delta_log.notes(store, snapshot.table, snapshot.version)
        if note.get(OPERATION) == MERGE
    ]


def commit_of(store: TableStore, snapshot: Snapshot, night: date) -> Commit | None:
    """Read a night's merge; None = it was not merged."""
    if not is_merged(snapshot, night):
        return None
    return next(c for c in reversed(commits(store, snapshot)) if c.night == night)


def _commit(version: int, note: Mapping[str, Any]) -> Commit:
    return Commit(
        night=date.fromisoformat(note[NIGHT]),
        version=version,
        batches=json.loads(note[BATCHES]),
    )
