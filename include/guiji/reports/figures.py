"""The figures of a circular: counted once here, shown by every page and workbook.

A figure is a count over the warehouse's tables for the nights of a period. Rates are
never stored: they are computed from the two counts that stand beside them, and are
absent, not zero, where there is nothing to divide by.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Self

import duckdb
import pyarrow as pa

from guiji.catalog.model import Catalog
from guiji.catalog.vocabulary import Responsible
from guiji.context import Context
from guiji.core.settings import Settings
from guiji.engine.sql import inlined, statement
from guiji.reports import breach_list
from guiji.reports.breach_list import BreachList
from guiji.reports.deadlines import clocks
from guiji.reports.deadlines.csv_lines import KINDS
from guiji.reports.list_check import ListCheck
from guiji.reports.objections import StepLine
from guiji.reports.waiting import OpenCorrections
from guiji.storage import publication_log
from guiji.warehouse import models


@dataclass(frozen=True)
class Tally:
    """Counts of one unit, or the sum over several; all are numbers of pieces.

    Attributes:
        deliveries: deliveries that count: accepted, partly accepted, refused.
        taken: of these, accepted or partly accepted.
        refused: of these, refused as a whole.
        duplicates: the same bytes again; not in `deliveries`.
        trials: trial deliveries; not in `deliveries`.
        faults: deliveries that the platform failed on (平台故障); not in `deliveries`.
        zero_reports: of `taken`, without a row (零报告).
        rows_read: rows in `deliveries`.
        accepted: rows merged, rows equal to what was there among them.
        quarantined: rows in quarantine, one by one.
        refused_rows: rows read from deliveries that were refused as a whole.
        records: records collected for the first time.
        clocked: of these, with a delivery clock.
        late: of these, received after their due day (迟报).
        late_changes: changes, removals and revocations received after their due day
            (变更迟报).
        unpublished: missed publication deadlines (逾期公示) of what the unit delivered
            late.
        platform_late: those of what it delivered in time: the platform's.
        silent_duties: datasets not delivered within their update cycle.
        withheld: records that the last publication kept back, because a text in them
            holds personal data.
        not_public: records that it kept back, because of whom they are about.
    """

    deliveries: int = 0
    taken: int = 0
    refused: int = 0
    duplicates: int = 0
    trials: int = 0
    faults: int = 0
    zero_reports: int = 0
    rows_read: int = 0
    accepted: int = 0
    quarantined: int = 0
    refused_rows: int = 0
    records: int = 0
    clocked: int = 0
    late: int = 0
    late_changes: int = 0
    unpublished: int = 0
    platform_late: int = 0
    silent_duties: int = 0
    withheld: int = 0
    not_public: int = 0

    def __add__(self, other: Self) -> "Tally":
        return Tally(
            *(getattr(self, f.name) + getattr(other, f.name) for f in fields(self))
        )

    @property
    def conformity(self) -> float | None:
        """Accepted rows / rows read (合规率); None where nothing was read."""
        return self.accepted / self.rows_read if self.rows_read else None

    @property
    def late_rate(self) -> float | None:
        """Late records / records with a clock (迟报率); None where there are none."""
        return self.late / self.clocked if self.clocked else None

    @property
    def timeliness(self) -> float | None:
        """Records in time / records with a clock (及时率); None: there are none."""
        return 1 - self.late / self.clocked if self.clocked else None


@dataclass(frozen=True)
class Unit:
    """One member unit (成员单位) in a period."""

    id: str
    title: str
    tally: Tally

    @property
    def has_delivered(self) -> bool:
        """Return whether anything was accepted from it, a zero report included."""
        return self.tally.taken > 0


@dataclass(frozen=True)
class Section:
    """The figures over some datasets: all of them, the licences, the penalties."""

    id: str
    title: str
    title_en: str
    units: tuple[Unit, ...]
    """Every unit that answers for one of the datasets, in catalogue order."""

    @property
    def total(self) -> Tally:
        """Sum over the units."""
        return sum((u.tally for u in self.units), Tally())

    @property
    def delivered(self) -> tuple[Unit, ...]:
        """Units from which something was accepted."""
        return tuple(u for u in self.units if u.has_delivered)

    @property
    def silent(self) -> tuple[Unit, ...]:
        """Units from which nothing was accepted."""
        return tuple(u for u in self.units if not u.has_delivered)


@dataclass(frozen=True)
class ClockLine:
    """The breaches of one clock of one dataset."""

    kind: str
    clock: str
    dataset: str
    clause: str
    breaches: int
    open: int
    """Of these, not done by the end of the period."""

    provisional: int
    """Of these, due beyond the announced calendar."""

    longest: int
    """Most working days late."""


@dataclass(frozen=True)
class Figures:
    """Everything that a circular says in numbers.

    Attributes:
        first: first night of the period.
        last: last night of the period, and the day of judgement.
        known_on: the night whose knowledge was used.
        sections: all, licence, penalty.
        clock_lines: breaches by clock.
        breaches: the missed deadlines to list; None = only their numbers are wanted.
        waiting: what units have not mended by `last`, those that have anything.
        lists: whether the lists are on public show, as of `last`.
        enterprises: registered enterprises; None = they were not counted.
        objections: the steps of objections that ran in the period.
    """

    first: date
    last: date
    known_on: date
    sections: tuple[Section, ...]
    clock_lines: tuple[ClockLine, ...]
    breaches: BreachList | None
    waiting: tuple[OpenCorrections, ...] = ()
    lists: tuple[ListCheck, ...] = ()
    enterprises: int | None = None
    objections: tuple[StepLine, ...] = ()

    @property
    def overall(self) -> Section:
        """The section over all datasets."""
        return self.sections[0]

    @property
    def by_dataset(self) -> dict[str, list[ClockLine]]:
        """The breaches of each dataset that has any, in order of its name."""
        lines: dict[str, list[ClockLine]] = {}
        for line in sorted(self.clock_lines, key=lambda line: line.dataset):
            lines.setdefault(line.dataset, []).append(line)
        return lines

    @property
    def breach_count(self) -> int:
        """Breaches of all clocks."""
        return sum(line.breaches for line in self.clock_lines)

    @property
    def provisional(self) -> int:
        """Breaches whose due day lies beyond the announced calendar."""
        return sum(line.provisional for line in self.clock_lines)


def figures(
    connection: duckdb.DuckDBPyConnection,
    context: Context,
    first: date,
    last: date,
    known_on: date,
    listed: Path | None = None,
) -> Figures:
    """Count a period's figures over tables that are there.

    Args:
        connection: holds deliveries, records, history and withheld as known on
            `known_on`, and overdue, the missed deadlines as of `last`
            (`schemas.BREACHES`).
        context: settings, where the SQL models are; catalogue, units, datasets, and the
            datasets of 双公示.
        first: first night of the period.
        last: last night of the period.
        known_on: the night whose knowledge `connection` holds.
        listed: file that takes the missed deadlines of the period that are listed,
            see `breach_list.write`; None = they are only counted.

    Source:
        福建省涉企信息统一归集公示工作实施方案(2016) 七(三)(四); 阳府〔2018〕60号
        第三十条.
    """
    settings, nights = context.settings, {"first": first, "last": last}
    connection.register("delivery_terms", clocks.delivery_terms(context.catalog))
    models.keep(connection, settings, "reports/first_seen", nights)
    delivered = models.query(connection, settings, "reports/delivered", nights)
    collected = models.query(
        connection, settings, "reports/collected", {"first": first}
    )
    breaches = _period_breaches(connection, settings, nights)
    reasons = publication_log.REASON_PARAMETERS
    withheld = models.query(connection, settings, "reports/withheld", reasons)
    chosen = None
    if listed:
        chosen = breach_list.write(connection, settings, breaches, listed)
    tallies = _tallies(delivered, collected, _missed(breaches), withheld)
    return Figures(
        first=first,
        last=last,
        known_on=known_on,
        sections=_sections(context.catalog, tallies),
        clock_lines=_clock_lines(breaches),
        breaches=chosen,
    )


def _period_breaches(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    nights: Mapping[str, date],
) -> list[dict[str, Any]]:
    """Create the view `period_breaches`, a period's missed deadlines; count them."""
    query = inlined(statement(settings, "reports/period_breaches"), nights)
    connection.execute(f"create or replace temp view period_breaches as {query}")
    counts = models.query(connection, settings, "reports/breach_counts")
    rows: list[dict[str, Any]] = counts.to_pylist()
    return rows


Tallies = dict[tuple[str, str | None], Tally]
"""(unit, dataset or None where none was recognised) -> counts."""


def _tallies(*tables: pa.Table | list[dict[str, Any]]) -> Tallies:
    tallies: Tallies = {}
    for table in tables:
        for row in table if isinstance(table, list) else table.to_pylist():
            key = (row.pop("department"), row.pop("dataset"))
            tallies[key] = tallies.get(key, Tally()) + Tally(**row)
    return tallies


def _missed(breaches: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Count missed deadlines that `collected` does not, by unit and dataset."""
    return [
        {
            "department": row["department"],
            "dataset": row["dataset"],
            _counted_as(row): row["breaches"],
        }
        for row in breaches
        if row["kind"] != "delivery"
    ]


def _counted_as(row: Mapping[str, Any]) -> str:
    """Name the figure of `Tally` that missed deadlines belong to."""
    if row["kind"] == clocks.CYCLE:
        return "silent_duties"
    if row["kind"] != "publication":
        return "late_changes"
    is_providers = row["responsible"] in (Responsible.PROVIDER.value, None)
    return "unpublished" if is_providers else "platform_late"


def _sections(catalog: Catalog, tallies: Tallies) -> tuple[Section, ...]:
    rules = catalog.jurisdiction.circular
    everything = {*catalog.datasets, None}
    return (
        _section(catalog, tallies, ("all", "全部数据", "All datasets"), everything),
        _section(
            catalog,
            tallies,
            ("licence", "行政许可", "Administrative licences"),
            set(rules.licence_datasets),
        ),
        _section(
            catalog,
            tallies,
            ("penalty", "行政处罚", "Administrative penalties"),
            set(rules.penalty_datasets),
        ),
    )


def _section(
    catalog: Catalog,
    tallies: Tallies,
    names: tuple[str, str, str],
    datasets: Iterable[str | None],
) -> Section:
    wanted = frozenset(datasets)
    answering = {
        p for d in catalog.datasets.values() if d.id in wanted for p in d.providers
    }
    answering |= {unit for unit, dataset in tallies if dataset in wanted}
    members = [d for d in catalog.departments if d in answering]
    strangers = sorted(answering - set(members))
    units = []
    for unit in [*members, *strangers]:
        mine = [t for (u, d), t in tallies.items() if u == unit and d in wanted]
        department = catalog.departments.get(unit)
        title = department.title if department else unit
        units.append(Unit(unit, title, sum(mine, Tally())))
    return Section(*names, tuple(units))


def _clock_lines(breaches: Iterable[dict[str, Any]]) -> tuple[ClockLine, ...]:
    lines: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for row in breaches:
        key = (row["kind"], row["clock"], row["dataset"], row["clause"])
        line = lines.setdefault(
            key, {"breaches": 0, "open": 0, "provisional": 0, "longest": 0}
        )
        line["breaches"] += row["breaches"]
        line["open"] += row["open"]
        line["provisional"] += row["breaches"] if row["provisional"] else 0
        line["longest"] = max(line["longest"], row["longest"])
    order = [*KINDS]
    keys = sorted(lines, key=lambda k: (order.index(k[0]), k[2], k[1], k[3]))
    return tuple(ClockLine(*key, **lines[key]) for key in keys)
