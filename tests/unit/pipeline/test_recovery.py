"""What a killed process committed and did not tell the ledger is completed first."""

from datetime import date, timedelta

import pytest
from spot_office import DATASET, DEPARTMENT, FIRST, Office, lines

from guiji import pipeline
from guiji.context import Context, NightContext
from guiji.core.errors import MergeRefused
from guiji.intake.claim import claim_files
from guiji.ledger.ledger import Ledger
from guiji.ledger.progress import NightState
from guiji.pipeline import recovery

NIGHT = str(FIRST)
NEXT = str(FIRST + timedelta(days=1))
THIRD = str(FIRST + timedelta(days=2))


class Killed(BaseException):
    """The process ends here."""


def _killed(*arguments: object, **named: object) -> None:
    raise Killed


def states(office: Office) -> dict[str, NightState]:
    return {str(night): state for night, state in office.ledger.nights().items()}


def test_a_night_in_the_warehouse_is_merged_and_what_came_since_is_handed_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.drop("抽查检查_1.csv", lines(range(5)))
    with monkeypatch.context() as until:
        until.setattr(recovery, "complete_merge", _killed)
        with pytest.raises(Killed):
            office.night(1)
    assert states(office) == {NIGHT: NightState.OPEN}
    office.drop("抽查检查_2.csv", lines(range(8)))
    # as an earlier release did, which looked at the ledger alone
    claim_files(
        NightContext(
            office.settings,
            FIRST,
            catalog=Context.current().catalog,
            ledger=office.ledger,
        )
    )
    first, late = sorted(office.night(1), key=lambda d: d.verdict or "")
    assert states(office) == {NIGHT: NightState.MERGED}
    assert office.receipt(first)["rows"]["accepted"] == 5
    assert late.verdict == "set_aside"
    assert "转入下一夜" in office.receipt(late)["findings"][0]["message"]
    assert [e.subject for e in office.ledger.entries("settled")] == [f"merge:{NIGHT}"]
    assert pipeline.verify() == []
    (second,) = office.night(2)
    assert (second.again_of, second.rows.accepted) == (late.delivery_id, 8)
    assert second.received_at == late.received_at
    assert pipeline.verify() == []


def test_the_next_night_completes_the_receipts_of_the_one_before(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.delivered(1, lines(range(5)))
    office.drop("抽查检查_2.csv", lines(range(6)))
    with monkeypatch.context() as until:
        until.setattr(Ledger, "set_unchanged", _killed)
        with pytest.raises(Killed):
            office.night(2)
    pipeline.claim(THIRD)
    (second,) = office.ledger.deliveries(date.fromisoformat(NEXT))
    assert office.receipt(second)["rows"]["unchanged"] == 5
    assert states(office)[NEXT] is NightState.MERGED


@pytest.mark.parametrize(
    ("stage", "gap", "state"),
    [
        ("publish", "record_publication", NightState.PUBLISHED),
        ("publish", "set_state", NightState.PUBLISHED),
        ("report", "set_state", NightState.REPORTED),
    ],
)
def test_what_was_released_or_reported_is_recorded_by_the_next_night(
    refusing: Office,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    gap: str,
    state: NightState,
) -> None:
    if stage == "report":
        pipeline.publish(NEXT)
    with monkeypatch.context() as until:
        until.setattr(Ledger, gap, _killed)
        with pytest.raises(Killed):
            getattr(pipeline, stage)(NEXT)
    pipeline.claim(THIRD)
    assert states(refusing)[NEXT] is state
    assert [str(p.night) for p in refusing.ledger.publications()] == [NEXT]
    pipeline.require_released(NEXT)
    assert pipeline.verify() == []


def test_a_batch_of_a_dataset_that_left_the_catalogue_is_refused_by_name(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.drop("抽查检查_1.csv", [*lines(range(5)), *lines([6], kind="不明")])
    pipeline.claim(NIGHT)
    pipeline.check(NIGHT, pipeline.unchecked(NIGHT))
    full = Context.current().catalog
    smaller = {k: d for k, d in full.datasets.items() if k != DATASET}
    with monkeypatch.context() as changed:
        less = full.model_copy(update={"datasets": smaller})
        changed.setattr(Context, "catalog", less)
        named = f"{NIGHT}-{DEPARTMENT}-{DATASET}.*set-aside"
        with pytest.raises(MergeRefused, match=named):
            pipeline.merge(NIGHT)
    assert states(office) == {NIGHT: NightState.OPEN}
    assert pipeline.merge(NIGHT)["new"] == 5
    assert pipeline.verify() == []
