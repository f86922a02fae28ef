"""Rows as they were read go when their time is over, unless something needs them."""

from dataclasses import replace
from datetime import date

from spot_office import FIRST, Office, lines

from guiji import steps
from guiji.batch import batch_expiry, trial
from guiji.ledger.deliveries import Delivery
from guiji.steps import opening

LONG_AFTER = date(2030, 1, 1)


def expire(office: Office, days: int | None = 30) -> list[str]:
    settings = replace(office.settings, keep_batches_days=days)
    return batch_expiry.expire(settings, opening.catalog(), office.ledger, LONG_AFTER)


def test_only_what_nothing_needs_expires(refusing: Office, refused: Delivery) -> None:
    """The first delivery is merged and followed by another; the second one waits."""
    ledger = refusing.ledger
    last = refusing.delivered(3, lines(range(11), range(12, 31)))  # not the bad one
    assert expire(refusing) == []  # no night is reported yet
    for night in ledger.nights():
        ledger.set_state(night, "reported")
    (first,) = ledger.deliveries(FIRST)
    folder = f"batches/{first.batch_id}"

    assert expire(refusing, days=None) == []
    assert sorted(expire(refusing)) == [
        f"{folder}/text.parquet",
        f"{folder}/typed.parquet",
    ]
    assert expire(refusing) == []

    (trace,) = ledger.entries(batch_expiry.TRACE)
    assert trace.subject == first.batch_id
    assert steps.verify() == []
    left = trial.Trial()
    tried = trial.archived(refusing.settings, None, left)
    assert {b.batch_id for b in tried} == {refused.batch_id, last.batch_id}
    assert left.untried == {trial.EXPIRED: 1}
    assert steps.explain(str(first.batch_id))
    again = steps.replay(None, None, str(last.night))  # reads what waits, again
    assert again["gone"] == []
