"""What the sample broke on purpose is found, exactly, and nothing else is."""

from collections import Counter

import duckdb
import pytest
from night.homes import NIGHT, Home


@pytest.fixture(scope="module")
def truth(ended: Home) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name in ("truth", "deliveries"):
        path = ended.data / "sample" / f"{name}-{NIGHT}.parquet"
        connection.execute(f"create table {name} as select * from '{path}'")
    batches = ended.data / "batches"
    connection.execute(
        f"create table found as select * from '{batches}/*/findings.parquet'"
    )
    connection.execute(
        "create table delivered as select * from "
        f"'{ended.data}/warehouse/deliveries/*.parquet'"
    )
    return connection


@pytest.mark.duty("GY3", "FJ2")
def test_findings_are_the_faults_and_nothing_else(truth) -> None:
    expected = truth.execute(
        "select department, file, coalesce(sheet, ''), row, coalesce(\"column\", ''), "
        "rule_id from truth where kind in ('quarantine', 'warning', 'info', 'trial')"
    ).fetchall()
    found = truth.execute(
        "select department, source_file, "
        "coalesce(source_sheet, ''), source_row, coalesce(source_column, ''), rule_id "
        "from found"
    ).fetchall()
    missed = Counter(expected) - Counter(found)
    invented = Counter(found) - Counter(expected)
    assert (sorted(missed, key=str), sorted(invented, key=str)) == ([], [])


def test_every_kind_of_finding_is_in_the_night(truth) -> None:
    kinds = truth.execute(
        "select distinct split_part(rule_id, '.', -1) from found"
    ).fetchall()
    assert len(kinds) >= 15


def test_verdicts_and_counts_are_as_expected(truth) -> None:
    differing = truth.execute(
        "select e.file, e.verdict, d.verdict, e.rows, d.rows_read, "
        "e.quarantined, d.rows_quarantined "
        "from deliveries e full join delivered d on e.department = d.department "
        "and e.file = d.source_file "
        "where e.verdict is distinct from d.verdict or (e.verdict in "
        "('accepted', 'partly', 'trial') and (e.rows <> d.rows_read "
        "or e.quarantined <> d.rows_quarantined))"
    ).fetchall()
    assert differing == []


def test_every_refused_file_is_answered_with_its_code(ended: Home, truth) -> None:
    import json

    expected = dict(
        truth.execute(
            "select file, code from deliveries where verdict = 'refused'"
        ).fetchall()
    )
    told = {}
    for path in ended.data.glob(f"outbox/*/{NIGHT}/*.receipt.json"):
        receipt = json.loads(path.read_text("utf-8"))
        if receipt["verdict"] == "refused":
            first = receipt["findings"][0]
            assert first["message"]
            assert first["remedy"]
            told[receipt["file"]] = first["rule"].removeprefix("batch.").upper()
    assert told == expected


def test_every_row_read_ends_merged_or_in_quarantine(truth, ended: Home) -> None:
    ended_in = truth.execute(
        "select sum(rows_read), sum(rows_accepted), sum(rows_quarantined) "
        "from delivered where verdict in ('accepted', 'partly')"
    ).fetchall()[0]
    put_away = truth.execute(
        f"select count(*) from '{ended.data}/quarantine/{NIGHT}/*.parquet' "
        "where source_row is not null"
    ).fetchall()[0][0]
    assert ended_in[0] == ended_in[1] + ended_in[2]
    assert ended_in[2] == put_away
