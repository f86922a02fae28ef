"""What people do where something is stuck: traced, told, and no row is lost."""

from datetime import date

import pytest
from spot_office import FIRST, Office, lines

from guiji import pipeline
from guiji.core.errors import NightClosed, UsageError
from guiji.ledger.deliveries import Delivery
from guiji.ledger.progress import NightState

NIGHT, NEXT = str(FIRST), "2026-11-19"
BY, WHY = "张三", "口径待核"


def checked(office: Office, *sizes: int) -> list[Delivery]:
    """Deliver one file per size into the first night, and check them."""
    for number, size in enumerate(sizes, 1):
        office.drop(f"抽查检查_{number}.csv", lines(range(size)))
    pipeline.claim(NIGHT)
    pipeline.check(NIGHT, pipeline.unchecked(NIGHT))
    return office.ledger.deliveries(FIRST)


def test_what_is_set_aside_waits_and_the_others_go_on(office: Office) -> None:
    made = sorted(checked(office, 4, 6), key=lambda d: d.rows.read)
    aside, other = made
    told = pipeline.set_aside(aside.batch_id or "", BY, WHY)
    assert (told["delivery_id"], told["is_new"]) == (aside.delivery_id, True)
    assert pipeline.set_aside(aside.delivery_id, "李四", "别的") == told | {
        "is_new": False
    }
    assert pipeline.merge(NIGHT)["new"] == other.rows.accepted == 6
    receipt = office.receipt(office.ledger.delivery(aside.delivery_id))
    assert (receipt["verdict"], receipt["rows"]["accepted"]) == ("set_aside", 0)
    (finding,) = [f for f in receipt["findings"] if f["rule"] == "batch.set_aside"]
    assert f"由 {BY} 决定暂缓入库，理由：{WHY}" in finding["message"]
    (entry,) = office.ledger.entries("delivery_set_aside")
    assert entry.details == {"by": BY, "why": WHY, "verdict_before": "accepted"}
    assert pipeline.verify() == []
    with pytest.raises(NightClosed):
        pipeline.set_aside(other.delivery_id, BY, WHY)

    assert pipeline.replay()["again"] == []  # by name only
    assert pipeline.replay(batch=aside.batch_id)["again"] == [aside.batch_id]
    (again,) = office.night(2)
    assert (again.again_of, again.verdict) == (aside.delivery_id, "accepted")
    assert again.received_at == aside.received_at
    waits = pipeline.sql("select count(*) from quarantine where closed_night is null")
    assert waits["rows"] == [[0]]
    assert pipeline.verify() == []


def test_a_closed_night_hands_its_deliveries_on(office: Office) -> None:
    (first,) = checked(office, 5)
    office.drop("抽查检查_late.csv", lines(range(6)))
    pipeline.claim(NIGHT)  # this one stays unchecked
    told = pipeline.close_night(NIGHT, BY, WHY)
    assert len(told["taken_over"]) == 2
    assert first.delivery_id in told["taken_over"]
    for stage in (pipeline.claim, pipeline.merge):
        with pytest.raises(NightClosed, match=f"closed by {BY} .{WHY}"):
            stage(NIGHT)
    taken = office.night(2)
    assert {d.again_of for d in taken} == set(told["taken_over"])
    assert {d.received_at for d in taken} >= {first.received_at}
    assert len(office.standing()) == 6
    states = office.ledger.nights()
    assert states == {FIRST: NightState.CLOSED, date(2026, 11, 19): NightState.MERGED}
    assert pipeline.close_night(NIGHT, BY, WHY)["taken_over"] == []
    with pytest.raises(NightClosed, match="is merged"):
        pipeline.close_night(NEXT, BY, WHY)
    assert pipeline.verify() == []


def test_locks_are_named_and_reasons_are_given(office: Office) -> None:
    with pytest.raises(UsageError, match="there are: night, warehouse"):
        pipeline.break_lock("nights", BY, WHY)
    with pytest.raises(UsageError, match="--why"):
        pipeline.break_lock("night", BY, " ")
    assert pipeline.break_lock("night", BY, WHY) == {"name": "night", "held_by": ""}
    assert len(office.ledger.entries("lock_broken", "night")) == 1
