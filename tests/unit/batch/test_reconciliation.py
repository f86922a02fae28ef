"""A night's deliveries compared with one another and with the warehouse."""

import shutil
from pathlib import Path

import openpyxl
import pytest
from spot_office import DATASET, DEPARTMENT, FIRST, REPOSITORY, Office, line, office_in

from guiji import steps
from guiji.ledger.deliveries import Delivery

CONTRADICTS = f"{DATASET}.other_file_contradicts"


def opened(data: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A department whose deliveries are incremental."""
    return office_in(data, REPOSITORY / "catalog", monkeypatch)


@pytest.fixture(scope="module")
def _two_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A night with two files that disagree about record 1, and agree about 3."""
    data = tmp_path_factory.mktemp("two") / "data"
    with pytest.MonkeyPatch.context() as monkeypatch:
        office = opened(data, monkeypatch)
        office.drop("甲.csv", [line(1), line(2), line(3)])
        office.drop("乙.csv", [line(1, result="发现问题已责令改正"), line(3)])
        office.night(1)
    return data


@pytest.fixture
def office(_two_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The department after that night, for this test alone."""
    shutil.copytree(_two_files, tmp_path / "data", symlinks=True)
    return opened(tmp_path / "data", monkeypatch)


def deliveries(office: Office) -> dict[str, Delivery]:
    return {d.name: d for d in office.ledger.deliveries(FIRST)}


def test_rows_of_two_files_that_contradict_one_another_are_held_back(
    office: Office,
) -> None:
    made = deliveries(office)
    assert office.standing() == {"0002": "未发现问题", "0003": "未发现问题"}
    counts = {name: (d.verdict, d.rows.accepted) for name, d in made.items()}
    assert counts == {"甲.csv": ("partly", 2), "乙.csv": ("partly", 1)}
    for name, other in (("甲.csv", "乙.csv"), ("乙.csv", "甲.csv")):
        (finding,) = office.receipt(made[name])["findings"]
        assert (finding["row"], finding["rule"]) == (2, CONTRADICTS)
        assert f"《{other}》第2行" in finding["message"]
    assert steps.verify() == []


def test_a_row_held_back_stands_in_the_quarantine_and_in_the_returned_workbook(
    office: Office,
) -> None:
    lines = steps.sql("select source_file, source_row, rules from quarantine")["rows"]
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
    steps.merge(str(FIRST))
    after = {p: p.read_bytes() for p in office.settings.batches.rglob("*.*")}
    assert after == before
