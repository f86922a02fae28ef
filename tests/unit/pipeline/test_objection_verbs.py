"""Objections to records in Yangjiang, by hand and by form, night after night."""

import json
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from settings_builders import REPOSITORY
from spot_office import CODE, DEPARTMENT, FIRST, HEADINGS, Office, line, office_in

from guiji import pipeline
from guiji.cli.app import main
from guiji.context import Context
from guiji.core.errors import ObjectionDeclined, UsageError
from guiji.ledger import objections as ledger_objections
from guiji.pipeline import objection_effects
from guiji.publication import checks

CENTRE = "credit_centre"
PERSON = "441702199001011233"
ALIKE = "441702199001011230"
"""A number in the form of a person's that passes the check of a credit code."""

FORM = ("异议受理编号", "主体名称", "主体类别", "统一社会信用代码", "自然人证件类型",
        "自然人证件号码", "异议记录标识", "异议信息项", "信息提供单位", "异议内容",
        "收到申请日期")  # fmt: skip
BY = {"by": "李四", "why": "按办法办理", "on": str(FIRST)}


@pytest.fixture(scope="module")
def marking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue, in which Yangjiang marks what is objected to."""
    folder = tmp_path_factory.mktemp("marking") / "catalog"
    shutil.copytree(REPOSITORY / "catalog", folder)
    path = folder / "yangjiang" / "jurisdiction.yml"
    text = path.read_text("utf-8")
    marked = text.replace(
        "  office: credit_centre\n", "  office: credit_centre\n  mark: true\n"
    )
    path.write_text(marked, "utf-8")
    return folder


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory, marking: Path) -> Path:
    """A platform of Yangjiang that holds five spot checks, published."""
    data = tmp_path_factory.mktemp("held") / "data"
    with pytest.MonkeyPatch.context() as monkeypatch:
        office = _office(data, marking, monkeypatch)
        office.delivered(1, [line(number) for number in range(1, 6)])
        assert pipeline.publish(str(FIRST))["released"]
    return data


@pytest.fixture
def office(
    held: Path, marking: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Office:
    shutil.copytree(held, tmp_path / "data", symlinks=True)
    return _office(tmp_path / "data", marking, monkeypatch)


def _office(data: Path, catalog: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("GUIJI_JURISDICTION", "yangjiang")
    office = office_in(data, catalog, monkeypatch)
    monkeypatch.setenv("GUIJI_JURISDICTION", "yangjiang")
    return Office(
        office.settings.__class__(
            **vars(office.settings) | {"jurisdiction": "yangjiang"}
        )
    )


def answered(office: Office, number: str) -> None:
    """Accept, put to the provider, who says that it is wrong; uphold and reply."""
    moved(number, "accept")
    pipeline.object_check(number, "as-source", **BY)
    pipeline.object_answer(number, "wrong", **BY)
    assert moved(number, "uphold")["possible"] == ["correct", "reply"]
    moved(number, "reply")
    with pytest.raises(UsageError, match="its record is not corrected yet"):
        moved(number, "close")


@pytest.fixture(scope="module")
def later(
    held: Path, marking: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Office, dict[str, str]]]:
    """Four objections by hand, a form with five, then a night that corrects one.

    Gives the numbers of the objections by hand: wrong, own (error), open, refused; the
    notices of the last two were lost.
    """
    data = tmp_path_factory.mktemp("later") / "data"
    shutil.copytree(held, data, symlinks=True)
    with pytest.MonkeyPatch.context() as monkeypatch:
        office = _office(data, marking, monkeypatch)
        one = records()
        numbers = {
            "wrong": opened(one["1"], item="检查结果", department=DEPARTMENT),
            "own": opened(one["2"]),
            "open": opened(one["4"]),
        }
        answered(office, numbers["wrong"])
        moved(numbers["own"], "accept")
        pipeline.object_check(numbers["own"], "own-error", **BY)
        moved(numbers["open"], "accept")
        pipeline.object_check(numbers["open"], "as-source", **BY)
        numbers["refused"] = opened(one["3"])
        moved(numbers["refused"], "refuse")
        for name in ("open", "refused"):
            (lost,) = office.settings.outbox.glob(f"*/*/异议{numbers[name]}.*.txt")
            lost.unlink()
        _drop_form(office, one)
        rows = [f"{line(1, result='发现问题')},", f"{line(5)},撤销"]
        office.drop("抽查检查_2.csv", rows, f"{HEADINGS},操作")
        office.night(2)
        assert pipeline.publish(str(FIRST + timedelta(days=1)))["released"]
        yield office, numbers


def _drop_form(office: Office, one: dict[str, str]) -> None:
    person = {
        "主体名称": "张三",
        "主体类别": "自然人",
        "统一社会信用代码": "",
        "自然人证件类型": "身份证",
        "自然人证件号码": PERSON,
    }
    form(
        office,
        {"异议记录标识": one["1"], "异议信息项": "检查类型"},
        {"异议记录标识": "0" * 20},
        {"异议记录标识": one["2"], "信息提供单位": "阳江市税务局"},
        {"异议记录标识": ""},
        {"异议记录标识": one["3"]} | person,
    )


@cache
def records() -> dict[str, str]:
    """Number of a spot check -> its record, the same in every copy."""
    rows = pipeline.sql(
        "select content->>'check_id', record_id from records "
        "where dataset = 'spot_check' order by 1"
    )["rows"]
    return {number[-1]: record for number, record in rows}


def opened(record: str, **more: Any) -> str:
    said = {"claim": "检查结果写错了", "applicant": CODE, "by": "李四"}
    said |= {"on": str(FIRST)} | more
    return str(pipeline.object_open(record, **said)["number"])


def moved(number: str, *moves: str) -> dict[str, Any]:
    for move in moves:
        shown = pipeline.object_move(number, move, **BY)
    return shown


def notices(office: Office, department: str) -> dict[str, str]:
    folder = office.settings.outbox / department
    return {
        path.name: path.read_text("utf-8")
        for path in sorted(folder.glob("*/*异议*.txt"))
    }


def form(office: Office, *rows: dict[str, str], name: str = "异议申请.xlsx") -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(FORM)
    for number, row in enumerate(rows, 1):
        cells = dict.fromkeys(FORM, "") | {
            "异议受理编号": f"阳信异{number}",
            "主体名称": "贵州甲有限公司",
            "主体类别": "法人及非法人组织",
            "统一社会信用代码": CODE,
            "异议内容": "检查结果写错了",
            "收到申请日期": "2026-11-19",
        }
        sheet.append([*(cells | row).values()])
    path = office.settings.inbox / CENTRE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


Later = tuple[Office, dict[str, str]]


@pytest.mark.duty("YJ10")
def test_a_corrected_record_ends_an_objection_that_was_upheld(later: Later) -> None:
    office, numbers = later
    number = numbers["wrong"]
    shown = pipeline.object_show(number)
    assert [act["move"] for act in shown["acts"]][-1] == "correct"
    closed = pipeline.object_move(number, "close", "李四", "已更正并答复")
    assert closed["state"] == "closed"
    kinds = [e.kind for e in office.ledger.entries(subject=number)]
    moves = ("open", "accept", "ask", "answer", "uphold", "reply", "correct", "close")
    assert kinds == [f"objection_{move}" for move in moves]
    assert pipeline.object_show(numbers["open"])["state"] == "provider_asked"
    assert office.ledger.verify_chain() == []


def test_an_upheld_record_is_off_until_corrected_and_an_open_one_is_marked(
    later: Later,
) -> None:
    office, numbers = later
    one = records()
    folder = office.settings.publication / str(FIRST + timedelta(days=1))
    lines = (folder / "full/credit_site/spot_check.csv").read_text("utf-8")
    shown = {number for number, record in one.items() if record in lines}
    assert shown == {"1", "3", "4"}  # an objection to 2 is upheld, 5 is revoked
    marks = (folder / "objections/credit_site.csv").read_text("utf-8").splitlines()
    assert marks[1:] == [
        f"{one['4']},抽查检查结果信息,{numbers['open']},{FIRST},异议处理中"
    ]
    night = FIRST + timedelta(days=1)
    assert checks.check_released(office.settings, night) == []
    (withheld,) = pipeline.explain(one["2"])["withheld"]
    assert withheld["reason"] == "objection_upheld"
    assert withheld["why"].startswith("异议成立，更正之前停止公示")


def test_the_provider_and_the_office_are_told(later: Later) -> None:
    office, numbers = later
    number = numbers["wrong"]
    provider, centre = notices(office, DEPARTMENT), notices(office, CENTRE)
    asked = provider[f"异议{number}.核查通知.txt"]
    answer = next(
        step
        for step in pipeline.object_show(number)["steps"]
        if step["step"] == "objection_answer"
    )
    assert f"答复期限：{answer['due_on']} 前（阳府〔2018〕60号 第二十六条" in asked
    for channel in ("信用中国(广东阳江)", "信用信息提供单位门户网站", "行政机关共享"):
        assert channel in asked
        assert channel in provider[f"异议{number}.更正通知.txt"]
    assert "处理结果：异议成立。" in centre[f"异议{number}.答复.txt"]
    # what a killed process left out, the next stage wrote
    assert f"异议{numbers['open']}.核查通知.txt" in provider
    assert f"异议{numbers['refused']}.不予受理.txt" in centre


def test_an_error_of_our_own_takes_the_delivery_again_that_night(later: Later) -> None:
    office, numbers = later
    shown = pipeline.object_show(numbers["own"])
    correction = next(s for s in shown["steps"] if s["step"] == "correction")
    assert (shown["state"], correction["due_on"]) == (
        "upheld",
        correction["started_on"],
    )
    first = office.ledger.deliveries(FIRST)[0].delivery_id
    taken = [d.again_of for d in office.ledger.deliveries() if d.again_of]
    assert taken == [first]
    notice = notices(office, DEPARTMENT)[f"异议{numbers['own']}.更正通知.txt"]
    assert "当晚重新处理原报送文件" in notice


def test_rows_of_a_form_open_objections_or_are_answered(later: Later) -> None:
    office, _ = later
    (made,) = (d for d in office.ledger.deliveries() if d.department == CENTRE)
    assert (made.dataset, made.verdict) == ("objection_application", "partly")
    assert made.rows.quarantined == 1
    by_form = [o for o in pipeline.object_list() if o["received_on"] == "2026-11-19"]
    one = records()
    assert [o["record_id"] for o in by_form] == [one["1"], one["3"]]
    assert [o["applicant"] for o in by_form] == [CODE, "自然人"]
    told = notices(office, CENTRE)["异议申请.登记情况.txt"]
    assert f"第 2 行：已登记，异议编号 {by_form[0]['number']}。" in told
    assert "第 3 行：未登记：没有该记录标识的记录" in told
    assert "第 4 行：未登记：该记录的提供单位是阳江市市场监督管理局" in told
    assert len(office.ledger.entries(ledger_objections.DECLINED)) == 2


def test_the_merge_run_again_and_the_form_delivered_again_open_none_twice(
    later: Later,
) -> None:
    office, _ = later
    before = [o["number"] for o in pipeline.object_list(every=True)]
    pipeline.merge(str(FIRST + timedelta(days=1)))
    assert [o["number"] for o in pipeline.object_list(every=True)] == before
    assert len(office.ledger.entries(ledger_objections.DECLINED)) == 2
    one = records()
    form(
        office,
        {"异议记录标识": one["1"], "异议信息项": "检查结果", "异议内容": "再说明"},
        {"异议记录标识": one["4"], "异议信息项": "检查类型"},
        name="异议申请_更正.xlsx",
    )
    broken = office.settings.inbox / CENTRE / "异议申请_坏.xlsx"
    broken.write_bytes(b"PK not a workbook")
    verdicts = {d.name: d.verdict for d in office.night(3)}
    assert verdicts["异议申请_坏.xlsx"] == "refused"
    after = [o["number"] for o in pipeline.object_list(every=True)]
    assert len(after) == len(before) + 1


def test_a_revoked_record_is_gone(later: Later) -> None:
    with pytest.raises(ObjectionDeclined, match="revoked already"):
        opened(records()["5"])


BAD = {
    "no record": ({"record": "0" * 20}, "没有该记录标识"),
    "no id at all": ({"record": PERSON}, "没有该记录标识"),
    "another department's": (
        {"department": "阳江市税务局"},
        "提供单位是阳江市市场监督管理局",
    ),
    "no such item": ({"item": "罚款金额"}, "没有所填的信息项"),
    "long ago": ({"on": "2001-01-01"}, "早于工作日历的第一天"),
    "nobody objects": ({"applicant": " "}, "没有填写申请人"),
}


def test_what_cannot_be_opened_is_said_and_traced(office: Office) -> None:
    for number, (more, reason) in enumerate(BAD.values()):
        with pytest.raises(ObjectionDeclined) as caught:
            opened(**{"record": records()["1"], **more})
        assert reason in caught.value.notice
        traced = office.ledger.entries(ledger_objections.DECLINED)[number:]
        assert [line.details["reason"] for line in traced] == [caught.value.notice]
        assert PERSON not in json.dumps(traced[0].details)


def test_a_name_that_is_too_long_or_a_day_to_come_is_refused(office: Office) -> None:
    with pytest.raises(UsageError, match="longer than 200"):
        opened(records()["1"], by="李" * 201)
    with pytest.raises(UsageError, match="still to come"):
        opened(records()["1"], on="2062-01-01")


def test_the_same_applicant_objects_once(office: Office) -> None:
    record = records()["2"]
    number = opened(record, applicant=PERSON)
    with pytest.raises(ObjectionDeclined, match=f"{number} is the same"):
        opened(record, applicant=f" {PERSON} ")
    assert opened(record) != number
    another = pipeline.object_show(opened(record, applicant=ALIKE))
    assert another["applicant"] == "自然人"


@pytest.mark.duty("YJ13")
def test_what_is_missing_is_told_once_and_all(office: Office) -> None:
    number = opened(records()["1"], on=None)
    with pytest.raises(UsageError, match="names every missing paper"):
        pipeline.object_move(number, "incomplete", **BY)
    page = pipeline.object_page(number)
    assert page["subject"] == f"异议 {number} objection"
    assert "possible: incomplete, accept, refuse, withdraw" in page["body"]
    papers_by_line = f"授权委托书\n\n身份证 {PERSON}"
    told = pipeline.object_decide(number, "incomplete", "李四", "不全", papers_by_line)
    assert [s["state"] for s in told["steps"]] == ["on_time", "waiting"]
    (papers,) = notices(office, CENTRE).values()
    assert "1. 授权委托书\n2. 身份证 " in papers
    pipeline.object_decide(number, "complete", "李四", "补齐")
    with pytest.raises(UsageError, match="once only"):
        pipeline.object_decide(number, "incomplete", "李四", "不全", "照片")
    pipeline.object_decide(number, "accept", "李四", "受理")
    asked = pipeline.object_decide(number, "as-source", "李四", "一致")
    assert asked["state"] == "provider_asked"


def test_no_name_or_number_of_an_applicant_is_kept(office: Office) -> None:
    number = opened(records()["1"], applicant=PERSON, claim=f"本人{PERSON}没有违法")
    shown = pipeline.object_show(number)
    assert shown["applicant"] == "自然人"
    moved(number, "accept")
    pipeline.object_check(number, "as-source", **BY)
    ledger = (office.settings.data / "ledger.db").read_bytes()
    assert PERSON.encode() not in ledger
    for path in office.settings.outbox.rglob("*"):
        assert not path.is_file() or PERSON.encode() not in path.read_bytes()


def test_an_answer_that_the_record_is_right_brings_evidence(
    office: Office, tmp_path: Path
) -> None:
    number = opened(records()["1"])
    moved(number, "accept")
    pipeline.object_check(number, "as-source", **BY)
    with pytest.raises(UsageError, match="needs --evidence"):
        pipeline.object_answer(number, "right", **BY)
    paper = tmp_path / "检查记录.PDF"
    with pytest.raises(UsageError, match="no such file"):
        pipeline.object_answer(number, "right", **BY, evidence=paper)
    paper.write_bytes(b"%PDF-1.7")
    shown = pipeline.object_answer(number, "right", **BY, evidence=paper)
    digest = shown["acts"][-1]["details"]["evidence"]
    kept = office.settings.objections / number / f"{digest}.pdf"
    assert kept.read_bytes() == b"%PDF-1.7"
    assert "不成立" in _reply(office, number)
    kept.write_bytes(b"other")
    (problem,) = objection_effects.problems(Context(office.settings))
    assert problem == f"异议 {number}: 答复的证据缺失或已被改动"


def _reply(office: Office, number: str) -> str:
    moved(number, "reject", "reply")
    return notices(office, CENTRE)[f"异议{number}.答复.txt"]


def test_the_verbs_print_and_end_as_they_say(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["guiji", "object", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capsys.readouterr().out

    record, by = records()["1"], ("--by", "李四", "--why", "受理")
    said = ("--claim", "写错了", "--applicant", CODE, "--by", "李四")
    code, out = run("open", record, *said, "--on", "2026-11-19", "--json")
    number = json.loads(out)["number"]
    assert (code, number) == (0, "2026-0001")
    code, out = run("list")
    assert code == 1  # nobody accepted it within three working days
    assert "逾期 late" in out
    assert run("accept", number, *by)[0] == 0
    assert run("accept", number, *by)[0] == 2
    code, out = run("show", number)
    assert (code, "可办 possible: own_error, ask, withdraw" in out) == (0, True)
    assert run("withdraw", number, *by)[0] == 0
    assert json.loads(run("list", "--json")[1]) == []
    page = json.loads(run("show", number, "--json")[1])
    assert page["state"] == "closed"


def test_a_government_without_steps_refuses_every_verb(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = records()["1"]
    monkeypatch.setenv("GUIJI_JURISDICTION", "guiyang")
    for verb in (pipeline.object_list, lambda: opened(record)):
        with pytest.raises(UsageError, match="guiyang has no steps for objections"):
            verb()
