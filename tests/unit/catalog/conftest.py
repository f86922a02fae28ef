"""A small catalogue on disk, that of the tests' city, and the one of Guiyang."""

from pathlib import Path

import pytest
from governments import city, government
from small_catalogue import FILES, Small

from guiji.catalog.model import Catalog


@pytest.fixture
def small(tmp_path: Path) -> Small:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Small(tmp_path)


@pytest.fixture(scope="session")
def guiyang() -> Catalog:
    return government("guiyang")


@pytest.fixture(scope="session")
def six() -> Catalog:
    return city()
