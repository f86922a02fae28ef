"""One night in numbers, for the dashboard: rows from delivery to publication."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import duckdb

from guiji.catalog.model import Catalog
from guiji.context import NightContext
from guiji.reports import flow, wording
from guiji.reports.figures import Figures, Section, Tally, figures
from guiji.reports.flow import Stage, Stream
from guiji.reports.wording import Words
from guiji.warehouse import models


@dataclass(frozen=True)
class MergeCounts:
    """What accepted rows did to the warehouse; counts of rows.

    Attributes:
        added: records that were not known.
        changed: records with a new version.
        revoked: records withdrawn.
        superseded: versions kept as history only, as a later state is known already.
        added_shown: of `added`, on public show after the night.
        changed_shown: of `changed`, on public show after the night.
    """

    added: int = 0
    changed: int = 0
    revoked: int = 0
    superseded: int = 0
    added_shown: int = 0
    changed_shown: int = 0

    def __add__(self, other: "MergeCounts") -> "MergeCounts":
        return MergeCounts(
            *(getattr(self, f.name) + getattr(other, f.name) for f in fields(self))
        )

    @property
    def shown(self) -> int:
        """New and changed records that are on public show."""
        return self.added_shown + self.changed_shown

    @property
    def versions(self) -> int:
        """Rows that made a version."""
        return self.added + self.changed + self.revoked + self.superseded


@dataclass(frozen=True)
class RuleLine:
    """How often one rule found a fault and said the same about it."""

    dataset: Words
    rule_id: str
    message: Words
    severity: str
    dimension: str
    findings: int
    departments: int


@dataclass(frozen=True)
class BatchLine:
    """What became of one delivery; counts are rows."""

    batch_id: str
    department: str
    dataset: str | None
    verdict: str
    rows_read: int
    rows_accepted: int
    rows_quarantined: int


@dataclass(frozen=True)
class NightFigures:
    """Everything that the dashboard of a night says in numbers.

    Attributes:
        night: the night.
        figures: its circular figures; the period is the night alone.
        outcomes: by unit.
        ways: rows read by the way they came in.
        rules: findings by rule, the most frequent first.
        batches: the deliveries, by department.
        manifest: of the night's publication; None = not released.
    """

    night: date
    figures: Figures
    outcomes: Mapping[str, MergeCounts]
    ways: Mapping[str, int]
    rules: tuple[RuleLine, ...]
    batches: tuple[BatchLine, ...]
    manifest: Mapping[str, Any] | None

    @property
    def section(self) -> Section:
        """All datasets."""
        return self.figures.overall

    @property
    def total(self) -> Tally:
        """Sum over the units."""
        return self.section.total

    @property
    def outcome(self) -> MergeCounts:
        """Sum over the units."""
        return sum(self.outcomes.values(), MergeCounts())

    @property
    def unchanged(self) -> int:
        """Accepted rows equal to what is or was there: they made no version."""
        return max(self.total.accepted - self.outcome.versions, 0)

    @property
    def published_lines(self) -> Mapping[str, int]:
        """Lines of the full publication by channel; empty when not released."""
        channels = self.manifest["channels"] if self.manifest else {}
        return {
            name: sum(f["rows"] for f in listed if f["kind"] == "full")
            for name, listed in channels.items()
        }

    @property
    def dimensions(self) -> list[tuple[str, int]]:
        """Findings by dimension of quality, the most frequent first."""
        counts: dict[str, int] = {}
        for line in self.rules:
            counts[line.dimension] = counts.get(line.dimension, 0) + line.findings
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def checks(self) -> list[tuple[Words, int, int]]:
        """Sums that must agree: wording, left side, right side."""
        total, done = self.total, self.outcome
        return [
            (
                Words(
                    "读取＝合格＋隔离＋整批拒收",
                    "read = accepted + quarantined + refused",
                ),
                total.rows_read,
                total.accepted + total.quarantined + total.refused_rows,
            ),
            (
                Words("直报＋自动采集＝读取", "files + extracts = read"),
                sum(self.ways.values()),
                total.rows_read,
            ),
            (
                Words(
                    "入库版本不多于合格记录",
                    "versions made do not exceed accepted rows",
                ),
                min(done.versions, total.accepted),
                done.versions,
            ),
        ]


def count(
    connection: duckdb.DuckDBPyConnection,
    context: NightContext,
    manifest: Mapping[str, Any] | None,
) -> NightFigures:
    """Count a night over tables that are there.

    Args:
        connection: holds deliveries, findings, records, history and published as
            known at the end of the night, and overdue, the missed deadlines as of the
            night (`schemas.BREACHES`).
        context: settings, where the SQL models are; catalogue, units, datasets and
            titles; night, the night.
        manifest: of the night's publication, None where nothing was released.
    """
    night = context.night
    counted = figures(connection, context, night, night, night)

    def rows(name: str) -> list[dict[str, Any]]:
        table = models.query(
            connection, context.settings, f"reports/{name}", {"night": context.night}
        )
        listed: list[dict[str, Any]] = table.to_pylist()
        return listed

    return NightFigures(
        night=context.night,
        figures=counted,
        outcomes={
            r.pop("department"): MergeCounts(**r) for r in rows("night_versions")
        },
        ways={r["way"]: r["rows_read"] for r in rows("ways")},
        rules=_rules(context.catalog, rows("findings_by_rule")),
        batches=tuple(BatchLine(**row) for row in rows("batches")),
        manifest=manifest,
    )


def _rules(catalog: Catalog, rows: Iterable[dict[str, Any]]) -> tuple[RuleLine, ...]:
    return tuple(
        RuleLine(
            dataset=wording.dataset(catalog, row["dataset"]),
            rule_id=row["rule_id"],
            message=Words(row["message"] or "", row["message_en"] or ""),
            severity=row["severity"],
            dimension=row["dimension"] or "其他",
            findings=row["findings"],
            departments=row["departments"],
        )
        for row in rows
    )


def picture(night: NightFigures) -> flow.FlowChart:
    """Draw a night's rows from delivery to publication."""
    total, done = night.total, night.outcome
    stages = [
        *(
            Stage(way, 0, wording.WAYS[way], rows, "plain")
            for way, rows in sorted(night.ways.items(), reverse=True)
        ),
        Stage("read", 1, Words("读取记录", "Rows read"), total.rows_read, "plain"),
        Stage("accepted", 2, Words("合格", "Accepted"), total.accepted, "good"),
        Stage("held", 2, Words("隔离", "Quarantined"), total.quarantined, "held"),
        Stage("refused", 2, Words("整批拒收", "Refused"), total.refused_rows, "bad"),
        Stage("added", 3, Words("新增", "New"), done.added, "good"),
        Stage("changed", 3, Words("变更", "Changed"), done.changed, "good"),
        Stage("revoked", 3, Words("撤销", "Revoked"), done.revoked, "quiet"),
        Stage(
            "superseded", 3, Words("仅存历史", "History only"), done.superseded, "quiet"
        ),
        Stage("same", 3, Words("未变", "Unchanged"), night.unchanged, "quiet"),
        Stage("shown", 4, Words("已公示", "On show"), done.shown, "good"),
        Stage(
            "kept",
            4,
            Words("未公示", "Not on show"),
            done.added + done.changed - done.shown,
            "quiet",
        ),
    ]
    return flow.draw(stages, _streams(night))


def _streams(night: NightFigures) -> list[Stream]:
    total, done = night.total, night.outcome
    return [
        *(
            Stream(way, "read", rows)
            for way, rows in sorted(night.ways.items(), reverse=True)
        ),
        Stream("read", "accepted", total.accepted),
        Stream("read", "held", total.quarantined),
        Stream("read", "refused", total.refused_rows),
        Stream("accepted", "added", done.added),
        Stream("accepted", "changed", done.changed),
        Stream("accepted", "revoked", done.revoked),
        Stream("accepted", "superseded", done.superseded),
        Stream("accepted", "same", night.unchanged),
        Stream("added", "shown", done.added_shown),
        Stream("added", "kept", done.added - done.added_shown),
        Stream("changed", "shown", done.changed_shown),
        Stream("changed", "kept", done.changed - done.changed_shown),
    ]
