"""A ledger that cannot be used says so in one line, as an error that is retried."""

import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from servers import postgres

from guiji.core.errors import (
    LedgerBroken,
    LedgerUnavailable,
    PassingFault,
    StorageUnusable,
    UsageError,
)
from guiji.core.settings import Settings
from guiji.ledger import database
from guiji.ledger.ledger import Ledger


def require_one_line(error: BaseException, *words: str) -> None:
    assert "\n" not in str(error)
    for word in words:
        assert word in str(error)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)


@contextmanager
def written_by_another(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin exclusive")
        yield
        other.execute("rollback")


@pytest.mark.usefixtures("impatient")
def test_a_ledger_that_another_program_keeps_locked(settings: Settings) -> None:
    ledger = Ledger.open(settings)
    with written_by_another(settings.data / "ledger.db"):
        with pytest.raises(LedgerUnavailable) as caught:
            ledger.append("kind", "subject", {})
        require_one_line(caught.value, "ledger.db", "locked", "run again")
    ledger.append("kind", "subject", {})
    assert len(ledger.entries("kind")) == 1


@pytest.mark.usefixtures("impatient")
def test_a_new_ledger_that_another_program_keeps_locked(settings: Settings) -> None:
    with (
        written_by_another(settings.data / "ledger.db"),
        pytest.raises(LedgerUnavailable, match="locked"),
    ):
        Ledger.open(settings)


def test_a_ledger_that_is_a_folder(settings: Settings) -> None:
    (settings.data / "ledger.db").mkdir()
    with pytest.raises(StorageUnusable) as caught:
        Ledger.open(settings)
    require_one_line(caught.value, "ledger.db", "unable to open", "rights")


def test_a_ledger_whose_file_is_damaged(settings: Settings) -> None:
    (settings.data / "ledger.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(LedgerBroken) as caught:
        Ledger.open(settings)
    require_one_line(caught.value, "ledger.db", "backup")


def test_a_full_disk_under_the_ledger(settings: Settings) -> None:
    ledger = Ledger.open(settings)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(StorageUnusable) as caught:
            ledger.append("kind", "subject", {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    require_one_line(caught.value, "ledger.db", "space")
    assert ledger.entries("kind") == []
    ledger.append("kind", "subject", {})
    assert len(ledger.entries("kind")) == 1


def test_a_postgresql_that_is_not_there() -> None:
    url = "postgresql://guiji:secret@127.0.0.1:9/guiji"
    with pytest.raises(LedgerUnavailable) as caught:
        Ledger(url)
    require_one_line(caught.value, "127.0.0.1:9", "does not answer")
    assert "secret" not in str(caught.value)


def test_a_postgresql_that_drops_the_connection(
    postgres_url: str, postgres_server: postgres.Server
) -> None:
    ledger = Ledger(postgres_url)
    end = "select pg_terminate_backend(pid) from pg_stat_activity where state like "
    other = sa.create_engine(postgres_url, poolclass=sa.NullPool)

    def change() -> None:
        with database.Database(postgres_url).writing() as connection:
            with other.connect() as killer:
                killer.execute(sa.text(f"{end} 'idle in transaction'"))
            connection.execute(sa.text("select 1"))

    with pytest.raises(LedgerUnavailable) as caught:
        change()
    require_one_line(caught.value, "run again")
    assert ledger.entries("kind") == []


def test_errors_that_are_bugs_stay_as_they_are(ledger: Ledger, ledger_url: str) -> None:
    with (
        pytest.raises(sa.exc.IntegrityError),
        database.Database(ledger_url).writing() as connection,
    ):
        connection.execute(sa.text("insert into nights values (null, null)"))


@pytest.mark.parametrize("url", ["no url", "nonsense://host/x", "sqlite+no_driver://"])
def test_a_url_that_is_none_is_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError, match="GUIJI_LEDGER_URL"):
        Ledger(url)


def test_all_of_them_are_retried() -> None:
    assert issubclass(LedgerUnavailable, PassingFault)
    assert issubclass(StorageUnusable, PassingFault)
