"""# Dashboards (数据质量看板)

Builds the night's page for auditors and the evidence pages of the checks (Great
Expectations Data Docs) behind it, all static and without any outside address. The
night ends with a second push of the answers, to servers that were silent before.

**If it fails:** yesterday's pages stay current; clear the task.
"""

from airflow.sdk import (
    PartitionedAssetTimetable,
    chain,
    dag,
    get_current_context,
    task,
)
from guiji_airflow import DEFAULTS, START, export_connections, night_of
from guiji_assets import REPORTS


@dag(
    dag_display_name="看板 dashboards",
    schedule=PartitionedAssetTimetable(assets=REPORTS),
    start_date=START,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["guiji"],
    doc_md=__doc__,
)
def guiji_dashboards() -> None:
    @task
    def build() -> str:
        from guiji import pipeline

        return pipeline.dashboards(night_of(get_current_context()))

    @task(multiple_outputs=False)
    def push() -> dict[str, int]:
        from guiji import pipeline

        export_connections(pipeline.connections())
        return pipeline.push(night_of(get_current_context()))

    chain(build(), push())


guiji_dashboards()
