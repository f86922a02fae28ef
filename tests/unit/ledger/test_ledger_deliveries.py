from datetime import date, timedelta

import delivery_builders
import pytest
from servers.processes import at_once

from guiji.core import business_date
from guiji.core.errors import NightClosed, UsageError
from guiji.ledger.deliveries import Incoming, RowCounts
from guiji.ledger.ledger import Ledger

CLAIMERS = 8


def incoming(night: date, **changes: object) -> Incoming:
    """A file of the tax office, in a folder of its own."""
    return delivery_builders.incoming(
        night, **{"source_file": "补充/处罚.csv", **changes}
    )


def claim_in_a_process(url: str, made: Incoming) -> tuple[str, str | None]:
    delivery = Ledger(url).claim(made)
    return delivery.delivery_id, delivery.duplicate_of


def test_a_claim_is_named_after_night_department_and_bytes(
    ledger: Ledger, night: date
) -> None:
    delivery = ledger.claim(incoming(night))
    assert delivery.delivery_id == "2026-11-20-tax-0a1b2c3d"
    assert delivery.received_at == business_date.instant(night)
    assert (delivery.name, delivery.answer_name) == ("处罚.csv", "补充/处罚.csv")
    assert (delivery.batch_id, delivery.verdict) == (None, None)


def test_a_claim_taken_up_again_is_the_same_delivery(
    ledger: Ledger, night: date
) -> None:
    assert ledger.claim(incoming(night)) == ledger.claim(incoming(night))
    assert len(ledger.entries("claimed")) == len(ledger.deliveries()) == 1


def test_the_same_bytes_twice_in_a_night_are_a_duplicate(
    ledger: Ledger, night: date
) -> None:
    first = ledger.claim(incoming(night))
    again = ledger.claim(incoming(night, drop_mark="later"))
    third = ledger.claim(incoming(night, drop_mark="latest"))
    assert again.delivery_id == "2026-11-20-tax-0a1b2c3d-2"
    assert again.batch_id == "2026-11-20-tax-duplicate-0a1b2c3d-2"
    assert (again.verdict, again.duplicate_of) == ("duplicate", first.delivery_id)
    assert again.answer_name == "补充/处罚.csv.0a1b2c3d"
    assert third.answer_name == "补充/处罚.csv.0a1b2c3d-2"


def test_bytes_of_an_earlier_night_are_checked_anew(
    ledger: Ledger, night: date
) -> None:
    first = ledger.claim(incoming(night))
    tomorrow = night + timedelta(days=1)
    ledger.open_night(tomorrow)
    again = ledger.claim(incoming(tomorrow, drop_mark="later"))
    twice = ledger.claim(incoming(tomorrow, drop_mark="latest"))
    assert (again.verdict, again.duplicate_of) == (None, None)
    assert (twice.verdict, twice.duplicate_of) == ("duplicate", again.delivery_id)
    assert ledger.same_bytes_before(again) == [first]
    assert ledger.same_bytes_before(first) == []


def test_bytes_that_were_set_aside_may_come_again_in_the_same_night(
    ledger: Ledger, night: date
) -> None:
    first = ledger.claim(incoming(night))
    ledger.set_verdict(first.delivery_id, "set_aside", RowCounts(), "v1")
    again = ledger.claim(incoming(night, drop_mark="later"))
    twice = ledger.claim(incoming(night, drop_mark="latest"))
    assert (again.verdict, twice.duplicate_of) == (None, again.delivery_id)


def test_what_a_night_made_of_a_delivery_is_kept_and_traced(
    ledger: Ledger, night: date
) -> None:
    first = ledger.claim(incoming(night))
    ledger.set_verdict(first.delivery_id, "accepted", RowCounts(3, 3), "v1")
    for _ in range(2):  # the same once more changes nothing
        ledger.reconcile(first.delivery_id, "partly", RowCounts(3, 2, 1))
    made = ledger.delivery(first.delivery_id)
    assert (made.verdict, made.rows) == ("partly", RowCounts(3, 2, 1))
    (entry,) = ledger.entries("reconciled", first.delivery_id)
    assert entry.details["rows_quarantined"] == 1
    ledger.set_state(night, "merged")
    with pytest.raises(NightClosed):
        ledger.reconcile(first.delivery_id, "accepted", RowCounts(3, 3))


def test_another_department_may_deliver_the_same_bytes(
    ledger: Ledger, night: date
) -> None:
    ledger.claim(incoming(night))
    other = ledger.claim(incoming(night, department="transport"))
    assert other.duplicate_of is None


def test_a_trial_does_not_make_the_delivery_a_duplicate(
    ledger: Ledger, night: date
) -> None:
    trial = ledger.claim(incoming(night, trial=True))
    real = ledger.claim(incoming(night, drop_mark="later"))
    assert (trial.trial, real.trial, real.duplicate_of) == (True, False, None)
    assert trial.delivery_id != real.delivery_id


def test_a_zero_report_of_a_later_night_is_a_delivery(
    ledger: Ledger, night: date
) -> None:
    first = ledger.claim(incoming(night))
    ledger.set_verdict(first.delivery_id, "accepted", RowCounts(), "v1")
    again = ledger.claim(incoming(night, drop_mark="tonight again"))
    tomorrow = night + timedelta(days=1)
    ledger.open_night(tomorrow)
    later = ledger.claim(incoming(tomorrow, drop_mark="tomorrow"))
    twice = ledger.claim(incoming(tomorrow, drop_mark="tomorrow again"))
    assert again.verdict == "duplicate"  # tonight it is known
    assert later.duplicate_of is None
    assert twice.verdict == "duplicate"


def test_an_extract_is_one_each_night(ledger: Ledger, night: date) -> None:
    tomorrow = night + timedelta(days=1)
    ledger.open_night(tomorrow)
    made = [
        ledger.claim(incoming(day, way="extract", drop_mark=f"penalty.tax.v@{day}"))
        for day in (night, night, tomorrow)
    ]
    assert made[0] == made[1]
    assert (made[2].duplicate_of, made[2].night) == (None, tomorrow)


def test_a_merged_night_takes_nothing_more(ledger: Ledger, night: date) -> None:
    known = ledger.claim(incoming(night))
    ledger.set_state(night, "merged")
    assert ledger.claim(incoming(night)) == known
    with pytest.raises(NightClosed, match="already merged"):
        ledger.claim(incoming(night, drop_mark="later"))
    with pytest.raises(NightClosed):
        ledger.set_verdict(known.delivery_id, "accepted", RowCounts(), "v1")


def test_a_name_too_long_for_a_receipt_is_cut(ledger: Ledger, night: date) -> None:
    name = "税" * 80 + ".csv"  # 244 bytes
    delivery = ledger.claim(incoming(night, source_file=name))
    assert delivery.answer_name == "税" * 66 + ".0a1b2c3d"
    assert delivery.source_file == name


def test_a_batch_is_named_after_its_dataset(ledger: Ledger, night: date) -> None:
    claimed = ledger.claim(incoming(night))
    names = {ledger.name_batch(claimed.delivery_id, "spot_check") for _ in range(2)}
    assert names == {"2026-11-20-tax-spot_check-0a1b2c3d"}
    assert ledger.delivery(names.pop()).dataset == "spot_check"
    assert len(ledger.entries("named")) == 1


def test_a_batch_without_a_dataset_is_unrecognised(ledger: Ledger, night: date) -> None:
    claimed = ledger.claim(incoming(night))
    name = ledger.name_batch(claimed.delivery_id, None)
    assert name == "2026-11-20-tax-unrecognised-0a1b2c3d"


def test_a_verdict_given_twice_is_traced_once(ledger: Ledger, night: date) -> None:
    identity = ledger.claim(incoming(night)).delivery_id
    for _ in range(2):
        ledger.set_verdict(identity, "partly", RowCounts(5, 3, 2), "v1")
        ledger.set_unchanged(identity, 1)
    found = ledger.delivery(identity)
    assert (found.verdict, found.rows) == ("partly", RowCounts(5, 3, 2, 1))
    assert len(ledger.entries("judged")) == len(ledger.entries("merged")) == 1


def test_an_unknown_delivery_is_said_to_be_so(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="no delivery 'nothing'"):
        ledger.delivery("nothing")


def test_concurrent_claims_of_the_same_bytes(
    ledger: Ledger, ledger_url: str, night: date
) -> None:
    """Eight drops of the same bytes: one delivery, seven duplicates of it."""
    calls = [(ledger_url, incoming(night, drop_mark=f"{n}")) for n in range(CLAIMERS)]
    found = at_once(claim_in_a_process, calls)
    first = [identity for identity, duplicate_of in found if duplicate_of is None]
    assert len(first) == 1
    assert {of for _, of in found if of} == set(first)
    assert len(set(found)) == CLAIMERS
    assert ledger.verify_chain() == []


def test_concurrent_claims_of_the_same_drop(
    ledger: Ledger, ledger_url: str, night: date
) -> None:
    """Eight processes meet one file: one delivery, no duplicate."""
    found = at_once(claim_in_a_process, [(ledger_url, incoming(night))] * CLAIMERS)
    assert set(found) == {("2026-11-20-tax-0a1b2c3d", None)}
    assert len(ledger.deliveries()) == len(ledger.entries("claimed")) == 1
