"""A whole sample: drops of a jurisdiction night by night, and the truth about them.

The drops of every night are made first, under `sample/<night>/` of the data folder,
and moved into the inboxes and databases when the night is released; the first night
is released at once. The truth stands beside, for tests and for people.
"""

import shutil
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from guiji.catalog.model import Catalog
from guiji.core import business_date
from guiji.core.errors import UsageError
from guiji.core.settings import Settings
from guiji.domain import workdays
from guiji.intake import arrivals
from guiji.sample import databases, drafts, places, plan, population, truth
from guiji.sample.deliver import Made
from guiji.sample.night import Night

OPENING = time(9)
PAUSE = timedelta(seconds=2)


@dataclass(frozen=True)
class SampleResult:
    """What was generated.

    Attributes:
        nights: the nights, in order; the first one is released.
        deliveries: files and extracts of all nights.
        rows: their data rows, without those of trial deliveries.
        faults: lines of truth.
        truth: the truth of each night, as Parquet; a CSV stands beside each.
        expected: what must become of each night's deliveries, as Parquet.
    """

    nights: tuple[date, ...]
    deliveries: int
    rows: int
    faults: int
    truth: tuple[Path, ...]
    expected: tuple[Path, ...]


def folder(settings: Settings) -> Path:
    """Where the truth is, and the nights that are not released yet."""
    return settings.data / "sample"


def generate(
    settings: Settings,
    catalog: Catalog,
    rows: int,
    seed: int,
    nights: int,
    last_night: date,
    deliveries: int | None = None,
) -> SampleResult:
    """Make a sample and release its first night.

    Args:
        settings: where everything goes.
        catalog: who delivers what.
        rows: data rows of one night.
        seed: the same seed gives the same bytes.
        nights: how many nights in a row.
        last_night: the last of them.
        deliveries: deliveries of one night; None = one per department and dataset
            and the special ones.

    Raises:
        UsageError: too few rows, nights or deliveries.
    """
    if nights < 1:
        raise UsageError("a sample needs at least one night")
    days = [last_night - timedelta(days=nights - 1 - n) for n in range(nights)]
    plans = [plan.plan(catalog, rows, day, deliveries) for day in days]
    by_night = _make(settings, catalog, plans, seed)
    paths = [
        _write_truth(settings, day, m) for day, m in zip(days, by_night, strict=True)
    ]
    release(settings, days[0])
    everything = [delivery for night in by_night for delivery in night]
    return SampleResult(
        tuple(days),
        len(everything),
        rows * nights,
        sum(len(finding.faults) for finding in everything),
        tuple(truth_path for truth_path, _ in paths),
        tuple(expected for _, expected in paths),
    )


def _make(
    settings: Settings, catalog: Catalog, plans: list[plan.Plan], seed: int
) -> list[list[Made]]:
    """Make the deliveries of every night, each in the folder where it waits."""
    codes = catalog.jurisdiction.region_codes
    where = places.places(codes, settings.catalog / "regions.csv")
    first = plans[0][0].night
    people = population.make(catalog, where, plans, seed, first)
    calendar = workdays.load(settings.catalog / "workdays.csv")
    world = drafts.World(catalog, calendar, people.subjects, seed)
    made: list[list[Made]] = []
    for number, planned in enumerate(plans):
        day = planned[0].night
        waiting = folder(settings) / day.isoformat()
        shutil.rmtree(waiting, ignore_errors=True)
        made.append(Night(waiting, world, day, number, people).make(planned))
    return made


def release(settings: Settings, night: date) -> int:
    """Move a night's drops into the inboxes, and its changes into the databases.

    All of it arrives on the day of the night, whenever the sample is made: files one
    after another, and every database is read at the night's instant.

    Returns:
        How many files and databases were touched.

    Raises:
        UsageError: the sample has no such night waiting.
    """
    waiting = folder(settings) / night.isoformat()
    if not waiting.is_dir():
        raise UsageError(f"no sample waits for the night {night}")
    dropped = [p for p in sorted((waiting / "inbox").rglob("*")) if p.is_file()]
    for number, path in enumerate(dropped):
        target = settings.inbox / path.relative_to(waiting / "inbox")
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
        arrivals.note(settings.inbox, target, _arrival(night, number))
    changed = databases.release(waiting / "sources", settings.sources)
    for database in settings.sources.glob("*.db"):
        arrivals.note(settings.sources, database, business_date.instant(night))
    shutil.rmtree(waiting)
    return len(dropped) + len(changed)


def _arrival(night: date, number: int) -> datetime:
    """Return when a file of a night arrives: one after another during its day."""
    opening = datetime.combine(night, OPENING, business_date.SHANGHAI)
    return min(opening + number * PAUSE, business_date.instant(night))


def _write_truth(
    settings: Settings, night: date, drafts: list[Made]
) -> tuple[Path, Path]:
    faults = truth.table([f for draft in drafts for f in draft.faults], truth.Fault)
    expected = truth.table([draft.expected for draft in drafts], truth.Expected)
    names = (f"truth-{night}", f"deliveries-{night}")
    truth.write(folder(settings), names[0], faults)
    truth.write(folder(settings), names[1], expected)
    first, second = (folder(settings) / f"{name}.parquet" for name in names)
    return first, second
