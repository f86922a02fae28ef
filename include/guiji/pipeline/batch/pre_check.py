"""The pre-check (预检): one file's verdict, with nothing left behind."""

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from guiji.catalog import bodies
from guiji.catalog.model import Dataset
from guiji.context import Context
from guiji.core import business_date, files
from guiji.core.errors import BatchRefused
from guiji.core.settings import Settings
from guiji.intake import arrivals
from guiji.ledger.delivery import Delivery, RowCounts
from guiji.outbox import receipts
from guiji.pipeline.batch.delivery_examiner import DeliveryExaminer, DeliveryHistory
from guiji.pipeline.batch.earlier_deliveries import accepted_before
from guiji.pipeline.batch.outcome import Outcome
from guiji.reading.read import TEXT
from guiji.reading.result import Reading

PRE_CHECK = "pre-check"
"""Stands for the id of a batch that is only tried."""


def pre_check(
    processor: DeliveryExaminer,
    aside: Settings,
    file: Path,
    night: date,
    dataset: str | None,
    department: str | None,
    returned: Path | None = None,
) -> dict[str, Any]:
    """Check one file as a night would, working in folders that are thrown away.

    Args:
        processor: its judge works in `aside` too.
        aside: settings whose data folder is temporary.
        file: the file.
        night: the night that would take it.
        dataset: what it must be; None = recognised.
        department: who would deliver it; None = the provider that its rows name most,
            else the first one.
        returned: where the returned workbook goes, if there is one; None = nowhere.

    Returns:
        The receipt's content.
    """
    folder = aside.batches / PRE_CHECK
    judged, reading, outcome = _examined(
        processor, file, night, dataset, department, folder
    )
    if returned is not None:
        from guiji.outbox.returned import workbook

        answered_delivery = workbook.AnsweredDelivery(
            judged,
            outcome.findings,
            reading,
            folder / TEXT,
            file,
            outcome.refusal,
            outcome.due_by,
        )
        context = Context(aside, catalog=processor.context.catalog)
        workbook.write_to(returned, context, answered_delivery)
    return receipts.content(
        processor.context.catalog,
        judged,
        outcome.findings,
        outcome.refusal,
        outcome.due_by,
        reading=reading,
    )


def _examined(
    processor: DeliveryExaminer,
    file: Path,
    night: date,
    dataset: str | None,
    department: str | None,
    folder: Path,
) -> tuple[Delivery, Reading | None, Outcome]:
    """Read and check a file; return it as a delivery, its reading and its outcome."""
    folder.mkdir(parents=True)
    entries = processor.context.catalog.datasets
    own = [
        d
        for d in entries.values()
        if (department is None or department in d.providers)
        and (dataset is None or d.id == dataset)
    ]
    content = processor.read(file, file.name, own, folder)
    reading = content if isinstance(content, Reading) else None
    dataset_id = reading.dataset if reading else dataset
    sender = department or ""
    if dataset_id and not department:
        sender = _likely_sender(processor, entries[dataset_id], folder)
    delivery = _as_delivered(file, night, sender, dataset_id)
    outcome = processor.examine(
        delivery, PRE_CHECK, content, folder, _past(processor, delivery, content)
    )
    judged = replace(delivery, verdict=outcome.verdict, rows=outcome.rows)
    return judged, reading, outcome


def _likely_sender(processor: DeliveryExaminer, dataset: Dataset, folder: Path) -> str:
    """Find the provider that most rows name as their authority or source."""
    counts = Counter(dict.fromkeys(dataset.providers, 0))
    path = folder / TEXT
    if path.exists():
        text = pq.read_table(path)
        departments = bodies.departments(processor.context.catalog)
        for item in {*bodies.body_items(dataset)} & {*text.column_names}:
            for cell in text[item].drop_null().value_counts().to_pylist():
                named = departments.find(cell["values"])
                if named is not None and named in counts:
                    counts[named] += cell["counts"]
    return counts.most_common(1)[0][0]


def _past(
    processor: DeliveryExaminer, delivery: Delivery, reading: Reading | BatchRefused
) -> DeliveryHistory | None:
    """Return what came before; a file that is tried was never released from a rule."""
    if isinstance(reading, BatchRefused):
        return None
    wanted = processor.wanted_before(reading.dataset)
    return DeliveryHistory(
        accepted_before(processor.context.settings, delivery, reading.dataset, wanted)
    )


def _as_delivered(
    file: Path, night: date, sender: str, dataset: str | None
) -> Delivery:
    """Describe a file as if its sender had dropped it for the night."""
    return Delivery(
        delivery_id=PRE_CHECK,
        batch_id=None,
        night=night,
        department=sender,
        dataset=dataset,
        source_file=file.name,
        answer_name=file.name,
        sha256=files.sha256_of(file),
        bytes=file.stat().st_size,
        way="file",
        trial=False,
        duplicate_of=None,
        verdict=None,
        rows=RowCounts(),
        catalogue_version=None,
        received_at=arrivals.instant(file.stat().st_ctime_ns).astimezone(
            business_date.SHANGHAI
        ),
    )
