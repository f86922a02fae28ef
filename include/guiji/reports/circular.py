"""The circular (通报): document, workbook, page and figures as JSON, all four alike."""

import filecmp
import itertools
import shutil
import tempfile
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from guiji.catalog.model import Catalog
from guiji.context import Context, NightContext
from guiji.core import business_date, files
from guiji.domain.workdays import Calendar
from guiji.reports import (
    assessment,
    breach_list,
    document,
    list_check,
    objections,
    pages,
    periods,
    sheets,
    wording,
)
from guiji.reports.assessment import PeriodFigures
from guiji.reports.deadlines import breaches, listing
from guiji.reports.figures import Figures, Section, Tally, figures
from guiji.reports.list_check import ListCheck
from guiji.reports.periods import Period
from guiji.reports.waiting import OpenCorrections, waiting
from guiji.storage.table_store import scratch

LISTED = 200
"""Breaches that the page lists, the first ones of the workbook's list."""


@dataclass(frozen=True)
class CircularPaths:
    """Where a circular was written."""

    xlsx: Path
    html: Path
    json: Path
    docx: Path

    def named(self) -> dict[str, str]:
        """Return the files that people read, as steps name them."""
        return {
            "circular_docx": str(self.docx),
            "circular_xlsx": str(self.xlsx),
            "circular_html": str(self.html),
        }


def build(
    context: NightContext,
    period: Period | None = None,
    known_on: date | None = None,
    overdue: Path | None = None,
) -> CircularPaths:
    """Write a circular.

    Args:
        context: settings, where warehouse and reports are; catalogue, units, thresholds
            and titles; calendar, the working days; night, the circular covers its month
            up to it; ignored with `period`.
        period: what it covers instead.
        known_on: use what was known at the end of that night; None = the last day
            of what the circular covers.
        overdue: file of the breaches as of the last day, if they are computed already.

    Returns:
        The four files, beside them where the workbook lists the worst breaches alone
        `breaches.csv` with all: in `reports/<night>/`, a draft without comparison;
        with `period` in a folder of their own under `reports/periods/<period>/`, so
        that no circular that was sent is ever overwritten.

    Source:
        福建省涉企信息统一归集公示工作实施方案(2016) 七(四); 阳府〔2018〕60号
        第三十条.
    """
    covered = period or periods.month_to(context.night)
    known_on = known_on or covered.last
    with scratch(context.settings) as aside:
        if overdue is None:
            overdue = aside / "overdue.parquet"
            breaches.compute(context.at(covered.last), overdue, known_on)
        earlier = (period.previous, period.year_before) if period else ()
        compared = [_earlier(context, p, known_on, aside) for p in earlier]
        with breaches.warehouse(context, known_on) as connection:
            listing.bind(connection, overdue)
            counted = _counted(connection, context, covered, known_on, aside)
            every = None
            if period:
                number = connection.sql("select count(*) from enterprises").fetchall()
                counted = replace(counted, enterprises=number[0][0])
                if counted.breaches and counted.breaches.unlisted:
                    every = breach_list.write_all(connection, context, aside)
        said = PeriodFigures(covered, counted, *compared)
        reports = context.settings.reports
        if period is None:
            folder = reports / context.night.isoformat()
            return write(folder, context.catalog, context.calendar, said)
        return _write_beside(reports / "periods" / period.id, context, said, every)


def _counted(
    connection: duckdb.DuckDBPyConnection,
    context: Context,
    period: Period,
    known_on: date,
    aside: Path,
) -> Figures:
    """Count what a circular says of a period, and put the breaches to list aside."""
    first, last = period.first, period.last
    listed = aside / listing.PARQUET_NAME
    counted = figures(connection, context, first, last, known_on, listed)
    steps = objections.steps(context, first, last, known_on)
    return replace(
        counted,
        waiting=waiting(connection, context, last),
        lists=list_check.check(connection, context, last, known_on),
        objections=objections.lines(context.catalog, steps),
    )


def _earlier(
    context: NightContext, period: Period, known_on: date, aside: Path
) -> Figures | None:
    """Count an earlier period; None where nothing was delivered in it."""
    first, last = period.first, period.last
    with breaches.warehouse(context, known_on) as connection:
        delivered = connection.execute(
            "select 1 from deliveries where night between $1 and $2 limit 1",
            [first, last],
        )
        if not delivered.fetchall():
            return None
    overdue = aside / f"overdue-{last}.parquet"
    breaches.compute(context.at(last), overdue, known_on)
    with breaches.warehouse(context, known_on) as connection:
        listing.bind(connection, overdue)
        return figures(connection, context, first, last, known_on)


def _write_beside(
    folder: Path, context: Context, said: PeriodFigures, every: Path | None
) -> CircularPaths:
    """Write a circular beside those there are; the same one is written once.

    Its folder is named by the night whose knowledge it has and by the versions of
    catalogue and calendar; another outcome of these gets a number behind.

    Args:
        folder: of the period.
        context: catalogue and calendar.
        said: what the circular says.
        every: all breaches for people, where the workbook lists the worst alone.
    """
    catalog, calendar = context.catalog, context.calendar
    name = f"known-{said.figures.known_on}-{catalog.version}-{calendar.version}"
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".circular.", dir=folder))
    try:
        write(draft, catalog, calendar, said)
        if every:
            shutil.move(every, draft / listing.CSV_NAME)
        for number in itertools.count(1):
            target = folder / (name if number == 1 else f"{name}-{number}")
            if not target.exists():
                draft.chmod(0o755)
                draft.rename(target)
                break
            if _same(draft, target):
                break
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return _paths(target)


def _same(folder: Path, other: Path) -> bool:
    """Return whether another folder has all files of a folder, in the same bytes."""
    names = [path.name for path in folder.iterdir()]
    _, different, missing = filecmp.cmpfiles(folder, other, names, shallow=False)
    return not different and not missing


def _paths(folder: Path) -> CircularPaths:
    suffixes = ("xlsx", "html", "json", "docx")
    return CircularPaths(*(folder / f"circular.{suffix}" for suffix in suffixes))


def write(
    folder: Path, catalog: Catalog, calendar: Calendar, said: PeriodFigures
) -> CircularPaths:
    """Write the four files of a circular."""
    paths, counted = _paths(folder), said.figures
    instant = business_date.instant(counted.last)
    files.write_json(paths.json, content(catalog, calendar, said))
    files.write_text(paths.html, page(catalog, calendar, counted))
    book = sheets.workbook(catalog, calendar, counted)
    book.save(paths.xlsx, instant)
    document.write(paths.docx, catalog, calendar, said, instant)
    return paths


def content(
    catalog: Catalog, calendar: Calendar, said: PeriodFigures
) -> dict[str, Any]:
    """Return the figures as they stand in `circular.json`; rates with six decimals."""
    rules, counted = catalog.jurisdiction.circular, said.figures
    return {
        "title": rules.title,
        "number": document.number(catalog, said.period),
        "period": said.period.id,
        "jurisdiction": catalog.jurisdiction.id,
        "first": counted.first.isoformat(),
        "last": counted.last.isoformat(),
        "known_on": counted.known_on.isoformat(),
        "catalogue_version": catalog.version,
        "calendar_version": calendar.version,
        "calendar_announced_until": calendar.announced_until.isoformat(),
        "provisional_breaches": counted.provisional,
        "late_rate_above": rules.late_rate_above,
        "conformity_below": rules.conformity_below,
        "sections": {s.id: _section(catalog, s) for s in counted.sections},
        "clocks": [asdict(line) for line in counted.clock_lines],
        "waiting": {w.unit: _waiting(w) for w in counted.waiting},
        "units_praised": [u.id for u in assessment.praised(counted, rules)],
        "lists": {c.dataset: _list(c) for c in counted.lists},
        "enterprises": counted.enterprises,
        "objections": [asdict(line) for line in counted.objections],
        "previous": _totals(said.previous),
        "year_before": _totals(said.year_before),
    }


def _totals(counted: Figures | None) -> dict[str, Any] | None:
    if counted is None:
        return None
    return {s.id: _tally(s.total) for s in counted.sections}


def _list(check: ListCheck) -> dict[str, Any]:
    return asdict(check) | {"missing": check.missing, "share": check.share}


def _section(catalog: Catalog, section: Section) -> dict[str, Any]:
    rules = catalog.jurisdiction.circular
    return {
        "title": section.title,
        "units": len(section.units),
        "units_delivered": len(section.delivered),
        "units_silent": [u.id for u in section.silent],
        "units_late": [u.id for u in assessment.late(section, rules)],
        "units_severe": [u.id for u in assessment.severe(section, rules)],
        "units_faulty": [u.id for u in assessment.faulty(section, rules)],
        "ranks": {r.unit.id: r.rank for r in assessment.ranked(section, rules)},
        **_tally(section.total),
        "departments": {
            u.id: {"title": u.title, **_tally(u.tally)} for u in section.units
        },
    }


def _waiting(corrections: OpenCorrections) -> dict[str, Any]:
    counts = asdict(corrections) | {"since": corrections.since.isoformat()}
    del counts["unit"]
    return counts


def _tally(tally: Tally) -> dict[str, int | float | None]:
    rates = {
        "conformity": tally.conformity,
        "late_rate": tally.late_rate,
        "timeliness": tally.timeliness,
    }
    rounded = {k: None if v is None else round(v, 6) for k, v in rates.items()}
    return {**asdict(tally), **rounded}


def page(catalog: Catalog, calendar: Calendar, counted: Figures) -> str:
    """Write the circular as one HTML page, Chinese first, English by a switch."""
    listed = list(counted.breaches.rows(LISTED)) if counted.breaches else []
    return pages.render(
        "circular.html.j2",
        catalog=catalog,
        place=catalog.jurisdiction,
        rules=catalog.jurisdiction.circular,
        assessment=assessment,
        calendar=calendar,
        figures=counted,
        sections=counted.sections,
        period=wording.period(counted.first, counted.last),
        signed_on=wording.day(counted.last),
        known_on=wording.day(counted.known_on),
        announced_until=wording.day(calendar.announced_until),
        listed=[listing.readable(catalog, b) for b in listed],
        listed_kinds=[wording.KINDS[b["kind"]] for b in listed],
        total_breaches=counted.breach_count,
        all_listed=not (counted.breaches and counted.breaches.unlisted),
        notes=sheets.notes(catalog, calendar, counted),
        wording=wording,
    )
