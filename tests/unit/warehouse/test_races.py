"""Two writers without a common lock, as on two machines: nothing is lost or doubled."""

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date
from typing import Any

import kill_points
import pytest
from servers.waiting import PATIENCE
from warehouse_world import FIRST, SECOND, THIRD, WATER, World, merged, penalty

from guiji.core.errors import CommitConflict, NightClosed
from guiji.storage import dataset_files, delta
from guiji.storage.table_store import table_store
from guiji.warehouse import compaction, merge
from guiji.warehouse.merge_night import AcceptedBatch

PENALTIES = "administrative_penalty"
KEYS = "select record_key, operation from records order by 1"


def deliver(world: World, night: date, *numbers: str) -> AcceptedBatch:
    rows = [penalty(WATER, number, "2026-11-02") for number in numbers]
    return world.deliver(night, PENALTIES, rows, label="here")


@pytest.fixture(autouse=True)
def _without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is the machine that does not see the other one's lock."""
    for module in (merge, compaction):
        monkeypatch.setattr(module, "locked", lambda _: nullcontext())


def elsewhere(world: World, step: str) -> Callable[[], None]:
    """Do a step in another process."""
    program = [sys.executable, kill_points.__file__, "once", step]

    def do() -> None:
        done = subprocess.run([*program, str(world.settings.data)], timeout=PATIENCE)
        assert done.returncode == 0

    return do


def before_the_commit(monkeypatch: pytest.MonkeyPatch, do: Callable[[], None]) -> None:
    """Do something once, just before this process commits to `records`."""
    real, left = delta.commit, [do]

    def commit(where: Any, held: Any, *args: Any, **named: Any) -> None:
        if held.table == dataset_files.TABLE and left:
            left.pop()()
        real(where, held, *args, **named)

    monkeypatch.setattr(delta, "commit", commit)


def test_a_night_that_lost_the_race_is_merged_on_top(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A high-water mark alone would call the loser "already merged" and drop it.
    world.merge(FIRST, deliver(world, FIRST, "1号", "2号"))
    before_the_commit(monkeypatch, elsewhere(world, "merge"))
    gone = penalty(WATER, "1号", "2026-11-02", operation="revoke")
    result = world.merge(THIRD, world.deliver(THIRD, PENALTIES, [gone]))
    assert merged(world.settings) == [FIRST, SECOND, THIRD]
    assert result.repeated is False
    assert result.total.revoked == 1
    assert world.ask(KEYS + ", 2") == [
        ("1号", "revoke"),
        ("2号", "upsert"),
        ("2号", "upsert"),
        (WATER, "upsert"),
    ]


def test_the_same_night_on_two_machines_is_merged_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.merge(FIRST, deliver(world, FIRST, "1号"))
    before_the_commit(monkeypatch, elsewhere(world, "merge"))
    with pytest.raises(NightClosed, match="without"):
        world.merge(SECOND, deliver(world, SECOND, "9号"))
    assert merged(world.settings) == [FIRST, SECOND]
    assert ("9号", "upsert") not in world.ask(KEYS)


def test_a_fold_inside_a_merge_makes_the_merge_begin_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.merge(FIRST, deliver(world, FIRST, "1号", "2号"))
    before_the_commit(monkeypatch, elsewhere(world, "fold"))
    changed = penalty(WATER, "1号", "2026-11-02", remark="改")
    world.merge(SECOND, world.deliver(SECOND, PENALTIES, [changed]))
    assert world.ask(KEYS) == [("1号", "upsert"), ("2号", "upsert")]
    assert world.ask("select count(*) from history") == [(3,)]


def test_a_merge_inside_a_fold_ends_the_fold(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.merge(FIRST, deliver(world, FIRST, "1号", "2号"))
    before_the_commit(monkeypatch, elsewhere(world, "merge"))
    with pytest.raises(CommitConflict):
        compaction.fold(world.context, PENALTIES)
    held = dataset_files.of_dataset(
        dataset_files.open_records(table_store(world.settings)), PENALTIES
    )
    assert held.base == ()
    assert merged(world.settings) == [FIRST, SECOND]


def test_a_reader_during_merges_and_folds_sees_whole_nights_only(world: World) -> None:
    """Each night replaces the state of all five records at once."""
    numbers = [f"{n}号" for n in range(5)]
    world.merge(FIRST, deliver(world, FIRST, *numbers))
    answers, stop = [], threading.Event()

    def read() -> None:
        query = "select count(*), count(distinct merged_night) from records"
        while not stop.is_set():
            answers.append(world.ask(query)[0])

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for day in (19, 20, 21):
            night = FIRST.replace(day=day)
            rows = [
                penalty(WATER, number, "2026-11-02", remark=str(day))
                for number in numbers
            ]
            world.merge(night, world.deliver(night, PENALTIES, rows))
            compaction.fold(world.context, PENALTIES)
    finally:
        stop.set()
        reader.join(timeout=PATIENCE)
    assert len(answers) >= 3
    assert set(answers) == {(5, 1)}
