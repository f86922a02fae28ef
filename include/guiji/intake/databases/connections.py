"""Connections to departments' databases, configured as Airflow's.

`AIRFLOW_CONN_<ID>` holds a URI or JSON, as Airflow reads it; without it a file
database `sources/<id>.db` of the data folder stands in. A URL may hold a password:
it never reaches a log or an error.
"""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import sqlalchemy as sa

from guiji.errors import SourceUnavailable
from guiji.settings import Settings

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
    told = os.environ.get(f"AIRFLOW_CONN_{connection_id.upper()}")
    if told:
        try:
            made = _from_json(told) if told.lstrip().startswith("{") else _uri(told)
        except (ValueError, TypeError, KeyError, sa.exc.ArgumentError):
            # `from None`: what was wrong may quote the password
            raise SourceUnavailable(
                f"connection {connection_id!r}: AIRFLOW_CONN_{connection_id.upper()} "
                "is neither a URI nor JSON of a kind that Airflow knows"
            ) from None
        return _read_only(made, connection_id)
    path = settings.sources / f"{connection_id}.db"
    if not path.is_file():
        raise SourceUnavailable(
            f"connection {connection_id!r} is not configured: set "
            f"AIRFLOW_CONN_{connection_id.upper()} as for Airflow"
        )
    return _read_only(sa.URL.create("sqlite", database=str(path)), connection_id)


def _from_json(text: str) -> sa.URL:
    told: dict[str, Any] = json.loads(text)
    extra = told.get("extra") or {}
    if isinstance(extra, str):
        extra = json.loads(extra)
    if "sqlalchemy_url" in extra:
        return sa.make_url(extra["sqlalchemy_url"])
    driver = DRIVERS[told["conn_type"].replace("-", "_")]
    if driver == "sqlite":
        path = told.get("host") or told["schema"]
        return sa.URL.create(driver, database=path)
    return sa.URL.create(
        driver,
        username=told.get("login"),
        password=told.get("password"),
        host=told.get("host"),
        port=told.get("port") and int(told["port"]),
        database=told.get("schema"),
        query={k: v for k, v in extra.items() if isinstance(v, str)},
    )


def _uri(text: str) -> sa.URL:
    scheme = text.partition("://")[0]
    told = dict(parse_qsl(urlsplit(text).query)).get("__extra__")
    extra: dict[str, Any] = json.loads(told) if told else {}
    if "sqlalchemy_url" in extra:
        return sa.make_url(extra["sqlalchemy_url"])
    if "+" in scheme:  # SQLAlchemy's own way of writing names the driver
        return sa.make_url(text)
    driver = DRIVERS[scheme.replace("-", "_")]
    made = sa.make_url(text.replace(scheme, driver, 1))
    if driver == "sqlite":
        return made
    if told:
        made = made.set(query={k: v for k, v in extra.items() if isinstance(v, str)})
    return made.set(database=unquote(made.database or ""))


def _read_only(made: sa.URL, connection_id: str) -> sa.URL:
    """Let SQLite neither make nor change a file."""
    if made.get_backend_name() != "sqlite":
        return made
    path = Path(made.database or "")
    if not path.is_file():
        raise SourceUnavailable(f"connection {connection_id!r}: its file is not there")
    return sa.URL.create(
        made.drivername,
        database=f"file:{quote(str(path.resolve()))}",
        query={"mode": "ro", "uri": "true"},
    )
