"""Check rows of the quarantine again, after a file, a rule or the catalogue was mended.

Only the rows that wait are read again, from the text table of their batch, with the
rows that state the same record beside them. What is good now is handed to the coming
night under its first batch, sheet, row and instant, so that its ids and its deadline
stay. What is faulty in another way gets new findings; what is faulty as before is left
alone. A delivery that was refused as a whole is not checked here: the coming night is
asked to take its bytes again.
"""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guiji.core.schemas import FINDINGS
from guiji.domain.columns import Flags
from guiji.intake import landing
from guiji.ledger.deliveries import Delivery
from guiji.ledger.resubmission import Request
from guiji.pipeline.batch import replayed
from guiji.pipeline.batch.delivery_processor import DeliveryProcessor
from guiji.pipeline.batch.outcome import TYPED_FILE
from guiji.pipeline.batch.replayed import REASON, ROWS, RecheckedRows, ReplayedBatch
from guiji.reading.read import READING, TEXT
from guiji.reading.result import Reading

log = logging.getLogger(__name__)

OF_THE_PLATFORM = frozenset({"RULE_NOT_COMPUTED"})
"""Refusals for which the platform answers: a replay takes them up at any time."""

OF_THE_CATALOGUE = frozenset(
    {"HEADINGS", "UNKNOWN_FILE", "EXCLUDED", "WRONG_DEPARTMENT", "TOO_BIG"}
)
"""Refusals that another catalogue may not give: taken up once it has changed."""

SAID = ("source_column", "item", "rule_id", "severity", "message", "remedy")
"""What makes two findings about one row the same. A proposal is not part of it: the
register behind it grows every night."""

Address = tuple[str | None, int]


@dataclass
class ReplayResult:
    """What a replay did.

    Attributes:
        batches: what became of the rows, one per batch that had any to check.
        asked: deliveries that the coming night takes again as a whole.
        gone: batches of which the rows or the bytes are not there any more.
        uncomputed: batches for which a rule could not be computed; they wait on.
    """

    batches: list[ReplayedBatch] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    uncomputed: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Return the counts of rows and the ids of batches, as JSON keeps them."""
        return {
            "checked": sum(r.checked for r in self.batches),
            "accepted": sum(r.accepted for r in self.batches),
            "held": sum(r.held for r in self.batches),
            "renewed": sum(r.renewed for r in self.batches),
            "again": self.asked,
            "gone": self.gone,
            "uncomputed": self.uncomputed,
        }


@dataclass(frozen=True)
class Replay:
    """Checks lines of the quarantine again, batch by batch.

    Attributes:
        processor: with the catalogue, the rules and the ledger of now.
        night: the open night that takes in what is good now.
        after: the last night that was merged.
        standing: findings about open lines (`schemas.FINDINGS`).
    """

    processor: DeliveryProcessor
    night: date
    after: date
    standing: pa.Table

    def run(self, affected: pa.Table, open_lines: pa.Table) -> ReplayResult:
        """Check lines again; run twice for a night it does nothing more.

        Args:
            affected: the lines asked for: night, batch_id, source_sheet, source_row,
                rules.
            open_lines: all that are open, the same columns. Rows that an earlier
                replay for this night has checked are checked with those of now.

        Returns:
            What was done; whatever cannot be checked is named in it.
        """
        done = ReplayResult()
        earlier = replayed.of_night(self.processor.context.ledger, self.night)
        batches = set(affected["batch_id"].to_pylist())
        for batch_id in sorted(batches):
            delivery = self.processor.context.ledger.delivery(batch_id)
            mine = affected.filter(pc.equal(affected["batch_id"], batch_id))
            whole = mine.filter(pc.is_null(mine["source_row"]))
            if whole.num_rows:
                self._ask(delivery, whole, done)
            rows = mine.filter(pc.is_valid(mine["source_row"])).select(ROWS.names)
            before = earlier.get(batch_id)
            if before is not None:
                also = before.read(self.processor.context.settings, replayed.ROWS_FILE)
                rows = _still_open(pa.concat_tables([rows, also]), batch_id, open_lines)
            if rows.num_rows:
                self._check(delivery, rows, before, done)
        return done

    def _ask(self, delivery: Delivery, lines: pa.Table, done: ReplayResult) -> None:
        """Request that the coming night takes a refused delivery again."""
        codes = {code for rules in lines["rules"].to_pylist() for code in rules or ()}
        is_other = delivery.catalogue_version != self.processor.context.catalog.version
        by_catalogue = is_other and codes & OF_THE_CATALOGUE
        if not (codes & OF_THE_PLATFORM or by_catalogue):
            return
        name = delivery.batch_id or delivery.delivery_id
        if not landing.original(
            self.processor.context.settings, delivery.sha256
        ).exists():
            done.gone.append(name)
            return
        details = {
            "night": self.night.isoformat(),
            "catalogue_before": delivery.catalogue_version,
            "catalogue_after": self.processor.context.catalog.version,
        }
        mark = f"{REASON}:{delivery.delivery_id}@{self.night}"
        request = Request(mark, delivery.delivery_id, details)
        self.processor.context.ledger.ask_again(request, "replay_asked", details)
        done.asked.append(name)

    def _check(
        self,
        delivery: Delivery,
        rows: pa.Table,
        before: ReplayedBatch | None,
        done: ReplayResult,
    ) -> None:
        """Check rows of one batch; keep and trace what is new about them."""
        batch_id = str(delivery.batch_id)
        context = self.processor.context
        folder = context.settings.batches / batch_id
        is_there = all((folder / n).exists() for n in (TEXT, READING, TYPED_FILE))
        if (
            not is_there
            or delivery.dataset not in self.processor.context.catalog.datasets
        ):
            log.warning("nothing left to check again: %s", batch_id)
            done.gone.append(batch_id)
            return
        rechecked_rows = self._found(delivery, rows, folder)
        if rechecked_rows is None:
            done.uncomputed.append(batch_id)
            return
        work = folder / ".replay"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        kept = replayed.keep(work, self.night, rechecked_rows)
        shutil.rmtree(work, ignore_errors=True)
        replayed_batch = ReplayedBatch(
            batch_id=batch_id,
            night=self.night,
            after=self.after,
            folder=kept.name,
            checked=rechecked_rows.rows.num_rows,
            accepted=rechecked_rows.typed.num_rows,
            renewed=rechecked_rows.quarantine.num_rows,
            catalogue_before=delivery.catalogue_version,
            catalogue_after=self.processor.context.catalog.version,
        )
        if replayed_batch != before:
            details = replayed_batch.details
            self.processor.context.ledger.append(replayed.TRACE, batch_id, details)
        done.batches.append(replayed_batch)
        log.info("checked again: %s, %d rows", batch_id, replayed_batch.checked)

    def _found(
        self, delivery: Delivery, rows: pa.Table, folder: Path
    ) -> RecheckedRows | None:
        """Judge rows beside those of the same records; None = a rule has no verdict."""
        text = pq.read_table(folder / TEXT)
        asked = _at(text, rows)
        chosen = self._with_companions(delivery, text, asked, folder)
        picked = text.filter(pa.array(chosen))
        reading = Reading.load(folder / READING)
        faulty = len(picked) - picked["fault"].null_count
        reading = replace(reading, rows_read=len(picked), rows_faulty=faulty)
        typed, checked = self.processor.recheck(delivery, picked, reading)
        if checked.batch_refusal is not None:
            log.error("still without a verdict: %s", checked.batch_refusal)
            return None
        good = np.ones(len(typed), np.bool_)
        good[checked.bad_rows.to_numpy()] = False
        accepted = typed.filter(pa.array(good & _at(typed, rows)))
        about = checked.findings.filter(pa.array(_at(checked.findings, rows)))
        away = checked.quarantine.filter(pa.array(_at(checked.quarantine, rows)))
        return self._what_is_new(
            str(delivery.batch_id), accepted, about, away, text.filter(pa.array(asked))
        )

    def _with_companions(
        self, delivery: Delivery, text: pa.Table, asked: Flags, folder: Path
    ) -> Flags:
        """Add the rows of the batch that state the same records, or the same keys.

        Whether rows contradict one another can only be told of all of them.
        """
        dataset = self.processor.context.catalog.datasets[str(delivery.dataset)]
        first = self.processor.parsed(delivery, dataset, text.filter(pa.array(asked)))
        columns = [*ROWS.names, "record_id", "record_key"]
        others = pq.read_table(folder / TYPED_FILE, columns=columns)
        same = pc.or_(
            pc.is_in(others["record_id"], pc.unique(first["record_id"])),
            pc.is_in(others["record_key"], pc.unique(first["record_key"])),
        )
        together: Flags = asked | _at(text, others.filter(same))
        return together

    def _what_is_new(
        self,
        batch_id: str,
        accepted: pa.Table,
        about: pa.Table,
        away: pa.Table,
        rows: pa.Table,
    ) -> RecheckedRows:
        """Drop earlier findings about rows that stay as they are."""
        mine = self.standing.filter(pc.equal(self.standing["batch_id"], batch_id))
        before, now = _by_row(mine), _by_row(about)
        quarantined = set(_addresses(away))
        changed = {a for a in quarantined if now.get(a) != before.get(a)}
        is_new = [
            (address in changed)
            if address in quarantined
            else said not in before.get(address, frozenset())
            for address, said in zip(_addresses(about), _said(about), strict=True)
        ]
        lines = pa.array([a in changed for a in _addresses(away)], pa.bool_())
        return RecheckedRows(
            typed=accepted,
            findings=self._tonight(about.filter(pa.array(is_new, pa.bool_()))),
            quarantine=self._tonight(away.filter(lines)),
            rows=rows.select(ROWS.names).cast(ROWS),
        )

    def _tonight(self, table: pa.Table) -> pa.Table:
        """Set a table's night to the one that takes it in."""
        at = table.schema.get_field_index("night")
        nights = pa.repeat(pa.scalar(self.night, pa.date32()), len(table))
        return table.set_column(at, FINDINGS.field("night"), nights)


def _still_open(rows: pa.Table, batch_id: str, open_lines: pa.Table) -> pa.Table:
    mine = open_lines.filter(pc.equal(open_lines["batch_id"], batch_id))
    return rows.filter(pa.array(_at(rows, mine.select(ROWS.names))))


def _at(table: pa.Table, rows: pa.Table) -> Flags:
    """Return which rows of a table have the address of one of some rows."""
    is_among = pc.is_in(_keys(table), pc.unique(_keys(rows)))
    flags: Flags = is_among.to_numpy(zero_copy_only=False).astype(np.bool_)
    return flags


def _keys(table: pa.Table) -> pa.Array:
    """Write addresses as one text: the row, then the sheet, if there is one."""
    row = table["source_row"].cast(pa.string())
    keys = pc.binary_join_element_wise(
        row, pc.fill_null(table["source_sheet"], ""), "|", null_handling="skip"
    )
    return keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys


def _addresses(table: pa.Table) -> Iterator[Address]:
    sheets, rows = (table[name].to_pylist() for name in ROWS.names)
    return zip(sheets, rows, strict=True)


def _said(findings: pa.Table) -> Iterator[tuple[Any, ...]]:
    columns = [findings[name].to_pylist() for name in SAID]
    return zip(*columns, strict=True)


def _by_row(findings: pa.Table) -> dict[Address, frozenset[tuple[Any, ...]]]:
    said_at: dict[Address, set[tuple[Any, ...]]] = {}
    for address, said in zip(_addresses(findings), _said(findings), strict=True):
        said_at.setdefault(address, set()).add(said)
    return {address: frozenset(said) for address, said in said_at.items()}
