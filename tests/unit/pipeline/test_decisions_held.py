"""Decisions compared with those that are held: their number, day and authority.

Source: 贵州省企业公共信用信息平台运行管理规则(试行) 第十六, 二十四条.
"""

import shutil
from datetime import date
from pathlib import Path

import pytest
from penalty_office import ECOLOGY, HOUSING, PenaltyOffice, code, decision
from settings_builders import CITY
from spot_office import office_in

from guiji import pipeline


def opened(data: Path, monkeypatch: pytest.MonkeyPatch) -> PenaltyOffice:
    return PenaltyOffice(office_in(data, CITY, monkeypatch).settings)


@pytest.fixture(scope="module")
def _first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five decisions are held; the fifth is about two enterprises."""
    data = tmp_path_factory.mktemp("held") / "data"
    with pytest.MonkeyPatch.context() as monkeypatch:
        office = opened(data, monkeypatch)
        rows = [decision(str(n), n) for n in (1, 2, 3, 4, 5)]
        made = office.delivered(1, *rows, decision("5", 50))
        assert (made.verdict, made.rows.accepted) == ("accepted", 6)
    return data


@pytest.fixture
def office(
    _first_night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> PenaltyOffice:
    """The department after its first night, for this test alone."""
    shutil.copytree(_first_night, tmp_path / "data", symlinks=True)
    return opened(tmp_path / "data", monkeypatch)


def test_numbers_held_are_corrected_or_held_back_and_never_published_twice(
    office: PenaltyOffice,
) -> None:
    """Another enterprise, another day, other brackets; each means the same decision."""
    made = office.delivered(
        2,
        decision("1", 11),
        decision("2", 2, day="2026-11-10"),
        decision("3", 3, number="筑建罚﹝2026﹞3号"),
        decision("5", 50, content="罚款3万元", fine="3"),
        decision("4", 4, operation="撤销"),
        decision("4", 44, operation="新增"),
    )
    told = office.findings(made)
    assert set(told[2]) == {"number_of_another"}
    message = told[2]["number_of_another"]["message"]
    for part in (code(11), code(1), "《行政处罚信息1.csv》第2行", "2026-11-18入库"):
        assert part in message
    assert set(told[3]) == {"other_day"}
    assert "2026-11-10" in told[3]["other_day"]["message"]
    assert "2026-11-16" in told[3]["other_day"]["message"]
    assert not {"number_of_another", "other_day"} & {*told.get(4, {}), *told.get(5, {})}
    assert 7 not in told  # what it replaces is withdrawn by the same file
    assert (made.verdict, made.rows.accepted) == ("partly", 5)
    numbers = [
        (number, uscc, str(day), how) for number, uscc, day, how in office.held()
    ]
    assert [n[1:] for n in numbers if "〕1号" in n[0]] == [
        (code(1), "2026-11-16", "upsert")
    ]
    assert [n[1:] for n in numbers if "〕2号" in n[0]] == [
        (code(2), "2026-11-10", "upsert")
    ]
    assert len([n for n in numbers if "3号" in n[0]]) == 1
    assert sorted(n[1:] for n in numbers if "〕4号" in n[0]) == sorted(
        [(code(4), "2026-11-16", "revoke"), (code(44), "2026-11-16", "upsert")]
    )
    assert pipeline.verify() == []


def test_a_corrected_day_makes_no_department_late(office: PenaltyOffice) -> None:
    """Due on 19 November by the corrected day: first delivered on the 18th."""
    night = "2026-11-20"
    office.delivered(3, decision("2", 2, day="2026-11-10"))
    pipeline.publish(night)
    pipeline.report(night)
    late = pipeline.sql("select record_id, clock from breaches where kind = 'delivery'")
    assert late["rows"] == []
    held = [row for row in office.held() if "〕2号" in row[0]]
    assert [(str(row[2]), row[3]) for row in held] == [("2026-11-10", "upsert")]


def test_nothing_is_withdrawn_that_is_not_held(office: PenaltyOffice) -> None:
    """A number that never was, a wrong day, a wrong number; right in other brackets."""
    made = office.delivered(
        2,
        decision("77", 77, operation="撤销"),
        decision("1", 1, operation="撤销", day="2026-11-17"),
        decision("22", 2, operation="撤销"),
        decision("3", 3, operation="撤销", number="筑建罚[2026]第3号"),
        decision("6", 4, operation="变更"),
    )
    told = office.findings(made)
    assert "没有相近的现有记录" in told[2]["nothing_to_revoke"]["message"]
    assert "2026-11-16" in told[3]["revoked_other_day"]["message"]
    near = told[4]["nothing_to_revoke"]["message"]
    assert "筑建罚〔2026〕2号" in near
    assert code(2) in near
    assert 5 not in told
    assert "筑建罚〔2026〕4号" in told[6]["nothing_to_change"]["message"]
    assert told[6]["nothing_to_change"]["severity"] == "warning"
    assert (made.rows.accepted, made.rows.quarantined) == (2, 3)
    revoked = [row[1] for row in office.held() if row[3] == "revoke"]
    assert revoked == [code(3)]
    assert pipeline.verify() == []


def test_anothers_decision_is_put_away_and_the_same_number_is_its_own(
    office: PenaltyOffice,
) -> None:
    """罚款1元 under another department's number does not stand beside the true one."""
    forged = decision("1", 1, content="罚款1元", fine="0.0001")
    own = decision("1", 1, ECOLOGY)
    made = office.delivered(2, forged, own, sender=ECOLOGY)
    told = office.findings(made)
    assert set(told[2]) == {
        f"{item}.another_department"
        for item in ("authority_name", "authority_uscc", "source_name", "source_uscc")
    }
    assert 3 not in told
    assert (made.verdict, made.rows.accepted) == ("partly", 1)
    owners = pipeline.sql(
        "select owner, content->>'fine_amount' from records "
        "where record_key like '%〕1号|%' order by 1"
    )["rows"]
    assert [owner for owner, _ in owners] == [ECOLOGY, HOUSING]
    assert made.night == date(2026, 11, 19)


def test_two_senders_of_one_owner_are_compared_as_its_own_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner's file and that of a department that delivers for it disagree."""
    catalog = tmp_path / "catalog"
    shutil.copytree(CITY, catalog)
    path = catalog / "guiyang" / "departments.yml"
    known, for_other = f"  - id: {HOUSING}\n", f"    delivers_for: [{ECOLOGY}]\n"
    path.write_text(path.read_text("utf-8").replace(known, known + for_other), "utf-8")
    made = office_in(tmp_path / "data", catalog, monkeypatch)
    office = PenaltyOffice(made.settings)
    office.dropped(1, decision("1", 1, ECOLOGY), sender=ECOLOGY, earlier=3)
    later = decision("1", 1, ECOLOGY, content="罚款3万元", fine="3")
    office.dropped(1, later, sender=HOUSING)
    found = {d.department: office.findings(d)[2] for d in office.night(1)}
    assert "other_file_is_newer" in found[ECOLOGY]
    assert "other_file_is_older" in found[HOUSING]
