"""What a night brings to the merge, and what the merge says it did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from guiji.core.schemas import RESOLUTIONS, UNCODED


@dataclass(frozen=True)
class AcceptedBatch:
    """A checked delivery whose good rows are to be merged.

    Attributes:
        batch_id: as in the deliveries.
        dataset: id of its catalogue entry.
        department: the sender, who owns the rows.
        received_at: an aware instant, the same for the whole delivery.
        typed: Parquet of the parsed rows (`parsing.parse`).
        accepted: rows that the ledger says are to be merged.
        bad_rows: `row_id`s with a critical finding: a Parquet file with that column,
            or the numbers.
        quarantined: rows of the delivery that are in quarantine, those that could
            not be parsed included.
        source_file: the file's name as delivered.
        again: why an earlier night's rows are brought once more, as a resolution says
            it (replayed, released); None = they are tonight's own.
        again_of: the batch in which those rows came first, this one or an earlier one.
        is_part: only some of the delivery's rows are brought: what is not among them
            is not missing.
        answers: the batch that this delivery corrects row by row, because it came as
            that batch's returned workbook; None = it did not.
    """

    batch_id: str
    dataset: str
    department: str
    received_at: datetime
    typed: Path
    accepted: int
    bad_rows: Path | Sequence[int] = ()
    quarantined: int = 0
    source_file: str = ""
    again: str | None = None
    again_of: str | None = None
    is_part: bool = False
    answers: str | None = None

    @property
    def is_replay(self) -> bool:
        """Whether these are rows of an earlier night's delivery, checked again."""
        return self.again_of == self.batch_id


@dataclass(frozen=True)
class NightTables:
    """What a night stores beside the records.

    Attributes:
        deliveries: columns of `schemas.DELIVERIES`, every delivery of the night.
        findings: columns of `schemas.FINDINGS`.
        quarantine: columns of `schemas.QUARANTINE`.
        resolutions: columns of `schemas.RESOLUTIONS`; the merge finds them.
        uncoded: columns of `schemas.UNCODED`; the merge fills it.
    """

    deliveries: pa.Table
    findings: pa.Table
    quarantine: pa.Table
    resolutions: pa.Table = field(default_factory=RESOLUTIONS.empty_table)
    uncoded: pa.Table = field(default_factory=UNCODED.empty_table)


@dataclass(frozen=True)
class BatchCounts:
    """What became of one batch's accepted rows.

    All but `absent` add up to the accepted rows.

    Attributes:
        new: first rows of their records.
        changed: rows never seen before for their records.
        revoked: the same, and they withdraw their records.
        unchanged: rows that say what is held.
        late: rows that arrived before what is held; they are history only.
        superseded: rows that equal an older version; they change nothing.
        returned: the same in a dataset where they apply.
        restored: rows that became current because they say so (恢复).
        absent: records beside them that a full delivery revoked by not holding them.
    """

    new: int = 0
    changed: int = 0
    revoked: int = 0
    unchanged: int = 0
    late: int = 0
    superseded: int = 0
    returned: int = 0
    restored: int = 0
    absent: int = 0


NO_VERSION = frozenset({"unchanged", "superseded"})
"""Outcomes of rows that add no version."""


@dataclass(frozen=True)
class MergeResult:
    """What a night's merge did.

    Attributes:
        night: the night.
        batches: batch id -> its counts.
        total: the sums.
        repeated: the night was merged before; nothing was done now.
    """

    night: date
    batches: Mapping[str, BatchCounts]
    total: BatchCounts
    repeated: bool


def result(
    night: date, outcomes: Mapping[str, Mapping[str, int]], *, repeated: bool
) -> MergeResult:
    """Sum up what became of each batch: batch id -> outcome -> rows."""
    counts = {batch: BatchCounts(**outcomes[batch]) for batch in sorted(outcomes)}
    total = BatchCounts(
        **{
            f.name: sum(getattr(c, f.name) for c in counts.values())
            for f in fields(BatchCounts)
        }
    )
    return MergeResult(night, counts, total, repeated)
