"""# Fold (折叠)

Every day: parts and sorts what the nights have added to a large dataset, and folds the
buckets that have gathered most into its base, a bounded number of rows a day; a small
dataset is folded as a whole once it has seven nights beside its base. So readers have
few files to open. Then the files go that nothing has needed for `GUIJI_KEEP_DAYS` days.
No answer changes: every version is there before and after. One dataset is one task and
one commit; a night that waits for the pool waits for one dataset.

**If it fails:** nothing is changed, and the nights go on without it, a little slower
every day. `Overtaken` means that another machine committed meanwhile: clear the
task. Everything else is in the task's log; `guiji fold DATASET` does the same by hand.
"""

from airflow.sdk import chain, dag, task
from airflow.timetables.trigger import CronTriggerTimetable
from guiji_airflow import DEFAULTS, START, ZONE


@dag(
    dag_display_name="折叠 fold",
    schedule=CronTriggerTimetable("0 10 * * *", timezone=ZONE),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["guiji"],
    doc_md=__doc__,
)
def guiji_fold() -> None:
    @task
    def due() -> list[str]:
        from guiji import pipeline

        return pipeline.fold_due()

    @task(pool="guiji_warehouse", map_index_template="{{ dataset }}")
    def fold(dataset: str) -> int:
        from airflow.sdk import get_current_context

        from guiji import pipeline

        get_current_context()["dataset"] = dataset
        return pipeline.fold(dataset)

    @task(pool="guiji_warehouse", trigger_rule="none_failed")
    def vacuum() -> list[str]:
        from guiji import pipeline

        return pipeline.vacuum()

    chain(fold.expand(dataset=due()), vacuum())


guiji_fold()
