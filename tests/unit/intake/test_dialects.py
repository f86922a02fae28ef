"""Databases that are not run here: what is sent to them, as far as that can be told."""

from datetime import datetime
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite

from guiji.core.errors import SourceUnavailable
from guiji.intake.databases import dialects
from guiji.intake.databases.source import Relation, Source, Window, reading

KINDS = {
    "mssql": mssql.dialect(),
    "mysql": mysql.dialect(),
    "oracle": oracle.dialect(),
    "postgresql": postgresql.dialect(),
    "sqlite": sqlite.dialect(),
}
WINDOW = Window(
    "changed",
    datetime.fromisoformat("2026-11-20"),
    datetime.fromisoformat("2026-11-21"),
)


class Recorder:
    """Takes statements as a connection of some dialect, and answers with no row."""

    def __init__(self, dialect: sa.Dialect) -> None:
        self.dialect, self.said = dialect, ""

    def execute(self, query: sa.Select[tuple[str]]) -> list[sa.Row[tuple[str]]]:
        self.said = " ".join(str(query.compile(dialect=self.dialect)).split())
        return []


def said(kind: str, relation: Relation) -> str:
    recorder = Recorder(KINDS[kind])
    source = Source(recorder, relation)  # type: ignore[arg-type]
    assert list(source.rows(["A b", "no"], ["no"], WINDOW)) == []
    return recorder.said


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "oracle",
            'SELECT dept."Penalty"."A b", dept."Penalty".no, dept."Penalty".changed '
            'FROM dept."Penalty" WHERE dept."Penalty".changed IS NULL OR '
            'dept."Penalty".changed >= :changed_1 AND dept."Penalty".changed < '
            ':changed_2 ORDER BY dept."Penalty".no, dept."Penalty".changed',
        ),
        (
            "mssql",
            "SELECT dept.[Penalty].[A b], dept.[Penalty].no, dept.[Penalty].changed "
            "FROM dept.[Penalty] WHERE dept.[Penalty].changed IS NULL OR "
            "dept.[Penalty].changed >= :changed_1 AND dept.[Penalty].changed < "
            ":changed_2 ORDER BY dept.[Penalty].no, dept.[Penalty].changed",
        ),
    ],
)
def test_identifiers_are_quoted_and_times_bound(kind: str, expected: str) -> None:
    assert said(kind, Relation("dept.Penalty", None, 9)) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_of_a_query_stands_as_it_is(kind: str) -> None:
    text = "select a as \"A b\", no, changed from t where no <> ':x' and no <> '1:2'\n"
    found = said(kind, Relation("q", text, 9))
    inner = text.strip().replace("%", "%%")
    assert f"FROM ({inner} ) " in found


def test_a_server_that_calls_itself_mysql_and_is_mariadb_is_told_so() -> None:
    """They limit the time of a statement by different names and units."""
    kind = mysql.dialect()
    assert dialects.of(kind).opening[0] == "set session max_execution_time = 1800000"
    kind.is_mariadb = True
    assert dialects.of(kind).opening[0] == "set session max_statement_time = 1800"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        # what pymssql, oracledb and dmPython raise
        ((229, b"denied"), "the account may not read what the catalogue names"),
        ((3952, b""), "the database does not allow a read-only snapshot"),
        ((1222, b""), "what is to be read stayed locked for 5 seconds"),
        ((SimpleNamespace(full_code="ORA-00942"),), "there is no such table, view"),
        ((SimpleNamespace(full_code="DPY-6005"),), "the database does not answer"),
        ((SimpleNamespace(code=-70028),), "the database does not answer"),
        ((99999, b""), "the database refused the query (Failure 99999)"),
        ((), "the database refused the query (Failure)"),
    ],
)
def test_a_driver_tells_why_by_its_code(error: tuple[object, ...], reason: str) -> None:
    class Failure(Exception):
        pass

    wrapped = sa.exc.DBAPIError("select geheim", {}, Failure(*error))
    told = dialects.unavailable(wrapped)
    assert str(told).startswith(reason)
    assert "geheim" not in str(told)
    assert told.notice.startswith("原因：")


def test_a_driver_that_is_not_installed_is_the_platforms_matter() -> None:
    told = dialects.unavailable(ModuleNotFoundError("no", name="oracledb"))
    assert (str(told), told.notice) == ("the driver oracledb is not installed", "")


def test_a_dialect_that_nobody_installed_is_the_platforms_matter() -> None:
    unknown = sa.make_url("kingbase+ksycopg2://reader:geheim@db/share")
    with (
        pytest.raises(
            SourceUnavailable, match=r"kingbase.*docs/databases.md"
        ) as caught,
        reading(unknown, Relation("penalty", None, 9)),
    ):
        pass
    assert caught.value.notice == ""
    assert "geheim" not in str(caught.value)


def test_every_code_has_one_meaning() -> None:
    codes = [code for listed in dialects._REFUSALS.values() for code in listed]
    assert len(codes) == len(set(codes))
