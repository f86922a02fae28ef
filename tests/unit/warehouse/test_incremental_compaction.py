"""Compaction bucket by bucket moves versions, and changes nothing that is asked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from warehouse_world import (
    BEFORE,
    FIRST,
    World,
    copied,
    penalty,
    stored,
    world_in,
)

from guiji.core.errors import CommitConflict
from guiji.core.settings import Settings
from guiji.storage import dataset_files
from guiji.storage.dataset_files import DatasetFiles
from guiji.storage.delta import DataFile
from guiji.storage.table_store import table_store
from guiji.warehouse import compaction, incremental_compaction, show
from guiji.warehouse.compaction import FoldLimits
from guiji.warehouse.incremental_compaction import RunLimits, compact, due, plan

PENALTIES = "administrative_penalty"
CODES = [f"9152010071430{n:04d}A" for n in range(24)]
SMALL = FoldLimits(base_rows=40, archives=2)
EAGER = RunLimits(
    SMALL, loose_rows=1, loose_tails=1, tails=2, base_share=0.5, run_rows=9
)
"""Every night is parted, a third tail is joined, about two buckets are folded."""
STATE = "select * exclude (content), content::varchar from history order by version_id"
CURRENT = "select record_id, version_id, operation from records order by record_id"
LOADED = 48


def rows_of(draw: Random, night: int) -> list[dict[str, Any]]:
    """A few penalties anew, some revoked, and a new one."""
    rows = [
        penalty(
            CODES[number % len(CODES)],
            f"{number}号",
            "2026-11-01",
            counterpart_name=draw.choice("甲乙丙丁"),
            operation=draw.choice(["upsert", "upsert", "revoke"]),
        )
        for number in draw.sample(range(LOADED), draw.randrange(1, 9))
    ]
    new = LOADED + night
    return [*rows, penalty(CODES[new % len(CODES)], f"{new}号", "2026-11-01")]


def merge_night(world: World, draw: Random, number: int) -> date:
    night = FIRST + timedelta(days=number)
    arrived = BEFORE if draw.random() < 0.2 else None
    rows = rows_of(draw, number)
    world.merge(night, world.deliver(night, PENALTIES, rows, arrived=arrived))
    return night


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A base of sixteen buckets."""
    world = world_in(tmp_path_factory.mktemp("loaded") / "data")
    rows = [
        penalty(CODES[n % len(CODES)], f"{n}号", "2026-11-01") for n in range(LOADED)
    ]
    world.merge(FIRST, world.deliver(FIRST, PENALTIES, rows))
    compaction.fold(world.context, PENALTIES, SMALL)
    assert len(files_of(world).base) == 16
    return world


@pytest.fixture
def world(loaded: World, settings: Settings) -> World:
    """The same, for one test."""
    return copied(loaded, settings)


def files_of(world: World) -> DatasetFiles:
    snapshot = dataset_files.open_records(table_store(world.settings))
    return dataset_files.of_dataset(snapshot, PENALTIES)


def demand_every_version_once(world: World) -> None:
    """Every version is in one file, and whatever ended is in base or tail."""
    files = files_of(world)
    held = sum(f.rows for f in (*files.base, *files.tail, *files.archive))
    history = world.ask("select count(*), count(distinct version_id) from history")
    assert history == [(held, held)]
    ended = world.ask("select count(*) from history where superseded_night is not null")
    assert ended == [(sum(f.rows for f in (*files.ended, *files.archive)),)]


def answers(world: World, nights: Sequence[date]) -> list[Any]:
    asked = [world.ask(STATE), world.ask(CURRENT)]
    for night in nights:
        asked += [world.ask(STATE, as_of=night), world.ask(CURRENT, as_of=night)]
    shown = [show.show(world.context, code, history=True) for code in CODES[:2]]
    return [*asked, *shown]


def test_many_nights_each_compacted_answer_as_if_never_folded(
    world: World, tmp_path: Path, complete: bool
) -> None:
    plain = copied(world, replace(world.settings, data=tmp_path / "never"))
    nights, seen = [], set[str]()
    for number in range(1, 41 if complete else 6):
        for each in (plain, world):
            night = merge_night(each, Random(number), number)
        nights.append(night)
        planned = plan(files_of(world), EAGER)
        assert planned is not None
        seen |= {"folded"} if planned.folded else set()
        seen |= {"joined"} if planned.joined else set()
        compact(world.context, PENALTIES, EAGER)
        demand_every_version_once(world)
        tails = [f.partition["bucket"] for f in files_of(world).tail]
        assert all(tails)
        assert max(map(tails.count, tails), default=0) <= EAGER.tails
    assert seen == {"folded", "joined"}
    assert answers(world, nights[::4]) == answers(plain, nights[::4])
    compaction.fold(world.context, PENALTIES)
    compaction.fold(plain.context, PENALTIES)
    assert answers(world, nights[:1]) == answers(plain, nights[:1])


def test_a_run_with_nothing_to_do_commits_nothing(world: World) -> None:
    merge_night(world, Random(1), 1)
    assert due(world.context) == []  # one small night may wait
    before = stored(world.settings)
    assert compact(world.context, PENALTIES) == 0
    assert stored(world.settings) == before


def test_small_nights_are_parted_once_there_are_several(world: World) -> None:
    for number in range(1, incremental_compaction.RUN_LIMITS.loose_tails + 1):
        merge_night(world, Random(number), number)
    assert due(world.context) == [PENALTIES]
    before = answers(world, [FIRST])
    compact(world.context, PENALTIES)
    files = files_of(world)
    assert all(f.partition["bucket"] for f in files.tail)
    assert len(files.ended) == 1
    assert answers(world, [FIRST]) == before


def test_a_bucket_that_has_grown_is_parted_more_finely(world: World) -> None:
    merge_night(world, Random(1), 1)
    before = answers(world, [FIRST])
    small = FoldLimits(base_rows=5)
    everything = replace(EAGER, fold=small, base_share=0.0, run_rows=1000)
    compact(world.context, PENALTIES, everything)
    digits = [len(str(f.partition["bucket"])) for f in files_of(world).base]
    assert digits.count(2) == 16 * (16 - digits.count(1)) > 0
    assert answers(world, [FIRST]) == before
    merge_night(world, Random(2), 2)
    before = answers(world, [FIRST])
    compact(world.context, PENALTIES, EAGER)
    demand_every_version_once(world)
    assert answers(world, [FIRST]) == before


def test_a_dataset_without_buckets_is_folded_as_a_whole(world: World) -> None:
    merge_night(world, Random(1), 1)
    compaction.fold(world.context, PENALTIES)
    merge_night(world, Random(2), 2)
    assert plan(files_of(world), EAGER) is None
    compact(world.context, PENALTIES, EAGER)
    files = files_of(world)
    assert (len(files.base), files.tail, files.ended) == (16, (), ())


def test_of_two_runs_on_one_version_the_second_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    merge_night(world, Random(1), 1)
    stale = dataset_files.open_records(table_store(world.settings))
    compact(world.context, PENALTIES, EAGER)
    after = stored(world.settings)
    with monkeypatch.context() as patch:
        patch.setattr(dataset_files, "open_records", lambda _: stale)
        with pytest.raises(CommitConflict):
            compact(world.context, PENALTIES, EAGER)
    assert stored(world.settings) == after


def test_a_spark_engine_compacts_the_same(world: World) -> None:
    merge_night(world, Random(1), 1)
    before = answers(world, [FIRST])
    spark = World(replace(world.settings, engine="spark"), world.catalog)
    compact(spark.context, PENALTIES, EAGER)
    assert all(f.partition["bucket"] for f in files_of(world).tail)
    demand_every_version_once(world)
    assert answers(world, [FIRST]) == before


def file(kind: str, bucket: str, rows: int) -> DataFile:
    partition = {"kind": kind, "dataset": PENALTIES, "bucket": bucket or None}
    return DataFile(f"{kind}-{bucket}-{rows}", rows, 1, partition)


def parted(*tails: DataFile) -> DatasetFiles:
    """A base of sixteen buckets of a hundred rows."""
    base = tuple(file("base", b, 100) for b in dataset_files.buckets(1))
    return DatasetFiles(PENALTIES, base, tails)


LIMITS = RunLimits(loose_rows=50, loose_tails=3, tails=2, run_rows=400)


@pytest.mark.parametrize(
    ("tails", "loose", "joined", "folded"),
    [
        ([file("tail", "", 49)], 0, set(), set()),  # a small night waits
        ([file("tail", "", 50)], 1, set(), set()),
        ([file("tail", "", 1)] * 3, 3, set(), set()),
        ([file("tail", "0", 9)] * 2, 0, set(), set()),
        ([file("tail", "0", 9)] * 3, 0, {"0"}, set()),
        ([file("tail", "0", 9)] * 2 + [file("tail", "", 50)], 1, {"0"}, set()),
        ([file("tail", "0", 49)], 0, set(), set()),
        ([file("tail", "0", 50)], 0, set(), {"0"}),
        ([file("tail", "0a", 50)], 0, set(), {"0"}),  # a night that was parted finely
        ([file("tail", b, 50) for b in "0123"], 0, set(), {"0", "1"}),  # 400 rows a run
        ([file("tail", "0", 50), file("tail", "7", 60)], 0, set(), {"0", "7"}),
        ([file("tail", "0", 50), file("tail", "7", 301)], 0, set(), {"7"}),
        ([file("tail", "", 800)], 1, set(), {"0", "1", "2", "3"}),
    ],
)
def test_what_a_run_does(
    tails: list[DataFile], loose: int, joined: set[str], folded: set[str]
) -> None:
    planned = plan(parted(*tails), LIMITS)
    assert planned is not None
    assert len(planned.loose) == loose
    assert (set(planned.joined), planned.folded) == (joined, folded)


@pytest.mark.parametrize(
    ("tails", "loose", "joined"),
    [
        ([1, 1, 1], 0, [1, 1, 1]),
        ([1, 1, 1, 30], 0, [1, 1, 1]),  # a large one waits for its like
        ([1, 1, 30], 16, [1, 1]),
        ([1, 1, 3, 30], 16, [1, 1, 3]),
        ([10, 30, 40], 0, [10, 30, 40]),  # two at least
        ([10, 11, 30], 0, [10, 11]),
    ],
)
def test_tails_of_like_size_are_joined(
    tails: list[int], loose: int, joined: list[int]
) -> None:
    """The loose rows are those of sixteen buckets."""
    files = [file("tail", "0", rows) for rows in tails]
    fresh = [file("tail", "", loose)] if loose else []
    limits = replace(LIMITS, loose_rows=1, tails=1, base_share=9.0)
    planned = plan(parted(*files, *fresh), limits)
    assert planned is not None
    assert [f.rows for f in planned.joined["0"]] == joined


def test_a_run_joins_a_bounded_number_of_rows() -> None:
    tails = [file("tail", b, 40) for b in "0123" for _ in range(1 + int(b))]
    limits = replace(LIMITS, tails=1, base_share=9.0, run_rows=200)
    planned = plan(parted(*tails), limits)
    assert planned is not None
    assert set(planned.joined) == {"3"}
