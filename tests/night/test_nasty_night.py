"""A night of nasty files: each is answered, and nobody else notices."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from nasty.books import PLAIN
from nasty.workbooks import KINDS

from guiji import pipeline
from guiji.core.settings import Settings

NIGHT = "2026-11-20"
REFUSED = (
    *("4 GB of blanks", "a cell in the last corner", "a hidden bomb of blanks"),
    *("four thousand million shared strings", "80 million cells", "a million parts"),
    *("an entity that is a file", "half a zip", "an xls going in circles"),
    *("an ods of a thousand million cells", "a spreadsheet in XML that laughs"),
    *("a page that asks for a password", "an xls with a password", "a rar"),
)
READ = ("codes stored as numbers", "errors in cells", "formulas without results")


def deliver(settings: Settings, department: str, name: str) -> Path:
    """Name a file in an inbox and the companion that says that it is whole."""
    path = settings.inbox / department / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(f"{name}.ok").touch()
    return path


@pytest.fixture
def counts(settings: Settings) -> dict[str, int]:
    """Verdicts of a night with nasty files of two departments and good ones."""
    for number, kind in enumerate(REFUSED):
        KINDS[kind].build(deliver(settings, "tax", f"报送{number}.xlsx"))
    for number, kind in enumerate(READ):
        KINDS[kind].build(deliver(settings, "market_regulation", f"{number}.xlsx"))
    PLAIN(deliver(settings, "market_regulation", "企业登记信息.xls"))
    chunks = pipeline.claim(NIGHT)
    return pipeline.check(NIGHT, [d for chunk in chunks for d in chunk])


def receipts(settings: Settings, department: str) -> dict[str, dict]:
    folder = settings.outbox / department / NIGHT
    paths = folder.glob("*.receipt.json")
    told = [json.loads(p.read_text("utf-8")) for p in paths]
    return {receipt["file"]: receipt for receipt in told}


@pytest.mark.duty("GY2", "GZ2")
def test_every_nasty_file_is_answered_and_the_good_one_is_taken(
    settings: Settings, counts: dict[str, int]
) -> None:
    assert counts["refused"] >= len(REFUSED)
    assert sum(counts.values()) == len(REFUSED) + len(READ) + 1
    of_tax = receipts(settings, "tax")
    assert len(of_tax) == len(REFUSED)
    for receipt in of_tax.values():
        assert receipt["verdict"] == "refused"
        assert receipt["findings"][0]["message"].startswith("《报送")
        assert receipt["findings"][0]["remedy"].startswith("请")
    good = receipts(settings, "market_regulation")["企业登记信息.xls"]
    assert (good["verdict"], good["rows"]["accepted"]) == ("accepted", 1)
    told = {
        f["rule"].split(".")[-1]
        for receipt in receipts(settings, "market_regulation").values()
        for f in receipt["findings"]
    }
    assert told >= {"digits_lost", "cell_error", "cell_no_value"}
    kept = list(settings.batches.glob("*/text.parquet"))
    assert sum(pq.read_metadata(p).num_rows for p in kept) == 11
    assert not list(settings.batches.glob("*/.reading-*"))
