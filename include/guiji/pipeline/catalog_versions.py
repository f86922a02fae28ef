"""Catalogue and calendar by night: those in use, and those that a past night used.

The reports of a night, and of every period asked for as it was known then, belong to
the versions with which the night was reported first. They are traced, and kept in the
archive; what no release has kept is told, never guessed.
"""

import logging
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from guiji.catalog import archive, load
from guiji.context import Context, NightContext
from guiji.core import business_date, files
from guiji.core.errors import CatalogError, UsageError
from guiji.core.settings import Settings

if TYPE_CHECKING:
    from guiji.catalog.model import Catalog
    from guiji.domain.workdays import Calendar

log = logging.getLogger(__name__)

NIGHT = r"\d{4}-\d\d-\d\d"
CURRENT = "current"
"""What stands for the catalogue in use."""


class _Named(NamedTuple):
    """The versions of a catalogue and of a calendar."""

    catalog: str
    calendar: str


def of_night(context: NightContext) -> NightContext:
    """Return a context with the versions that its night was reported with first.

    Without such reports it has those in use, which are kept in the archive.

    Raises:
        CatalogError: an older release wrote its reports and did not keep them.
    """
    named = _named(context)
    if named is None:
        context.keep_versions()
        return context
    return NightContext(
        context.settings,
        context.night,
        catalog=_catalog(context, named.catalog),
        ledger=context.ledger,
        calendar=_calendar(context, named.calendar),
    )


def known_on(context: NightContext, day: date) -> NightContext:
    """Return a context with the versions of the last night up to a day.

    Without such a night it has those in use.

    Raises:
        CatalogError: an older release reported that night and did not keep them.
    """
    from guiji.ledger.progress import NightState

    ledger = context.ledger
    reported = [n for n, s in ledger.nights().items() if s is NightState.REPORTED]
    traced = [date.fromisoformat(e.subject) for e in ledger.entries(archive.TRACE)]
    nights = [n for n in (*reported, *traced) if n <= day]
    if not nights:
        log.warning("no night up to %s was reported: the versions in use count", day)
        context.keep_versions()
        return context
    return of_night(context.at(max(nights))).at(context.night)


def trace(context: NightContext) -> None:
    """Note the versions of a night's reports; the first time counts."""
    used = {
        "catalogue": context.catalog.version,
        "calendar": context.calendar.version,
    }
    context.ledger.append_once(archive.TRACE, context.night.isoformat(), used)


def archived(context: Context) -> dict[str, tuple[str, ...]]:
    """Return the archived versions, the oldest first, each with its nights."""
    settings = context.settings
    kept = archive.versions(settings.catalogues / settings.jurisdiction)
    nights: dict[str, list[str]] = {folder.name: [] for folder in kept}
    for entry in context.ledger.entries(archive.TRACE):
        nights.get(entry.details["catalogue"], []).append(entry.subject)
    return {version: tuple(sorted(listed)) for version, listed in nights.items()}


def _named(context: NightContext) -> _Named | None:
    """Return a night's versions by the trace, or by the circular that was sent."""
    night = context.night.isoformat()
    for entry in context.ledger.entries(archive.TRACE, night):
        return _Named(entry.details["catalogue"], entry.details["calendar"])
    sent = context.settings.reports / night / "circular.json"
    if not sent.exists():
        return None
    content = files.read_json(sent)
    return _Named(content["catalogue_version"], content["calendar_version"])


def _catalog(context: NightContext, version: str) -> "Catalog":
    """Return a version of the catalogue; the one in use may be wrong by now."""
    try:
        in_use = context.catalog
    except CatalogError as error:
        log.warning("the catalogue in use cannot be read: %s", error)
    else:
        if in_use.version == version:
            archive.keep_catalog(context.settings, version)
            return in_use
    return archive.catalog(context.settings, version)


def _calendar(context: NightContext, version: str) -> "Calendar":
    if context.calendar.version == version:
        archive.keep_calendar(context.settings, version)
        return context.calendar
    return archive.calendar(context.settings, version)


def named(context: Context, word: str) -> "Catalog":
    """Return the catalogue that a person means.

    Args:
        context: settings and ledger.
        word: a version or its beginning, a night, a folder of catalogues, or
            `current`.

    Raises:
        UsageError: none is meant, or several are.
        CatalogError: it cannot be read.
    """
    settings = context.settings
    if word == CURRENT:
        return load.load(settings)
    if Path(word).is_dir():
        changed = replace(settings, catalog=Path(word))
        return load.load_folder(*load.roots(changed))
    if re.fullmatch(NIGHT, word):
        version = _of_the_night(context.at(business_date.parse(word)))
    else:
        version = _begun(settings, word)
    return archive.catalog(settings, version)


def _of_the_night(context: NightContext) -> str:
    used = _named(context)
    if used is None:
        raise UsageError(f"night {context.night} was not reported: no version is known")
    return used.catalog


def _begun(settings: Settings, word: str) -> str:
    kept = archive.versions(settings.catalogues / settings.jurisdiction)
    versions = [folder.name for folder in kept if folder.name.startswith(word)]
    if len(versions) == 1:
        return versions[0]
    what = "several versions begin" if versions else "no version in the archive begins"
    listed = ", ".join(versions or [folder.name for folder in kept[-5:]]) or "none"
    raise UsageError(
        f"{what} with {word!r}; there are: {listed}. Or give a night (YYYY-MM-DD), a "
        f"folder of catalogues, or {CURRENT!r}"
    )
