import json
import sqlite3

import pytest

from guiji.connections import databases
from guiji.core.errors import SourceUnavailable
from guiji.core.settings import Settings

POSTGRESQL = "postgresql+psycopg://reader:p%40ss@db.example:5433/share"
TOLD = {
    "postgres uri": "postgres://reader:p%40ss@db.example:5433/share",
    "postgresql uri": "postgresql://reader:p%40ss@db.example:5433/share",
    "driver named": POSTGRESQL,
    "json": json.dumps(
        {
            "conn_type": "postgres",
            "login": "reader",
            "password": "p@ss",
            "host": "db.example",
            "port": 5433,
            "schema": "share",
        }
    ),
    "generic json": json.dumps(
        {"conn_type": "generic", "extra": {"sqlalchemy_url": POSTGRESQL}}
    ),
    "extra as text": json.dumps(
        {"conn_type": "generic", "extra": json.dumps({"sqlalchemy_url": POSTGRESQL})}
    ),
    "generic uri": "generic://?__extra__=%7B%22sqlalchemy_url%22%3A+%22postgresql%2B"
    "psycopg%3A%2F%2Freader%3Ap%2540ss%40db.example%3A5433%2Fshare%22%7D",
}


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_a_connection_is_written_as_for_airflow(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_GUIYANG_TAX", told)
    url = databases.url("guiyang_tax", settings)
    assert url.render_as_string(hide_password=False) == POSTGRESQL


@pytest.mark.parametrize("scheme", ["mysql", "mariadb"])
def test_mariadb_is_spoken_to_by_its_driver(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_T", f"{scheme}://r:p%40ss@h:3307/d")
    url = databases.url("t", settings)
    told = url.render_as_string(hide_password=False)
    assert told == "mysql+pymysql://r:p%40ss@h:3307/d"


def test_extras_reach_the_driver(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "postgres://r@h/d?sslmode=verify-full"
    monkeypatch.setenv("AIRFLOW_CONN_T", told)
    assert databases.url("t", settings).query == {"sslmode": "verify-full"}
    extra = {"sslmode": "verify-full", "timeout": 3}
    told = json.dumps({"conn_type": "postgres", "host": "h", "extra": extra})
    monkeypatch.setenv("AIRFLOW_CONN_T", told)
    assert databases.url("t", settings).query == {"sslmode": "verify-full"}


def test_the_path_of_a_socket_stays_as_it_is_written(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_T", "postgres://r@%2FVar%2Frun:5433/d")
    url = databases.url("t", settings)
    assert (url.host, url.port) == ("/Var/run", 5433)


@pytest.mark.parametrize("form", ["file", "uri", "json"])
def test_a_file_database_is_opened_to_read_only(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    settings.sources.mkdir()
    path = settings.sources / "guiyang_tax.db"
    sqlite3.connect(path).close()
    told = {
        "file": "",
        "uri": f"sqlite:///{path}",
        "json": json.dumps({"conn_type": "sqlite", "host": str(path)}),
    }
    monkeypatch.setenv("AIRFLOW_CONN_GUIYANG_TAX", told[form])
    url = databases.url("guiyang_tax", settings)
    assert (url.database, url.query["mode"]) == (f"file:{path}", "ro")


@pytest.mark.parametrize(
    "told",
    [
        "nonsense",
        "vax://u:geheim@h/d",
        '{"conn_type": "vax", "password": "geheim"}',
        '{"password": "geheim"',
        "postgres://u:geheim@[h/d",
        '{"conn_type": "postgres", "extra": ["geheim"]}',
        "sqlite:////nowhere/x.db",
    ],
)
def test_what_airflow_would_not_know_is_said_without_the_password(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_T", told)
    with pytest.raises(SourceUnavailable, match="connection 't'") as caught:
        databases.url("t", settings)
    assert "geheim" not in str(caught.value)


def test_a_connection_that_is_not_configured(settings: Settings) -> None:
    with pytest.raises(SourceUnavailable, match="AIRFLOW_CONN_GUIYANG_TAX"):
        databases.url("guiyang_tax", settings)
