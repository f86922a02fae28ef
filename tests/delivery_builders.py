"""Builders of deliveries: before their claim, claimed, and judged."""

from datetime import date
from typing import Any

from guiji.core import business_date
from guiji.core.settings import Settings
from guiji.intake import landing
from guiji.ledger.deliveries import Delivery, Incoming, RowCounts
from guiji.ledger.ledger import Ledger

SHA256 = "0a1b2c3d" * 8


def incoming(night: date, **attributes: Any) -> Incoming:
    """Return a file of the tax office that arrived with the night's cut-off."""
    given = {
        "department": "tax",
        "source_file": "处罚.csv",
        "sha256": SHA256,
        "bytes": 12,
        "drop_mark": "mark",
        "received_at": business_date.instant(night),
    }
    return Incoming(night, **given | attributes)


def claim(
    ledger: Ledger, settings: Settings, night: date, content: bytes, **attributes: Any
) -> Delivery:
    """Land bytes and claim them; `attributes` are of the `Incoming`."""
    with landing.workplace(settings) as folder:
        (folder / landing.ORIGINAL).write_bytes(content)
        landed = landing.measure(folder)
        landing.land(settings, folder, landed, {})
    given = {"sha256": landed.sha256, "bytes": landed.bytes, "drop_mark": landed.sha256}
    return ledger.claim(incoming(night, **given | attributes))


def delivery(night: date, dataset: str, **attributes: Any) -> Delivery:
    """Return an accepted file of the tax office, as the ledger would."""
    department = attributes.get("department", "tax")
    short = SHA256[:8]
    given = {
        "delivery_id": f"{night}-{department}-{short}",
        "batch_id": f"{night}-{department}-{dataset}-{short}",
        "department": department,
        "source_file": "处罚.csv",
        "answer_name": "处罚.csv",
        "sha256": SHA256,
        "bytes": 1,
        "way": "file",
        "trial": False,
        "duplicate_of": None,
        "verdict": "accepted",
        "rows": RowCounts(),
        "catalogue_version": "1",
        "received_at": business_date.instant(night),
    }
    return Delivery(night=night, dataset=dataset, **given | attributes)
