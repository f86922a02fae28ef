"""An undecided opening is collected, goes out nowhere, and has a referral record."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from spot_office import DEPARTMENT, FIRST, Office, limited, line, office_in

from guiji import pipeline
from guiji.catalog import load
from guiji.core.errors import UsageError
from guiji.core.settings import current

UNDECIDED = "open_level: pending\nitems: [{ id: check_type, open_level: pending }]"
ITEM = ("spot_check.check_type", "undecided")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A platform whose spot checks are undecided, and their result apart from them."""
    catalog = limited(tmp_path / "catalog", UNDECIDED)
    return office_in(tmp_path / "data", catalog, monkeypatch)


def listed() -> list[tuple[str, str]]:
    openings = pipeline.catalogue_openings()
    return [
        (o["place"], o["state"])
        for o in openings
        if o["place"].startswith("spot_check")
    ]


def waiting(unit: str) -> list[list[str]]:
    (path,) = current().outbox.glob(f"{unit}/*/待定开放属性.csv")
    return [*csv.reader(io.StringIO(path.read_text("utf-8-sig")))][1:]


@pytest.mark.duty("GY7", "GY9")
def test_an_undecided_opening_is_referred_answered_and_decided(office: Office) -> None:
    assert listed() == [("spot_check", "undecided"), ITEM]
    with pytest.raises(UsageError, match="waits for no answer: it is undecided"):
        pipeline.catalogue_answer("spot_check", "public", "李四", "复函")
    referred = pipeline.catalogue_refer("spot_check", DEPARTMENT, "张三", "能否公开")
    assert referred["state"] == "referred"
    (act,) = referred["acts"]
    unit = load.load(current()).departments[DEPARTMENT].title
    assert (act["to"], act["by"], act["why"]) == (unit, "张三", "能否公开")
    ((place, _, _, _, _, _, state, to, at, by, why),) = waiting(DEPARTMENT)
    assert [place, state, to, by, why] == [
        *("spot_check", "已报请", unit, "张三", "能否公开")
    ]
    assert at == act["at"]
    again = pipeline.catalogue_refer("spot_check", "市保密局", "张三", "改报")
    assert [a["to"] for a in again["acts"]] == [unit, "市保密局"]
    assert waiting(DEPARTMENT) == []
    answered = pipeline.catalogue_answer(
        "spot_check", "public", "王五", "函〔2026〕3号"
    )
    assert answered["state"] == "answered"
    assert listed() == [("spot_check", "answered"), ITEM]
    with pytest.raises(UsageError, match="waits for no answer: it is answered"):
        pipeline.catalogue_answer("spot_check", "none", "王五", "复函")


@pytest.mark.duty("GY7", "GY9")
@pytest.mark.parametrize("place", ["spot_check", "spot_check.check_type"])
def test_the_answer_is_a_change_that_is_proposed_and_accepted(
    office: Office, tmp_path: Path, place: str
) -> None:
    pipeline.catalogue_refer(place, "市保密局", "张三", "能否公开")
    answered = pipeline.catalogue_answer(place, "gov_only", "王五", "内部使用")
    (tmp_path / "change.yml").write_text(answered["change"], "utf-8")
    proposed = pipeline.catalogue_propose(tmp_path / "change.yml", "李四")
    (level,) = [d for d in proposed["differences"] if d["place"][-1] == "open_level"]
    assert (level["before"], level["after"]) == ("pending", "gov_only")
    pipeline.catalogue_decide(proposed["number"], "accept", "赵六", "按复函")
    day = date.fromisoformat(proposed["in_force_from"])
    now, then = load.load(current()), load.load(current(), day=day)
    opened = []
    for catalog in (now, then):
        dataset = catalog.datasets["spot_check"]
        entry = dataset if place == dataset.id else dataset.item("check_type")
        opened.append(entry.open_level)
    assert opened == ["pending", "gov_only"]


@pytest.mark.duty("GY7")
def test_what_is_undecided_is_collected_and_not_published(office: Office) -> None:
    office.delivered(1, [line(1), line(2)])
    pipeline.publish(str(FIRST))
    assert pipeline.sql("select count(*) from records")["rows"] == [[2]]
    released = office.settings.publication / str(FIRST)
    assert [*released.rglob("*administrative_penalty*.csv")]
    assert not [*released.rglob("*spot_check*.csv")]


@pytest.mark.parametrize(
    ("place", "to", "why", "message"),
    [
        ("spot_chek", "市保密局", "请示", "did you mean 'spot_check'"),
        ("administrative_penalty", "市保密局", "请示", "no undecided opening"),
        ("spot_check", " ", "请示", "--to must name the office"),
        ("spot_check", "市保密局", " ", "--why must not be empty"),
    ],
)
def test_what_cannot_be_referred(
    office: Office, place: str, to: str, why: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        pipeline.catalogue_refer(place, to, "张三", why)
    assert listed() == [("spot_check", "undecided"), ITEM]


def test_pending_is_no_answer(office: Office) -> None:
    pipeline.catalogue_refer("spot_check", "市保密局", "张三", "请示")
    with pytest.raises(UsageError, match="use public, authorised, gov_only, none"):
        pipeline.catalogue_answer("spot_check", "pending", "王五", "再议")
