"""The pre-check says what the night says: every file of a whole generated night."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from delivery_builders import claim
from nasty.books import PLAIN
from nasty.workbooks import KINDS
from settings_builders import environment

from guiji import pipeline
from guiji.context import Context
from guiji.core import business_date, files
from guiji.core import settings as settings_module
from guiji.core.errors import BatchRefused
from guiji.core.schemas import QUARANTINE
from guiji.core.settings import Settings
from guiji.intake import landing
from guiji.ledger.deliveries import Delivery
from guiji.outbox import receipts
from guiji.pipeline.batch import processors
from guiji.pipeline.batch.outcome import (
    BAD_ROWS_FILE,
    FINDINGS_FILE,
    VERDICT,
    quarantine_path,
)
from guiji.pipeline.batch.pre_check import pre_check
from guiji.sample.generate import generate

pytestmark = pytest.mark.xdist_group("pre_check")  # one night for all tests

NIGHT = "2026-11-20"
NEXT_NIGHT = "2026-11-21"
ROWS = 900
ODD = ("codes stored as numbers", "errors in cells", "formulas without results")
HEAVY = (
    *("alembic", "altair", "great_expectations", "openpyxl", "pandas", "scipy"),
    *("sqlalchemy", "sqlglot"),
)
"""Libraries that cost more to load than the check of a file costs."""


@dataclass(frozen=True)
class World:
    """A night of everything that departments deliver, checked."""

    settings: Settings
    deliveries: tuple[Delivery, ...]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Check a generated night of all departments and datasets, and odd workbooks."""
    data = tmp_path_factory.mktemp("world") / "data"
    data.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(data).items():
            patch.setenv(name, value)
        now = settings_module.current()
        generate(
            now, Context.current().catalog, ROWS, 11, 1, business_date.parse(NIGHT)
        )
        for number, kind in enumerate(ODD):
            KINDS[kind].build(dropped(now, f"{number}.xlsx"))
        PLAIN(dropped(now, "企业登记信息.xls"))
        for chunk in pipeline.claim(NIGHT):
            pipeline.check(NIGHT, chunk)
        found = Context.current().ledger.deliveries(business_date.parse(NIGHT))
        yield World(now, tuple(d for d in found if d.duplicate_of is None))


def dropped(settings: Settings, name: str) -> Path:
    """Name a file in an inbox and the companion that says that it is whole."""
    path = settings.inbox / "market_regulation" / name
    path.with_name(f"{name}.ok").touch()
    return path


@pytest.fixture
def aside(world: World, tmp_path: Path) -> Settings:
    return replace(world.settings, data=tmp_path / "aside")


def test_the_night_has_all_departments_datasets_and_verdicts(world: World) -> None:
    catalog = Context.current().catalog
    deliveries = world.deliveries
    assert {d.dataset for d in deliveries} >= catalog.datasets.keys()
    assert {d.verdict for d in deliveries} == {
        *("accepted", "partly", "refused", "trial"),
    }
    delivering = {d.department for d in deliveries}
    providers = {p for d in catalog.datasets.values() for p in d.providers}
    assert len(delivering) >= len(providers) - 1  # one keeps silent


def test_findings_counts_and_rows_are_those_of_the_night(
    world: World, aside: Settings
) -> None:
    judged = 0
    with processors.for_one_file(Context.current(), aside) as processor:
        for delivery in world.deliveries:
            folder = aside.batches / (delivery.batch_id or "")
            folder.mkdir(parents=True)
            original = landing.original(world.settings, delivery.sha256)
            own = processor.context.catalog.datasets_of(delivery.department)
            found = processor.read(original, delivery.name, own, folder)
            again = replace(delivery, verdict=None)
            outcome = processor.examine(again, delivery.batch_id or "", found, folder)
            assert not (folder / "gx.json").exists()
            compare(world.settings, delivery, outcome, folder)
            judged += not isinstance(found, BatchRefused)
    assert judged > len(Context.current().catalog.datasets) * 2


def compare(settings: Settings, delivery: Delivery, outcome: Any, folder: Path) -> None:
    """Compare a trial with what the night left of the same delivery."""
    kept = settings.batches / (delivery.batch_id or "")
    assert outcome.findings.equals(pq.read_table(kept / FINDINGS_FILE))
    told = files.read_json(kept / VERDICT)
    assert outcome.verdict == told["verdict"]
    assert (outcome.rule_counts or {}) == told["rule_counts"]
    assert (outcome.due_by and outcome.due_by.isoformat()) == told["due_by"]
    assert (outcome.refusal and outcome.refusal.arguments()) == told["refusal"]
    if (kept / BAD_ROWS_FILE).exists():
        bad = pq.read_table(kept / BAD_ROWS_FILE)
        assert pq.read_table(folder / BAD_ROWS_FILE).equals(bad)
    away = quarantine_path(settings, delivery.night, delivery.batch_id or "")
    put_away = pq.read_table(away) if away.exists() else QUARANTINE.empty_table()
    if not delivery.trial:
        assert outcome.put_away.equals(put_away)


def test_receipts_are_those_of_the_night_and_of_trial_deliveries(
    world: World, aside: Settings, tmp_path: Path
) -> None:
    by_file = [d for d in world.deliveries if d.way == "file"]
    with processors.for_one_file(Context.current(), aside) as processor:
        for number, delivery in enumerate(by_file):
            file = copy(world.settings, delivery, tmp_path / str(number))
            own_aside = replace(aside, data=tmp_path / f"aside{number}")
            told = pre_check(
                processor, own_aside, file, delivery.night, None, delivery.department
            )
            receipt = receipt_of(world.settings, delivery)
            differing = {part for part in receipt if told[part] != receipt[part]}
            own = {"batch_id", "received_at"}  # a file that is tried arrives anew
            expected = own | {"verdict"} if delivery.trial else own
            assert differing - {"due_by"} == expected, delivery.name
    assert [d.name for d in by_file if d.trial and d.rows.quarantined]


def test_a_file_without_a_sender_is_taken_as_that_of_the_department_it_names(
    world: World, aside: Settings, tmp_path: Path
) -> None:
    first = Context.current().catalog.datasets["administrative_penalty"].providers[0]
    delivery = next(
        d
        for d in world.deliveries
        if d.dataset == "administrative_penalty"
        and d.way == "file"
        and d.rows.accepted
        and d.department != first
    )
    file = copy(world.settings, delivery, tmp_path / "own")
    with processors.for_one_file(Context.current(), aside) as processor:
        told = pre_check(processor, aside, file, delivery.night, delivery.dataset, None)
    receipt = receipt_of(world.settings, delivery)
    assert told["department"] == receipt["department"]
    assert told["findings"] == receipt["findings"]


def copy(settings: Settings, delivery: Delivery, folder: Path) -> Path:
    """Return a department's own copy of what it delivered."""
    folder.mkdir()
    file = folder / delivery.name
    shutil.copyfile(landing.original(settings, delivery.sha256), file)
    return file


def receipt_of(settings: Settings, delivery: Delivery) -> dict[str, Any]:
    folder = receipts.outbox(settings, delivery.department, delivery.night)
    told: dict[str, Any] = files.read_json(
        folder / f"{delivery.answer_name}.receipt.json"
    )
    return told


def test_a_trial_is_compared_with_what_was_delivered_before(
    world: World, aside: Settings, tmp_path: Path
) -> None:
    """A tenth of the usual rows is a warning of the next night, and of the trial."""
    first = next(
        d
        for d in world.deliveries
        if d.name.endswith(".csv") and d.verdict == "partly" and d.rows.read > 40
    )
    original = landing.original(world.settings, first.sha256).read_bytes()
    lines = original.splitlines(keepends=True)
    file = tmp_path / first.name
    file.write_bytes(b"".join(lines[:4]))
    delivery = judged(world.settings, file, first.department)
    with processors.for_one_file(Context.current(), aside) as processor:
        told = pre_check(
            processor, aside, file, delivery.night, None, delivery.department
        )
    receipt = receipt_of(world.settings, delivery)
    rules = [f["rule"] for f in receipt["findings"]]
    assert any("row_count" in rule for rule in rules), rules
    assert told["findings"] == receipt["findings"]
    assert told["verdict"] == receipt["verdict"]


def judged(settings: Settings, file: Path, department: str) -> Delivery:
    """Have a file checked by the night after."""
    ledger, night = Context.current().ledger, business_date.parse(NEXT_NIGHT)
    ledger.open_night(night)
    content = file.read_bytes()
    names = {"department": department, "source_file": file.name}
    claim(ledger, settings, night, content, **names)
    pipeline.check(NEXT_NIGHT, [d.delivery_id for d in ledger.deliveries(night)])
    (delivery,) = ledger.deliveries(night)
    return delivery


COMMAND = """
import sys
from guiji.cli.app import main
try:
    main()
finally:
    loaded = {name.partition(".")[0] for name in sys.modules}
    print(" ".join(sorted(loaded & set(sys.argv[0].split()))), file=sys.stderr)
"""


def command(data: Path, *words: str) -> tuple[int, dict[str, Any], list[str]]:
    """Run `guiji`; give its exit code, what it says, and which heavy libraries."""
    code = f"import sys; sys.argv[0] = {' '.join(HEAVY)!r}\n{COMMAND}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GUIJI_")}
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        env=kept | environment(data),
        capture_output=True,
        text=True,
        check=False,
    )
    *errors, loaded = done.stderr.splitlines()
    assert not errors
    return done.returncode, json.loads(done.stdout), loaded.split()


def test_the_command_loads_nothing_heavy(world: World, tmp_path: Path) -> None:
    delivery = next(
        d
        for d in world.deliveries
        if d.verdict == "partly" and d.name.endswith(".xlsx") and d.rows.read > 20
    )
    file = copy(world.settings, delivery, tmp_path / "own")
    words = ["check", str(file), "--department", delivery.department, "--json"]
    code, told, loaded = command(world.settings.data, *words)
    assert (code, told["verdict"], loaded) == (1, "partly", [])
    assert told["rows"]["quarantined"] == delivery.rows.quarantined
    shutil.rmtree(world.settings.conditions, ignore_errors=True)
    code, first, loaded = command(world.settings.data, *words)
    assert "great_expectations" in loaded  # whoever finds nothing kept, asks
    assert (code, first) == (1, told)
    assert world.settings.conditions.is_dir()


def test_a_data_folder_that_cannot_be_written_does_not_matter(
    world: World, tmp_path: Path
) -> None:
    """Whoever may only read has no key and keeps nothing, and gets the verdict."""
    readable = tmp_path / "data"
    readable.touch()  # nothing can be made below a file, not even by root
    delivery = next(d for d in world.deliveries if d.verdict == "accepted")
    file = copy(world.settings, delivery, tmp_path / "own")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GUIJI_DATA", str(readable))
        patch.delenv("GUIJI_PERSON_KEY")
        patch.setattr(tempfile, "tempdir", str(tmp_path))
        told = pipeline.check_file(file, department=delivery.department)
    assert told["verdict"] == "accepted"
    assert readable.read_bytes() == b""


def test_files_of_one_stem_have_returned_workbooks_of_their_own(tmp_path: Path) -> None:
    lone = tmp_path / "b.csv"
    names = [tmp_path / "a.csv", tmp_path / "a.xlsx", lone]
    for path in names:
        path.touch()
    assert [pipeline.returned_workbook(path).name for path in names] == [
        "a.csv.退回.xlsx",
        "a.xlsx.退回.xlsx",
        "b.退回.xlsx",
    ]
