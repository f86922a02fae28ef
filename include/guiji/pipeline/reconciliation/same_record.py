"""Files of one night that state a record of one department differently.

The file that arrived later counts, and both receipts say so. Of two that arrived at
the same instant nobody can tell which is right: both rows are held back, as they are
where they contradict one another inside one file.
"""

from collections import Counter
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.bodies import delivered_by
from guiji.checking.suite import reconciliation as suite
from guiji.core.business_date import SHANGHAI
from guiji.pipeline.reconciliation.comparison import Comparison
from guiji.pipeline.reconciliation.results import Result, RowFindings

_RULES = {
    "contradicted": suite.CONTRADICTED,
    "overruled": suite.OVERRULED,
    "overrules": suite.OVERRULES,
}


def check(night: Comparison) -> Iterator[Result]:
    """Find the rows whose record another file of the night states otherwise."""
    owners = {
        d.batch_id: delivered_by(night.context.catalog, d.owner)
        for d in night.deliveries
    }
    files = Counter(
        (d.dataset, o) for d in night.deliveries for o in owners[d.batch_id]
    )
    several = [
        d
        for d in night.deliveries
        if any(files[d.dataset, owner] > 1 for owner in owners[d.batch_id])
    ]
    if not several:
        return
    night.bind(several)
    table = night.fetch("same_record")
    for finding, rule in _RULES.items():
        rows = table.filter(pc.equal(table["finding"], finding))
        if rows.num_rows:
            yield RowFindings(rule, _told(rows))


def _told(rows: pa.Table) -> pa.Table:
    """Name the other file and its row."""
    details, details_en = [], []
    for row in rows.to_pylist():
        sheet = f"工作表“{row['other_sheet']}”" if row["other_sheet"] else ""
        at = row["other_received_at"].astimezone(SHANGHAI)
        details.append(
            f"（另一行：《{row['other_file']}》{sheet}第{row['other_row']}行，"
            f"{at:%Y-%m-%d %H:%M:%S}到达）"
        )
        details_en.append(f"({row['other_batch']}, row {row['other_row']})")
    return (
        rows.select(["batch_id", "row_id"])
        .append_column("detail", pa.array(details, pa.string()))
        .append_column("detail_en", pa.array(details_en, pa.string()))
    )
