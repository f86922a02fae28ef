"""# Nightly collection (夜间归集)

Takes what the departments delivered, by file and by database extract, checks every
delivery against the collection catalogue and merges the accepted rows by credit code
into the warehouse: one night, one commit. The receipts then go to the departments'
SFTP server, where there is one.

**If it fails:** a refused delivery does not fail the run; it is on the dashboard and
its department has a receipt. A red `check` left other deliveries alone; a red `merge`
left the warehouse as it was yesterday. Clear the red task: what is done is not done
again.
"""

from typing import Any

from airflow.sdk import (
    CronPartitionTimetable,
    Param,
    chain,
    dag,
    get_current_context,
    task,
)
from guiji_airflow import DEFAULTS, START, ZONE, export_connections, night_of
from guiji_assets import WAREHOUSE


@dag(
    dag_display_name="夜间归集 nightly",
    schedule=CronPartitionTimetable("0 22 * * *", timezone=ZONE, key_format="%Y-%m-%d"),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    params={"night": Param(None, type=["null", "string"], format="date", title="夜次")},
    tags=["guiji", "nightly"],
    doc_md=__doc__,
)
def guiji_nightly() -> None:
    @task(multiple_outputs=False)
    def claim() -> list[list[str]]:
        from guiji import pipeline

        export_connections(pipeline.connections())
        return pipeline.claim(night_of(get_current_context()))

    @task(pool="guiji_check", multiple_outputs=False)
    def check(deliveries: list[str]) -> dict[str, int]:
        from guiji import pipeline

        return pipeline.check(night_of(get_current_context()), deliveries)

    @task(
        pool="guiji_warehouse",
        outlets=[WAREHOUSE],
        trigger_rule="none_failed",
        multiple_outputs=False,
    )
    def merge(*, outlet_events: Any) -> dict[str, int]:
        from guiji import pipeline

        night = night_of(get_current_context())
        merged = pipeline.merge(night)
        # A run started by hand has no partition key; without this line its event
        # would start no consumer, and nothing would say so.
        outlet_events[WAREHOUSE].add_partitions(night)
        return merged

    @task(multiple_outputs=False)
    def push() -> dict[str, int]:
        from guiji import pipeline

        export_connections(pipeline.connections())
        return pipeline.push(night_of(get_current_context()))

    chain(check.expand(deliveries=claim()), merge(), push())


guiji_nightly()
