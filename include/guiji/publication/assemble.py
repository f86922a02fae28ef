"""Assemble a night's files, dataset by dataset, in a folder that nobody reads.

Where the last release had the same basis, only the records that changed since then, or
whose term has ended, are computed, and their lines are put into the last full files.
Otherwise every line is computed; the files are the same bytes either way.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import SubjectClass
from guiji.context import NightContext
from guiji.engine.base import Engine
from guiji.engine.sql import statement
from guiji.publication import build, checks, delta_check, publishable_rows
from guiji.publication.channel_files import ChannelFiles, Pair
from guiji.publication.manifest import Entry
from guiji.publication.release_tables import ReleaseTables


@dataclass
class Assembly:
    """A publication that is being assembled.

    Attributes:
        engine: the warehouse's views as of the night; where only changes are computed,
            of the records that changed.
        context: settings, catalogue and night, as in `publish`.
        tables: the index of the last release and of this one.
        files: the files of the channels.
        is_partial: whether only changes are computed.
        upheld: records that objections keep off: dataset -> record ids.
        entries: channel -> its files so far.
        losses: what departments lose so far.
    """

    engine: Engine
    context: NightContext
    tables: ReleaseTables
    files: ChannelFiles
    is_partial: bool
    upheld: Mapping[str, Collection[str]]
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    losses: list[build.Loss] = field(default_factory=list)

    def assemble(self) -> dict[str, tuple[Entry, ...]]:
        """Write the files of all channels; return them by channel, sorted."""
        self.tables.bind_before()
        for dataset in self._datasets():
            self._build(dataset)
        return {
            channel: tuple(sorted(entries, key=lambda e: e.file))
            for channel, entries in sorted(self.entries.items())
        }

    def _datasets(self) -> list[str]:
        """Name the datasets that are or were on show."""
        channels = self.context.catalog.jurisdiction.channels
        open_now = {d for channel in channels for d in channel.datasets}
        if self.is_partial:  # by the same catalogue as in the last release
            return sorted(open_now)
        shown = self.engine.fetch("select distinct dataset from published_before")
        return sorted(open_now | set(shown["dataset"].to_pylist()))

    def _build(self, dataset_id: str) -> None:
        dataset = self.context.catalog.datasets.get(dataset_id)
        shown_on = self._open_channels(dataset)
        if not self.is_partial:
            self._close(dataset_id, shown_on)
        if not dataset or not shown_on:
            return
        build.bind_candidates(self.engine, self.context, dataset)
        touched = self.tables.bind_touched(dataset_id) if self.is_partial else None
        by_classes = self._by_classes(shown_on)
        if touched is not None and not touched:
            for channels in by_classes.values():
                self._add(self.files.keep(dataset_id, channels))
            return
        upheld = self.upheld.get(dataset_id, ())
        losses = build.bind_lines(self.engine, self.context, dataset, upheld)
        self.losses += [self._whole(loss) for loss in losses]
        self.tables.keep_withheld(dataset_id)
        headings = publishable_rows.headings(dataset)
        for classes, channels in by_classes.items():
            build.show_classes(self.engine, classes)
            self.tables.keep_published(dataset_id, channels)
            if touched is None:
                pairs = self.files.write(dataset_id, channels, headings)
            else:
                pairs = self.files.splice(dataset_id, channels, headings, touched)
            self._add(pairs)

    def _close(self, dataset_id: str, shown_on: Sequence[str]) -> None:
        """Take a dataset off the channels that no longer show it."""
        rows = self.engine.fetch(
            "select distinct channel from published_before where dataset = $dataset",
            {"dataset": dataset_id},
        )
        for channel in sorted(set(rows["channel"].to_pylist()) - set(shown_on)):
            headings = self._last_headings(channel, dataset_id)
            build.bind_no_lines(self.engine, headings)
            self._add(self.files.write(dataset_id, [channel], headings))

    def _whole(self, loss: build.Loss) -> build.Loss:
        """Count what a department had in all, where only changes were looked at.

        One channel has no more lines than all: if these are enough, they are not
        counted together, which takes longer.
        """
        if not self.is_partial or loss.lost < checks.FEWEST_LOST:
            return loss
        parameters = {"dataset_id": loss.dataset, "owner": loss.department}
        for model in ("publication/had_on_a_channel", "publication/had"):
            query = statement(self.context.settings, model)
            had = self.engine.fetch(query, parameters)["had"][0].as_py()
            loss = replace(loss, had=had)
            if not checks.is_collapse(self.context.catalog, loss):
                break
        return loss

    def _add(self, pairs: dict[str, Pair]) -> None:
        for channel, entries in pairs.items():
            self.entries.setdefault(channel, []).extend(entries)

    def _by_classes(
        self, channels: list[str]
    ) -> dict[tuple[SubjectClass, ...], list[str]]:
        """Group channels that show the same classes of subjects."""
        channel_ids: dict[tuple[SubjectClass, ...], list[str]] = {}
        for channel in self.context.catalog.jurisdiction.channels:
            if channel.id in channels:
                classes = tuple(sorted(channel.shown_classes))
                channel_ids.setdefault(classes, []).append(channel.id)
        return channel_ids

    def _open_channels(self, dataset: Dataset | None) -> list[str]:
        if dataset is None or not publishable_rows.public_items(dataset):
            return []
        channels = self.context.catalog.jurisdiction.channels
        return sorted(c.id for c in channels if dataset.id in c.datasets)

    def _last_headings(self, channel: str, dataset_id: str) -> list[str]:
        folder = self.files.before or Path()
        past = self.files.past[channel, dataset_id]
        return delta_check.heading_of(folder / past.file)
