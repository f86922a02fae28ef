"""What the checks made of a delivery, and `verdict.json`, which keeps it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from guiji.catalog.model import Catalog
from guiji.checking.findings import BatchInput
from guiji.core import files
from guiji.core.errors import BatchRefused
from guiji.core.settings import Settings
from guiji.ledger.delivery import Delivery, RowCounts

VERDICT = "verdict.json"
FINDINGS_FILE = "findings.parquet"
TYPED_FILE = "typed.parquet"
BAD_ROWS_FILE = "bad_rows.parquet"
FACTS_FILE = "batch_facts.parquet"
MERGE_FINDINGS_FILE = "merge_findings.parquet"
"""What the merge says of the batch's rows; there once the night is merged."""

RECONCILED = "reconciled_"
"""Before a file's name: the same content after reconciliation, where that found
anything. All files of that kind count once the verdict is among them."""


@dataclass(frozen=True)
class Outcome:
    """What the checks made of one delivery.

    Attributes:
        verdict: accepted, partly, refused or trial.
        rows: counts; `unchanged` is known after the merge.
        findings: columns of `schemas.FINDINGS`.
        put_away: columns of `schemas.QUARANTINE`; empty for a trial.
        refusal: why the whole delivery was refused.
        refused_by: ids of the rules on the whole delivery that refuse it; a named
            person can release it from them.
        rule_counts: rule id -> rows that break it.
        due_by: last day on which the rows put away, once corrected, are in time.
    """

    verdict: str
    rows: RowCounts
    findings: pa.Table
    put_away: pa.Table
    refusal: BatchRefused | None = None
    refused_by: tuple[str, ...] = ()
    rule_counts: dict[str, int] | None = None
    due_by: date | None = None


def batch_input(delivery: Delivery, batch_id: str, dataset: str) -> BatchInput:
    """Describe a delivery for its checks.

    Args:
        delivery: the delivery.
        batch_id: its batch.
        dataset: id of its dataset; empty = not recognised.
    """
    return BatchInput(
        batch_id,
        delivery.night,
        delivery.department,
        dataset,
        delivery.source_file,
        delivery.received_on,
    )


def write_verdict(
    folder: Path, catalog: Catalog, delivery: Delivery, outcome: Outcome
) -> None:
    """Store the verdict of a batch beside its findings, without any cell's value."""
    of_delivery = {
        "file": delivery.name,
        "way": delivery.way,
        "received_on": delivery.received_on.isoformat(),
    }
    files.write_json(folder / VERDICT, of_delivery | _plain(catalog, outcome))


def _plain(catalog: Catalog, outcome: Outcome) -> dict[str, Any]:
    refusal = outcome.refusal
    return {
        "verdict": outcome.verdict,
        "rows": {
            "read": outcome.rows.read,
            "accepted": outcome.rows.accepted,
            "quarantined": outcome.rows.quarantined,
        },
        "refusal": refusal and refusal.arguments(),
        "refused_by": list(outcome.refused_by),
        "due_by": outcome.due_by and outcome.due_by.isoformat(),
        "rule_counts": outcome.rule_counts or {},
        "catalogue_version": catalog.version,
    }


def result_path(folder: Path, name: str) -> Path:
    """Return the path of a batch's result: reconciliation's, else the checks'."""
    is_reconciled = (folder / f"{RECONCILED}{VERDICT}").exists()
    return folder / (f"{RECONCILED}{name}" if is_reconciled else name)


def read_verdict(folder: Path) -> dict[str, Any]:
    """Read the verdict on a batch, as it stands after reconciliation."""
    verdict: dict[str, Any] = files.read_json(result_path(folder, VERDICT))
    return verdict


def read_findings(folder: Path) -> pa.Table:
    """Read what was found in a batch, by the checks and by reconciliation."""
    return files.read_parquet(result_path(folder, FINDINGS_FILE))


def read_all_findings(folder: Path) -> pa.Table:
    """Read what was found in a batch, by the merge too where it was merged."""
    merged = folder / MERGE_FINDINGS_FILE
    later = [files.read_parquet(merged)] if merged.exists() else []
    return pa.concat_tables([read_findings(folder), *later])


def quarantine_path(settings: Settings, night: date, batch_id: str) -> Path:
    """Return where the rows of a batch that were not merged are."""
    return settings.quarantine / night.isoformat() / f"{batch_id}.parquet"
