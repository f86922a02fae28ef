"""Catalogue and calendar by night: those in use, and those that a past night used.

The reports of a night, and of every period asked for as it was known then, belong to
the versions with which the night was reported first. They are traced, and kept in the
archive; what no release has kept is told, never guessed.
"""

import logging
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from guiji.catalog import archive
from guiji.core import files, settings
from guiji.core.errors import CatalogError
from guiji.pipeline import opening

if TYPE_CHECKING:
    from guiji.catalog.model import Catalog
    from guiji.domain.workdays import Calendar
    from guiji.ledger.ledger import Ledger

log = logging.getLogger(__name__)


class Versions(NamedTuple):
    """A catalogue and a calendar."""

    catalog: "Catalog"
    calendar: "Calendar"


class _Named(NamedTuple):
    """The versions of a catalogue and of a calendar."""

    catalog: str
    calendar: str


def in_use() -> Versions:
    """Return those in use, kept in the archive."""
    return Versions(opening.used_catalog(), opening.used_calendar())


def of_night(ledger: "Ledger", night: date) -> Versions:
    """Return those of a night's reports: of the first time, else those in use.

    Raises:
        CatalogError: an older release wrote its reports and did not keep them.
    """
    named = _named(ledger, night)
    return in_use() if named is None else _archived(named)


def known_on(ledger: "Ledger", day: date) -> Versions:
    """Return those of the last night up to a day; without such a night, those in use.

    Raises:
        CatalogError: an older release reported that night and did not keep them.
    """
    from guiji.ledger.progress import NightState

    reported = [n for n, s in ledger.nights().items() if s is NightState.REPORTED]
    traced = [date.fromisoformat(e.subject) for e in ledger.entries(archive.TRACE)]
    nights = [n for n in (*reported, *traced) if n <= day]
    if not nights:
        log.warning("no night up to %s was reported: the versions in use count", day)
        return in_use()
    return of_night(ledger, max(nights))


def trace(ledger: "Ledger", night: date, used: Versions) -> None:
    """Note the versions of a night's reports; the first time counts."""
    named = {"catalogue": used.catalog.version, "calendar": used.calendar.version}
    ledger.append_once(archive.TRACE, night.isoformat(), named)


def _named(ledger: "Ledger", night: date) -> _Named | None:
    """Return a night's versions by the trace, or by the circular that was sent."""
    for entry in ledger.entries(archive.TRACE, night.isoformat()):
        return _Named(entry.details["catalogue"], entry.details["calendar"])
    sent = settings.current().reports / night.isoformat() / "circular.json"
    if not sent.exists():
        return None
    content = files.read_json(sent)
    return _Named(content["catalogue_version"], content["calendar_version"])


def _archived(named: _Named) -> Versions:
    now = settings.current()
    return Versions(
        _catalog_in_use(named.catalog) or archive.catalog(now, named.catalog),
        _calendar_in_use(named.calendar) or archive.calendar(now, named.calendar),
    )


def _catalog_in_use(version: str) -> "Catalog | None":
    """Return the catalogue in use if it has this version; it may be wrong by now."""
    try:
        catalog = opening.catalog()
    except CatalogError as error:
        log.warning("the catalogue in use cannot be read: %s", error)
        return None
    return opening.used_catalog() if catalog.version == version else None


def _calendar_in_use(version: str) -> "Calendar | None":
    calendar = opening.calendar()
    return opening.used_calendar() if calendar.version == version else None
