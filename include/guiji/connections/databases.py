"""Connections to departments' databases, configured as Airflow's.

Where none is, a file database `sources/<id>.db` of the data folder stands in. A URL may
hold a password: it never reaches a log or an error.
"""

from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from guiji.connections import airflow
from guiji.core.errors import SourceUnavailable
from guiji.core.settings import Settings

DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "mssql": "mssql+pymssql",
    "oracle": "oracle+oracledb",
    "sqlite": "sqlite",
}
"""Airflow's type of connection -> the driver that SQLAlchemy uses for it."""


def url(connection_id: str, settings: Settings) -> sa.URL:
    """Find the URL of a department's database; SQLite is opened to read only.

    Raises:
        SourceUnavailable: it is not configured, or not as Airflow would have it.
    """
    if airflow.is_configured(connection_id):
        try:
            target = _url(airflow.read(connection_id))
        except (ValueError, TypeError, KeyError, sa.exc.ArgumentError):
            # `from None`: what was wrong may quote the password
            kind = "a kind that Airflow knows"
            raise airflow.unreadable(connection_id, kind) from None
        return _read_only(target, connection_id)
    path = stand_in(connection_id, settings)
    if path is None:
        raise airflow.missing(connection_id)
    return _read_only(sa.URL.create("sqlite", database=str(path)), connection_id)


def stand_in(connection_id: str, settings: Settings) -> Path | None:
    """Find the file database that stands in for a department's own; None = none."""
    path = settings.sources / f"{connection_id}.db"
    return path if not airflow.is_configured(connection_id) and path.is_file() else None


def _url(connection: airflow.AirflowConnection) -> sa.URL:
    if "sqlalchemy_url" in connection.extra:
        return sa.make_url(connection.extra["sqlalchemy_url"])
    if connection.uri and "+" in connection.type:
        # SQLAlchemy's own way of writing, which names the driver
        return sa.make_url(connection.uri)
    driver = DRIVERS[connection.type]
    if driver == "sqlite":
        return sa.URL.create(driver, database=connection.host or connection.schema)
    return sa.URL.create(
        driver,
        username=connection.login or None,
        password=connection.password or None,
        host=connection.host or None,
        port=connection.port,
        database=connection.schema or None,
        query={k: v for k, v in connection.extra.items() if isinstance(v, str)},
    )


def _read_only(url: sa.URL, connection_id: str) -> sa.URL:
    """Open SQLite databases read-only."""
    if url.get_backend_name() != "sqlite":
        return url
    path = Path(url.database or "")
    if not path.is_file():
        raise SourceUnavailable(f"connection {connection_id!r}: its file is not there")
    return sa.URL.create(
        url.drivername,
        database=f"file:{quote(str(path.resolve()))}",
        query={"mode": "ro", "uri": "true"},
    )
