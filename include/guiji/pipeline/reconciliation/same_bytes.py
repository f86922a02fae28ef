"""Files whose bytes a department delivered in an earlier night, too.

There is nothing to do with such a file only if every row of it is what is held now:
the current version of its record, or a line that waits in the quarantine for the same
reasons. Otherwise it is a delivery like any other: an older state that is sent again
to put something right must not pass for "known already".
"""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from guiji.core import files
from guiji.pipeline.batch.outcome import FINDINGS_FILE, VERDICT
from guiji.pipeline.reconciliation.comparison import ComparedDelivery, Comparison
from guiji.pipeline.reconciliation.results import Duplicate, Result

_EARLIER = pa.schema([("batch_id", pa.string()), ("earlier_batch", pa.string())])


def check(night: Comparison) -> Iterator[Result]:
    """Find the files that say nothing but what is held."""
    again = [d for d in night.deliveries if d.same_bytes and not night.is_told(d)]
    again = [d for d in again if _checked(d)["read"]]  # a zero report is news
    if not again:
        return
    other = _with_other_lines(night, again)
    again = [d for d in again if d.batch_id not in other]
    for dataset in sorted({d.dataset for d in again}):
        own = [d for d in again if d.dataset == dataset]
        other |= _with_other_rows(night, own)
    for delivery in again:
        if delivery.batch_id not in other:
            yield Duplicate(delivery.batch_id, delivery.same_bytes[0].delivery_id)


def _with_other_lines(night: Comparison, again: Sequence[ComparedDelivery]) -> set[str]:
    """Name the files of which a row was put away that does not wait already."""
    lines = [_lines(d) for d in again if _checked(d)["quarantined"]]
    if not lines:
        return set()
    pairs = [(d.batch_id, e.batch_id) for d in again for e in d.same_bytes]
    earlier = [dict(zip(_EARLIER.names, pair, strict=True)) for pair in pairs]
    night.engine.rows("earlier", pa.Table.from_pylist(earlier, _EARLIER))
    night.engine.rows("fault", pa.concat_tables(lines))
    night.bind_waiting({e.night for d in again for e in d.same_bytes})
    return set(night.fetch("lines_not_waiting")["batch_id"].to_pylist())


def _with_other_rows(night: Comparison, own: Sequence[ComparedDelivery]) -> set[str]:
    """Name the files of one dataset of which a row is not what is held."""
    dataset = night.context.catalog.datasets[own[0].dataset]
    is_full = dataset.delivery == "full"
    night.bind(own)
    night.bind_current(dataset, every=is_full)
    batch_ids = set(night.fetch("not_as_held")["batch_id"].to_pylist())
    whole = [d for d in own if not _checked(d)["quarantined"]]
    if is_full and whole:
        night.bind(whole)
        batch_ids |= set(night.fetch("not_in_full")["batch_id"].to_pylist())
    return batch_ids


def _checked(compared: ComparedDelivery) -> dict[str, int]:
    """Return the counts of the checks, whatever the night made of them before."""
    counts: dict[str, int] = files.read_json(compared.folder / VERDICT)["rows"]
    return counts


def _lines(compared: ComparedDelivery) -> pa.Table:
    """Return why the checks have put rows away, as the findings tell it."""
    columns = ["batch_id", "source_sheet", "source_row", "severity", "rule_id"]
    return pq.read_table(compared.folder / FINDINGS_FILE, columns=columns)
