"""A changed catalogue is tried on what was delivered, and changes nothing by it."""

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import worlds
from delivery_builders import claim
from settings_builders import settings_in

from guiji.catalog.model import Catalog
from guiji.checking.validator import Validator
from guiji.cli.display import console
from guiji.cli.governance import trial as printed
from guiji.context import Context
from guiji.core.settings import Settings
from guiji.ledger.ledger import Ledger
from guiji.pipeline.batch import dry_run
from guiji.pipeline.batch.delivery_processor import DeliveryProcessor
from guiji.pipeline.batch.dry_run import (
    REFUSED,
    TRIAL,
    DryRun,
    DryRunCounts,
    RuleChange,
)
from guiji.pipeline.catalog_commands import trial_told

FIRST, SECOND = date(2026, 9, 28), date(2026, 9, 29)
TAX = "tax"
ITEMS: list[dict[str, Any]] = [
    {"id": "enterprise_name", "title": "企业名称", "code": "QYMC", "required": True},
    {"id": "uscc", "title": "统一社会信用代码", "code": "TYDM", "type": "uscc"},
    {"id": "licence_no", "title": "许可证编号", "code": "XKBH", "length": 4},
    {"id": "decided_on", "title": "决定日期", "code": "JDRQ", "type": "date"},
]
HEAD = "企业名称,许可证编号,决定日期,份数\n"
FILES = {
    FIRST: HEAD + "甲公司,1,2026-09-01,1\n乙公司,22,2026-09-02,1\n,3,2026-09-03,1\n",
    SECOND: HEAD + "丙公司,55555,2026-09-04,2\n丁公司,4444,昨天,2\n",
}


def catalog(*changes: dict[str, Any], **attributes: Any) -> Catalog:
    """A catalogue whose licences have these items; `changes` are of items by place."""
    items = [dict(item) for item in ITEMS]
    for place, change in enumerate(changes):
        items[place] |= change
    return worlds.catalog(
        **({"items": items, "key": ("licence_no",), "providers": (TAX,)} | attributes)
    )


@dataclass(frozen=True)
class Archive:
    """What two nights left, and a way to try a catalogue on it."""

    settings: Settings
    aside: Path

    def processor(self, entries: Catalog, settings: Settings) -> DeliveryProcessor:
        context = Context(settings, catalog=entries, calendar=worlds.calendar())
        return DeliveryProcessor(
            context, frozenset(), Validator(settings, entries), b"key"
        )

    def deliver(self, night: date, text: str, name: str, *, only_try: bool) -> None:
        ledger = Ledger.open(self.settings)
        ledger.open_night(night)
        delivery = claim(
            ledger,
            self.settings,
            night,
            text.encode(),
            source_file=name,
            drop_mark=f"{night}{name}",
            trial=only_try,
        )
        self.processor(catalog(), self.settings).handle(delivery)

    def tried(self, entries: Catalog, since: date | None = None) -> DryRun:
        aside = replace(self.settings, data=self.aside)
        told: list[tuple[int, int]] = []
        with Validator(aside, entries) as validator:
            processor = replace(self.processor(entries, aside), validator=validator)
            made = dry_run.run(
                self.settings,
                processor,
                since,
                lambda done, of: told.append((done, of)),
            )
        assert told == [(i, len(told)) for i in range(1, len(told) + 1)]
        return made


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    home = tmp_path_factory.mktemp("home")
    settings = settings_in(home / "data", jurisdiction="smallcity")
    settings.data.mkdir()
    made = Archive(settings, home / "aside")
    for night, text in FILES.items():
        made.deliver(night, text, "行政许可.csv", only_try=False)
    made.deliver(FIRST, HEAD, "试报/行政许可.csv", only_try=True)
    made.deliver(SECOND, "", "行政许可二.csv", only_try=False)
    return made


def change(rule: str, **values: Any) -> RuleChange:
    rest = {
        "department": TAX,
        "dataset": "licence",
        "state": "kept",
        "severity_then": None,
        "severity_now": None,
        "failing": 0,
        "passing": 0,
        "rows": 5,
    }
    return RuleChange(rule_id=f"licence.{rule}", **(rest | values))


def test_the_same_catalogue_changes_nothing(archive: Archive) -> None:
    made = archive.tried(catalog())
    assert made.changes == ()
    assert made.shares == {(TAX, "licence"): DryRunCounts(batches=2, rows=5)}
    assert not made.would_fail


def test_what_could_not_be_read_then_is_told(archive: Archive) -> None:
    assert archive.tried(catalog()).untried == {REFUSED: 1, TRIAL: 1}


def test_rows_that_would_newly_fail_and_pass_are_counted(archive: Archive) -> None:
    made = archive.tried(catalog({"required": False, "length": 2}, {}, {"length": 1}))
    critical = {"severity_now": "critical"}
    assert made.changes == (
        change("enterprise_name.length", state="new", failing=4, **critical),
        change("licence_no.length", failing=2, severity_then="critical", **critical),
        change(
            "enterprise_name.required",
            state="removed",
            passing=1,
            severity_then="critical",
        ),
    )
    share = made.shares[TAX, "licence"]
    assert (share.newly_held, share.newly_freed, share.newly_refused) == (2, 1, 0)
    assert made.would_fail


def test_a_graver_rule_holds_rows_that_it_only_warned_of(archive: Archive) -> None:
    made = archive.tried(catalog({}, {}, {"severity": "warning"}))
    (told,) = made.changes
    assert (told.severity_then, told.severity_now) == ("critical", "warning")
    assert made.shares[TAX, "licence"].newly_freed == 1
    assert not made.would_fail


def test_only_nights_from_a_day_on_are_tried(archive: Archive) -> None:
    made = archive.tried(catalog({}, {}, {"length": 1}), SECOND)
    assert made.shares == {
        (TAX, "licence"): DryRunCounts(batches=1, rows=2, newly_held=0)
    }
    assert [c.failing for c in made.changes] == [1]


def test_an_item_whose_column_was_not_kept_is_not_tried(archive: Archive) -> None:
    copies = {"id": "copies", "title": "份数", "code": "FS", "type": "integer"}
    items = [*ITEMS, {**copies, "required": True}]
    made = archive.tried(catalog(items=items))
    assert made.changes == ()
    assert made.unread == {("licence", "copies"): 2}


def test_an_item_that_was_not_delivered_fails(archive: Archive) -> None:
    items = [*ITEMS, {"id": "grade", "title": "等级", "code": "DJ", "required": True}]
    (told,) = archive.tried(catalog(items=items)).changes
    assert (told.rule_id, told.failing) == ("licence.grade.required", 5)


def test_a_dataset_that_is_gone_is_told(archive: Archive) -> None:
    entries = catalog()
    rest = {k: v for k, v in entries.datasets.items() if k != "licence"}
    made = archive.tried(entries.model_copy(update={"datasets": rest}))
    assert made.untried[dry_run.NO_DATASET] == 2
    assert made.shares == {}


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(p): (p.read_bytes(), p.stat().st_mtime_ns)
        for p in folder.rglob("*")
        if p.is_file()
    }


def test_a_trial_writes_nothing(archive: Archive) -> None:
    before = contents(archive.settings.data)
    archive.tried(catalog({"length": 2}))
    assert contents(archive.settings.data) == before
    assert not list(archive.aside.rglob("*.*"))


def test_a_trial_is_printed(
    archive: Archive,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(console, "width", 200)
    made = archive.tried(catalog({}, {}, {"length": 1}))
    told = trial_told(made, "v1")
    printed(told, as_json=False)
    shown = capsys.readouterr().out
    assert "licence.licence_no.length" in shown
    assert "2 (40.00%)" in shown
    printed(told, as_json=True)
    assert json.loads(capsys.readouterr().out)["would_fail"] is True
