"""Copy one version of the whole warehouse elsewhere, and bring it back.

A version is its log and the files that it holds; neither ever changes, so a backup
runs beside a merge and needs no lock. It counts once its list of files is written,
which is last. Made again into the same place, it copies only what is new.

The original files, the ledger, the publications and the archived catalogues and
calendars lie beside the warehouse; they are copied as the folders they are.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from guiji.core import files
from guiji.core.errors import LedgerBroken, UsageError
from guiji.core.settings import Settings
from guiji.storage import dataset_files, publication_log
from guiji.storage.delta import NO_TABLE, Snapshot, latest, snapshot
from guiji.storage.delta_log import log_entry
from guiji.storage.storage_errors import explained
from guiji.storage.table_store import (
    Folder,
    TableStore,
    place_at,
    scratch,
    scratch_in,
    table_store,
)
from guiji.storage.writer_lock import locked
from guiji.warehouse import tables

HOME = "backup"
LIST = "files.json"
RELEASES = "releases"


@dataclass(frozen=True)
class Backup:
    """What a backup holds.

    Attributes:
        versions: Delta table -> its version.
        last_night: the last night merged; ISO text, None = none yet.
        files: (table or folder)/path -> SHA-256 of its bytes.
    """

    versions: Mapping[str, int]
    last_night: str | None
    files: Mapping[str, str]


@explained
def backup(settings: Settings, target: str) -> Backup:
    """Copy the newest version of all tables, and the releases with their indexes.

    Merges, folds and publications may go on meanwhile; what they commit later is not
    in it.

    Args:
        settings: where the warehouse is.
        target: a folder, or a URL of an object store; empty, or an earlier backup of
            this warehouse.

    Raises:
        UsageError: there is no night to copy, or another warehouse is in the target.
        LedgerBroken: a file is not what its name or release says.
    """
    where, to = table_store(settings), place_at(target)
    wanted, versions, night = _pin(settings, where)
    if versions[dataset_files.TABLE] == NO_TABLE:
        raise UsageError("the warehouse is empty: there is nothing to copy")
    root = to.root if isinstance(to, Folder) else settings.warehouse
    with scratch_in(root) as aside:
        copied = _Copy(where, Folder(settings.warehouse), to, aside)
        digests = {name: copied.one(name, digest) for name, digest in wanted.items()}
        contents = Backup(versions, night, digests)
        files.write_json(aside / LIST, asdict(contents))
        to.put(aside / LIST, HOME, LIST)
    return contents


def _pin(
    settings: Settings, where: TableStore
) -> tuple[dict[str, str | None], dict[str, int], str | None]:
    """Choose the version: releases first, so that each finds its night in `records`.

    Returns:
        File -> its hash if it is known; table -> version; the last night.
    """
    wanted: dict[str, str | None] = {}
    for release in publication_log.releases(settings):
        wanted[f"{RELEASES}/{release.night}.json"] = None
        for file in release.files:
            path = PurePosixPath(file.path)
            wanted[f"{path.parent.name}/{path.name}"] = file.sha256
    snapshots = _at_once(where)
    last = dataset_files.last_night(snapshots[dataset_files.TABLE])
    for table, state in snapshots.items():
        for version in range(state.version + 1):
            wanted[f"{table}/{log_entry(version)}"] = None
        for data in state.files:
            wanted[f"{table}/{data.path}"] = PurePosixPath(data.path).stem
    versions = {table: state.version for table, state in snapshots.items()}
    return wanted, versions, last.isoformat() if last else None


def _at_once(where: TableStore) -> dict[str, Snapshot]:
    """Read all tables while `records` stands still."""
    while True:
        snapshots = {table: snapshot(where, table) for table in tables.EVERY}
        if latest(where, dataset_files.TABLE) == snapshots[dataset_files.TABLE].version:
            return snapshots


@dataclass(frozen=True)
class _Copy:
    """Copies files of a warehouse, each under the name that it has.

    Attributes:
        tables: the place of the Delta tables.
        beside: the folder of releases and their indexes.
        to: where the copies go.
        aside: folder for files that are being written.
    """

    tables: TableStore
    beside: TableStore
    to: TableStore
    aside: Path

    def one(self, name: str, digest: str | None) -> str:
        """Copy a file unless it is there already.

        Args:
            name: table or folder, slash, path.
            digest: SHA-256 that its bytes must have; None = any.

        Returns:
            SHA-256 of its bytes.
        """
        table, path = split(name)
        if digest and self.to.exists(table, path):
            _require(self.to, name, self.to.digest(table, path), digest)
            return digest
        source = self.tables if table in tables.EVERY else self.beside
        local = self.aside / "copy"
        source.get(table, path, local)
        sha256 = files.sha256_of(local)
        _require(source, name, sha256, digest or sha256)
        if self.to.exists(table, path):
            if self.to.digest(table, path) != sha256:
                raise UsageError(
                    f"{self.to.address(table, path)} is of another warehouse; "
                    "choose an empty place"
                )
        else:
            self.to.put(local, table, path)
        return sha256


def split(name: str) -> tuple[str, str]:
    """Part a name into table or folder, and path."""
    table, _, path = name.partition("/")
    return table, path


def _require(where: TableStore, name: str, digest: str, expected: str) -> None:
    if digest != expected:
        raise LedgerBroken(
            f"{where.address(*split(name))} was altered: its SHA-256 is "
            f"{digest[:12]}…, not {expected[:12]}…; take it from another copy"
        )


@explained
def restore(settings: Settings, source: str) -> Backup:
    """Restore a backup into an empty warehouse.

    Everything is checked before anything is written. A restore that was cut off is
    finished by another one from the same backup.

    Args:
        settings: where the warehouse is to be.
        source: folder or URL of the backup.

    Raises:
        UsageError: there is no whole backup, or the warehouse is not empty.
        LedgerBroken: a file of the backup is missing or altered.
    """
    where, origin = table_store(settings), place_at(source)
    contents = read(origin)
    with locked(settings), scratch(settings) as aside:
        _require_empty(settings, where, contents)
        for name, digest in contents.files.items():
            _check(origin, name, digest)
        beside = Folder(settings.warehouse)
        for name in _in_order(contents):
            table, path = split(name)
            to = where if table in contents.versions else beside
            origin.get(table, path, aside / "copy")
            to.put(aside / "copy", table, path)
    return contents


def read(origin: TableStore) -> Backup:
    """Read what a backup holds.

    Raises:
        UsageError: there is none, or it was not finished.
    """
    if not origin.exists(HOME, LIST):
        raise UsageError(f"no finished backup in {origin.address('')}")
    content: dict[str, Any] = json.loads(origin.read(HOME, LIST))
    return Backup(**content)


def _require_empty(settings: Settings, where: TableStore, backup: Backup) -> None:
    """Check that there is nothing but an unfinished restore of this backup."""
    beside = Folder(settings.warehouse)
    begun = [(where, table, log_entry(0)) for table in tables.EVERY]
    begun += [
        (beside, RELEASES, f"{release.night}.json")
        for release in publication_log.releases(settings)
    ]
    for store, table, path in begun:
        if not store.exists(table, path):
            continue
        of_backup = backup.files.get(f"{table}/{path}")
        if table == dataset_files.TABLE or store.digest(table, path) != of_backup:
            raise UsageError(
                f"the warehouse is not empty: there is {store.address(table, path)}; "
                "restore into an empty one"
            )


def _check(origin: TableStore, name: str, digest: str) -> None:
    if not origin.exists(*split(name)):
        raise LedgerBroken(
            f"{origin.address(*split(name))} is missing; take another backup"
        )
    _require(origin, name, origin.digest(*split(name)), digest)


def _in_order(backup: Backup) -> Iterator[str]:
    """List files so that a table begins to exist with its last one, `records` last.

    Data, indexes and releases first, then each log from its end to its beginning. A
    backup made before there was a table does not name it.
    """
    logs = [
        f"{table}/{log_entry(version)}"
        for table in reversed(tables.EVERY)
        for version in range(backup.versions.get(table, NO_TABLE), -1, -1)
    ]
    yield from backup.files.keys() - set(logs)
    yield from logs
