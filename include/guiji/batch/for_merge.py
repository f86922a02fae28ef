"""What a checked night hands to the merge."""

import pyarrow as pa
import pyarrow.parquet as pq

from guiji.batch.outcome import (
    BAD_ROWS_FILE,
    FINDINGS_FILE,
    TYPED_FILE,
    quarantine_path,
)
from guiji.intake import listing
from guiji.ledger.deliveries import Delivery
from guiji.schemas import FINDINGS, QUARANTINE
from guiji.settings import Settings
from guiji.warehouse.night import AcceptedBatch, NightTables


def for_merge(
    settings: Settings, delivered: list[Delivery]
) -> tuple[list[AcceptedBatch], NightTables]:
    """Gather what a night merges and stores: good rows by path, and its tables."""
    judged = [d for d in delivered if d.duplicate_of is None and not d.trial]
    accepted = [
        AcceptedBatch(
            batch_id=d.batch_id,
            dataset=d.dataset,
            department=d.department,
            received_at=d.received_at,
            typed=settings.batches / d.batch_id / TYPED_FILE,
            bad_rows=settings.batches / d.batch_id / BAD_ROWS_FILE,
            quarantined=d.rows.quarantined,
        )
        for d in judged
        if d.verdict in {"accepted", "partly"} and d.batch_id and d.dataset
    ]
    ids = [d.batch_id or d.delivery_id for d in judged]
    findings = [pq.read_table(settings.batches / i / FINDINGS_FILE) for i in ids]
    paths = [quarantine_path(settings, d.night, d.batch_id or "") for d in judged]
    put_away = [pq.read_table(path) for path in paths if path.exists()]
    return accepted, NightTables(
        deliveries=listing.table(delivered),
        findings=pa.concat_tables([FINDINGS.empty_table(), *findings]),
        quarantine=pa.concat_tables([QUARANTINE.empty_table(), *put_away]),
    )
