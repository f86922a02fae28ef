"""The assessment of units in a circular: rank, comparison, who is named or praised.

A rate over a handful of records says nothing about a unit, so a unit with fewer than
`CircularRules.named_from` of them is neither ranked nor named for it.
"""

from dataclasses import dataclass

from guiji.catalog.jurisdiction import CircularRules
from guiji.reports.figures import Figures, Section, Tally, Unit
from guiji.reports.periods import Period


@dataclass(frozen=True)
class PeriodFigures:
    """The figures of a period beside those of two earlier ones.

    Attributes:
        period: what the circular covers.
        figures: its figures.
        previous: of the period before (环比); None = nothing was delivered then, or
            it is not compared.
        year_before: of the same period a year before (同比); None likewise.
    """

    period: Period
    figures: Figures
    previous: Figures | None = None
    year_before: Figures | None = None


@dataclass(frozen=True)
class Ranked:
    """A unit with its place.

    Attributes:
        unit: the unit.
        rank: 1 is best; units that are equal share it; None = too few records.
    """

    unit: Unit
    rank: int | None


def ranked(section: Section, rules: CircularRules) -> tuple[Ranked, ...]:
    """Rank the units of a section by their share in time, then by conformity.

    Returns:
        Units with a place, the best first; then the others, in catalogue order.
    """
    keys = {u.id: _key(u.tally) for u in section.units if is_enough(u, rules)}
    order = sorted(keys.values(), reverse=True)
    units = [
        Ranked(u, order.index(keys[u.id]) + 1 if u.id in keys else None)
        for u in section.units
    ]
    return tuple(sorted(units, key=lambda r: (r.rank is None, r.rank or 0)))


def _key(tally: Tally) -> tuple[float, float]:
    return (tally.timeliness or 0.0, tally.conformity or 0.0)


def is_enough(unit: Unit, rules: CircularRules) -> bool:
    """Return whether a unit has so many records that its rates say something."""
    tally = unit.tally
    return min(tally.clocked, tally.rows_read) >= rules.named_from


def late(section: Section, rules: CircularRules) -> tuple[Unit, ...]:
    """Return the units named for their late rate, the worst first."""
    named = [
        u
        for u in section.units
        if u.tally.clocked >= rules.named_from
        and (u.tally.late_rate or 0.0) > rules.late_rate_above
    ]
    return tuple(sorted(named, key=lambda u: -(u.tally.late_rate or 0.0)))


def severe(section: Section, rules: CircularRules) -> tuple[Unit, ...]:
    """Return the units of `late` that are above the second line (严重迟报)."""
    line = rules.severe_late_rate_above
    return tuple(u for u in late(section, rules) if (u.tally.late_rate or 0.0) > line)


def faulty(section: Section, rules: CircularRules) -> tuple[Unit, ...]:
    """Return the units named for their conformity, the worst first."""
    rated = [
        (u.tally.conformity, u)
        for u in section.units
        if u.tally.rows_read >= rules.named_from
    ]
    named = [
        (rate, u)
        for rate, u in rated
        if rate is not None and rate < rules.conformity_below
    ]
    return tuple(u for _, u in sorted(named, key=lambda pair: pair[0]))


def _missed(tally: Tally) -> int:
    missed = tally.late + tally.late_changes + tally.unpublished + tally.silent_duties
    return missed + tally.refused


def praised(counted: Figures, rules: CircularRules) -> tuple[Unit, ...]:
    """Return the units to praise: all in time, conforming, nothing left open.

    Nothing is late, unpublished, refused or still to be mended, no cycle passed
    without a delivery, and conformity reaches `praised_conformity_from`.
    """
    waiting = {corrections.unit for corrections in counted.waiting}
    return tuple(
        u
        for u in counted.overall.units
        if is_enough(u, rules)
        and u.id not in waiting
        and not _missed(u.tally)
        and (u.tally.conformity or 0.0) >= rules.praised_conformity_from
    )
