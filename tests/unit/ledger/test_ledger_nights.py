from datetime import date, datetime

import pytest

from guiji.core.errors import LedgerBroken, NightClosed, UsageError
from guiji.ledger.ledger import Ledger
from guiji.ledger.progress import NightState, Publication, Watermark


def test_a_night_only_goes_forward(ledger: Ledger, night: date) -> None:
    assert ledger.night_state(night) is NightState.OPEN
    assert ledger.set_state(night, "published") is NightState.PUBLISHED
    assert ledger.set_state(night, "merged") is NightState.PUBLISHED
    assert ledger.open_night(night) is NightState.PUBLISHED
    assert ledger.nights() == {night: NightState.PUBLISHED}
    told = [entry.kind for entry in ledger.entries(subject=str(night))]
    assert told == ["night_opened", "night_published"]


def test_a_night_that_never_began_has_no_state(ledger: Ledger) -> None:
    other = date(2026, 11, 21)
    assert ledger.night_state(other) is None
    with pytest.raises(UsageError, match="never began"):
        ledger.set_state(other, NightState.MERGED)


def test_no_night_begins_before_one_that_is_merged(ledger: Ledger, night: date) -> None:
    before = date(2026, 11, 19)
    ledger.set_state(night, NightState.MERGED)
    with pytest.raises(NightClosed, match="2026-11-20 is already merged"):
        ledger.open_night(before)
    assert ledger.night_state(before) is None


def test_a_watermark_is_kept(ledger: Ledger, night: date) -> None:
    assert ledger.watermark("penalty.tax.v") is None
    top = datetime.fromisoformat("2026-11-20 09:30:00.000123")
    mark = Watermark("penalty.tax.v", night, top, b"\x00\xff")
    ledger.set_watermark(mark)
    ledger.set_watermark(mark)
    assert ledger.watermark("penalty.tax.v") == mark


def test_one_manifest_is_released_in_a_night(ledger: Ledger, night: date) -> None:
    for _ in range(2):
        ledger.record_publication(night, "a" * 64, 7)
    assert ledger.publications() == [Publication(night, "a" * 64, 7)]
    assert len(ledger.entries("released")) == 1
    with pytest.raises(LedgerBroken, match="released with manifest aaa"):
        ledger.record_publication(night, "b" * 64, 7)
