"""Full deliveries that would revoke too many records.

A department may deliver all it has in several files. Whether too much is missing can
only be said of the files of a night together; they are refused together, and released
together.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from guiji.checking.suite import reconciliation as suite
from guiji.pipeline.reconciliation.comparison import ComparedDelivery, Comparison
from guiji.pipeline.reconciliation.results import DeliveryFinding, Result
from guiji.warehouse import diff


def check(night: Comparison) -> Iterator[Result]:
    """Find the full deliveries that together lack more than the catalogue admits."""
    parts: dict[tuple[str, str], list[ComparedDelivery]] = defaultdict(list)
    for delivery in night.deliveries:
        entry = night.context.catalog.datasets[delivery.dataset]
        is_full = entry.delivery == "full"
        if is_full and not delivery.is_replay:
            parts[delivery.dataset, delivery.owner].append(delivery)
    for (dataset, owner), files in parts.items():
        yield from _of_parts(night, dataset, owner, files)


def _of_parts(
    night: Comparison, dataset: str, owner: str, files: Sequence[ComparedDelivery]
) -> Iterator[Result]:
    entry = night.context.catalog.datasets[dataset]
    columns = ["record_id", "operation"]
    typed = pa.concat_tables(
        pq.read_table(file.typed, columns=columns) for file in files
    )
    lost = diff.lost(night.context.settings, entry, owner, typed)
    if lost.share <= entry.mass_change_limit:
        return
    who = "本批" if len(files) == 1 else f"当晚{len(files)}个文件合计"
    said = (
        f"（现有{lost.standing}条，{who}缺少{lost.records}条，占{lost.share:.1%}，"
        f"限度{entry.mass_change_limit:.0%}；缺少的记录：{lost.listed}）"
    )
    said_en = (
        f"({lost.records} of {lost.standing}, {lost.share:.1%}, {len(files)} files)"
    )
    for compared in files:
        yield DeliveryFinding(suite.MASS_CHANGE, compared.batch_id, said, said_en)
