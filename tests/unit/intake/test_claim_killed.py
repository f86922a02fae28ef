"""A claim that is killed anywhere, and claims that run at once, end the same."""

import hashlib
import os
from datetime import date
from pathlib import Path
from typing import Any

from intake_catalog import catalog_of, penalties
from servers.processes import at_once, killed_everywhere
from settings_builders import ledger_in, settings_in

from guiji.catalog.model import Catalog
from guiji.context import NightContext
from guiji.core import business_date
from guiji.core.settings import Settings
from guiji.intake import arrivals
from guiji.intake.claim import claim_files
from guiji.ledger.ledger import Ledger

NIGHT = date(2026, 11, 20)
ARRIVAL = business_date.instant(NIGHT)
CLAIMERS = 8


def settings_of(folder: Path, ledger_url: str | None = None) -> Settings:
    return settings_in(folder, ledger_url=ledger_url or ledger_in(folder))


def small_catalog() -> Catalog:
    return catalog_of(penalties())


def claim_in(folder: Path, ledger_url: str | None = None) -> list[str]:
    settings = settings_of(folder, ledger_url)
    return claim_files(
        NightContext(
            settings, NIGHT, catalog=small_catalog(), ledger=Ledger.open(settings)
        ),
        0,
    )


def drop(folder: Path, name: str, content: str) -> None:
    path = folder / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    os.utime(path, ns=(0, 0))
    arrivals.note(folder / "inbox", path, ARRIVAL)


def fill(folder: Path) -> None:
    """A file with a companion, and its duplicate."""
    drop(folder, "tax/a.csv", "one")
    drop(folder, "tax/a.csv.sha256", hashlib.sha256(b"one").hexdigest())
    drop(folder, "tax/b.csv", "one")
    Ledger.open(settings_of(folder))


def state(folder: Path, ledger_url: str | None = None) -> dict[str, Any]:
    """All that a claim leaves: files, deliveries, and the trace without its times."""
    ledger = Ledger.open(settings_of(folder, ledger_url))
    assert ledger.verify_chain() == []
    return {
        "files": {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
            and not path.name.startswith("ledger.db")
            and not (path.name.startswith(".") and path.suffix == ".tmp")
        },
        "deliveries": ledger.deliveries(),
        "trace": [(e.kind, e.subject, e.details) for e in ledger.entries()],
    }


def test_a_claim_killed_at_any_step_is_finished_by_the_next(
    tmp_path: Path, complete: bool
) -> None:
    template = tmp_path / "template"
    fill(template)
    whole = template.with_name("whole")
    fill(whole)
    claimed = claim_in(whole)
    expected = state(whole)
    assert sorted(expected["files"])[0].startswith("landing/")  # the inbox is empty
    assert len(expected["deliveries"]) == 2

    steps, killed = killed_everywhere(template, claim_in, complete)

    assert steps > 30
    for folder in killed:
        assert claim_in(folder) == claimed, folder.name
        assert state(folder) == expected, folder.name


def test_eight_claims_at_once_claim_each_file_once(
    tmp_path: Path, ledger_url: str
) -> None:
    folder = tmp_path / "inboxes"
    for number in range(12):
        drop(folder, f"tax/{number}.csv", f"content {number}")
        drop(folder, f"transport/{number}.csv", f"content {number}")
    found = at_once(claim_in, [(folder, ledger_url)] * CLAIMERS)
    left = state(folder, ledger_url)
    assert len(left["deliveries"]) == 24
    assert [d.verdict for d in left["deliveries"]] == [None] * 24
    assert not any(name.startswith("inbox/") for name in left["files"])
    claimed = [entry for entry in left["trace"] if entry[0] == "claimed"]
    assert len(claimed) == 24
    assert set().union(*found) == {d.delivery_id for d in left["deliveries"]}
