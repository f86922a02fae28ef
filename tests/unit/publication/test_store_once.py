"""Files of the same bytes are stored once, and a link is never written through."""

from pathlib import Path

import pytest
from publishing import night, release
from warehouse_world import FIRST, POWER, SECOND, WATER, World, penalty

from guiji.core import files
from guiji.publication import checks

PENALTIES = "administrative_penalty"


def full(world: World, when: object, channel: str) -> Path:
    folder = world.settings.publication / f"{when}/full/{channel}"
    return folder / f"{PENALTIES}.csv"


def test_channels_and_nights_with_the_same_file_share_it(world: World) -> None:
    channels = night(world, FIRST, PENALTIES, penalty(WATER, "1号", "2026-11-02"))
    one, other = sorted(channels.channels)[:2]
    first = full(world, FIRST, one)
    assert first.samefile(full(world, FIRST, other))
    world.merge(SECOND)
    release(world, SECOND)
    assert first.samefile(full(world, SECOND, one))
    assert checks.check_released(world.settings, SECOND) == []


def test_a_file_of_the_last_release_that_was_altered_is_not_linked(
    world: World,
) -> None:
    manifest = night(world, FIRST, PENALTIES, penalty(POWER, "1号", "2026-11-02"))
    channel = min(manifest.channels)
    path = full(world, FIRST, channel)
    good = path.read_bytes()
    path.write_bytes(good.replace(b"1", b"2", 1))
    world.merge(SECOND)
    with pytest.raises(Exception, match="previous"):  # the proof reads that file, too
        release(world, SECOND)
    path.write_bytes(good)
    release(world, SECOND)
    assert full(world, SECOND, channel).read_bytes() == good


def test_what_is_written_under_one_name_stays_out_of_the_others(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    files.write_text(first, "released")
    files.link_or_copy(first, second)
    assert first.samefile(second)
    files.write_text(second, "new")
    assert first.read_text("utf-8") == "released"
