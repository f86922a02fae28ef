"""Writing files so that a kill leaves the old or the new, never a half."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

BLOCK = 1 << 20
LONGEST_NAME = 255
"""Bytes of a name that a file system takes."""

_UNSYNCED: ContextVar[set[Path] | None] = ContextVar("unsynced", default=None)


def sha256_of(path: Path) -> str:
    """Hash a file's bytes; return 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path; on success it is synced and takes the place of `path`.

    The temporary name follows from `path` alone: what a killed process left there is
    overwritten when the file is written again.
    """
    unsynced = _UNSYNCED.get()
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(_temporary_name(path.name))
    try:
        yield temporary
        if unsynced is None:
            sync(temporary)
        temporary.replace(path)
    except OSError as error:
        error.filename = error.filename or str(path)  # where a disk is full
        raise
    finally:
        temporary.unlink(missing_ok=True)
    if unsynced is None:
        sync(path.parent)
    else:
        unsynced.update((path, path.parent))


@contextmanager
def synced_together() -> Iterator[None]:
    """Write files that are synced together, when this ends.

    Until then a power cut may leave each of them empty: what says that they are there,
    such as a verdict in the ledger, has to come after. Only this thread's are meant.
    """
    if _UNSYNCED.get() is not None:
        yield
        return
    unsynced: set[Path] = set()
    token = _UNSYNCED.set(unsynced)
    try:
        yield
    finally:
        _UNSYNCED.reset(token)
    for path in sorted(unsynced):
        if path.exists():  # what was written may be gone again
            sync(path)


def _temporary_name(name: str) -> str:
    """Name the temporary file beside a file; a long name is hashed."""
    temporary = f".{name}.tmp"
    if len(os.fsencode(temporary)) <= LONGEST_NAME:
        return temporary
    return f".{hashlib.sha256(os.fsencode(name)).hexdigest()[:32]}.tmp"


def sync(path: Path) -> None:
    """Make a file's bytes, or the names in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def link_or_copy(source: Path, path: Path) -> None:
    """Create a file at a path with the bytes of one that is never written to again.

    It becomes another name of that file where the system has such links, else a copy.
    `replacing` takes a name away from a file and never writes through it, so a linked
    file stays as it is whatever is written under its other names.
    """
    with replacing(path) as temporary:
        temporary.unlink(missing_ok=True)
        try:
            temporary.hardlink_to(source)
        except OSError:  # another disk, or none that knows links
            shutil.copyfile(source, temporary)


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes in one piece."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text in one piece."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, content: Any) -> None:
    """Write JSON as people read it: Chinese as it is, keys in the order given."""
    write_text(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write a table as Parquet; the same table gives the same bytes."""
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", compression_level=1)


def write_pieces(
    path: Path,
    schema: pa.Schema,
    pieces: Iterable[pa.Table],
    group_rows: int,
    **options: Any,
) -> None:
    """Write tables one after the other as one Parquet file, never holding them all.

    Args:
        path: the file; what is there is overwritten.
        schema: of all pieces.
        pieces: the tables.
        group_rows: rows of a row group at most; a piece begins a new one.
        options: of `pyarrow.parquet.ParquetWriter`.
    """
    with pq.ParquetWriter(
        path, schema, compression="zstd", compression_level=1, **options
    ) as writer:
        for piece in pieces:
            writer.write_table(piece, group_rows)


def read_parquet(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a small Parquet file, of which a night has many; None = all columns.

    `pyarrow.parquet.read_table` makes a dataset of it first and costs twice as much.
    """
    with pq.ParquetFile(path) as file:
        return file.read(columns=columns, use_threads=False)
