"""The trial of a catalogue (目录变更前的试算): what it finds in what was delivered.

Every archived delivery is parsed and judged once more, in a folder that is thrown away,
and what is found is held against what was found then. Nothing of the data folder is
written: what is read of it are the folders under `batches/`. Rules that need what
lay in the warehouse that night (mass change, names of the register) are not tried.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guiji.catalog.headings import normal, of_item
from guiji.catalog.model import Dataset
from guiji.core import business_date, files, platform_faults
from guiji.core.settings import Settings
from guiji.ledger.batch_ids import BatchId
from guiji.ledger.deliveries import Delivery, RowCounts
from guiji.pipeline.batch.delivery_processor import DeliveryProcessor
from guiji.pipeline.batch.outcome import FINDINGS_FILE, VERDICT, Outcome
from guiji.reading.read import READING, TEXT
from guiji.reading.result import Reading
from guiji.reports.rule_docs.pages import suite_of
from guiji.warehouse import models

Progress = Callable[[int, int], None]
"""Told of every batch: done, of how many."""

REFUSED, TRIAL, UNFINISHED, NO_DATASET, FAULT, EXPIRED = (
    "refused_at_reading",
    "trial_delivery",
    "unfinished",
    "dataset_not_in_catalogue",
    "platform_fault",
    "rows_expired",
)
"""Why a batch was not tried."""


@dataclass(frozen=True)
class Archived:
    """A delivery whose text is kept.

    Attributes:
        batch_id: its id.
        night: the night that took it.
        department: who delivered it.
        dataset: what it was recognised as.
        folder: holds its text, its reading and what was found then.
        rules: ids of the rules that it was judged by then.
        was_refused: whether the whole delivery was refused then.
        received_at: instant that stands for its arrival.
    """

    batch_id: str
    night: date
    department: str
    dataset: str
    folder: Path
    rules: frozenset[str]
    was_refused: bool
    received_at: datetime


@dataclass(frozen=True)
class RuleChange:
    """What one rule would do otherwise to one department's rows of a dataset.

    Attributes:
        department: who delivered.
        dataset: which data.
        rule_id: the rule.
        state: `kept`, `new` (not judged then) or `removed` (not judged any more).
        severity_then: None where it found nothing then.
        severity_now: None where it finds nothing now.
        failing: rows that fail now and did not then.
        passing: rows that pass now and did not then.
        rows: all rows read of the batches tried.
    """

    department: str
    dataset: str
    rule_id: str
    state: str
    severity_then: str | None
    severity_now: str | None
    failing: int
    passing: int
    rows: int

    @property
    def is_graver_or_milder(self) -> bool:
        """Return whether the same fault would do something else to its row."""
        both = self.severity_then is not None and self.severity_now is not None
        return both and self.severity_then != self.severity_now


@dataclass
class DryRunCounts:
    """What would become of one department's deliveries of a dataset; counts.

    Attributes:
        batches: tried.
        rows: read.
        newly_held: rows that would be put away now and were not then.
        newly_freed: rows that would be taken now and were put away then.
        newly_refused: whole deliveries that would be refused now and were not then.
    """

    batches: int = 0
    rows: int = 0
    newly_held: int = 0
    newly_freed: int = 0
    newly_refused: int = 0


@dataclass
class DryRun:
    """What a trial came to.

    Attributes:
        shares: by department and dataset.
        changes: rules that find something otherwise, the most failing first.
        untried: reason -> batches.
        unread: dataset and item -> batches whose file has the item's column, which
            the catalogue of that night did not know, so that it was not kept.
    """

    shares: dict[tuple[str, str], DryRunCounts] = field(default_factory=dict)
    changes: tuple[RuleChange, ...] = ()
    untried: Counter[str] = field(default_factory=Counter)
    unread: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def would_fail(self) -> bool:
        """Return whether anything that passed then would fail."""
        worse = any(s.newly_held or s.newly_refused for s in self.shares.values())
        return worse or any(change.failing for change in self.changes)


def archived(settings: Settings, since: date | None, trial: DryRun) -> list[Archived]:
    """List the deliveries that can be tried, and count in `trial` those that cannot.

    Args:
        settings: where batches are.
        since: the first night; None = all.
        trial: takes the counts of what cannot be tried.
    """
    batches = []
    for folder in sorted(settings.batches.glob("[0-9]*-*-*-*")):
        name = BatchId.parse(folder.name)
        if since is not None and name.night < since:
            continue
        verdict_path = folder / VERDICT
        if not verdict_path.exists() or not (folder / FINDINGS_FILE).exists():
            trial.untried[UNFINISHED] += 1
            continue
        verdict = files.read_json(verdict_path)
        if verdict["verdict"] == "trial":
            trial.untried[TRIAL] += 1
        elif verdict["verdict"] == platform_faults.VERDICT:
            trial.untried[FAULT] += 1
        elif not (folder / READING).exists():
            trial.untried[REFUSED] += 1
        elif not (folder / TEXT).exists():
            was_read = verdict["refusal"] is None or verdict["refused_by"]
            trial.untried[EXPIRED if was_read else REFUSED] += 1
        else:
            batches.append(
                Archived(
                    batch_id=folder.name,
                    night=name.night,
                    department=name.department,
                    dataset=name.dataset,
                    folder=folder,
                    rules=frozenset(verdict["rule_counts"]),
                    was_refused=verdict["refusal"] is not None,
                    received_at=_received_at(verdict, name.night),
                )
            )
    return batches


def run(
    settings: Settings,
    processor: DeliveryProcessor,
    since: date | None,
    report: Progress,
) -> DryRun:
    """Try a catalogue on all archived deliveries.

    Args:
        settings: of the data folder, which is only read.
        processor: has the catalogue to be tried, and works in folders of its own that
            are thrown away; nobody's warehouse is there.
        since: the first night; None = all.
        report: told of every batch.
    """
    trial = DryRun()
    batches = archived(settings, since, trial)
    suites = {
        d.id: {r.rule_id: r.item for r in suite_of(d, processor.context.catalog)}
        for d in processor.context.catalog.datasets.values()
    }
    counted: dict[tuple[str, str, str], RuleChange] = {}
    with duckdb.connect() as connection:
        for done, batch in enumerate(batches, 1):
            suite = suites.get(batch.dataset)
            if suite is None:
                trial.untried[NO_DATASET] += 1
            else:
                for change in _batch(
                    settings, processor, connection, batch, suite, trial
                ):
                    key = (change.department, change.dataset, change.rule_id)
                    counted[key] = _added(counted.get(key), change)
            report(done, len(batches))
    trial.changes = _told(trial, counted.values())
    return trial


def _received_at(verdict: dict[str, Any], night: date) -> datetime:
    """Return an instant of the day on which a batch arrived; old ones do not say it."""
    day = verdict.get("received_on")
    return business_date.instant(date.fromisoformat(day) if day else night)


def _batch(
    settings: Settings,
    processor: DeliveryProcessor,
    connection: duckdb.DuckDBPyConnection,
    batch: Archived,
    suite: dict[str, str | None],
    trial: DryRun,
) -> Iterator[RuleChange]:
    """Judge one delivery again; give what its rules find otherwise."""
    reading = Reading.load(batch.folder / READING)
    folder = processor.context.settings.batches / batch.batch_id
    folder.mkdir(parents=True)
    (folder / TEXT).symlink_to(batch.folder / TEXT)
    outcome = processor.examine(_delivery(batch), batch.batch_id, reading, folder)
    text = pq.read_schema(folder / TEXT)
    shutil.rmtree(folder)
    judged = frozenset(outcome.rule_counts or ())
    absent = _unread(
        processor.context.catalog.datasets[batch.dataset], reading, set(text.names)
    )
    for item in absent:
        trial.unread[batch.dataset, item] += 1
    silent = {r for r, item in suite.items() if item in absent}
    silent |= {rule for rule in suite if f"{batch.dataset}.batch." in rule}
    silent |= (batch.rules & suite.keys()) - judged
    findings_then = pq.read_table(batch.folder / FINDINGS_FILE)
    then = _compared(findings_then, silent)
    now = _compared(outcome.findings, silent)
    connection.register("found_then", then)
    connection.register("found_now", now)
    share = trial.shares.setdefault((batch.department, batch.dataset), DryRunCounts())
    share.batches += 1
    share.rows += reading.rows_read
    share.newly_refused += _is_newly_refused(batch, outcome, findings_then)
    (counts,) = models.query(connection, settings, "trial/held").to_pylist()
    share.newly_held += counts["newly_held"]
    share.newly_freed += counts["newly_freed"]
    for row in models.query(connection, settings, "trial/changes").to_pylist():
        yield RuleChange(
            department=batch.department,
            dataset=batch.dataset,
            rule_id=row["rule_id"],
            state=_state(row["rule_id"], batch.rules, judged),
            severity_then=row["severity_then"],
            severity_now=row["severity_now"],
            failing=row["newly_failing"],
            passing=row["newly_passing"],
            rows=0,
        )


def _delivery(batch: Archived) -> Delivery:
    """Describe a delivery as far as judging it again needs it."""
    return Delivery(
        delivery_id=batch.batch_id,
        batch_id=batch.batch_id,
        night=batch.night,
        department=batch.department,
        dataset=batch.dataset,
        source_file="",
        answer_name="",
        sha256="",
        bytes=0,
        way="file",
        trial=False,
        duplicate_of=None,
        verdict=None,
        rows=RowCounts(),
        catalogue_version=None,
        received_at=batch.received_at,
    )


def _unread(dataset: Dataset, reading: Reading, kept: set[str]) -> set[str]:
    """Find items that stood in the file when no item had that heading."""
    ignored = {
        normal(column.heading)
        for sheet in reading.sheets
        for column in sheet.columns
        if not column.used or column.item not in {i.id for i in dataset.items}
    }
    return {
        item.id
        for item in dataset.items
        if item.id not in kept and {normal(h) for h in of_item(item)} & ignored
    }


def _is_newly_refused(batch: Archived, outcome: Outcome, table: pa.Table) -> bool:
    """Return whether a delivery is refused now that was not; a released one was."""
    if outcome.refusal is None or batch.was_refused:
        return False
    as_whole = table.filter(pc.is_null(table["source_row"]))["rule_id"].to_pylist()
    by = set(outcome.refused_by)
    return not by or not by <= set(as_whole)


def _compared(findings: pa.Table, silent: set[str]) -> pa.Table:
    """Return the columns of findings that the comparison needs."""
    columns = findings.select(["source_sheet", "source_row", "rule_id", "severity"])
    if not silent:
        return columns
    unheard = pc.is_in(columns["rule_id"], value_set=pa.array(sorted(silent)))
    return columns.filter(pc.invert(unheard))


def _state(rule_id: str, then: frozenset[str], now: frozenset[str]) -> str:
    if rule_id in then and rule_id not in now:
        return "removed"
    return "new" if rule_id in now and rule_id not in then else "kept"


def _added(earlier: RuleChange | None, more: RuleChange) -> RuleChange:
    """Add up what one rule does in several batches; any change of state is told."""
    if earlier is None:
        return more
    return replace(
        earlier,
        state=earlier.state if earlier.state != "kept" else more.state,
        severity_then=earlier.severity_then or more.severity_then,
        severity_now=earlier.severity_now or more.severity_now,
        failing=earlier.failing + more.failing,
        passing=earlier.passing + more.passing,
    )


def _told(trial: DryRun, changes: Iterable[RuleChange]) -> tuple[RuleChange, ...]:
    """Return the rules that do something otherwise, the most failing first."""
    listed = [
        replace(c, rows=trial.shares[c.department, c.dataset].rows)
        for c in changes
        if c.failing or c.passing or c.is_graver_or_milder
    ]
    order = sorted(listed, key=lambda c: (c.department, c.dataset, c.rule_id))
    return tuple(sorted(order, key=lambda c: -c.failing))
