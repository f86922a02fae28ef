"""The tables in an object store: a real server on this machine."""

import logging
import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from servers import s3
from warehouse_world import (
    ECOLOGY,
    FIRST,
    POWER,
    SECOND,
    THIRD,
    WATER,
    World,
    penalty,
    registration,
    stored,
    world_in,
)

from guiji.context import Context
from guiji.core.errors import CommitConflict, NightClosed, UsageError
from guiji.core.settings import Settings
from guiji.engine.remote import RemoteFiles
from guiji.storage import dataset_files, delta, delta_log, table_store
from guiji.warehouse import compaction, show, views

REGISTRATION = "enterprise_registration"
PENALTY = "administrative_penalty"
STATE = "select * from history order by all"


@pytest.fixture
def store(settings: Settings, bucket: str) -> World:
    """A world whose tables are in a bucket."""
    return World(replace(settings, warehouse_url=f"{bucket}/guiji"))


def two_nights(world: World) -> None:
    old = registration("旧名公司", WATER, "2026-11-01")
    new = old | {"enterprise_name": "新名公司"}
    fined = penalty(WATER, "1号", "2026-11-02")
    world.merge(FIRST, world.deliver(FIRST, REGISTRATION, [old]))
    world.merge(
        SECOND,
        world.deliver(SECOND, REGISTRATION, [new]),
        world.deliver(SECOND, PENALTY, [fined], ECOLOGY),
    )


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two nights in a folder; those in a store have the same files, as a test shows."""
    world = world_in(tmp_path_factory.mktemp("merged") / "data")
    two_nights(world)
    return world


@pytest.fixture
def held(store: World, merged: World, s3_server: s3.Server) -> World:
    """Two nights in a bucket, for one test."""
    prefix = str(store.settings.warehouse_url).removeprefix("s3:/")
    tables = merged.settings.warehouse
    for path in tables.glob("[!.]*/**/*"):
        if path.is_file():
            name = f"{prefix}/{path.relative_to(tables).as_posix()}"
            assert s3_server.request("PUT", name, path.read_bytes()) == 200
    return store


def answers(world: World) -> dict[tuple[str, date | None], Any]:
    """All rows of all views, as known after the first night and now."""
    found = {}
    for night in (FIRST, None):
        with views.connect(world.context, night) as connection:
            for view in sorted(views.names(world.catalog)):
                rows = connection.sql(f"select * from {view} order by all")
                found[view, night] = rows.to_arrow_table().to_pylist()
    return found


def test_a_store_gives_the_answers_of_a_folder(store: World, tmp_path: Path) -> None:
    folder = World(replace(store.settings, data=tmp_path / "b", warehouse_url=None))
    for world in (store, folder):
        two_nights(world)
    assert answers(store) == answers(folder)
    assert stored(store.settings) == stored(folder.settings)
    told = [
        show.show(Context(w.settings, catalog=w.catalog), WATER, None)
        for w in (store, folder)
    ]
    assert told[0] == told[1]
    assert told[0]["enterprise"]


def test_nothing_of_the_tables_stays_here(store: World) -> None:
    two_nights(store)
    held = [p for p in store.settings.warehouse.rglob("*") if p.is_file()]
    assert [p.name for p in held] == [".lock"]


@pytest.mark.parametrize("rows", [1_000_000, 1])  # 1: split into buckets
def test_a_fold_in_a_store_changes_no_answer(held: World, rows: int) -> None:
    fined = [penalty(who, "2号", "2026-11-03") for who in (WATER, POWER)]
    held.merge(THIRD, held.deliver(THIRD, PENALTY, fined))
    before = held.ask(STATE), held.ask(STATE, SECOND)
    compaction.fold(held.context, PENALTY, compaction.FoldLimits(base_rows=rows))
    records = dataset_files.open_records(table_store.table_store(held.settings))
    shelf = dataset_files.of_dataset(records, PENALTY)
    assert shelf.tail == ()
    assert len(shelf.base) == (1 if rows > 1 else 16)
    assert (held.ask(STATE), held.ask(STATE, SECOND)) == before


def test_a_night_is_merged_once(store: World) -> None:
    batch = store.deliver(FIRST, PENALTY, [penalty(WATER, "1号", "2026-11-02")])
    assert not store.merge(FIRST, batch).repeated
    assert store.merge(FIRST, batch).repeated
    other = store.deliver(
        FIRST, PENALTY, [penalty(WATER, "2号", "2026-11-02")], ECOLOGY
    )
    with pytest.raises(NightClosed, match="without"):
        store.merge(FIRST, batch, other)


def test_of_two_commits_on_one_version_the_store_takes_one(held: World) -> None:
    where = table_store.table_store(held.settings)
    snapshot = dataset_files.open_records(where)
    schema = snapshot.delta and delta.pa.schema(snapshot.delta.schema().to_arrow())
    assert schema is not None

    def commit(note: str) -> None:
        delta.commit(
            where,
            snapshot,
            schema,
            dataset_files.PARTITION,
            added=[],
            night=FIRST,
            note={"guiji.note": note},
        )

    commit("first")
    with pytest.raises(CommitConflict):
        commit("second")
    after = dataset_files.open_records(where)
    last = delta_log.notes(where, after.table, after.version)[-1]
    assert last[1]["guiji.note"] == "first"


def test_the_loser_of_a_race_is_merged_on_top(
    store: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = World(replace(store.settings, data=tmp_path / "another machine"))
    fined = [penalty(POWER, f"{n}号", "2026-11-02") for n in range(3)]
    store.merge(FIRST, store.deliver(FIRST, PENALTY, fined[:1]))
    real, waiting = delta.commit, [other.deliver(SECOND, PENALTY, fined[1:2])]

    def commit(where: Any, held: Any, *rest: Any, **named: Any) -> None:
        if held.table == dataset_files.TABLE and waiting:
            other.merge(SECOND, waiting.pop())
        real(where, held, *rest, **named)

    monkeypatch.setattr(delta, "commit", commit)
    result = store.merge(THIRD, store.deliver(THIRD, PENALTY, fined[2:]))
    assert (result.repeated, result.total.new) == (False, 1)
    found = "select night, rows_accepted, record_key from deliveries "
    found += "join records on merged_night = night order by 1"
    assert store.ask(found) == [
        (FIRST, 1, "0号"),
        (SECOND, 1, "1号"),
        (THIRD, 1, "2号"),
    ]


def test_a_spark_engine_merges_the_same_in_a_store(
    store: World, tmp_path: Path
) -> None:
    spark = replace(
        store.settings,
        data=tmp_path / "spark",
        warehouse_url=f"{store.settings.warehouse_url}-spark",
        engine="spark",
    )
    for world in (store, World(spark)):
        two_nights(world)
    assert World(spark).ask(STATE) == store.ask(STATE)


@pytest.fixture
def orphan(held: World, tmp_path: Path) -> str:
    """A file in the bucket that no commit names."""
    local = tmp_path / "orphan"
    local.write_bytes(b"half a file")
    path = f"kind=tail/dataset={PENALTY}/{'0' * 64}.parquet"
    table_store.table_store(held.settings).put(local, dataset_files.TABLE, path)
    return path


def swept(world: World, in_flight: timedelta = table_store.IN_FLIGHT) -> list[str]:
    where = table_store.table_store(world.settings)
    return delta.sweep(where, dataset_files.open_records(where), in_flight)


def test_an_orphan_goes_once_no_writer_can_be_about_to_commit_it(
    store: World, orphan: str
) -> None:
    before = store.ask(STATE)
    assert swept(store) == []
    assert swept(store, timedelta(0)) == [orphan]
    assert swept(store, timedelta(0)) == []
    assert store.ask(STATE) == before


def test_an_upload_that_fails_leaves_nothing(
    store: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = tmp_path / "file"
    local.write_bytes(b"whole")
    where = table_store.table_store(store.settings)

    def fail(source: object, target: delta.pa.NativeFile) -> None:
        target.write(b"who")
        raise OSError(5, "the disk under the file fails")

    with monkeypatch.context() as patched:
        patched.setattr(table_store.shutil, "copyfileobj", fail)
        with pytest.raises(OSError, match="disk under"):
            where.put(local, "records", "part/file")
    assert not where.exists("records", "part/file")
    assert local.read_bytes() == b"whole"
    where.put(local, "records", "part/file")
    assert where.read("records", "part/file") == b"whole"
    assert not local.exists()


def test_an_upload_replaces_only_what_is_not_named_by_its_bytes(
    store: World, tmp_path: Path
) -> None:
    where, local = table_store.table_store(store.settings), tmp_path / "file"
    for name, expected in (("list.json", b"new"), (f"{'0' * 64}.parquet", b"old")):
        for content in (b"old", b"new"):
            local.write_bytes(content)
            where.put(local, "records", name)
        assert where.read("records", name) == expected


def test_a_reader_reaches_no_other_object(store: World, orphan: str) -> None:
    context = store.context
    other = table_store.table_store(store.settings).address(dataset_files.TABLE, orphan)
    with views.connect(context, locked=True) as connection:
        (seen,) = connection.execute("select count(*) from records").fetchone() or (0,)
        assert seen == 2
        for query in (
            f"select * from read_parquet('{other}')",
            f"select * from read_blob('{other}')",
            f"select * from glob('{store.settings.warehouse_url}/*')",
            "select * from read_text('/etc/passwd')",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(query).fetchall()


def test_duckdb_never_writes_to_a_store(held: World) -> None:
    before = held.ask(STATE)
    where = table_store.table_store(held.settings)
    file = dataset_files.open_records(where).files[0]
    address = where.address(dataset_files.TABLE, file.path)
    for locked in (False, True):
        with (
            views.connect(held.context, locked=locked) as connection,
            pytest.raises(Exception, match="is only read"),
        ):
            connection.execute(f"copy (select 1 as a) to '{address}'")
    assert held.ask(STATE) == before


def test_files_that_were_not_revealed_do_not_exist(bucket: str) -> None:
    files = RemoteFiles()
    files.reveal([f"{bucket}/one"])
    assert files.glob(f"{bucket}/*") == []
    assert not files.exists(f"{bucket}/two")
    with pytest.raises(FileNotFoundError):
        files.open(f"{bucket}/two")


@pytest.mark.parametrize("url", ["ftp://somewhere", "/mnt/elsewhere"])
def test_a_warehouse_of_another_kind_is_refused(settings: Settings, url: str) -> None:
    with pytest.raises(UsageError, match="give s3://bucket/prefix"):
        table_store.table_store(replace(settings, warehouse_url=url))


def test_the_credentials_are_in_no_log_and_no_settings(
    store: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    two_nights(store)
    store.ask(STATE)
    secret = os.environ["AWS_SECRET_ACCESS_KEY"]
    assert secret not in caplog.text
    assert secret not in repr(store.settings)
