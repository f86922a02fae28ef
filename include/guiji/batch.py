"""The way of one delivery: read, recognise, parse, check, verdict, receipt.

What a delivery becomes is built in its own folder under `batches/`; the ledger's
verdict is the last step, so that a kill anywhere before it costs only the work of
doing the delivery again. Bad input ends in a verdict, never in an exception.
"""

import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from guiji import files
from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import ClockKind
from guiji.checking import quarantine
from guiji.checking.judge import BatchInput, CheckResult, Judge
from guiji.domain.workdays import Calendar
from guiji.errors import BatchRefused
from guiji.intake import landing, listing, receipts
from guiji.ledger.deliveries import Delivery, Rows
from guiji.ledger.ledger import Ledger
from guiji.parsing.parse import parse
from guiji.reading.read import READING, read_file
from guiji.reading.result import Reading
from guiji.schemas import FINDINGS, QUARANTINE
from guiji.settings import Settings
from guiji.warehouse import merge
from guiji.warehouse.night import AcceptedBatch, NightTables

log = logging.getLogger(__name__)

PRE_CHECK = "pre-check"
"""Stands for the id of a batch that is only tried."""

ROW_ID = pa.schema([("row_id", pa.int64())])


@dataclass(frozen=True)
class Outcome:
    """What the checks made of one delivery.

    Attributes:
        verdict: accepted, partly, refused or trial.
        rows: counts; `unchanged` is known after the merge.
        findings: columns of `schemas.FINDINGS`.
        put_away: columns of `schemas.QUARANTINE`; empty for a trial.
        refusal: why the whole delivery was refused.
        rule_counts: rule id -> rows that break it.
        due_by: last day on which the rows put away, once corrected, are in time.
    """

    verdict: str
    rows: Rows
    findings: pa.Table
    put_away: pa.Table
    refusal: BatchRefused | None = None
    rule_counts: dict[str, int] | None = None
    due_by: date | None = None


@dataclass(frozen=True)
class Desk:
    """Everything needed to check deliveries, one after another, in one process."""

    settings: Settings
    catalog: Catalog
    calendar: Calendar
    regions: frozenset[str]
    judge: Judge
    person_key: bytes

    def handle(self, ledger: Ledger, delivery: Delivery) -> str:
        """Take a claimed delivery to its verdict and receipt.

        A delivery that has its verdict is left as it is.

        Returns:
            The verdict.
        """
        if delivery.verdict is not None:
            return delivery.verdict
        work = self.settings.batches / f".{delivery.delivery_id}"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        original = landing.original(self.settings, delivery.sha256)
        own = self.catalog.datasets_of(delivery.department)
        found = self.read(original, delivery.name, own, work)
        dataset = found.dataset if isinstance(found, Reading) else None
        batch_id = ledger.name_batch(delivery.delivery_id, dataset)
        folder = self.settings.batches / batch_id
        shutil.rmtree(folder, ignore_errors=True)
        work.rename(folder)
        outcome = self.examine(delivery, batch_id, found, folder)
        self._keep(ledger, delivery, batch_id, folder, outcome)
        log.info("checked: %s %s %s", batch_id, outcome.verdict, outcome.rows)
        return outcome.verdict

    def read(
        self, original: Path, name: str, own: Sequence[Dataset], folder: Path
    ) -> Reading | BatchRefused:
        """Read a file into `folder`, or tell why it cannot be read.

        Args:
            original: the bytes as they came.
            name: of the file as its department gave it.
            own: datasets that its department provides.
            folder: takes the text table and how it was read.
        """
        others = [d for d in self.catalog.datasets.values() if d not in own]
        try:
            slots = self.settings.data / ".reading"
            return read_file(original, name, own, folder, others=others, slots=slots)
        except BatchRefused as refusal:
            return refusal

    def examine(
        self,
        delivery: Delivery,
        batch_id: str,
        found: Reading | BatchRefused,
        folder: Path,
    ) -> Outcome:
        """Parse and check what was read; a refusal is an outcome too."""
        if isinstance(found, BatchRefused):
            return self._unread(delivery, batch_id, found)
        return self._check(delivery, batch_id, found, folder)

    def _unread(
        self, delivery: Delivery, batch_id: str, refusal: BatchRefused
    ) -> Outcome:
        log.warning("refused: %s %s", batch_id, refusal)
        batch = BatchInput(
            batch_id, delivery.night, delivery.department, "", delivery.source_file
        )
        return Outcome(
            verdict="trial" if delivery.trial else "refused",
            rows=Rows(),
            findings=FINDINGS.empty_table(),
            put_away=quarantine.of_refusal(batch, refusal, 0),
            refusal=refusal,
        )

    def _check(
        self, delivery: Delivery, batch_id: str, reading: Reading, folder: Path
    ) -> Outcome:
        dataset = self.catalog.datasets[reading.dataset]
        text = pq.read_table(folder / "text.parquet")
        typed = parse(
            text,
            dataset,
            self.catalog,
            delivery.department,
            self.person_key,
            self.regions,
        )
        files.write_parquet(folder / "typed.parquet", typed)
        batch = BatchInput(
            batch_id,
            delivery.night,
            delivery.department,
            dataset.id,
            delivery.source_file,
        )
        checked = self.judge.check(batch, text, typed, reading)
        bad = pa.table([checked.bad_rows], schema=ROW_ID)
        files.write_parquet(folder / "bad_rows.parquet", bad)
        refusal = checked.batch_refusal or self._mass_change(batch, dataset, typed)
        put_away = checked.quarantine
        if refusal is not None and checked.batch_refusal is None:
            put_away = quarantine.of_refusal(batch, refusal, reading.rows_read)
        return self._outcome(
            delivery, reading, dataset, typed, checked, refusal, put_away
        )

    def _mass_change(
        self, batch: BatchInput, dataset: Dataset, typed: pa.Table
    ) -> BatchRefused | None:
        """Refuse a full delivery that would take away too much at once."""
        share = merge.mass_change(self.settings, dataset, batch.department, typed)
        if share <= dataset.mass_change_limit:
            return None
        return BatchRefused(
            "MASS_CHANGE",
            f"{batch.batch_id}: would revoke {share:.1%} of the department's records",
            f"《{batch.source_file}》为全量报送,与现有记录相比将撤销 {share:.1%} 的"
            f"记录,超过目录规定的 {dataset.mass_change_limit:.0%}。",
            "请核对是否漏报;确需撤销的,请分批报送并注明“撤销”,或联系平台。",
        )

    def _outcome(
        self,
        delivery: Delivery,
        reading: Reading,
        dataset: Dataset,
        typed: pa.Table,
        checked: CheckResult,
        refusal: BatchRefused | None,
        put_away: pa.Table,
    ) -> Outcome:
        read = reading.rows_read
        kept = 0 if refusal else read - reading.rows_faulty - len(checked.bad_rows)
        verdict = "partly" if kept < read else "accepted"
        if refusal is not None or (read and not kept):
            verdict = "refused"
        return Outcome(
            verdict="trial" if delivery.trial else verdict,
            rows=Rows(read=read, accepted=kept, quarantined=read - kept),
            findings=checked.findings,
            put_away=put_away,
            refusal=refusal,
            rule_counts=checked.rule_counts,
            due_by=self._due_by(dataset, typed, checked.bad_rows, delivery.night),
        )

    def _due_by(
        self, dataset: Dataset, typed: pa.Table, bad: pa.Array, night: date
    ) -> date | None:
        """Find the earliest delivery deadline, not yet past, of the rows put away."""
        terms = [c for c in dataset.clocks if c.kind is ClockKind.DELIVERY]
        events = typed["event_on"].take(bad).drop_null().unique()
        if not terms or not len(events):
            return None
        days = min(c.working_days for c in terms)
        known = events.to_numpy(zero_copy_only=False).astype("datetime64[D]")
        known = known[known >= self.calendar.first]
        due, _ = self.calendar.due(known, days)
        ahead = due[due >= np.datetime64(night)]
        return ahead.min().item() if len(ahead) else None

    def _keep(
        self,
        ledger: Ledger,
        delivery: Delivery,
        batch_id: str,
        folder: Path,
        outcome: Outcome,
    ) -> None:
        """Write what became of the delivery; the ledger's verdict comes last."""
        files.write_parquet(folder / "findings.parquet", outcome.findings)
        path = quarantine_path(self.settings, delivery.night, batch_id)
        if outcome.put_away.num_rows and not delivery.trial:
            files.write_parquet(path, outcome.put_away)
        else:
            path.unlink(missing_ok=True)
        files.write_json(folder / "verdict.json", _verdict(self.catalog, outcome))
        ledger.set_verdict(
            delivery.delivery_id, outcome.verdict, outcome.rows, self.catalog.version
        )
        answer(self.settings, self.catalog, ledger, ledger.delivery(batch_id))


def quarantine_path(settings: Settings, night: date, batch_id: str) -> Path:
    """Tell where the rows of a batch that were not merged are."""
    return settings.quarantine / night.isoformat() / f"{batch_id}.parquet"


def answer(
    settings: Settings, catalog: Catalog, ledger: Ledger, delivery: Delivery
) -> None:
    """Write the receipt of a judged delivery, from what its folder and ledger say."""
    if delivery.duplicate_of is not None:
        first = ledger.delivery(delivery.duplicate_of)
        receipts.write(settings, catalog, delivery, first=first)
        return
    folder = settings.batches / (delivery.batch_id or "")
    verdict = files.read_json(folder / "verdict.json")
    refusal, due_by = verdict["refusal"], verdict["due_by"]
    told = folder / READING
    receipts.write(
        settings,
        catalog,
        delivery,
        findings=pq.read_table(folder / "findings.parquet"),
        refusal=refusal and BatchRefused(**refusal),
        due_by=due_by and date.fromisoformat(due_by),
        reading=Reading.load(told) if told.exists() else None,
    )


def _verdict(catalog: Catalog, outcome: Outcome) -> dict[str, Any]:
    refusal = outcome.refusal
    return {
        "verdict": outcome.verdict,
        "rows": {
            "read": outcome.rows.read,
            "accepted": outcome.rows.accepted,
            "quarantined": outcome.rows.quarantined,
        },
        "refusal": refusal
        and {
            "code": refusal.code,
            "log": str(refusal).removeprefix(f"{refusal.code}: "),
            "notice": refusal.notice,
            "remedy": refusal.remedy,
        },
        "due_by": outcome.due_by and outcome.due_by.isoformat(),
        "rule_counts": outcome.rule_counts or {},
        "catalogue_version": catalog.version,
    }


def for_merge(
    settings: Settings, delivered: list[Delivery]
) -> tuple[list[AcceptedBatch], NightTables]:
    """Gather what a night merges and stores: good rows by path, and its tables."""
    judged = [d for d in delivered if d.duplicate_of is None and not d.trial]
    accepted = [
        AcceptedBatch(
            batch_id=d.batch_id,
            dataset=d.dataset,
            department=d.department,
            received_at=d.received_at,
            typed=settings.batches / d.batch_id / "typed.parquet",
            bad_rows=settings.batches / d.batch_id / "bad_rows.parquet",
            quarantined=d.rows.quarantined,
        )
        for d in judged
        if d.verdict in {"accepted", "partly"} and d.batch_id and d.dataset
    ]
    ids = [d.batch_id or d.delivery_id for d in judged]
    findings = [pq.read_table(settings.batches / i / "findings.parquet") for i in ids]
    paths = [quarantine_path(settings, d.night, d.batch_id or "") for d in judged]
    put_away = [pq.read_table(path) for path in paths if path.exists()]
    return accepted, NightTables(
        deliveries=listing.table(delivered),
        findings=pa.concat_tables([FINDINGS.empty_table(), *findings]),
        quarantine=pa.concat_tables([QUARANTINE.empty_table(), *put_away]),
    )


def pre_check(
    desk: Desk,
    aside: Settings,
    file: Path,
    night: date,
    dataset: str | None,
    department: str | None,
) -> dict[str, Any]:
    """Check one file as a night would, working in folders that are thrown away.

    Args:
        desk: its judge works in `aside` too.
        aside: settings whose data folder is temporary.
        file: the file.
        night: the night that would take it.
        dataset: what it must be; None = recognised.
        department: who would deliver it; None = anybody who provides such data.

    Returns:
        The receipt's content.
    """
    entries = desk.catalog.datasets
    own = [
        d
        for d in entries.values()
        if (department is None or department in d.providers)
        and (dataset is None or d.id == dataset)
    ]
    folder = aside.batches / PRE_CHECK
    folder.mkdir(parents=True)
    found = desk.read(file, file.name, own, folder)
    known = found.dataset if isinstance(found, Reading) else dataset
    sender = department or (entries[known].providers[0] if known else "")
    delivery = _as_delivered(file, night, sender, known)
    outcome = desk.examine(delivery, PRE_CHECK, found, folder)
    judged = replace(delivery, verdict=outcome.verdict, rows=outcome.rows)
    return receipts.content(
        desk.catalog,
        judged,
        outcome.findings,
        outcome.refusal,
        outcome.due_by,
        reading=found if isinstance(found, Reading) else None,
    )


def _as_delivered(
    file: Path, night: date, sender: str, dataset: str | None
) -> Delivery:
    """Describe a file as if its sender had dropped it for the night."""
    return Delivery(
        delivery_id=PRE_CHECK,
        batch_id=None,
        night=night,
        department=sender,
        dataset=dataset,
        source_file=file.name,
        answer_name=file.name,
        sha256=files.sha256_of(file),
        bytes=file.stat().st_size,
        way="file",
        trial=False,
        duplicate_of=None,
        verdict=None,
        rows=Rows(),
        catalogue_version=None,
    )
