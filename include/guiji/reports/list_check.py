"""The check of lists (名单): every record in its term is on public show, to 100 %."""

from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from guiji.context import Context
from guiji.storage import publication_log
from guiji.warehouse import models


@dataclass(frozen=True)
class ListCheck:
    """One list on one day; all are numbers of records.

    Attributes:
        dataset: its id.
        title: its title.
        held: not revoked, in their term, merged by the last release.
        shown: of these, on public show in any channel.
        withheld: of these, kept back because a text holds personal data.
        not_public: of these, kept back because of whom they are about, or because
            they were repaired (信用修复) or an objection to them is upheld.
    """

    dataset: str
    title: str
    held: int
    shown: int
    withheld: int
    not_public: int

    @property
    def missing(self) -> int:
        """Records that are neither shown nor kept back for a reason."""
        return self.held - self.shown - self.withheld - self.not_public

    @property
    def share(self) -> float | None:
        """Records shown / records to be shown (公示率); None where there are none."""
        wanted = self.held - self.not_public
        return self.shown / wanted if wanted else None


def check(
    connection: duckdb.DuckDBPyConnection, context: Context, day: date, known_on: date
) -> tuple[ListCheck, ...]:
    """Compare the lists of `CircularRules.list_datasets` with what is on show.

    Args:
        connection: holds records, published and withheld.
        context: settings, where the SQL models and releases are; catalogue, the lists.
        day: the day on which a term must run.
        known_on: the night whose knowledge `connection` holds.

    Source:
        渝府办发〔2015〕159号 二(十五).
    """
    lists = context.catalog.jurisdiction.circular.list_datasets
    nights = publication_log.nights(context.settings)
    released = [night for night in nights if night <= known_on]
    connection.register("list_datasets", pa.table({"dataset": [*lists]}))
    rows = models.query(
        connection,
        context.settings,
        "reports/listed_records",
        {
            "day": day,
            "released": released[-1] if released else None,
            **publication_log.REASON_PARAMETERS,
        },
    )
    datasets = context.catalog.datasets
    return tuple(
        ListCheck(title=datasets[row["dataset"]].title, **row)
        for row in rows.to_pylist()
    )
