"""A night's deliveries as the table that warehouse and circular read."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from guiji.core import schemas
from guiji.ledger.deliveries import Delivery


def table(deliveries: Sequence[Delivery]) -> pa.Table:
    """Return `schemas.DELIVERIES`, one line each, in the order given."""
    return pa.Table.from_pylist(
        [_line(delivery) for delivery in deliveries], schema=schemas.DELIVERIES
    )


def _line(delivery: Delivery) -> dict[str, Any]:
    return {
        "batch_id": delivery.batch_id or delivery.delivery_id,
        "night": delivery.night,
        "department": delivery.department,
        "dataset": delivery.dataset,
        "source_file": delivery.source_file,
        "sha256": delivery.sha256,
        "bytes": delivery.bytes,
        "way": delivery.way,
        "verdict": delivery.verdict,
        "rows_read": delivery.rows.read,
        "rows_accepted": delivery.rows.accepted,
        "rows_quarantined": delivery.rows.quarantined,
        "received_at": delivery.received_at,
        "catalogue_version": delivery.catalogue_version,
    }
