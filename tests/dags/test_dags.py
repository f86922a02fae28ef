"""Rules that every DAG file keeps."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pendulum
import pytest

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # Airflow's own, at import
    pytest.mark.xdist_group("dags"),  # Airflow is loaded once
]

HOME = Path(__file__).parents[2]
DAGS = HOME / "dags"
FILES = sorted(DAGS.glob("*.py"))
HEAVY = ("pandas", "pyarrow", "duckdb", "great_expectations", "guiji.pipeline")
CONSUMERS = {
    "guiji_publication": "guiji_warehouse",
    "guiji_circular": "guiji_publication",
    "guiji_dashboards": "guiji_reports",
}


@pytest.fixture(scope="module")
def dagbag():
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(DAGS)


@pytest.fixture
def plugin(dagbag):
    """What Airflow and the package tell each other; Airflow has loaded it."""
    return sys.modules["guiji_airflow"]


def test_all_parse(dagbag) -> None:
    assert dagbag.import_errors == {}
    assert set(dagbag.dag_ids) == {p.stem for p in FILES}


def test_all_explain_themselves(dagbag) -> None:
    silent = [d.dag_id for d in dagbag.dags.values() if "If it fails" not in d.doc_md]
    assert silent == []


def test_all_survive_serialisation(dagbag) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    for dag in dagbag.dags.values():
        stored = json.loads(json.dumps(DagSerialization.to_dict(dag)))
        again = DagSerialization.from_dict(stored)
        assert set(again.task_dict) == set(dag.task_dict)


def test_passing_faults_and_bugs_are_retried_and_other_guiji_errors_never(
    dagbag,
) -> None:
    from airflow.sdk import RetryAction

    from guiji.core import errors

    stays = [
        errors.CatalogError("x"),
        errors.LedgerBroken("x"),
        errors.NightClosed("x"),
        errors.PublicationHalted("x"),
    ]
    passes = [
        errors.LedgerUnavailable("x"),
        errors.LockHeld("x"),
        errors.CommitConflict("x"),
        errors.StorageUnusable("x"),
        OSError("x"),
    ]
    for dag in dagbag.dags.values():
        for task in dag.tasks:
            policy = task.partial_kwargs["retry_policy"] if task.is_mapped else None
            policy = policy or task.retry_policy
            decided = {policy.evaluate(error, 1, 3).action for error in stays}
            assert decided == {RetryAction.FAIL}
            decided = {policy.evaluate(error, 1, 3).action for error in passes}
            assert RetryAction.FAIL not in decided


def test_the_retry_policy_survives_serialisation() -> None:
    """The worker gets it from the stored DAG, where classes are only named."""
    import guiji_airflow
    from airflow.sdk import ExceptionRetryPolicy, RetryAction

    from guiji.core.errors import CatalogError, CommitConflict

    stored = json.loads(json.dumps(guiji_airflow.FAULTS_STAY.serialize()))
    policy = ExceptionRetryPolicy.deserialize(stored)
    assert policy.evaluate(CommitConflict("x"), 1, 3).action is RetryAction.RETRY
    assert policy.evaluate(CatalogError("x"), 1, 3).action is RetryAction.FAIL


@pytest.mark.parametrize(("dag_id", "asset"), CONSUMERS.items())
def test_each_consumer_waits_for_its_asset(dagbag, dag_id: str, asset: str) -> None:
    schedule = dagbag.dags[dag_id].schedule
    assert schedule.asset_condition.name == asset


def test_pools_that_tasks_name_are_defined(dagbag) -> None:
    defined = set(json.loads((HOME / "plugins/pools.json").read_text("utf-8")))
    named = {t.pool for d in dagbag.dags.values() for t in d.tasks} - {"default_pool"}
    assert named == defined


@pytest.fixture(scope="module")
def heavy() -> dict[str, list[str]]:
    """What parsing each file loads, beside Airflow itself: each in a fork of its own,
    since what one file has loaded the next one would find."""
    program = f"""
import sys; sys.path.insert(0, {str(HOME / "plugins")!r})
import airflow.sdk, json, os, runpy
before = set(sys.modules)
for path in {[str(path) for path in FILES]!r}:
    child = os.fork()
    if child == 0:
        runpy.run_path(path)
        loaded = sorted(set({HEAVY!r}) & (set(sys.modules) - before))
        print(json.dumps([path, loaded]), flush=True)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        sys.exit(path)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("[")]
    return dict(map(json.loads, lines))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_parsing_loads_nothing_heavy(heavy: dict[str, list[str]], path: Path) -> None:
    assert heavy[str(path)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_files_are_thin(path: Path) -> None:
    assert path.read_text("utf-8").count("\n") <= 100


def run(partition_key: str | None = None, night: str | None = None) -> dict[str, Any]:
    """The context of a run, as a task of it sees it."""
    started = pendulum.datetime(2026, 11, 21, 4, 0, tz="Asia/Shanghai")
    dag_run = SimpleNamespace(
        partition_key=partition_key, conf={}, logical_date=None, run_after=started
    )
    return {"dag_run": dag_run, "params": {"night": night}}


@pytest.mark.parametrize(
    ("context", "night"),
    [
        (run(partition_key="2026-1-2"), "2026-01-02"),  # as Airflow keeps it
        (run(night=" 2026-11-9 "), "2026-11-09"),
        (run(), "2026-11-20"),  # the night that ended last
    ],
)
def test_a_night_typed_by_hand_is_the_day_s_own_partition(
    plugin, context: dict[str, Any], night: str
) -> None:
    assert plugin.night_of(context) == night


@pytest.mark.parametrize("typed", ["2062-11-30", "2026-11-31", "tomorrow"])
def test_a_run_of_no_night_or_of_one_to_come_is_refused(plugin, typed: str) -> None:
    from guiji.core.errors import UsageError

    for context in (run(partition_key=typed), run(night=typed)):
        with pytest.raises(UsageError):
            plugin.night_of(context)


ANSWER = {
    "chosen_options": ["报请审定 refer"],
    "params_input": {"why": " 请示 ", "to": "市政府办公厅"},
    "responded_by_user": {"id": "3", "name": "李四"},
}


def test_a_decision_is_the_persons_who_answered(dagbag, plugin) -> None:
    record = dagbag.dags["guiji_catalogue_review"].get_task("record")
    options = record.python_callable.__globals__["OPTIONS"]
    assert list(options.values()) == ["accept", "refuse", "refer"]
    decided = plugin.decision_of(ANSWER, options)
    assert decided == ("refer", "李四", "请示", "市政府办公厅")
    plain = ANSWER | {"chosen_options": ["同意 accept"], "params_input": {"why": "好"}}
    assert plugin.decision_of(plain, options) == ("accept", "李四", "好", None)


def test_an_objection_is_decided_by_every_move_that_needs_no_file(dagbag) -> None:
    from guiji.pipeline import objections

    record = dagbag.dags["guiji_objections"].get_task("record")
    options = record.python_callable.__globals__["OPTIONS"]
    by_hand = {*objections.SIMPLE, "incomplete", *objections.CHECKS}
    assert {*options.values()} == by_hand - {"correct"}


@pytest.mark.parametrize(
    ("changed", "error"),
    [({"responded_by_user": None}, "nobody answered"),
     ({"params_input": {"why": " "}}, "has no reason"),
     ({"params_input": {}}, "has no reason")],
)  # fmt: skip
def test_an_answer_without_person_or_reason_decides_nothing(
    plugin, changed: dict[str, Any], error: str
) -> None:
    from guiji.core.errors import UsageError

    with pytest.raises(UsageError, match=error):
        plugin.decision_of(ANSWER | changed, {"报请审定 refer": "refer"})
