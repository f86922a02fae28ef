"""What reconciliation makes of one delivery: findings, rows held back, a refusal.

Everything is worked out anew from the results of the checks, which stay as they are
beside it. The verdict is written last among the files, and the ledger after it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guiji.catalog.vocabulary import Severity
from guiji.checking import findings, quarantine, refusals
from guiji.checking.findings import Source
from guiji.checking.result import to_put_away
from guiji.context import NightContext
from guiji.core import files
from guiji.core.errors import BatchRefused
from guiji.core.schemas import QUARANTINE
from guiji.ledger.delivery import RowCounts
from guiji.pipeline.batch.due_dates import due_by
from guiji.pipeline.batch.outcome import (
    BAD_ROWS_FILE,
    FINDINGS_FILE,
    RECONCILED,
    TYPED_FILE,
    VERDICT,
    batch_input,
    quarantine_path,
)
from guiji.pipeline.batch.replayed import QUARANTINE_FILE
from guiji.pipeline.reconciliation import rule_findings
from guiji.pipeline.reconciliation.comparison import ComparedDelivery
from guiji.pipeline.reconciliation.results import Result, RowFindings
from guiji.reading.read import READING, TEXT
from guiji.reading.result import Reading

_STATED = ("row_id", "source_sheet", "source_row", "record_id", "record_key")


@dataclass(frozen=True)
class ReconciledDelivery:
    """What became of one delivery.

    Attributes:
        findings: those of the checks and of reconciliation (`schemas.FINDINGS`).
        held_back: `row_id`s that reconciliation holds back, ascending.
        refusal: why the whole delivery is refused; None = it is not.
        refused_by: ids of the rules that refuse it.
        rule_counts: id of a rule of reconciliation -> findings.
    """

    findings: pa.Table
    held_back: pa.Array
    refusal: BatchRefused | None
    refused_by: tuple[str, ...]
    rule_counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Conclusion:
    """Turns what the checks of reconciliation say of deliveries into their results.

    Attributes:
        context: settings, where the quarantine is; catalogue, the datasets; calendar,
            tells until when held rows can be corrected in time; night, the night.
    """

    context: NightContext

    def of(
        self, compared: ComparedDelivery, results: Sequence[Result]
    ) -> tuple[str, RowCounts]:
        """Write the results of a delivery of the night; give its verdict and counts."""
        source = self._source(compared)
        reconciled_delivery = _concluded(source, compared, results)
        typed = pq.read_table(
            compared.folder / TYPED_FILE, columns=[*_STATED, "event_on"]
        )
        put_away_before = pq.read_table(compared.folder / BAD_ROWS_FILE)["row_id"]
        bad = np.union1d(
            put_away_before.to_numpy(), reconciled_delivery.held_back.to_numpy()
        )
        files.write_parquet(
            compared.folder / f"{RECONCILED}{FINDINGS_FILE}",
            reconciled_delivery.findings,
        )
        rows = pa.table({"row_id": pa.array(bad, pa.int64())})
        files.write_parquet(compared.folder / f"{RECONCILED}{BAD_ROWS_FILE}", rows)
        self._put_away(source, compared, reconciled_delivery, typed, bad)
        day = source.batch.latest_day
        due = due_by(self.context.calendar, source.dataset, typed, rows["row_id"], day)
        verdict = _verdict(
            files.read_json(compared.folder / VERDICT), reconciled_delivery
        )
        verdict["due_by"] = due and due.isoformat()
        files.write_json(compared.folder / f"{RECONCILED}{VERDICT}", verdict)
        return verdict["verdict"], RowCounts(**verdict["rows"])

    def of_replay(
        self, compared: ComparedDelivery, results: Sequence[Result], waiting: pa.Table
    ) -> None:
        """Write the results of rows that were checked again for the night.

        A row that is held back for the reasons for which it waits is left alone.

        Args:
            compared: the replay.
            results: what the checks of reconciliation say of it.
            waiting: its open lines: source_sheet, source_row, rules.
        """
        source = self._source(compared)
        reconciled_delivery = _concluded(source, compared, results)
        typed = pq.read_table(compared.typed)
        is_held = pc.is_in(typed["row_id"], reconciled_delivery.held_back)
        new = _lines(source, compared, typed.filter(is_held), results)
        as_before = _unchanged(new, waiting)
        before = pq.read_table(compared.results / QUARANTINE_FILE)
        lines = pa.concat_tables([before, _without(new, as_before)])
        accepted = typed.filter(pc.invert(is_held))
        content = {
            FINDINGS_FILE: _without(reconciled_delivery.findings, as_before),
            QUARANTINE_FILE: lines,
            TYPED_FILE: accepted,
        }
        for name, table in content.items():
            files.write_parquet(compared.results / f"{RECONCILED}{name}", table)
        counts = {"accepted": accepted.num_rows, "renewed": lines.num_rows}
        files.write_json(compared.results / f"{RECONCILED}{VERDICT}", counts)

    def of_duplicate(self, compared: ComparedDelivery) -> None:
        """Write that there is nothing to do with a delivery."""
        quarantine_path(
            self.context.settings, self.context.night, compared.batch_id
        ).unlink(missing_ok=True)
        nothing = {"read": 0, "accepted": 0, "quarantined": 0}
        checked = files.read_json(compared.folder / VERDICT)
        files.write_json(
            compared.folder / f"{RECONCILED}{VERDICT}",
            checked | {"verdict": "duplicate", "rows": nothing},
        )

    def _source(self, compared: ComparedDelivery) -> Source:
        dataset = self.context.catalog.datasets[compared.dataset]
        batch = batch_input(compared.delivery, compared.batch_id, dataset.id)
        batch = replace(batch, night=self.context.night, department=compared.owner)
        return Source(batch, dataset, Reading.load(compared.folder / READING))

    def _put_away(
        self,
        source: Source,
        compared: ComparedDelivery,
        reconciled: ReconciledDelivery,
        typed: pa.Table,
        bad: np.ndarray[Any, np.dtype[np.int64]],
    ) -> None:
        """Write the delivery's quarantine anew, as of now."""
        text = pq.read_table(compared.folder / TEXT)
        if reconciled.refusal is not None:
            lines = quarantine.of_refusal(source.batch, reconciled.refusal, len(text))
        else:
            damaged = pc.is_valid(text["fault"]).to_numpy()
            rows = to_put_away(text, typed, damaged, bad)
            lines = quarantine.of_rows(
                source.batch, source.dataset, rows, reconciled.findings
            )
        path = quarantine_path(
            self.context.settings, self.context.night, compared.batch_id
        )
        if lines.num_rows:
            files.write_parquet(path, lines)
        else:
            path.unlink(missing_ok=True)


def _concluded(
    source: Source, compared: ComparedDelivery, results: Sequence[Result]
) -> ReconciledDelivery:
    about_rows = list(rule_findings.of_rows(source, compared, results))
    broken = list(rule_findings.of_delivery(source, compared, results))
    about_all = [findings.of_whole(source, *one_rule) for one_rule in broken]
    tables = [*about_rows, *about_all]
    refusing = [(r, words) for r, words, how in broken if how is Severity.CRITICAL]
    ids = [name for table in tables for name in table["rule_id"].to_pylist()]
    before = pq.read_table(compared.results / FINDINGS_FILE)
    return ReconciledDelivery(
        findings=findings.together([before, *tables]),
        held_back=_held_back(compared, results),
        refusal=refusals.broken_as_a_whole(source, refusing) if refusing else None,
        refused_by=tuple(rule.rule_id for rule, _ in refusing),
        rule_counts=Counter(ids),
    )


def _held_back(compared: ComparedDelivery, results: Sequence[Result]) -> pa.Array:
    rows = [
        rule_findings.of_batch(result.rows, compared.batch_id)["row_id"].to_numpy()
        for result in results
        if isinstance(result, RowFindings) and result.rule.severity is Severity.CRITICAL
    ]
    return pa.array(np.unique(np.concatenate([np.empty(0, np.int64), *rows])))


def _lines(
    source: Source,
    compared: ComparedDelivery,
    current: pa.Table,
    results: Sequence[Result],
) -> pa.Table:
    """Make the lines of the quarantine for rows of a replay that are held back."""
    if not current.num_rows:
        return QUARANTINE.empty_table()
    text = pq.read_table(compared.folder / TEXT)
    mine = text.filter(pc.is_in(_addresses(text), _addresses(current)))
    rows = to_put_away(
        mine, current, np.zeros(len(current), bool), np.arange(len(current))
    )
    about = findings.together(rule_findings.of_rows(source, compared, results))
    return quarantine.of_rows(source.batch, source.dataset, rows, about)


def _unchanged(lines: pa.Table, waiting: pa.Table) -> pa.Array:
    """Return the addresses of the lines that wait for the same rules already."""
    pairs = zip(
        _addresses(waiting).to_pylist(), waiting["rules"].to_pylist(), strict=True
    )
    before = {(address, frozenset(rules)) for address, rules in pairs}
    now = zip(_addresses(lines).to_pylist(), lines["rules"].to_pylist(), strict=True)
    same = [address for address, rules in now if (address, frozenset(rules)) in before]
    return pa.array(same, pa.string())


def _without(table: pa.Table, addresses: pa.Array) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(_addresses(table), addresses)))


def _addresses(table: pa.Table) -> pa.Array:
    """Write the address of each row as one text: the row, then the sheet."""
    row = pc.fill_null(table["source_row"].cast(pa.string()), "")
    sheet = pc.fill_null(table["source_sheet"], "")
    keys = pc.binary_join_element_wise(row, sheet, "|")
    return keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys


def _verdict(checked: dict[str, Any], reconciled: ReconciledDelivery) -> dict[str, Any]:
    """Describe what becomes of a delivery, from what the checks said of it."""
    read = checked["rows"]["read"]
    kept = checked["rows"]["accepted"] - len(reconciled.held_back)
    if reconciled.refusal is not None:
        kept = 0
    verdict = "partly" if kept < read else "accepted"
    if reconciled.refusal is not None or (read and not kept):
        verdict = "refused"
    return checked | {
        "verdict": verdict,
        "rows": {"read": read, "accepted": kept, "quarantined": read - kept},
        "refusal": reconciled.refusal and reconciled.refusal.arguments(),
        "refused_by": list(reconciled.refused_by),
        "rule_counts": checked["rule_counts"]
        | dict(sorted(reconciled.rule_counts.items())),
    }
