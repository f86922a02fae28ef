"""The same small world as the warehouse's tests have."""

import pytest
from warehouse_world import World

from guiji.core.settings import Settings


@pytest.fixture
def world(settings: Settings) -> World:
    return World(settings)
