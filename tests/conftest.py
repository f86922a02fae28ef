"""What every test may ask for: settings in a folder of its own, and a PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest
from drawn import COMPLETE, EVERY_DAY
from hypothesis import HealthCheck
from hypothesis import settings as property_settings
from servers import mariadb, postgres, s3
from servers.missing import started
from settings_builders import environment

from guiji.core import settings as settings_module
from guiji.core.settings import Settings

MEMORY = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes that the tests' folders need at most, with much to spare."""

NAMES = pytest.StashKey[Iterator[int]]()


ALL = "--complete"

LONG = (
    *("test_merge_kill", "test_merge_oracle", "test_publish", "test_object_store"),
    *("test_text_roundtrip", "test_claim_killed", "test_sftp_lines"),
    "test_every_dataset",
)
"""Modules with a test of half a minute: they come first, so that at the end no worker
is left alone with one."""


def _work_in_memory() -> None:
    """Keep temporary folders in memory, where there is room: a commit waits 20 ms for
    a disk, and the tests commit many thousand times. `TMPDIR` says otherwise."""
    is_free = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    if is_free and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # asked for anew


_work_in_memory()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make check-all` ask for what takes too long for every day."""
    told = "kill at every write, draw ten times as many inputs, run more nights"
    parser.addoption(ALL, action="store_true", help=told)


def pytest_configure(config: pytest.Config) -> None:
    """Draw as many inputs as asked for. How long one takes to draw says how busy the
    machine is, no more: nothing is timed."""
    property_settings.register_profile(
        "guiji",
        deadline=None,
        max_examples=COMPLETE if config.getoption(ALL) else EVERY_DAY,
        suppress_health_check=[HealthCheck.too_slow],
    )
    property_settings.load_profile("guiji")


@pytest.fixture(scope="session")
def complete(pytestconfig: pytest.Config) -> bool:
    """Whether nothing is sampled: every kill point, every night."""
    return bool(pytestconfig.getoption(ALL))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let long modules come first; keep tests of one server on one worker."""
    items.sort(key=lambda item: item.path.stem not in LONG)
    for item in items:
        if isinstance(item, pytest.Function) and _needs_server(item):
            item.add_marker(pytest.mark.xdist_group("postgres"))
        elif isinstance(item, pytest.Function) and _needs(item, "mariadb"):
            item.add_marker(pytest.mark.xdist_group("mariadb"))


def _needs_server(item: pytest.Function) -> bool:
    return _needs(item, "postgresql") or "postgres_server" in item.fixturenames


def _needs(item: pytest.Function, kind: str) -> bool:
    """Return whether a test asks for a kind of database, by fixture or by parameter."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    asked = {parameters.get("ledger_url"), parameters.get("source_url")}
    return kind in asked or f"{kind}_server" in item.fixturenames


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with an empty data folder; the environment says the same."""
    for name, value in environment(tmp_path / "data").items():
        monkeypatch.setenv(name, value)
    made = settings_module.current()
    made.data.mkdir()
    return made


def _new_name(request: pytest.FixtureRequest, begin: str) -> str:
    """Name a database or a bucket that no other test of this session has."""
    numbers = request.session.stash.setdefault(NAMES, count(1))
    return f"{begin}{next(numbers)}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A running PostgreSQL; where there is none the test fails and says what to do."""
    with started(postgres.running) as server:
        yield server


@pytest.fixture
def postgres_url(
    postgres_server: postgres.Server, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The URL of an empty PostgreSQL database that only this test has."""
    with postgres_server.database(_new_name(request, "test_")) as url:
        yield url


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[mariadb.Server]:
    """A running MariaDB; where there is none the test fails and says what to do."""
    with started(mariadb.running) as server:
        yield server


@pytest.fixture
def mariadb_url(
    mariadb_server: mariadb.Server, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The URL of an empty MariaDB database that only this test has."""
    with mariadb_server.database(_new_name(request, "test_")) as url:
        yield url


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.Server]:
    """A running S3 server."""
    with (
        (tmp_path_factory.mktemp("s3") / "log").open("wb") as log,
        s3.running(log) as server,
    ):
        yield server


@pytest.fixture
def bucket(
    s3_server: s3.Server,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The URL of an empty bucket that only this test has; the environment tells how."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    return s3_server.make_bucket(_new_name(request, "test-"))


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, settings: Settings) -> str:
    """The URL of an empty ledger, once on each database that it may live in."""
    if request.param == "sqlite":
        return settings.ledger_url
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def soffice(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Sequence[Path], str], list[Path]]:
    """Saves workbooks by LibreOffice as a kind of file; skips where there is none."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("needs LibreOffice (soffice)")
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def saved(paths: Sequence[Path], kind: str) -> list[Path]:
        folder = tmp_path_factory.mktemp("saved")
        words = [program, f"-env:UserInstallation={profile}", "--headless"]
        words += ["--convert-to", kind, "--outdir", str(folder), *map(str, paths)]
        subprocess.run(words, check=True, capture_output=True, timeout=600)
        return [folder / f"{path.stem}.{kind}" for path in paths]

    return saved
