"""Assemble a night's files, dataset by dataset, in a folder that nobody reads."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from guiji import files
from guiji.catalog.model import Catalog, Dataset
from guiji.publication import build, lines, proof
from guiji.publication.manifest import Entry
from guiji.schemas import PUBLISHED
from guiji.settings import Settings
from guiji.warehouse import models, store
from guiji.warehouse.views import WITHHELD


@dataclass
class Assembly:
    """A publication that is being assembled.

    Attributes:
        connection: the warehouse's views as of the night.
        settings, catalog, night: as in `publish`.
        last: the release before; None = the first.
        staging: the folder that takes the files.
        entries: channel -> its files so far.
        losses: what departments lose so far.
    """

    connection: duckdb.DuckDBPyConnection
    settings: Settings
    catalog: Catalog
    night: date
    last: store.Release | None
    staging: Path
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    losses: list[build.Loss] = field(default_factory=list)

    def assemble(self) -> dict[str, tuple[Entry, ...]]:
        """Write the files of all channels; give them by channel, sorted."""
        self._bind_state()
        for dataset in self._datasets():
            self._build(dataset)
        return {
            channel: tuple(sorted(entries, key=lambda e: e.file))
            for channel, entries in sorted(self.entries.items())
        }

    def write_index(self) -> int:
        """Write the index and what was withheld; return how many records were."""
        for table, schema, order in (
            ("published", PUBLISHED, "channel, dataset, record_id"),
            ("withheld", WITHHELD, "dataset, record_id"),
        ):
            query = f"select * from {table}_now order by {order}"
            rows = models.table(self.connection, query).cast(schema)
            folder = store.table_folder(self.settings, table)
            files.write_parquet(folder / f"{self.night}.parquet", rows)
        return int(rows.num_rows)  # of the last table

    def _bind_state(self) -> None:
        """Create what was published, and the empty tables of what will be."""
        folder = store.table_folder(self.settings, "published")
        indexes = [
            self.settings.data / f.path
            for release in store.releases(self.settings)
            for f in release.files
            if (self.settings.data / f.path).parent == folder
        ]
        views = {"published_before": indexes[-1:], "published_ever": indexes}
        for view, paths in views.items():
            source = models.scan(paths) if paths else "published where false"
            query = f"create view {view} as select * from {source}"
            self.connection.execute(query).fetchall()
        for table in ("published", "withheld"):
            self.connection.execute(
                f"create temp table {table}_now as select * from {table} where false"
            ).fetchall()

    def _datasets(self) -> list[str]:
        """Name the datasets that are or were on show."""
        shown = self.connection.execute(
            "select distinct dataset from published_before"
        ).fetchall()
        channels = self.catalog.jurisdiction.channels
        open_now = {d for channel in channels for d in channel.datasets}
        return sorted(open_now | {row[0] for row in shown})

    def _build(self, dataset_id: str) -> None:
        dataset = self.catalog.datasets.get(dataset_id)
        shown_on = self._open_channels(dataset)
        was_on = self.connection.execute(
            "select distinct channel from published_before where dataset = $dataset",
            {"dataset": dataset_id},
        ).fetchall()
        for channel in sorted({row[0] for row in was_on} - set(shown_on)):
            headings = self._last_headings(channel, dataset_id)
            build.bind_no_lines(self.connection, headings)
            self._write(dataset_id, [channel], headings)
        if dataset and shown_on:
            self.losses += build.bind_lines(
                self.connection, self.settings, self.catalog, dataset, self.night
            )
            self._write(dataset_id, shown_on, lines.headings(dataset))

    def _open_channels(self, dataset: Dataset | None) -> list[str]:
        if dataset is None or not lines.public_items(dataset):
            return []
        channels = self.catalog.jurisdiction.channels
        return sorted(c.id for c in channels if dataset.id in c.datasets)

    def _last_headings(self, channel: str, dataset_id: str) -> list[str]:
        night = str(self.last.night) if self.last else ""
        folder = self.settings.publication / night / "full" / channel
        return proof.heading_of(folder / f"{dataset_id}.csv")

    def _write(self, dataset: str, channels: list[str], headings: list[str]) -> None:
        written = build.write_channels(
            self.connection,
            self.settings,
            self.staging,
            dataset,
            channels,
            headings,
            self.night,
        )
        for channel, entries in written.items():
            self.entries.setdefault(channel, []).extend(entries)
