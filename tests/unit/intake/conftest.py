from collections.abc import Iterator
from datetime import date

import pytest
from intake_catalog import catalog_of, penalties
from servers import sshd

from guiji.catalog.model import Catalog
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


@pytest.fixture(scope="session")
def sshd_server() -> Iterator[sshd.Server]:
    """A running OpenSSH; where there is none the test fails and says what to do."""
    try:
        with sshd.running() as server:
            yield server
    except sshd.SshdMissing as missing:
        pytest.fail(str(missing), pytrace=False)


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
