"""A night of many deliveries in which one raises at each stage: the others go on.

The faults are put into the functions that do the work, each for one file alone. All
are in one night, because what one does to another is the question, too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from settings_builders import CITY
from spot_office import DEPARTMENT, FIRST, Office, line, office_in

from guiji import pipeline
from guiji.checking import cleaned_cells
from guiji.checking.validator import Validator
from guiji.core.errors import StorageUnusable
from guiji.core.platform_faults import TRACE, VERDICT
from guiji.intake import landing
from guiji.ledger.deliveries import Delivery
from guiji.ledger.ledger import Ledger
from guiji.outbox import receipts
from guiji.outbox.returned import workbook
from guiji.pipeline.batch import delivery_examiner, delivery_processor
from guiji.pipeline.reconciliation import run
from guiji.pipeline.reconciliation.comparison import Comparison
from guiji.reports.dashboard import alerts

NEXT = FIRST + timedelta(days=1)
COMPARED = "抽查检查_compare.csv"
PARSED, COMPLETED = "抽查检查_parse.csv", "抽查检查_complete.csv"
SECRET = "520100199001011234"
"""Stands for what an exception may quote."""


class Bug(Exception):
    """No error that this package raises on purpose."""


def about(found: Any) -> str:
    """Name the file that a delivery, a batch or a name is about."""
    return str(getattr(found, "source_file", found)).rpartition("/")[2]


def _files(comparison: Comparison) -> set[str]:
    return {about(one.delivery) for one in comparison.deliveries}


@dataclass(frozen=True)
class Stage:
    """Where our code raises.

    Attributes:
        owner: module or class of the function.
        function: its name.
        file_of: tells from its arguments which file it works on; None = leave it.
        traced: the stage under which the fault is traced.
    """

    owner: object
    function: str
    file_of: Callable[..., str | None]
    traced: str = "check"


STAGES = {
    "抽查检查_read.csv": Stage(
        delivery_examiner, "read_file", lambda path, name, *_, **__: name
    ),
    "抽查检查_name.csv": Stage(
        Ledger,
        "name_batch",
        lambda ledger, identity, dataset: (
            about(ledger.delivery(identity)) if dataset else None
        ),
    ),
    PARSED: Stage(
        delivery_examiner.DeliveryExaminer,
        "_parsed",
        lambda _, several, *__: PARSED if PARSED in {*map(about, several)} else None,
    ),
    "抽查检查_check.csv": Stage(
        Validator, "prepare", lambda _, batch, *__, **___: about(batch)
    ),
    "抽查检查_conclude.csv": Stage(
        Validator, "_conclude", lambda _, one, *__: about(one.source.batch)
    ),
    COMPLETED: Stage(
        cleaned_cells,
        "found",
        lambda rows: (
            COMPLETED
            if COMPLETED in {about(each.source.batch) for each in rows}
            else None
        ),
    ),
    "抽查检查_write.csv": Stage(
        delivery_processor, "write_verdict", lambda folder, catalog, one, *_: about(one)
    ),
    "抽查检查_compare.csv": Stage(
        run,
        "_checked",
        lambda comparison: COMPARED if COMPARED in _files(comparison) else None,
    ),
    "抽查检查_reconcile.csv": Stage(
        run, "_keep", lambda context, one, *_: about(one.delivery)
    ),
    "抽查检查_mark.csv": Stage(
        workbook, "write", lambda *arguments: about(arguments[1].delivery), "mark"
    ),
    "抽查检查_answer.csv": Stage(
        receipts,
        "_page",
        lambda catalog, receipt, one, reading, *_: about(one) if reading else None,
        "answer",
    ),
    "抽查检查_claim.csv": Stage(
        landing, "land", lambda settings, folder, landed, meta: meta["name"], "claim"
    ),
}
FAULTED = [name for name, stage in STAGES.items() if stage.traced == "check"]


@contextmanager
def raising() -> Iterator[None]:
    """Let each stage raise about its file."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, stage in STAGES.items():
            monkeypatch.setattr(stage.owner, stage.function, _wrapped(name, stage))
        yield


def _wrapped(name: str, stage: Stage) -> Callable[..., Any]:
    real = getattr(stage.owner, stage.function)

    def function(*arguments: Any, **named: Any) -> Any:
        if stage.file_of(*arguments, **named) == name:
            raise Bug(SECRET)
        return real(*arguments, **named)

    return function


@pytest.fixture(scope="module")
def files(complete: bool) -> int:
    """How many files the night has."""
    return 30 if complete else 16


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, files: int) -> Iterator[Office]:
    """The platform after that night."""
    data = tmp_path_factory.mktemp("raises") / "data"
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = office_in(data, CITY, monkeypatch)
        names = [*STAGES, *(f"抽查检查_{n}.csv" for n in range(files - len(STAGES)))]
        for number, name in enumerate(names):
            bad = {"kind": "不明"} if name == "抽查检查_mark.csv" else {}
            made.drop(name, [line(number), line(100 + number, **bad)])
        with raising():
            made.night(1)
        yield made


@pytest.fixture(scope="module")
def first(office: Office) -> dict[str, Delivery]:
    """File -> delivery of that night."""
    return {d.name: d for d in office.ledger.deliveries(FIRST)}


@pytest.fixture(scope="module")
def second(
    office: Office, first: dict[str, Delivery], files: int
) -> dict[str, Delivery]:
    """File -> delivery of the night after, in which nothing raises."""
    assert len(first) == files - 1
    return {d.name: d for d in office.night(2)}


def test_each_fault_is_the_verdict_of_its_delivery_and_of_no_other(
    office: Office, first: dict[str, Delivery], files: int
) -> None:
    verdicts = {name: d.verdict for name, d in first.items()}
    assert [n for n, verdict in verdicts.items() if verdict == VERDICT] == sorted(
        FAULTED, key=list(verdicts).index
    )
    assert verdicts.pop("抽查检查_mark.csv") == "partly"
    assert {v for n, v in verdicts.items() if n not in FAULTED} == {"accepted"}
    assert len(verdicts) == files - 2  # one could not be claimed
    assert {first[name].rows.read for name in FAULTED} == {0}
    assert pipeline.verify() == []


def test_each_is_traced_once_by_class_and_place_without_any_text(
    office: Office, first: dict[str, Delivery]
) -> None:
    lines = office.ledger.entries(TRACE)
    stages = sorted(e.details["stage"] for e in lines)
    assert stages == sorted(stage.traced for stage in STAGES.values())
    assert {e.details["error"] for e in lines} == {"Bug"}
    assert all(e.details["place"].startswith("guiji.") for e in lines)
    assert SECRET not in str(lines)


@pytest.mark.parametrize("name", FAULTED)
def test_the_department_is_told_that_it_has_nothing_to_do(
    office: Office, first: dict[str, Delivery], name: str
) -> None:
    receipt = office.receipt(first[name])
    (told,) = receipt["findings"]
    assert receipt["verdict"] == VERDICT
    assert told["rule"] == "batch.platform_fault"
    assert "无需处理" in told["remedy"]
    folder = office.settings.outbox / DEPARTMENT / str(FIRST)
    page = (folder / f"{name}.回执.txt").read_text("utf-8")
    assert "平台故障" in page
    assert "平台责任" in page
    assert "不合格" not in page


@pytest.mark.parametrize("name", ["抽查检查_mark.csv", "抽查检查_answer.csv"])
def test_an_answer_that_cannot_be_made_whole_goes_out_and_says_so(
    office: Office, first: dict[str, Delivery], name: str
) -> None:
    receipt = office.receipt(first[name])
    assert receipt["findings"][-1]["rule"] == "batch.answer_incomplete"
    assert receipt["rows"]["accepted"] == first[name].rows.accepted > 0


def test_the_next_night_takes_them_up_as_received_when_they_arrived(
    office: Office, first: dict[str, Delivery], second: dict[str, Delivery], files: int
) -> None:
    assert sorted(second) == sorted([*FAULTED, "抽查检查_claim.csv"])
    assert {d.verdict for d in second.values()} == {"accepted"}
    for name in FAULTED:
        assert second[name].again_of == first[name].delivery_id
        assert second[name].received_at == first[name].received_at
        folder = office.settings.outbox / DEPARTMENT / str(NEXT)
        page = (folder / f"{name}.回执.txt").read_text("utf-8")
        assert f"首次报送 {first[name].delivery_id}" in page
    assert office.ledger.not_repeated(VERDICT) == []
    assert len(office.standing()) == 2 * files - 1
    assert pipeline.verify() == []


def test_the_platform_answers_for_them_in_findings_figures_and_alerts(
    office: Office, second: dict[str, Delivery]
) -> None:
    night = str(FIRST)
    found = pipeline.sql(
        "select distinct rule_id, severity, source_row, value, count(*) over () "
        f"from findings where night = '{night}' and responsibility = 'platform'"
    )
    expected = ["batch.platform_fault", "critical", None, None, len(FAULTED)]
    assert found["rows"] == [expected]
    assert pipeline.sql("select count(*) from quarantine")["rows"] == [[1]]
    assert alerts(office.ledger.entries(TRACE), NEXT) == ()
    pipeline.report(night)
    pipeline.dashboards(night)
    path = office.settings.dashboards / night / "index.html"
    page = path.read_text("utf-8")
    assert 'role="alert"' in page
    assert all(
        f"<code>{d.delivery_id}</code>" in page
        for d in office.ledger.deliveries(FIRST)
        if d.verdict == VERDICT
    )
    assert SECRET not in page


@pytest.mark.usefixtures("second")
@pytest.mark.parametrize("error", [StorageUnusable("full"), KeyboardInterrupt()])
def test_what_concerns_all_deliveries_is_no_verdict_and_the_task_is_run_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    night = str(FIRST + timedelta(days=2))
    office.drop("抽查检查_more.csv", [line(900)])
    pipeline.claim(night)

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(delivery_examiner, "read_file", fails)
    with pytest.raises(type(error)):
        pipeline.check(night, pipeline.unchecked(night))
    assert len(pipeline.unchecked(night)) == 1
