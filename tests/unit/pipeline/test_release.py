"""A delivery that was refused as a whole is taken in on a named person's word, once."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from spot_office import DEPARTMENT, FIRST, HEADINGS, Office, limited, line, lines

from guiji import pipeline
from guiji.cli import app
from guiji.core.errors import UsageError
from guiji.ledger.deliveries import Delivery

RULE = "spot_check.batch.mass_change"
WHY = "企业注销，批量清理"


def release(made: Delivery, by: str = "张三", why: str = WHY) -> dict[str, object]:
    return pipeline.release_batch(made.batch_id or "", by, why)


def exit_code(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["guiji", *words])
    with pytest.raises(SystemExit) as left:
        app.main()
    return int(left.value.code or 0)


def test_a_mass_change_is_refused_and_counted(
    refusing: Office, refused: Delivery
) -> None:
    told = refusing.told(refused)
    severity, message = told["batch.mass_change"]
    assert severity == "critical"
    assert "现有30条，本批缺少18条，占60.0%" in message
    lacking = message.partition("缺少的记录：")[2]
    assert lacking.count("；") == 17
    assert "贵州甲有限公司，0012" in lacking
    assert "由平台核准后放行" in refusing.receipt(refused)["findings"][0]["remedy"]
    assert len(refusing.standing()) == 30


def test_a_small_loss_is_told_and_taken(office: Office) -> None:
    office.delivered(1, lines(range(30)))
    made = office.delivered(2, lines(range(20)))
    assert made.verdict == "accepted"
    findings = office.receipt(made)["findings"]
    named = [f["message"] for f in findings if f["rule"] == "batch.absent"]
    assert {f["severity"] for f in findings if f["rule"] == "batch.absent"} == {
        "warning"
    }
    assert len(named) == 10
    for number in range(20, 30):
        assert sum(f"{number:04}" in message for message in named) == 1
    assert len(office.standing()) == 20


def test_parts_of_a_full_delivery_are_judged_released_and_taken_together(
    office: Office,
) -> None:
    # Thirty records in two files; night 2 lacks three of them, night 3 twenty.
    for number, (one, two) in enumerate([(15, 30), (14, 28), (5, 20)], 1):
        office.drop(f"抽查检查_{number}甲.csv", lines(range(one)))
        office.drop(f"抽查检查_{number}乙.csv", lines(range(15, two)))
        made = office.night(number)
        if number < 3:
            assert [d.verdict for d in made] == ["accepted"] * 2
    assert len(office.standing()) == 27
    assert [d.verdict for d in made] == ["refused"] * 2
    for part in made:
        assert "当晚2个文件合计缺少17条" in office.told(part)["batch.mass_change"][1]
    release(made[0])
    taken = office.night(4)
    assert [d.verdict for d in taken] == ["accepted"] * 2
    assert len(office.standing()) == 10
    assert pipeline.verify() == []


def test_what_a_refused_part_held_is_not_missing(office: Office) -> None:
    office.delivered(1, lines(range(30)))
    office.drop("抽查检查_甲.csv", lines(range(25)))
    office.drop("抽查检查_乙.csv", ["一,二"], "甲,乙")
    made = {str(d.verdict): d for d in office.night(2)}
    assert sorted(made) == ["accepted", "refused"]
    assert len(office.standing()) == 30
    severity, message = office.told(made["accepted"])["batch.not_revoked"]
    assert severity == "warning"
    assert "未撤销任何缺少的记录" in message
    assert "（缺少现有的5条记录；同晚另有文件未全部入库）" in message
    assert "batch.not_revoked" not in office.told(made["refused"])


def test_the_bytes_of_an_older_full_delivery_are_the_state_again(
    refusing: Office,
) -> None:
    wrong = "发现问题待后续处理"
    changed = [line(0, result=wrong), *lines(range(1, 25))]
    assert refusing.delivered(3, changed).verdict == "accepted"
    assert len(refusing.standing()) == 25
    again = refusing.delivered(4, lines(range(30)))
    (first,) = refusing.ledger.deliveries(FIRST)
    assert (again.verdict, again.sha256) == ("accepted", first.sha256)
    assert len(refusing.standing()) == 30
    assert wrong not in refusing.standing().values()
    findings = refusing.receipt(again)["findings"]
    told = {f["row"] for f in findings if f["rule"] == "batch.returned"}
    assert told == {2, *range(27, 32)}


def test_an_empty_or_torn_full_delivery_revokes_nothing(refusing: Office) -> None:
    none = refusing.delivered(3, [])
    assert none.verdict == "refused"
    assert "缺少30条，占100.0%" in refusing.told(none)["batch.mass_change"][1]
    inbox = refusing.settings.inbox / DEPARTMENT
    (inbox / "空.csv").write_bytes(b"")
    text = "\n".join([HEADINGS, *lines(range(25))])
    (inbox / "断.csv").write_text(text[:-40], encoding="utf-8")  # cut in row 26
    made = {d.name: d for d in refusing.night(4)}
    assert made["空.csv"].verdict == "refused"
    assert made["断.csv"].rows.accepted == 24
    assert len(refusing.standing()) == 30
    told = refusing.told(made["断.csv"])["batch.not_revoked"][1]
    assert "本文件有1行未入库" in told


def test_the_coming_night_takes_a_released_delivery_again(
    refusing: Office, refused: Delivery
) -> None:
    told = release(refused)
    assert (told["rules"], told["is_new"], told["taken_as"]) == ([RULE], True, None)
    (again,) = refusing.night(3)
    assert again.again_of == refused.delivery_id
    assert (again.verdict, again.rows.accepted, again.rows.quarantined) == (
        "partly",
        11,
        1,
    )
    assert again.batch_id == refused.batch_id.replace("11-19", "11-20")  # type: ignore
    severity, message = refusing.told(again)["batch.mass_change"]
    assert severity == "info"
    assert message.endswith(f"本批已由张三核准放行，理由：{WHY}")
    assert (
        refusing.receipt(again)["received_at"]
        == (refusing.receipt(refused)["received_at"])
    )
    # a row could not be read for sure, so nothing is revoked in its place
    told_of = refusing.told(again)["batch.not_revoked"][1]
    assert "（缺少现有的18条记录；本文件有1行未入库）" in told_of
    assert len(refusing.standing()) == 30
    assert pipeline.verify() == []


def test_the_first_delivery_stays_as_it_was(
    refusing: Office, refused: Delivery
) -> None:
    before = refusing.receipt(refused)
    release(refused)
    refusing.night(3)
    assert refusing.ledger.delivery(refused.delivery_id) == refused
    assert refusing.receipt(refused) == before
    told = pipeline.explain(refused.batch_id or "")
    assert told["delivery"]["verdict"] == "refused"
    (entry,) = [e for e in told["trace"] if e["kind"] == "batch_released"]
    assert entry["details"] == {
        "batch_id": refused.batch_id,
        "by": "张三",
        "rules": [RULE],
        "why": WHY,
    }


def test_a_second_release_changes_nothing(refusing: Office, refused: Delivery) -> None:
    release(refused)
    again = release(refused, by="李四", why="别的理由")
    assert (again["is_new"], again["by"], again["why"]) == (False, "张三", WHY)
    refusing.night(3)
    after = release(refused)
    assert (after["is_new"], after["taken_as"]) == (
        False,
        f"2026-11-20-{DEPARTMENT}-{refused.sha256[:8]}",
    )
    assert refusing.night(4) == []
    assert len(refusing.ledger.entries("batch_released")) == 1


def test_a_kill_between_release_and_verdict_does_nothing_twice(
    refusing: Office, refused: Delivery
) -> None:
    release(refused)
    claim = (
        "import os; from guiji import pipeline as p; p.claim('2026-11-20'); os._exit(9)"
    )
    killed = subprocess.run([sys.executable, "-c", claim], check=False)
    assert killed.returncode == 9  # dies before anything is checked
    (taken,) = refusing.ledger.deliveries(date(2026, 11, 20))
    assert taken.verdict is None
    (again,) = refusing.night(3)
    assert (again.delivery_id, again.verdict) == (taken.delivery_id, "partly")
    assert len(refusing.ledger.entries("claimed", taken.delivery_id)) == 1
    assert refusing.night(3) == [again]


def test_what_was_delivered_since_stays_newer(office: Office) -> None:
    office.delivered(1, lines(range(30)))
    refused = office.delivered(2, lines(range(12), result="旧"))
    newer = office.delivered(3, lines(range(30), result="新"))
    assert newer.verdict == "accepted"
    release(refused)
    (again,) = office.night(4)
    assert again.verdict == "accepted"
    assert office.standing() == {f"{n:04}": "新" for n in range(30)}


def test_a_delivery_that_another_rule_refuses_then_is_released_from_both(
    refusing: Office,
    refused: Delivery,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = (
        "delivery: full\nmass_change_limit: 0.34\nbatch_limits: {row_count: "
        "{at_least: 0.9, at_most: 9, severity: critical, clause: 平台参数}}"
    )
    release(refused)
    monkeypatch.setenv("GUIJI_CATALOG", str(limited(tmp_path / "strict", entry)))
    (second,) = refusing.night(3)
    told = refusing.told(second)
    assert second.verdict == "refused"
    severity, message = told["batch.row_count"]
    assert severity == "critical"
    assert "本批12行，近1次的中位数为30行" in message
    row_count = "spot_check.batch.row_count"
    assert release(second, by="李四")["rules"] == [RULE, row_count]
    (third,) = refusing.night(4)
    assert (third.verdict, third.again_of) == ("partly", second.delivery_id)
    assert refusing.told(third)["batch.row_count"][0] == "info"
    assert refusing.told(third)["batch.mass_change"][0] == "info"


def test_name_and_reason_show_no_number_of_a_person(
    refusing: Office, refused: Delivery
) -> None:
    told = release(refused, why="经办人 520102199003077571 来函")
    assert "520102199003077571" not in str(told["why"])
    assert "199003077571" not in str(refusing.ledger.entries("batch_released"))


REFUSED_OTHERWISE = [
    ("headings", ["甲,乙"], "一,二"),
    ("rows", [line(1, kind="不明")], HEADINGS),
]


@pytest.mark.parametrize(
    ("rows", "headings"),
    [case[1:] for case in REFUSED_OTHERWISE],
    ids=[case[0] for case in REFUSED_OTHERWISE],
)
def test_no_other_refusal_can_be_released(
    office: Office, rows: list[str], headings: str
) -> None:
    made = office.delivered(1, rows, headings)
    assert made.verdict == "refused"
    with pytest.raises(UsageError, match="not by a rule on the delivery as a whole"):
        release(made)
    assert office.ledger.waiting() == []


def test_what_was_not_refused_cannot_be_released(office: Office) -> None:
    made = office.delivered(1, lines(range(3)))
    with pytest.raises(UsageError, match="was not refused: it is accepted"):
        release(made)


def test_a_trial_cannot_be_released(office: Office) -> None:
    office.drop("试报/抽查检查.csv", lines(range(3)))
    (made,) = office.night(1)
    with pytest.raises(UsageError, match="is a trial delivery"):
        release(made)


def test_the_command_line_follows_the_contract(
    refusing: Office,
    refused: Delivery,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    batch = refused.batch_id or ""
    wrong = [
        ("release", batch, "--by", " ", "--why", WHY),
        ("release", batch, "--by", "张三", "--why", ""),
        ("release", batch, "--by", "张三"),
        ("release", "no-such-batch", "--by", "张三", "--why", WHY),
    ]
    for words in wrong:
        assert exit_code(monkeypatch, *words) == 2
    assert refusing.ledger.waiting() == []
    words = ("release", batch, "--by", "张三", "--why", WHY)
    assert exit_code(monkeypatch, *words) == 0
    assert "下一次夜间归集" in capsys.readouterr().out
    assert exit_code(monkeypatch, *words) == 0
    assert "此前已放行" in capsys.readouterr().out
