from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from delivery_builders import incoming
from servers.processes import at_once

from guiji.ledger.database import Database
from guiji.ledger.ledger import Ledger

LINES = 15
ALTERATIONS = {
    "details": "update trace set details = '{\"rows\":9}' where seq = 3",
    "kind": "update trace set kind = 'other' where seq = 3",
    "time": "update trace set at = '2026-01-01' where seq = 3",
    "resealed": "update trace set previous = hash where seq = 3",
    "not json": "update trace set details = '{' where seq = 3",
}


def append_many(url: str, name: str) -> None:
    ledger = Ledger(url)
    for number in range(LINES):
        ledger.append("test", name, {"number": number, "字": "归集"})


def without_triggers(url: str, *statements: str) -> None:
    """Do what only somebody with the database's own rights can do."""
    database = Database(url)
    with database.writing() as connection:
        if database.is_sqlite:
            for name in ("update", "delete", "replace"):
                connection.exec_driver_sql(f"drop trigger trace_no_{name}")
        else:
            connection.exec_driver_sql("alter table trace disable trigger all")
        for statement in statements:
            connection.execute(sa.text(statement.replace(":", "\\:")))


@pytest.fixture
def traced(ledger: Ledger) -> Ledger:
    for number in range(4):
        ledger.append("test", "s", {"rows": number})
    return ledger


@pytest.mark.duty("GZ10")
def test_a_line_tells_time_kind_subject_and_details(ledger_url: str) -> None:
    at = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
    ledger = Ledger(ledger_url, clock=lambda: at)
    sealed = ledger.append("test", "主体", {"b": [1, None], "a": "归集"})
    entry = ledger.entries("test", "主体")[0]
    assert (entry.seq, entry.at, entry.hash) == (1, at.isoformat(), sealed)
    assert entry.details == {"a": "归集", "b": [1, None]}


def test_a_line_is_written_once_where_once_is_asked(ledger: Ledger) -> None:
    assert ledger.append_once("unknown_folder", "x", {})
    assert not ledger.append_once("unknown_folder", "x", {})
    assert len(ledger.entries("unknown_folder")) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "update trace set kind = 'x' where seq = 2",
        "delete from trace where seq = 2",
        "insert into trace select 2, at, kind, 'x', details, previous, hash "
        "from trace where seq = 2",
    ],
)
def test_the_database_refuses_to_change_a_line(
    traced: Ledger, ledger_url: str, statement: str
) -> None:
    before = traced.entries()
    with (
        pytest.raises(sa.exc.DBAPIError, match=r"append-only|duplicate key"),
        Database(ledger_url).writing() as connection,
    ):
        connection.execute(sa.text(statement))
    assert traced.entries() == before


def test_sqlite_refuses_to_replace_a_line(settings: object, ledger_url: str) -> None:
    database = Database(ledger_url)
    Ledger(ledger_url).append("test", "s", {})
    command = (
        "insert or replace into trace select 1, at, kind, 'x', details, previous, hash "
        "from trace"
        if database.is_sqlite
        else "truncate trace"
    )
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        database.writing() as connection,
    ):
        connection.execute(sa.text(command))


def test_an_untouched_trace_verifies(traced: Ledger) -> None:
    assert traced.verify_chain() == []


@pytest.mark.duty("GZ10", "GZ14")
@pytest.mark.parametrize("statement", ALTERATIONS.values(), ids=ALTERATIONS)
def test_an_altered_line_is_found(
    traced: Ledger, ledger_url: str, statement: str
) -> None:
    without_triggers(ledger_url, statement)
    assert any("trace line 3" in problem for problem in traced.verify_chain())


def test_a_removed_line_is_found(traced: Ledger, ledger_url: str) -> None:
    without_triggers(ledger_url, "delete from trace where seq = 3")
    assert "trace: lines 3 to 3 are gone" in traced.verify_chain()


def test_lines_cut_off_the_end_are_found(traced: Ledger, ledger_url: str) -> None:
    """The rest of the chain is sound, but a delivery has lost its line."""
    night = date(2026, 11, 20)
    traced.claim(incoming(night))
    assert traced.verify_chain() == []
    without_triggers(ledger_url, "delete from trace where kind = 'claimed'")
    assert traced.verify_chain() == [
        "delivery 2026-11-20-tax-0a1b2c3d: the trace and the ledger do not agree"
    ]


def test_a_delivery_with_other_bytes_than_traced_is_found(
    ledger: Ledger, ledger_url: str, night: date
) -> None:
    ledger.claim(incoming(night))
    with Database(ledger_url).writing() as connection:
        connection.execute(sa.text("update deliveries set sha256 = 'b'"))
    assert len(ledger.verify_chain()) == 1


def test_concurrent_appends_keep_one_chain(ledger_url: str) -> None:
    ledger = Ledger(ledger_url)
    processes = 4 if ledger_url.startswith("sqlite") else 8
    at_once(append_many, [(ledger_url, f"p{n}") for n in range(processes)])
    entries = ledger.entries()
    assert [entry.seq for entry in entries] == list(range(1, processes * LINES + 1))
    assert ledger.verify_chain() == []
    for n in range(processes):
        mine = [e.details["number"] for e in entries if e.subject == f"p{n}"]
        assert mine == list(range(LINES))
