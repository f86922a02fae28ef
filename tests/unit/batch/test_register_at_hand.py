"""The register that a night makes is at hand wherever a file is checked."""

from dataclasses import replace
from pathlib import Path

from warehouse_catalog import catalog
from warehouse_world import FIRST, SECOND, WATER, World, registration

from guiji import steps
from guiji.checking.register import Register
from guiji.settings import Settings
from guiji.steps import opening


def test_a_night_makes_it_before_its_checks(settings: Settings) -> None:
    world = World(settings, catalog())
    row = registration("水务公司", WATER, "2026-11-01")
    world.merge(FIRST, world.deliver(FIRST, "enterprise_registration", [row]))
    with opening.desk() as desk:
        assert desk.register is None
    steps.claim(str(SECOND))
    with opening.desk() as desk:
        assert desk.register is not None
        assert len(desk.register) == 1


def test_a_file_that_is_only_tried_is_held_against_the_last_one(
    settings: Settings, tmp_path: Path
) -> None:
    world = World(settings, catalog())
    row = registration("水务公司", WATER, "2026-11-01")
    world.merge(FIRST, world.deliver(FIRST, "enterprise_registration", [row]))
    steps.claim(str(SECOND))
    aside = replace(settings, data=tmp_path / "aside")
    with opening.trial_desk(aside) as desk:
        assert desk.register is not None
    assert Register.latest(aside.register) is None  # none is made for a trial
