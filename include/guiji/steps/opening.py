"""Open what the steps work with, as the settings of this moment say."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from guiji import settings

if TYPE_CHECKING:
    from guiji.batch.desk import Desk
    from guiji.catalog.model import Catalog
    from guiji.domain.workdays import Calendar
    from guiji.ledger.ledger import Ledger
    from guiji.settings import Settings


def catalog() -> "Catalog":
    """Read the catalogue in use."""
    from guiji.catalog import load

    return load.load(settings.current())


def ledger() -> "Ledger":
    """Open the ledger, brought to its newest revision."""
    from guiji.ledger.ledger import Ledger

    return Ledger.open(settings.current())


def calendar() -> "Calendar":
    """Read the working-day calendar."""
    from guiji.domain import workdays

    return workdays.load(settings.current().catalog / "workdays.csv")


@contextmanager
def desk(working_in: "Settings | None" = None) -> Iterator["Desk"]:
    """Give what checks deliveries; `working_in` other folders than the usual ones."""
    from guiji.batch.desk import Desk
    from guiji.checking.judge import Judge
    from guiji.domain import regions
    from guiji.parsing import keys
    from guiji.warehouse import register

    now, entries = settings.current(), catalog()
    with Judge(working_in or now, entries) as judge:
        yield Desk(
            settings=now,
            catalog=entries,
            calendar=calendar(),
            regions=regions.load(now.catalog / "regions.csv"),
            judge=judge,
            person_key=keys.person_key(now),
            register=register.latest(now),
        )
