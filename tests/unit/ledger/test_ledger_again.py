"""A delivery is taken again once, by the first open night after it is asked for."""

from datetime import date, timedelta

import pytest
from delivery_builders import incoming
from servers.processes import at_once

from guiji.core import business_date
from guiji.core.errors import UsageError
from guiji.ledger.deliveries import Delivery, Incoming, RowCounts
from guiji.ledger.ledger import Ledger
from guiji.ledger.resubmission import Request


def dropped(night: date, mark: str, **changes: str) -> Incoming:
    """What the tax office drops at nine on the day of a night."""
    arrival = business_date.instant(night).replace(hour=9)
    return incoming(night, drop_mark=mark, received_at=arrival, **changes)


@pytest.fixture
def refused(ledger: Ledger, night: date) -> Delivery:
    """A delivery of the first night, which is merged."""
    made = ledger.claim(dropped(night, "mark"))
    ledger.name_batch(made.delivery_id, "penalty")
    ledger.set_verdict(made.delivery_id, "refused", RowCounts(30, 0, 30), "v1")
    ledger.set_state(night, "merged")
    return ledger.delivery(made.delivery_id)


def request_of(delivery: Delivery, by: str = "张三") -> Request:
    mark = f"release:{delivery.delivery_id}"
    return Request(mark, delivery.delivery_id, {"by": by})


def ask(ledger: Ledger, delivery: Delivery, by: str = "张三") -> bool:
    return ledger.ask_again(request_of(delivery, by), "batch_released", {"by": by})


def take_in_a_process(url: str, night: date) -> int:
    return len(Ledger(url).take_again(night))


@pytest.fixture
def tomorrow(ledger: Ledger, night: date) -> date:
    return night + timedelta(days=1)


def test_it_is_a_new_delivery_that_names_the_first(
    ledger: Ledger, refused: Delivery, tomorrow: date
) -> None:
    ask(ledger, refused)
    ledger.open_night(tomorrow)
    (again,) = ledger.take_again(tomorrow)
    assert again.delivery_id == "2026-11-21-tax-0a1b2c3d"
    assert (again.again_of, again.duplicate_of) == (refused.delivery_id, None)
    assert (again.verdict, again.name) == (None, "处罚.csv")
    assert ledger.name_batch(again.delivery_id, "penalty") == (
        "2026-11-21-tax-penalty-0a1b2c3d"
    )
    assert ledger.delivery(refused.delivery_id) == refused


def test_it_counts_as_received_when_the_first_was(
    ledger: Ledger, refused: Delivery, tomorrow: date
) -> None:
    ask(ledger, refused)
    ledger.open_night(tomorrow)
    (again,) = ledger.take_again(tomorrow)
    assert again.received_at == business_date.instant(refused.night).replace(hour=9)


def test_asked_twice_it_is_taken_once(
    ledger: Ledger, refused: Delivery, tomorrow: date
) -> None:
    assert ask(ledger, refused)
    assert not ask(ledger, refused, by="李四")
    ledger.open_night(tomorrow)
    assert len(ledger.take_again(tomorrow)) == 1
    assert ledger.take_again(tomorrow) == []
    assert not ask(ledger, refused)
    assert ledger.take_again(tomorrow) == []
    assert len(ledger.entries("batch_released")) == 1


def test_nights_that_take_at_once_take_it_once(
    ledger: Ledger, ledger_url: str, refused: Delivery, tomorrow: date
) -> None:
    ask(ledger, refused)
    ledger.open_night(tomorrow)
    assert sum(at_once(take_in_a_process, [(ledger_url, tomorrow)] * 4)) == 1


def test_a_merged_night_takes_nothing(
    ledger: Ledger, refused: Delivery, night: date
) -> None:
    ask(ledger, refused)
    assert ledger.take_again(night) == []
    assert [r.first_id for r in ledger.waiting()] == [refused.delivery_id]


def test_of_two_departments_with_the_same_mark_each_is_taken(
    ledger: Ledger, refused: Delivery, tomorrow: date
) -> None:
    ledger.open_night(tomorrow)
    mark = f"release:{refused.delivery_id}"
    ledger.claim(dropped(tomorrow, mark, department="transport"))
    ask(ledger, refused)
    (again,) = ledger.take_again(tomorrow)
    assert again.department == "tax"
    found = ledger.request(mark)
    assert found is not None
    assert found[1] == again


def test_the_delivery_leads_back_to_its_request(
    ledger: Ledger, refused: Delivery, tomorrow: date
) -> None:
    ask(ledger, refused)
    mark = request_of(refused).mark
    assert ledger.request(mark) == (request_of(refused), None)
    ledger.open_night(tomorrow)
    (again,) = ledger.take_again(tomorrow)
    assert ledger.answered_by(again) == request_of(refused)
    assert ledger.answered_by(refused) is None
    assert ledger.request(mark) == (request_of(refused), again)
    assert ledger.request("release:nothing") is None


def test_the_trace_tells_of_it_and_the_ledger_agrees(
    ledger: Ledger, refused: Delivery, tomorrow: date
) -> None:
    ask(ledger, refused)
    ledger.open_night(tomorrow)
    (again,) = ledger.take_again(tomorrow)
    (asked,) = ledger.entries("batch_released", refused.delivery_id)
    assert asked.details == {"by": "张三"}
    (claimed,) = ledger.entries("claimed", again.delivery_id)
    assert claimed.details["again_of"] == refused.delivery_id
    assert ledger.verify_chain() == []


def test_the_same_bytes_dropped_again_are_a_duplicate_of_what_takes_them_again(
    ledger: Ledger, refused: Delivery, tomorrow: date
) -> None:
    ask(ledger, refused)
    ledger.open_night(tomorrow)
    (again,) = ledger.take_again(tomorrow)
    repeated = ledger.claim(dropped(tomorrow, "later"))
    assert repeated.duplicate_of == again.delivery_id
    assert repeated.answer_name == "处罚.csv.0a1b2c3d"


def test_what_is_not_there_cannot_be_asked_for(ledger: Ledger, night: date) -> None:
    with pytest.raises(UsageError):
        ledger.take_again(night + timedelta(days=1))


def test_history_is_the_last_accepted_deliveries_with_rows(
    ledger: Ledger, refused: Delivery, night: date
) -> None:
    verdicts = [("accepted", 40), ("partly", 50), ("accepted", 0), ("refused", 60)]
    for number, (verdict, rows) in enumerate(verdicts, 1):
        day = night + timedelta(days=number)
        ledger.open_night(day)
        sha = f"{number:064x}"
        made = ledger.claim(dropped(day, str(number), sha256=sha))
        ledger.name_batch(made.delivery_id, "penalty")
        ledger.set_verdict(made.delivery_id, verdict, RowCounts(rows, rows), "v1")
    last = ledger.delivery(made.delivery_id)
    found = ledger.accepted_before(last, "penalty", 5)
    assert [d.rows.read for d in found] == [50, 40]
    assert [d.rows.read for d in ledger.accepted_before(last, "penalty", 1)] == [50]
    assert ledger.accepted_before(last, "licence", 5) == []
    assert ledger.accepted_before(found[1], "penalty", 5) == []  # of an earlier night
