"""One extract of one dataset: what it is called, what it reads, whose turn it is."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from guiji.catalog.model import Dataset, Extract, Item
from guiji.catalog.vocabulary import UpdateCycle
from guiji.core.errors import SourceUnavailable
from guiji.core.settings import Settings
from guiji.intake.databases.source import Relation

_HALF_YEAR, _QUARTER = 6, 3


def _day(night: date) -> tuple[int, ...]:
    return (night.toordinal(),)


TURN: dict[UpdateCycle, Callable[[date], tuple[int, ...]]] = {
    UpdateCycle.REALTIME: _day,
    UpdateCycle.DAILY: _day,
    UpdateCycle.ON_DEMAND: _day,
    UpdateCycle.WEEKLY: lambda night: night.isocalendar()[:2],
    UpdateCycle.MONTHLY: lambda night: (night.year, night.month),
    UpdateCycle.QUARTERLY: lambda night: (night.year, (night.month - 1) // _QUARTER),
    UpdateCycle.HALF_YEARLY: lambda night: (
        night.year,
        (night.month - 1) // _HALF_YEAR,
    ),
    UpdateCycle.YEARLY: lambda night: (night.year,),
}
"""Cycle -> the period that a night lies in; what has a cycle is due once in each."""


@dataclass(frozen=True)
class Job:
    """One extract of one dataset."""

    dataset: Dataset
    extract: Extract

    @property
    def name(self) -> str:
        """What the ledger calls it."""
        parts = (self.dataset.id, self.extract.connection, self.extract.source)
        return ".".join(parts)

    @property
    def sweep_name(self) -> str:
        """What the ledger calls its sweep."""
        return f"{self.name}#sweep"

    @property
    def place(self) -> str:
        """What departments know it by: connection, and table or query."""
        return f"{self.extract.connection}.{self.extract.source}"

    @property
    def file(self) -> str:
        """The name under which an extract is delivered."""
        return f"{self.place}.csv"

    @property
    def watermark(self) -> str | None:
        """The column of changes; a full delivery is always the whole table."""
        whole = self.dataset.delivery == "full"
        return None if whole else self.extract.watermark

    def column(self, item: Item) -> str:
        """Name the column that holds an item."""
        return self.extract.columns.get(item.id, item.code.lower())

    def is_due(self, last: date | None, night: date) -> bool:
        """Return whether it is to be read in a night; `last`: the night it was."""
        return _is_due(self.extract.cycle or self.dataset.update_cycle, last, night)

    def sweep_is_due(self, last: date | None, night: date) -> bool:
        """Return whether its keys are to be swept in a night."""
        cycle = self.extract.sweep
        if cycle is None or self.dataset.delivery == "full":
            return False
        return _is_due(cycle, last, night)

    def relation(self, settings: Settings) -> Relation:
        """Describe what is read; the text of a query comes from its file.

        Raises:
            SourceUnavailable: the file is not there, or is not one query.
        """
        extract, query = self.extract, None
        if extract.sql is not None:
            folder = settings.extracts / settings.jurisdiction
            query = _query(folder / extract.sql)
        return Relation(extract.source, query, extract.most_rows)

    def items(self, present: Collection[str]) -> list[Item]:
        """Choose the items that a relation has columns for.

        Raises:
            SourceUnavailable: a column is missing that must be there; names it.
        """
        items = [item for item in self.dataset.items if self.column(item) in present]
        named = set(self.dataset.key)
        missing = [
            self.column(item)
            for item in self.dataset.items
            if item not in items and (item.required or item.id in named)
        ]
        if self.watermark is not None and self.watermark not in present:
            missing.append(self.watermark)
        if missing:
            raise SourceUnavailable(
                f"{self.extract.source} lacks {', '.join(missing)}; "
                "see `extracts` of the dataset in the catalogue",
                f"原因：缺少字段 {'、'.join(missing)}。\n"
                "处理办法：请恢复这些字段；结构确有调整的，请联系平台修改目录。",
            )
        return items

    def absent(self, items: list[Item]) -> list[str]:
        """Name the columns of the items that were not chosen."""
        left = [item for item in self.dataset.items if item not in items]
        return sorted(self.column(item) for item in left)


def _query(path: Path) -> str:
    # sqlglot is loaded only where an extract has an SQL file
    from guiji.catalog.queries import NotOneQuery, one_query  # noqa: PLC0415

    try:
        return one_query(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceUnavailable(f"{path.name}: {error.strerror}") from error
    except (UnicodeDecodeError, NotOneQuery) as error:
        raise SourceUnavailable(f"{path.name}: {error}") from error


def _is_due(cycle: UpdateCycle, last: date | None, night: date) -> bool:
    turn = TURN[cycle]
    return last is None or turn(last) < turn(night)
