"""Write the full and delta files of one dataset, for channels that show the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from guiji.core import files
from guiji.core.errors import PublicationHalted
from guiji.engine.base import Engine
from guiji.engine.sql import name
from guiji.publication import line_changes
from guiji.publication.manifest import Entry
from guiji.publication.publishable_rows import RECORD_ID

Pair = tuple[Entry, Entry]
"""A full file and its delta."""


@dataclass
class ChannelFiles:
    """The files of a night, written dataset by dataset.

    Attributes:
        engine: holds `line`, what a dataset shows tonight on some channels.
        staging: the folder that takes the files.
        before: folder of the last release; None = there was none.
        past: channel and dataset -> the last full file.
    """

    engine: Engine
    staging: Path
    before: Path | None
    past: dict[tuple[str, str], Entry]

    def __post_init__(self) -> None:
        self._intact: set[str] = set()

    def write(
        self, dataset: str, channels: Sequence[str], headings: Sequence[str]
    ) -> dict[str, Pair]:
        """Write full files from every line of `line`, and what differs as deltas.

        Returns:
            Channel -> its full and its delta file.

        Raises:
            PublicationHalted: a file of the last release is missing or altered.
        """
        first = self._full(channels[0], dataset)
        rows = self._write_lines(first, headings)
        digest = files.sha256_of(first)
        written: dict[str, Pair] = {}
        twins: dict[str, str] = {}
        for channel in channels:
            before = self._last_file(channel, dataset)
            key = self.past[channel, dataset].sha256 if before else ""
            if key in twins:
                written[channel] = self._linked(written[twins[key]], channel)
                continue
            full, delta = self._full(channel, dataset), self._delta(channel, dataset)
            if full != first:
                files.link_or_copy(first, full)
            changed, delta_digest = line_changes.compare(before, full, delta)
            twins[key] = channel
            written[channel] = (
                self._entry(full, "full", rows, digest),
                self._entry(delta, "delta", changed, delta_digest),
            )
        return written

    def splice(
        self,
        dataset: str,
        channels: Sequence[str],
        headings: Sequence[str],
        touched: Sequence[bytes],
    ) -> dict[str, Pair]:
        """Write full files from the last ones, and deltas, where few records changed.

        Args:
            dataset: its id.
            channels: show the lines of `line`.
            headings: of the full files, as they were in the last release.
            touched: sorted ids of the records that changed; `line` has no others.

        Returns:
            Channel -> its full and its delta file.

        Raises:
            PublicationHalted: a file of the last release is missing or altered.
        """
        lines = self.staging / f"{dataset}.lines"
        self._write_lines(lines, headings)
        written = self._from_last(
            dataset,
            channels,
            lambda channel: self._spliced(dataset, channel, lines, touched),
        )
        lines.unlink()
        return written

    def keep(self, dataset: str, channels: Sequence[str]) -> dict[str, Pair]:
        """Keep the last full files where no record changed, with empty deltas.

        Returns:
            Channel -> its full and its delta file.

        Raises:
            PublicationHalted: a file of the last release is missing or altered.
        """
        return self._from_last(
            dataset, channels, lambda channel: self._kept(dataset, channel)
        )

    def _from_last(
        self, dataset: str, channels: Sequence[str], make: Callable[[str], Pair]
    ) -> dict[str, Pair]:
        """Make a pair of files for each last full file; channels that had it share."""
        written: dict[str, Pair] = {}
        twins: dict[str, str] = {}
        for channel in channels:
            key = self.past[channel, dataset].sha256
            if key in twins:
                written[channel] = self._linked(written[twins[key]], channel)
            else:
                twins[key] = channel
                written[channel] = make(channel)
        return written

    def _kept(self, dataset: str, channel: str) -> Pair:
        before, past = self._present_file(channel, dataset)
        full, delta = self._full(channel, dataset), self._delta(channel, dataset)
        files.link_or_copy(before, full)
        empty = line_changes.write_nothing(before, delta)
        return (
            self._entry(full, "full", past.rows, past.sha256),
            self._entry(delta, "delta", 0, empty),
        )

    def _spliced(
        self, dataset: str, channel: str, lines: Path, touched: Sequence[bytes]
    ) -> Pair:
        before, past = self._present_file(channel, dataset)
        full, delta = self._full(channel, dataset), self._delta(channel, dataset)
        done = line_changes.splice(before, lines, touched, full, delta)
        return (
            self._entry(full, "full", past.rows + done.growth, done.full_sha256),
            self._entry(delta, "delta", done.changes, done.delta_sha256),
        )

    def _present_file(self, channel: str, dataset: str) -> tuple[Path, Entry]:
        before = self._last_file(channel, dataset)
        if before is None:
            raise AssertionError("a release of the same basis has every file")
        return before, self.past[channel, dataset]

    def _last_file(self, channel: str, dataset: str) -> Path | None:
        """Return the last full file, whose bytes are what its manifest says.

        Raises:
            PublicationHalted: they are not.
        """
        past = self.past.get((channel, dataset))
        if past is None or self.before is None:
            return None
        path = self.before / past.file
        if past.sha256 not in self._intact:
            if not path.exists() or files.sha256_of(path) != past.sha256:
                raise PublicationHalted(
                    f"{past.file} of the previous release {self.before.name} is "
                    "missing or altered; bring it back, then publish again"
                )
            self._intact.add(past.sha256)
        return path

    def _linked(self, pair: Pair, channel: str) -> Pair:
        """Give a channel the files of another one."""
        dataset = pair[0].dataset
        linked = []
        for entry, path in (
            (pair[0], self._full(channel, dataset)),
            (pair[1], self._delta(channel, dataset)),
        ):
            files.link_or_copy(self.staging / entry.file, path)
            linked.append(self._entry(path, entry.kind, entry.rows, entry.sha256))
        return linked[0], linked[1]

    def _write_lines(self, path: Path, headings: Sequence[str]) -> int:
        listed = "".join(f"nullif({name(h)}, '') as {name(h)}, " for h in headings[:-1])
        query = f"select {listed} record_id as {name(RECORD_ID)} from line"
        with files.replacing(path) as temporary:
            return self.engine.write_csv(
                f"{query} order by {name(RECORD_ID)}", temporary
            )

    def _full(self, channel: str, dataset: str) -> Path:
        return self.staging / "full" / channel / f"{dataset}.csv"

    def _delta(self, channel: str, dataset: str) -> Path:
        return self.staging / "delta" / channel / f"{dataset}.csv"

    def _entry(self, path: Path, kind: str, rows: int, sha256: str) -> Entry:
        return Entry(
            file=path.relative_to(self.staging).as_posix(),
            dataset=path.stem,
            kind=kind,
            rows=rows,
            sha256=sha256,
        )
