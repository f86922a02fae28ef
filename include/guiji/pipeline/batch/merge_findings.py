"""Stores the findings of a night's merge beside those of the checks, by batch.

The findings are a part of the night's commit; here they are only copied from it, so
that a night killed after the commit still completes its receipts.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyarrow.compute as pc

from guiji.core import files
from guiji.core.settings import Settings
from guiji.pipeline.batch.outcome import MERGE_FINDINGS_FILE
from guiji.warehouse import merge_findings


def keep(settings: Settings, night: date, folders: Iterable[tuple[str, Path]]) -> None:
    """Write the findings of a merged night into the folders of its batches.

    Args:
        settings: where the warehouse is.
        night: the night, merged.
        folders: batch id and folder, of deliveries and of replays.
    """
    findings = merge_findings.of_night(settings, night)
    for batch_id, folder in folders:
        own = findings.filter(pc.equal(findings["batch_id"], batch_id))
        path = folder / MERGE_FINDINGS_FILE
        if own.num_rows:
            files.write_parquet(path, own)
        else:
            path.unlink(missing_ok=True)
