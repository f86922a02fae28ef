"""The missed deadlines that a circular lists: all, or the worst of a long list.

A list of millions of lines opens in no spreadsheet and is read by nobody. Beyond
`LISTED_LINES` each unit has the lines that it is to act on first: those still open,
most overdue first. How many more there are is said, and all of them are in a CSV file.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from guiji.context import Context
from guiji.core.settings import Settings
from guiji.reports.deadlines import breach_file, listing, sorted_file
from guiji.reports.deadlines.csv_lines import CsvLines
from guiji.warehouse import models

LISTED_LINES = 20_000
"""Lines of a list at most; on paper about 500 pages."""


@dataclass(frozen=True)
class BreachList:
    """The missed deadlines of a circular that are listed.

    Attributes:
        file: these, in their order (`schemas.BREACHES`).
        most: lines of a unit at most; None = all are listed.
        unlisted: lines that are not listed, of each unit that has any.
    """

    file: Path
    most: int | None = None
    unlisted: Mapping[str, int] = field(default_factory=dict)

    def rows(self, limit: int = LISTED_LINES) -> Iterator[dict[str, Any]]:
        """Read the first lines; those of a unit stand together."""
        return listing.rows(self.file, limit)


def write(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    counts: Sequence[Mapping[str, Any]],
    path: Path,
    total: int = LISTED_LINES,
) -> BreachList:
    """Write the missed deadlines to list.

    Args:
        connection: holds `period_breaches`, all that belong into the circular.
        settings: where the SQL models are.
        counts: their numbers, as `reports/breach_counts` gives them.
        path: the file to write.
        total: lines that are listed at most.
    """
    lines = Counter[str]()
    for row in counts:
        lines[row["department"]] += row["breaches"]
    most = lines_of_a_unit(lines.values(), total)
    if most is None:
        rows = sorted_file.in_order(connection, "from period_breaches", {})
        breach_file.write(rows, path)
        return BreachList(path)
    table = models.query(connection, settings, "reports/worst_breaches", {"most": most})
    breach_file.write([table], path)
    unlisted = {unit: count - most for unit, count in lines.items() if count > most}
    return BreachList(path, most, unlisted)


def lines_of_a_unit(counts: Collection[int], total: int) -> int | None:
    """Return how many lines a unit has at most, so that all units have `total`.

    Args:
        counts: lines that there are of each unit.
        total: lines of all units; what a unit does not need, the others have.

    Returns:
        None where all lines fit.
    """
    left = total
    for place, count in enumerate(sorted(counts)):
        share = left // (len(counts) - place)
        if count > share:
            return share
        left -= count
    return None


def write_all(
    connection: duckdb.DuckDBPyConnection, context: Context, folder: Path
) -> Path:
    """Write all missed deadlines of `period_breaches` as CSV; return the file."""
    rows = sorted_file.in_order(connection, "from period_breaches", {})
    path = folder / listing.PARQUET_NAME
    breach_file.write(rows, path, lines=CsvLines(context.catalog))
    return folder / listing.CSV_NAME
