"""Deliveries of a night are judged in waves, whatever a wave holds."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from settings_builders import CITY
from spot_office import (
    CODE,
    FIRST,
    HEADINGS,
    Office,
    line,
    lines,
    office_in,
)

from guiji import pipeline
from guiji.pipeline.batch.delivery_processor import DeliveryProcessor, OpenedDelivery

NIGHT = str(FIRST)


@pytest.fixture
def waves(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The files of each wave, as they are judged."""
    seen: list[list[str]] = []
    judge = DeliveryProcessor.judge

    def noted(self: DeliveryProcessor, opened: list[OpenedDelivery]) -> list[str]:
        seen.append(sorted(one.delivery.name for one in opened))
        return judge(self, opened)

    monkeypatch.setattr(DeliveryProcessor, "judge", noted)
    return seen


@pytest.mark.parametrize(("rows", "sizes"), [("1", [1, 1, 1]), ("4", [2, 1])])
def test_a_wave_ends_when_it_has_rows_enough(
    office: Office,
    waves: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    rows: str,
    sizes: list[int],
) -> None:
    monkeypatch.setenv("GUIJI_WAVE_ROWS", rows)
    for number in range(3):
        first = 2 * number
        office.drop(f"抽查检查_{number}.csv", lines(range(first, first + 2)))
    made = office.night(1)
    assert [len(wave) for wave in waves] == sizes
    assert sorted(sum(waves, [])) == sorted(d.name for d in made)
    assert {(d.verdict, d.rows.accepted) for d in made} == {("accepted", 2)}


def test_what_is_judged_already_is_left_as_it_is(
    office: Office, waves: list[list[str]]
) -> None:
    office.drop("抽查检查_1.csv", lines(range(2)))
    office.drop("抽查检查_2.csv", lines(range(2, 4)))
    pipeline.claim(NIGHT)
    first, second = pipeline.unchecked(NIGHT)
    assert pipeline.check(NIGHT, [first]) == {"accepted": 1}
    assert pipeline.check(NIGHT, [second, first]) == {"accepted": 2}
    before = office.ledger.deliveries(date.fromisoformat(NIGHT))
    assert pipeline.check(NIGHT, [first, second]) == {"accepted": 2}
    assert office.ledger.deliveries(date.fromisoformat(NIGHT)) == before


DROPS = (
    (HEADINGS, [line(1), line(2, name="甲\u200b公司"), line(3, kind="不明")]),
    (HEADINGS, [line(4, name="无", code=CODE.lower()), line(5, day="x"), "6,短行"]),
    (f"{HEADINGS},操作", [f"{line(7)},新增", f"{line(8)},不明", f"{line(7)},变更"]),
    (HEADINGS, []),
    (HEADINGS, [line(9, result="公司电话13985033002"), line(9, result="合格")]),
)


def written(
    folder: Path, rows: str, monkeypatch: pytest.MonkeyPatch
) -> dict[str, bytes]:
    """Check in waves of so many rows; return what is written of the deliveries."""
    monkeypatch.setenv("GUIJI_WAVE_ROWS", rows)
    office_in(folder, CITY, monkeypatch)
    pipeline.check(NIGHT, pipeline.unchecked(NIGHT))
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for kind in ("batches", "quarantine", "outbox")
        for path in (folder / kind).rglob("*")
        if path.is_file()
    }


def test_a_wave_of_many_writes_what_each_delivery_alone_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = office_in(tmp_path / "alone", CITY, monkeypatch)
    for number, (headings, drawn) in enumerate(DROPS):
        office.drop(f"抽查检查_{number}.csv", drawn, headings)
    pipeline.claim(NIGHT)
    shutil.copytree(tmp_path / "alone", tmp_path / "together")
    alone = written(tmp_path / "alone", "1", monkeypatch)
    together = written(tmp_path / "together", "1000", monkeypatch)
    assert len([name for name in alone if name.endswith("findings.parquet")]) > 3
    assert any(name.startswith("quarantine") for name in alone)
    assert alone == together
