"""Both engines, each opened once for all tests of the package."""

from collections.abc import Iterator

import engines
import pytest

from guiji.engine.base import Engine


@pytest.fixture(scope="package", params=engines.NAMES)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    spill = tmp_path_factory.mktemp(request.param)
    with engines.opened(request.param, spill) as opened:
        yield opened
