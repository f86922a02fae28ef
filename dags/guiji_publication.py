"""# Publication (公示)

Writes what the public may see after a night: full, delta, manifest and the proof that
the last publication and the delta make the new one. It is released only if every check
holds.

**If it fails:** a red `release` means that a check did not hold: the last publication
stays current, the reason is in the task's log and on the dashboard, and the circular
is written all the same. Mend the cause, then clear `decide`.
"""

from typing import Any

from airflow.sdk import PartitionedAssetTimetable, chain, dag, get_current_context, task
from guiji_airflow import DEFAULTS, START, night_of
from guiji_assets import PUBLICATION, WAREHOUSE


@dag(
    dag_display_name="公示 publication",
    schedule=PartitionedAssetTimetable(assets=WAREHOUSE),
    start_date=START,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["guiji"],
    doc_md=__doc__,
)
def guiji_publication() -> None:
    @task(pool="guiji_warehouse", outlets=[PUBLICATION])
    def decide(*, outlet_events: Any) -> None:
        from guiji import pipeline

        night = night_of(get_current_context())
        pipeline.publish(night)
        outlet_events[PUBLICATION].add_partitions(night)

    @task
    def release() -> None:
        from guiji import pipeline

        pipeline.require_released(night_of(get_current_context()))

    chain(decide(), release())


guiji_publication()
