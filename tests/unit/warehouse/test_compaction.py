"""A fold changes where versions lie, and nothing that anybody can ask."""

from dataclasses import replace
from typing import Any

import pytest
from warehouse_world import (
    BEFORE,
    FIRST,
    PAPER,
    POWER,
    SECOND,
    THIRD,
    WATER,
    World,
    copied,
    licence,
    penalty,
    stored,
    world_in,
)

from guiji.core.errors import CommitConflict, LedgerBroken, UsageError
from guiji.core.settings import Settings
from guiji.storage import dataset_files
from guiji.storage.dataset_files import DatasetFiles
from guiji.storage.delta import DataFile
from guiji.storage.table_store import table_store
from guiji.warehouse import compaction, incremental_compaction
from guiji.warehouse.compaction import FoldLimits

PENALTIES = "administrative_penalty"
LICENCES = "administrative_licence"
CODES = (WATER, POWER, PAPER)
SMALL_BUCKETS = FoldLimits(base_rows=1, flush_rows=2)
"""One row is a bucket's fill, so that six rows need sixteen buckets."""
STATE = "select * exclude (content), content::varchar from history order by version_id"
CURRENT = "select record_id, version_id, operation from records order by record_id"


def change(number: int, night_number: int) -> dict[str, object]:
    """The state of a penalty in one night; its content follows from both numbers."""
    return penalty(
        CODES[number % 3],
        f"{number}号",
        "2026-11-01",
        counterpart_name=f"第{night_number}夜",
    )


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Three nights: six penalties, of which some change, one late, one revoked."""
    world = world_in(tmp_path_factory.mktemp("nights") / "data")
    rows = [change(n, 1) for n in range(6)]
    world.merge(FIRST, world.deliver(FIRST, PENALTIES, rows))
    gone = change(5, 1) | {"operation": "revoke"}
    world.merge(
        SECOND,
        world.deliver(SECOND, PENALTIES, [change(0, 2), change(1, 2), gone]),
        world.deliver(SECOND, LICENCES, [licence(WATER, "1"), licence(POWER, "2")]),
    )
    world.merge(
        THIRD,
        world.deliver(THIRD, PENALTIES, [change(0, 3)]),
        world.deliver(THIRD, PENALTIES, [change(2, 3)], label="late", arrived=BEFORE),
        world.deliver(THIRD, LICENCES, [licence(WATER, "1")]),
    )
    return world


@pytest.fixture
def nights(template: World, settings: Settings) -> World:
    """The same nights, for one test."""
    return copied(template, settings)


@pytest.fixture(scope="module")
def before(template: World) -> list[Any]:
    """What they answer before any fold."""
    return answers(template)


def kinds(world: World, dataset: str = PENALTIES) -> dict[str, int]:
    held = dataset_files.of_dataset(
        dataset_files.open_records(table_store(world.settings)), dataset
    )
    names = ("base", "tail", "ended", "archive")
    return {name: len(getattr(held, name)) for name in names}


def answers(world: World) -> list[Any]:
    """Everything that can be asked about the three nights."""
    asked = [world.ask(STATE), world.ask(CURRENT)]
    for night in (FIRST, SECOND, THIRD):
        asked += [world.ask(STATE, as_of=night), world.ask(CURRENT, as_of=night)]
    return asked


def test_a_fold_changes_no_answer(nights: World, before: list[Any]) -> None:
    for dataset in (PENALTIES, LICENCES):
        assert compaction.fold(nights.context, dataset) > 0
    assert answers(nights) == before
    assert kinds(nights) == {"base": 1, "tail": 0, "ended": 0, "archive": 1}


def test_buckets_change_no_answer(nights: World, before: list[Any]) -> None:
    compaction.fold(nights.context, PENALTIES, SMALL_BUCKETS)
    assert kinds(nights)["base"] == 16
    assert answers(nights) == before


def test_a_base_may_be_parted_more_finely_later(
    nights: World, before: list[Any]
) -> None:
    compaction.fold(nights.context, PENALTIES)
    night = THIRD.replace(day=21)
    nights.merge(night, nights.deliver(night, PENALTIES, [change(3, 4)]))
    compaction.fold(nights.context, PENALTIES, FoldLimits(base_rows=1))
    assert kinds(nights)["base"] == 16
    assert answers(nights)[2:] == before[2:]
    assert len(nights.ask(STATE)) == len(before[0]) + 1


def test_archives_are_joined_when_there_are_many(nights: World) -> None:
    seen = []
    for number in range(4):
        night = THIRD.replace(day=21 + number)
        nights.merge(night, nights.deliver(night, PENALTIES, [change(3, 4 + number)]))
        compaction.fold(nights.context, PENALTIES, FoldLimits(archives=2))
        seen.append(kinds(nights)["archive"])
    assert seen == [1, 2, 1, 2]
    assert len(nights.ask("select * from history where record_key = '3号'")) == 5


def test_a_night_after_a_fold_goes_on_from_it(nights: World) -> None:
    compaction.fold(nights.context, PENALTIES)
    night = THIRD.replace(day=21)
    result = nights.merge(
        night,
        nights.deliver(night, PENALTIES, [change(0, 3), change(1, 9), change(2, 1)]),
    )
    assert (result.total.changed, result.total.unchanged) == (1, 2)
    after = THIRD.replace(day=22)
    result = nights.merge(after, nights.deliver(after, PENALTIES, [change(2, 3)]))
    assert result.total.superseded == 1  # it came late before, and is in the archive


def test_a_base_that_stays_as_it_is_keeps_its_file(nights: World) -> None:
    # The only new version came late: the base is written anew with the same bytes.
    compaction.fold(nights.context, PENALTIES)
    night = THIRD.replace(day=21)
    late = nights.deliver(night, PENALTIES, [change(4, 9)], arrived=BEFORE)
    nights.merge(night, late)
    before = answers(nights)
    compaction.fold(nights.context, PENALTIES)
    assert kinds(nights) == {"base": 1, "tail": 0, "ended": 0, "archive": 2}
    assert answers(nights) == before


def test_a_fold_is_due_after_seven_nights(nights: World) -> None:
    assert incremental_compaction.due(nights.context) == []
    for number in range(4):
        night = THIRD.replace(day=21 + number)
        row = change(3, 1) | {"remark": str(number)}
        nights.merge(night, nights.deliver(night, PENALTIES, [row]))
    assert incremental_compaction.due(nights.context) == [PENALTIES]
    compaction.fold(nights.context, PENALTIES)
    assert incremental_compaction.due(nights.context) == []


@pytest.mark.parametrize(
    ("base", "tail", "is_due"),
    [
        ([], [20_480], True),  # a first load lies in the order of delivery
        ([], [20_479], False),
        ([50_000], [24_999], False),
        ([50_000], [12_500, 12_500], True),
        ([1], [20_479], False),
    ],
)
def test_a_fold_is_due_when_tails_are_large_beside_the_base(
    base: list[int], tail: list[int], is_due: bool
) -> None:
    def files(kind: str, rows: list[int]) -> tuple[DataFile, ...]:
        return tuple(DataFile(f"{kind}-{n}", n, 1, {"kind": kind}) for n in rows)

    shelf = DatasetFiles(PENALTIES, files("base", base), files("tail", tail))
    assert compaction.is_due(shelf) == is_due


def test_nothing_to_fold_commits_nothing(nights: World) -> None:
    compaction.fold(nights.context, PENALTIES)
    before = stored(nights.settings)
    assert compaction.fold(nights.context, PENALTIES) == 0
    assert stored(nights.settings) == before


def test_an_unknown_dataset_is_refused(nights: World) -> None:
    with pytest.raises(UsageError, match="there are"):
        compaction.fold(nights.context, "nothing")


def test_of_two_folds_on_one_version_the_second_changes_nothing(
    nights: World, before: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two machines without a common lock: removals alone would not collide."""
    stale = dataset_files.open_records(table_store(nights.settings))
    compaction.fold(nights.context, PENALTIES)
    after = stored(nights.settings)
    assert answers(nights) == before
    with monkeypatch.context() as patch:
        patch.setattr(dataset_files, "open_records", lambda _: stale)
        with pytest.raises(CommitConflict):
            compaction.fold(nights.context, PENALTIES)
    assert stored(nights.settings) == after


@pytest.mark.parametrize("fault", ["missing", "doubled", "nested"])
def test_a_base_that_does_not_hold_every_subject_once_is_refused(
    nights: World, fault: str
) -> None:
    compaction.fold(nights.context, PENALTIES, SMALL_BUCKETS)
    held = dataset_files.open_records(table_store(nights.settings))
    base = [f for f in held.files if f.partition["kind"] == "base"]
    others = [f for f in held.files if f not in base]
    inner = replace(base[0], partition=base[0].partition | {"bucket": "00"})
    wrong = {
        "missing": base[1:],
        "doubled": [*base, base[0]],
        "nested": [*base[1:], base[1], inner],
    }
    broken = replace(held, files=(*others, *wrong[fault]))
    with pytest.raises(LedgerBroken, match="every subject once"):
        dataset_files.of_dataset(broken, PENALTIES)
