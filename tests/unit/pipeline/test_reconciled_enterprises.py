"""Codes and names of a night's rows, compared with the registrations held and sent."""

from typing import Any

import pytest
from settings_builders import CITY
from spot_office import DATASET, FIRST, Office, line, office_in

from guiji import pipeline

HEADINGS = "企业名称,统一社会信用代码,注册号,成立日期"
A, B, C, D = (
    *("91520100997197430B", "915201009933777685"),
    *("915201009995580920", "91520100995738424J"),
)
SECOND = FIRST.replace(day=FIRST.day + 1)
REGISTRATION = "enterprise_registration.uscc.different_enterprise"
OTHER_CODE = f"{DATASET}.uscc.name_of_other_code"


def registered(name: str, code: str, day: str, number: str = "") -> str:
    return f"{name},{code},{number},{day}"


def named(number: int, name: str, code: str) -> str:
    return line(number, name=name, code=code)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two enterprises are registered; the next night brings what is in conflict."""
    data = tmp_path_factory.mktemp("enterprises") / "data"
    with pytest.MonkeyPatch.context() as monkeypatch:
        office = office_in(data, CITY, monkeypatch)
        first = [
            registered("贵州水务有限公司", A, "2001-01-01", "52001"),
            registered("贵州电力（集团）有限公司", B, "2002-02-02"),
        ]
        office.drop("企业登记信息.csv", first, HEADINGS)
        office.night(1)
        second = [
            registered("贵州茶业有限公司", A, "2011-11-11", "52002"),
            registered("贵州能源有限公司", B, "2002-02-02"),
            registered("贵州酒业有限公司", C, "2003-03-03"),
            registered("贵州建筑有限公司", D, "2004-04-04"),
        ]
        office.drop("企业登记信息二.csv", second, HEADINGS)
        other = [registered("贵州旅游有限公司", C, "2005-05-05")]
        office.drop("企业登记信息三.csv", other, HEADINGS)
        rows = [
            named(1, "贵州水务 有限公司。", A),  # written otherwise
            named(2, "贵州电力(集团)有限公司", A),  # another code's
            named(3, "贵州建筑有限公司", A),  # registered tonight
            named(4, "贵州电力(集团)有限公司", B),  # its former name after tonight
            named(5, "贵州无名有限公司", A),  # nobody's: a warning, as ever
            named(6, "贵州水务有限公司", D),  # its code is registered tonight
            named(7, "贵州⽔务有限公司", A),  # a Kangxi radical
            named(8, "贵州电⼒〖集团〗有限公司", B),
        ]
        office.drop("抽查.csv", rows)
        office.night(2)
        yield office


def held_back(office: Office, name: str) -> dict[int, dict[str, Any]]:
    """Row of a file -> the critical finding that its receipt tells."""
    (made,) = [d for d in office.ledger.deliveries(SECOND) if d.name == name]
    told = office.receipt(made)["findings"]
    return {f["row"]: f for f in told if f["severity"] == "critical"}


def test_a_registration_of_another_enterprise_under_a_code_held_is_held_back(
    office: Office,
) -> None:
    found = held_back(office, "企业登记信息二.csv")
    assert {row: f["rule"] for row, f in found.items()} == {
        2: REGISTRATION,
        4: REGISTRATION,
    }
    for name in ("贵州茶业有限公司", "贵州水务有限公司"):
        assert name in found[2]["message"]


def test_two_files_that_register_one_code_twice_are_held_back_whatever_their_order(
    office: Office,
) -> None:
    assert "贵州旅游有限公司" in held_back(office, "企业登记信息二.csv")[4]["message"]
    assert "贵州酒业有限公司" in held_back(office, "企业登记信息三.csv")[2]["message"]
    known = pipeline.sql(f"select count(*) from identifiers where uscc = '{C}'")["rows"]
    assert [list(row) for row in known] == [[0]]


def test_a_change_of_name_is_none(office: Office) -> None:
    shown = "select enterprise_name from enterprise_registration order by uscc"
    names = [row[0] for row in pipeline.sql(shown)["rows"]]
    assert sorted(names) == ["贵州建筑有限公司", "贵州水务有限公司", "贵州能源有限公司"]


def test_a_row_whose_name_is_registered_to_another_code_is_held_back(
    office: Office,
) -> None:
    found = held_back(office, "抽查.csv")
    assert {row: f["rule"] for row, f in found.items()} == {
        4: OTHER_CODE,
        7: OTHER_CODE,
    }
    assert D in found[4]["message"]
    assert A in found[7]["message"]
    asked = f"select source_row, proposal from findings where rule_id = '{OTHER_CODE}'"
    proposals = dict(pipeline.sql(asked)["rows"])
    assert proposals[4].startswith(D)


def test_names_that_only_look_alike_are_one(office: Office) -> None:
    asked = (
        "select source_row, rule_id, value from findings where item = 'enterprise_name'"
    )
    rows = {row: what for row, *what in pipeline.sql(asked)["rows"]}
    assert not rows.keys() & {8, 9}, rows


def test_nothing_of_it_is_lost(office: Office) -> None:
    assert pipeline.verify() == []
