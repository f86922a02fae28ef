"""The small jurisdiction of `warehouse_world`, with an empty warehouse."""

import pytest
from warehouse_world import World

from guiji.core.settings import Settings


@pytest.fixture
def world(settings: Settings) -> World:
    return World(settings)
