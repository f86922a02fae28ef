"""# Review of a catalogue change (目录修改审议)

Started by hand with the number of a proposed change (`guiji catalogue propose`). Shows
what the change makes different and what it would do to the deliveries in the archive,
and waits for a person who accepts it, refuses it or sends it up for decision. The
answer, with name and reason, is kept in Guiji's own ledger; Airflow's page is only
where it is given. A change that was sent up is reviewed by a run of its own.

**If it fails:** nothing is changed. `show` fails where no such change is proposed, or
it no longer fits the catalogue. `record` fails where it was decided meanwhile, its day
has come, or a referral names no office: clear `review`, and it asks again. Without an
answer within 30 days the run fails and the change stays as it was.
"""

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param, dag, task
from guiji_airflow import DEFAULTS, START, decision_of

OPTIONS = {
    "同意 accept": "accept",
    "不同意 refuse": "refuse",
    "报请审定 refer": "refer",
}


@dag(
    dag_display_name="目录修改审议 catalogue review",
    schedule=None,
    start_date=START,
    catchup=False,
    params={
        "proposal": Param("", type="string", title="编号 number, e.g. 2026-001"),
    },
    default_args=DEFAULTS,
    tags=["guiji"],
    doc_md=__doc__,
)
def guiji_catalogue_review() -> None:
    @task(multiple_outputs=False)
    def show(params: Any = None) -> dict[str, str]:
        from guiji import pipeline

        return pipeline.catalogue_review_page(params["proposal"])

    review = HITLOperator(
        task_id="review",
        subject="{{ ti.xcom_pull(task_ids='show')['subject'] }}",
        body="{{ ti.xcom_pull(task_ids='show')['body'] }}",
        options=[*OPTIONS],
        params={
            "why": Param(None, type=["null", "string"], title="理由 reason"),
            "to": Param(None, type=["null", "string"], title="报请何单位 office"),
        },
        response_timeout=timedelta(days=30),
        execution_timeout=None,  # a person answers when there is time
        retries=0,
    )

    @task(multiple_outputs=False)
    def record(answer: Any, params: Any = None) -> dict[str, Any]:
        from guiji import pipeline

        decision, by, why, to = decision_of(answer, OPTIONS)
        return pipeline.catalogue_decide(params["proposal"], decision, by, why, to)

    show() >> review
    record(review.output)


guiji_catalogue_review()
