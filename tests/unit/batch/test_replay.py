"""Rows of the quarantine that are checked again with another catalogue."""

import json
import os
import shutil
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import kill_points
import pytest
from spot_office import DATASET, DEPARTMENT, FIRST, Office, line
from typer.testing import CliRunner
from warehouse_world import stored

from guiji import settings as settings_module
from guiji import steps
from guiji.batch import replayed
from guiji.cli.app import app
from guiji.errors import NightClosed, UsageError
from guiji.settings import Settings

SECOND, THIRD = (FIRST + timedelta(days=n) for n in (1, 2))
NEW_WORD = "专项抽查"
"""A kind of check that the first catalogue does not know."""

LINES = (
    "select night, source_row, rules, closed_night, closed_how from quarantine "
    "order by source_row, night"
)


@dataclass
class Desks(Office):
    """The office, whose catalogue changes."""

    entry: Path

    def learn(self, old: str, new: str) -> None:
        """Change the catalogue's entry of the spot checks."""
        text = self.entry.read_text("utf-8")
        assert text.count(old) == 1
        self.entry.write_text(text.replace(old, new), encoding="utf-8")

    def learn_the_word(self) -> None:
        self.learn("双随机抽查]", f"双随机抽查, {NEW_WORD}]")

    def first_night(self, *rows: str) -> str:
        """Deliver rows in the first night; give the batch."""
        return str(self.delivered(1, list(rows)).batch_id)

    def replay(
        self,
        batch: str | None = None,
        rule: str | None = None,
        night: date = SECOND,
    ) -> dict[str, Any]:
        return steps.replay(batch, rule, str(night))

    def merge(self, night: date) -> None:
        steps.claim(str(night))
        steps.check(str(night), steps.unchecked(str(night)))
        steps.merge(str(night))

    def asked(self, query: str) -> list[list[Any]]:
        rows: list[list[Any]] = [list(row) for row in steps.sql(query)["rows"]]
        return rows

    def traced(self, kind: str = replayed.TRACE) -> list[dict[str, Any]]:
        return [e.details for e in self.ledger.entries(kind)]


@pytest.fixture
def desks(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desks:
    folder = tmp_path / "catalog"
    shutil.copytree(settings.catalog, folder)
    monkeypatch.setenv("GUIJI_CATALOG", str(folder))
    monkeypatch.setenv("GUIJI_SETTLE_SECONDS", "0")
    entry = folder / "guiyang" / "datasets" / f"{DATASET}.yml"
    return Desks(settings_module.current(), entry)


def test_a_row_that_a_mended_catalogue_accepts_keeps_its_ids(desks: Desks) -> None:
    batch = desks.first_night(line(1), line(2, kind=NEW_WORD))
    (away,) = desks.asked("select record_id, record_key from quarantine")
    desks.learn_the_word()
    done = desks.replay()
    assert (done["night"], done["checked"], done["accepted"]) == (str(SECOND), 1, 1)
    assert desks.standing() == {"0001": "未发现问题"}  # not before the night merges
    desks.merge(SECOND)
    (row,) = desks.asked(
        "select record_id, record_key, batch_id, source_row, merged_night, "
        "received_at::date = date '2026-11-18', version_id = left(sha256(concat_ws("
        "'|', record_id, batch_id, source_sheet, source_row)), 20) "
        "from records where record_key = '0002'"
    )
    assert row[:4] == [*away, batch, 3]
    assert row[4:] == [SECOND, True, True]
    (closed,) = desks.asked(LINES)
    assert closed[3:] == [SECOND, "replayed"]
    assert steps.verify() == []
    told = steps.explain(batch)
    assert (told["outcomes"], told["replayed"]) == (
        {"new": 1},
        {str(SECOND): {"new": 1}},
    )


def test_the_trace_and_the_department_are_told(desks: Desks) -> None:
    batch = desks.first_night(line(1), line(2, kind=NEW_WORD))
    desks.learn_the_word()
    desks.replay()
    (told,) = desks.traced()
    assert (told["checked"], told["accepted"], told["held"]) == (1, 1, 0)
    assert told["catalogue_before"] != told["catalogue_after"]
    desks.merge(SECOND)
    folder = desks.settings.outbox / DEPARTMENT / str(SECOND)
    (page,) = folder.glob("*.重新校验.txt")
    text = page.read_text("utf-8")
    assert "现已接收：第 3 行。" in text
    assert "无需重新报送" in text
    content = json.loads(page.with_suffix(".json").read_text("utf-8"))
    assert content["batch_id"] == batch
    assert content["accepted_rows"] == [{"sheet": None, "row": 3}]


def test_a_night_replayed_twice_does_nothing_more(desks: Desks) -> None:
    desks.first_night(line(1), line(2, kind=NEW_WORD))
    desks.learn_the_word()
    assert desks.replay() == desks.replay()
    assert len(desks.traced()) == 1
    desks.merge(SECOND)
    before = desks.asked("select * from history order by all")
    desks.merge(SECOND)
    assert desks.asked("select * from history order by all") == before
    assert desks.replay(night=THIRD)["checked"] == 0
    assert len(desks.traced()) == 1


def test_what_is_faulty_otherwise_gets_new_findings_once(desks: Desks) -> None:
    desks.first_night(line(1), line(2, kind=NEW_WORD, day=""), line(3, day=""))
    desks.learn_the_word()
    done = desks.replay()
    assert (done["checked"], done["accepted"], done["renewed"]) == (2, 0, 1)
    desks.merge(SECOND)
    old, new, same = desks.asked(LINES)
    assert (old[3:], new[0]) == ([SECOND, "renewed"], SECOND)
    assert [r.rpartition(".")[2] for r in new[2]] == ["required"]
    assert (same[0], same[3]) == (FIRST, None)
    rules = "select source_row, rule_id from open_findings order by all"
    dated = f"{DATASET}.checked_on.required"
    assert desks.asked(rules) == [[3, dated], [4, dated]]
    again = desks.replay(night=THIRD)
    assert (again["held"], again["renewed"]) == (2, 0)
    assert steps.verify() == []


def test_only_rows_of_the_rule_and_the_batch_are_checked(desks: Desks) -> None:
    batch = desks.first_night(line(1), line(2, kind=NEW_WORD), line(3, day=""))
    desks.learn_the_word()
    done = desks.replay(batch, f"{DATASET}.checked_on.required")
    assert (done["checked"], done["held"]) == (1, 1)
    done = desks.replay(batch, f"{DATASET}.check_type.form")
    assert (done["checked"], done["accepted"]) == (2, 1)  # beside those from before
    with pytest.raises(UsageError, match=f"nearest: {DATASET}.check_type.form"):
        desks.replay(rule="spot_check.check_type.from")
    with pytest.raises(UsageError, match="no delivery"):
        desks.replay("2026-11-18-nobody")


def test_rows_that_contradict_one_another_are_still_seen_to(desks: Desks) -> None:
    desks.first_night(line(1), line(2, kind=NEW_WORD), line(2, result="发现问题"))
    desks.learn_the_word()
    done = desks.replay(rule=f"{DATASET}.check_type.form")
    assert (done["checked"], done["accepted"]) == (1, 0)


def test_a_merged_night_takes_no_replay(desks: Desks) -> None:
    desks.first_night(line(1), line(2, kind=NEW_WORD))
    with pytest.raises(NightClosed, match="replay for a later night"):
        desks.replay(night=FIRST)


def test_a_batch_without_its_text_is_told(desks: Desks) -> None:
    batch = desks.first_night(line(1), line(2, kind=NEW_WORD))
    (desks.settings.batches / batch / "text.parquet").unlink()
    done = desks.replay()
    assert (done["gone"], done["checked"]) == ([batch], 0)
    ended = CliRunner().invoke(app, ["replay"])
    assert ended.exit_code == 1
    assert batch in ended.stdout.replace("\n", "")


def test_a_refused_file_is_taken_again_once_the_catalogue_knows_its_headings(
    desks: Desks,
) -> None:
    headings = (
        "抽查检查编号,企业名称,统一社会信用代码,督查单位,检查类型,检查日期,检查结果"
    )
    made = desks.delivered(1, [line(1)], headings)
    assert made.verdict == "refused"
    assert desks.replay()["again"] == []  # nothing has changed
    desks.learn("[实施机关, 检查机关]", "[实施机关, 检查机关, 督查单位]")
    assert desks.replay()["again"] == [made.batch_id]
    desks.merge(SECOND)
    assert desks.standing() == {"0001": "未发现问题"}
    (closed,) = desks.asked(LINES)
    assert closed[3:] == [SECOND, "replayed"]
    assert steps.verify() == []


def test_a_full_delivery_of_the_night_overtakes_what_was_checked_again(
    office: Office,
) -> None:
    catalog = settings_module.current().catalog
    desks = Desks(office.settings, catalog / "guiyang" / "datasets" / f"{DATASET}.yml")
    desks.first_night(line(1), line(2, kind=NEW_WORD))
    desks.learn_the_word()
    assert desks.replay()["accepted"] == 1
    desks.drop("抽查检查_2.csv", [line(1)])
    desks.merge(SECOND)
    assert desks.standing() == {"0001": "未发现问题"}
    (closed,) = desks.asked(LINES)
    assert closed[3:] == [SECOND, "superseded"]
    assert not list((desks.settings.outbox / DEPARTMENT).rglob("*.重新校验.*"))


def test_a_replay_killed_at_any_write_ends_the_same(
    desks: Desks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desks.first_night(line(1), line(2, kind=NEW_WORD), line(3, kind=NEW_WORD, day=""))
    desks.learn_the_word()
    copies: list[Path] = []
    copying = False

    def photograph() -> None:
        nonlocal copying
        if not copying:
            copying = True
            copies.append(tmp_path / "copies" / str(len(copies)))
            shutil.copytree(desks.settings.data, copies[-1], symlinks=True)
            copying = False

    with monkeypatch.context() as patched:
        for name in kill_points.WRITING:
            patched.setattr(os, name, getattr(os, name))
        for name in kill_points.COMMITTING:
            patched.setattr(
                kill_points.DeltaTable, name, getattr(kill_points.DeltaTable, name)
            )
        kill_points.at_every_point(photograph)
        whole = desks.replay()
    left = _left(desks.settings)
    desks.merge(SECOND)
    ended = _ended(desks)
    assert len(copies) > 10
    for number, copy in enumerate(copies):
        monkeypatch.setenv("GUIJI_DATA", str(copy))
        monkeypatch.setenv("GUIJI_LEDGER_URL", f"sqlite:///{copy / 'ledger.db'}")
        again = replace(desks, settings=settings_module.current())
        assert again.replay() == whole, number
        assert _left(again.settings) == left, number
        if number % 8 == 0:
            again.merge(SECOND)
            assert _ended(again) == ended, number


def _left(settings: Settings) -> dict[str, str]:
    """The folders of replays, and what the trace says of them."""
    return {
        name: digest
        for name, digest in kill_points.seen(settings.batches).items()
        if "replay" in name
    }


def _ended(desks: Desks) -> tuple[Any, ...]:
    """What the warehouse holds, in files called by their content, and the notices."""
    outbox = kill_points.seen(desks.settings.outbox)
    return stored(desks.settings), outbox, desks.traced()
