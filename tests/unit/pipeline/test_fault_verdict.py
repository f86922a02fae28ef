"""What faults is tried again: once a night, for a week, and then by hand."""

from datetime import date, timedelta

import pytest
from delivery_builders import incoming
from spot_office import DATASET, DEPARTMENT, FIRST

from guiji.catalog.model import Catalog
from guiji.context import Context
from guiji.core.platform_faults import VERDICT
from guiji.core.settings import Settings
from guiji.ledger.delivery import Delivery, RowCounts
from guiji.ledger.ledger import Ledger
from guiji.ledger.resubmission import Request
from guiji.pipeline.batch import fault_verdict, release


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    return Ledger.open(settings)


@pytest.fixture
def catalog(settings: Settings) -> Catalog:
    return Context.current().catalog


@pytest.fixture
def claimed(ledger: Ledger) -> Delivery:
    ledger.open_night(FIRST)
    return ledger.claim(
        incoming(FIRST, department=DEPARTMENT, source_file="抽查检查.csv")
    )


def after(nights: int) -> date:
    return FIRST + timedelta(days=nights)


def taken(ledger: Ledger, night: date) -> list[Delivery]:
    ledger.open_night(night)
    fault_verdict.ask_again(ledger, night)
    fault_verdict.ask_again(ledger, night)  # run twice
    return ledger.take_again(night)


def test_a_fault_that_stays_is_tried_a_week_and_then_by_hand(
    settings: Settings, catalog: Catalog, ledger: Ledger, claimed: Delivery
) -> None:
    one = claimed
    for night in range(1, fault_verdict.MAX_NIGHTS):
        fault_verdict.give(
            Context(settings, catalog=catalog, ledger=ledger), one, ValueError("x")
        )
        (made,) = taken(ledger, after(night))
        assert (made.again_of, made.verdict) == (one.delivery_id, None)
        assert made.received_at == claimed.received_at
        one = made
    fault_verdict.give(
        Context(settings, catalog=catalog, ledger=ledger), one, ValueError("x")
    )
    last = after(fault_verdict.MAX_NIGHTS)
    assert taken(ledger, last) == []
    name = str(ledger.delivery(one.delivery_id).batch_id)
    for rule in ("PLATFORM_FAULT", "batch.platform_fault", None):
        asked = list(fault_verdict.ask_by_hand(ledger, last, name, rule))
        assert asked == [name]
    assert list(fault_verdict.ask_by_hand(ledger, last, None, "HEADINGS")) == []
    assert list(fault_verdict.ask_by_hand(ledger, last, "another", None)) == []
    (made,) = ledger.take_again(last)
    assert made.again_of == one.delivery_id
    assert len(ledger.deliveries()) == fault_verdict.MAX_NIGHTS + 1
    assert ledger.verify_chain() == []


def test_a_fault_waits_for_the_next_night_not_for_its_own(
    settings: Settings, catalog: Catalog, ledger: Ledger, claimed: Delivery
) -> None:
    fault_verdict.give(
        Context(settings, catalog=catalog, ledger=ledger), claimed, ValueError("x")
    )
    assert taken(ledger, FIRST) == []
    assert [d.verdict for d in ledger.deliveries()] == [VERDICT]


def test_a_batch_that_has_its_name_keeps_it(
    settings: Settings, catalog: Catalog, ledger: Ledger, claimed: Delivery
) -> None:
    """So its department is known to have delivered this dataset."""
    named = ledger.name_batch(claimed.delivery_id, DATASET)
    fault_verdict.give(
        Context(settings, catalog=catalog, ledger=ledger), claimed, ValueError("x")
    )
    judged = ledger.delivery(claimed.delivery_id)
    assert (judged.batch_id, judged.dataset) == (named, DATASET)
    assert (settings.batches / named / "verdict.json").exists()


def test_a_release_goes_on_holding_behind_a_fault(
    settings: Settings, catalog: Catalog, ledger: Ledger, claimed: Delivery
) -> None:
    ledger.name_batch(claimed.delivery_id, DATASET)
    ledger.set_verdict(claimed.delivery_id, "refused", RowCounts(3, 0, 3), "1")
    told = {"by": "李四", "why": "清理", "rules": ["MASS_CHANGE"]}
    request = Request(f"release:{claimed.delivery_id}", claimed.delivery_id, told)
    ledger.ask_again(request, release.TRACE, told)
    (released,) = taken(ledger, after(1))
    fault_verdict.give(
        Context(settings, catalog=catalog, ledger=ledger), released, ValueError("x")
    )
    (again,) = taken(ledger, after(2))
    waiver = release.waiver(ledger, again)
    assert waiver is not None
    assert waiver.rules == {"MASS_CHANGE"}
    behind = fault_verdict.request_behind(ledger, again)
    assert behind is not None
    assert behind[1].delivery_id == claimed.delivery_id
