"""Open what the steps work with, as the settings of this moment say."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from guiji.core import settings

if TYPE_CHECKING:
    from guiji.catalog.model import Catalog
    from guiji.checking.validator import Validator
    from guiji.core.settings import Settings
    from guiji.domain.workdays import Calendar
    from guiji.ledger.ledger import Ledger
    from guiji.pipeline.batch.delivery_processor import DeliveryProcessor


def catalog(queries: bool = False) -> "Catalog":
    """Read the catalogue in use.

    Args:
        queries: check the queries of extracts, too, which loads an SQL parser; a night
            does so where it begins, `guiji catalogue validate` always.
    """
    from guiji.catalog import load

    return load.load(settings.current(), queries)


def ledger() -> "Ledger":
    """Open the ledger, brought to its newest revision."""
    from guiji.ledger.ledger import Ledger

    return Ledger.open(settings.current())


def calendar() -> "Calendar":
    """Read the working-day calendar."""
    from guiji.domain import workdays

    return workdays.load(settings.current().catalog / "workdays.csv")


def used_catalog(queries: bool = False) -> "Catalog":
    """Read the catalogue in use for a night: its version is kept in the archive.

    Args:
        queries: as of `catalog`.
    """
    from guiji.catalog import archive

    entries = catalog(queries)
    archive.keep_catalog(settings.current(), entries.version)
    return entries


def used_calendar() -> "Calendar":
    """Read the calendar in use for a night: its version is kept in the archive."""
    from guiji.catalog import archive

    days = calendar()
    archive.keep_calendar(settings.current(), days.version)
    return days


@contextmanager
def delivery_processor(
    aside: "Settings | None" = None,
) -> Iterator["DeliveryProcessor"]:
    """Yield what checks deliveries in a night.

    Args:
        aside: settings whose folders take the evidence instead of the batches'.
    """
    from guiji.checking.condition_cache import Conditions
    from guiji.checking.validator import Validator
    from guiji.parsing import keys

    now, entries = settings.current(), used_catalog()
    used_calendar()
    with Validator(aside or now, entries, Conditions.of(now, entries)) as validator:
        yield _processor(now, entries, validator, keys.person_key(now))


@contextmanager
def dry_run_processor(aside: "Settings") -> Iterator["DeliveryProcessor"]:
    """Yield what checks a file that is only tried, as quickly as it can be done.

    Args:
        aside: settings whose data folder is temporary.
    """
    from guiji.checking.condition_cache import Conditions
    from guiji.checking.validator import Validator
    from guiji.parsing import keys

    now, entries = settings.current(), catalog()
    kept = Conditions.of(now, entries)
    with Validator(aside, entries, kept, by_kept=True) as validator:
        yield _processor(now, entries, validator, keys.trial_key(now))


def _processor(
    now: "Settings", entries: "Catalog", validator: "Validator", key: bytes
) -> "DeliveryProcessor":
    from guiji.checking.register import Register
    from guiji.domain import regions
    from guiji.pipeline.batch.delivery_processor import DeliveryProcessor

    return DeliveryProcessor(
        settings=now,
        catalog=entries,
        calendar=calendar(),
        regions=regions.load(now.catalog / "regions.csv"),
        validator=validator,
        person_key=key,
        register=Register.latest(now.register),
    )
