"""How long original bytes are kept."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from guiji.catalog.model import Catalog
from guiji.context import Context, NightContext
from guiji.core.settings import Settings
from guiji.intake import landing, retention
from guiji.intake.claim import claim_files
from guiji.ledger.ledger import Ledger
from guiji.ledger.progress import NightState

CONTENT = "案号\n1\n".encode()


@pytest.fixture
def kept(settings: Settings) -> Settings:
    return replace(settings, keep_originals_days=30)


@pytest.fixture
def sha256(kept: Settings, catalog: Catalog, night: date) -> str:
    """A delivery claimed and its night merged."""
    ledger = Ledger.open(kept)
    return claimed(kept, catalog, ledger, night)


def claimed(
    settings: Settings, catalog: Catalog, ledger: Ledger, night: date, unit: str = "tax"
) -> str:
    folder = settings.inbox / unit
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "处罚.csv").write_bytes(CONTENT)
    names = claim_files(
        NightContext(settings, night, catalog=catalog, ledger=ledger), settle_seconds=0
    )
    ledger.set_state(night, NightState.MERGED)
    return ledger.delivery(names[0]).sha256


def original(settings: Settings, sha256: str) -> Path:
    return landing.original(settings, sha256)


def test_bytes_are_kept_for_ever_by_default(
    kept: Settings, sha256: str, night: date
) -> None:
    unlimited = replace(kept, keep_originals_days=None)
    late = night + timedelta(days=9999)
    assert retention.expire(Context(unlimited, ledger=Ledger.open(kept)), late) == []
    assert original(kept, sha256).exists()


def test_old_bytes_go_and_the_trace_and_meta_stay(
    kept: Settings, sha256: str, night: date
) -> None:
    ledger = Ledger.open(kept)
    assert (
        retention.expire(Context(kept, ledger=ledger), night + timedelta(days=30)) == []
    )
    assert retention.expire(
        Context(kept, ledger=ledger), night + timedelta(days=31)
    ) == [sha256]
    assert not original(kept, sha256).exists()
    meta = original(kept, sha256).with_name("meta.json")
    assert json.loads(meta.read_text("utf-8"))["sha256"] == sha256
    [entry] = ledger.entries(retention.TRACE)
    assert (entry.subject, entry.details) == (sha256, {"last_night": str(night)})
    assert (
        retention.expire(Context(kept, ledger=ledger), night + timedelta(days=32)) == []
    )


def test_a_removal_that_was_killed_is_finished(
    kept: Settings, sha256: str, night: date
) -> None:
    ledger = Ledger.open(kept)
    ledger.append_once(retention.TRACE, sha256, {"last_night": str(night)})
    assert retention.expire(
        Context(kept, ledger=ledger), night + timedelta(days=31)
    ) == [sha256]


def test_bytes_of_an_unfinished_night_stay(
    kept: Settings, catalog: Catalog, night: date
) -> None:
    ledger = Ledger.open(kept)
    (kept.inbox / "tax").mkdir(parents=True)
    (kept.inbox / "tax" / "处罚.csv").write_bytes(CONTENT)
    assert claim_files(
        NightContext(kept, night, catalog=catalog, ledger=ledger), settle_seconds=0
    )
    assert (
        retention.expire(Context(kept, ledger=ledger), night + timedelta(days=99)) == []
    )


def test_bytes_that_come_again_are_there_again(
    kept: Settings, catalog: Catalog, sha256: str, night: date
) -> None:
    ledger = Ledger.open(kept)
    later = night + timedelta(days=40)
    assert retention.expire(Context(kept, ledger=ledger), later) == [sha256]
    again = claimed(kept, catalog, ledger, later, unit="transport")
    assert again == sha256
    assert original(kept, sha256).read_bytes() == CONTENT
    assert (
        retention.expire(Context(kept, ledger=ledger), later + timedelta(days=1)) == []
    )
