"""A night's deliveries compared with one another and with the warehouse."""

import shutil
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from settings_builders import CITY
from spot_office import DATASET, DEPARTMENT, FIRST, Office, line, office_in

from guiji import pipeline
from guiji.ledger.database import Database
from guiji.ledger.deliveries import Delivery
from guiji.ledger.tables import DELIVERIES

WRONG = "发现问题已责令改正"
CONTRADICTS = f"{DATASET}.other_file_contradicts"


def opened(data: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A department whose deliveries are incremental."""
    return office_in(data, CITY, monkeypatch)


AT_NINE = "2026-11-18T01:00:00.000000+00:00"
AT_NOON = "2026-11-18T04:00:00.000000+00:00"


def arrived(office: Office, night: int, **files: str) -> None:
    """Claim what was dropped; let files have arrived at these instants; go on."""
    day = str(FIRST + timedelta(days=night - 1))
    pipeline.claim(day)
    for name, instant in files.items():
        with Database(office.settings.ledger_url).writing() as connection:
            named = DELIVERIES.c.source_file == f"{name}.csv"
            connection.execute(
                sa.update(DELIVERIES).where(named).values(received_at=instant)
            )
    pipeline.check(day, pipeline.unchecked(day))
    pipeline.merge(day)


@pytest.fixture(scope="module")
def _three_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files of nine o'clock disagree about record 1, and agree about 3; one of noon
    corrects record 4."""
    data = tmp_path_factory.mktemp("three") / "data"
    with pytest.MonkeyPatch.context() as monkeypatch:
        office = opened(data, monkeypatch)
        office.drop("甲.csv", [line(1), line(2), line(3), line(4)])
        office.drop("乙.csv", [line(1, result=WRONG), line(3)])
        office.drop("午.csv", [line(4, result=WRONG)])
        arrived(office, 1, 甲=AT_NINE, 乙=AT_NINE, 午=AT_NOON)
    return data


@pytest.fixture
def office(
    _three_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Office:
    """The department after that night, for this test alone."""
    shutil.copytree(_three_files, tmp_path / "data", symlinks=True)
    return opened(tmp_path / "data", monkeypatch)


def deliveries(office: Office) -> dict[str, Delivery]:
    return {d.name: d for d in office.ledger.deliveries(FIRST)}


@pytest.mark.duty("FJ4")
def test_rows_of_three_files_that_contradict_one_another_are_held_back(
    office: Office,
) -> None:
    made = deliveries(office)
    assert "0001" not in office.standing()
    counts = {name: (d.verdict, d.rows.accepted) for name, d in made.items()}
    assert counts == {
        "甲.csv": ("partly", 3),
        "乙.csv": ("partly", 1),
        "午.csv": ("accepted", 1),
    }
    for name, other in (("甲.csv", "乙.csv"), ("乙.csv", "甲.csv")):
        finding = office.receipt(made[name])["findings"][0]
        assert (finding["row"], finding["rule"]) == (2, CONTRADICTS)
        assert f"《{other}》第2行" in finding["message"]
    assert pipeline.verify() == []


def test_the_file_that_arrived_later_counts_and_both_are_told(office: Office) -> None:
    made = deliveries(office)
    assert office.standing()["0004"] == WRONG
    earlier = office.receipt(made["甲.csv"])["findings"][1]
    (later,) = office.receipt(made["午.csv"])["findings"]
    assert (earlier["row"], earlier["rule"]) == (5, f"{DATASET}.other_file_is_newer")
    assert "《午.csv》第2行，2026-11-18 12:00:00到达" in earlier["message"]
    assert (later["row"], later["rule"]) == (2, f"{DATASET}.other_file_is_older")
    assert "《甲.csv》第5行，2026-11-18 09:00:00到达" in later["message"]


def test_a_row_held_back_stands_in_the_quarantine_and_in_the_returned_workbook(
    office: Office,
) -> None:
    lines = pipeline.sql("select source_file, source_row, rules from quarantine")[
        "rows"
    ]
    assert sorted(map(list, lines)) == [
        ["乙.csv", 2, [CONTRADICTS]],
        ["甲.csv", 2, [CONTRADICTS]],
    ]
    path = office.settings.outbox / DEPARTMENT / str(FIRST) / "甲.退回.xlsx"
    sheet = openpyxl.load_workbook(path).worksheets[0]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert any("乙.csv" in text for text in texts)


def test_a_night_that_is_reconciled_again_gives_the_same(office: Office) -> None:
    before = {p: p.read_bytes() for p in office.settings.batches.rglob("*.*")}
    pipeline.merge(str(FIRST))
    after = {p: p.read_bytes() for p in office.settings.batches.rglob("*.*")}
    assert after == before


def again(office: Office, number: int, rows: list[str]) -> Delivery:
    """Drop the bytes of the file 甲.csv once more in a later night."""
    office.drop("甲-再报.csv", rows)
    made = {d.name: d for d in office.night(number)}
    return made["甲-再报.csv"]


def test_the_same_bytes_again_are_nothing_to_do_if_every_row_is_held(
    office: Office,
) -> None:
    office.drop("丙.csv", [line(5), line(6)])
    office.night(2)
    made = again(office, 3, [line(5), line(6)])
    (first,) = [d for d in office.ledger.deliveries() if d.name == "丙.csv"]
    assert (made.verdict, made.duplicate_of) == ("duplicate", first.delivery_id)
    (said,) = office.receipt(made)["findings"]
    assert "《丙.csv》" in said["message"]
    assert "无需处理" in said["remedy"]
    assert pipeline.verify() == []


def test_the_same_bytes_again_are_a_delivery_if_a_row_was_changed_since(
    office: Office,
) -> None:
    office.drop("丙.csv", [line(5), line(6)])
    office.night(2)
    office.drop("丁.csv", [line(5, result=WRONG)])
    office.night(3)
    made = again(office, 4, [line(5), line(6)])
    assert (made.verdict, made.rows.accepted) == ("accepted", 2)
    assert pipeline.verify() == []


def test_bytes_of_which_rows_wait_are_told_which_ones(office: Office) -> None:
    office.drop("丙.csv", [line(5), line(6, day="不知")])
    office.night(2)
    made = again(office, 3, [line(5), line(6, day="不知")])
    assert made.verdict == "duplicate"
    whole, waiting = office.receipt(made)["findings"]
    assert "仍未接收" in whole["remedy"]
    assert waiting["row"] == 3
    lines = pipeline.sql("select count(*) from quarantine where source_row = 3")["rows"]
    assert lines == [[1]]


def test_rows_held_back_come_in_with_the_same_bytes_sent_alone(
    office: Office,
) -> None:
    rows = [line(1), line(2), line(3), line(4)]
    assert again(office, 2, rows).verdict == "accepted"
    assert office.standing()["0001"] == "未发现问题"
    (waiting,) = pipeline.sql(
        "select count(*) from quarantine where closed_night is null"
    )["rows"]
    assert list(waiting) == [0]


def test_a_replay_lets_no_row_in_while_its_counterpart_waits(office: Office) -> None:
    batch = deliveries(office)["甲.csv"].batch_id
    night = str(FIRST + timedelta(days=1))
    assert pipeline.replay(batch, None, night)["checked"] == 1
    office.night(2)
    assert "0001" not in office.standing()
    waiting = "select night from quarantine where closed_night is null"
    assert len(pipeline.sql(waiting)["rows"]) == 2  # and no line was written anew
    assert pipeline.verify() == []
