"""Generated nights, each run once for all workers; tests look at one or copy it."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from night import counted
from night.homes import NIGHT, Home

ROWS = 1_500

KILLED = [0.7]
KILLED_COMPLETE = [0.2, 0.7, 0.95]
"""After which part of its changes of the file system a night is killed."""

SHARED = ("few", "ended", "second", "real")
"""Fixtures that run a night for several tests; of two, the first decides."""

CHANGES = "changes"
"""File beside a home that holds how many changes its night made."""

Once = Callable[[str, Callable[[Home], object]], Home]


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that share a night on one worker: the others need not wait."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        shared = next((name for name in SHARED if name in names), None)
        if shared:
            item.add_marker(pytest.mark.xdist_group(shared))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Kill nights at one change, or at each with `--complete`."""
    if "part" in metafunc.fixturenames:
        complete = metafunc.config.getoption("--complete")
        metafunc.parametrize("part", KILLED_COMPLETE if complete else KILLED)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Fill a home of a name, unless another worker has. Do not change it: `copy` it."""
    own = tmp_path_factory.getbasetemp()
    root = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def filled(name: str, fill: Callable[[Home], object]) -> Home:
        home, made = Home(root / name / "data"), root / name / "made"
        home.data.parent.mkdir(exist_ok=True)
        with (root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                shutil.rmtree(home.data, ignore_errors=True)
                fill(home)
                made.touch()
        return home

    return filled


@pytest.fixture(scope="session")
def dropped(once: Once) -> Home:
    """The drops and databases of a whole jurisdiction, before the night."""

    def fill(home: Home) -> None:
        home.data.mkdir()
        home.guiji("sample", "--rows", str(ROWS), "--seed", "7", "--date", NIGHT)

    return once("dropped", fill)


@pytest.fixture(scope="session")
def ended(dropped: Home, once: Once) -> Home:
    """The same after `guiji night`."""

    def fill(home: Home) -> None:
        dropped.copy(home.data).process(["guiji", "night", "--date", NIGHT], code=1)

    return once("ended", fill)


@pytest.fixture(scope="session")
def few(dropped: Home, once: Once) -> Home:
    """Fewer drops, still of every kind, and one database of two."""

    def fill(home: Home) -> None:
        dropped.copy(home.data).keep_few()
        (home.data / "sources" / "guiyang_human_resources.db").unlink()

    return once("few", fill)


@pytest.fixture(scope="session")
def few_ended(few: Home, once: Once) -> Home:
    """The few after their night, which counted its changes."""

    def fill(home: Home) -> None:
        changes = counted.count(few.copy(home.data))
        home.data.with_name(CHANGES).write_text(str(changes), "ascii")

    return once("few-ended", fill)


@pytest.fixture(scope="session")
def changes(few_ended: Home) -> int:
    """How many files a night of the few puts into place, moves or removes."""
    return int(few_ended.data.with_name(CHANGES).read_text("ascii"))


@pytest.fixture
def fresh(few: Home, tmp_path: Path) -> Home:
    """The few drops once more, for a test of its own."""
    return few.copy(tmp_path / "data")
