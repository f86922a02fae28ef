"""Real registrations of Guizhou and Fujian, four files dropped as one department's."""

import csv
import json
from pathlib import Path

import duckdb
import pytest
from night.homes import NIGHT, Home
from settings_builders import REPOSITORY

REAL = REPOSITORY.parent / "shared" / "data" / "real"
DAMAGED = "registration-guizhou-2002.csv"
DAMAGED_LINES = list(range(2419, 2433))
GOOD = 18_274
CODE = "91522701216281315J"
FULL_WIDTH = CODE.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)})


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Home:
    if not REAL.is_dir():
        pytest.skip(f"the real registrations are not there: {REAL}")
    home = Home(tmp_path_factory.mktemp("real") / "data")
    inbox = home.data / "inbox" / "market_regulation"
    inbox.mkdir(parents=True)
    for path in sorted(REAL.glob("registration-*.csv")):
        (inbox / path.name).write_bytes(path.read_bytes())
    home.guiji("night", "--date", NIGHT)
    return home


def rows(home: Home, query: str) -> list[dict]:
    return json.loads(home.guiji("sql", query, "--json"))


pytestmark = pytest.mark.xdist_group("real")


def test_all_rows_are_read_and_the_good_ones_merged(real: Home) -> None:
    found = rows(
        real,
        "select sum(rows_read)::int as read, sum(rows_accepted)::int as accepted, "
        "sum(rows_quarantined)::int as quarantined from deliveries",
    )
    assert found == [{"read": GOOD + 14, "accepted": GOOD, "quarantined": 14}]
    assert rows(real, "select count(*) as n from records") == [{"n": GOOD}]


def test_the_damaged_rows_are_in_quarantine_with_line_and_reason(real: Home) -> None:
    found = rows(
        real,
        "select source_file, source_row, reason from quarantine order by source_row",
    )
    assert [line["source_row"] for line in found] == DAMAGED_LINES
    assert {line["source_file"] for line in found} == {DAMAGED}
    assert all("损坏" in line["reason"] or "列" in line["reason"] for line in found)


def test_every_good_row_is_merged_as_it_was_delivered(real: Home) -> None:
    merged = {
        uscc: (name, str(day))
        for uscc, name, day in duckdb.execute(
            "select uscc, enterprise_name, established_on from read_parquet("
            f"'{real.data}/warehouse/records/kind=tail/"
            "dataset=enterprise_registration/*.parquet')"
        ).fetchall()
    }
    delivered = {}
    for path in sorted(REAL.glob("registration-*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for number, line in enumerate(csv.reader(file), 1):
                if number > 1 and not (path.name == DAMAGED and number >= 2419):
                    delivered[line[1]] = (line[0], line[2])
    assert merged == delivered


def test_capital_keeps_its_unit_and_its_currency(real: Home) -> None:
    found = rows(
        real,
        "select distinct registered_capital_currency as currency "
        "from enterprise_registration order by all",
    )
    currencies = {line["currency"] for line in found} - {None}
    assert {"人民币", "美元", "港币", "欧元", "加拿大元"} <= currencies


@pytest.mark.duty("GZ5")
@pytest.mark.parametrize("code", [CODE, CODE.lower(), FULL_WIDTH])
def test_show_answers_with_where_each_row_came_from(real: Home, code: str) -> None:
    held = json.loads(real.guiji("show", code, "--json"))
    assert held["found"]
    record = held["datasets"][0]["records"][0]
    origin = record["origin"]
    with (REAL / origin["source_file"]).open(encoding="utf-8") as file:
        line = list(csv.reader(file))[origin["source_row"] - 1]
    assert line[1] == CODE
    assert record["items"]["enterprise_name"] == line[0]


def test_show_of_an_unknown_code_says_so(real: Home) -> None:
    assert "没有" in real.guiji("show", "914403001922038216", code=1)


def test_explain_leads_from_record_to_the_original_bytes(real: Home) -> None:
    record = rows(real, "select record_id, batch_id from records limit 1")[0]
    told = json.loads(real.guiji("explain", record["record_id"], "--json"))
    sha256 = told["versions"][0]["sha256"]
    original = real.data / "landing" / sha256[:2] / sha256 / "original"
    assert original.read_bytes() in [p.read_bytes() for p in REAL.glob("*.csv")]
    batch = json.loads(real.guiji("explain", record["batch_id"], "--json"))
    assert [e["kind"] for e in batch["trace"]][:2] == ["claimed", "named"]


def test_the_same_files_again_change_nothing(real: Home, tmp_path: Path) -> None:
    home = real.copy(tmp_path / "data")
    inbox = home.data / "inbox" / "market_regulation"
    for path in sorted(REAL.glob("registration-*.csv")):
        (inbox / f"again-{path.name}").write_bytes(path.read_bytes())
    before = rows(home, "select count(*) as n from history")
    home.guiji("night", "--date", "2026-11-21")
    verdicts = rows(
        home, "select distinct verdict from deliveries where night = '2026-11-21'"
    )
    assert verdicts == [{"verdict": "duplicate"}]
    assert rows(home, "select count(*) as n from history") == before
    assert home.guiji("verify").strip().endswith(" 0")
