"""# Decision on an objection (异议办理)

Started by hand with the number of an objection (`guiji object list`). Shows what is
said, what was done and what is due, and waits for a person who decides on the next
step. The answer, with name and reason, is an act of the objection in Guiji's ledger;
Airflow's page is only where it is given. The next step is a run of its own. What a
provider answers comes with a file, by `guiji object answer`.

**If it fails:** nothing is changed. `show` fails where there is no such objection or it
has ended. `record` fails where the step may not be taken now, or no missing paper is
named: clear `decide`, and it asks again. Without an answer within 30 days the run fails
and the objection stays as it was; its deadlines run on.
"""

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param, dag, task
from guiji_airflow import DEFAULTS, START, decision_of

OPTIONS = {
    "受理 accept": "accept",
    "材料不全，一次性告知 incomplete": "incomplete",
    "补齐 complete": "complete",
    "不予受理 refuse": "refuse",
    "核查：平台差错 own error": "own-error",
    "核查：与来源一致，通知提供单位 as source": "as-source",
    "延长答复期限 extend": "extend",
    "成立 uphold": "uphold",
    "不成立 reject": "reject",
    "答复申请人 reply": "reply",
    "撤回 withdraw": "withdraw",
    "办结 close": "close",
}


@dag(
    dag_display_name="异议办理 objections",
    schedule=None,
    start_date=START,
    catchup=False,
    params={
        "objection": Param("", type="string", title="异议编号 number, e.g. 2026-0001"),
    },
    default_args=DEFAULTS,
    tags=["guiji"],
    doc_md=__doc__,
)
def guiji_objections() -> None:
    @task(multiple_outputs=False)
    def show(params: Any = None) -> dict[str, str]:
        from guiji import pipeline

        return pipeline.object_page(params["objection"])

    decide = HITLOperator(
        task_id="decide",
        subject="{{ ti.xcom_pull(task_ids='show')['subject'] }}",
        body="{{ ti.xcom_pull(task_ids='show')['body'] }}",
        options=[*OPTIONS],
        params={
            "why": Param(None, type=["null", "string"], title="理由 reason"),
            "missing": Param(
                None, type=["null", "string"], title="所缺材料, 每行一项 missing papers"
            ),
        },
        response_timeout=timedelta(days=30),
        execution_timeout=None,  # a person answers when there is time
        retries=0,
    )

    @task(multiple_outputs=False)
    def record(answer: Any, params: Any = None) -> dict[str, Any]:
        from guiji import pipeline

        decision, by, why, _ = decision_of(answer, OPTIONS)
        missing = answer["params_input"].get("missing") or ""
        return pipeline.object_decide(params["objection"], decision, by, why, missing)

    show() >> decide
    record(decide.output)


guiji_objections()
