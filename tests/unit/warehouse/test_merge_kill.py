"""Merges and folds that are killed, and the next run after them."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import kill_points
import pytest
from servers.waiting import PATIENCE
from warehouse_world import (
    FIRST,
    POWER,
    SECOND,
    WATER,
    World,
    licence,
    merged,
    penalty,
    registration,
    stored,
)

from guiji.storage import dataset_files
from guiji.storage.table_store import table_store
from guiji.storage.writer_lock import locked
from guiji.warehouse import compaction

STATE = "select * from history order by all"


def first_night(world: World) -> None:
    world.merge(
        FIRST,
        world.deliver(
            FIRST,
            "enterprise_registration",
            [registration("水务公司", WATER, "2026-11-02")],
        ),
        world.deliver(
            FIRST, "administrative_penalty", [penalty(WATER, "1号", "2026-11-02")]
        ),
        world.deliver(
            FIRST, "administrative_licence", [licence(WATER, "1"), licence(POWER, "2")]
        ),
    )


def version(world: World) -> int:
    return dataset_files.open_records(table_store(world.settings)).version


@pytest.mark.parametrize(
    ("step", "least"), [("merge", 60), ("fold", 10), ("compact", 10)]
)
def test_a_kill_at_any_write_leaves_yesterday_and_a_rerun_ends_the_same(
    world: World, tmp_path: Path, complete: bool, step: str, least: int
) -> None:
    first_night(world)
    if step == "compact":
        limits = compaction.FoldLimits(base_rows=1)
        compaction.fold(world.context, "administrative_penalty", limits)
    if step != "merge":
        kill_points.second_night(world.settings)()
    copies = tmp_path / "copies"
    kinds = kill_points.drill(step, world.settings, copies)
    assert len(kinds) >= least
    held, before = version(world), world.ask(STATE)
    kill_points.STEPS[step](world.settings)()
    after, files_after = world.ask(STATE), stored(world.settings)
    seen = set()
    for left in kill_points.states(copies, kinds, complete):
        copy = World(replace(world.settings, data=left))
        is_committed = version(copy) != held
        seen.add(is_committed)
        assert copy.ask(STATE) == (after if is_committed else before), left.name
        kill_points.STEPS[step](copy.settings)()
        assert stored(copy.settings) == files_after, left.name
        assert not list((copy.settings.warehouse / ".spill").glob("*")), left.name
    assert seen == {False, True}


def test_what_a_kill_left_is_swept_by_the_next_merge(world: World) -> None:
    first_night(world)
    folder = world.settings.warehouse / "records" / "kind=tail"
    orphan = folder / "dataset=enterprise_registration" / f"{'0' * 64}.parquet"
    orphan.write_bytes(b"half a file")
    left = world.settings.warehouse / ".spill" / "999999999"
    left.mkdir(parents=True)
    assert len(world.ask(STATE)) == 4
    world.merge(SECOND)
    assert not orphan.exists()
    assert not left.exists()


def test_a_merge_waits_while_another_one_writes(world: World) -> None:
    first_night(world)
    data = str(world.settings.data)
    program = [sys.executable, kill_points.__file__, "once", "merge", data]
    with locked(world.settings):
        other = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        with other.stdout as output:
            assert output.readline() == "ready\n"
            with pytest.raises(subprocess.TimeoutExpired):
                other.wait(timeout=1)
            assert merged(world.settings) == [FIRST]
    assert other.wait(timeout=PATIENCE) == 0
    assert merged(world.settings) == [FIRST, SECOND]


def test_two_merges_of_a_night_at_once_make_one_commit(world: World) -> None:
    first_night(world)
    data = str(world.settings.data)
    program = [sys.executable, kill_points.__file__, "once", "merge", data]
    both = []
    with locked(world.settings):  # each has delivered and waits, then both go on
        for _ in range(2):
            one = subprocess.Popen(program, stdout=subprocess.PIPE)
            assert one.stdout is not None
            assert one.stdout.readline() == b"ready\n"
            both.append(one)
    for one in both:
        one.communicate(timeout=PATIENCE)
    assert [one.returncode for one in both] == [0, 0]
    assert merged(world.settings) == [FIRST, SECOND]
    assert len(world.ask(STATE)) == 6  # four, a correction, a new penalty
