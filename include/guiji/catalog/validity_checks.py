"""Checks of validity: what is in force must begin before it ends, and stand once.

Source: 筑府办发〔2016〕39号 三(三); 阳府〔2018〕60号 第七条 (目录动态管理).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Protocol

from guiji.catalog.headings import normal
from guiji.catalog.model import Channel, Dataset, Department
from guiji.catalog.source import Place, Problem, Source


class Dated(Protocol):
    """Something that is in force from a day to a day; None = without a limit."""

    @property
    def valid_from(self) -> date | None:
        """Its first day."""

    @property
    def valid_to(self) -> date | None:
        """Its last day."""


def check_datasets(datasets: Iterable[tuple[Dataset, Source]]) -> Iterator[Problem]:
    """Check that entries of one title are not in force on the same day."""
    titled: dict[str, list[Dataset]] = {}
    for dataset, source in datasets:
        same = titled.setdefault(normal(dataset.title), [])
        for other in same:
            if _overlap(other, dataset):
                what = (
                    f"{other.id} and {dataset.id} are both {dataset.title!r} on a day"
                )
                remedy = "end the earlier one by `valid_to`, or give one another title"
                yield source.problem(("title",), what, remedy)
        same.append(dataset)


def check_departments(
    departments: Sequence[Department], source: Source
) -> Iterator[Problem]:
    """Check the days of units, and that a unit begins after those that it follows."""
    yield from _in_order(departments, "departments", source)
    for number, department in enumerate(departments):
        first = department.valid_from
        for n, former in enumerate(department.successor_of):
            if first and former.until and former.until >= first:
                what = (
                    f"{former.title!r} is in force until {former.until}, and its "
                    f"successor {department.id} from {first}"
                )
                place = ("departments", number, "successor_of", n, "until")
                yield source.problem(place, what, "end it on the day before")


def check_channels(channels: Sequence[Channel], source: Source) -> Iterator[Problem]:
    """Check the days of channels, and that each has an id of its own."""
    yield from _in_order(channels, "channels", source)
    ids = [channel.id for channel in channels]
    for number, name in enumerate(ids):
        if name in ids[:number]:
            what = f"the channel {name!r} is there twice"
            yield source.problem(("channels", number, "id"), what, "rename one of them")


def _in_order(entries: Sequence[Dated], key: str, source: Source) -> Iterator[Problem]:
    for number, entry in enumerate(entries):
        if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
            place: Place = (key, number, "valid_to")
            yield source.problem(
                place, "valid_to is before valid_from", "correct the dates"
            )


def _overlap(one: Dated, other: Dated) -> bool:
    ends = (one.valid_to or date.max, other.valid_to or date.max)
    begins = (one.valid_from or date.min, other.valid_from or date.min)
    return max(begins) <= min(ends)
