"""Deliveries of a night are judged in waves, whatever a wave holds."""

from datetime import date

import pytest
from spot_office import FIRST, Office, lines

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
