"""What Airflow and the package tell each other: the night, and the connections.

The only place that knows both sides. DAG files import from here (`plugins/` is on the
path of every component); the package itself does not know Airflow.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pendulum
from airflow.plugins_manager import AirflowPlugin
from airflow.sdk import Connection, ExceptionRetryPolicy, RetryAction, RetryRule
from airflow.sdk.exceptions import AirflowNotFoundException

from guiji.core.business_date import TIME_ZONE as ZONE

START = pendulum.datetime(2020, 1, 1, tz=ZONE)
"""Long ago: a manual run before the start date ends as a success with no tasks."""

FAULTS_STAY = ExceptionRetryPolicy(
    [
        RetryRule("guiji.core.errors.PassingFault", RetryAction.RETRY),
        RetryRule("guiji.core.errors.GuijiError", RetryAction.FAIL),
    ]
)
"""Bad data fails the same way again; a held lock, a full disk or a lost connection may
be over in five minutes. The first rule that matches decides."""

DEFAULTS: Mapping[str, Any] = {
    "retries": 2,
    "retry_delay": timedelta(minutes=5),
    "retry_policy": FAULTS_STAY,
    "execution_timeout": timedelta(hours=3),
}


def night_of(context: Mapping[str, Any]) -> str:
    """Return the night of a run, written YYYY-MM-DD, whichever way it was started.

    A scheduled or asset-triggered run carries it as partition key, a manual one as
    parameter; a run without either stands for the night that ended last. Airflow keeps
    what a person typed (2026-1-2), and would take it for another partition than the
    day's own.

    Raises:
        guiji.core.errors.UsageError: it is no date, or after today in Shanghai.
    """
    from guiji.core import business_date  # noqa: PLC0415 - parsing a DAG file loads no package

    run = context["dag_run"]
    chosen = run.partition_key or (run.conf or {}).get("night")
    chosen = chosen or context["params"].get("night")
    if not chosen:
        started = pendulum.instance(run.logical_date or run.run_after)
        chosen = started.in_timezone(ZONE).subtract(days=1).to_date_string()
    return business_date.begun(str(chosen), pendulum.now(ZONE)).isoformat()


def decision_of(
    answer: Mapping[str, Any], options: Mapping[str, str]
) -> tuple[str, str, str, str | None]:
    """Return a person's decision on a page of Airflow, with name, reason and office.

    Args:
        answer: what a human-in-the-loop task returned.
        options: words of the page -> decisions.

    Raises:
        guiji.core.errors.UsageError: nobody answered, or without a reason.
    """
    from guiji.core.errors import UsageError  # noqa: PLC0415 - as above

    person, given = answer["responded_by_user"], answer["params_input"]
    (chosen,) = answer["chosen_options"]
    if not person:
        raise UsageError("the time for an answer ran out and nobody answered")
    why = (given.get("why") or "").strip()
    if not why:
        raise UsageError("the answer has no reason: clear the task and give one")
    return options[chosen], person["name"], why, (given.get("to") or "").strip() or None


def export_connections(names: Sequence[str]) -> None:
    """Hand Airflow's connections to the package under the names it looks up.

    A name that Airflow does not know is left to the package, which reports the
    department's database as out of reach and goes on with the night.
    """
    for name in names:
        variable = f"AIRFLOW_CONN_{name.upper()}"
        if variable in os.environ:
            continue
        try:
            os.environ[variable] = Connection.get(name).as_json()
        except AirflowNotFoundException:
            continue


class GuijiPlugin(AirflowPlugin):
    """Makes the module known to Airflow, so that it is listed among the plugins."""

    name = "guiji"
