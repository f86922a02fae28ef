"""What a department delivered before, as the folders of its batches tell it.

The ledger knows it too, and a night asks the ledger; a trial does not load the
ledger's library for it.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from guiji.core import business_date
from guiji.core.settings import Settings
from guiji.ledger.delivery import Delivery, RowCounts
from guiji.pipeline.batch.outcome import VERDICT, read_verdict

DAY = len("2026-11-20")
ACCEPTED = ("accepted", "partly")


def accepted_before(
    settings: Settings, delivery: Delivery, dataset: str, most: int
) -> list[Delivery]:
    """Return the last deliveries like one that came in before its night, newest first.

    Args:
        settings: where the batches are.
        delivery: its department and way are those looked for.
        dataset: id of the dataset.
        most: deliveries wanted; zero reports (零报告) are not among them.

    Returns:
        What `Ledger.accepted_before` gives, as far as a batch tells it: batch, night,
        name and rows.
    """
    deliveries: list[Delivery] = []
    for name in _batches(settings, delivery, dataset):
        if len(deliveries) == most:
            break
        verdict = read_verdict(settings.batches / name)
        alike = (
            verdict.get("way", "file") == delivery.way and verdict["rows"]["read"] > 0
        )
        if alike and verdict["verdict"] in ACCEPTED:
            deliveries.append(_delivery(delivery, name, dataset, verdict))
    return deliveries


def _batches(settings: Settings, delivery: Delivery, dataset: str) -> Iterator[str]:
    """Name the judged batches of earlier nights, newest first."""
    night, about = str(delivery.night), f"-{delivery.department}-{dataset}-"
    if not settings.batches.is_dir():
        return
    names = (path.name for path in settings.batches.iterdir())
    wanted = [n for n in names if n[DAY:].startswith(about) and n[:DAY] < night]
    for name in sorted(wanted, reverse=True):
        if (settings.batches / name / VERDICT).is_file():
            yield name


def _delivery(
    delivery: Delivery, name: str, dataset: str, verdict: dict[str, Any]
) -> Delivery:
    return Delivery(
        delivery_id=name,
        batch_id=name,
        night=date.fromisoformat(name[:DAY]),
        department=delivery.department,
        dataset=dataset,
        source_file=verdict.get("file", ""),
        answer_name="",
        sha256="",
        bytes=0,
        way=delivery.way,
        trial=False,
        duplicate_of=None,
        verdict=verdict["verdict"],
        rows=RowCounts(**verdict["rows"]),
        catalogue_version=verdict["catalogue_version"],
        received_at=business_date.instant(date.fromisoformat(name[:DAY])),
    )
