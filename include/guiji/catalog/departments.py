"""Units that deliver (成员单位), what they were called before, and how data comes."""

from collections.abc import Iterator
from datetime import date

from guiji.catalog.base import Identifier, Model
from guiji.catalog.vocabulary import Confidence, Tier


class FormerUnit(Model):
    """A body whose duties a unit has taken over (机构改革前的单位)."""

    title: str
    aliases: tuple[str, ...] = ()
    until: date | None = None
    """Its last day, where that is known."""


class Department(Model):
    """One member unit (成员单位)."""

    id: Identifier
    title: str
    uscc: str
    aliases: tuple[str, ...] = ()
    """Other names under which records name it."""

    successor_of: tuple[FormerUnit, ...] = ()
    """Bodies that it follows: old records name them, and they are its records."""

    parent: Identifier | None = None
    """The unit that it belongs to or that organises its deliveries."""

    tier: Tier | None = None
    region: str | None = None
    """GB/T 2260 code of the place for which it acts, where that is not the whole."""

    route: Identifier | None = None
    """How its data comes: a key of `routes` of the jurisdiction."""

    delivers_for: tuple[Identifier, ...] = ()
    """Departments whose records it delivers too; they remain those departments'."""

    valid_from: date | None = None
    valid_to: date | None = None
    contact: str | None = None
    """The office that answers, never a person."""

    sftp: Identifier | None = None
    """Airflow connection of a server of its own; else the platform's serves it."""

    confidence: Confidence = Confidence.HIGH

    @property
    def names(self) -> Iterator[str]:
        """All names under which records name it, its own first."""
        yield from (self.title, *self.aliases)
        for former in self.successor_of:
            yield from (former.title, *former.aliases)

    def is_valid(self, day: date) -> bool:
        """Return whether it is a member unit on a day."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)
