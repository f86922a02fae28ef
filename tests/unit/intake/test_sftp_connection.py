import json
from pathlib import Path

import pytest
from intake_catalog import catalog_of, penalties

from guiji.catalog.model import Catalog
from guiji.connections import sftp as sftp_connection
from guiji.core.errors import SourceUnavailable

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHo8"
EXTRA = {"host_key": HOST_KEY, "private_key": "geheim", "root": "/drop/"}
TOLD = {
    "json": json.dumps(
        {
            "conn_type": "sftp",
            "host": "sftp.example",
            "port": 2222,
            "login": "pull er",
            "extra": EXTRA,
        }
    ),
    "extra as text": json.dumps(
        {
            "conn_type": "sftp",
            "host": "sftp.example",
            "port": "2222",
            "login": "pull er",
            "extra": json.dumps(EXTRA),
        }
    ),
    "uri": "sftp://pull%20er@sftp.example:2222/?host_key=ssh-ed25519+"
    "AAAAC3NzaC1lZDI1NTE5AAAAIHo8&private_key=geheim&root=%2Fdrop%2F",
    "uri with extra": "ssh://pull%20er@sftp.example:2222/?__extra__=%7B%22host_key%22"
    "%3A%20%22ssh-ed25519%20AAAAC3NzaC1lZDI1NTE5AAAAIHo8%22%2C%20%22private_key%22%3A"
    "%20%22geheim%22%2C%20%22root%22%3A%20%22%2Fdrop%22%7D",
}
REFUSED = {
    "a password": ({"password": "geheim"}, {}, "gives a password"),
    "no host key": ({}, {"host_key": ""}, "pins no host key"),
    "no check": ({}, {"no_host_key_check": "true"}, "not to check the host key"),
    "no check, as a truth": ({}, {"no_host_key_check": True}, "not to check"),
    "no key": ({}, {"private_key": ""}, "has no key"),
    "no such key": ({}, {"private_key": "", "key_file": "/nowhere"}, "No such file"),
    "another type": ({"conn_type": "ftp"}, {}, "of type sftp"),
    "no host": ({"host": ""}, {}, "of type sftp"),
    "no login": ({"login": None}, {}, "of type sftp"),
    "no number": ({"port": "geheim"}, {}, "of type sftp"),
}


def tell(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_GUIJI_SFTP_PULL", told)


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_a_connection_is_written_as_for_airflow(
    monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    tell(monkeypatch, told)
    read = sftp_connection.of("guiji_sftp_pull")
    assert (read.host, read.port, read.user) == ("sftp.example", 2222, "pull er")
    assert (read.host_keys, read.private_key) == ((HOST_KEY,), "geheim")
    assert read.root == b"/drop"
    assert "geheim" not in repr(read)


def test_a_key_may_be_in_a_file_and_several_host_keys_pinned(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("the key")
    extra = {"host_key": "old one\nnew one\n", "key_file": str(tmp_path / "key")}
    told = {"conn_type": "sftp", "host": "h", "login": "u", "extra": extra}
    tell(monkeypatch, json.dumps(told))
    read = sftp_connection.of("guiji_sftp_pull")
    assert (read.port, read.private_key) == (22, "the key")
    assert read.host_keys == ("old one", "new one")


@pytest.mark.parametrize(("changes", "extra", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_safe_is_refused_without_quoting_a_secret(
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, object],
    extra: dict[str, object],
    why: str,
) -> None:
    told = {"conn_type": "sftp", "host": "h", "login": "u", "extra": EXTRA | extra}
    tell(monkeypatch, json.dumps(told | changes))
    with pytest.raises(SourceUnavailable, match=why) as caught:
        sftp_connection.of("guiji_sftp_pull")
    assert "'guiji_sftp_pull'" in str(caught.value)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("told", ["nonsense", "{", "sftp://[geheim", '{"a": "geheim"}'])
def test_what_airflow_would_not_know_is_said_without_quoting_it(
    monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    tell(monkeypatch, told)
    with pytest.raises(SourceUnavailable, match="neither a URI nor JSON") as caught:
        sftp_connection.of("guiji_sftp_pull")
    assert "geheim" not in str(caught.value)


def test_a_connection_that_is_not_configured(catalog: Catalog) -> None:
    with pytest.raises(SourceUnavailable, match="AIRFLOW_CONN_GUIJI_SFTP_PULL"):
        sftp_connection.of("guiji_sftp_pull")
    assert sftp_connection.pulling(catalog) == {}


def test_a_department_may_have_a_server_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    catalog = catalog_of(penalties())
    tax = catalog.departments["tax"].model_copy(update={"sftp": "tax_server"})
    catalog = catalog.model_copy(
        update={"departments": {**catalog.departments, "tax": tax}}
    )
    assert sftp_connection.names(catalog) == [
        "guiji_sftp_pull",
        "guiji_sftp_push",
        "tax_server",
    ]
    tell(monkeypatch, "told")
    shared = ["market_regulation", "transport"]
    assert sftp_connection.pulling(catalog) == {"guiji_sftp_pull": shared}
    monkeypatch.setenv("AIRFLOW_CONN_TAX_SERVER", "told")
    assert sftp_connection.pulling(catalog)["tax_server"] == ["tax"]
    assert sftp_connection.pushing(catalog) == {"tax_server": ["tax"]}
