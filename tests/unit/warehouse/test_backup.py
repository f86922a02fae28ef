"""Backup, restore and vacuum: what is copied, what is refused, what is removed."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from warehouse_world import (
    FIRST,
    POWER,
    SECOND,
    THIRD,
    WATER,
    World,
    copied,
    digest,
    penalty,
    tree,
)

from guiji.context import Context
from guiji.core import files
from guiji.core import settings as settings_module
from guiji.core.errors import LedgerBroken, UsageError
from guiji.core.settings import Settings
from guiji.ledger.progress import Publication
from guiji.pipeline import verification
from guiji.publication import publish
from guiji.storage import dataset_files, delta, table_store
from guiji.warehouse import backup, compaction, incremental_compaction, tables
from guiji.warehouse.vacuum import vacuum

FOURTH = THIRD + timedelta(days=1)
PENALTY = "administrative_penalty"
STATE = "select * from history order by all"
PUBLISHED = "select * from published order by all"
LONG_AFTER = datetime(2027, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Claimed:
    """A delivery as the ledger has it."""

    batch_id: str | None
    verdict: str | None


DELIVERED: dict[date, list[Claimed]] = {}
"""What any world of this module was given."""


@dataclass(frozen=True)
class Book:
    """A ledger without faults."""

    world: World
    merged: tuple[date, ...]

    def verify_chain(self) -> list[str]:
        return []

    def nights(self) -> Sequence[date]:
        return self.merged

    def publications(self) -> Sequence[Publication]:
        manifest = self.world.settings.publication / str(FIRST) / "manifest.json"
        return [Publication(FIRST, files.sha256_of(manifest), 2)]

    def deliveries(self, night: date) -> Sequence[Claimed]:
        return DELIVERED[night]

    def entries(self, kind: str) -> Sequence[verification.TraceLine]:
        return []


def differences(world: World, *merged: date) -> list[str]:
    return verification.verify(
        Context(world.settings, catalog=world.catalog, ledger=Book(world, merged))
    )


def one_night(world: World, night: date, *numbers: str) -> None:
    """Merge one delivery; the bytes of its original are its batch id."""
    rows = [penalty(WATER, f"{n}号", "2026-11-02") for n in numbers]
    batch = world.deliver(night, PENALTY, rows)
    sha256 = digest(batch.batch_id)
    original = world.settings.landing / sha256[:2] / sha256 / "original"
    original.parent.mkdir(parents=True)
    original.write_text(batch.batch_id)
    DELIVERED[night] = [Claimed(batch.batch_id, "accepted")]
    (world.settings.batches / batch.batch_id).mkdir(parents=True, exist_ok=True)
    world.merge(night, batch)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two nights, the first of them published."""
    data = tmp_path_factory.mktemp("data")
    world = World(replace(settings_module.current(), data=data))
    one_night(world, FIRST, "1", "2")
    publish.publish(world.context.at(FIRST))
    one_night(world, SECOND, "2", "3")
    return world


@pytest.fixture
def full(made: World, settings: Settings) -> World:
    """The same, to be changed."""
    return copied(made, settings)


@pytest.fixture
def copy(full: World, tmp_path: Path) -> Path:
    """A backup of it."""
    target = tmp_path / "copy"
    backup.backup(full.settings, str(target))
    return target


def elsewhere(world: World, data: Path) -> World:
    """Everything but the warehouse, copied as folders are."""
    warehouse = world.settings.warehouse.name
    shutil.copytree(
        world.settings.data,
        data,
        symlinks=True,
        ignore=lambda _, names: [n for n in names if n == warehouse],
    )
    return World(replace(world.settings, data=data))


def test_a_backup_holds_the_nights_of_its_moment(
    full: World, copy: Path, tmp_path: Path
) -> None:
    before = full.ask(STATE), full.ask(STATE, FIRST), full.ask(PUBLISHED)
    other = elsewhere(full, tmp_path / "other")
    one_night(full, THIRD, "4")
    restored = backup.restore(other.settings, str(copy))
    assert restored.last_night == SECOND.isoformat()
    assert (other.ask(STATE), other.ask(STATE, FIRST), other.ask(PUBLISHED)) == before
    assert full.ask(STATE) != before[0]
    assert differences(other, FIRST, SECOND) == []


def test_a_restored_warehouse_takes_the_next_night(
    full: World, copy: Path, tmp_path: Path
) -> None:
    other = elsewhere(full, tmp_path / "other")
    backup.restore(other.settings, str(copy))
    one_night(other, THIRD, "4")
    compaction.fold(other.context, PENALTY)
    assert other.ask("select count(*) from records") == [(4,)]
    assert differences(other, FIRST, SECOND, THIRD) == []


def test_a_warehouse_in_buckets_comes_back_as_it_was(
    full: World, tmp_path: Path
) -> None:
    compaction.fold(full.context, PENALTY, compaction.FoldLimits(base_rows=1))
    one_night(full, THIRD, "2", "4")
    limits = incremental_compaction.RunLimits(loose_rows=1, run_rows=1)
    incremental_compaction.compact(full.context, PENALTY, limits)
    held = dataset_files.open_records(table_store.table_store(full.settings))
    files_of = dataset_files.of_dataset(held, PENALTY)
    assert len(files_of.base) > 1
    assert files_of.tail
    assert all(f.partition["bucket"] for f in (*files_of.base, *files_of.tail))
    before = full.ask(STATE), full.ask(STATE, FIRST), full.ask(PUBLISHED)
    backup.backup(full.settings, str(tmp_path / "copy"))
    other = elsewhere(full, tmp_path / "other")
    backup.restore(other.settings, str(tmp_path / "copy"))
    restored = dataset_files.open_records(table_store.table_store(other.settings))
    assert restored.files == held.files
    assert (other.ask(STATE), other.ask(STATE, FIRST), other.ask(PUBLISHED)) == before
    assert differences(other, FIRST, SECOND, THIRD) == []
    one_night(other, FOURTH, "3", "5")
    incremental_compaction.compact(other.context, PENALTY, limits)
    assert other.ask("select count(*) from records") == [(5,)]
    assert differences(other, FIRST, SECOND, THIRD, FOURTH) == []


def test_a_second_backup_copies_only_what_is_new(
    full: World, copy: Path, tmp_path: Path
) -> None:
    times = {p: p.stat().st_mtime_ns for p in copy.rglob("*.parquet")}
    one_night(full, THIRD, "4")
    backup.backup(full.settings, str(copy))
    assert {p: p.stat().st_mtime_ns for p in times} == times
    other = World(replace(full.settings, data=tmp_path / "other"))
    backup.restore(other.settings, str(copy))
    assert other.ask(STATE) == full.ask(STATE)


def alter(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [alter, Path.unlink])
@pytest.mark.parametrize(
    "pattern",
    [
        "records/kind=tail/**/*.parquet",
        "records/_delta_log/*.json",
        "deliveries/*.parquet",
        "published/*.parquet",
        "releases/*.json",
    ],
)
def test_a_damaged_backup_is_refused(
    full: World,
    copy: Path,
    tmp_path: Path,
    pattern: str,
    damage: Callable[[Path], None],
) -> None:
    victim = sorted(copy.glob(pattern))[0]
    damage(victim)
    other = World(replace(full.settings, data=tmp_path / "other"))
    with pytest.raises(LedgerBroken, match=victim.name):
        backup.restore(other.settings, str(copy))
    assert other.ask("select * from history") == []


def test_a_damaged_warehouse_is_not_copied(full: World, tmp_path: Path) -> None:
    victim = sorted(full.settings.warehouse.glob("records/**/*.parquet"))[0]
    alter(victim)
    with pytest.raises(LedgerBroken, match=victim.name):
        backup.backup(full.settings, str(tmp_path / "copy"))
    other = World(replace(full.settings, data=tmp_path / "other"))
    with pytest.raises(UsageError, match="no finished backup"):
        backup.restore(other.settings, str(tmp_path / "copy"))


def test_a_warehouse_that_holds_something_is_not_restored_over(
    full: World, copy: Path
) -> None:
    before = tree(full.settings.warehouse)
    with pytest.raises(UsageError, match="an empty one"):
        backup.restore(full.settings, str(copy))
    assert tree(full.settings.warehouse) == before


def test_an_empty_warehouse_is_not_copied(world: World, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to copy"):
        backup.backup(world.settings, str(tmp_path / "copy"))


def test_the_backup_of_another_warehouse_is_not_written_over(
    full: World, copy: Path, tmp_path: Path
) -> None:
    other = World(replace(full.settings, data=tmp_path / "other"))
    other.merge(
        FIRST, other.deliver(FIRST, PENALTY, [penalty(POWER, "9号", "2026-11-02")])
    )
    before = tree(copy)
    with pytest.raises(UsageError, match="of another warehouse"):
        backup.backup(other.settings, str(copy))
    assert (before.items() <= tree(copy).items()) is True
    third = World(replace(full.settings, data=tmp_path / "third"))
    backup.restore(third.settings, str(copy))
    assert third.ask(STATE) == full.ask(STATE)


def cut_off(point: int) -> Callable[[table_store.Folder, Path, str, str], None]:
    """Return a `put` that works a number of times."""
    put, left = table_store.Folder.put, iter(range(point))

    def call(self: table_store.Folder, local: Path, table: str, path: str) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        put(self, local, table, path)

    return call


def test_a_restore_that_was_cut_off_is_finished_by_another(
    full: World, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = World(replace(full.settings, data=tmp_path / "other"))
    made = backup.read(table_store.place_at(str(copy)))
    for point in range(0, len(made.files), 5):
        with monkeypatch.context() as patched:
            patched.setattr(table_store.Folder, "put", cut_off(point))
            with pytest.raises(KeyboardInterrupt):
                backup.restore(other.settings, str(copy))
    backup.restore(other.settings, str(copy))
    assert other.ask(STATE) == full.ask(STATE)


def test_a_backup_goes_into_an_object_store_and_back(
    full: World, bucket: str, tmp_path: Path
) -> None:
    backup.backup(full.settings, f"{bucket}/copy")
    there = replace(full.settings, data=tmp_path / "b", warehouse_url=f"{bucket}/live")
    for settings in (replace(full.settings, data=tmp_path / "a"), there):
        backup.restore(settings, f"{bucket}/copy")
        assert World(settings).ask(STATE) == full.ask(STATE)


def folded(world: World) -> tuple[int, set[str]]:
    """Fold; give the version before and the files that only it holds."""
    where = table_store.table_store(world.settings)
    before = dataset_files.open_records(where)
    assert compaction.fold(world.context, PENALTY) > 0
    live = {f.path for f in dataset_files.open_records(where).files}
    return before.version, {f.path for f in before.files} - live


def test_vacuum_removes_what_a_fold_replaced_once_it_is_old(full: World) -> None:
    before = full.ask(STATE), full.ask(STATE, FIRST)
    version, replaced = folded(full)
    where = table_store.table_store(full.settings)
    assert vacuum(full.settings, datetime.now(UTC)) == []
    assert delta.snapshot(where, dataset_files.TABLE, version).files
    removed = vacuum(full.settings, LONG_AFTER)
    assert set(removed) == {f"records/{path}" for path in replaced}
    assert vacuum(full.settings, LONG_AFTER) == []
    assert (full.ask(STATE), full.ask(STATE, FIRST)) == before
    assert differences(full, FIRST, SECOND) == []


def test_days_of_retention_are_counted_from_the_commit(full: World) -> None:
    folded(full)
    few = replace(full.settings, keep_days=3)
    now = datetime.now(UTC)
    assert vacuum(few, now + timedelta(days=3) - timedelta(hours=1)) == []
    assert vacuum(few, now + timedelta(days=3, hours=1))


def test_a_sweep_never_takes_what_retention_keeps(full: World) -> None:
    _, replaced = folded(full)
    where = table_store.table_store(full.settings)
    held = dataset_files.open_records(where)
    assert held.delta is not None
    held.delta.create_checkpoint()  # forgets removals that it takes for old
    assert delta.sweep(where, dataset_files.open_records(where)) == []
    assert all(where.exists(dataset_files.TABLE, path) for path in replaced)


def test_a_backup_after_vacuum_restores(full: World, tmp_path: Path) -> None:
    folded(full)
    vacuum(full.settings, LONG_AFTER)
    backup.backup(full.settings, str(tmp_path / "copy"))
    other = World(replace(full.settings, data=tmp_path / "other"))
    restored = backup.restore(other.settings, str(tmp_path / "copy"))
    assert set(restored.versions) == set(tables.EVERY)
    assert other.ask(STATE) == full.ask(STATE)
