"""A merge that is killed, and merges that meet."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import kill_points
import pytest
from warehouse_world import (
    FIRST,
    POWER,
    SECOND,
    WATER,
    World,
    licence,
    penalty,
    registration,
    tree,
)

from guiji.errors import LedgerBroken, NightClosed
from guiji.settings import Settings
from guiji.warehouse import store

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


def shown(settings: Settings) -> dict[str, str]:
    """Every file of the warehouse by its path below the data folder."""
    found = tree(settings.warehouse)
    return {str(Path(p).relative_to(settings.data)): h for p, h in found.items()}


def test_a_kill_at_any_write_leaves_yesterday_and_a_rerun_ends_the_same(
    world: World, tmp_path: Path
) -> None:
    first_night(world)
    copies = tmp_path / "copies"
    program = [sys.executable, kill_points.__file__, "merge"]
    done = subprocess.run(
        [*program, str(world.settings.data), str(copies)],
        capture_output=True,
        text=True,
        check=True,
    )
    points = int(done.stdout)
    before = world.ask(STATE)
    nights = [c.night for c in store.commits(world.settings)]
    kill_points.second_night(world.settings)()
    after, bytes_after = world.ask(STATE), shown(world.settings)
    assert points >= 9
    seen = set()
    for point in range(1, points + 1):
        settings = replace(world.settings, data=copies / str(point))
        is_committed = [c.night for c in store.commits(settings)] != nights
        if (is_committed, point % 4) not in seen:  # a reader, now and then
            seen.add((is_committed, point % 4))
            expected = after if is_committed else before
            assert World(settings).ask(STATE) == expected, point
        kill_points.second_night(settings)()
        assert shown(settings) == bytes_after, point
    assert {committed for committed, _ in seen} == {False, True}


def test_what_a_kill_left_is_swept_by_the_next_merge(world: World) -> None:
    first_night(world)
    folder = store.versions_folder(world.settings, "enterprise_registration")
    orphan = folder / f"{SECOND}.parquet"
    orphan.write_bytes(b"half a file")
    draft = folder / ".2026-11-19.parquet.77.tmp"
    draft.write_bytes(b"")
    assert len(world.ask(STATE)) == 4
    world.merge(SECOND)
    assert not orphan.exists()
    assert not draft.exists()


def test_a_merge_waits_while_another_one_writes(world: World) -> None:
    first_night(world)
    program = [sys.executable, kill_points.__file__, "once", str(world.settings.data)]
    with store.locked(world.settings):
        other = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        with other.stdout as output:
            assert output.readline() == "ready\n"
            with pytest.raises(subprocess.TimeoutExpired):
                other.wait(timeout=1)
            assert store.commit_of(world.settings, SECOND) is None
            kill_points.STEPS["merge"](world.settings)
    assert other.wait(timeout=60) == 0
    assert store.commit_of(world.settings, SECOND) is not None


def test_two_merges_of_a_night_at_once_make_one_commit(world: World) -> None:
    first_night(world)
    program = [sys.executable, kill_points.__file__, "once", str(world.settings.data)]
    both = [subprocess.Popen(program, stdout=subprocess.PIPE) for _ in range(2)]
    for one in both:
        one.communicate(timeout=60)
    assert [one.returncode for one in both] == [0, 0]
    assert [c.night for c in store.commits(world.settings)] == [FIRST, SECOND]
    assert len(world.ask(STATE)) == 7


def commit(night: date, parent: date | None, digest: str | None) -> store.Commit:
    return store.Commit(night, parent, digest, (), {})


def test_a_stale_commit_overwrites_nothing(world: World) -> None:
    stale = commit(SECOND, None, None)  # made when the warehouse was empty
    first_night(world)
    with pytest.raises(NightClosed, match="another night was merged"):
        store.write_commit(world.settings, stale)
    assert store.commit_of(world.settings, SECOND) is None


def test_a_commit_never_replaces_one_of_the_same_night(world: World) -> None:
    first_night(world)
    path = store.commit_path(world.settings, FIRST)
    before = path.read_bytes()
    night, digest = store.head(world.settings) or (None, None)
    with pytest.raises(NightClosed, match="committed by another process"):
        store.write_commit(world.settings, commit(FIRST, night, digest))
    assert path.read_bytes() == before


def test_commits_that_are_not_one_chain_are_refused(world: World) -> None:
    first_night(world)
    kill_points.second_night(world.settings)()
    path = store.commit_path(world.settings, SECOND)
    path.write_text(path.read_text().replace(f'"parent": "{FIRST}"', '"parent": null'))
    with pytest.raises(LedgerBroken, match="2 last commits"):
        store.head(world.settings)
