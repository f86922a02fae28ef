"""One generated night, run once; tests look at it or copy it."""

import shutil
from pathlib import Path

import pytest
from night.homes import NIGHT, Home

ROWS = 3_000


FEW = ("market_regulation", "housing_urban_rural")
"""Departments whose deliveries make a night that is run again and again."""


SHARED = ("few", "ended", "second", "real")
"""Fixtures that run a night for several tests; of two, the first decides."""


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that share a night on one worker, so that it is run once."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        shared = next((name for name in SHARED if name in names), None)
        if shared:
            item.add_marker(pytest.mark.xdist_group(shared))


@pytest.fixture(scope="session")
def dropped(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The drops and databases of a whole jurisdiction, before the night."""
    home = Home(tmp_path_factory.mktemp("dropped") / "data")
    home.data.mkdir()
    home.guiji("sample", "--rows", str(ROWS), "--seed", "7", "--date", NIGHT)
    return home


@pytest.fixture(scope="session")
def ended(dropped: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same after `guiji night`. Do not change it: `copy` it."""
    home = dropped.copy(tmp_path_factory.mktemp("ended") / "data")
    home.guiji("night", "--date", NIGHT, code=1)
    return home


@pytest.fixture(scope="session")
def few(dropped: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Fewer drops, still of every kind: files good and bad, a trial, a database."""
    home = dropped.copy(tmp_path_factory.mktemp("few") / "data")
    for inbox in (home.data / "inbox").iterdir():
        if inbox.name not in FEW:
            shutil.rmtree(inbox)
    (home.data / "sources" / "guiyang_human_resources.db").unlink()
    return home


@pytest.fixture(scope="session")
def few_ended(few: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The few after `guiji night`. Do not change it: `copy` it."""
    home = few.copy(tmp_path_factory.mktemp("few-ended") / "data")
    home.guiji("night", "--date", NIGHT, code=1)
    return home


@pytest.fixture
def fresh(few: Home, tmp_path: Path) -> Home:
    """The few drops once more, for a test of its own."""
    return few.copy(tmp_path / "data")
