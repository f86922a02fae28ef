"""The register that a night makes is at hand wherever a file is checked."""

import os
from dataclasses import replace
from pathlib import Path

from warehouse_catalog import catalog
from warehouse_world import FIRST, SECOND, WATER, World, registration

from guiji import pipeline
from guiji.checking.register import Register
from guiji.context import Context
from guiji.core.settings import Settings
from guiji.pipeline.batch import processors


def drop(settings: Settings) -> None:
    """Put a file into an inbox; what it holds does not matter."""
    file = settings.inbox / "market_regulation" / "抽查检查结果信息.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("企业名称\n", encoding="utf-8")
    long_ago = 1_700_000_000  # it has stopped growing
    os.utime(file, (long_ago, long_ago))


def test_a_night_makes_it_before_its_checks(settings: Settings) -> None:
    world = World(settings, catalog())
    row = registration("水务公司", WATER, "2026-11-01")
    world.merge(FIRST, world.deliver(FIRST, "enterprise_registration", [row]))
    with processors.for_night(Context.current()) as processor:
        assert processor.register is None
    pipeline.claim(str(SECOND))
    assert Register.latest(settings.register) is None  # nothing is to be checked
    drop(settings)
    pipeline.claim(str(SECOND))
    with processors.for_night(Context.current()) as processor:
        assert processor.register is not None
        assert len(processor.register) == 1


def test_a_file_that_is_only_tried_is_held_against_the_last_one(
    settings: Settings, tmp_path: Path
) -> None:
    world = World(settings, catalog())
    row = registration("水务公司", WATER, "2026-11-01")
    world.merge(FIRST, world.deliver(FIRST, "enterprise_registration", [row]))
    drop(settings)
    pipeline.claim(str(SECOND))
    aside = replace(settings, data=tmp_path / "aside")
    with processors.for_one_file(Context.current(), aside) as processor:
        assert processor.register is not None
    assert Register.latest(aside.register) is None  # none is made for a trial
