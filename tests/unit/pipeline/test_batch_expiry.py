"""Rows as they were read go when their time is over, unless something needs them."""

from dataclasses import replace
from datetime import date

from spot_office import FIRST, Office, lines

from guiji import pipeline
from guiji.context import Context
from guiji.ledger.deliveries import Delivery
from guiji.pipeline.batch import batch_expiry, dry_run

LONG_AFTER = date(2030, 1, 1)


def expire(office: Office, days: int | None = 30) -> list[str]:
    settings = replace(office.settings, keep_batches_days=days)
    return batch_expiry.expire(
        Context(settings, catalog=Context.current().catalog, ledger=office.ledger),
        LONG_AFTER,
    )


def test_only_what_nothing_needs_expires(refusing: Office, refused: Delivery) -> None:
    """First the one delivery is the last accepted, and lines of the other wait; then a
    third one follows the first and closes those lines."""
    ledger = refusing.ledger
    report_all(refusing)
    assert expire(refusing) == []
    last = refusing.delivered(3, lines(range(31)))
    (first,) = ledger.deliveries(FIRST)
    old = [first.batch_id, refused.batch_id]
    assert expire(refusing, days=None) == []
    assert sorted(expire(refusing)) == [
        f"batches/{batch_id}/{name}.parquet"
        for batch_id in old
        for name in ("text", "typed")
    ]
    report_all(refusing)
    assert expire(refusing) == []

    assert [entry.subject for entry in ledger.entries(batch_expiry.TRACE)] == old
    assert pipeline.verify() == []
    left = dry_run.DryRun()
    tried = dry_run.archived(refusing.settings, None, left)
    assert [batch.batch_id for batch in tried] == [last.batch_id]
    assert left.untried == {dry_run.EXPIRED: 2}
    assert pipeline.explain(str(first.batch_id))


def report_all(office: Office) -> None:
    for night in office.ledger.nights():
        office.ledger.set_state(night, "reported")
