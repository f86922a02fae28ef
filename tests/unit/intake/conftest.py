from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from intake_catalog import catalog_of, penalties
from servers import sshd
from servers.missing import started
from sources import TABLE, Fill, decision

from guiji.catalog.model import Catalog
from guiji.core.settings import Settings
from guiji.ledger.ledger import Ledger


@pytest.fixture
def catalog() -> Catalog:
    return catalog_of(penalties())


@pytest.fixture
def night() -> date:
    return date(2026, 11, 20)


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    """A ledger without a night, on each database."""
    return Ledger(ledger_url)


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def source_url(request: pytest.FixtureRequest, settings: Settings) -> str:
    """The department's database, of each kind."""
    if request.param == "sqlite":
        settings.sources.mkdir()
        return f"sqlite:///{settings.sources / 'guiyang_tax.db'}"
    name = {"postgresql": "postgres_url", "mariadb": "mariadb_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def engine(source_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Engine]:
    """The same, opened by its owner; the platform's connection leads to it."""
    monkeypatch.setenv("AIRFLOW_CONN_GUIYANG_TAX", source_url)
    made = sa.create_engine(source_url, poolclass=sa.NullPool)
    TABLE.create(made)
    yield made
    made.dispose()


@pytest.fixture
def fill(engine: sa.Engine) -> Fill:
    """Write decisions (number, fine) that changed at a time."""

    def put(changed: str, *decisions: tuple[str, str]) -> None:
        with engine.begin() as connection:
            for number, fine in decisions:
                connection.execute(TABLE.delete().where(TABLE.c.cf_wsh == number))
                values = decision(changed, number, fine)
                connection.execute(TABLE.insert().values(values))

    return put


@pytest.fixture(scope="session")
def sshd_server() -> Iterator[sshd.Server]:
    """A running OpenSSH; where there is none the test fails and says what to do."""
    with started(sshd.running) as server:
        yield server


@pytest.fixture
def server(sshd_server: sshd.Server) -> sshd.Server:
    """The server with empty folders for the departments, and no connection to it."""
    sshd_server.empty()
    return sshd_server


@pytest.fixture
def sftp(server: sshd.Server, monkeypatch: pytest.MonkeyPatch) -> sshd.Server:
    """The server, both connections to it configured."""
    for way in ("pull", "push"):
        variable = f"AIRFLOW_CONN_GUIJI_SFTP_{way.upper()}"
        monkeypatch.setenv(variable, server.connection(way))
    return server
