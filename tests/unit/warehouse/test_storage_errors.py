"""Disks, folders, files and logs that fail: a clear line, and nothing lost."""

import errno
import os
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from warehouse_world import (
    FIRST,
    SECOND,
    THIRD,
    WATER,
    World,
    copied,
    penalty,
    tree,
)

from guiji.core import settings as settings_module
from guiji.core.errors import GuijiError, LedgerBroken, StorageUnusable
from guiji.core.settings import Settings
from guiji.engine import remote
from guiji.storage import delta, delta_log, storage_errors
from guiji.warehouse import backup, compaction, show, views
from guiji.warehouse.merge_night import AcceptedBatch, MergeResult

PENALTY = "administrative_penalty"
STATE = "select * from history order by all"
IS_ROOT = os.geteuid() == 0


def batch(world: World, night: Any, rows: int) -> AcceptedBatch:
    made = [penalty(WATER, f"{n}号", "2026-11-02") for n in range(rows)]
    return world.deliver(night, PENALTY, made)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One night of forty rows."""
    data = tmp_path_factory.mktemp("data")
    world = World(replace(settings_module.current(), data=data))
    world.merge(FIRST, batch(world, FIRST, 40))
    return world


@pytest.fixture
def held(made: World, settings: Settings) -> World:
    """The same, to be damaged."""
    return copied(made, settings)


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """Let the system refuse to write further into a file, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)


def require_one_line(error: GuijiError, *expected: str) -> None:
    text = str(error)
    assert "\n" not in text
    for word in expected:
        assert word in text


@pytest.mark.parametrize("size", [100, 2_000, 5_000])
def test_a_full_disk_fails_a_merge_and_changes_nothing(held: World, size: int) -> None:
    before = held.ask(STATE)
    delivered = batch(held, SECOND, 50)
    with (
        files_no_longer_than(size),
        pytest.raises(StorageUnusable) as caught,
    ):
        held.merge(SECOND, delivered)
    require_one_line(caught.value, "no space is left", "run again", "warehouse/")
    assert held.ask(STATE) == before
    assert held.merge(SECOND, delivered).total.new == 10
    assert held.ask("select count(*) from records") == [(50,)]


@pytest.mark.parametrize("table", ["deliveries", "records"])
def test_a_disk_that_is_full_when_a_night_is_committed(
    held: World, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = held.ask(STATE)
    delivered = batch(held, SECOND, 50)
    real = delta.commit

    def commit(where: Any, version: Any, *rest: Any, **named: Any) -> None:
        if version.table != table:
            return real(where, version, *rest, **named)
        with files_no_longer_than(100):
            return real(where, version, *rest, **named)

    with monkeypatch.context() as patched:
        patched.setattr(delta, "commit", commit)
        with pytest.raises(StorageUnusable) as caught:
            held.merge(SECOND, delivered)
    require_one_line(caught.value, "no space is left")
    assert held.ask(STATE) == before
    assert held.merge(SECOND, delivered).total.new == 10


def test_a_full_disk_fails_a_fold_and_changes_nothing(held: World) -> None:
    held.merge(SECOND, batch(held, SECOND, 50))
    before, bytes_before = held.ask(STATE), tree(held.settings.warehouse)
    with files_no_longer_than(2_000), pytest.raises(StorageUnusable):
        compaction.fold(held.context, PENALTY)
    assert tree(held.settings.warehouse) == bytes_before
    assert compaction.fold(held.context, PENALTY) > 0
    assert held.ask(STATE) == before


def test_a_full_disk_fails_a_backup_that_another_finishes(
    held: World, tmp_path: Path
) -> None:
    target = str(tmp_path / "copy")
    with files_no_longer_than(2_000), pytest.raises(StorageUnusable) as caught:
        backup.backup(held.settings, target)
    require_one_line(caught.value, "no space is left", target)
    assert backup.backup(held.settings, target).files
    other = World(replace(held.settings, data=tmp_path / "other"))
    backup.restore(other.settings, target)
    assert other.ask(STATE) == held.ask(STATE)


@pytest.mark.skipif(not IS_ROOT, reason="only root may mount")
def test_a_disk_of_a_megabyte_fills_up(world: World, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False
    ).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        small = World(replace(world.settings, data=disk))
        first = replace(batch(world, FIRST, 40), dataset=PENALTY)
        small.merge(FIRST, first)
        before = small.ask(STATE)
        with pytest.raises(StorageUnusable) as caught:
            small.merge(SECOND, batch(world, SECOND, 60_000))
        require_one_line(caught.value, "no space is left")
        assert small.ask(STATE) == before
        assert small.merge(SECOND, batch(world, SECOND, 50)).total.new == 10
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Take the right to write into a folder, from root by a mount of its own."""
    if IS_ROOT:
        made = ["mount", "--bind", "-o", "ro", folder, folder]
        if subprocess.run(made, check=False).returncode:
            pytest.skip("this machine lets nobody mount")
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        try:
            yield
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
        return
    below = [p for p in (folder, *folder.rglob("*")) if p.is_dir()]
    for path in below:
        path.chmod(0o500)
    try:
        yield
    finally:
        for path in below:
            path.chmod(0o700)


def test_a_read_only_folder_is_read_and_fails_a_merge(held: World) -> None:
    before = held.ask(STATE)
    delivered = batch(held, SECOND, 50)
    with read_only(held.settings.warehouse):
        assert held.ask(STATE) == before
        with pytest.raises(StorageUnusable) as caught:
            held.merge(SECOND, delivered)
    require_one_line(caught.value, "no right to write", str(held.settings.warehouse))
    assert held.merge(SECOND, delivered).total.new == 10


def data_file(world: World) -> Path:
    return next(world.settings.warehouse.glob("records/kind=tail/**/*.parquet"))


def zero_in_the_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4:-600] = bytes(len(content) - 604)
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-100]),
    "zeros": zero_in_the_middle,
    "gone": Path.unlink,
}


def merge_again(world: World) -> MergeResult:
    return world.merge(THIRD, batch(world, THIRD, 41))


def read_all(world: World) -> object:
    return world.ask("select max(columns(*)::varchar) from history")


def show_one(world: World) -> object:
    return show.show(world.context, WATER)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_data_file_is_named(held: World, damage: str) -> None:
    path = data_file(held)
    whole = path.read_bytes()
    before = held.ask(STATE)
    DAMAGES[damage](path)
    state = "missing" if damage == "gone" else "damaged"
    for work in (merge_again, read_all, show_one):
        with pytest.raises(LedgerBroken) as caught:
            work(held)
        require_one_line(caught.value, state, "guiji verify", "backup")
    path.write_bytes(whole)
    assert held.ask(STATE) == before
    assert merge_again(held).total.new == 1


@pytest.mark.parametrize(
    ("version", "damage"),
    [(0, "empty"), (0, "cut off"), (0, "gone"), (1, "cut off"), (1, "gone")],
)
def test_a_damaged_log_is_named(held: World, version: int, damage: str) -> None:
    held.merge(SECOND, batch(held, SECOND, 50))
    before = held.ask(STATE)
    path = held.settings.warehouse / "records" / delta_log.log_entry(version)
    whole = path.read_bytes()
    DAMAGES[damage](path)
    for work in (merge_again, read_all, show_one):
        with pytest.raises(LedgerBroken) as caught:
            work(held)
        require_one_line(caught.value, "records/_delta_log", "backup")
    path.write_bytes(whole)
    assert held.ask(STATE) == before
    assert merge_again(held).total.new == 0


def test_a_lost_last_entry_is_the_night_before_until_it_is_merged_again(
    held: World,
) -> None:
    before = held.ask(STATE)
    delivered = batch(held, SECOND, 50)
    held.merge(SECOND, delivered)
    after = held.ask(STATE)
    entries = sorted((held.settings.warehouse / "records/_delta_log").glob("*.json"))
    entries[-1].unlink()
    assert held.ask(STATE) == before
    assert held.merge(SECOND, delivered).repeated is False
    assert held.ask(STATE) == after


def test_a_store_that_does_not_answer_is_named(
    world: World, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = World(replace(world.settings, warehouse_url=f"{bucket}/guiji"))
    far.merge(FIRST, batch(far, FIRST, 40))
    with monkeypatch.context() as patched:
        patched.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        patched.setitem(remote.OPTIONS, "max_retries", "1")  # delta-rs waits between
        for work in (merge_again, read_all):
            with pytest.raises(StorageUnusable) as caught:
                work(far)
            require_one_line(caught.value, "the object store fails", "127.0.0.1:9")
    assert merge_again(far).total.new == 1


def test_a_query_that_is_wrong_is_nobodys_fault(held: World) -> None:
    with (
        views.connect(held.context) as connection,
        pytest.raises(duckdb.ConversionException) as caught,
    ):
        connection.execute("select 'is corrupt'::date").fetchall()
    assert storage_errors.meaning(caught.value) is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/a/b"), "no space"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "/a/b"), "no space"),
        (OSError(errno.EROFS, "Read-only file system", "/a/b"), "no right"),
        (OSError(errno.ENOENT, "No such file or directory", "/a/b"), None),
        (duckdb.Error("TProtocolException: Invalid data"), "a data file is damaged"),
    ],
)
def test_what_an_error_means(error: Exception, expected: str | None) -> None:
    found = storage_errors.meaning(error)
    assert (found is None) == (expected is None)
    assert expected is None or expected in str(found)
