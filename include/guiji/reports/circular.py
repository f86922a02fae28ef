"""The circular (通报): a workbook, a page and the figures as JSON, all three alike."""

import filecmp
import itertools
import shutil
import tempfile
from calendar import monthrange
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from guiji.catalog.model import Catalog
from guiji.context import Context, NightContext
from guiji.core import business_date, files
from guiji.core.errors import UsageError
from guiji.domain.workdays import Calendar
from guiji.reports import breach_list, pages, sheets, wording
from guiji.reports.deadlines import breaches, listing
from guiji.reports.figures import Figures, Section, Tally, figures
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


def build(
    context: NightContext,
    period: str | None = None,
    known_on: date | None = None,
    overdue: Path | None = None,
) -> CircularPaths:
    """Write a circular.

    Args:
        context: settings, where warehouse and reports are; catalogue, units, thresholds
            and titles; calendar, the working days; night, the circular covers its month
            up to it; ignored with `period`.
        period: a whole month, YYYY-MM, instead; it ends early at `known_on`.
        known_on: use what was known at the end of that night; None = the last day
            of what the circular covers.
        overdue: file of the breaches as of the last day, if they are computed already.

    Returns:
        The three files, beside them where the workbook lists the worst breaches alone
        `breaches.csv` with all: in `reports/<night>/`; with `period` in a folder of
        their own under `reports/periods/<period>/`, so that no circular that was sent
        is ever overwritten.

    Raises:
        UsageError: `period` is not a month, or begins after `known_on`.

    Source:
        福建省涉企信息统一归集公示工作实施方案(2016) 七(四); 阳府〔2018〕60号
        第三十条.
    """
    first, last, folder = _covered(context, period, known_on)
    known_on = known_on or last
    with scratch(context.settings) as aside:
        if overdue is None:
            overdue = aside / "overdue.parquet"
            breaches.compute(context.at(last), overdue, known_on)
        with breaches.warehouse(context, known_on) as connection:
            listing.bind(connection, overdue)
            listed = aside / listing.PARQUET_NAME
            counted = figures(connection, context, first, last, known_on, listed)
            left = waiting(connection, context, last)
            every = None
            if period and counted.breaches and counted.breaches.unlisted:
                every = breach_list.write_all(connection, context, aside)
        counted = replace(counted, waiting=left)
        if period is None:
            return write(folder, context.catalog, context.calendar, counted)
        return _write_beside(folder, context, counted, every)


def _covered(
    context: NightContext, period: str | None, known_on: date | None
) -> tuple[date, date, Path]:
    """Return the first and last day that a circular covers, and its folder."""
    reports = context.settings.reports
    if period is None:
        night = context.night
        return night.replace(day=1), night, reports / night.isoformat()
    return *month(period, known_on), reports / "periods" / period


def _write_beside(
    folder: Path, context: Context, counted: Figures, every: Path | None
) -> CircularPaths:
    """Write a circular beside those there are; the same one is written once.

    Its folder is named by the night whose knowledge it has and by the versions of
    catalogue and calendar; another outcome of these gets a number behind.

    Args:
        folder: of the period.
        context: catalogue and calendar.
        counted: the figures.
        every: all breaches for people, where the workbook lists the worst alone.
    """
    catalog, calendar = context.catalog, context.calendar
    name = f"known-{counted.known_on}-{catalog.version}-{calendar.version}"
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".circular.", dir=folder))
    try:
        write(draft, catalog, calendar, counted)
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
    return CircularPaths(*(folder / f"circular.{x}" for x in ("xlsx", "html", "json")))


def month(
    period: str, known_on: date | None, today: date = date.max
) -> tuple[date, date]:
    """Read a month written YYYY-MM: its first day, and its last one known.

    Raises:
        UsageError: it is not a month, it or `known_on` is later than `today`, or
            nothing of it was known on `known_on`.
    """
    try:
        first = date.fromisoformat(f"{period}-01")
    except ValueError as error:
        text = f"not a month: {period!r}; write it as 2026-10"
        raise UsageError(text) from error
    if first > today:
        raise UsageError(f"{period} is still to come: today is {today} in Shanghai")
    if known_on is not None and known_on > today:
        raise UsageError(
            f"what will be known on {known_on} is not known yet: today is {today}"
        )
    last = first.replace(day=monthrange(first.year, first.month)[1])
    last = min(last, known_on or today)
    if last < first:
        raise UsageError(f"nothing of {period} was known on {known_on}")
    return first, last


def write(
    folder: Path, catalog: Catalog, calendar: Calendar, counted: Figures
) -> CircularPaths:
    """Write the three files of a circular from its figures."""
    paths = _paths(folder)
    files.write_json(paths.json, content(catalog, calendar, counted))
    files.write_text(paths.html, page(catalog, calendar, counted))
    book = sheets.workbook(catalog, calendar, counted)
    book.save(paths.xlsx, business_date.instant(counted.last))
    return paths


def content(catalog: Catalog, calendar: Calendar, counted: Figures) -> dict[str, Any]:
    """Return the figures as they stand in `circular.json`; rates with six decimals."""
    rules = catalog.jurisdiction.circular
    return {
        "title": rules.title,
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
    }


def _section(catalog: Catalog, section: Section) -> dict[str, Any]:
    rules = catalog.jurisdiction.circular
    return {
        "title": section.title,
        "units": len(section.units),
        "units_delivered": len(section.delivered),
        "units_silent": [u.id for u in section.silent],
        "units_late": [u.id for u in section.late(rules)],
        "units_faulty": [u.id for u in section.faulty(rules)],
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
    rates = {"conformity": tally.conformity, "late_rate": tally.late_rate}
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
