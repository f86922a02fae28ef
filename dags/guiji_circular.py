"""# Deadline-breach circular (通报)

Holds every record against the clocks of the law, in working days, and writes the
circular: who delivered, how much conforms, who was late, who delivered nothing.

**If it fails:** nothing else is touched; clear the task. It recomputes the night's
reports to the same bytes.
"""

from typing import Any

from airflow.sdk import PartitionedAssetTimetable, dag, get_current_context, task
from guiji_airflow import DEFAULTS, START, night_of
from guiji_assets import PUBLICATION, REPORTS


@dag(
    dag_display_name="通报 circular",
    schedule=PartitionedAssetTimetable(assets=PUBLICATION),
    start_date=START,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["guiji"],
    doc_md=__doc__,
)
def guiji_circular() -> None:
    @task(outlets=[REPORTS], multiple_outputs=False)
    def report(*, outlet_events: Any) -> dict[str, str]:
        from guiji import pipeline

        night = night_of(get_current_context())
        written = pipeline.report(night)
        outlet_events[REPORTS].add_partitions(night)
        return written

    report()


guiji_circular()
