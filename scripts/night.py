"""`make night`: one whole night through Airflow, with everything embedded.

Generated drops of a jurisdiction, local folders in place of SFTP, SQLite in place of
PostgreSQL, file databases in place of two departments' systems; but the real DAGs, run
by Airflow's own runner in this process, one after the other as their assets chain them.
"""

import argparse
import json
import logging
import os
import sys
import time
import warnings
from datetime import date
from pathlib import Path
from typing import Any

HOME = Path(__file__).parents[1]
CHAIN = ("guiji_nightly", "guiji_publication", "guiji_circular", "guiji_dashboards")
TITLES = {
    "claim": "接收 claim deliveries",
    "check": "检查 read, parse, check",
    "merge": "入库 merge",
    "push": "回执 push",
    "decide": "公示 publication",
    "release": "放行 release",
    "report": "通报 circular",
    "build": "看板 dashboards",
}


def environment(home: Path, airflow_home: Path) -> dict[str, str]:
    """Return the environment of a small Airflow that runs from the checkout."""
    return {
        "GUIJI_HOME": str(home),
        "AIRFLOW_HOME": str(airflow_home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(home / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Shanghai",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
    }


def prepare(airflow_home: Path) -> None:
    """Make Airflow's own database and pools, if they are not there yet."""
    if (airflow_home / "airflow.db").exists():
        return
    airflow_home.mkdir(parents=True, exist_ok=True)
    from airflow.models.pool import Pool
    from airflow.utils import db

    db.initdb()
    pools = json.loads((HOME / "plugins" / "pools.json").read_text("utf-8"))
    for name, pool in pools.items():
        Pool.create_or_update_pool(name, **pool)


class Progress:
    """Airflow's listener: one line per task as it begins and ends."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def say(self, mark: str, text: str) -> None:
        """Print one line with the seconds since the start."""
        seconds = time.monotonic() - self.began
        print(f"{seconds:6.1f} s  {mark} {text}", file=sys.__stdout__, flush=True)

    def listener(self) -> Any:
        """Wrap the hooks as Airflow wants them."""
        from airflow.listeners import hookimpl

        say = self.say

        class Hooks:
            @hookimpl
            def on_task_instance_running(self, task_instance: Any) -> None:
                say("…", title(task_instance))

            @hookimpl
            def on_task_instance_success(self, task_instance: Any) -> None:
                say("✓", title(task_instance))

            @hookimpl
            def on_task_instance_failed(self, task_instance: Any) -> None:
                say("✗", title(task_instance))

        return Hooks()


def title(task_instance: Any) -> str:
    """Name a task for people; a mapped one with its number."""
    name = TITLES.get(task_instance.task_id, task_instance.task_id)
    index = task_instance.map_index
    return name if index < 0 else f"{name} [{index + 1}]"


def run_chain(night: date, progress: Progress) -> bool:
    """Run the DAGs for a night; tell whether all of them succeeded."""
    from airflow.dag_processing.dagbag import DagBag
    from airflow.sdk.listener import get_listener_manager

    get_listener_manager().add_listener(progress.listener())
    bag = DagBag(HOME / "dags")
    for file, error in bag.import_errors.items():
        progress.say("✗", f"{file}: {error}")
        return False
    for dag_id in CHAIN:
        run = bag.dags[dag_id].test(run_conf={"night": night.isoformat()})
        if str(run.state) != "success":
            progress.say("✗", f"{dag_id}: {run.state}")
            return False
    return True


def main() -> int:
    """Run the night; print where its results are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--date", help="the night, YYYY-MM-DD; default the last one")
    parser.add_argument(
        "--rows",
        type=int,
        default=10_000,
        help="rows to generate; 0 = take what lies in the inboxes",
    )
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    airflow_home = Path(os.environ.get("AIRFLOW_HOME") or HOME / ".airflow")
    for name, value in environment(HOME, airflow_home).items():
        os.environ.setdefault(name, value)
    warnings.simplefilter("ignore")
    logging.disable(logging.INFO)
    progress = Progress()

    from guiji import pipeline
    from guiji.sample import verb

    night = pipeline.which_night(chosen.date)
    progress.say("·", f"夜次 night {night}")
    if chosen.rows and pipeline.night_is_new(night):
        verb.sample(chosen.rows, chosen.seed, 1, night)
        progress.say("✓", f"样例报送 {chosen.rows} generated rows")
    prepare(airflow_home)
    progress.say("✓", "Airflow ready")
    done = run_chain(date.fromisoformat(night), progress)
    for line in pipeline.results(night):
        print(line)
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
