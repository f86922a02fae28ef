"""What a step works with: settings, catalogue, ledger, calendar, and its night.

The settings are read once, where the step begins. Each other part is opened when it is
first asked for, because most verbs need few of them and each costs a library.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from guiji.core import arrow_without_pandas
from guiji.core import settings as environment

if TYPE_CHECKING:
    from guiji.catalog.model import Catalog
    from guiji.core.settings import Settings
    from guiji.domain.workdays import Calendar
    from guiji.ledger.ledger import Ledger


@dataclass
class _Parts:
    """What has been opened; a context and those of its nights share it."""

    catalog: "Catalog | None"
    """The one that was given; the others are those in use, by night."""

    ledger: "Ledger | None"
    calendar: "Calendar | None"
    catalogs: "dict[date | None, Catalog]"


class Context:
    """What a step works with, whichever night it is.

    Args:
        settings: of the environment, or changed ones.
        catalog: the catalogue; None = the one in use.
        ledger: the ledger; None = the one in use, brought to its newest revision.
        calendar: the working-day calendar; None = the one in use.
    """

    def __init__(
        self,
        settings: "Settings",
        *,
        catalog: "Catalog | None" = None,
        ledger: "Ledger | None" = None,
        calendar: "Calendar | None" = None,
    ) -> None:
        self.settings = settings
        self._parts = _Parts(catalog, ledger, calendar, {})

    @classmethod
    def current(cls) -> "Context":
        """Return the context that the environment describes now.

        A step begins so; pyarrow is kept from loading pandas, which none needs.
        """
        arrow_without_pandas.settle()
        return Context(environment.current())

    @property
    def catalog(self) -> "Catalog":
        """The catalogue, of a night with the changes that are in force then.

        Raises:
            CatalogError: it is wrong; names file, line and remedy.
        """
        if self._parts.catalog is not None:
            return self._parts.catalog
        if self._day not in self._parts.catalogs:
            self._load_catalog(queries=False)
        return self._parts.catalogs[self._day]

    @property
    def _day(self) -> date | None:
        return None

    def _load_catalog(self, *, queries: bool) -> None:
        from guiji.catalog import load

        catalog = load.load(self.settings, queries, self._day)
        self._parts.catalogs[self._day] = catalog

    @property
    def ledger(self) -> "Ledger":
        """The ledger.

        Raises:
            LedgerBroken: it cannot be opened.
        """
        if self._parts.ledger is None:
            from guiji.ledger.ledger import Ledger

            self._parts.ledger = Ledger.open(self.settings)
        return self._parts.ledger

    @property
    def calendar(self) -> "Calendar":
        """The working-day calendar."""
        if self._parts.calendar is None:
            from guiji.domain import workdays

            self._parts.calendar = workdays.load(self.settings.catalog / "workdays.csv")
        return self._parts.calendar

    def at(self, night: date) -> "NightContext":
        """Return the same context in a night; what one of them opens, both have."""
        context = NightContext(self.settings, night)
        context._parts = self._parts
        return context

    def check_queries(self) -> None:
        """Check the queries of the catalogue's extracts, which loads an SQL parser.

        Raises:
            CatalogError: one is wrong.
        """
        self._load_catalog(queries=True)

    def keep_versions(self) -> None:
        """Keep catalogue and calendar in the archive, where later reports find them."""
        from guiji.catalog import archive

        archive.keep_catalog(self.settings, self.catalog.version, self._day)
        archive.keep_calendar(self.settings, self.calendar.version)


class NightContext(Context):
    """What a step of one night works with.

    Args:
        settings: as of `Context`.
        night: the night; its date is the day whose evening begins it, in Shanghai.
        catalog: as of `Context`.
        ledger: as of `Context`.
        calendar: as of `Context`.
    """

    def __init__(
        self,
        settings: "Settings",
        night: date,
        *,
        catalog: "Catalog | None" = None,
        ledger: "Ledger | None" = None,
        calendar: "Calendar | None" = None,
    ) -> None:
        super().__init__(settings, catalog=catalog, ledger=ledger, calendar=calendar)
        self.night = night

    @property
    def _day(self) -> date | None:
        return self.night
