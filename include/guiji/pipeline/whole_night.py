"""A whole night in this process, stage by stage, as the DAGs run it."""

from collections import Counter
from typing import Any

from guiji.core import business_date
from guiji.pipeline import stage_lock, stages
from guiji.pipeline.stage_lock import exclusive
from guiji.pipeline.stages import Progress, silent

VERDICTS = (
    *("accepted", "partly", "refused", "duplicate", "trial"),
    *("platform_fault", "set_aside"),
)
"""Counted one by one in the summary of a night."""


STAGES = 7
"""Steps forward that a whole night reports."""


@exclusive
def night(night: str, report_progress: Progress = silent) -> dict[str, Any]:
    """Run a whole night, as the DAGs do, in this process.

    Returns:
        The night's figures, as the command line prints them.
    """

    def done(stage: int) -> None:
        report_progress("夜间归集 night", stage, STAGES)

    chunks = stages.claim(night)
    done(1)
    stages.check(night, [d for chunk in chunks for d in chunk], report_progress)
    done(2)
    merged = stages.merge(night)
    stages.push(night)
    done(3)
    published = stages.publish(night)
    done(4)
    stages.report(night)
    done(5)
    stages.dashboards(night)
    done(6)
    stages.push(night)  # to servers that did not answer before
    done(7)
    return _summary(night, merged, published)


def _summary(
    night: str, merged: dict[str, int], published: dict[str, Any]
) -> dict[str, Any]:
    import pyarrow.parquet as pq

    context = stage_lock.current().at(business_date.parse(night))
    delivered = context.ledger.deliveries(context.night)
    verdicts = Counter(d.verdict for d in delivered)
    real = [d.rows for d in delivered if not d.trial]
    breaches = context.settings.reports / night / "breaches.parquet"
    return {
        "night": night,
        "deliveries": len(delivered),
        **{v: verdicts[v] for v in VERDICTS},
        "rows_read": sum(r.read for r in real),
        "rows_accepted": sum(r.accepted for r in real),
        "rows_quarantined": sum(r.quarantined for r in real),
        **merged,
        "published": published.get("lines", 0),
        "withdrawn": published.get("withdrawn", 0),
        "released": published["released"],
        "breaches": pq.read_metadata(breaches).num_rows,
    }
