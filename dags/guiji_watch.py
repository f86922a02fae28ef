"""# Watch (收件观察)

Lists the departments' inboxes every `GUIJI_WATCH_MINUTES` minutes (10) and notes which
files lie there, so that the arrival of a file on an SFTP server is known to within
those minutes. Nothing is taken: that is the nightly collection's task.

**If it fails:** nothing is lost; the next look is due in a few minutes. Arrivals are
known less exactly meanwhile, so see to it that the servers answer.
"""

from datetime import timedelta

from airflow.sdk import dag, task
from airflow.timetables.trigger import DeltaTriggerTimetable
from guiji_airflow import DEFAULTS, START, export_connections

from guiji.core import settings

EVERY = timedelta(minutes=settings.watch_minutes())


@dag(
    dag_display_name="收件观察 watch",
    schedule=DeltaTriggerTimetable(EVERY),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args={
        **DEFAULTS,
        "retries": 0,
        "execution_timeout": max(EVERY, timedelta(minutes=10)),
    },
    tags=["guiji"],
    doc_md=__doc__,
)
def guiji_watch() -> None:
    @task(multiple_outputs=False)
    def look() -> dict[str, int]:
        from guiji import pipeline

        export_connections(pipeline.connections())
        return pipeline.look()

    look()


guiji_watch()
