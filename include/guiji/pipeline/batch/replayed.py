"""What checking rows again has left for a night: one folder per batch, sealed by name.

A replay works in the folder of the batch. What it found is renamed into place in one
step, called by the hash of its content, and counts once the trace names it: a kill
before costs the work only, and the night merges what was decided, not what it would
decide now.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from guiji.core import files
from guiji.core.settings import Settings
from guiji.ledger.ledger import Ledger
from guiji.pipeline.batch.outcome import (
    FINDINGS_FILE,
    RECONCILED,
    TYPED_FILE,
    VERDICT,
    result_path,
)

TRACE = "replayed"
REASON = "replay"
"""What the marks of requests begin with that take a refused delivery again."""

QUARANTINE_FILE = "quarantine.parquet"
ROWS_FILE = "rows.parquet"
FILES = (TYPED_FILE, FINDINGS_FILE, QUARANTINE_FILE, ROWS_FILE)

DAYS = ("night", "after")
ROWS = pa.schema([("source_sheet", pa.string()), ("source_row", pa.int32())])


@dataclass(frozen=True)
class RecheckedRows:
    """What became of the rows of one batch.

    Attributes:
        typed: the parsed rows that are accepted now.
        findings: about them and about the rows that are faulty in another way now
            (`schemas.FINDINGS`).
        quarantine: the new lines of the latter (`schemas.QUARANTINE`).
        rows: every row that was checked (`ROWS`).
    """

    typed: pa.Table
    findings: pa.Table
    quarantine: pa.Table
    rows: pa.Table


@dataclass(frozen=True)
class ReplayedBatch:
    """A replay of one batch, as the trace tells it.

    Attributes:
        batch_id: whose rows were checked again.
        night: the night that merges what was found.
        after: the last night merged when the rows were checked; another one since may
            have mended them.
        folder: name of the folder that holds it, below the batch's.
        checked: rows that were checked.
        accepted: of these, without a critical finding now.
        renewed: of these, faulty in another way than before.
        catalogue_before: version under which the batch was judged first.
        catalogue_after: version under which the rows were judged now.
    """

    batch_id: str
    night: date
    after: date
    folder: str
    checked: int
    accepted: int
    renewed: int
    catalogue_before: str | None
    catalogue_after: str

    @property
    def held(self) -> int:
        """Rows that stay in quarantine."""
        return self.checked - self.accepted

    def path(self, settings: Settings, name: str) -> Path:
        """Return where one of `FILES` is, as it stands after reconciliation."""
        return result_path(self.home(settings), name)

    def home(self, settings: Settings) -> Path:
        """Return the folder that holds `FILES`."""
        return settings.batches / self.batch_id / self.folder

    def reconciled(self, settings: Settings) -> "ReplayedBatch":
        """Count rows as reconciliation has left them."""
        later = self.home(settings) / f"{RECONCILED}{VERDICT}"
        return replace(self, **files.read_json(later)) if later.exists() else self

    def read(self, settings: Settings, name: str) -> pa.Table:
        """Read one of `FILES`."""
        return pq.read_table(self.path(settings, name))

    @property
    def details(self) -> dict[str, Any]:
        """Return the details for the trace."""
        values = asdict(self) | {"held": self.held}
        values |= {name: values[name].isoformat() for name in DAYS}
        del values["batch_id"]
        return values


def of_night(ledger: Ledger, night: date) -> dict[str, ReplayedBatch]:
    """Return what was replayed for a night: batch id -> its last replay."""
    batches = {}
    for entry in ledger.entries(TRACE):
        if entry.details["night"] == night.isoformat():
            details = {k: v for k, v in entry.details.items() if k != "held"}
            details |= {name: date.fromisoformat(details[name]) for name in DAYS}
            batches[entry.subject] = ReplayedBatch(batch_id=entry.subject, **details)
    return dict(sorted(batches.items()))


def keep(work: Path, night: date, rechecked: RecheckedRows) -> Path:
    """Write what was found, and give its folder the name that seals it.

    Args:
        work: an empty folder within the batch's.
        night: the night that will merge it.
        rechecked: the content.
    """
    tables = (rechecked.typed, rechecked.findings, rechecked.quarantine, rechecked.rows)
    for name, table in zip(FILES, tables, strict=True):
        files.write_parquet(work / name, table)
    target = work.with_name(f"replay-{night}-{_digest(work / n for n in FILES)}")
    if not target.exists():
        work.rename(target)
        files.sync(target.parent)
    return target


def _digest(paths: Iterable[Path]) -> str:
    digests = "".join(files.sha256_of(path) for path in paths)
    return hashlib.sha256(digests.encode()).hexdigest()[:8]
