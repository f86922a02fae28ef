"""The package reads connections without Airflow, and reads what Airflow reads."""

import json
from typing import Any

import pytest

from guiji.connections.airflow import AirflowConnection


@pytest.mark.parametrize(
    "uri",
    [
        "postgres://u:p@h:5432/db",
        "postgres://u%40x:p%2Fq@h/db?sslmode=require",  # marks in name and password
        "postgres://u:p@%2Fvar%2Frun/db",  # a socket
        "postgres://u:p@[::1]:5432/db",
        "sftp://u:p@h:2222?__extra__=%7B%22key_file%22%3A%20%22%2Fa%22%7D",
        "mysql://h",
        "mssql://u:@H.Example/db",
        "oracle://u:p@h:1521/?service_name=x",
        "sqlite:///tmp/a.db",
        "sqlite://%2Ftmp%2FA.db",
        "generic-type://u:p@h",
    ],
)
def test_a_uri_is_read_as_airflow_reads_it(uri: str) -> None:
    from airflow.sdk import Connection

    theirs = Connection.from_uri(uri, conn_id="x")
    ours = AirflowConnection.of_uri(uri)
    assert parts(ours) == airflows(theirs)
    assert parts(AirflowConnection.of_json(theirs.as_json())) == airflows(theirs)


def test_extras_may_be_json_in_a_text_once_more() -> None:
    from airflow.sdk import Connection

    extra = {"key_file": "/a", "port": 1}
    told = {"conn_type": "sftp", "host": "h", "port": 22, "extra": json.dumps(extra)}
    theirs = Connection.from_json(json.dumps(told), conn_id="x")
    ours = AirflowConnection.of_json(json.dumps(told))
    assert parts(ours) == airflows(theirs)
    assert ours.extra == extra


def parts(of: AirflowConnection) -> tuple[Any, ...]:
    return (of.type, of.host, of.port, of.login, of.password, of.schema, of.extra)


def airflows(of: Any) -> tuple[Any, ...]:
    texts = (of.login or "", of.password or "", of.schema or "")
    return (of.conn_type, of.host or "", of.port, *texts, of.extra_dejson)
