"""Assemble a night's files, dataset by dataset, in a folder that nobody reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import SubjectClass
from guiji.context import NightContext
from guiji.core import files
from guiji.core.schemas import PUBLISHED
from guiji.engine.base import NONE, Engine
from guiji.engine.sql import empty, kinds, literal, name, statement
from guiji.publication import build, delta_check, publishable_rows
from guiji.publication.manifest import Entry
from guiji.storage import publication_log
from guiji.warehouse.views import WITHHELD


@dataclass
class Assembly:
    """A publication that is being assembled.

    Attributes:
        engine: the warehouse's views as of the night.
        settings, catalog, night: as in `publish`.
        last: the release before; None = the first.
        staging: the folder that takes the files.
        entries: channel -> its files so far.
        losses: what departments lose so far.
    """

    engine: Engine
    context: NightContext
    last: publication_log.Release | None
    staging: Path
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    losses: list[build.Loss] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._kept: dict[str, list[str]] = {"published": [], "withheld": []}

    def assemble(self) -> dict[str, tuple[Entry, ...]]:
        """Write the files of all channels; return them by channel, sorted."""
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
            listed = ", ".join(name(c) for c in schema.names)
            kept = (
                f"select {listed} from {relation}" for relation in self._kept[table]
            )
            every = " union all ".join([empty(kinds(schema)), *kept])
            query = f"select {listed} from ({every}) as collected order by {order}"
            rows = self.engine.fetch(query).cast(schema)
            folder = publication_log.table_folder(self.context.settings, table)
            files.write_parquet(folder / f"{self.context.night}.parquet", rows)
        return int(rows.num_rows)  # of the last table

    def _bind_state(self) -> None:
        """Create `published_before` and `published_ever`: what was shown until now."""
        folder = publication_log.table_folder(self.context.settings, "published")
        indexes = [
            self.context.settings.data / f.path
            for release in publication_log.releases(self.context.settings)
            for f in release.files
            if (self.context.settings.data / f.path).parent == folder
        ]
        views = {"published_before": indexes[-1:], "published_ever": indexes}
        for view, paths in views.items():
            self.engine.files(view, [str(path) for path in paths], kinds(PUBLISHED))

    def _datasets(self) -> list[str]:
        """Name the datasets that are or were on show."""
        shown = self.engine.fetch("select distinct dataset from published_before")
        channels = self.context.catalog.jurisdiction.channels
        open_now = {d for channel in channels for d in channel.datasets}
        return sorted(open_now | set(shown["dataset"].to_pylist()))

    def _build(self, dataset_id: str) -> None:
        dataset = self.context.catalog.datasets.get(dataset_id)
        shown_on = self._open_channels(dataset)
        rows = self.engine.fetch(
            "select distinct channel from published_before where dataset = $dataset",
            {"dataset": dataset_id},
        )
        was_on = set(rows["channel"].to_pylist())
        for channel in sorted(was_on - set(shown_on)):
            headings = self._last_headings(channel, dataset_id)
            build.bind_no_lines(self.engine, headings)
            self._write(dataset_id, [channel], headings)
        if dataset and shown_on:
            self.losses += build.bind_lines(self.engine, self.context, dataset)
            self._keep_withheld(dataset_id)
            for classes, channels in self._by_classes(shown_on).items():
                build.show_classes(self.engine, classes)
                self._write(dataset_id, channels, publishable_rows.headings(dataset))

    def _keep_withheld(self, dataset_id: str) -> None:
        """Store what is not shown though its term runs, and why."""
        of_person = literal(SubjectClass.PERSON.value)
        self._keep(
            "withheld",
            f"""
            select {literal(dataset_id)} as dataset, record_id, version_id, owner,
                reason, item
            from held_back
            union all
            select {literal(dataset_id)} as dataset, candidate.record_id, version_id,
                owner,
                case subject_class
                    when {of_person} then '{publication_log.NATURAL_PERSON}'
                    else '{publication_log.SUBJECT_CLASS}' end as reason,
                null::varchar as item
            from candidate
            inner join standing on candidate.record_id = standing.record_id
            where standing = 'class_not_shown'
            """,
        )

    def _by_classes(
        self, channels: list[str]
    ) -> dict[tuple[SubjectClass, ...], list[str]]:
        """Group channels that show the same classes of subjects."""
        channel_ids: dict[tuple[SubjectClass, ...], list[str]] = {}
        for channel in self.context.catalog.jurisdiction.channels:
            if channel.id in channels:
                classes = tuple(sorted(set(channel.subject_classes)))
                channel_ids.setdefault(classes, []).append(channel.id)
        return channel_ids

    def _open_channels(self, dataset: Dataset | None) -> list[str]:
        if dataset is None or not publishable_rows.public_items(dataset):
            return []
        channels = self.context.catalog.jurisdiction.channels
        return sorted(c.id for c in channels if dataset.id in c.datasets)

    def _last_headings(self, channel: str, dataset_id: str) -> list[str]:
        night = str(self.last.night) if self.last else ""
        folder = self.context.settings.publication / night / "full" / channel
        return delta_check.heading_of(folder / f"{dataset_id}.csv")

    def _write(self, dataset: str, channels: list[str], headings: list[str]) -> None:
        self.engine.rows("channel", pa.table({"channel": channels}))
        self._keep(
            "published",
            statement(self.context.settings, "publication/index"),
            {"dataset_id": dataset, "night": self.context.night},
        )
        written = build.write_channels(
            self.engine,
            self.context.settings,
            self.staging,
            dataset,
            channels,
            headings,
        )
        for channel, entries in written.items():
            self.entries.setdefault(channel, []).extend(entries)

    def _keep(
        self, table: str, query: str, parameters: Mapping[str, object] = NONE
    ) -> None:
        """Collect rows of a table that `write_index` writes."""
        kept = f"{table}_{len(self._kept[table])}"
        self.engine.keep(kept, query, parameters)
        self._kept[table].append(kept)
