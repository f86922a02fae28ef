"""Which version of a record counts, and what the department is told of the others."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from settings_builders import CITY
from spot_office import DATASET, DEPARTMENT, FIRST, HEADINGS, Office, line, office_in

from guiji import pipeline
from guiji.context import Context
from guiji.core import business_date
from guiji.ledger.deliveries import Delivery
from guiji.pipeline.batch.outcome import MERGE_FINDINGS_FILE
from guiji.warehouse import ask

WORDED = f"{HEADINGS},操作"
WRONG = "发现问题待后续处理"


def opened(data: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A department whose deliveries are incremental."""
    return office_in(data, CITY, monkeypatch)


@pytest.fixture(scope="module")
def _nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six records. The second night spoils 1, revokes 2, corrects the day of 6 to an
    earlier one; then the month's table of the first night comes again, with a 7th.
    The fourth night restores 1, 2 and 9, which never was."""
    data = tmp_path_factory.mktemp("versions") / "data"
    with pytest.MonkeyPatch.context() as monkeypatch:
        office = opened(data, monkeypatch)
        first = [line(n) for n in range(1, 7)]
        office.delivered(1, first)
        second = [
            f"{line(1, result=WRONG)},",
            f"{line(2)},撤销",
            f"{line(6, day='2026-10-20')},变更",
        ]
        office.delivered(2, second, WORDED)
        office.delivered(3, [*first, line(7)])
        again = [f"{line(n)},恢复" for n in (1, 2, 9)]
        office.delivered(4, [*again, f"{line(3)},恢复"], WORDED)
    return data


@pytest.fixture
def office(_nights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The department after those nights, for this test alone."""
    shutil.copytree(_nights, tmp_path / "data", symlinks=True)
    return opened(tmp_path / "data", monkeypatch)


def delivery(office: Office, number: int) -> Delivery:
    (made,) = office.ledger.deliveries(night_of(number))
    return made


def night_of(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def rules(office: Office, number: int) -> list[tuple[int | None, str]]:
    """What the merge says of a night's rows; other rules have tests of their own."""
    return [
        (f["row"], f["rule"].removeprefix("batch.")) for f in merged(office, number)
    ]


def merged(office: Office, number: int) -> list[dict[str, Any]]:
    told = office.receipt(delivery(office, number))["findings"]
    return [f for f in told if f["rule"].startswith("batch.")]


def test_an_old_export_changes_nothing_and_is_told_row_by_row(office: Office) -> None:
    held = ask.ask(
        Context(office.settings, catalog=Context.current().catalog),
        "select left(record_key, 4) as key, operation, content->>'result' as result, "
        "content->>'checked_on' as day from records",
        night_of(3),
    )
    shown = {row["key"]: row for row in held.to_pylist()}
    assert shown["0001"]["result"] == WRONG
    assert shown["0002"]["operation"] == "revoke"
    assert shown["0006"]["day"] == "2026-10-20"
    assert len(shown) == 7
    assert rules(office, 3) == [
        (2, "superseded"),
        (3, "superseded"),
        (7, "superseded"),
        (None, "unchanged"),
    ]


def test_the_receipt_names_what_is_held_and_how_to_restore(office: Office) -> None:
    made = delivery(office, 3)
    receipt = office.receipt(made)
    assert receipt["rows"] == {
        "read": 7,
        "accepted": 7,
        "quarantined": 0,
        "unchanged": 3,
        "superseded": 3,
        "late": 0,
        "returned": 0,
        "restored": 0,
    }
    spoilt, revoked, _, same = merged(office, 3)
    assert (spoilt["severity"], same["severity"]) == ("warning", "info")
    assert (
        f"批次{delivery(office, 2).batch_id}《抽查检查_2.csv》第2行"
        in spoilt["message"]
    )
    assert "不同的项：检查结果" in spoilt["message"]
    assert WRONG not in str(receipt)
    assert "“恢复”" in spoilt["remedy"]
    assert "现行版本：已撤销" in revoked["message"]
    assert "（共3行）" in same["message"]
    page = (
        office.settings.outbox
        / DEPARTMENT
        / str(made.night)
        / "抽查检查_3.csv.回执.txt"
    )
    said = "接收 7 行（其中未变化 3 行、未改变现状的旧版本 3 行），隔离 0 行"
    assert said in page.read_text("utf-8")


@pytest.mark.duty("GZ11")
def test_a_corrected_day_is_a_correction_whatever_day_it_is(office: Office) -> None:
    assert rules(office, 2) == []
    found = pipeline.sql(
        "select content->>'checked_on' from records where record_key like '0006%'"
    )
    assert [list(row) for row in found["rows"]] == [["2026-10-20"]]


def test_a_row_that_restores_counts_again(office: Office) -> None:
    standing = office.standing()
    assert {n for n, result in standing.items() if result == WRONG} == set()
    assert {key.split("|")[0] for key in standing} >= {"0001", "0002", "0009"}
    assert rules(office, 4) == [
        (2, "restored"),
        (3, "restored"),
        (4, "nothing_to_restore"),
        (None, "unchanged"),
    ]


def test_a_restored_record_is_revoked_once_more_by_its_word_only(
    office: Office,
) -> None:
    office.delivered(5, [f"{line(2)},撤销"], WORDED)
    assert "0002" in office.standing()
    (told,) = merged(office, 5)
    assert "再次撤销" in told["remedy"]
    office.delivered(6, [f"{line(2)},再次撤销"], WORDED)
    assert "0002" not in office.standing()


def test_a_night_that_runs_late_takes_what_happened_since(office: Office) -> None:
    now = business_date.today(datetime.now(UTC))
    to_come = now + timedelta(days=400)
    made = office.delivered(5, [line(31, day=f"{now}"), line(32, day=f"{to_come}")])
    assert made.night < now
    assert {"0031", "0032"} & office.standing().keys() == {"0031"}


def test_receipts_of_a_night_killed_after_its_commit_are_completed(
    office: Office,
) -> None:
    made = delivery(office, 3)
    folder = office.settings.batches / str(made.batch_id)
    receipt = office.receipt(made)
    kept = (folder / MERGE_FINDINGS_FILE).read_bytes()
    (folder / MERGE_FINDINGS_FILE).unlink()
    shutil.rmtree(office.settings.outbox)
    pipeline.merge(str(made.night))
    assert (folder / MERGE_FINDINGS_FILE).read_bytes() == kept
    assert office.receipt(made) == receipt


def test_what_the_merge_says_stands_in_the_findings_of_the_night(
    office: Office,
) -> None:
    found = pipeline.sql(
        f"select count(*) from findings where dataset = '{DATASET}' "
        "and rule_id = 'batch.superseded'"
    )
    assert [list(row) for row in found["rows"]] == [[3]]
    assert pipeline.verify() == []


def test_a_corrected_file_of_the_same_name_touches_its_own_rows_only(
    office: Office,
) -> None:
    before = office.standing()
    rows = [line(3, result=WRONG), line(4), line(8)]  # 5, 6 and 7 are missing
    office.drop(delivery(office, 1).source_file, rows)
    (made,) = office.night(5)
    assert (made.verdict, made.rows.accepted) == ("accepted", 3)
    standing = office.standing()
    changed = {key[:4] for key in standing if standing[key] != before.get(key)}
    assert changed == {"0003", "0008"}
    assert before.keys() < standing.keys()
    assert rules(office, 5) == [(None, "unchanged")]


def test_the_same_bytes_of_two_departments_both_count(office: Office) -> None:
    joint = [line(20, authority="贵阳市生态环境局")]
    office.drop("联合抽查.csv", joint)
    dropped = office.settings.inbox / DEPARTMENT / "联合抽查.csv"
    beside = office.settings.inbox / "ecology_environment" / "联合抽查.csv"
    beside.parent.mkdir()
    shutil.copyfile(dropped, beside)
    made = office.night(5)
    assert {(d.department, d.verdict, d.sha256) for d in made} == {
        (DEPARTMENT, "accepted", made[0].sha256),
        ("ecology_environment", "accepted", made[0].sha256),
    }
    found = pipeline.sql("select owner from records where record_key like '0020%'")
    assert sorted(row[0] for row in found["rows"]) == [
        "ecology_environment",
        DEPARTMENT,
    ]
